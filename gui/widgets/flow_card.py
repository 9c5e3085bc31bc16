"""One card of the flow map: shape, name, detail, rate and sparkline."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import QEvent, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QWidget

from gui.theme import current, has_figures
from gui.viewmodels.flow import TRAIL_S, Card
from gui.viewmodels.words import rate as rate_text
from gui.viewmodels.words import tr
from gui.widgets.sparkline import paint_sparkline

_LEFT: Final = 13
_RIGHT: Final = 12
_SHAPE: Final = 12
_NAME: Final = 20
_NAME_LEFT: Final = 32
_DETAIL: Final = 38.5
_RATE_FROM_BOTTOM: Final = 20
_SPARK: Final = (46, 22)
_SPARK_BOTTOM: Final = 11
_SPARK_RIGHT: Final = 13
_TRAIL: Final = round(TRAIL_S * 2)
_ARROWS: Final = (Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Up, Qt.Key.Key_Down)


class FlowCard(QAbstractButton):
    """A card that can be chosen by a click, opened by Enter or a double click.

    Signals:
        chosen: It has the focus now.
        opened: Enter was pressed, or it was clicked twice.
        arrowPressed: An arrow key, as its number.
    """

    chosen = Signal(str)
    opened = Signal(str)
    arrowPressed = Signal(str, int)

    def __init__(self, card: Card, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._card = card
        self._trail: Sequence[float] = ()
        self._zoom = 1.0
        self._is_chosen = False
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.show_card(card, ())
        current().changed.connect(self.update)

    @property
    def key(self) -> str:
        """Which card it is."""
        return self._card.key

    @property
    def object_key(self) -> str:
        """The object that is renamed or deleted by it; empty for none."""
        return self._card.object_key

    def show_card(self, card: Card, trail: Sequence[float]) -> None:
        """Show new numbers; nothing is repainted when they are the same."""
        if card == self._card and trail == self._trail and self.accessibleName():
            return
        if card.spoken != self.accessibleName():
            self.setAccessibleName(card.spoken)
            reason = card.state.reason
            lines = [card.name, f"{card.state.word}. {reason}" if reason else card.state.word]
            self.setToolTip("\n".join(lines))
        self._card, self._trail = card, trail
        self.update()

    def set_zoom(self, zoom: float) -> None:
        """Paint larger or smaller; the geometry is set by who lays it out."""
        self._zoom = zoom
        self.update()

    def set_current(self, is_current: bool, *, is_chosen: bool) -> None:
        """Be the one card that Tab stops at, and maybe the one that the user has chosen."""
        policy = Qt.FocusPolicy.StrongFocus if is_current else Qt.FocusPolicy.ClickFocus
        self.setFocusPolicy(policy)
        self._is_chosen = is_chosen
        self.update()

    def sizeHint(self) -> QSize:
        """Ask for the least width of a card."""
        return QSize(140, 92)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Open by Enter; arrows go along the wires."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.opened.emit(self.key)
        elif event.key() in _ARROWS:
            self.arrowPressed.emit(self.key, int(event.key()))
        else:
            super().keyPressEvent(event)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Open."""
        if event.button() == Qt.MouseButton.LeftButton:
            self.opened.emit(self.key)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Be chosen wherever the focus comes from."""
        super().focusInEvent(event)
        self.chosen.emit(self.key)

    def changeEvent(self, event: QEvent) -> None:
        """Follow what Qt changes, such as being enabled."""
        super().changeEvent(event)
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the card."""
        theme, painter, card = current(), QPainter(self), self._card
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.scale(self._zoom, self._zoom)
        width, height = self.width() / self._zoom, self.height() / self._zoom
        self._paint_outline(painter, QRectF(0, 0, width, height))
        is_off = card.state.status == "disabled"
        shape = QRectF(_LEFT, _NAME - _SHAPE / 2, _SHAPE, _SHAPE)
        theme.paint_state(painter, shape, card.state.status, "surface2")
        painter.setFont(theme.font("strong", figures=False))
        room = width - _NAME_LEFT - _RIGHT
        middle, end = Qt.TextElideMode.ElideMiddle, Qt.TextElideMode.ElideRight
        role = "text2" if is_off else "text1"
        _paint_line(painter, QRectF(_NAME_LEFT, _NAME - 10, room, 20), card.name, role, middle)
        painter.setFont(theme.font("small", figures=has_figures(card.detail)))
        box = QRectF(_LEFT, _DETAIL - 9, width - _LEFT - _RIGHT, 18)
        _paint_line(painter, box, card.detail, card.tone, end)
        if card.has_rate:
            self._paint_rate(painter, height, role)
        is_own = card.tone != "text3" and not card.key.startswith("rule:")  # not an action's
        look = card.tone if is_own else "chart.s1"
        spark = QRectF(
            width - _SPARK_RIGHT - _SPARK[0], height - _SPARK_BOTTOM - _SPARK[1], *_SPARK
        )
        is_flat = is_off or not any(self._trail)
        paint_sparkline(painter, spark, self._trail, _TRAIL, "border_control" if is_flat else look)

    def _paint_outline(self, painter: QPainter, rect: QRectF) -> None:
        theme = current()
        radius = theme.size("radius.l")
        painter.setBrush(theme.colour("surface2"))
        outline, width = "border_strong", 1.0
        if self.hasFocus():
            outline, width = "focus", 2.0
        elif self._is_chosen:
            outline, width = "accent", 2.0
        elif self.underMouse():
            outline = "border_control"
        painter.setPen(QPen(theme.colour(outline), width))
        inset = width / 2
        painter.drawRoundedRect(rect.adjusted(inset, inset, -inset, -inset), radius, radius)

    def _paint_rate(self, painter: QPainter, height: float, role: str) -> None:
        theme, value = current(), self._card.rate
        middle = height - _RATE_FROM_BOTTOM
        text = rate_text(value) if value else "0"
        painter.setFont(theme.font("body", 500))
        box = QRectF(_LEFT, middle - 10, 80, 20)
        painter.setPen(theme.colour(role))
        painter.drawText(box, Qt.AlignmentFlag.AlignVCenter, text)
        left = _LEFT + painter.fontMetrics().horizontalAdvance(text)
        painter.setFont(theme.font("body"))
        painter.setPen(theme.colour("text3"))
        unit = tr("{rate}/s").format(rate="")
        painter.drawText(QRectF(left, middle - 10, 40, 20), Qt.AlignmentFlag.AlignVCenter, unit)


def _paint_line(
    painter: QPainter, box: QRectF, text: str, role: str, elide: Qt.TextElideMode
) -> None:
    painter.setPen(current().colour(role))
    shown = painter.fontMetrics().elidedText(text, elide, int(box.width()) + 1)
    painter.drawText(box, Qt.AlignmentFlag.AlignVCenter, shown)
