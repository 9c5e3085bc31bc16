"""Where a widget lies in its window, and what colour a pixel of it has."""

from __future__ import annotations

from typing import Final, TypeAlias

from PySide6.QtCore import QPoint
from PySide6.QtGui import QColor, QImage
from PySide6.QtWidgets import QWidget

Place: TypeAlias = tuple[int, int, int, int]
"""Left, top, width, height, in pixels."""
Span: TypeAlias = tuple[int, int]
"""The first and the last pixel of something, from the left or from the top."""

_FAINT: Final = 24
"""By so much of 255 a pixel has to differ from the ground to count as painted."""


def place_of(window: QWidget, widget: QWidget) -> Place:
    """Tell where a widget lies in its window."""
    start = widget.mapTo(window, QPoint())
    return start.x(), start.y(), widget.width(), widget.height()


def colour_at(picture: QImage, x: int, y: int) -> str:
    """Tell a pixel's colour, as `#rrggbb`."""
    return picture.pixelColor(x, y).name()


def words_of(picture: QImage, box: Place, gap: int = 4) -> list[Span]:
    """Tell from where to where there are words and shapes in a row of a picture.

    Args:
        picture: The whole picture.
        box: Where to look; its first pixel has the ground's colour.
        gap: So many empty columns lie within a word at most.
    """
    left, top, width, height = box
    ground = picture.pixelColor(left, top)
    rows = range(top, top + height)
    painted = (
        x
        for x in range(left, left + width)
        if any(_differs(picture.pixelColor(x, y), ground) for y in rows)
    )
    found: list[Span] = []
    for x in painted:
        if found and x - found[-1][1] <= gap:
            found[-1] = (found[-1][0], x)
        else:
            found.append((x, x))
    return found


def height_of(picture: QImage, box: Place) -> Span:
    """Tell from where to where, downwards, something is painted in a box of a picture."""
    left, top, width, height = box
    ground = picture.pixelColor(left, top)
    columns = range(left, left + width)
    painted = [
        y
        for y in range(top, top + height)
        if any(_differs(picture.pixelColor(x, y), ground) for x in columns)
    ]
    return painted[0], painted[-1]


def _differs(one: QColor, other: QColor) -> bool:
    pairs = zip(one.getRgb()[:3], other.getRgb()[:3], strict=True)  # pyright: ignore[reportArgumentType, reportIndexIssue, reportUnknownArgumentType, reportUnknownVariableType] - four numbers
    return any(abs(a - b) > _FAINT for a, b in pairs)
