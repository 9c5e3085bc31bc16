"""The pairs of versions that can be compared, each with what can be done about a difference."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal, Slot

from gui.viewmodels.comparison import Block, blocks
from gui.viewmodels.file_changes import FileChanges
from gui.viewmodels.live import Live
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
