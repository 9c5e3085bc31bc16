"""What a walk over a page finds: colours that are not of the token table."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from itertools import pairwise
from typing import Any, Final

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import (
    QBrush,
    QColor,
    QImage,
    QPainter,
    QPen,
    QTextLayout,
)
from PySide6.QtWidgets import QLabel, QWidget

from gui.theme import current
from gui.theme.icons import IconCache
from gui.theme.tokens import tokens

from .audit import described
from .audit_inks import foreign_inks, inks_of
from .watched import painted_parts, painter_of, watched_calls

FLAT_RUN: Final = 24
"""A colour that goes on for so many pixels is no soft edge of a letter or of a corner."""

FLAT_SIDE: Final = 6
"""A square of one colour this wide is no soft edge; one twice as wide is always found."""

_SHAPES: Final = (
    *("drawLine", "drawLines", "drawPolyline", "drawPolygon", "drawPath", "drawArc"),
    *("drawRect", "drawRects", "drawRoundedRect", "drawEllipse", "drawPoint", "drawPoints"),
    *("drawPie", "drawChord", "drawConvexPolygon"),
)


def foreign_colours(root: QWidget, *, with_keyboard: bool = False) -> list[str]:
    """Find colours that are not of the token table.

    Looked at are areas, and lines down to those of one pixel that go on for a while upright or
    across, also where one must scroll; the pens, brushes, fills and words that our own widgets
    paint with; labels, icons, and the formats of every text. Soft edges of letters and corners
    are short, those of lines are blends of two known colours. Pictures such as the program's own
    icon have colours of their own. What is painted under the mouse is looked at, too; or,
    with `with_keyboard`, what a widget paints that has the keyboard.
    """
    with _painted_ink() as found:
        flat = [text for part in painted_parts(root) for text in _foreign_pixels(part)]
        with _with_the_keyboard() if with_keyboard else _under_the_mouse(root):
            root.grab()
    return [*flat, *sorted(found), *foreign_inks(root, _known())]


@contextmanager
def _with_the_keyboard() -> Iterator[None]:
    """Have every widget painted as if the keyboard were on it."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(QWidget, "hasFocus", lambda _widget: True)
        yield


@contextmanager
def _under_the_mouse(root: QWidget) -> Iterator[None]:
    """Have what can be used painted as if the pointer were over all of it."""
    others = [
        widget
        for widget in [root, *root.findChildren(QWidget)]
        if widget.isVisible() and not widget.underMouse()
    ]
    for widget in others:
        widget.setAttribute(Qt.WidgetAttribute.WA_UnderMouse, True)
    try:
        yield
    finally:
        for widget in others:
            widget.setAttribute(Qt.WidgetAttribute.WA_UnderMouse, False)


def _foreign_pixels(part: QWidget) -> list[str]:
    """Find foreign colours in the picture of a widget, and where they are."""
    image = part.grab().toImage().convertToFormat(QImage.Format.Format_RGB32)
    return [
        f"#{colour:06X} at {place.toTuple()}: {described(widget)}"
        for colour, place in (_flat_squares(image) | _flat_runs(image)).items()
        if not _is_picture(widget := part.childAt(place) or part)
    ]


def _known() -> set[int]:
    """Give the colours of the theme that is on."""
    return {int(value[1:], 16) for value in tokens().colours[current().scheme].values()}


def _flat_squares(image: QImage) -> dict[int, QPoint]:
    """Find where each foreign colour fills a square, however short its sides are.

    Pixels of a grid are looked at: four corners of one colour, with everything between them.
    """
    known, step = _known(), FLAT_SIDE
    pixels = memoryview(image.constBits()).cast("I")  # type: ignore[call-overload]
    width, height, stride = image.width(), image.height(), image.bytesPerLine() // 4
    found: dict[int, QPoint] = {}
    for y in range(0, height - step, step):
        above, below = (
            pixels[row * stride : row * stride + width : step].tolist() for row in (y, y + step)
        )
        for place, corners in enumerate(zip(*(above, above[1:], below, below[1:]), strict=False)):
            pixel = corners[0]
            colour = pixel & 0xFFFFFF
            if corners.count(pixel) == 4 and colour not in known and colour not in found:
                start = y * stride + place * step
                lines = (pixels[start + row * stride :][:step] for row in range(step))
                if all(each == pixel for line in lines for each in line):
                    found[colour] = QPoint(place * step, y)
    return found


def _flat_runs(image: QImage) -> dict[int, QPoint]:
    """Find where each foreign colour begins to go on, across or down."""
    known = _known()
    pixels = memoryview(image.constBits()).cast("I")  # type: ignore[call-overload]
    width, height, stride = image.width(), image.height(), image.bytesPerLine() // 4
    found: dict[int, QPoint] = {}
    for y in range(height):
        for colour, x in _runs(pixels[y * stride : y * stride + width], known):
            column = pixels[x + FLAT_RUN // 2 : len(pixels) : stride]
            if colour not in found and not _is_soft(column, y, known):
                found[colour] = QPoint(x, y)
    for x in range(width):
        for colour, y in _runs(pixels[x : (height - 1) * stride + x + 1 : stride], known):
            start = (y + FLAT_RUN // 2) * stride
            if colour not in found and not _is_soft(pixels[start : start + width], x, known):
                found[colour] = QPoint(x, y)
    return found


def _runs(line: memoryview[int], known: set[int]) -> Iterator[tuple[int, int]]:
    """Find foreign colours that go on for a while, and where they begin.

    Whatever does so covers two of the places that are looked at first.
    """
    step = FLAT_RUN // 2
    for place, (one, other) in enumerate(pairwise(line[::step].tolist())):
        if one == other and one & 0xFFFFFF not in known:
            start = end = place * step
            while start and line[start - 1] == one:
                start -= 1
            while end < len(line) and line[end] == one:
                end += 1
            if end - start >= FLAT_RUN:
                yield one & 0xFFFFFF, start


def _is_soft(through: memoryview[int], place: int, known: set[int]) -> bool:
    """Whether a line is a soft one of a known colour: between two rows it has half of it in both.

    Args:
        through: The pixels at a right angle to it.
        place: Where they cross it.
        known: The colours of the theme.
    """
    near = through[max(place - 2, 0) : place + 3].tolist()
    colour = through[place]
    if near.count(colour) > 2:
        return False
    grounds = {pixel & 0xFFFFFF for pixel in near} & known
    return any(_is_blend(colour, ground, other) for ground in grounds for other in known)


def _is_blend(colour: int, one: int, other: int) -> bool:
    """Whether a colour lies on the way from one to another, but for rounding."""
    found, start, end = (_channels(each) for each in (colour, one, other))
    way = [there - here for here, there in zip(start, end, strict=True)]
    gone = [here - begun for begun, here in zip(start, found, strict=True)]
    length = sum(each * each for each in way)
    share = sum(a * b for a, b in zip(way, gone, strict=True)) / length if length else 0.0
    return 0 < share < 1 and all(
        abs(each - share * whole) <= 1 for each, whole in zip(gone, way, strict=True)
    )


def _channels(colour: int) -> list[int]:
    return [colour >> shift & 0xFF for shift in (16, 8, 0)]


@contextmanager
def _painted_ink() -> Iterator[set[str]]:
    """Watch what our own widgets paint; yields what they paint in foreign colours."""
    found: set[str] = set()
    known = _known()

    def look(colour: QColor, what: str) -> None:
        if colour.alpha() and colour.rgb() & 0xFFFFFF not in known:
            found.add(f"{colour.name()} of {what} in {painter_of(4)}")

    def look_at_words(painter: QPainter, *args: Any) -> None:
        look(painter.pen().color(), repr(args[-1]))

    def look_at_shape(painter: QPainter, *_: Any) -> None:
        pen, brush = painter.pen(), painter.brush()
        if pen.style() != Qt.PenStyle.NoPen:
            look(pen.color(), "a line")
        if brush.style() == Qt.BrushStyle.SolidPattern:
            look(brush.color(), "an area")

    def look_at_fill(_: QPainter, *args: Any) -> None:
        fill = args[-1]
        if isinstance(fill, QBrush):
            if fill.style() == Qt.BrushStyle.SolidPattern:
                look(fill.color(), "an area")
        elif isinstance(fill, QColor | Qt.GlobalColor):
            look(QColor(fill), "an area")

    def look_at_stroke(_: QPainter, _path: object, pen: QPen | QColor) -> None:
        look(QPen(pen).color(), "a line")

    def look_at_icon(_: IconCache, name: str, _size: int, *tints: Any) -> None:
        for tint in tints[:2]:
            look(tint, f"the icon {name}")

    def look_at_layout(layout: QTextLayout, *_: Any) -> None:
        for colour in inks_of(piece.format for piece in layout.formats()):
            look(colour, repr(layout.text()))

    with ExitStack() as watched:
        watched.enter_context(watched_calls(QPainter, "drawText", look_at_words))
        watched.enter_context(watched_calls(QPainter, "fillRect", look_at_fill))
        watched.enter_context(watched_calls(QPainter, "fillPath", look_at_fill))
        watched.enter_context(watched_calls(QPainter, "strokePath", look_at_stroke))
        watched.enter_context(watched_calls(IconCache, "icon", look_at_icon))
        watched.enter_context(watched_calls(QTextLayout, "draw", look_at_layout))
        for name in _SHAPES:
            watched.enter_context(watched_calls(QPainter, name, look_at_shape))
        yield found


def _is_picture(widget: QWidget) -> bool:
    return isinstance(widget, QLabel) and not widget.pixmap().isNull()
