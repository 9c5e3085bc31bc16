"""What every engine client does: its commands, its signals, its states."""

from __future__ import annotations

from abc import abstractmethod
from pathlib import Path
from typing import Final, Literal, TypeAlias

from PySide6.QtCore import QObject, Signal

from core.bridge.messages import DRAIN_S
from core.bridge.metrics import Snapshot
from core.errors import AppError
from core.workspace.environment import SandboxAddresses

ClientState: TypeAlias = Literal["stopped", "starting", "running", "draining", "died"]

END_S: Final = DRAIN_S + 10.0
"""How long an ending engine may take: its own bounds for draining and for its threads, and air."""


class ChildRefused(AppError):  # noqa: N818 - says what happened, as in core.errors
    """The system does not let this process start others."""


class EngineClient(QObject):
    """Drives one engine at a time. Its methods belong to the loop's thread.

    Signals:
        snapshotTaken: A `Snapshot`, about twice a second while the engine runs, and a last one
            (`final`) when it has drained.
        eventReceived: An `EngineEvent`.
        stateChanged: The new `state`.
        died: The engine ended without being told to; its last words.
        logLine: One line that the engine's process wrote for people.
    """

    snapshotTaken = Signal(object)
    eventReceived = Signal(object)
    stateChanged = Signal(str)
    died = Signal(str)
    logLine = Signal(str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._state: ClientState = "stopped"

    @property
    def state(self) -> ClientState:
        """What the engine does now; `died` until it is started again."""
        return self._state

    @property
    def is_in_process(self) -> bool:
        """Whether the engine shares this process, with the window."""
        return False

    @property
    def pid(self) -> int:
        """Process id of the engine; 0 when there is none of its own."""
        return 0

    @property
    def skipped_events(self) -> int:
        """How many events were left out because they came faster than the window can take."""
        return 0

    @abstractmethod
    async def start(
        self,
        workspace: Path,
        sandbox: SandboxAddresses | None = None,
        *,
        text: str | None = None,
    ) -> None:
        """Start an engine on a workspace file; `stateChanged` tells when it is subscribed.

        Args:
            workspace: The file.
            sandbox: The embedded brokers that run for it.
            text: Taken for what the file holds, until it is reloaded.

        Raises:
            AppError: It could not be started; the engine's own words are in the hint.
        """

    @abstractmethod
    async def stop(self, *, forget_session: bool = False) -> None:
        """Deliver what is in flight, disconnect and end the engine; takes at most `END_S`.

        Args:
            forget_session: Have the MQTT brokers drop their sessions.
        """

    @abstractmethod
    async def reload(self, path: Path | None = None, *, drain_s: float = 0.0) -> int:
        """Take over the workspace file as it is now, or another one, between two messages.

        Args:
            path: Another file; the same by default.
            drain_s: Let what is in flight finish under the old version first, at most so long, in
                seconds. Cancelling this call does not take it back; `stop`, or a call that does
                not wait, ends the waiting.

        Returns:
            How many records were in flight when it was taken over.

        Raises:
            AppError: It cannot run, or was stopped first; the engine goes on as before.
        """

    def kill(self) -> None:
        """End a child that does not answer, as a crash does."""

    async def close(self) -> None:
        """Stop, if it runs, and let go of everything."""
        await self.stop()

    def _set_state(self, state: ClientState) -> None:
        if state != self._state:
            self._state = state
            self.stateChanged.emit(state)

    def _take_snapshot(self, snapshot: Snapshot) -> None:
        self._set_state(snapshot.state)
        self.snapshotTaken.emit(snapshot)
