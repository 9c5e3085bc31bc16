"""Fields for a number with its unit inside at the right, and for when something stops."""

from __future__ import annotations

import re
from typing import Any, Final

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QFocusEvent, QPainter, QPaintEvent, QWheelEvent
from PySide6.QtWidgets import QComboBox, QSizePolicy, QWidget

from gui.theme import current
from gui.widgets.fields import ComboBox, LineField, show_problem

_PARTS: Final = re.compile(r"\s*([-+]?[\d.,]*)\s*([^\W\d_]*|%)\s*")
_DIGITS: Final = re.compile(r"\d+")
_RIGHT: Final = 9
_GAP: Final = 4
_INSIDE: Final = 2
"""The margin that a line of text has of its own."""


class MeasureEditor(LineField):
    """A number; another unit is typed behind it and stays.

    Signals:
        edited: The value as the file has it, such as `600ms`; None when it is empty.
        left: The keyboard has gone elsewhere.
    """

    edited = Signal(object)
    left = Signal()

    def __init__(
        self, name: str, unit: str, *, small: bool = False, parent: QWidget | None = None
    ) -> None:
        """Make it.

        Args:
            name: What a screen reader calls it.
            unit: What a bare number has at first.
            small: Whether it is 26 high instead of 30.
            parent: Qt's owner.
        """
        super().__init__(name, small=small, parent=parent)
        self._unit = self._bare = unit
        self._make_room()
        self.textEdited.connect(self._tell)

    @property
    def value(self) -> str | None:
        """What is typed, with its unit."""
        text = self.text().strip()
        if not text:
            return None
        found = _PARTS.fullmatch(text)
        if found is None:
            return text
        return f"{found[1]}{found[2] or self._unit}"

    def show_value(self, value: Any) -> None:
        """Show a value, unless what is typed means the same already or is being typed."""
        shown = None if value is None else str(value)
        if self.value != shown and not (self.hasFocus() and self.isModified()):
            self._unit = self._bare  # of a number that stands alone
            self._split(shown or "")

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Tell that it was left; a unit that was typed goes to its place."""
        super().focusOutEvent(event)
        self._split(self.value or "")
        self.setModified(False)
        self.left.emit()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the unit at the right, unless another one is being typed."""
        super().paintEvent(event)
        found = _PARTS.fullmatch(self.text())
        if found is None or not found[2]:
            painter = QPainter(self)
            painter.setFont(self.font())
            role = "text3" if self.isEnabled() else "text_disabled"
            painter.setPen(current().colour(role))
            flags = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight
            painter.drawText(self.rect().adjusted(0, 0, -_RIGHT, 0), flags, self._unit)

    def _split(self, value: str) -> None:
        found = _PARTS.fullmatch(value)
        if found is not None and not found[1]:
            found = None  # a word alone is no unit
        if found is not None and found[2]:
            self._unit = found[2]
            self._make_room()
        self.setText(found[1] if found is not None else value)
        self.setCursorPosition(0)
        self.update()

    def _make_room(self) -> None:
        width = self.fontMetrics().horizontalAdvance(self._unit) + _GAP
        self.setTextMargins(0, 0, width, 0)

    @Slot()
    def _tell(self) -> None:
        self.edited.emit(self.value)


class StopEditor(ComboBox):
    """Never, after a number of messages, or after a time: chosen, and then typed over.

    Signals:
        edited: None for never, a number of messages, or a time as the file has it.
        left: The keyboard has gone elsewhere.
    """

    edited = Signal(object)
    left = Signal()

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        """Make it; `name` is what a screen reader calls it."""
        super().__init__(name, parent=parent)
        self._never, self._messages = self.tr("Never"), self.tr("{count} messages")
        self._value: Any = None
        self.setEditable(True)
        self.setProperty("kind", "typed")
        self.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.addItems([self._never, self._messages.format(count=1000), "5 min"])
        line = self.lineEdit()
        if line is not None:
            line.setProperty("kind", "inside")
            line.setAccessibleName(name)
            line.setFont(self.font())
            line.setTextMargins(-_INSIDE, 0, 0, 0)  # begins where other choices do
            line.textEdited.connect(self._take_text)
            line.editingFinished.connect(self._leave)
        self.setCompleter(None)  # pyright: ignore[reportArgumentType] - Qt takes none
        self.activated.connect(self._take_choice)

    def show_value(self, value: Any) -> None:
        """Show a value, unless what is typed means the same already."""
        if value != self._value or not self.currentText():
            self._value = value
            self._write()

    def set_problem(self, problem: str) -> None:
        """Say what is wrong; empty when it is right."""
        show_problem(self, problem)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Let the page scroll instead of changing what is under the pointer."""
        event.ignore()

    def _text(self, value: Any) -> str:
        if value is None:
            return self._never
        if isinstance(value, int):
            return self._messages.format(count=value)
        found = _PARTS.fullmatch(str(value))
        return f"{found[1]} {found[2]}" if found is not None and found[2] else str(value)

    def _read(self, text: str) -> Any:
        text = text.strip()
        if not text or text.casefold() == self._never.casefold():
            return None
        words = self._messages.format(count="").strip()
        number = text.removesuffix(words).strip().replace(",", "")
        if _DIGITS.fullmatch(number):
            return int(number)
        return text.replace(" ", "")

    @Slot(str)
    def _take_text(self, text: str) -> None:
        self._value = self._read(text)
        self.edited.emit(self._value)

    @Slot(int)
    def _take_choice(self, place: int) -> None:
        self._take_text(self.itemText(place))

    @Slot()
    def _leave(self) -> None:
        self._write()
        self.left.emit()

    def _write(self) -> None:
        self.setEditText(self._text(self._value))
        line = self.lineEdit()
        if line is not None:
            line.setCursorPosition(0)
