"""Keys as caps: one for each key of a combination, side by side."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPen

from gui.theme import current

_HEIGHT: Final = 18
_PADDING: Final = 6
_GAP: Final = 3


def keys_width(parts: Sequence[str]) -> float:
    """Tell how wide the caps of a combination are."""
    metrics = QFontMetrics(current().font("caption"))
    widths = [_cap_width(metrics, part) for part in parts]
    return sum(widths) + _GAP * max(len(parts) - 1, 0)


def paint_keys(
    painter: QPainter,
    rect: QRectF,
    parts: Sequence[str],
    *,
    role: str = "text1",
    ground: str = "surface2",
) -> float:
    """Paint the caps of a combination at the left of a rectangle; returns where they end.

    Args:
        painter: Active; its state is kept.
        rect: Where; the caps stand in its middle.
        parts: A word for each key.
        role: The colour of the words.
        ground: What the caps are filled with.
    """
    theme = current()
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setFont(theme.font("caption"))
    metrics, left = painter.fontMetrics(), rect.left()
    height = max(_HEIGHT, metrics.height() + 2)
    top = round(rect.top() + (rect.height() - height) / 2)
    radius = theme.size("radius.s")
    for part in parts:
        cap = QRectF(left, top, _cap_width(metrics, part), height)
        painter.setBrush(theme.colour(ground))
        painter.setPen(QPen(theme.colour("border_strong"), 1))
        painter.drawRoundedRect(cap.adjusted(0.5, 0.5, -0.5, -0.5), radius, radius)
        painter.setPen(theme.colour(role))
        painter.drawText(cap, Qt.AlignmentFlag.AlignCenter, part)
        left = cap.right() + _GAP
    painter.restore()
    return left - _GAP if parts else left


def _cap_width(metrics: QFontMetrics, part: str) -> int:
    return max(metrics.horizontalAdvance(part), metrics.averageCharWidth()) + 2 * _PADDING
