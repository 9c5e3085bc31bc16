"""A line chart of the last minutes: a few series over time, labelled directly, read by hovering.

Painted by itself: measured on the same points, a chart library took more than twice as long for a
repaint, a quarter of a second of the start, and 50 MB.
"""

from __future__ import annotations

import math
from collections import deque
from datetime import datetime
from typing import Final

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, QTimer, Slot
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

from gui.theme import current
from gui.theme.tokens import tokens

SPAN_S: Final = 300.0
_SHORTEST_S: Final = 60.0
_REPAINT_MS: Final = 250
_SUMMARY_MS: Final = 5_000
_LEFT: Final = 44
_RIGHT: Final = 104
_TOP: Final = 8
_BOTTOM: Final = 22
_LABEL_HEIGHT: Final = 14
_DASH: Final = (10, 3)
_READOUT_HEIGHT: Final = 26
_LOWEST_TOP: Final = 1.0
_STEPS_S: Final = (10, 15, 30, 60, 120)
_PIXELS_A_POINT: Final = 2


class Chart(QWidget):
    """Shows the last five minutes. Repaints at most four times a second.

    Arrow keys move the line that reads the values, as the pointer does.
    """

    def __init__(self, name: str, series: list[str], parent: QWidget | None = None) -> None:
        """Make it.

        Args:
            name: What a screen reader calls it.
            series: The names of the lines, in the order of the token table's colours.
            parent: Qt's owner.
        """
        super().__init__(parent)
        self._series = series
        self._points: deque[tuple[float, tuple[float, ...]]] = deque()
        self._added = 0
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
    def points(self) -> list[tuple[float, tuple[float, ...]]]:
        """Time (seconds since 1970) and values of what is shown."""
        return list(self._points)

    def sizeHint(self) -> QSize:
        """Ask for enough to read."""
        return QSize(480, 150)

    def add(self, at_s: float, *values: float) -> None:
        """Take a point of every series; the oldest go after `SPAN_S`.

        Args:
            at_s: Seconds since 1970.
            values: One for each series.
        """
        self._points.append((at_s, values))
        self._added += 1
        while self._points[0][0] < at_s - SPAN_S:
            self._points.popleft()
        for timer in (self._repaint, self._tell):
            if not timer.isActive():
                timer.start()

    def clear(self) -> None:
        """Start over."""
        self._points.clear()
        self._read_at = None
        self.update()

    def summary(self) -> str:
        """Say the newest values, as a screen reader hears them."""
        if not self._points:
            return self.tr("No values yet.")
        parts = [
            self.tr("{name} {value} per second").format(name=name, value=_figure(value))
            for name, value in zip(self._series, self._points[-1][1], strict=True)
        ]
        return ", ".join(parts)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Read the values under the pointer."""
        if self._points:
            plot = self._plot()
            first_s, last_s = self._times()
            share = (event.position().x() - plot.left()) / max(plot.width(), 1.0)
            at_s = first_s + share * (last_s - first_s)
            places = range(len(self._points))
            self._read_at = min(places, key=lambda place: abs(self._points[place][0] - at_s))
            self.update()

    def leaveEvent(self, event: QEvent) -> None:
        """Stop reading."""
        self._read_at = None
        self.update()
        super().leaveEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Move the reading line by the arrow keys."""
        step = {int(Qt.Key.Key_Left): -1, int(Qt.Key.Key_Right): 1}.get(event.key())
        if step is None or not self._points:
            super().keyPressEvent(event)
            return
        last = len(self._points) - 1
        at = self._read_at if self._read_at is not None else last
        self._read_at = max(0, min(last, at + step))
        self.setAccessibleDescription(self._readout_text(self._read_at))
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint grid, lines, labels and the readout."""
        theme, painter = current(), QPainter(self)
        painter.fillRect(self.rect(), theme.colour("surface2"))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        plot, top = self._plot(), self._top()
        self._paint_grid(painter, plot, top)
        if self._points:
            self._paint_lines(painter, plot, top)
            self._paint_labels(painter, plot, top)
            if self._read_at is not None and self._read_at < len(self._points):
                self._paint_readout(painter, plot, top, self._read_at)
        if self.hasFocus():
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(theme.colour("focus"), theme.size("line.focus")))
            painter.drawRect(self.rect().adjusted(1, 1, -1, -1))

    def _plot(self) -> QRectF:
        return QRectF(self.rect()).adjusted(_LEFT, _TOP, -_RIGHT, -_BOTTOM)

    def _times(self) -> tuple[float, float]:
        if not self._points:
            return 0.0, _SHORTEST_S
        last_s = self._points[-1][0]
        return min(self._points[0][0], last_s - _SHORTEST_S), last_s

    def _top(self) -> float:
        """Round the highest value up to what the grid can name."""
        highest = max((max(values) for _, values in self._points), default=0.0)
        return _nice(max(highest * 1.1, _LOWEST_TOP))

    def _place(self, plot: QRectF, top: float, at_s: float, value: float) -> QPointF:
        first_s, last_s = self._times()
        x = plot.left() + (at_s - first_s) / (last_s - first_s) * plot.width()
        return QPointF(x, plot.bottom() - value / top * plot.height())

    def _paint_grid(self, painter: QPainter, plot: QRectF, top: float) -> None:
        theme = current()
        painter.setFont(theme.font("caption"))
        parts = 4 if plot.height() > 110 else 2
        for part in range(parts + 1):
            value = top * part / parts
            y = round(plot.bottom() - part / parts * plot.height()) + 0.5
            painter.setPen(QPen(theme.colour("chart.grid"), 1))
            painter.drawLine(QPointF(plot.left(), y), QPointF(plot.right(), y))
            painter.setPen(theme.colour("chart.axis"))
            box = QRectF(0, y - 8, _LEFT - 8, 16)
            right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
            painter.drawText(box, right, _figure(value, top))
        if not self._points:
            return
        first_s, last_s = self._times()
        step = next((s for s in _STEPS_S if (last_s - first_s) / s <= 6), _STEPS_S[-1])
        at_s = math.ceil(first_s / step) * step
        form = "%H:%M" if step >= 60 else "%H:%M:%S"
        while at_s <= last_s:
            x = self._place(plot, top, at_s, 0).x()
            text = datetime.fromtimestamp(at_s).astimezone().strftime(form)
            box = QRectF(x - 30, plot.bottom() + 4, 60, 16)
            painter.drawText(box, Qt.AlignmentFlag.AlignCenter, text)
            at_s += step

    def _paint_lines(self, painter: QPainter, plot: QRectF, top: float) -> None:
        painter.setBrush(Qt.BrushStyle.NoBrush)
        shown = self._thinned(plot)
        for number in range(len(self._series)):
            painter.setPen(_pen(number))
            painter.drawPolyline(
                QPolygonF([self._place(plot, top, at, values[number]) for at, values in shown])
            )

    def _thinned(self, plot: QRectF) -> list[tuple[float, tuple[float, ...]]]:
        """Leave out what two pixels can't show; a repaint's time goes by its points.

        Which points stay goes by their number since the start, so that the lines move evenly.
        """
        last = len(self._points) - 1
        step = max(1, math.ceil(len(self._points) * _PIXELS_A_POINT / max(plot.width(), 1.0)))
        first = self._added - len(self._points)
        return [
            point
            for place, point in enumerate(self._points)
            if (first + place) % step == 0 or place == last
        ]

    def _paint_labels(self, painter: QPainter, plot: QRectF, top: float) -> None:
        """Write each series' name and newest value beside its end, none over another."""
        theme = current()
        painter.setFont(theme.font("caption"))
        at_s, values = self._points[-1]
        ends = [(self._place(plot, top, at_s, value).y(), n) for n, value in enumerate(values)]
        lowest = plot.top() - _LABEL_HEIGHT
        shift = max(0.0, (len(ends) - 0.5) * _LABEL_HEIGHT - (plot.bottom() - min(ends)[0]))
        for y, number in sorted(ends):
            middle = max(y - shift, lowest + _LABEL_HEIGHT)
            lowest = middle
            dash = QRectF(plot.right() + 6, middle - _DASH[1] / 2, *_DASH)
            painter.fillRect(dash, theme.colour(f"chart.s{number + 1}"))
            painter.setPen(theme.colour("text2"))
            box = QRectF(dash.right() + 4, middle - 8, _RIGHT - 20, 16)
            text = f"{self._series[number]} {_figure(values[number])}"
            painter.drawText(box, Qt.AlignmentFlag.AlignVCenter, text)

    def _paint_readout(self, painter: QPainter, plot: QRectF, top: float, place: int) -> None:
        theme = current()
        at_s, values = self._points[place]
        x = self._place(plot, top, at_s, 0).x()
        painter.setPen(QPen(theme.colour("chart.mark"), 1))
        painter.drawLine(QPointF(x, plot.top()), QPointF(x, plot.bottom()))
        for number, value in enumerate(values):
            painter.setPen(QPen(theme.colour("surface2"), 1.5))
            painter.setBrush(theme.colour(f"chart.s{number + 1}"))
            painter.drawEllipse(self._place(plot, top, at_s, value), 3.5, 3.5)
        painter.setFont(theme.font("small"))
        text = self._readout_text(place)
        width = QFontMetrics(painter.font()).horizontalAdvance(text) + 2 * theme.size("space.m")
        left = min(max(x + 8, plot.left()), plot.right() - width)
        if x + 8 > left:
            left = max(x - 8 - width, plot.left())
        box = QRectF(left, plot.bottom() - _READOUT_HEIGHT - 4, width, _READOUT_HEIGHT)
        if max(values) < top / 3:  # the lines run low: stand above them
            box.moveTop(plot.top() + 2)
        painter.setPen(QPen(theme.colour("border_strong"), 1))
        painter.setBrush(theme.colour("surface3"))
        painter.drawRoundedRect(box, theme.size("radius.m"), theme.size("radius.m"))
        painter.setPen(theme.colour("text1"))
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, text)

    def _readout_text(self, place: int) -> str:
        at_s, values = self._points[place]
        time = datetime.fromtimestamp(at_s).astimezone().strftime("%H:%M:%S")
        parts = [
            f"{name} {_figure(value)}" for name, value in zip(self._series, values, strict=True)
        ]
        return "   ".join([time, *parts])

    @Slot()
    def _describe(self) -> None:
        self.setAccessibleDescription(self.summary())


class Legend(QWidget):
    """The lines of a chart with their names."""

    def __init__(self, series: list[str], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._series = series
        self.setFont(current().font("small"))
        self.setFixedSize(self._width(), 18)
        current().changed.connect(self.update)

    def _width(self) -> int:
        metrics = QFontMetrics(self.font())
        return sum(metrics.horizontalAdvance(name) + 46 for name in self._series)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint a piece of each line before its name."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(self.font())
        metrics, x, middle = QFontMetrics(self.font()), 0.0, self.height() / 2
        for number, name in enumerate(self._series):
            painter.setPen(_pen(number))
            painter.drawLine(QPointF(x, middle), QPointF(x + 22, middle))
            painter.setPen(current().colour("text2"))
            width = metrics.horizontalAdvance(name)
            box = QRectF(x + 28, 0, width + 2, self.height())
            painter.drawText(box, Qt.AlignmentFlag.AlignVCenter, name)
            x += width + 46


def _pen(number: int) -> QPen:
    """Make the pen of a series: its colour, width and dashes."""
    width = tokens().widths[number]
    pen = QPen(current().colour(f"chart.s{number + 1}"), width)
    pen.setJoinStyle(Qt.PenJoinStyle.BevelJoin)
    pen.setCapStyle(Qt.PenCapStyle.FlatCap)
    if dashes := tokens().dashes[number]:
        pen.setDashPattern([length / width for length in dashes])
    return pen


def _figure(value: float, top: float | None = None) -> str:
    """Write a value with the decimals that matter; on the axis, those of its highest value."""
    is_small = (value if top is None else top) < (1_000 if top is None else 4)
    return f"{value:,.1f}" if is_small else f"{value:,.0f}"


def _nice(value: float) -> float:
    """Round up to 1, 2, 4, 5 or 8 times a power of ten, so that quarters can be written."""
    power = 10.0 ** math.floor(math.log10(value))
    return next(step * power for step in (1, 2, 4, 5, 8, 10) if step * power >= value)


def _one_shot(owner: QWidget, ms: int) -> QTimer:
    timer = QTimer(owner)
    timer.setSingleShot(True)
    timer.setInterval(ms)
    return timer
