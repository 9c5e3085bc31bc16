"""A line chart: a few series over time, labelled directly, with events, read by hovering.

Painted by itself: measured on the same points, a chart library took more than twice as long for a
repaint, a quarter of a second of the start, and 50 MB.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, QTimer, Signal, Slot
from PySide6.QtGui import (
    QFontMetrics,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPolygonF,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from gui.theme import current, set_face
from gui.theme.tokens import tokens
from gui.viewmodels.words import clock
from gui.widgets.chart_plot import (
    Plot,
    Point,
    axis_figure,
    clear_bottom,
    figure,
    nearest,
    places_beside,
    runs,
    thinned,
    top_of,
)

_SHORTEST_S: Final = 60.0
_REPAINT_MS: Final = 250
_SUMMARY_MS: Final = 5_000
_LEFT: Final = 50
_RIGHT: Final = 104
_TOP: Final = 8
_BOTTOM: Final = 22
_PLAIN_SIDES: Final = (26, 8, 0, 8)
_LABEL_HEIGHT: Final = 14
_DASH: Final = (10, 3)
_READOUT_HEIGHT: Final = 26
_BETWEEN: Final = "   "
_ROOM_FOR_READOUT: Final = 64
"""A lower plot has its values read from the labels, since a strip would hide its lines."""


@dataclass(frozen=True, slots=True)
class Series:
    """One line.

    Attributes:
        name: In legend and readout.
        look: Which of the token table's series it looks like, from 1.
        short: At the end of the line, where there is little room; the name if empty.
    """

    name: str
    look: int
    short: str = ""


class Chart(QWidget):
    """Shows what it is given. Repaints at most four times a second.

    Arrow keys move the line that reads the values, as the pointer does; Enter asks for a table.

    Signals:
        readMoved: The time that is read, in seconds since 1970; None when reading has ended.
        valuesAsked: The values are wanted as a table.
    """

    readMoved = Signal(object)
    valuesAsked = Signal()

    def __init__(
        self,
        name: str,
        series: Sequence[Series],
        *,
        spoken_unit: str = "",
        height: int = 150,
        plain: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        """Make it.

        Args:
            name: What a screen reader calls it.
            series: The lines.
            spoken_unit: The values' unit, as a screen reader hears it.
            height: What it takes where there is room.
            plain: Without labels at the lines and without times, for one series in a narrow place.
            parent: Qt's owner.
        """
        super().__init__(parent)
        self._series, self._unit, self._height = list(series), spoken_unit, height
        self._sides = _PLAIN_SIDES if plain else (_LEFT, _TOP, _RIGHT, _BOTTOM)
        self._is_plain = plain
        self._points: Sequence[Point] = ()
        self._span_s: float | None = None
        self._marks: Sequence[tuple[float, str]] = ()
        self._names_marks = True
        self._read_at: int | None = None
        self.setAccessibleName(name)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumHeight(80)
        self._repaint = _one_shot(self, _REPAINT_MS)
        self._repaint.timeout.connect(self.update)
        self._tell = _one_shot(self, _SUMMARY_MS)
        self._tell.timeout.connect(self._describe)
        current().changed.connect(self.update)

    @property
    def names(self) -> list[str]:
        """What the lines are called, in the order of the values."""
        return [one.name for one in self._series]

    @property
    def points(self) -> list[Point]:
        """Time (seconds since 1970) and values of what is shown."""
        return list(self._points)

    def sizeHint(self) -> QSize:
        """Ask for enough to read."""
        return QSize(480, self._height)

    def show_points(self, points: Sequence[Point], span_s: float | None = None) -> None:
        """Show other points.

        Args:
            points: In the order of time.
            span_s: What the time axis spans up to the newest; None for all there is.
        """
        read_s = self._points[self._read_at][0] if self._read_at is not None else None
        self._points, self._span_s = points, span_s
        self._read_at = nearest(points, read_s) if read_s is not None else None
        for timer in (self._repaint, self._tell):
            if not timer.isActive():
                timer.start()

    def show_marks(self, marks: Sequence[tuple[float, str]], *, named: bool = True) -> None:
        """Show events: seconds since 1970 and words, which are written if `named`."""
        self._marks, self._names_marks = marks, named
        if not self._repaint.isActive():
            self._repaint.start()

    def summary(self) -> str:
        """Say the newest values, as a screen reader hears them."""
        if not self._points or math.isnan(self._points[-1][1][0]):
            return self.tr("No values now.")
        form = self.tr("{name} {value} {unit}")
        parts = [
            form.format(name=one.name, value=figure(value), unit=self._unit).strip()
            for one, value in zip(self._series, self._points[-1][1], strict=True)
        ]
        return ", ".join(parts)

    @Slot(object)
    def read(self, at_s: float | None) -> None:
        """Read the values at a time, or stop reading; another chart may lead."""
        found = nearest(self._points, at_s) if at_s is not None else None
        if found != self._read_at:
            self._read_at = found
            self.update()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Read the values under the pointer."""
        self.lead(self._plot().at_s(event.position().x()))

    def leaveEvent(self, event: QEvent) -> None:
        """Stop reading."""
        self.lead(None)
        super().leaveEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Move the reading line by the arrow keys; Esc stops reading."""
        step = {int(Qt.Key.Key_Left): -1, int(Qt.Key.Key_Right): 1}.get(event.key())
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.valuesAsked.emit()
        elif event.key() == Qt.Key.Key_Escape and self._read_at is not None:
            self.lead(None)
        elif step is None or not self._points:
            super().keyPressEvent(event)
        else:
            self._step(step)

    def _step(self, step: int) -> None:
        """Read the next point in a direction, beyond a gap if there is one."""
        at = self._read_at if self._read_at is not None else len(self._points) - 1 - step
        while 0 <= at + step < len(self._points):
            at += step
            if not math.isnan(self._points[at][1][0]):
                self.lead(self._points[at][0])
                self.setAccessibleDescription(self._readout_text(at))
                return

    def lead(self, at_s: float | None) -> None:
        """Read the values at a time, or stop reading, and have other charts follow."""
        self.read(at_s)
        at = self._read_at
        self.readMoved.emit(self._points[at][0] if at is not None else None)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint grid, lines, labels, events and the readout."""
        theme, painter = current(), QPainter(self)
        painter.fillRect(self.rect(), theme.colour("surface1" if self._is_plain else "surface2"))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        plot = self._plot()
        self._paint_grid(painter, plot)
        if self._points:
            self._paint_marks(painter, plot)
            self._paint_lines(painter, plot)
            if not self._is_plain:
                self._paint_labels(painter, plot)
            if self._read_at is not None:
                self._paint_readout(painter, plot, self._read_at)
        if self.hasFocus():
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(theme.colour("focus"), theme.size("line.focus")))
            painter.drawRect(self.rect().adjusted(1, 1, -1, -1))

    def _plot(self) -> Plot:
        left, top, right, bottom = self._sides
        rect = QRectF(self.rect()).adjusted(left, top, -right, -bottom)
        last_s = self._points[-1][0] if self._points else _SHORTEST_S
        first_s = self._points[0][0] if self._points else 0.0
        first_s = min(first_s, last_s - _SHORTEST_S)
        if self._span_s is not None:
            first_s = max(first_s, last_s - self._span_s)
        return Plot(rect, first_s, last_s, top_of(self._points, halves=self._is_plain))

    def _paint_grid(self, painter: QPainter, plot: Plot) -> None:
        theme, rect = current(), plot.rect
        painter.setFont(theme.font("caption"))
        parts = 4 if rect.height() > 100 else 2
        for part in range(parts + 1):
            y = round(rect.bottom() - part / parts * rect.height()) + 0.5
            painter.setPen(QPen(theme.colour("chart.grid"), 1))
            painter.drawLine(QPointF(rect.left(), y), QPointF(rect.right(), y))
            painter.setPen(theme.colour("chart.axis"))
            box = QRectF(0, y - 8, self._sides[0] - 6, 16)
            right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
            text = axis_figure(plot.top * part / parts, plot.top / parts)
            painter.drawText(box, right, text)
        if not self._points or self._is_plain:
            return
        for x, text in plot.times():
            box = QRectF(x - 30, rect.bottom() + 4, 60, 16)
            painter.drawText(box, Qt.AlignmentFlag.AlignCenter, text)

    def _paint_lines(self, painter: QPainter, plot: Plot) -> None:
        painter.setBrush(Qt.BrushStyle.NoBrush)
        shown = [
            thinned(run, plot.rect.width() * len(run) / len(self._points))
            for run in runs(self._points)
        ]
        for number, one in enumerate(self._series):
            painter.setPen(_pen(one.look))
            for run in shown:
                line = [plot.place(at, values[number]) for at, values in run]
                painter.drawPolyline(QPolygonF(line))

    def _paint_marks(self, painter: QPainter, plot: Plot) -> None:
        """Paint a dashed line at each event, and its words where they stand over no other's."""
        theme = current()
        painter.setFont(theme.font("caption"))
        metrics, free_from = painter.fontMetrics(), plot.rect.left()
        for at_s, words in self._marks:
            if not plot.first_s <= at_s <= plot.last_s:
                continue
            x = round(plot.x(at_s)) + 0.5
            pen = QPen(theme.colour("chart.mark"), 1)
            pen.setDashPattern([2, 3])
            painter.setPen(pen)
            painter.drawLine(QPointF(x, plot.rect.top()), QPointF(x, plot.rect.bottom()))
            text = f"{clock(at_s)} {words}"
            width = metrics.horizontalAdvance(text)
            left = x + 4 if x + 4 + width <= plot.rect.right() else x - 4 - width
            if self._names_marks and left >= free_from:
                painter.setPen(theme.colour("chart.mark"))
                box = QRectF(left, plot.rect.top(), width + 1, _LABEL_HEIGHT)
                painter.drawText(box, Qt.AlignmentFlag.AlignVCenter, text)
                free_from = left + width + 8

    def _paint_labels(self, painter: QPainter, plot: Plot) -> None:
        """Write each series' name and newest value beside its end, none over another.

        Where there is no room for a readout, they are the values that are read.
        """
        theme, rect = current(), plot.rect
        is_low = rect.height() < _ROOM_FOR_READOUT
        place = self._read_at if self._read_at is not None and is_low else -1
        at_s, values = self._points[place]
        if math.isnan(values[0]):
            return
        painter.setFont(theme.font("caption"))
        ends = [(plot.place(at_s, value).y(), n) for n, value in enumerate(values)]
        lowest = rect.top() - _LABEL_HEIGHT
        shift = max(0.0, (len(ends) - 0.5) * _LABEL_HEIGHT - (rect.bottom() - min(ends)[0]))
        for y, number in sorted(ends):
            middle = max(y - shift, lowest + _LABEL_HEIGHT)
            lowest = middle
            dash = QRectF(rect.right() + 6, middle - _DASH[1] / 2, *_DASH)
            painter.fillRect(dash, theme.colour(f"chart.s{self._series[number].look}"))
            painter.setPen(theme.colour("text2"))
            box = QRectF(dash.right() + 4, middle - 8, _RIGHT - 20, 16)
            one = self._series[number]
            text = f"{one.short or one.name} {figure(values[number])}"
            painter.drawText(box, Qt.AlignmentFlag.AlignVCenter, text)

    def _paint_readout(self, painter: QPainter, plot: Plot, place: int) -> None:
        theme, rect = current(), plot.rect
        at_s, values = self._points[place]
        x = plot.x(at_s)
        painter.setPen(QPen(theme.colour("text2"), 1))
        painter.drawLine(QPointF(x, rect.top()), QPointF(x, rect.bottom()))
        for one, value in zip(self._series, values, strict=True):
            painter.setPen(QPen(theme.colour("surface2"), 1.5))
            painter.setBrush(theme.colour(f"chart.s{one.look}"))
            painter.drawEllipse(plot.place(at_s, value), 3.5, 3.5)
        if rect.height() < _ROOM_FOR_READOUT:
            return
        pieces = self._readout(place)
        width = sum(QFontMetrics(theme.font("small", w)).horizontalAdvance(t) for t, _, w in pieces)
        width += 2 * theme.size("space.m")
        box = self._readout_box(plot, x, width)
        painter.setPen(QPen(theme.colour("border_strong"), 1))
        painter.setBrush(theme.colour("surface3"))
        painter.drawRoundedRect(box, theme.size("radius.m"), theme.size("radius.m"))
        at_x = box.left() + theme.size("space.m")
        for text, role, weight in pieces:
            painter.setFont(theme.font("small", weight))
            painter.setPen(theme.colour(role))
            piece = QRectF(at_x, box.top(), width, box.height())
            painter.drawText(piece, Qt.AlignmentFlag.AlignVCenter, text)
            at_x += painter.fontMetrics().horizontalAdvance(text)

    def _readout_box(self, plot: Plot, x: float, width: float) -> QRectF:
        """Find a place near the line that is read, where it hides no other one if there is one.

        The caption of an event stands on top.
        """
        rect = plot.rect
        sides = list(places_beside(x, width, rect))
        below = rect.adjusted(0, _LABEL_HEIGHT, 0, 0)
        room = replace(plot, rect=below, top=plot.top * below.height() / rect.height())
        for left in sides:
            bottom = clear_bottom(self._points, room, left, left + width, _READOUT_HEIGHT)
            if bottom is not None:
                return QRectF(left, bottom - _READOUT_HEIGHT, width, _READOUT_HEIGHT)
        return QRectF(sides[0], rect.bottom() - _READOUT_HEIGHT - 4, width, _READOUT_HEIGHT)

    def _readout(self, place: int) -> list[tuple[str, str, int]]:
        """Lay the readout out: pieces of text, each with the name of its colour and its weight."""
        at_s, values = self._points[place]
        pieces = [(clock(at_s), "text2", 400)]
        for one, value in zip(self._series, values, strict=True):
            pieces.append((f"{_BETWEEN}{one.name} ", "text2", 400))
            pieces.append((figure(value), "text1", 600))
        return pieces

    def _readout_text(self, place: int) -> str:
        return "".join(text for text, _, _ in self._readout(place))

    @Slot()
    def _describe(self) -> None:
        self.setAccessibleDescription(self.summary())


class Legend(QWidget):
    """The lines of a chart with their names."""

    def __init__(
        self, series: Sequence[Series], *, piece: int = 22, parent: QWidget | None = None
    ) -> None:
        """Make it; `piece` is how many pixels of each line are seen."""
        super().__init__(parent)
        self._series, self._piece = list(series), piece
        set_face(self, "small")
        self.setFixedSize(self._width(), 18)
        current().changed.connect(self.update)

    def set_piece(self, piece: int) -> None:
        """Show more or less of each line, in pixels."""
        self._piece = piece
        self.setFixedWidth(self._width())
        self.update()

    def _width(self) -> int:
        metrics = QFontMetrics(self.font())
        return (
            sum(metrics.horizontalAdvance(one.name) + self._piece + 20 for one in self._series) - 12
        )

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint a piece of each line before its name."""
        painter = QPainter(self)  # straight lines: they are sharp as they are
        painter.setFont(self.font())
        metrics, x, middle = QFontMetrics(self.font()), 0.0, self.height() / 2
        for one in self._series:
            painter.setPen(_pen(one.look))
            painter.drawLine(QPointF(x, middle), QPointF(x + self._piece, middle))
            painter.setPen(current().colour("text2"))
            width = metrics.horizontalAdvance(one.name)
            box = QRectF(x + self._piece + 8, 0, width + 2, self.height())
            painter.drawText(box, Qt.AlignmentFlag.AlignVCenter, one.name)
            x += width + self._piece + 20


def _pen(look: int) -> QPen:
    """Make the pen of a series: its colour, width and dashes."""
    width = tokens().widths[look - 1]
    pen = QPen(current().colour(f"chart.s{look}"), width)
    pen.setJoinStyle(Qt.PenJoinStyle.BevelJoin)
    pen.setCapStyle(Qt.PenCapStyle.FlatCap)
    if dashes := tokens().dashes[look - 1]:
        pen.setDashPattern([length / width for length in dashes])
    return pen


def _one_shot(owner: QWidget, ms: int) -> QTimer:
    timer = QTimer(owner)
    timer.setSingleShot(True)
    timer.setInterval(ms)
    return timer
