"""How the running engine takes over what is saved, at once or once what is in flight is done."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from PySide6.QtCore import QObject, Signal

from core.bridge.metrics import Snapshot
from core.errors import StoreError
from core.workspace.load import read_text
from gui.opening import Opened
from gui.tasks import Tasks
from gui.viewmodels.in_flight import applying_text
from gui.viewmodels.running import Running
from gui.viewmodels.unapplied import unapplied


class Applying(QObject):
    """One change at a time; a later one ends the waiting of the one before.

    Belongs to the loop's thread.

    Attributes:
        waits: Whether a change waits for what is in flight.

    Signals:
        applied: How many objects were changed, and how many records were in flight then.
    """

    applied = Signal(int, int)

    def __init__(
        self, running: Running, tasks: Tasks, say_busy: Callable[[str], None], parent: QObject
    ) -> None:
        """Have nothing to apply yet.

        Args:
            running: Takes versions over.
            tasks: Where the waiting goes on.
            say_busy: Takes what is going on and takes its time.
            parent: Qt's owner.
        """
        super().__init__(parent)
        self.waits = False
        self._running, self._tasks, self._say_busy = running, tasks, say_busy
        self._task: asyncio.Task[None] | None = None

    def start(self, opened: Opened | None, snapshot: Snapshot | None, drain_s: float) -> None:
        """Have the engine take over what was read last.

        Args:
            opened: That version; None does nothing.
            snapshot: The engine's last one, for what is in flight.
            drain_s: How long that may finish under the old version.
        """
        taking = self._take_over(opened, snapshot, drain_s)
        self._task = self._tasks.start(taking, "apply the changes")

    def end_waiting(self) -> None:
        """Have what was asked before not wait for what is in flight; the engine is told next."""
        if self._task is not None:
            self._task.cancel()

    async def _take_over(
        self, opened: Opened | None, snapshot: Snapshot | None, drain_s: float
    ) -> None:
        """Take it over, unless the file is another one by now.

        Others have their turn while it waits for what is in flight.
        """
        if opened is None or self._running.file is None:
            return
        text = await asyncio.to_thread(read_text, opened.loaded.path)
        if text != opened.loaded.text:
            raise StoreError(
                self.tr("The file was changed elsewhere, so nothing was applied."),
                path=str(opened.loaded.path),
                hint=self.tr("Reload it or keep yours, then apply."),
            )
        before = self._running.file.partial if self._running.file is not None else None
        count = len(unapplied(before, opened.loaded.partial))
        self.waits = drain_s > 0
        self._say_busy(applying_text(snapshot, waits=self.waits))
        try:
            left = await self._running.take_over(opened, drain_s)
        finally:
            self.waits = False
            self._say_busy("")
        self.applied.emit(count, left)
