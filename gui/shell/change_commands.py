"""What is saved and does not run yet: the commands that show it, apply it and take it back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Slot

from gui.viewmodels.apply import ApplyViewModel
from gui.viewmodels.unapplied import unapplied
from gui.viewmodels.words import plural

if TYPE_CHECKING:
    from gui.main_window import MainWindow
    from gui.shell.apply_popover import ApplyPopover

COMPARE_APPLIED = "compare:apply"
"""The page that shows what is not applied in full."""


class ChangeCommands(QObject):
    """Makes the popover of the toolbar's Apply button, and joins it to the window."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self.model = ApplyViewModel(window.live, self)
        self._popover: ApplyPopover | None = None
        window.session.applied.connect(self._tell)
        window.live.changed.connect(self._refresh)
        self._refresh()

    @property
    def popover(self) -> ApplyPopover:
        """What the button opens; made when it is wanted first."""
        if self._popover is None:
            from gui.shell.apply_popover import ApplyPopover

            made = self._popover = ApplyPopover(self.model, self._window)
            made.revertAsked.connect(self._revert)
            made.compareAsked.connect(self._compare)
            made.documentAsked.connect(self._window.open_document)
            made.closed.connect(self._release)
        return self._popover

    def ask(self) -> None:
        """Show what Apply would change."""
        button = self._window.toolbar.apply_button
        if not button.isVisible():
            return
        self.popover.open(button)
        button.setDown(self.popover.isVisible())

    @Slot()
    def _refresh(self) -> None:
        live = self._window.live
        waiting = unapplied(live.session.running, live.workspace)
        self._window.commands["apply"].setEnabled(bool(waiting))

    @Slot()
    def _release(self) -> None:
        self._window.toolbar.apply_button.setDown(False)

    @Slot()
    def _compare(self) -> None:
        self._window.go_to_document(COMPARE_APPLIED)

    @Slot(str)
    def _revert(self, key: str) -> None:
        running = self._window.session.running_file
        if running is not None:
            self._window.file_changes.restore(key, running.text)

    @Slot(int, int)
    def _tell(self, count: int, left: int) -> None:
        text = plural("Applied %n change", "Applied %n changes", count)
        if left:
            rest = plural("%n record ended beside it", "%n records end beside it", left)
            text = f"{text}, {rest}"
        self._window.toasts.say(text)
