"""A focus ring around a widget that has no room for one inside, such as words in a row."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QEvent, QObject, QPoint, QRect, QRectF, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractScrollArea, QWidget

from gui.theme import current

_RADIUS: Final = 3
_MOVES: Final = (QEvent.Type.Move, QEvent.Type.Resize)


class FocusRing(QWidget):
    """Lies over a widget and reaches out of it at both sides; goes where the widget goes."""

    def __init__(self, ringed: QWidget, beside: int) -> None:
        """Make it, hidden; `beside` is how far it reaches out, in pixels."""
        super().__init__(ringed.parentWidget())
        self._ringed, self._beside = ringed, beside
        self._watched: list[QWidget] = []
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        ringed.destroyed.connect(self.deleteLater)
        self.hide()

    def appear(self) -> None:
        """Be seen until `vanish`, in the nearest widget around that has room for all of it."""
        self.vanish()
        host = self._ringed
        while (around := _around(host)) is not None:
            self._watched.append(host)
            host = around
            if host.rect().contains(self._place_in(host)):
                break
        self.setParent(host)
        for widget in self._watched:
            widget.installEventFilter(self)
        self._follow()
        self.show()
        self.raise_()

    def vanish(self) -> None:
        """Be gone."""
        for widget in self._watched:
            widget.removeEventFilter(self)
        self._watched = []
        self.hide()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Go where the widget goes, or what it lies in."""
        if event.type() in _MOVES:
            self._follow()
        return super().eventFilter(watched, event)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the ring, inside of what is seen."""
        theme, painter = current(), QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        width = theme.size("line.focus")
        painter.setPen(QPen(theme.colour("focus"), width))
        seen, inset = QRectF(self.visibleRegion().boundingRect()), width / 2
        painter.drawRoundedRect(seen.adjusted(inset, inset, -inset, -inset), _RADIUS, _RADIUS)

    def _follow(self) -> None:
        if (host := self.parentWidget()) is not None:
            self.setGeometry(self._place_in(host))

    def _place_in(self, host: QWidget) -> QRect:
        ringed = self._ringed
        place = QRect(ringed.mapTo(host, QPoint(0, 0)), ringed.size())
        return place.adjusted(-self._beside, 0, self._beside, 0)


def _around(widget: QWidget) -> QWidget | None:
    """Find what a widget lies in; none where its content is not to reach out of it."""
    around = widget.parentWidget()
    is_scrolled = isinstance(around, QAbstractScrollArea) and around.viewport() is widget
    return None if widget.isWindow() or is_scrolled else around
