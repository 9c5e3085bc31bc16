"""The pairs of versions that can be compared, each with what can be done about a difference."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal, Slot

from core.workspace.compare import compare_texts
from gui.viewmodels.comparison import Block, block, blocks
from gui.viewmodels.file_changes import FileChanges
from gui.viewmodels.file_watch import FileWatch
from gui.viewmodels.live import Live
from gui.viewmodels.object_drafts import Drafts
from gui.viewmodels.unapplied import unapplied
from gui.viewmodels.words import tr


class Comparison(QObject):
    """Two versions.

    Attributes:
        title: What is compared.
        note: Which side is which.
        link: What can be done with one object; empty for nothing.
        blocks: The objects that differ.

    Signals:
        changed: The blocks are others, or the note.
    """

    changed = Signal()

    def __init__(self, title: str, note: str, link: str, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.title, self.note, self.link = title, note, link
        self.blocks: list[Block] = []

    @Slot(str)
    def follow(self, key: str) -> None:
        """Do what `link` says with an object."""

    def _take(self, found: list[Block]) -> None:
        if found != self.blocks:
            self.blocks = found
            self.changed.emit()


class AppliedComparison(Comparison):
    """What is saved, beside what runs."""

    def __init__(self, live: Live, changes: FileChanges, parent: QObject | None = None) -> None:
        super().__init__(
            tr("Not applied"), tr("Red runs now, green is saved."), tr("Revert"), parent
        )
        self._live, self._changes = live, changes
        live.workspaceChanged.connect(self._look)
        live.session.stateChanged.connect(self._look)
        live.session.applied.connect(self._look)
        self._look()

    def follow(self, key: str) -> None:
        """Have an object in the file as it runs."""
        running = self._live.session.running_file
        if running is not None:
            self._changes.restore(key, running.text)

    @Slot()
    def _look(self) -> None:
        running, saved = self._live.session.running_file, self._live.session.loaded
        if running is None or saved is None:
            self._take([])
            return
        keys = unapplied(running.partial, saved.partial)
        self._take(blocks(running.data, saved.data, keys))


class FileComparison(Comparison):
    """The file as it is on the disk, beside the one that is open."""

    def __init__(self, live: Live, watch: FileWatch, parent: QObject | None = None) -> None:
        note = tr("Red is open here, green is in the file. Unsaved edits are kept either way.")
        super().__init__(tr("Changed elsewhere"), note, "", parent)
        self._live, self._watch = live, watch
        watch.changed.connect(self._look)
        self._look()

    @Slot()
    def _look(self) -> None:
        mine, theirs = self._live.session.loaded, self._watch.theirs
        if mine is None or theirs is None:
            self._take([])
            return
        lines = compare_texts(mine.text, theirs, lead=3, tail=3)
        self._take([Block("file", mine.path.name, "file-code", "", lines)])


class DraftComparison(Comparison):
    """What is edited, beside what is saved."""

    def __init__(self, live: Live, drafts: Drafts, parent: QObject | None = None) -> None:
        note = tr("Red is saved, green is edited and not saved.")
        super().__init__(tr("Not saved"), note, tr("Discard"), parent)
        self._live, self._drafts = live, drafts
        drafts.changed.connect(self._look)
        drafts.saved.connect(self._look)
        live.workspaceChanged.connect(self._look)
        self._look()

    def follow(self, key: str) -> None:
        """Forget the edits of an object."""
        self._drafts.revert(key)

    @Slot()
    def _look(self) -> None:
        drafts = self._drafts
        self._take([block(key, drafts.place(key), *drafts.versions(key)) for key in drafts.dirty])
