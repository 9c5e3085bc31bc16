"""A group of a form that is folded until it is needed."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QRect, QRectF, QSize, Qt, Slot
from PySide6.QtGui import QFontMetrics, QKeyEvent, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QVBoxLayout, QWidget

from gui.theme import current
from gui.widgets.frames import Line

_HEIGHT: Final = 40
_CHEVRON: Final = 14
_LEFT: Final = 23
_NOTE_TOP: Final = 30
"""Where a note begins that has no room beside the name."""


class GroupHead(QAbstractButton):
    """The row of a group: chevron, name, and what is inside in a few words, beside or below."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._note, self._role = "", "text3"
        self.setText(name)
        self.setCheckable(True)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        current().changed.connect(self.update)
        self.set_note("")

    def set_note(self, note: str, role: str = "text3") -> None:
        """Say what is inside, in a colour of the theme."""
        self._note, self._role = note, role
        self.setAccessibleName(f"{self.text()}, {note}" if note else self.text())
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        """Take one row of 40 with the line above it, and more where the note is below the name."""
        return QSize(200, self._height(self.width()))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Ask for another height where the note goes below the name, or back."""
        super().resizeEvent(event)
        if self._height(event.oldSize().width()) != self._height(self.width()):
            self.updateGeometry()

    def _height(self, width: int) -> int:
        if self._has_room(width):
            return _HEIGHT - 1
        return self._note_below(width).bottom() + 1 + current().size("space.s")

    def _note_left(self) -> int:
        """Tell where the note begins beside the name."""
        theme = current()
        name = QFontMetrics(theme.font("strong")).horizontalAdvance(self.text())
        return _LEFT + name + theme.size("space.s")

    def _has_room(self, width: int) -> bool:
        """Tell whether the note has room beside the name."""
        note = QFontMetrics(current().font("body")).horizontalAdvance(self._note)
        return not self._note or self._note_left() + note <= width

    def _note_below(self, width: int) -> QRect:
        """Tell where the note is below the name, over as many lines as it takes."""
        box = QRect(_LEFT, _NOTE_TOP, max(width - _LEFT, 1), 1 << 20)
        metrics = QFontMetrics(current().font("body"))
        height = metrics.boundingRect(box, Qt.TextFlag.TextWordWrap, self._note).height()
        return QRect(box.left(), box.top(), box.width(), height)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Fold by Enter and by the arrows, too."""
        is_open = self.isChecked()
        fold = event.key() == Qt.Key.Key_Left and is_open
        unfold = event.key() == Qt.Key.Key_Right and not is_open
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) or fold or unfold:
            self.click()
        else:
            super().keyPressEvent(event)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint chevron, name and note."""
        theme, painter = current(), QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self.hasFocus():
            painter.setPen(QPen(theme.colour("focus"), theme.size("line.focus")))
            rect = QRectF(self.rect()).adjusted(1, 3, -1, -3)
            painter.drawRoundedRect(rect, theme.size("radius.s"), theme.size("radius.s"))
        icon = theme.icon(
            "chevron-down" if self.isChecked() else "chevron-right", "text2", _CHEVRON
        )
        icon.paint(painter, QRect(1, (_HEIGHT - 1 - _CHEVRON) // 2, _CHEVRON, _CHEVRON))
        painter.setFont(theme.font("strong"))
        painter.setPen(theme.colour("text1"))
        row = QRect(0, 0, self.width(), _HEIGHT - 1)
        painter.drawText(row.adjusted(_LEFT, 0, 0, 0), Qt.AlignmentFlag.AlignVCenter, self.text())
        painter.setFont(theme.font("body"))
        painter.setPen(theme.colour(self._role))
        if self._has_room(self.width()):
            rect = row.adjusted(self._note_left(), 0, 0, 0)
            painter.drawText(rect, Qt.AlignmentFlag.AlignVCenter, self._note)
        else:
            below = self._note_below(self.width())
            painter.drawText(below, Qt.TextFlag.TextWordWrap, self._note)


class FormGroup(QWidget):
    """A line, the head, and the body that is shown while the group is open."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.head = GroupHead(name)
        self.body = QWidget()
        self.rows = QVBoxLayout(self.body)
        self.rows.setContentsMargins(0, 4, 0, current().size("space.l"))
        self.rows.setSpacing(current().size("space.m"))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(Line())
        column.addWidget(self.head)
        column.addWidget(self.body)
        self.body.hide()
        self.head.toggled.connect(self.body.setVisible)

    def open(self) -> None:
        """Show what is inside."""
        self.head.setChecked(True)

    @Slot(bool)
    def set_open(self, is_open: bool) -> None:
        """Show or fold what is inside."""
        self.head.setChecked(is_open)
