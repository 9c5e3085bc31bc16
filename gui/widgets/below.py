"""Where small windows stand: below what opened them, within the screen."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QPoint
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QLayout, QWidget

_GAP: Final = 4


def place_below(window: QWidget, owner: QWidget, *, ends_with_owner: bool = False) -> None:
    """Move a window, as large as it is, below its owner, or above where there is no room.

    Args:
        window: What is moved.
        owner: What it belongs to.
        ends_with_owner: Whether right edges meet; the left ones otherwise.
    """
    corner = owner.mapToGlobal(QPoint(0, owner.height() + _GAP))
    room = (QGuiApplication.screenAt(corner) or owner.screen()).availableGeometry()
    left = corner.x() + (owner.width() - window.width() if ends_with_owner else 0)
    left = max(min(left, room.right() - window.width()), room.left())
    top = corner.y()
    if top + window.height() > room.bottom():
        top = owner.mapToGlobal(QPoint(0, -_GAP)).y() - window.height()
    window.move(left, max(min(top, room.bottom() - window.height()), room.top()))


def fit_height(window: QWidget, layout: QLayout) -> None:
    """Have a window be as high as its words need at its width."""
    layout.activate()
    wraps = layout.hasHeightForWidth()  # not where it is one line for each
    size = layout.totalSizeHint()
    window.setFixedHeight(layout.totalHeightForWidth(window.width()) if wraps else size.height())
