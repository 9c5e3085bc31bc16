"""JSON on one line of a list, in the colours of code."""

from __future__ import annotations

import re
from typing import Final

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter

from gui.theme import current
from gui.widgets.live_rows import paint_text

_PIECES: Final = re.compile(
    r'(?P<path>"(?:[^"\\]|\\.)*")(?=\s*:)|(?P<string>"(?:[^"\\]|\\.)*"?)'
    r"|(?P<number>-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)|(?P<keyword>true|false|null)"
    r'|(?P<operator>[^"\dtfn-]+|.)'
)


def paint_json(painter: QPainter, box: QRectF, text: str) -> None:
    """Paint the beginning of a text at the left of a box: JSON in colours, else in one.

    Args:
        painter: In whatever font; it is left in that of code.
        box: Where there is room.
        text: On one line.
    """
    theme = current()
    painter.setFont(theme.font("code_small"))
    metrics = painter.fontMetrics()
    text = metrics.elidedText(text, Qt.TextElideMode.ElideRight, max(int(box.width()), 0))
    if not text.startswith(("{", "[", '"')):
        paint_text(painter, box, text, "text1")
        return
    left = box.left()
    for found in _PIECES.finditer(text):
        painter.setPen(theme.colour(f"syntax.{found.lastgroup or 'operator'}"))
        place = QRectF(left, box.top(), box.right() - left + 1, box.height())
        painter.drawText(place, Qt.AlignmentFlag.AlignVCenter, found[0])
        left += metrics.horizontalAdvance(found[0])
