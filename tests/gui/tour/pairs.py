"""Pairs of pictures: a drawing at the left, the window at the right."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Final

from PySide6.QtGui import QColor, QImage, QPainter

_GAP: Final = 8
_GROUND: Final = QColor(128, 128, 128)
_BLOCK: Final = 8
_FAR: Final = 24
"""How far a channel may be off before a pixel counts as different: letters differ by less."""


def write_pairs(drawings: Path, taken: Mapping[str, Path], folder: Path) -> dict[str, float]:
    """Write a pair for each drawing that a picture was taken of.

    Args:
        drawings: The folder of the drawings; a drawing's name is that of its picture.
        taken: The pictures by name and scheme.
        folder: Where the pairs go.

    Returns:
        Of each pair, the share of pixels that differ.
    """
    folder.mkdir(parents=True, exist_ok=True)
    shares: dict[str, float] = {}
    for drawing in sorted(drawings.glob("*.png")):
        if (ours := taken.get(drawing.stem)) is not None:
            left, right = QImage(str(drawing)), QImage(str(ours))
            _side_by_side(left, right).save(str(folder / drawing.name))
            shares[drawing.stem] = _difference(left, right, folder / f"{drawing.stem}.diff.png")
    return shares


def _side_by_side(left: QImage, right: QImage) -> QImage:
    size = left.size().expandedTo(right.size())
    made = QImage(left.width() + _GAP + right.width(), size.height(), QImage.Format.Format_RGB32)
    made.fill(_GROUND)
    painter = QPainter(made)
    painter.drawImage(0, 0, left)
    painter.drawImage(left.width() + _GAP, 0, right)
    painter.end()
    return made


def _difference(left: QImage, right: QImage, path: Path) -> float:
    """Paint what differs white on black; returns its share of the pixels."""
    width, height = min(left.width(), right.width()), min(left.height(), right.height())
    kind = QImage.Format.Format_RGB32
    one, other = (bytes(image.convertToFormat(kind).constBits()) for image in (left, right))
    made = QImage(width, height, QImage.Format.Format_Grayscale8)
    made.fill(0)
    found = 0
    for y in range(height):
        first, second = y * left.width() * 4, y * right.width() * 4
        row = one[first : first + 4 * width], other[second : second + 4 * width]
        if row[0] == row[1]:
            continue
        for x in range(width):
            at = 4 * x
            if any(abs(row[0][at + c] - row[1][at + c]) > _FAR for c in range(3)):
                made.setPixelColor(x, y, QColor(255, 255, 255))
                found += 1
    made.save(str(path))
    return found / (width * height)
