"""Where a widget lies in its window, and what colour a pixel of it has."""

from __future__ import annotations

from typing import TypeAlias

from PySide6.QtCore import QPoint
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QWidget

Place: TypeAlias = tuple[int, int, int, int]
"""Left, top, width, height, in pixels."""


def place_of(window: QWidget, widget: QWidget) -> Place:
    """Tell where a widget lies in its window."""
    start = widget.mapTo(window, QPoint())
    return start.x(), start.y(), widget.width(), widget.height()


def colour_at(picture: QImage, x: int, y: int) -> str:
    """Tell a pixel's colour, as `#rrggbb`."""
    return picture.pixelColor(x, y).name()
