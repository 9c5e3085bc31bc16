"""A field for a template whose usual values can be picked from a list."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QRect, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QWidget

from gui.theme import current
from gui.widgets.template_edit import TemplateEdit

_CHEVRON: Final = 14
_CHEVRON_RIGHT: Final = 9
_WIDTH: Final = 32


class ChoiceTemplate(TemplateEdit):
    """Looks as a combo box does; any text may be typed, with placeholders.

    Signals:
        listAsked: The list is wanted: by the chevron, Alt+Down, Down or F4.
    """

    listAsked = Signal()

    def __init__(self, name: str, tip: str, parent: QWidget | None = None) -> None:
        """Make it; `name` is what a screen reader calls it, `tip` what the chevron is for."""
        super().__init__(name, parent=parent)
        self.setAccessibleDescription(tip)
        self._chevron = _Chevron(self)
        self._chevron.setToolTip(tip)
        self.setViewportMargins(0, 0, _WIDTH - _CHEVRON_RIGHT, 0)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Ask for the list by the keys of a combo box."""
        if event.key() in (Qt.Key.Key_Down, Qt.Key.Key_F4):
            self.listAsked.emit()
        else:
            super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the chevron at the right."""
        super().resizeEvent(event)
        self._chevron.setGeometry(self.width() - _WIDTH, 1, _WIDTH - 1, self.height() - 2)


class _Chevron(QWidget):
    """What opens the list by the mouse; the field has keys for it."""

    def __init__(self, field: ChoiceTemplate) -> None:
        super().__init__(field)
        self._field = field
        self.setCursor(Qt.CursorShape.ArrowCursor)
        current().changed.connect(self.update)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Open the list."""
        if event.button() == Qt.MouseButton.LeftButton and self._field.isEnabled():
            self._field.setFocus(Qt.FocusReason.MouseFocusReason)
            self._field.listAsked.emit()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint it where a combo box has it."""
        left = self.width() + 1 - _CHEVRON_RIGHT - _CHEVRON
        place = QRect(left, (self.height() - _CHEVRON) // 2, _CHEVRON, _CHEVRON)
        role = "text2" if self._field.isEnabled() else "text_disabled"
        current().icon("chevron-down", role, _CHEVRON).paint(QPainter(self), place)
