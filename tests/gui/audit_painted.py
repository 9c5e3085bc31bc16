"""What a walk over a page finds: words that our own widgets paint with too little room."""

from __future__ import annotations

import re
import sys
from collections import deque
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any, Final

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPoint, QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QFontMetrics, QFontMetricsF, QPainter
from PySide6.QtWidgets import (
    QAbstractScrollArea,
    QStyleOptionViewItem,
    QTabBar,
    QWidget,
)

from .audit_words import is_ours_of
from .watched import painter_of, watched_calls

_ELLIPSIS: Final = "\u2026"
_LATEST: Final = 20

_SEEN_WHOLE_ELSEWHERE: Final = frozenset({"FeedDelegate", "TailDelegate", "DiffView"})
"""What paints rows that are seen whole beside them: a message, a record, a line that scrolls."""


@contextmanager
def painted_cut() -> Iterator[list[str]]:
    """Watch what our own widgets paint; yields the texts that were painted into too little room.

    What was elided on purpose needs a tooltip of its row, or a place where it is seen whole; words
    that are all ours may not be elided at all.
    """
    found: list[str] = []
    wholes: deque[str] = deque(maxlen=_LATEST)

    def take_whole(_metrics: object, text: str, *_: Any) -> None:
        wholes.append(text)

    def look(painter: QPainter, *args: Any) -> None:
        if text := args[-1] if isinstance(args[-1], str) else "":
            why = _trouble(painter, text, args, wholes)
            if why:
                found.append(f"{text!r} {why} in {painter_of()}")

    with ExitStack() as watched:
        watched.enter_context(watched_calls(QPainter, "drawText", look))
        for kind in (QFontMetrics, QFontMetricsF):
            watched.enter_context(watched_calls(kind, "elidedText", take_whole))
        yield found


def _trouble(painter: QPainter, text: str, args: tuple[Any, ...], wholes: deque[str]) -> str:
    """Tell what is wrong with a text that is painted."""
    if _ELLIPSIS in text and (why := _wrongly_elided(text, _whole_of(text, wholes))):
        return f"is elided {why}"
    place = args[0]
    if not isinstance(place, QRect | QRectF):
        start = place if isinstance(place, QPoint | QPointF) else QPointF(args[0], args[1])
        box = painter.fontMetrics().boundingRect(text)
        return _beyond_edge(painter, QRectF(box).translated(QPointF(start)))
    flags = int(args[1] if isinstance(args[1], int) else getattr(args[1], "value", 0))
    metrics = painter.fontMetrics()
    if flags & int((Qt.TextFlag.TextShowMnemonic | Qt.TextFlag.TextHideMnemonic).value):
        text = re.sub("&(.)", r"\1", text)
    if flags & int(Qt.TextFlag.TextWordWrap.value):
        box = QRect(0, 0, int(place.width()), 1 << 20)
        width, height = 0, metrics.boundingRect(box, flags, text).height()
    else:
        width, height = metrics.horizontalAdvance(text), metrics.tightBoundingRect(text).height()
    if width > place.width() + 1.5 and not text.endswith(_ELLIPSIS):
        return f"has {place.width():.0f} of {width}"
    if height > place.height() + 1.5:
        return f"has height {place.height():.0f} of {height}"
    outer = place if isinstance(place, QRect) else place.toAlignedRect()
    return _beyond_edge(painter, QRectF(metrics.boundingRect(outer, flags, text)))


def _beyond_edge(painter: QPainter, box: QRectF) -> str:
    """Tell what is painted over the edge of its widget or cell, which nobody sees."""
    edge = _edge()
    place = painter.worldTransform().mapRect(box).toAlignedRect()
    if edge is None or edge.adjusted(-2, -4, 3, 4).contains(place):
        return ""
    return f"reaches out of {edge.getRect()} by {place.getRect()}"


def _edge() -> QRect | None:
    """Find what cuts what is painted now; tabs and areas scroll."""
    frame = sys._getframe(1)
    while frame is not None:
        painter, option = frame.f_locals.get("self"), frame.f_locals.get("option")
        if frame.f_code.co_name == "paint" and isinstance(option, QStyleOptionViewItem):
            return option.rect  # type: ignore[attr-defined]
        if frame.f_code.co_name == "paintEvent" and isinstance(painter, QWidget):
            scrolls = isinstance(painter, QTabBar | QAbstractScrollArea)
            return None if scrolls else painter.rect()
        frame = frame.f_back
    return None


def _whole_of(text: str, wholes: deque[str]) -> str:
    """Tell what a text was before it was elided; empty where nobody did."""
    start, _, end = text.partition(_ELLIPSIS)
    return next((all_ for all_ in reversed(wholes) if _is_of(all_, start, end)), "")


def _is_of(whole: str, start: str, end: str) -> bool:
    return whole.startswith(start) and whole.endswith(end) and _ELLIPSIS not in whole


def _wrongly_elided(text: str, whole: str) -> str:
    """Tell what is wrong with a text that a widget or delegate paints elided."""
    shown = text.partition(_ELLIPSIS)[0]
    if not shown and not whole:
        return ""  # nobody elided it: it is a sign
    if is_ours_of(shown, whole):
        return "though it is ours"
    frame = sys._getframe(4)
    while frame is not None:
        index, painter = frame.f_locals.get("index"), frame.f_locals.get("self")
        if type(painter).__name__ in _SEEN_WHOLE_ELSEWHERE:
            return ""
        if isinstance(index, QModelIndex | QPersistentModelIndex):
            tip = str(index.data(Qt.ItemDataRole.ToolTipRole) or "")
            return "" if tip and shown.strip() in tip else "without tooltip"
        if (
            isinstance(painter, QWidget)
            and painter.toolTip()
            and shown.strip() in painter.toolTip()
        ):
            return ""
        frame = frame.f_back
    return "without tooltip"
