"""Keeps the keyboard near where it was when what had it hides, is disabled or is gone.

Qt hands it to whatever comes next in the window's Tab order, which may be at its other end.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from PySide6.QtCore import QEvent, QObject, QPoint, QRect, Qt, QTimer, Slot
from PySide6.QtWidgets import QApplication, QWidget
from shiboken6 import isValid

from gui.shell.regions import is_stop


class FocusKeeper(QObject):
    """Watches one window. What moves the keyboard itself, such as a page, is left alone."""

    def __init__(self, window: QWidget, find_place: Callable[[], object]) -> None:
        """Take the window, which owns it, and what finds a place where none is near."""
        super().__init__(window)
        self._window, self._find_place = window, find_place
        self._trail: list[QWidget] = []  # what had the keyboard, and what it lies in, inner first
        self._box = QRect()
        self._landed: QWidget | None = None
        self._stand_in: QWidget | None = None
        self._disabled: QWidget | None = None
        app = QApplication.instance()
        if isinstance(app, QApplication):
            app.focusChanged.connect(self._watch)

    @Slot(QWidget, QWidget)
    def _watch(self, _before: QWidget | None, now: QWidget | None) -> None:
        if now is None:
            QTimer.singleShot(0, self, self._settle)
        elif self._is_lost and now.window() is self._window:
            if self._landed is None:
                self._landed = now
                QTimer.singleShot(0, self, self._settle)
        else:
            self._take(now)

    @property
    def _is_lost(self) -> bool:
        """Whether what had the keyboard cannot have it any more."""
        return bool(self._trail) and not _can_have_it(self._trail[0])

    def _take(self, now: QWidget) -> None:
        """Remember where the keyboard is."""
        if now is not self._stand_in:
            self._forget_disabled()
        self._landed = None
        is_here = now.window() is self._window
        self._trail = list(_up_from(now)) if is_here else []
        self._box = _box_of(now) if is_here else QRect()

    @Slot()
    def _settle(self) -> None:
        """Put the keyboard where it belongs, once what took it away is done."""
        now, landed, self._landed = QApplication.focusWidget(), self._landed, None
        if not self._window.isActiveWindow() or QApplication.activePopupWidget() is not None:
            return
        if now is not None and not (self._is_lost and (now is landed or not _may_have_it(now))):
            self._take(now)
            return
        if not self._is_lost:
            self._find_place()
            return
        lost = self._trail[0]
        place = self._nearest()
        if place is None:
            self._trail = []
            self._find_place()
            return
        self._trail = []
        if isValid(lost) and lost.isVisible():
            self._wait_for(lost, place)
        place.setFocus(Qt.FocusReason.OtherFocusReason)

    def _nearest(self) -> QWidget | None:
        """Find the nearest place in the smallest part that has any."""
        box = _box_of(self._trail[0]) if isValid(self._trail[0]) else self._box
        for part in self._trail[1:]:
            if not _can_have_it(part):
                continue
            stops = [stop for stop in part.findChildren(QWidget) if is_stop(stop)]
            if stops:
                return min(stops, key=lambda stop: _distance(box, _box_of(stop)))
        return None

    # What is disabled for a moment gets the keyboard back, unless it is used elsewhere by then

    def _wait_for(self, disabled: QWidget, stand_in: QWidget) -> None:
        self._forget_disabled()
        self._disabled, self._stand_in = disabled, stand_in
        for widget in (disabled, stand_in):
            widget.installEventFilter(self)

    def _forget_disabled(self) -> None:
        for widget in (self._disabled, self._stand_in):
            if widget is not None and isValid(widget):
                widget.removeEventFilter(self)
        self._disabled = self._stand_in = None

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """See the button that is enabled again, and the key that is typed meanwhile."""
        if watched is self._stand_in and event.type() == QEvent.Type.KeyPress:
            self._forget_disabled()
        elif watched is self._disabled and event.type() == QEvent.Type.EnabledChange:
            self._give_back()
        return False

    def _give_back(self) -> None:
        home, stand_in = self._disabled, self._stand_in
        if home is None or not home.isEnabled():
            return
        self._forget_disabled()
        if stand_in is not None and isValid(stand_in) and stand_in.hasFocus():
            home.setFocus(Qt.FocusReason.OtherFocusReason)


def _may_have_it(widget: QWidget) -> bool:
    """Whether it was put there on purpose; what was just made is seen a moment later."""
    is_tabbed = bool(widget.focusPolicy() & Qt.FocusPolicy.TabFocus)
    return is_tabbed and widget.isEnabled() and not widget.isHidden()


def _can_have_it(widget: QWidget) -> bool:
    return isValid(widget) and widget.isVisible() and widget.isEnabled()


def _up_from(widget: QWidget) -> Iterator[QWidget]:
    """Give a widget and what it lies in, up to the window, which is not among them."""
    part: QWidget | None = widget
    while part is not None and not part.isWindow():
        yield part
        part = part.parentWidget()


def _box_of(widget: QWidget) -> QRect:
    return QRect(widget.mapTo(widget.window(), QPoint()), widget.size())


def _distance(one: QRect, other: QRect) -> tuple[int, int]:
    """Tell how far two boxes are from each other, and then their middles, in pixels."""
    across = max(one.left() - other.right(), other.left() - one.right(), 0)
    down = max(one.top() - other.bottom(), other.top() - one.bottom(), 0)
    return across + down, (one.center() - other.center()).manhattanLength()
