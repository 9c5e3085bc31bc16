"""The flow map: cards on a dotted canvas with wires between them, to be scrolled and zoomed."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, QTimer, Signal, Slot
from PySide6.QtGui import (
    QAction,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPainterPath,
    QPaintEvent,
    QPen,
    QPolygonF,
    QResizeEvent,
    QShowEvent,
)
from PySide6.QtWidgets import QFrame, QScrollArea, QWidget

from gui.theme import current
from gui.viewmodels.flow import Flow, FlowModel, Look
from gui.widgets.flow_card import FlowCard
from gui.widgets.flow_layout import ARROW, HEAD_MIDDLE, Placement, Route, place

ZOOMS: Final = (0.5, 0.67, 0.8, 0.9, 1.0, 1.1, 1.25, 1.5, 2.0)
_REPAINT_MS: Final = 250
_DOTS: Final = 20
_FIRST_DOT: Final = 10
_CORNER: Final = 6.0
_THIN: Final = 1.5
_SHARP_FROM: Final = 2.0
_THICK: Final = 2.5
_COLOURS: Final[dict[Look, str]] = {
    "live": "chart.s1",
    "rest": "border_strong",
    "warn": "warn",
    "bad": "bad",
    "off": "border_control",
}
_ORDER: Final[tuple[Look, ...]] = ("off", "rest", "live", "warn", "bad")


class FlowCanvas(QWidget):
    """What is scrolled: dots, heads and wires are painted, cards are widgets on it."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.cards: dict[str, FlowCard] = {}
        self.placement = Placement()
        self.zoom = 1.0
        self._flow = Flow()
        current().changed.connect(self.update)

    def show_flow(self, flow: Flow, room: QSize) -> None:
        """Lay a map out in the room there is, in pixels of the screen."""
        zoom = self.zoom
        placed = place(flow, room.width() / zoom, room.height() / zoom)
        has_moved = placed.cards != self.placement.cards or not self.cards
        if flow.wires != self._flow.wires or has_moved:
            self.update()
        elif flow.columns != self._flow.columns:
            self.update(0, 0, self.width(), round(2 * HEAD_MIDDLE * zoom))
        self._flow, self.placement = flow, placed
        self.resize(round(placed.width * zoom), round(placed.height * zoom))

    def place_card(self, key: str) -> None:
        """Put a card's widget where the map has it."""
        rect, zoom = self.placement.cards[key], self.zoom
        card = self.cards[key]
        top_left = (rect.topLeft() * zoom).toPoint()
        bottom_right = (rect.bottomRight() * zoom).toPoint()
        card.setGeometry(
            top_left.x(),
            top_left.y(),
            bottom_right.x() - top_left.x(),
            bottom_right.y() - top_left.y(),
        )
        card.set_zoom(zoom)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint what lies under the cards."""
        theme, painter = current(), QPainter(self)
        painter.fillRect(event.rect(), theme.colour("surface1"))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.scale(self.zoom, self.zoom)
        zoom = self.zoom
        rect = QRectF(event.rect())
        shown = QRectF(rect.topLeft() / zoom, rect.size() / zoom)
        self._paint_dots(painter, shown)
        self._paint_heads(painter)
        most = max((route.wire.rate for route in self.placement.routes), default=0.0)
        order = sorted(self.placement.routes, key=lambda route: _ORDER.index(route.wire.look))
        for route in order:
            _paint_route(painter, route, most)

    def _paint_dots(self, painter: QPainter, shown: QRectF) -> None:
        colour = current().colour("border")
        left = int(shown.left() // _DOTS) * _DOTS + _FIRST_DOT
        top = int(shown.top() // _DOTS) * _DOTS + _FIRST_DOT
        for x in range(left, int(shown.right()) + _DOTS, _DOTS):
            for y in range(top, int(shown.bottom()) + _DOTS, _DOTS):
                painter.fillRect(QRectF(x - 1, y - 1, 2, 2), colour)

    def _paint_heads(self, painter: QPainter) -> None:
        theme = current()
        for column, (left, width) in zip(self._flow.columns, self.placement.columns, strict=False):
            box = QRectF(left, HEAD_MIDDLE - 10, width, 20)
            painter.fillRect(box, theme.colour("surface1"))  # no dots between the words
            painter.setFont(theme.font("small", 600))
            painter.setPen(theme.colour("text2"))
            painter.drawText(box, Qt.AlignmentFlag.AlignVCenter, column.title)
            used = painter.fontMetrics().horizontalAdvance(column.title)
            painter.setFont(theme.font("small"))
            painter.setPen(theme.colour("text3"))
            metrics = painter.fontMetrics()
            if metrics.horizontalAdvance(column.sum) + used + 8 <= width:
                right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
                painter.drawText(box, right, column.sum)


class FlowMap(QScrollArea):
    """Shows a model's map. One card takes the focus; arrow keys go along the wires.

    Repaints at most four times a second, and only while it is seen.

    Signals:
        documentAsked: The key of the document that a card stands for.
        commandAsked: The id of a command: `delete` for the object of the card with the keyboard,
            `new_rule` after a double click beside the cards.
        zoomChanged: The share of the drawn size, 1 for 100 %.
    """

    documentAsked = Signal(str)
    commandAsked = Signal(str)
    zoomChanged = Signal(float)

    def __init__(self, model: FlowModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model = model
        self._current = ""
        self._is_chosen = False
        self.canvas = FlowCanvas()
        self.setWidget(self.canvas)
        self.setWidgetResizable(False)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setAccessibleName(self.tr("Flow map"))
        self.delete_action = QAction(self.tr("Delete"), self)
        self.delete_action.setShortcut("Del")
        self.delete_action.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        self.delete_action.triggered.connect(self._delete)
        self.addAction(self.delete_action)
        self._repaint = QTimer(self)
        self._repaint.setSingleShot(True)
        self._repaint.setInterval(_REPAINT_MS)
        self._repaint.timeout.connect(self._sync)
        model.changed.connect(self._ask)
        self._sync()

    @property
    def current_key(self) -> str:
        """The key of the card that Tab stops at."""
        return self._current

    @property
    def focused_object(self) -> str:
        """What the card that has the keyboard renames and deletes; empty for none."""
        card = self.canvas.cards.get(self._current)
        return card.object_key if card is not None and card.hasFocus() else ""

    @property
    def zoom(self) -> float:
        """The share of the drawn size, 1 for 100 %."""
        return self.canvas.zoom

    def card(self, key: str) -> FlowCard:
        """Find a card's widget."""
        return self.canvas.cards[key]

    # Zoom

    def zoom_by(self, step: int) -> None:
        """Go to the next larger or smaller size."""
        ordered = ZOOMS if step > 0 else ZOOMS[::-1]
        beyond = (z for z in ordered if (z - self.zoom) * step > 1e-6)
        self.set_zoom(next(beyond, ordered[-1]))

    def fit(self) -> None:
        """Show the whole map, no larger than drawn."""
        self.set_zoom(1.0)
        needed, room = self.canvas.placement, self.viewport().size()
        share = min(room.width() / needed.width, room.height() / needed.height, 1.0)
        self.set_zoom(max(share, ZOOMS[0]))

    def set_zoom(self, zoom: float) -> None:
        """Show it larger or smaller."""
        self.canvas.zoom = zoom
        self.canvas.update()
        self._lay_out(moved=True)
        self.zoomChanged.emit(zoom)

    # Cards

    @Slot()
    def _ask(self) -> None:
        if self.isVisible() and not self._repaint.isActive():
            self._repaint.start()

    @Slot()
    def _sync(self) -> None:
        flow, canvas = self._model.flow, self.canvas
        cards = {card.key: card for column in flow.columns for card in column.cards}
        for key in [key for key in canvas.cards if key not in cards]:
            gone = canvas.cards.pop(key)
            gone.hide()
            gone.deleteLater()
        for key, card in cards.items():
            if key not in canvas.cards:
                canvas.cards[key] = self._make_card(key)
            canvas.cards[key].show_card(card, self._model.trail(key))
        if self._current not in cards:
            self._is_chosen = False
            self._set_current(next(iter(cards), ""))
        self._lay_out()

    def _make_card(self, key: str) -> FlowCard:
        card = self._model.flow.card(key)
        assert card is not None  # noqa: S101 - one of its own
        made = FlowCard(card, self.canvas)
        made.chosen.connect(self._choose)
        made.opened.connect(self._open)
        made.arrowPressed.connect(self._go)
        return made

    def _lay_out(self, *, moved: bool = False) -> None:
        canvas = self.canvas
        before = canvas.placement.cards
        canvas.show_flow(self._model.flow, self.viewport().size())
        moved = moved or canvas.placement.cards != before
        for key, card in canvas.cards.items():
            is_new = card.isHidden()  # its place may be known already: from being resized
            if (moved or is_new) and key in canvas.placement.cards:  # others go with the next sync
                canvas.place_card(key)
                card.show()

    def _set_current(self, key: str) -> None:
        self._current = key
        for name, card in self.canvas.cards.items():
            is_current = name == key
            card.set_current(is_current, is_chosen=is_current and self._is_chosen)

    @Slot(str)
    def _choose(self, key: str) -> None:
        self._is_chosen = True
        self._set_current(key)
        self.ensureWidgetVisible(self.canvas.cards[key], 24, 24)

    @Slot(str)
    def _open(self, key: str) -> None:
        card = self._model.flow.card(key)
        if card is not None and card.target:
            self.documentAsked.emit(card.target)

    @Slot()
    def _delete(self) -> None:
        self.commandAsked.emit("delete")

    @Slot(str, int)
    def _go(self, key: str, arrow: int) -> None:
        """Go along a wire, or to the next card of the column."""
        flow = self._model.flow
        match arrow:
            case Qt.Key.Key_Right:
                found = self._nearest(key, flow.after(key))
            case Qt.Key.Key_Left:
                found = self._nearest(key, flow.before(key))
            case _:
                keys = [card.key for card in flow.column_of(key)]
                at = keys.index(key) + (1 if arrow == Qt.Key.Key_Down else -1)
                found = keys[at] if 0 <= at < len(keys) else ""
        if found:
            self.canvas.cards[found].setFocus(Qt.FocusReason.TabFocusReason)

    def _nearest(self, key: str, keys: list[str]) -> str:
        """Pick the card whose row is closest: the end of the straightest wire."""
        cards = self.canvas.placement.cards
        here = cards[key].center().y()
        found = [other for other in keys if other in cards]
        return min(found, key=lambda other: abs(cards[other].center().y() - here), default="")

    # Qt

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Leave the arrow keys to the cards: those that lead nowhere scroll nothing."""
        event.ignore()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Ask for a rule where no card is; those take their clicks themselves."""
        if event.button() == Qt.MouseButton.LeftButton:
            self.commandAsked.emit("new_rule")

    def showEvent(self, event: QShowEvent) -> None:
        """Show what has come meanwhile."""
        super().showEvent(event)
        self._sync()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Use the room there is now."""
        super().resizeEvent(event)
        self._lay_out()


def _paint_route(painter: QPainter, route: Route, most: float) -> None:
    wire, points = route.wire, route.points
    width = _THIN + (_THICK * wire.rate / most if most else 0.0)
    colour = current().colour(_COLOURS[wire.look])
    pen = QPen(colour, width)
    pen.setCapStyle(Qt.PenCapStyle.FlatCap)
    if wire.look == "off":
        pen = QPen(colour, _THIN)
        pen.setCapStyle(Qt.PenCapStyle.FlatCap)
        pen.setDashPattern([4 / _THIN, 4 / _THIN])
    if pen.widthF() < _SHARP_FROM:  # between two rows of pixels it would be two pale ones
        points = tuple(point + QPointF(0, 0.5) for point in points)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    if route.joins:
        painter.setPen(pen)
        painter.drawPath(_rounded(points))
        return
    tip = points[-1]
    base = QPointF(tip.x() - ARROW.x(), tip.y())
    painter.setPen(pen)
    painter.drawPath(_rounded((*points[:-1], base)))
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(colour)
    half = ARROW.y() / 2
    painter.drawPolygon(
        QPolygonF([tip, QPointF(base.x(), base.y() - half), QPointF(base.x(), base.y() + half)])
    )


def _rounded(points: tuple[QPointF, ...]) -> QPainterPath:
    """Join points by straight lines with round corners."""
    path = QPainterPath(points[0])
    for before, corner, after in zip(points, points[1:], points[2:], strict=False):
        radius = min(_CORNER, _length(before, corner) / 2, _length(corner, after) / 2)
        path.lineTo(_towards(corner, before, radius))
        path.quadTo(corner, _towards(corner, after, radius))
    path.lineTo(points[-1])
    return path


def _length(one: QPointF, other: QPointF) -> float:
    return abs(one.x() - other.x()) + abs(one.y() - other.y())


def _towards(start: QPointF, end: QPointF, by: float) -> QPointF:
    length = _length(start, end)
    return start + (end - start) * (by / length) if length else start
