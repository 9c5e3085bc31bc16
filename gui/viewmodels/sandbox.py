"""The embedded brokers of the open workspace; the window owns them, not the engine."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Final

from PySide6.QtCore import QObject, QTimer, Signal, Slot
from shiboken6 import isValid

from core.errors import ConnectFailed
from core.sandbox.process import SandboxProcess
from core.workspace.environment import SandboxAddresses
from gui.viewmodels.words import tr

_WATCH_MS: Final = 1_000


class SandboxOwner(QObject):
    """At most one sandbox process. It outlives Stop, reloads and engine crashes, with its records.

    Belongs to the loop's thread.

    Signals:
        lost: The brokers have ended without being told to; told once.
        changed: They are being started, run, or have ended.
    """

    lost = Signal()
    changed = Signal()

    def __init__(self, start: Callable[[], SandboxProcess] = SandboxProcess.start) -> None:
        """Prepare; `start` blocks until the brokers answer, and is called in a thread."""
        super().__init__()
        self._start = start
        self._process: SandboxProcess | None = None
        self._starting: asyncio.Task[SandboxProcess] | None = None
        self._watch = QTimer(self)
        self._watch.setInterval(_WATCH_MS)
        self._watch.timeout.connect(self._look)

    @property
    def addresses(self) -> SandboxAddresses | None:
        """Where the brokers listen; None before they do, and when they have ended."""
        return self._process.addresses if self._process and self._process.is_running else None

    @property
    def is_lost(self) -> bool:
        """Whether the brokers have ended without being told to."""
        return self._process is not None and not self._process.is_running

    @property
    def is_starting(self) -> bool:
        """Whether they are on the way."""
        return self._starting is not None

    @property
    def pid(self) -> int:
        """Process id; 0 when there is none."""
        return self._process.pid if self._process is not None else 0

    async def ensure(self) -> SandboxAddresses:
        """Start the brokers unless they run, which takes about half a second.

        Raises:
            ConnectFailed: They did not start.
        """
        if self.is_lost:
            await self.close()
        if self._process is None:
            if self._starting is None:
                self._starting = asyncio.create_task(self._started(), name="start the sandbox")
                self.changed.emit()
            # Whoever waits may be cancelled; the process must still get an owner.
            await asyncio.shield(self._starting)
        self._watch.start()
        assert self._process is not None  # noqa: S101 - `_started` sets it or raises
        return self._process.addresses

    async def close(self) -> None:
        """End the brokers; what they held is gone."""
        self._watch.stop()
        if self._starting is not None:
            await asyncio.gather(self._starting, return_exceptions=True)
        process, self._process = self._process, None
        if process is not None:
            await asyncio.to_thread(process.close)
            self._tell()

    async def _started(self) -> SandboxProcess:
        try:
            self._process = await asyncio.to_thread(self._start)
        except OSError as exc:
            raise ConnectFailed(
                tr("The embedded brokers could not be started: the system refuses new processes."),
                connector="sandbox",
                cause=str(exc),
                hint=tr("Use brokers of your own: name their addresses in the connectors."),
            ) from exc
        finally:
            self._starting = None
            self._tell()
        return self._process

    def _tell(self) -> None:
        if isValid(self):  # the session may be gone
            self.changed.emit()

    @Slot()
    def _look(self) -> None:
        if self.is_lost:
            self._watch.stop()
            self.lost.emit()
            self.changed.emit()
