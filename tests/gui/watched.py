"""What Python calls of Qt while something is painted."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from PySide6.QtWidgets import QScrollArea, QWidget


@contextmanager
def watched_calls(kind: type, name: str, look: Callable[..., None]) -> Iterator[None]:
    """Have a look at what a method of Qt is called with from Python."""
    original = getattr(kind, name)

    def watched(*args: Any, **more: Any) -> Any:
        look(*args, **more)
        return original(*args, **more)

    setattr(kind, name, watched)
    try:
        yield
    finally:
        setattr(kind, name, original)


def painter_of(depth: int = 3) -> str:
    """Name the class that paints now, so many calls above this one."""
    frame = sys._getframe(depth)
    while frame is not None:
        if (itself := frame.f_locals.get("self")) is not None:
            return type(itself).__name__
        frame = frame.f_back
    return "a function"


def painted_parts(root: QWidget) -> list[QWidget]:
    """Give what is to be painted for everything to be seen: also what must be scrolled to."""
    areas = [area for area in root.findChildren(QScrollArea) if area.isVisible()]
    if isinstance(root, QScrollArea):
        areas.append(root)
    inner = [(area.widget(), area.viewport().size()) for area in areas]
    return [
        root,
        *(part for part, room in inner if part and part.size() != part.size().boundedTo(room)),
    ]
