"""What the forms of single objects share: one draft, and what is told about it alone."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal, Slot

from gui.viewmodels.object_drafts import Drafts


class DraftForm(QObject):
    """Passes on what the drafts tell about one object.

    Attributes:
        drafts: Where its edits are kept.
        key: The object's, such as `simulator:sensors`.

    Signals:
        changed: Values are new.
        reverted: The edits are forgotten, what is being typed, too.
        turned: An edit was taken back or made again: the path where it lies.
        problemsChanged: What is wrong is new.
        saved: The file has what the form shows.
        refused: It was not saved since something is wrong.
        failed: It was not saved: what happened, what to do next.
    """

    changed = Signal()
    reverted = Signal()
    turned = Signal(object)
    problemsChanged = Signal()
    saved = Signal()
    refused = Signal()
    failed = Signal(str, str)

    def __init__(self, drafts: Drafts, key: str, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.drafts, self.key = drafts, key
        drafts.changed.connect(self._take_change)
        drafts.reverted.connect(self._take_revert)
        drafts.turned.connect(self._take_turn)
        drafts.checked.connect(self._take_check)
        drafts.saved.connect(self._take_saved)
        drafts.refused.connect(self._take_refused)
        drafts.failed.connect(self._take_failure)
        drafts.live.workspaceChanged.connect(self.changed)

    @property
    def is_dirty(self) -> bool:
        """Whether there is something to save."""
        return self.drafts.is_dirty(self.key)

    @property
    def is_new(self) -> bool:
        """Whether the file has no such object yet."""
        return self.drafts.is_new(self.key)

    @property
    def name(self) -> str:
        """What the object is called, or will be."""
        return self.drafts.name(self.key)

    def save(self) -> None:
        """Save; `saved`, `refused` or `failed` follows."""
        self.drafts.save(self.key)

    @Slot(str)
    def _take_change(self, key: str) -> None:
        if key == self.key:
            self.changed.emit()

    @Slot(str)
    def _take_revert(self, key: str) -> None:
        if key == self.key:
            self.reverted.emit()

    @Slot(str, object)
    def _take_turn(self, key: str, path: object) -> None:
        if key == self.key:
            self.turned.emit(path)

    @Slot(str)
    def _take_check(self, key: str) -> None:
        if key == self.key:
            self.problemsChanged.emit()

    @Slot(str)
    def _take_saved(self, key: str) -> None:
        if key == self.key:
            self.saved.emit()

    @Slot(str)
    def _take_refused(self, key: str) -> None:
        if key == self.key:
            self.refused.emit()

    @Slot(str, str, str)
    def _take_failure(self, key: str, message: str, hint: str) -> None:
        if key == self.key:
            self.failed.emit(message, hint)
