"""What Apply would change in the running bridge, whether it may, and how it is done."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any, Final

from PySide6.QtCore import QObject, Signal, Slot

from gui.viewmodels.comparison import Block, blocks
from gui.viewmodels.in_flight import unsettled
from gui.viewmodels.live import Live
from gui.viewmodels.unapplied import unapplied
from gui.viewmodels.verdict import Verdict, of_problems, of_tests, run_tests, while_testing
from gui.viewmodels.words import plural, tr

_NOTHING: Final[Mapping[str, Any]] = {}


class ApplyViewModel(QObject):
    """Looks only between `open` and `close`; its tests run beside the loop.

    Signals:
        changed: The blocks, the number in flight, the choice or the verdict.
        emptied: There is nothing to apply any more.
        asked: It was applied, or is as soon as the tests that run have passed.
    """

    changed = Signal()
    emptied = Signal()
    asked = Signal()

    def __init__(self, live: Live, parent: QObject | None = None) -> None:
        super().__init__(parent or live)
        self.live = live
        self.blocks: list[Block] = []
        self.verdict = Verdict("connecting", "")
        self.drains_first = True
        self._is_open = False
        self._is_wanted = False
        self._testing: asyncio.Task[Any] | None = None
        live.workspaceChanged.connect(self._take_workspace)
        live.changed.connect(self._take_numbers)

    @property
    def in_flight(self) -> int:
        """How many records are on their way or wait."""
        snapshot = self.live.snapshot
        return unsettled(snapshot)

    @property
    def title(self) -> str:
        """How much it is."""
        return plural("Apply %n change", "Apply %n changes", len(self.blocks))

    @property
    def drain_help(self) -> str:
        """What draining first means now."""
        count = self.in_flight
        if not count:
            return tr("Nothing is in flight now: the new version takes over at once.")
        return plural(
            "%n message in flight finishes with the old version, then the new one takes over.",
            "The %n messages in flight finish with the old version, then the new one takes over.",
            count,
        )

    @property
    def now_help(self) -> str:
        """What not waiting means now."""
        count = self.in_flight
        if not count:
            return tr("No waiting. What is in flight ends beside it, so order may mix.")
        return plural(
            "No waiting. The one in flight ends with the old version beside it, so order may mix.",
            "No waiting. The %n in flight end with the old version beside it, so order may mix.",
            count,
        )

    def open(self) -> None:
        """Look at what is saved, and test it."""
        self._is_open, self._is_wanted = True, False
        self._look()

    def close(self) -> None:
        """Look no further."""
        self._is_open = False

    def choose(self, *, drains_first: bool) -> None:
        """Choose how."""
        self.drains_first = drains_first

    def apply(self) -> None:
        """Do it, if nothing speaks against it; what is still being tested is waited for."""
        if self.verdict.status == "connecting":
            self._is_wanted = True
        elif self.verdict.lets_pass and self.blocks:
            self._is_wanted = False
            self.live.session.apply(drain_first=self.drains_first)
            self.asked.emit()

    @Slot()
    def _take_workspace(self) -> None:
        if self._is_open:
            self._look()

    @Slot()
    def _take_numbers(self) -> None:
        if not self._is_open:
            return
        if not unapplied(self.live.session.running, self.live.workspace):
            self.emptied.emit()
        else:
            self.changed.emit()

    def _look(self) -> None:
        session = self.live.session
        running, saved = session.running_file, session.loaded
        if running is None or saved is None:
            self.emptied.emit()
            return
        keys = unapplied(running.partial, saved.partial)
        self.blocks = blocks(running.data, saved.data, keys)
        if not self.blocks:
            self.emptied.emit()
            return
        refused = of_problems(session.problems)
        self.verdict = refused or while_testing(saved.partial)
        if refused is None:
            if self._testing is not None:
                self._testing.cancel()
            self._testing = session.tasks.start(self._test(), "test before applying", owner=self)
        self.changed.emit()

    async def _test(self) -> None:
        workspace = self.live.workspace
        results = await asyncio.to_thread(run_tests, workspace)
        if workspace is self.live.workspace:
            self.verdict = of_tests(results, self.live.problems)
            self.changed.emit()
            if self._is_wanted:
                self.apply()
