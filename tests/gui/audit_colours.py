"""What a walk over a page finds: colours that are not of the token table."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from itertools import chain, pairwise
from typing import Any, Final

from PySide6.QtCore import QPoint, QSize, Qt
from PySide6.QtGui import (
    QBrush,
    QColor,
    QIcon,
    QImage,
    QPainter,
    QTextCharFormat,
    QTextDocument,
    QTextLayout,
)
from PySide6.QtWidgets import (
    QAbstractButton,
    QLabel,
    QPlainTextEdit,
    QTextEdit,
    QWidget,
)

from gui.theme import current
from gui.theme.tokens import tokens

from .audit import described
from .watched import painted_parts, painter_of, watched_calls

FLAT_RUN: Final = 24
"""A colour that goes on for so many pixels is no soft edge of a letter or of a corner."""

FLAT_SIDE: Final = 6
"""A square of one colour this wide is no soft edge; one twice as wide is always found."""

_SHAPES: Final = (
    *("drawLine", "drawLines", "drawPolyline", "drawPolygon", "drawPath", "drawArc"),
    *("drawRect", "drawRoundedRect", "drawEllipse", "drawPoint"),
)

MOST_LINES: Final = 500
"""Of a document that is looked at: what colours them does so alike in every line."""


def foreign_colours(root: QWidget) -> list[str]:
    """Find colours that are not of the token table.

    Looked at are areas, and lines down to those of one pixel that go on for a while upright or
    across, also where one must scroll; the pens, brushes, fills and words that our own widgets
    paint with; labels, icons, and the formats of every text. Soft edges of letters and corners
    are short, those of lines are blends of two known colours. Pictures such as the program's own
    icon have colours of their own.
    """
    with _painted_ink() as found:
        flat = [text for part in painted_parts(root) for text in _foreign_pixels(part)]
    rest = (_foreign_labels(root), _foreign_icons(root), _foreign_texts(root))
    return [*flat, *sorted(found), *chain.from_iterable(rest)]


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

    def look_at_layout(layout: QTextLayout, *_: Any) -> None:
        for colour in _inks(piece.format for piece in layout.formats()):
            look(colour, repr(layout.text()))

    with ExitStack() as watched:
        watched.enter_context(watched_calls(QPainter, "drawText", look_at_words))
        watched.enter_context(watched_calls(QPainter, "fillRect", look_at_fill))
        watched.enter_context(watched_calls(QTextLayout, "draw", look_at_layout))
        for name in _SHAPES:
            watched.enter_context(watched_calls(QPainter, name, look_at_shape))
        yield found


def _foreign_texts(root: QWidget) -> list[str]:
    """Find texts whose formats have another colour than those of the theme."""
    known = _known()
    found: set[str] = set()
    for widget in root.findChildren(QWidget):
        if widget.isVisible():
            foreign = {
                ink.name()
                for ink in _inks(_formats(widget))
                if ink.alpha() and ink.rgb() & 0xFFFFFF not in known
            }
            found |= {f"{name}: text of {described(widget)}" for name in foreign}
    return sorted(found)


def _formats(widget: QWidget) -> Iterator[QTextCharFormat]:
    """Give how the text of a widget is formatted; what is laid over it as well."""
    if isinstance(widget, QPlainTextEdit | QTextEdit):
        yield from (each.format for each in widget.extraSelections())  # pyright: ignore[reportAttributeAccessIssue] - Qt's struct
        yield from _formats_of(widget.document())
    elif isinstance(widget, QLabel) and widget.textFormat() == Qt.TextFormat.RichText:
        document = QTextDocument()
        document.setHtml(widget.text())
        yield from _formats_of(document)


def _formats_of(document: QTextDocument) -> Iterator[QTextCharFormat]:
    block = document.begin()
    while block.isValid() and block.blockNumber() < MOST_LINES:
        yield from (piece.format for piece in block.layout().formats())
        pieces = block.begin()
        while not pieces.atEnd():
            yield pieces.fragment().charFormat()
            pieces += 1
        block = block.next()


def _inks(formats: Iterable[QTextCharFormat]) -> Iterator[QColor]:
    """Give the colours that formats set: of letters, of what is behind, of lines below."""
    for each in formats:
        for brush in (each.foreground(), each.background()):
            if brush.style() != Qt.BrushStyle.NoBrush:
                yield brush.color()
        if each.underlineColor().isValid():
            yield each.underlineColor()


def _foreign_labels(root: QWidget) -> list[str]:
    """Find labels whose words have another colour than those of the theme."""
    known = _known()
    labels = [label for label in root.findChildren(QLabel) if label.isVisible() and label.text()]
    inks = [(label.palette().color(label.foregroundRole()), label) for label in labels]
    return [
        f"{ink.name()}: {described(label)}"
        for ink, label in inks
        if ink.rgb() & 0xFFFFFF not in known
    ]


def _foreign_icons(root: QWidget) -> list[str]:
    """Find buttons whose icon has another colour than those of the theme."""
    known = _known()
    found: list[str] = []
    for button in root.findChildren(QAbstractButton):
        tint = _tint(button.icon(), button.iconSize()) if button.isVisible() else None
        if tint is not None and not _is_near(tint, known):
            found.append(f"#{tint:06x}: icon of {described(button)}")
    return found


def _tint(icon: QIcon, size: QSize) -> int | None:
    """Tell the colour that most of an icon has; None where nothing of it is opaque."""
    image = icon.pixmap(size).toImage().convertToFormat(QImage.Format.Format_ARGB32)
    pixels = memoryview(image.constBits()).cast("I") if not image.isNull() else ()  # type: ignore[call-overload]
    inks = Counter(pixel & 0xFFFFFF for pixel in pixels if pixel >> 24 == 0xFF)
    return inks.most_common(1)[0][0] if inks else None


def _is_near(tint: int, known: set[int]) -> bool:
    """Whether it is one of the known colours, but for what smoothing an edge rounds off."""

    def apart(other: int) -> int:
        return max(abs((tint >> shift & 0xFF) - (other >> shift & 0xFF)) for shift in (0, 8, 16))

    return tint in known or any(apart(other) <= 1 for other in known)


def _is_picture(widget: QWidget) -> bool:
    return isinstance(widget, QLabel) and not widget.pixmap().isNull()
