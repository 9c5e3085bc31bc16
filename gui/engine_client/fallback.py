"""A child where the system allows one, otherwise the window's own loop."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from PySide6.QtCore import QObject

from core.workspace.environment import SandboxAddresses
from gui.engine_client.child import ChildEngine
from gui.engine_client.in_process import InProcessEngine
from gui.engine_client.interface import ChildRefused, EngineClient


class FallbackEngine(EngineClient):
    """A child where the system allows one, otherwise the window's own loop."""

    def __init__(self, child: EngineClient, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._actual = child
        self._adopt(child)

    async def start(
        self,
        workspace: Path,
        sandbox: SandboxAddresses | None = None,
        *,
        text: str | None = None,
    ) -> None:
        """Start a child; if the system refuses, host the engine here, and stay with that."""
        try:
            await self._actual.start(workspace, sandbox, text=text)
        except ChildRefused as exc:
            said = self.tr("{reason} The engine runs inside the window instead.")
            self.logLine.emit(said.format(reason=exc.message))
            self._actual.deleteLater()
            self._actual = InProcessEngine()
            self._adopt(self._actual)
            await self._actual.start(workspace, sandbox, text=text)

    async def stop(self, *, forget_session: bool = False) -> None:
        """Drain and end the engine, wherever it runs."""
        await self._actual.stop(forget_session=forget_session)

    async def reload(self, path: Path | None = None, *, drain_s: float = 0.0) -> int:
        """Take over the workspace file as it is now, or another one."""
        return await self._actual.reload(path, drain_s=drain_s)

    def kill(self) -> None:
        """End the engine at once, if it is a child."""
        self._actual.kill()

    @property
    def is_in_process(self) -> bool:
        """Whether the system has refused a child."""
        return self._actual.is_in_process

    @property
    def pid(self) -> int:
        """Process id of the child; 0 when there is none."""
        return self._actual.pid

    @property
    def skipped_events(self) -> int:
        """How many events were left out because they came faster than the window can take."""
        return self._actual.skipped_events

    def _adopt(self, engine: EngineClient) -> None:
        engine.setParent(self)
        engine.snapshotTaken.connect(self.snapshotTaken)
        engine.eventReceived.connect(self.eventReceived)
        engine.logLine.connect(self.logLine)
        engine.stateChanged.connect(self._set_state)
        engine.died.connect(self.died)


def make_engine(
    kind: Literal["child", "in-process"], parent: QObject | None = None
) -> EngineClient:
    """Make the engine client that the window uses.

    Args:
        kind: `child` falls back to `in-process` where the system refuses child processes.
        parent: Qt's owner.
    """
    if kind == "in-process":
        return InProcessEngine(parent)
    return FallbackEngine(ChildEngine(), parent)
