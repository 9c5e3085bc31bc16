"""Chips, tags and key caps: small outlined words."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt, Slot
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QWidget

from gui.theme import current, set_face

_CHIP_HEIGHT = 26
_CHIP_PADDING = 10
"""With the outline."""
_SHAPE = 12
_GAP = 6
_CAP_PADDING = 6
_CAP_HEIGHT = 18
"""With the outline."""
_TAG_HEIGHT = 18
_TAG_PADDING = 6


class Chip(QAbstractButton):
    """A connector with the shape of its state; a click opens it."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._status = "stopped"
        self.setText(name)
        set_face(self, "small", 500, figures=False)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        current().changed.connect(self.update)
        self.set_state("stopped", current().state("stopped").word)

    @property
    def status(self) -> str:
        """The name of the state."""
        return self._status

    def set_state(self, status: str, word: str, reason: str = "") -> None:
        """Show another state; the word and its reason are told by the tooltip."""
        self._status = status
        spoken = f"{self.text()}: {word}"
        self.setAccessibleName(spoken)
        self.setToolTip(f"{spoken}. {reason}" if reason else spoken)
        self.update()

    def sizeHint(self) -> QSize:
        """Take the room of the name."""
        width = QFontMetrics(self.font()).horizontalAdvance(self.text())
        return QSize(2 * _CHIP_PADDING + _SHAPE + _GAP + width, _CHIP_HEIGHT)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint outline, shape and name."""
        theme, painter = current(), QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        ground = "pressed" if self.isDown() else "hover" if self.underMouse() else "surface2"
        painter.setBrush(theme.colour(ground))
        _outline(painter, self, "border", theme.size("radius.m"))
        rect = QRectF(_CHIP_PADDING, (self.height() - _SHAPE) / 2, _SHAPE, _SHAPE)
        theme.paint_state(painter, rect, self._status, ground)
        painter.setPen(theme.colour("text1"))
        painter.setFont(self.font())
        text = self.rect().adjusted(_CHIP_PADDING + _SHAPE + _GAP, 0, -_CHIP_PADDING, 0)
        painter.drawText(text, Qt.AlignmentFlag.AlignVCenter, self.text())


class KeyCap(QWidget):
    """Keys that do something here."""

    def __init__(self, keys: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._keys = keys
        set_face(self, "caption")
        current().changed.connect(self._fit)
        self._fit()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint outline and keys."""
        painter = QPainter(self)
        paint_key_cap(painter, QRectF(self.rect()), self._keys)

    @Slot()
    def _fit(self) -> None:
        self.setFixedSize(key_cap_size(self._keys))
        self.update()


def key_cap_size(keys: str) -> QSize:
    """Tell the size of a key cap with its outline, which is no narrower than it is high."""
    metrics = QFontMetrics(current().font("caption"))
    height = max(_CAP_HEIGHT, metrics.height())
    width = metrics.horizontalAdvance(keys) + 2 * _CAP_PADDING
    return QSize(max(width, height), height)


def paint_key_cap(painter: QPainter, rect: QRectF, keys: str) -> None:
    """Paint a key cap into a rectangle."""
    theme = current()
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setBrush(theme.colour("surface1"))
    painter.setPen(QPen(theme.colour("border_strong"), 1))
    radius = theme.size("radius.s")
    painter.drawRoundedRect(rect.adjusted(0.5, 0.5, -0.5, -0.5), radius, radius)
    painter.setPen(theme.colour("text3"))
    painter.setFont(theme.font("caption"))
    painter.drawText(rect, Qt.AlignmentFlag.AlignCenter, keys)
    painter.restore()


class Tag(QWidget):
    """A word on a quiet ground: a kind, or an outcome."""

    def __init__(self, text: str = "", role: str = "idle", parent: QWidget | None = None) -> None:
        """Make it; `role` is a colour that has a ground, such as `ok`."""
        super().__init__(parent)
        self._text, self._role = text, role
        set_face(self, "caption", 500)
        current().changed.connect(self._fit)
        self._fit()

    @property
    def text(self) -> str:
        """The word."""
        return self._text

    def set_text(self, text: str, role: str = "idle") -> None:
        """Show another word."""
        self._text, self._role = text, role
        self._fit()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint ground and word."""
        theme, painter = current(), QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.colour(f"{self._role}_bg"))
        radius = theme.size("radius.s")
        painter.drawRoundedRect(self.rect(), radius, radius)
        painter.setPen(theme.colour(self._role if self._role != "idle" else "text2"))
        painter.setFont(self.font())
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, self._text)

    @Slot()
    def _fit(self) -> None:
        metrics = QFontMetrics(self.font())
        width = metrics.horizontalAdvance(self._text) + 2 * _TAG_PADDING if self._text else 0
        self.setFixedSize(width, max(_TAG_HEIGHT, metrics.height()))
        self.update()


def _outline(painter: QPainter, widget: QWidget, role: str, radius: int) -> None:
    """Draw a rounded outline, which is the focus ring while the widget has the focus."""
    theme, rect = current(), QRectF(widget.rect())
    if widget.hasFocus():
        painter.setPen(QPen(theme.colour("focus"), theme.size("line.focus")))
        painter.drawRoundedRect(rect.adjusted(1, 1, -1, -1), radius, radius)
    else:
        painter.setPen(QPen(theme.colour(role), 1))
        painter.drawRoundedRect(rect.adjusted(0.5, 0.5, -0.5, -0.5), radius, radius)
