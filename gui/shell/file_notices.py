"""What a window says about its file: changed or broken elsewhere, and edits that have outlived."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject, Slot

from gui.viewmodels.file_changes import described
from gui.viewmodels.file_watch import FileWatch
from gui.viewmodels.form_texts import FormTexts
from gui.viewmodels.journal import DraftJournal
from gui.viewmodels.words import plural, sentence, tr

if TYPE_CHECKING:
    from gui.main_window import MainWindow

COMPARE_FILE: Final = "compare:file"
COMPARE_DRAFTS: Final = "compare:drafts"


class FileNotices(QObject):
    """Shows three banners above the pages, which go by themselves when there is nothing to say.

    Attributes:
        watch: Looks at the file.
        journal: Writes unsaved edits down.
        forms: Writes down what is typed into forms that no file keeps.
    """

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self._orphans: list[str] = []
        self.watch = FileWatch(window.session, self)
        self.journal = DraftJournal(window.drafts, self)
        self.forms = FormTexts(self.journal, window.drafts, self)
        publish = window.bottom_pages.publish
        self.forms.follow("publish", publish, publish.typedChanged)
        file, drafts = window.documents.notices["file"], window.documents.notices["drafts"]
        file.linkClicked.connect(window.session.read_again)
        drafts.linkClicked.connect(self._compare_drafts)
        window.documents.notices["orphans"].linkClicked.connect(self._open_orphan)
        self.watch.changed.connect(self._show_file)
        self.watch.kept.connect(self._tell_kept)
        self.watch.failed.connect(window.show_failure)
        self.journal.changed.connect(self._show_drafts)
        window.bottom_pages.problems.follow(self.journal)
        window.drafts.changed.connect(self._show_orphans)
        self._show_file()
        self._show_drafts()

    @Slot()
    def _show_file(self) -> None:
        banner, watch, window = self._window.documents.notices["file"], self.watch, self._window
        if not watch.is_foreign:
            banner.hide()
            return
        kept = tr("Your edits are kept.") if window.drafts.dirty else ""
        if watch.is_gone:
            text = tr("The file is not there any more.")
            banner.say(f"{text} {kept}".strip(), status="failed")
            banner.offer({tr("Write mine again"): watch.keep_mine})
        elif not watch.can_be_replaced:
            banner.say(f"{watch.trouble} {kept}".strip(), status="failed")
        else:
            text = tr("The file was changed elsewhere.")
            if watch.is_broken:
                text = tr("The file was changed elsewhere and cannot be read.")
            elif watch.trouble:
                text = tr("The file was changed elsewhere and has errors.")
            text = " ".join(part for part in (text, watch.trouble, kept) if part)
            status = "failed" if watch.trouble else "degraded"
            banner.say(text, status=status, link=tr("Reload"))
            banner.offer(
                {
                    tr("Keep mine"): watch.keep_mine,
                    tr("Compare"): lambda: window.go_to_document(COMPARE_FILE),
                }
            )

    @Slot()
    def _show_orphans(self) -> None:
        """Say which edited objects the file has no more; once closed, when one more is gone."""
        banner, drafts = self._window.documents.notices["orphans"], self._window.drafts
        before, self._orphans = self._orphans, drafts.orphans
        if not self._orphans:
            banner.hide()
            return
        has_more = not set(self._orphans) <= set(before)
        if self._orphans == before or (banner.isHidden() and not has_more):
            return
        first = self._orphans[0]
        if len(self._orphans) == 1:
            text = tr(
                "{what} is not in the file any more. What you have edited is kept, as a new one:"
                " save it to put it back, or revert it to let it go."
            ).format(what=described(first))
        else:
            text = tr(
                "These are not in the file any more: {names}. What you have edited is kept, as new"
                " ones: save them to put them back, or revert them to let them go."
            ).format(names=", ".join(described(key) for key in self._orphans))
        banner.say(sentence(text), status="degraded", link=tr("Show"))

    @Slot()
    def _open_orphan(self) -> None:
        if self._orphans:
            self._window.go_to_document(self._orphans[0])

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
