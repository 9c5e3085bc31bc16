"""What the counter tree of the monitor shows: read off what it paints."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QPoint, QRect, QRectF
from PySide6.QtGui import QPainter

from gui.viewmodels.counter_model import NAME, TOTAL, CounterRole
from gui.widgets.counter_tree import CounterTree
from tests.gui.watched import watched_calls


def painted_totals(tree: CounterTree) -> dict[str, str]:
    """Give what stands under "Since start": the row's key to the text that was painted there.

    Rows that are folded or out of sight are not there.
    """
    found: dict[str, str] = {}

    def look(_painter: QPainter, *args: Any) -> None:
        place, text = args[0], args[-1]
        if isinstance(place, QRect | QRectF) and isinstance(text, str):
            middle = place.center()
            index = tree.indexAt(QPoint(round(middle.x()), round(middle.y())))
            if index.isValid() and index.column() == TOTAL:
                found[str(index.siblingAtColumn(NAME).data(CounterRole.KEY))] = text

    with watched_calls(QPainter, "drawText", look):
        tree.viewport().grab()
    return found
