"""What the forms of single objects share: one draft, its options, and what is told of it alone."""

from __future__ import annotations

from typing import Any, Final

from PySide6.QtCore import QObject, Signal, Slot

from gui.viewmodels.form_options import Option, OptionGroup, option_at
from gui.viewmodels.object_drafts import Drafts
from gui.viewmodels.plain_values import Path, same_value
from gui.viewmodels.words import sentences

NAME: Final = ("@name",)
"""Where forms have the name of their object."""

_ENABLE: Final = ("enable",)


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
        failed: It was not saved: what happened and what to do next, in sentences.
    """

    changed = Signal()
    reverted = Signal()
    turned = Signal(object)
    problemsChanged = Signal()
    saved = Signal()
    refused = Signal()
    failed = Signal(str)

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
        drafts.live.workspaceChanged.connect(self._take_workspace)

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

    @Slot()
    def note_typing(self) -> None:
        """Tell that something is typed that counts once its field is left, or no more."""
        self.drafts.changed.emit(self.key)

    # What other forms do otherwise. The slots themselves are not to be overridden: PySide would
    # call them after the object is gone.

    def _follow_workspace(self) -> None:
        self.changed.emit()

    def _follow_change(self, key: str) -> None:
        if key == self.key:
            self.changed.emit()

    def _follow_check(self) -> None:
        self.problemsChanged.emit()

    def _follow_save(self) -> None:
        self.saved.emit()

    def _follow_refusal(self) -> None:
        self.refused.emit()

    @Slot()
    def _take_workspace(self) -> None:
        self._follow_workspace()

    @Slot(str)
    def _take_change(self, key: str) -> None:
        self._follow_change(key)

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
            self._follow_check()

    @Slot(str)
    def _take_saved(self, key: str) -> None:
        if key == self.key:
            self._follow_save()

    @Slot(str)
    def _take_refused(self, key: str) -> None:
        if key == self.key:
            self._follow_refusal()

    @Slot(str, str, str)
    def _take_failure(self, key: str, message: str, hint: str) -> None:
        if key == self.key:
            self.failed.emit(sentences(message, hint))


class OptionsForm(DraftForm):
    """A form that is made of options as data.

    Attributes:
        groups: The options, as they are laid out.
    """

    groups: tuple[OptionGroup, ...] = ()

    @property
    def options(self) -> list[Option]:
        """All options, in reading order."""
        return [option for group in self.groups for option in group.options]

    @property
    def is_enabled(self) -> bool:
        """Whether the object is to take part."""
        return bool(self.read(_ENABLE, True))

    def enable(self, is_enabled: bool) -> None:
        """Switch the object on or off, once it is saved and applied."""
        self.drafts.set(self.key, _ENABLE, is_enabled, default=True)

    def read(self, path: Path, default: Any = None) -> Any:
        """Read the edited value at a path of the file."""
        return self.drafts.value(self.key, path, default)

    def value(self, option: Option) -> Any:
        """Give what an option is: its edited value, or its default."""
        return self.name if option.path == NAME else self.read(option.path, option.default)

    def is_shown(self, option: Option) -> bool:
        """Whether an option is of use with the other values as they are."""
        return option.is_shown(self.read)

    def option_at(self, path: Path) -> Option | None:
        """Find the option where something in the file is edited; None if it is not shown."""
        found = option_at(self.options, path)
        return found if found is not None and self.is_shown(found) else None

    def save(self) -> None:
        """Save, or tell that something is missing."""
        if any(self.is_missing(option) for option in self.options):
            self.refused.emit()
        else:
            super().save()

    def is_missing(self, option: Option) -> bool:
        """Whether an option must have a value and has none."""
        return option.is_required and self.is_shown(option) and not self.value(option)

    def is_default(self, option: Option) -> bool:
        """Whether an option is as it is when the file says nothing."""
        value = self.read(option.path)
        return value is None or same_value(value, option.default)
