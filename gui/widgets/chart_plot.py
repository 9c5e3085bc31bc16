"""Where the points of a chart lie, and how its figures and times are written. No state."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import Final, TypeAlias

from PySide6.QtCore import QPointF, QRectF

Point: TypeAlias = tuple[float, tuple[float, ...]]
"""Seconds since 1970 and one value of each series; not-a-number where there is a gap."""

_MINUTE_S: Final = 60
_DAY_S: Final = 86_400
_STEPS_S: Final = (10, 15, 30, 60, 120, 300, 600, 1_200, 3_600, 7_200, 21_600, 86_400)
_TIME_WIDTH: Final = 72
_PIXELS_A_POINT: Final = 2
_LOWEST_TOP: Final = 1.0
_BESIDE: Final = 8
_CLEAR: Final = 4
_LARGE_STEP: Final = 25_000
_QUARTERS: Final = (1.0, 2.0, 4.0, 6.0, 8.0, 10.0)
_HALVES: Final = (1.0, 1.2, 1.6, 2.0, 2.4, 3.0, 4.0, 5.0, 6.0, 8.0, 10.0)


@dataclass(frozen=True, slots=True)
class Plot:
    """The rectangle of the lines, and the times and values at its edges.

    Attributes:
        rect: In pixels of the widget.
        first_s: Seconds since 1970 at the left edge.
        last_s: At the right edge.
        top: The value at the upper edge; the lower one is 0.
    """

    rect: QRectF
    first_s: float
    last_s: float
    top: float

    def x(self, at_s: float) -> float:
        """Place a time."""
        share = (at_s - self.first_s) / (self.last_s - self.first_s)
        return self.rect.left() + share * self.rect.width()

    def at_s(self, x: float) -> float:
        """Tell the time at a place."""
        share = (x - self.rect.left()) / max(self.rect.width(), 1.0)
        return self.first_s + share * (self.last_s - self.first_s)

    def place(self, at_s: float, value: float) -> QPointF:
        """Place a value."""
        return QPointF(self.x(at_s), self.rect.bottom() - value / self.top * self.rect.height())

    def times(self) -> Iterator[tuple[float, str]]:
        """Choose the times that are written below: the place of each and its words."""
        span_s = self.last_s - self.first_s
        most = max(self.rect.width() / _TIME_WIDTH, 1.0)
        step = next((s for s in _STEPS_S if span_s / s <= most), _STEPS_S[-1])
        form = "%d %b" if step >= _DAY_S else "%H:%M" if step >= _MINUTE_S else "%H:%M:%S"
        offset_s = datetime.fromtimestamp(self.first_s).astimezone().utcoffset()
        shift_s = offset_s.total_seconds() if offset_s is not None else 0.0
        at_s = math.ceil((self.first_s + shift_s) / step) * step - shift_s
        while at_s <= self.last_s:
            yield self.x(at_s), datetime.fromtimestamp(at_s).astimezone().strftime(form)
            at_s += step


def runs(points: Sequence[Point]) -> Iterator[Sequence[Point]]:
    """Part points at their gaps."""
    start = 0
    for place, (_, values) in enumerate(points):
        if math.isnan(values[0]):
            if place > start:
                yield points[start:place]
            start = place + 1
    if start < len(points):
        yield points[start:]


def places_beside(x: float, width: float, rect: QRectF) -> Iterator[float]:
    """List the left edges that a box may have: beside a place as far as it fits, then far off."""
    for left in (x + _BESIDE, x - _BESIDE - width):
        if rect.left() <= left <= rect.right() - width:
            yield left
    yield rect.left()
    if rect.right() - width > rect.left():
        yield rect.right() - width


def clear_bottom(
    points: Sequence[Point], plot: Plot, left: float, right: float, height: float
) -> float | None:
    """Find where a box between two places hides no line, as low as can be.

    Returns:
        The box's lower edge; None where lines leave no room for it.
    """
    spans: list[tuple[float, float]] = []
    for run in runs(points):
        seen = thinned(run, plot.rect.width())  # as the lines are painted
        for (before_s, before), (after_s, after) in pairwise(seen):
            if plot.x(after_s) < left or plot.x(before_s) > right:
                continue
            for one, other in zip(before, after, strict=True):
                ends = plot.place(before_s, one).y(), plot.place(after_s, other).y()
                spans.append((min(ends), max(ends)))
    bottom = plot.rect.bottom() - _CLEAR
    for upper, lower in sorted(spans, key=lambda span: span[1], reverse=True):
        if lower < bottom - height - _CLEAR:
            break
        bottom = min(bottom, upper - _CLEAR)
    return bottom if bottom - height >= plot.rect.top() else None


def thinned(points: Sequence[Point], width: float) -> Sequence[Point]:
    """Leave out what two pixels can't show; a repaint's time goes by its points.

    Which points stay goes by their times, so that the lines move evenly.
    """
    most = max(width / _PIXELS_A_POINT, 1.0)
    if len(points) <= most:
        return points
    span_s = points[-1][0] - points[0][0]
    step_s = max(span_s / most, 1e-9)
    kept: list[Point] = []
    for point in points[:-1]:
        if not kept or point[0] // step_s != kept[-1][0] // step_s:
            kept.append(point)
    kept.append(points[-1])
    return kept


def nearest(points: Sequence[Point], at_s: float) -> int | None:
    """Find the point that is closest to a time; None when there is none but gaps."""
    found = [place for place, (_, values) in enumerate(points) if not math.isnan(values[0])]
    return min(found, key=lambda place: abs(points[place][0] - at_s), default=None)


def top_of(points: Sequence[Point], *, halves: bool = False) -> float:
    """Round the highest value up to what the grid can name, by quarters or by halves."""
    highest = max(
        (max(values) for _, values in points if not math.isnan(values[0])),
        default=0.0,
    )
    return nice(max(highest * 1.1, _LOWEST_TOP), _HALVES if halves else _QUARTERS)


def nice(value: float, steps: Sequence[float] = _QUARTERS) -> float:
    """Round up to one of these times a power of ten, so that the lines of a grid can be written."""
    power = 10.0 ** math.floor(math.log10(value))
    return next(step * power for step in steps if step * power >= value)


def figure(value: float) -> str:
    """Write a value with the decimals that matter."""
    return f"{value:,.1f}" if value < 1_000 else f"{value:,.0f}"


def axis_figure(value: float, step: float) -> str:
    """Write a value beside a line of the grid, with the decimals that its steps have.

    On axes that reach 100,000 it is in thousands: `150k`, for which there is room at the left.
    """
    mark = ""
    if step >= _LARGE_STEP:
        value, step, mark = value / 1_000, step / 1_000, "k" if value else ""
    decimals = next((n for n in range(3) if math.isclose(step * 10**n, round(step * 10**n))), 2)
    return f"{value:,.{decimals}f}{mark}"
