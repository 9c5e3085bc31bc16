"""Editors of a form's options: each shows a value of the file, and tells when it was changed.

All have `edited` (the new value; None for the default), `left` (the keyboard has gone elsewhere)
and `show_value`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QFocusEvent, QPainter, QPaintEvent, QWheelEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QWidget

from gui.theme import current, set_height
from gui.widgets.fields import ComboBox, LineField
from gui.widgets.host_list import HostList
from gui.widgets.labels import Label
from gui.widgets.segmented import Segmented
from gui.widgets.switch import Switch

_DIGITS: Final = re.compile(r"\d+")
_UNIT_RIGHT: Final = 9
_KIND_SHARE: Final = 124
_PLACE_SHARE: Final = 102


class TextEditor(LineField):
    """One line: a text, a number, a duration or size with its unit, a list, or pairs."""

    edited = Signal(object)
    left = Signal()

    def __init__(
        self,
        name: str,
        kind: str = "text",
        *,
        unit: str = "",
        placeholder: str = "",
        parent: QWidget | None = None,
    ) -> None:
        """Make it.

        Args:
            name: What a screen reader calls it.
            kind: `text`, `code`, `number`, `measure` (a number with a unit), `list`, `pairs`.
            unit: What a bare number is taken for; of plain numbers, shown inside at the right.
            placeholder: An example.
            parent: Qt's owner.
        """
        style = "code" if kind == "code" else "body"
        super().__init__(name, style=style, placeholder=placeholder, parent=parent)
        self._kind, self._unit = kind, unit
        self.textEdited.connect(self._tell)

    def show_value(self, value: Any) -> None:
        """Show a value, unless what is typed means the same already or is being typed."""
        if self._value() != value and not (self.hasFocus() and self.isModified()):
            self.setText(_text(value))
            self.setCursorPosition(0)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Tell that it was left; a bare number gets its unit."""
        super().focusOutEvent(event)
        if self._kind == "measure" and _DIGITS.fullmatch(self.text().strip()):
            self.setText(str(self._value()))
        self.setModified(False)
        self.left.emit()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the unit at the right."""
        super().paintEvent(event)
        if self._unit and self._kind == "number":
            painter = QPainter(self)
            painter.setFont(self.font())
            painter.setPen(current().colour("text3"))
            rect = self.rect().adjusted(0, 0, -_UNIT_RIGHT, 0)
            flags = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight
            painter.drawText(rect, flags, self._unit)

    def _value(self) -> Any:
        text = self.text().strip()
        if not text:
            return None
        match self._kind:
            case "number":
                return int(text) if _DIGITS.fullmatch(text) else text
            case "measure":
                return f"{text}{self._unit}" if _DIGITS.fullmatch(text) else text
            case "list":
                return [part.strip() for part in text.split(",") if part.strip()]
            case "pairs":
                return _pairs(text)
            case _:
                return text

    @Slot()
    def _tell(self) -> None:
        self.edited.emit(self._value())


class ChoiceEditor(ComboBox):
    """One of a few values."""

    edited = Signal(object)
    left = Signal()

    def __init__(
        self,
        name: str,
        choices: Sequence[tuple[Any, str]],
        parent: QWidget | None = None,
        *,
        small: bool = False,
    ) -> None:
        """Make it; `choices` are values with their words, `small` makes it 26 high."""
        super().__init__(name, small=small, parent=parent)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        for value, word in choices:
            self.addItem(word, value)
        self.activated.connect(self._tell)

    def show_value(self, value: Any) -> None:
        """Show a value; one that is not among the choices is added as it is."""
        values = [self.itemData(place) for place in range(self.count())]
        if value not in values:
            self.addItem(str(value), value)
            values.append(value)
        self.setCurrentIndex(values.index(value))

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Let the page scroll instead of changing what is under the pointer."""
        event.ignore()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Tell that it was left."""
        super().focusOutEvent(event)
        self.left.emit()

    @Slot()
    def _tell(self) -> None:
        self.edited.emit(self.currentData())


class SwitchEditor(Switch):
    """On or off, in words beside it."""

    edited = Signal(object)
    left = Signal()

    def __init__(
        self, name: str, on: Any = True, off: Any = False, parent: QWidget | None = None
    ) -> None:
        """Make it; `on` and `off` are the values of the file."""
        super().__init__("", parent)
        self._on, self._off = on, off
        self.setAccessibleName(name)
        set_height(self, "height.control")
        self.toggled.connect(self._show_word)
        self.clicked.connect(self._tell)
        self._show_word(False)

    def show_value(self, value: Any) -> None:
        """Show a value."""
        self.setChecked(value == self._on)

    @Slot(bool)
    def _show_word(self, is_on: bool) -> None:
        self.setText(self.tr("On") if is_on else self.tr("Off"))
        self.updateGeometry()

    @Slot()
    def _tell(self) -> None:
        self.edited.emit(self._on if self.isChecked() else self._off)


class SegmentsEditor(Segmented):
    """One of two or three values, all of them in sight."""

    edited = Signal(object)
    left = Signal()

    def __init__(
        self, name: str, choices: Sequence[tuple[str, str]], parent: QWidget | None = None
    ) -> None:
        """Make it; `choices` are values with their words."""
        super().__init__(name, dict(choices), parent=parent)
        self._value = self.current_key
        wide = QSizePolicy.Policy.Expanding
        self.setSizePolicy(wide, QSizePolicy.Policy.Fixed)
        for value, _ in choices:
            self.part(value).setSizePolicy(wide, QSizePolicy.Policy.Fixed)
        self.setFocusProxy(self.part(self._value))
        self.chosen.connect(self._take_choice)

    def show_value(self, value: Any) -> None:
        """Show a value; one that is not among the choices leaves the last one."""
        if value != self._value and value in self.keys:
            self._value = value
            self.choose(value)
            self.setFocusProxy(self.part(value))

    @Slot(str)
    def _take_choice(self, value: str) -> None:
        self.setFocusProxy(self.part(value))
        if value != self._value:
            self._value = value
            self.edited.emit(value)
            self.left.emit()


class HostsEditor(HostList):
    """Hosts, which the file holds as one text with commas."""

    def show_value(self, value: Any) -> None:
        """Show a value."""
        hosts = [host.strip() for host in str(value or "").split(",") if host.strip()]
        self.show_hosts(hosts)


class PlaceEditor(QWidget):
    """Where a column comes from: a kind, and its name behind a colon, as in `property:clientid`.

    26 high, since several stand below each other.
    """

    edited = Signal(object)
    left = Signal()

    def __init__(
        self, name: str, kinds: Sequence[tuple[str, str]], parent: QWidget | None = None
    ) -> None:
        """Make it; `kinds` are the file's words with ours, `none` among them."""
        super().__init__(parent)
        self.kind = ChoiceEditor(self.tr("{name}, where from").format(name=name), kinds, small=True)
        self.kind.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.kind.currentTextChanged.connect(self._fit_kind)
        self.place = LineField(
            self.tr("{name}, name there").format(name=name), style="code_small", small=True
        )
        self.nowhere = Label(style="small", role="text3", elide="end")
        self.nowhere.setText(self.tr("stays undefined"), self.tr("undefined"))
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(current().size("space.s"))
        row.addWidget(self.kind, _KIND_SHARE)
        row.addWidget(self.place, _PLACE_SHARE)
        row.addWidget(self.nowhere, _PLACE_SHARE)
        self.setFocusProxy(self.kind)
        self.kind.edited.connect(self._tell)
        self.place.textEdited.connect(self._tell)
        self.place.editingFinished.connect(self.left)
        self._show_place("none")
        current().changed.connect(self._fit_kind)
        self._fit_kind()

    def show_value(self, value: Any) -> None:
        """Show a value."""
        kind, _, place = str(value or "none").partition(":")
        if value != self._value():
            self.kind.show_value(kind)
            self.place.setText(place)
            self.place.setCursorPosition(0)
        self._show_place(kind)

    def set_problem(self, problem: str) -> None:
        """Say what is wrong; empty when it is right."""
        self.place.set_problem(problem)

    @Slot()
    def _fit_kind(self) -> None:
        """Give the kind the room that its word takes, and the rest to the name."""
        self.kind.setMinimumWidth(self.kind.needed_width())

    def _show_place(self, kind: str) -> None:
        self.place.setVisible(kind != "none")
        self.nowhere.setVisible(kind == "none")

    def _value(self) -> str:
        kind = str(self.kind.currentData())
        return kind if kind == "none" else f"{kind}:{self.place.text().strip()}"

    @Slot()
    def _tell(self) -> None:
        self._show_place(str(self.kind.currentData()))
        self.edited.emit(self._value())


def _pairs(text: str) -> dict[str, str] | str:
    """Read `name=value, ...`; a text that is none of these stays as it is, to be refused."""
    parts = [part.partition("=") for part in text.split(",") if part.strip()]
    if not all(equals for _, equals, _ in parts):
        return text
    return {name.strip(): value.strip() for name, _, value in parts}


def _text(value: Any) -> str:
    """Write a value as it is typed."""
    if value is None:
        return ""
    if isinstance(value, Mapping):
        return ", ".join(f"{name}={item}" for name, item in value.items())
    if isinstance(value, Sequence) and not isinstance(value, str):
        return ", ".join(str(item) for item in value)
    return str(value)
