"""A round outline around a widget that would be square, as it is at its place in the window."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter, QPainterPath, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from gui.theme import current
from gui.widgets.frames import Ground


class _Outline(QWidget):
    """Lies over the widget: the outline, and the ground outside its corners."""

    def __init__(self, parent: QWidget, outside: str, radius: str) -> None:
        super().__init__(parent)
        self._outside, self._radius = outside, radius
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        current().changed.connect(self.update)

    def paintEvent(self, _event: QPaintEvent) -> None:
        theme, painter = current(), QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box, radius = QRectF(self.rect()), theme.size(self._radius)
        inner, whole = QPainterPath(), QPainterPath()
        inner.addRoundedRect(box, radius, radius)
        whole.addRect(box)
        painter.fillPath(whole.subtracted(inner), theme.colour(self._outside))
        painter.setPen(QPen(theme.colour("border"), 1))
        painter.drawRoundedRect(box.adjusted(0.5, 0.5, -0.5, -0.5), radius, radius)


class _Framed(Ground):
    """A widget with its outline."""

    def __init__(self, widget: QWidget, ground: str, outside: str, radius: str, pad: int) -> None:
        super().__init__(ground)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(1, pad, 1, pad)
        layout.addWidget(widget)
        self._outline = _Outline(self, outside, radius)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._outline.resize(self.size())
        self._outline.raise_()


def framed(
    widget: QWidget, *, outside: str, radius: str, ground: str = "surface1", pad: int = 0
) -> QWidget:
    """Put an outline over the edge of a widget.

    Args:
        widget: What is outlined.
        outside: The surface around it.
        radius: The size's name of its corners.
        ground: The surface above and below it.
        pad: Pixels above and below it.
    """
    return _Framed(widget, ground, outside, radius, pad)
