"""Tabs of documents and docks: shape or icon, name, count and close button."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import (
    QFontMetrics,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
)
from PySide6.QtWidgets import QTabBar, QWidget

from gui.theme import current, set_face, set_height
from gui.widgets.buttons import IconButton
from gui.widgets.themed import state_icon

_SHAPE = 14
_CLOSE = 24
_BADGE_HEIGHT = 16
_BADGE_RIGHT = 8
_DOT = 7
_DIRTY_ROOM = "\u2003"  # as wide as the dot and its distance


class CountBadge(QWidget):
    """How many things wait behind a tab."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._text, self._role = "", "pressed"
        set_face(self, "caption", 500)
        current().changed.connect(self._fit)
        self.show_count(0)

    def show_count(self, count: int, colour: str = "") -> None:
        """Show a number; `colour` is `warn` or `bad` where it matters."""
        self._text, self._role = str(count), colour
        self._fit()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the ground and the number."""
        theme, painter = current(), QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.colour(f"{self._role}_bg" if self._role else "pressed"))
        rect = self.rect().adjusted(0, 0, -_BADGE_RIGHT, 0)
        painter.drawRoundedRect(rect, rect.height() / 2, rect.height() / 2)
        painter.setPen(theme.colour(self._role or "text1"))
        painter.setFont(self.font())
        painter.drawText(rect, Qt.AlignmentFlag.AlignCenter, self._text)

    @Slot()
    def _fit(self) -> None:
        metrics = QFontMetrics(self.font())
        height = max(_BADGE_HEIGHT, metrics.height())
        room = max(height, metrics.horizontalAdvance(self._text) + 10) + _BADGE_RIGHT
        self.setFixedSize(room if self._text != "0" else 0, height)
        self.update()


class TabBar(QTabBar):
    """A row of tabs with a line below; each tab is known by a key.

    Signals:
        tabChosen: The key of the tab that is current now.
        closeAsked: The key of a tab whose close button or middle mouse button was pressed.
    """

    tabChosen = Signal(str)
    closeAsked = Signal(str)

    def __init__(self, name: str, *, in_dock: bool = False, parent: QWidget | None = None) -> None:
        """Make it.

        Args:
            name: What a screen reader calls the row.
            in_dock: Whether it is as high as the title of a dock instead of a document's tabs.
            parent: Qt's owner.
        """
        super().__init__(parent)
        self._looks: dict[str, tuple[str, str]] = {}
        self._dirty: frozenset[str] = frozenset()
        self.setAccessibleName(name)
        set_face(self, "body", 500)
        self.setDrawBase(False)
        self.setExpanding(False)
        self.setUsesScrollButtons(True)
        self.setElideMode(Qt.TextElideMode.ElideNone)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setIconSize(QSize(_SHAPE, _SHAPE))
        self.setProperty("kind", "dock" if in_dock else "")
        set_height(self, "height.dock_title" if in_dock else "height.tab")
        self.currentChanged.connect(self._tell)
        current().changed.connect(self._tint)

    @property
    def keys(self) -> list[str]:
        """The tabs in their order."""
        return [str(self.tabData(place)) for place in range(self.count())]

    @property
    def current_key(self) -> str:
        """The tab that is shown; empty when there is none."""
        return str(self.tabData(self.currentIndex())) if self.count() else ""

    def add(self, key: str, title: str, *, closable: bool = False) -> None:
        """Add a tab at the end."""
        was_blocked = self.blockSignals(True)  # the first tab becomes current before it has a key
        place = self.addTab(title)
        self.setTabData(place, key)
        self.blockSignals(was_blocked)
        if closable:
            button = IconButton("x", self.tr("Close {name}").format(name=title), size=_CLOSE)
            button.clicked.connect(lambda _checked=False: self.closeAsked.emit(key))
            self.setTabButton(place, QTabBar.ButtonPosition.RightSide, button)

    def choose(self, key: str) -> None:
        """Make a tab the current one."""
        self.setCurrentIndex(self.keys.index(key))

    def remove(self, key: str) -> None:
        """Take a tab out."""
        self._looks.pop(key, None)
        self._dirty = self._dirty - {key}
        self.removeTab(self.keys.index(key))

    def show_state(self, key: str, status: str, word: str) -> None:
        """Put the shape of a state before a tab's name."""
        self._show(key, ("state", status))
        self.setTabToolTip(self.keys.index(key), word)

    def show_icon(self, key: str, icon: str) -> None:
        """Put an icon before a tab's name."""
        self._show(key, ("icon", icon))

    def show_dirty(self, key: str, is_dirty: bool) -> None:
        """Put the dot of unsaved edits behind a tab's name, or take it away."""
        place = self.keys.index(key)
        title = self.tabText(place).removesuffix(_DIRTY_ROOM)
        self._dirty = self._dirty - {key} if not is_dirty else self._dirty | {key}
        self.setTabText(place, title + (_DIRTY_ROOM if is_dirty else ""))
        spoken = self.tr("{title}, not saved").format(title=title) if is_dirty else title
        self.setAccessibleTabName(place, spoken)

    def show_count(self, key: str, count: int, colour: str = "") -> None:
        """Put a number behind a tab's name; none for 0."""
        place = self.keys.index(key)
        badge = self.tabButton(place, QTabBar.ButtonPosition.RightSide)
        if not isinstance(badge, CountBadge):
            badge = CountBadge(self)
            self.setTabButton(place, QTabBar.ButtonPosition.RightSide, badge)
        badge.show_count(count, colour)
        title = self.tabText(place)
        self.setTabText(place, title)  # has the row laid out anew, since the badge may be wider
        name = self.tr("{title}, {count}").format(title=title, count=count) if count else title
        self.setAccessibleTabName(place, name)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Close a tab by the middle mouse button."""
        place = self.tabAt(event.position().toPoint())
        has_button = self.tabButton(place, QTabBar.ButtonPosition.RightSide) is not None
        if event.button() == Qt.MouseButton.MiddleButton and place >= 0 and has_button:
            self.closeAsked.emit(str(self.tabData(place)))
        super().mouseReleaseEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the tabs, and a ring around the current one while the keyboard is here."""
        super().paintEvent(event)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.save()
        self._paint_dots(painter)
        painter.restore()
        if self.hasFocus() and self.count():
            painter.setPen(QPen(current().colour("focus"), current().size("line.focus")))
            rect = QRectF(self.tabRect(self.currentIndex())).adjusted(3, 3, -3, -4)
            painter.drawRoundedRect(rect, 4, 4)

    def _paint_dots(self, painter: QPainter) -> None:
        """Paint the dots of unsaved edits before the close buttons."""
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(current().colour("accent_text"))
        for key in self._dirty:
            place = self.keys.index(key)
            rect = self.tabRect(place)
            button = self.tabButton(place, QTabBar.ButtonPosition.RightSide)
            right = button.geometry().left() if button is not None else rect.right() - 12
            top = rect.center().y() - _DOT // 2
            painter.drawEllipse(right - _DOT - 2, top, _DOT, _DOT)

    def _show(self, key: str, look: tuple[str, str]) -> None:
        if self._looks.get(key) != look:
            self._looks[key] = look
            self._tint_tab(key)

    def _tint_tab(self, key: str) -> None:
        kind, name = self._looks[key]
        icon = state_icon(name) if kind == "state" else current().icon(name, "text2", _SHAPE)
        self.setTabIcon(self.keys.index(key), icon)

    @Slot()
    def _tint(self) -> None:
        for key in self._looks:
            self._tint_tab(key)

    @Slot(int)
    def _tell(self, place: int) -> None:
        if place >= 0 and self.tabData(place) is not None:
            self.tabChosen.emit(str(self.tabData(place)))
