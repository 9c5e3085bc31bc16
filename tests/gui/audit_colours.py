"""What a walk over a page finds: colours that are not of the token table."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import groupby
from typing import Any, Final, TypeAlias

from PySide6.QtCore import QPoint, QSize
from PySide6.QtGui import (
    QIcon,
    QImage,
    QPainter,
)
from PySide6.QtWidgets import (
    QAbstractButton,
    QLabel,
    QWidget,
)

from gui.theme import current
from gui.theme.tokens import tokens

from .audit import described
from .watched import painter_of, watched_calls

FLAT_RUN: Final = 24
"""A colour that fills so many pixels side by side is no soft edge of a letter or an outline."""

Run: TypeAlias = tuple[int, int, int]
"""A colour, where it begins in a row, and where it ends."""


def foreign_colours(root: QWidget) -> list[str]:
    """Find colours that are not of the token table: of flat areas, of painted words, of icons.

    Flat is what is the same over some pixels in two rows: soft edges of letters and outlines are
    not. Pictures such as the program's own icon have colours of their own.
    """
    with _painted_ink() as found:
        image = root.grab().toImage().convertToFormat(QImage.Format.Format_RGB32)
    flat = [
        f"#{colour:06X} at {place.toTuple()}: {described(widget)}"
        for colour, place in _flat_areas(image).items()
        if not _is_picture(widget := root.childAt(place) or root)
    ]
    return flat + sorted(found) + _foreign_labels(root) + _foreign_icons(root)


def _known() -> set[int]:
    """Give the colours of the theme that is on."""
    return {int(value[1:], 16) for value in tokens().colours[current().scheme].values()}


def _flat_areas(image: QImage) -> dict[int, QPoint]:
    """Find where each foreign colour begins to fill an area."""
    known = _known()
    pixels = memoryview(image.constBits()).cast("I")  # type: ignore[call-overload]
    stride, width = image.bytesPerLine() // 4, image.width()
    found: dict[int, QPoint] = {}
    above: list[Run] = []
    before = memoryview(b"")
    for y in range(image.height()):
        row = pixels[y * stride : y * stride + width]
        if row == before:
            here = above
        else:
            here = [run for run in _runs(row.tolist()) if run[0] & 0xFFFFFF not in known]
        for colour, start, end in here:
            if any(
                colour == other and min(end, its_end) - max(start, its_start) >= FLAT_RUN
                for other, its_start, its_end in above
            ):
                found.setdefault(colour & 0xFFFFFF, QPoint(start, y))
        above, before = here, row
    return found


def _runs(row: list[int]) -> Iterator[Run]:
    """Find where a colour goes on for a while."""
    start = 0
    for colour, same in groupby(row):
        end = start + sum(1 for _ in same)
        if end - start >= FLAT_RUN:
            yield colour, start, end
        start = end


@contextmanager
def _painted_ink() -> Iterator[set[str]]:
    """Watch what our own widgets paint; yields words in foreign colours."""
    found: set[str] = set()
    known = _known()

    def look_at_words(painter: QPainter, *args: Any) -> None:
        ink = painter.pen().color()
        if ink.rgb() & 0xFFFFFF not in known:
            found.add(f"{ink.name()} of {args[-1]!r} in {painter_of()}")

    with watched_calls(QPainter, "drawText", look_at_words):
        yield found


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
