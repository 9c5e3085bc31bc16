"""What a window says about its file: changed elsewhere, and edits of an earlier start."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject, Slot

from gui.viewmodels.file_watch import FileWatch
from gui.viewmodels.journal import DraftJournal
from gui.viewmodels.words import plural, tr

if TYPE_CHECKING:
    from gui.main_window import MainWindow

COMPARE_FILE: Final = "compare:file"
COMPARE_DRAFTS: Final = "compare:drafts"


class FileNotices(QObject):
    """Shows two banners above the pages, which go by themselves when there is nothing to say.

    Attributes:
        watch: Looks at the file.
        journal: Writes unsaved edits down.
    """

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self.watch = FileWatch(window.session, self)
        self.journal = DraftJournal(window.drafts, self)
        file, drafts = window.documents.notices["file"], window.documents.notices["drafts"]
        file.linkClicked.connect(window.session.read_again)
        drafts.linkClicked.connect(self._compare_drafts)
        self.watch.changed.connect(self._show_file)
        self.watch.kept.connect(self._tell_kept)
        self.watch.failed.connect(window.show_failure)
        self.journal.changed.connect(self._show_drafts)
        self._show_file()
        self._show_drafts()

    @Slot()
    def _show_file(self) -> None:
        banner, watch = self._window.documents.notices["file"], self.watch
        if watch.is_gone:
            text = tr("The file is not there any more, or cannot be read.")
            banner.say(text, status="failed")
            banner.offer({tr("Write mine again"): watch.keep_mine})
        elif watch.is_foreign:
            text = tr("The file was changed elsewhere.")
            banner.say(text, status="degraded", link=tr("Reload"))
            banner.offer(
                {
                    tr("Keep mine"): watch.keep_mine,
                    tr("Compare"): lambda: self._window.go_to_document(COMPARE_FILE),
                }
            )
        else:
            banner.hide()

    @Slot()
    def _show_drafts(self) -> None:
        banner, journal = self._window.documents.notices["drafts"], self.journal
        count = len(journal.recovered)
        if not count:
            banner.hide()
            return
        text = plural("Recovered %n draft from {time}.", "Recovered %n drafts from {time}.", count)
        banner.say(text.format(time=journal.since), status="info", link=tr("Compare"))
        banner.offer({tr("Discard"): journal.discard})

    @Slot()
    def _compare_drafts(self) -> None:
        self._window.go_to_document(COMPARE_DRAFTS)

    @Slot(str)
    def _tell_kept(self, backup: str) -> None:
        text = tr("Kept your version of the file")
        if backup:
            text = tr("Kept your version; theirs is in {file}").format(file=backup)
        self._window.toasts.say(text)
