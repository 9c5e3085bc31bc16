"""Where the cards of the flow map lie and how its wires run. Pure; pixels at 100 %."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import Final

from PySide6.QtCore import QPointF, QRectF

from gui.viewmodels.flow import Flow, Wire

GAP: Final = 44
MARGIN: Final = 16
WIDTHS: Final = (158, 140, 140, 146)
DRAWN_WIDTH: Final = 2 * MARGIN + sum(WIDTHS) + 3 * GAP
LEAST_WIDTH: Final = DRAWN_WIDTH - 20
"""Cards give up five pixels each, for the splitters beside a page of the drawn width (8) and for
the bar of a map that is higher than its room (12)."""

HEAD_MIDDLE: Final = 24
ARROW: Final = QPointF(8, 10)
"""Length and height of an arrow's head."""

_LEAVE_BELOW: Final = 22
_ENTER_BELOW: Final = 18
_ENTER_ABOVE: Final = 8
_LANES: Final = (16.0, 26.0)


@dataclass(frozen=True, slots=True)
class Density:
    """How close the rows are: the first card's top, a card's height, the gaps between and below."""

    top: int
    card: int
    gap: int
    below: int = MARGIN

    def height(self, rows: int) -> int:
        """Tell how high the map is with so many rows."""
        return self.top + rows * (self.card + self.gap) - self.gap + self.below


NORMAL: Final = Density(46, 92, 24)
LOW: Final = Density(42, 82, 12, below=8)


@dataclass(frozen=True, slots=True)
class Route:
    """One wire with its corners.

    Attributes:
        wire: What it stands for.
        points: From the card it leaves to the tip of its arrow, or to the wire that it joins.
        joins: Whether it ends at another wire, without an arrow.
    """

    wire: Wire
    points: tuple[QPointF, ...]
    joins: bool = False


@dataclass(frozen=True, slots=True)
class Placement:
    """The map laid out.

    Attributes:
        cards: The rectangles, by key.
        columns: Left edge and width of each column.
        routes: The wires.
        width: Of the whole map.
        height: Of the whole map.
        is_low: Whether the cards are the low ones.
    """

    cards: dict[str, QRectF] = field(default_factory=dict)
    columns: tuple[tuple[float, float], ...] = ()
    routes: tuple[Route, ...] = ()
    width: float = 0.0
    height: float = 0.0
    is_low: bool = False


def place(flow: Flow, width: float, height: float) -> Placement:
    """Lay a map out in the room there is; it takes more where it needs more."""
    rows = max((len(column.cards) for column in flow.columns), default=0)
    density = NORMAL if NORMAL.height(rows) <= height else LOW
    width = max(width, LEAST_WIDTH)
    more = (width - DRAWN_WIDTH) / len(WIDTHS)
    cards: dict[str, QRectF] = {}
    columns: list[tuple[float, float]] = []
    left = float(MARGIN)
    for column, least in zip(flow.columns, WIDTHS, strict=False):
        wide = round(left + least + more) - round(left)
        columns.append((round(left), wide))
        for row, card in enumerate(column.cards):
            top = density.top + row * (density.card + density.gap)
            cards[card.key] = QRectF(round(left), top, wide, density.card)
        left += least + more + GAP
    routes = _routes(flow, cards)
    needed = max(density.height(rows), height)
    return Placement(cards, tuple(columns), routes, width, needed, density is LOW)


def _routes(flow: Flow, cards: dict[str, QRectF]) -> tuple[Route, ...]:
    """Lead the wires: straight ones through the middles, the others through lanes of the gap.

    A lane belongs to the card that its wires lead to. Wires that bend leave below a straight one
    and enter below it; where none enters straight they come in above the middle, clear of what
    leaves straight from the same row.
    """
    wires = [wire for wire in flow.wires if wire.start in cards and wire.end in cards]
    straight = {wire for wire in wires if _is_straight(wire, cards)}
    leaving = {wire.start for wire in straight}
    entering = {wire.end for wire in straight}
    lanes = _lanes([wire for wire in wires if wire not in straight], cards)
    routes: list[Route] = []
    for wire in wires:
        start, end = cards[wire.start], cards[wire.end]
        out_y, in_y = start.center().y(), end.center().y()
        if wire in straight:
            points = (QPointF(start.right(), out_y), QPointF(end.left(), in_y))
        else:
            out_y += _LEAVE_BELOW if wire.start in leaving else 0
            in_y += _ENTER_BELOW if wire.end in entering else -_ENTER_ABOVE
            x = start.right() + lanes[wire.end]
            points = (
                QPointF(start.right(), out_y),
                QPointF(x, out_y),
                QPointF(x, in_y),
                QPointF(end.left(), in_y),
            )
        routes.append(Route(wire, points))
    return tuple(_joined(route, routes) for route in routes)


def _joined(route: Route, routes: list[Route]) -> Route:
    """End a dashed wire where it meets the one that runs further: dashes over dashes blur."""
    if route.wire.look != "off" or len(route.points) == 2:
        return route
    reach = _reach(route)
    for other in routes:
        is_same = (other.wire.end, other.wire.look) == (route.wire.end, "off")
        if is_same and len(other.points) == 4 and _reach(other) * reach > reach * reach:
            return Route(route.wire, route.points[:2], joins=True)
    return route


def _reach(route: Route) -> float:
    """Tell how far a bent wire runs down, or up if below 0."""
    return route.points[2].y() - route.points[1].y()


def _is_straight(wire: Wire, cards: dict[str, QRectF]) -> bool:
    return cards[wire.start].center().y() == cards[wire.end].center().y()


def _lanes(bent: list[Wire], cards: dict[str, QRectF]) -> dict[str, float]:
    """Give each card that bent wires lead to a lane of its gap, the lowest card the first."""
    by_gap: defaultdict[float, dict[str, float]] = defaultdict(dict)
    for wire in bent:
        end = cards[wire.end]
        by_gap[end.left()][wire.end] = end.top()
    lanes: dict[str, float] = {}
    first, last = _LANES
    for ends in by_gap.values():
        ordered = sorted(ends, key=lambda key: -ends[key])
        step = min(last - first, (last - first) / max(len(ordered) - 1, 1))
        for number, key in enumerate(ordered):
            lanes[key] = first + number * step
    return lanes
