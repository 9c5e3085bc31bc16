"""A switch: on or off, at once."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetrics, QKeyEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QWidget

from gui.theme import current, set_face

_TRACK: Final = QSize(32, 18)
_SMALL_TRACK: Final = QSize(28, 16)
_KNOB: Final = 12
_SMALL_KNOB: Final = 10
_GAP: Final = 8


class Switch(QAbstractButton):
    """A track of 32x18 with a knob, and its words at the right; 28x16 where `small`, in cards."""

    def __init__(self, text: str, parent: QWidget | None = None, *, small: bool = False) -> None:
        super().__init__(parent)
        self._track = _SMALL_TRACK if small else _TRACK
        self._knob = _SMALL_KNOB if small else _KNOB
        self._words = text
        self.setText(text)
        self.setAccessibleName(text)
        self.setCheckable(True)
        set_face(self, "body")
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        current().changed.connect(self.update)

    def show_words(self, *, is_shown: bool) -> None:
        """Show the words, or the track alone; a screen reader tells them in either case."""
        self.setText(self._words if is_shown else "")
        self.updateGeometry()

    def sizeHint(self) -> QSize:
        """Take the room of the track and the words, and enough height for the pointer."""
        words = QFontMetrics(self.font()).horizontalAdvance(self.text())
        width = self._track.width() + (_GAP + words + 2 if self.text() else 0)
        return QSize(width, current().size("height.control_small"))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Turn by Enter, too."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.click()
        else:
            super().keyPressEvent(event)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint track, knob and words."""
        theme, painter = current(), QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        height = self._track.height()
        track = QRectF(0, (self.height() - height) / 2, self._track.width(), height)
        is_on, is_enabled = self.isChecked(), self.isEnabled()
        if self.hasFocus():
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(theme.colour("focus"), theme.size("line.focus")))
            painter.drawRoundedRect(track.adjusted(1, 1, -1, -1), height / 2 - 1, height / 2 - 1)
        ground = "accent" if is_on else "surface2"
        if not is_enabled:
            ground = "border_control" if is_on else "surface1"
        painter.setBrush(theme.colour(ground))
        outline = "border_control" if is_enabled else "border"
        painter.setPen(Qt.PenStyle.NoPen if is_on else QPen(theme.colour(outline), 1))
        inset = 3.0 if self.hasFocus() else 0.0 if is_on else 0.5
        inner = track.adjusted(inset, inset, -inset, -inset)
        painter.drawRoundedRect(inner, inner.height() / 2, inner.height() / 2)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.colour("on_accent" if is_on else outline))
        x = track.right() - height / 2 if is_on else track.left() + height / 2
        radius = (self._knob - 3) / 2 if self.hasFocus() else self._knob / 2
        painter.drawEllipse(QPointF(x, track.center().y()), radius, radius)
        painter.setPen(theme.colour("text1" if is_enabled else "text_disabled"))
        painter.setFont(self.font())
        text = self.rect().adjusted(self._track.width() + _GAP, 0, 0, 0)
        painter.drawText(text, Qt.AlignmentFlag.AlignVCenter, self.text())
