"""Tabs of documents and docks: shape or icon, name, dot of unsaved edits, count, closing cross."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import QEvent, QPoint, QRect, QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import (
    QContextMenuEvent,
    QFocusEvent,
    QFontMetrics,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
)
from PySide6.QtWidgets import QTabBar, QWidget

from gui.theme import current, set_face, set_height
from gui.widgets.themed import KEYBOARD_REASONS

_SIDE: Final = 12
_LEAST_SIDE: Final = 4
_ICON: Final = 14
_SHAPE: Final = 12
_AFTER_ICON: Final = 8
_AFTER_SHAPE: Final = 7
_GAP: Final = 8
_DOT: Final = 7
_BEFORE_DOT: Final = 7
_CLOSE: Final = 13
_CLOSE_ROOM: Final = 24
"""Edge of the square around the cross that takes the pointer."""
_BADGE: Final = 16
_BADGE_PADDING: Final = 5


@dataclass(slots=True)
class _Look:
    """What a tab shows besides its name."""

    status: str = ""
    icon: str = ""
    count: int = 0
    colour: str = ""
    is_dirty: bool = False
    is_closable: bool = False


class TabBar(QTabBar):
    """A row of tabs with a line below; each tab is known by a key.

    Signals:
        tabChosen: The key of the tab that is current now.
        closeAsked: The key of a tab that was closed by its cross, the middle mouse button or Del.
        menuAsked: The key of a tab whose menu is asked for, and a place of the screen.
    """

    tabChosen = Signal(str)
    menuAsked = Signal(str, QPoint)
    closeAsked = Signal(str)

    def __init__(
        self,
        name: str,
        *,
        in_dock: bool = False,
        ground: str = "surface0",
        parent: QWidget | None = None,
    ) -> None:
        """Make it.

        Args:
            name: What a screen reader calls the row.
            in_dock: Whether it is as high as the title of a dock instead of a document's tabs.
            ground: The surface that it lies on.
            parent: Qt's owner.
        """
        super().__init__(parent)
        self._looks: dict[str, _Look] = {}
        self._ground = ground
        self._marks_current = True
        self._is_idle = False
        self._has_ring = False
        self._side = _SIDE
        self._tab_below = self._cross_below = self._pressed = ""
        self.setAccessibleName(name)
        set_face(self, "body", 500, figures=False)
        self.setDrawBase(False)
        self.setExpanding(False)
        self.setUsesScrollButtons(True)
        self.setElideMode(Qt.TextElideMode.ElideNone)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setMouseTracking(True)
        set_height(self, "height.dock_title" if in_dock else "height.tab")
        self.currentChanged.connect(self._tell)
        current().changed.connect(self._refit)

    @property
    def keys(self) -> list[str]:
        """The tabs in their order."""
        return [str(self.tabData(place)) for place in range(self.count())]

    @property
    def current_key(self) -> str:
        """The tab that is shown; empty when there is none."""
        return str(self.tabData(self.currentIndex())) if self.count() else ""

    def add(self, key: str, title: str, *, closable: bool = False, place: int = -1) -> None:
        """Add a tab at a place, from 0; by default at the end."""
        self._looks[key] = _Look(is_closable=closable)
        was_blocked = self.blockSignals(True)  # the first tab becomes current before it has a key
        place = self.insertTab(place, title)
        self.setTabData(place, key)
        self.blockSignals(was_blocked)
        self._lay_out(key)

    def choose(self, key: str) -> None:
        """Make a tab the current one."""
        self.setCurrentIndex(self.keys.index(key))

    def remove(self, key: str) -> None:
        """Take a tab out."""
        self.removeTab(self.keys.index(key))
        del self._looks[key]
        self._refit()

    def mark_current(self, marks: bool) -> None:
        """Tell whether the current tab stands out; it does not where its page is folded away."""
        self._marks_current = marks
        self.update()

    def set_idle(self, is_idle: bool) -> None:
        """Tell whether another row of tabs beside this one is used now."""
        self._is_idle = is_idle
        self.update()

    def show_state(self, key: str, status: str, word: str) -> None:
        """Put the shape of a state before a tab's name."""
        look = self._looks[key]
        if look.status != status:
            look.status = status
            self._lay_out(key)
        self.setTabToolTip(self.keys.index(key), word)

    def show_icon(self, key: str, icon: str) -> None:
        """Put an icon before a tab's name."""
        if self._looks[key].icon != icon:
            self._looks[key].icon = icon
            self._lay_out(key)

    def show_dirty(self, key: str, is_dirty: bool) -> None:
        """Put the dot of unsaved edits behind a tab's name, or take it away."""
        if self._looks[key].is_dirty == is_dirty:
            return
        place = self.keys.index(key)
        title = self.tabText(place)
        self._looks[key].is_dirty = is_dirty
        self._lay_out(key)
        spoken = self.tr("{title}, not saved").format(title=title) if is_dirty else title
        self.setAccessibleTabName(place, spoken)

    def show_count(self, key: str, count: int, colour: str = "") -> None:
        """Put a number behind a tab's name; none for 0.

        Args:
            key: The tab.
            count: The number.
            colour: `warn` or `bad` where it matters.
        """
        look, place = self._looks[key], self.keys.index(key)
        if (look.count, look.colour) == (count, colour):
            return
        look.count, look.colour = count, colour
        self._lay_out(key)
        title = self.tabText(place)
        name = self.tr("{title}, {count}").format(title=title, count=count) if count else title
        self.setAccessibleTabName(place, name)

    # Room

    def sizeHint(self) -> QSize:
        """Ask for the whole padding, also while there is no room for it."""
        lacking = 2 * self.count() * (_SIDE - self._side)
        return super().sizeHint() + QSize(lacking, 0)

    def tabSizeHint(self, index: int) -> QSize:
        """Take the room of all parts."""
        key = str(self.tabData(index))
        look = self._looks.get(key)
        parts = self.fontMetrics().horizontalAdvance(self.tabText(index))
        if look is not None:
            parts += _head(look)
            parts += _BEFORE_DOT + _DOT if look.is_dirty else 0
            parts += _GAP + self._badge_width(look) if look.count else 0
            parts += _GAP + _CLOSE if look.is_closable else 0
        return QSize(2 * self._side + parts, self.height())

    def minimumTabSizeHint(self, index: int) -> QSize:
        """Never shrink: a row that is too long scrolls."""
        return self.tabSizeHint(index)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Have less air around the words where all of them are seen by that."""
        super().resizeEvent(event)
        self._refit()

    @Slot()
    def _refit(self) -> None:
        if self.count():
            self._lay_out(self.current_key)
        self.update()

    def _lay_out(self, key: str) -> None:
        """Have the row laid out anew, since a tab may be wider now."""
        self._side = self._fitting_side()
        place = self.keys.index(key)
        self.setTabText(place, self.tabText(place))
        self.update()

    def _fitting_side(self) -> int:
        """Tell how much is free at both sides of a tab: less where the whole row fits by that."""
        count = self.count()
        widths = (self.tabSizeHint(place).width() for place in range(count))
        parts = sum(widths) - 2 * count * self._side
        side = (self.width() - parts) // (2 * count)
        return side if _LEAST_SIDE <= side < _SIDE else _SIDE

    def _badge_width(self, look: _Look) -> int:
        width = QFontMetrics(current().font("caption", 500)).horizontalAdvance(str(look.count))
        return max(_BADGE, width + 2 * _BADGE_PADDING)

    def close_rect(self, key: str) -> QRect:
        """Tell where a tab's cross takes the pointer; empty for a tab that stays."""
        if not self._looks[key].is_closable:
            return QRect()
        rect = self.tabRect(self.keys.index(key))
        made = QRect(0, 0, _CLOSE_ROOM, _CLOSE_ROOM)
        made.moveCenter(rect.center())
        made.moveLeft(rect.right() + 1 - self._side - (_CLOSE + _CLOSE_ROOM) // 2)
        return made

    # Pointer and keyboard

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Choose a tab, unless its cross is meant."""
        self._pressed = self._cross_at(event)
        if not self._pressed:
            super().mousePressEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Close a tab by its cross or by the middle mouse button."""
        pressed, self._pressed = self._pressed, ""
        if pressed:
            if pressed == self._cross_at(event):
                self.closeAsked.emit(pressed)
            return
        place = self.tabAt(event.position().toPoint())
        if event.button() == Qt.MouseButton.MiddleButton and place >= 0:
            self._close(str(self.tabData(place)))
        super().mouseReleaseEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Ask for the menu of the tab below the pointer, or of the current one."""
        is_keyboard = event.reason() == QContextMenuEvent.Reason.Keyboard
        place = self.currentIndex() if is_keyboard else self.tabAt(event.pos())
        if place >= 0:
            corner = self.mapToGlobal(self.tabRect(place).bottomLeft())
            at = corner if is_keyboard else event.globalPos()
            self.menuAsked.emit(str(self.tabData(place)), at)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Show what the pointer is on."""
        place = self.tabAt(event.position().toPoint())
        self._tab_below = str(self.tabData(place)) if place >= 0 else ""
        self._cross_below = self._cross_at(event)
        self.update()
        super().mouseMoveEvent(event)

    def leaveEvent(self, event: QEvent) -> None:
        """Show that the pointer is on nothing."""
        self._tab_below = self._cross_below = ""
        self.update()
        super().leaveEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Close the current tab by Del."""
        if event.key() == Qt.Key.Key_Delete and self.count():
            self._close(self.current_key)
        else:
            self._has_ring = True
            super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Show the ring when the keyboard comes here by a key."""
        super().focusInEvent(event)
        self._has_ring = event.reason() in KEYBOARD_REASONS
        self.update()

    def _close(self, key: str) -> None:
        if self._looks[key].is_closable:
            self.closeAsked.emit(key)

    def _cross_at(self, event: QMouseEvent) -> str:
        if event.type() != QMouseEvent.Type.MouseMove and event.button() != (
            Qt.MouseButton.LeftButton
        ):
            return ""
        point = event.position().toPoint()
        return next((key for key in self.keys if self.close_rect(key).contains(point)), "")

    # Paint

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the tabs that are seen, and the line between them and their page."""
        theme, painter = current(), QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.fillRect(self.rect(), theme.colour(self._ground))
        if self._marks_current:
            painter.fillRect(0, self.height() - 1, self.width(), 1, theme.colour("border"))
        for place in range(self.count()):
            if self.tabRect(place).intersects(event.rect()):
                self._paint_tab(painter, place)

    def _paint_tab(self, painter: QPainter, place: int) -> None:
        theme, rect = current(), self.tabRect(place)
        key = str(self.tabData(place))
        is_current = place == self.currentIndex() and self._marks_current
        ground = "surface1" if is_current else "hover" if key == self._tab_below else self._ground
        line = theme.size("line.tab_underline" if is_current else "line.hairline")
        painter.fillRect(rect.adjusted(0, 0, 0, -line), theme.colour(ground))
        if is_current:
            colour = theme.colour("border_control" if self._is_idle else "accent")
            painter.fillRect(rect.adjusted(0, rect.height() - line, 0, 0), colour)
        self._paint_parts(painter, rect, key, ground, is_current=is_current)
        if place == self.currentIndex() and self.hasFocus() and self._has_ring:
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(theme.colour("focus"), theme.size("line.focus")))
            painter.drawRoundedRect(QRectF(rect).adjusted(3, 3, -3, -4), 4, 4)

    def _paint_parts(
        self, painter: QPainter, rect: QRect, key: str, ground: str, *, is_current: bool
    ) -> None:
        theme, look = current(), self._looks[key]
        left, middle = rect.left() + self._side, rect.top() + rect.height() / 2
        role = "text1" if is_current else "text2"
        if look.icon:
            place = QRectF(left, middle - _ICON / 2, _ICON, _ICON)
            theme.icon(look.icon, role, _ICON).paint(painter, place.toRect())
        elif look.status:
            place = QRectF(left, middle - _SHAPE / 2, _SHAPE, _SHAPE)
            theme.paint_state(painter, place, look.status, ground)
        left += _head(look)
        painter.setFont(self.font())
        painter.setPen(theme.colour(role))
        text = self.tabText(self.keys.index(key))
        width = self.fontMetrics().horizontalAdvance(text)
        box = QRectF(left, rect.top(), width + 1, rect.height())
        painter.drawText(box, Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextHideMnemonic, text)
        left += width
        if look.is_dirty:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme.colour("accent_text"))
            painter.drawEllipse(QRectF(left + _BEFORE_DOT, middle - _DOT / 2, _DOT, _DOT))
        if look.count:
            self._paint_badge(painter, QRectF(left + _GAP, middle - _BADGE / 2, 0, _BADGE), look)
        if look.is_closable:
            self._paint_cross(painter, key, ground)

    def _paint_badge(self, painter: QPainter, place: QRectF, look: _Look) -> None:
        theme = current()
        place.setWidth(self._badge_width(look))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.colour(f"{look.colour}_bg" if look.colour else "pressed"))
        painter.drawRoundedRect(place, _BADGE / 2, _BADGE / 2)
        painter.setPen(theme.colour(look.colour or "text1"))
        painter.setFont(theme.font("caption", 500))
        painter.drawText(place, Qt.AlignmentFlag.AlignCenter, str(look.count))

    def _paint_cross(self, painter: QPainter, key: str, ground: str) -> None:
        theme, room = current(), self.close_rect(key)
        if key == self._cross_below:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme.colour("hover" if ground != "hover" else "pressed"))
            radius = theme.size("radius.s")
            painter.drawRoundedRect(room.adjusted(2, 2, -2, -2), radius, radius)
        place = QRect(0, 0, _CLOSE, _CLOSE)
        place.moveCenter(room.center())
        theme.icon("x", "text2", _CLOSE).paint(painter, place)

    @Slot(int)
    def _tell(self, place: int) -> None:
        if place >= 0 and self.tabData(place) is not None:
            self.tabChosen.emit(str(self.tabData(place)))


def _head(look: _Look) -> int:
    """Tell how far a tab's name is from its padding."""
    if look.icon:
        return _ICON + _AFTER_ICON
    return _SHAPE + _AFTER_SHAPE if look.status else 0
