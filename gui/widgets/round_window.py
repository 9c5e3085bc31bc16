"""Windows of their own with round corners: menus, the lists of combo boxes, popovers."""

from __future__ import annotations

import math
import sys

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QGuiApplication, QRegion
from PySide6.QtWidgets import QWidget

from gui.theme import current


def make_round(window: QWidget) -> None:
    """Let what is behind a window's corners be seen; to be called before it is first shown."""
    flags = window.windowFlags() | Qt.WindowType.FramelessWindowHint
    if sys.platform == "win32":  # the system's shadow there has square corners
        flags |= Qt.WindowType.NoDropShadowWindowHint
    window.setWindowFlags(flags)
    window.setAttribute(Qt.WidgetAttribute.WA_TranslucentBackground)


def cut_corners(window: QWidget) -> None:
    """Take the corners off where nothing blends windows: they would be black.

    To be called whenever the window has another size. No pixel that is painted is lost.
    """
    if QGuiApplication.platformName() == "xcb":
        window.setMask(round_region(window.rect(), current().size("radius.l")))


def round_region(rect: QRect, radius: int) -> QRegion:
    """Give all pixels that a rectangle with round corners touches."""
    region = QRegion(rect)
    for row in range(radius):
        inset = math.floor(radius - math.sqrt(radius**2 - (radius - row - 1) ** 2))
        for top in (rect.top() + row, rect.bottom() - row):
            region -= QRect(rect.left(), top, inset, 1)
            region -= QRect(rect.right() + 1 - inset, top, inset, 1)
    return region
