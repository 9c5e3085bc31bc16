"""Moving between the regions of the window by F6."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QApplication, QWidget


class Regions:
    """The regions in their order, found anew at each step since some come and go."""

    def __init__(self, find: Callable[[], Sequence[QWidget]]) -> None:
        """Take who lists the regions that can be seen now."""
        self._find = find

    def go(self, step: int) -> None:
        """Move the focus to the next region, or back by -1, around the ends."""
        regions = [region for region in self._find() if first_stop(region) is not None]
        if not regions:
            return
        focused = QApplication.focusWidget()
        here = next(
            (n for n, region in enumerate(regions) if _holds(region, focused)),
            -1 if step > 0 else 0,
        )
        stop = first_stop(regions[(here + step) % len(regions)])
        if stop is not None:
            reason = (
                Qt.FocusReason.TabFocusReason if step > 0 else Qt.FocusReason.BacktabFocusReason
            )
            stop.setFocus(reason)


def first_stop(region: QWidget) -> QWidget | None:
    """Find the first field in reading order that Tab would reach, or else the first button."""
    stops = [region, *region.findChildren(QWidget)]
    found = [stop for stop in stops if is_stop(stop)]
    main = [stop for stop in found if stop.focusPolicy() & Qt.FocusPolicy.ClickFocus]
    if main:
        return min(main, key=lambda stop: _place(stop, region))
    return next(iter(found), None)


def _place(stop: QWidget, region: QWidget) -> tuple[int, int]:
    corner = stop.mapTo(region, QPoint())
    return corner.y(), corner.x()


def is_stop(widget: QWidget) -> bool:
    """Tell whether Tab would reach a widget."""
    takes_tab = bool(widget.focusPolicy() & Qt.FocusPolicy.TabFocus)
    return takes_tab and widget.isVisible() and widget.isEnabled()


def _holds(region: QWidget, widget: QWidget | None) -> bool:
    return widget is not None and (region is widget or region.isAncestorOf(widget))
