"""What the demo proposes to try, once its records come."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Slot

from gui.viewmodels.tail import TailViewModel
from gui.viewmodels.tail_topics import topics_of_rule
from gui.viewmodels.threshold import Threshold, number_span, threshold_of
from gui.viewmodels.words import tr

if TYPE_CHECKING:
    from gui.main_window import MainWindow


class Coach(QObject):
    """Shows one line above the pages, once for each time that the demo is opened."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self._is_due = False
        self._threshold: Threshold | None = None
        self.banner = window.documents.notices["coach"]
        self.banner.linkClicked.connect(self._open_rule)
        window.session.demoOpened.connect(self._take_demo)
        window.session.workspaceChanged.connect(self._take_workspace)
        window.drafts.changed.connect(self._take_edit)
        for tab in window.tail.tails.tabs:
            self._watch(tab)
        window.tail.tails.tabAdded.connect(self._watch)

    @Slot()
    def _take_demo(self) -> None:
        """Wait for the first record; some may be there already."""
        self._is_due = True
        self._show_when_read()

    @Slot()
    def _take_workspace(self) -> None:
        if not self._window.session.is_demo:
            self._is_due = False
            self.banner.hide()

    @Slot(object)
    def _watch(self, tab: TailViewModel) -> None:
        tab.rows.rowsInserted.connect(self._show_when_read)

    @Slot()
    def _show_when_read(self) -> None:
        if not self._is_due or not any(t.rows.rowCount() for t in self._window.tail.tails.tabs):
            return
        self._is_due = False
        self._threshold = threshold_of(self._window.live.workspace)
        if self._threshold is None:
            return
        text = tr("Change {number} to {lower} in the rule and watch.").format(
            number=self._threshold.number, lower=self._threshold.lower
        )
        self.banner.say(text, status="info", link=tr("Open the rule"))
        self.banner.offer({tr("Take the tour"): self._window.tour.start})

    @Slot()
    def _open_rule(self) -> None:
        """Show the rule with its number chosen, so that typing replaces it, and its records."""
        if self._threshold is None:
            return
        window, tails = self._window, self._window.tail.tails
        topics = topics_of_rule(window.live.workspace, self._threshold.rule)
        found = [tab for topic in topics if (tab := tails.find(topic)) is not None]
        if found and tails.current not in found:
            tails.choose(found[0])
        window.go_to_document(f"rule:{self._threshold.rule}")
        page = window.rules.page
        if page is not None:
            page.focus_editor()
            if span := number_span(page.panel.editor.toPlainText()):
                page.panel.editor.choose(*span)

    @Slot(str)
    def _take_edit(self, key: str) -> None:
        is_of_rule = self._threshold is not None and key == f"rule:{self._threshold.rule}"
        if is_of_rule and self._window.drafts.is_dirty(key):
            self.banner.hide()
