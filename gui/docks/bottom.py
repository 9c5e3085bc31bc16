"""The bottom dock: pages behind one row of tabs, which stays when the dock is folded."""

from __future__ import annotations

from itertools import pairwise
from typing import Final

from PySide6.QtCore import QEvent, QSize, Qt, Signal, Slot
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QDockWidget,
    QFrame,
    QHBoxLayout,
    QMainWindow,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from gui.theme import current, set_height
from gui.widgets.buttons import IconButton
from gui.widgets.frames import Ground, Strip
from gui.widgets.page_stack import PageStack
from gui.widgets.tab_bar import TabBar

_SHARE: Final = 0.3
"""Of the height between toolbar and status bar."""

_LOW_SHARE, _LOW_HEIGHT, _LOW_FROM = 0.325, 228, 1_100
"""A low window that is at least that wide has this height or share, which is more, as drawn."""

_FIRST: Final = 1_000
"""The share of tools of the room beside the tabs, before room stays free."""

_LEAST_WIDTH: Final = 320
_MOST: Final = 16_777_215
"""Qt's word for no limit of a widget's size."""


class BottomDock(QDockWidget):
    """Spans the centre. Each page may have tools, which stand at the right end of the tab row.

    Signals:
        pageChanged: The key of the page that is shown now.
        foldedChanged: Whether the tab row is all there is.
        lentAsked: The key of a page that shall be shown, and lives elsewhere.
    """

    pageChanged = Signal(str)
    foldedChanged = Signal(bool)
    lentAsked = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("bottom")
        self.setWindowTitle(self.tr("Bottom dock"))
        self.tabs = TabBar(self.tr("Bottom dock"), in_dock=True)
        self.fold_button = IconButton("chevron-down", self.tr("Fold the bottom dock"))
        self._pages: dict[str, QWidget] = {}
        self._tools: dict[str, QWidget] = {}
        self._lent: dict[str, tuple[QWidget, QWidget | None]] = {}
        self._shares: dict[str, float] = {}
        self._heights: dict[float, int] = {}
        self._window_size = QSize()
        self._height_before = 0  # of this dock in a window of that size; 0 until it is laid out
        self._is_folded = False
        self._stack = PageStack()
        self._body = _Sideways(self._stack)
        self._tool_row = QHBoxLayout()
        self._lay_out()
        self.tabs.tabChosen.connect(self._show)
        self.tabs.tabBarClicked.connect(self._unfold_by_click)
        self.fold_button.clicked.connect(self.toggle)

    @property
    def is_folded(self) -> bool:
        """Whether the tab row is all there is."""
        return self._is_folded

    @property
    def current_key(self) -> str:
        """The key of the page that is shown."""
        return self.tabs.current_key

    def page(self, key: str) -> QWidget:
        """Find a page."""
        return self._pages[key]

    def add_page(
        self,
        key: str,
        title: str,
        page: QWidget,
        *,
        tools: QWidget | None = None,
        share: float = _SHARE,
    ) -> None:
        """Add a page behind the last tab.

        Args:
            key: Its id.
            title: What its tab says.
            page: The widget.
            tools: What stands in the tab row while the page is shown.
            share: How much of the window's body the dock takes for it, until the user drags.
        """
        self._pages[key], self._shares[key] = page, share
        self._stack.addWidget(page)
        if tools is not None:
            self._tools[key] = tools
            self._tool_row.insertWidget(self._tool_row.count() - 1, tools)
        self.tabs.add(key, title)
        self._show_tools()
        self._order_stops()

    def show_page(self, key: str) -> None:
        """Show a page, unfolded; one that is lent is asked for."""
        if key in self._lent:
            self.lentAsked.emit(key)
            return
        self.tabs.choose(key)
        self.fold(False)
        self.show()

    def lend(self, key: str, stand_in: QWidget) -> None:
        """Let a page and its tools go elsewhere; another widget stands behind its tab meanwhile."""
        page, tools = self._pages[key], self._tools.pop(key, None)
        if tools is not None:
            self._tool_row.removeWidget(tools)
        self._lent[key] = (page, tools)
        self._put(key, stand_in)

    def take_back(self, key: str) -> None:
        """Have a page again that was lent, with its tools."""
        page, tools = self._lent.pop(key)
        if tools is not None:
            self._tools[key] = tools
            self._tool_row.insertWidget(self._tool_row.count() - 1, tools)
        self._put(key, page)

    def _put(self, key: str, page: QWidget) -> None:
        """Have another widget behind a tab."""
        before = self._pages[key]
        is_shown = self._stack.currentWidget() is before
        self._stack.removeWidget(before)
        self._stack.addWidget(page)
        self._pages[key] = page
        if is_shown:
            self._stack.setCurrentWidget(page)
        self._show_tools()
        self._order_stops()

    @Slot()
    def toggle(self) -> None:
        """Fold, or unfold."""
        self.fold(not self._is_folded)

    def fold(self, is_folded: bool) -> None:
        """Leave nothing but the tab row, or show the page again."""
        if is_folded == self._is_folded:
            return
        if is_folded:
            self._remember_height()
        self._is_folded = is_folded
        self._body.setVisible(not is_folded)
        self.setMaximumHeight(self._row.height() if is_folded else _MOST)
        self._show_tools()
        self.tabs.mark_current(not is_folded)
        self._row.set_lined(not is_folded)
        self.fold_button.set_icon("panel-bottom" if is_folded else "chevron-down")
        name = self.tr("Unfold the bottom dock") if is_folded else self.tr("Fold the bottom dock")
        self.fold_button.setAccessibleName(name)
        self.fold_button.setToolTip(name)
        if not is_folded:
            self.settle()
        self.foldedChanged.emit(is_folded)

    def restore(self, key: str, *, is_folded: bool) -> None:
        """Show a page at the height that the dock has already been given."""
        if key in self._pages:
            was_blocked = self.tabs.blockSignals(True)
            self.tabs.choose(key)
            self.tabs.blockSignals(was_blocked)
            self._stack.setCurrentWidget(self._pages[key])
            self._show_tools()
            self.pageChanged.emit(key)
        self.fold(is_folded)

    def settle(self) -> None:
        """Take the height that the page was given by the user, or else its share."""
        self._height_before = 0
        window = self.parentWidget()
        if self._is_folded or not isinstance(window, QMainWindow) or self.isFloating():
            return
        share = self._shares.get(self.current_key, _SHARE)
        height = self._heights.get(share) or self._height_of(window, window.size(), share)
        window.resizeDocks([self], [height], Qt.Orientation.Vertical)

    def follow_window(self) -> None:
        """Take the height that a window of another size gives, unless the user has dragged it."""
        window = self.parentWidget()
        if not isinstance(window, QMainWindow):
            return
        if self._height_before and not self.isHidden():
            self._keep_dragged(self._height_before, window, self._window_size)
        self._window_size = window.size()
        self.settle()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Note the height, unless it is the window that has changed."""
        super().resizeEvent(event)
        window = self.parentWidget()
        if window is not None and window.size() == self._window_size and not self._is_folded:
            self._height_before = self.height()

    def forget_heights(self) -> None:
        """Have every page take its share again."""
        self._heights = {}

    def _lay_out(self) -> None:
        theme = current()
        line = theme.size("line.splitter")  # above it, which is the row's first line
        self._row = Strip("height.dock_title", -line)
        set_height(self.tabs, "height.dock_title", -line)
        self._tool_row.setContentsMargins(0, 0, theme.size("space.s") - 2, 0)
        self._tool_row.setSpacing(theme.size("space.xs"))
        self._tool_row.addWidget(self.fold_button)
        row = QHBoxLayout(self._row)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(theme.size("space.s"))
        row.addWidget(self.tabs)
        row.addStretch(1)
        row.addLayout(self._tool_row, _FIRST)
        host = Ground("surface1")
        below = QVBoxLayout(host)
        below.setContentsMargins(0, 0, 0, 0)
        below.addWidget(self._body)
        self.setTitleBarWidget(self._row)
        self.setWidget(host)

    def _order_stops(self) -> None:
        """Have Tab go as one reads: the tabs, the tools, folding, and then the page."""
        stops: list[QWidget] = [self.tabs]
        for tools in self._tools.values():
            stops += _stops_in(tools)
        stops.append(self.fold_button)
        for page in self._pages.values():
            stops += _stops_in(page)
        for before, after in pairwise(stops):
            QWidget.setTabOrder(before, after)

    @Slot(str)
    def _show(self, key: str) -> None:
        if key not in self._pages:
            return
        self._remember_height()
        self._stack.setCurrentWidget(self._pages[key])
        self._show_tools()
        self.settle()
        self.pageChanged.emit(key)

    def _show_tools(self) -> None:
        shown = None if self._is_folded else self._tools.get(self.current_key)
        for tools in self._tools.values():
            if tools is not shown:
                tools.hide()  # first: for both there may be no room, and the dock would be widened
        if shown is not None:
            shown.show()

    def _remember_height(self) -> None:
        """Keep the height that the user has dragged the dock to."""
        window = self.parentWidget()
        if isinstance(window, QMainWindow) and self.isVisible() and self._height_before:
            self._keep_dragged(self._height_before, window, window.size())

    def _keep_dragged(self, height: int, window: QMainWindow, size: QSize) -> None:
        """Keep a height that is not what the page gets by itself in a window of a size."""
        shown = self._stack.currentWidget()
        if self._is_folded or self.isFloating() or shown is None:
            return
        share = next((self._shares[k] for k, page in self._pages.items() if page is shown), _SHARE)
        usual = max(self._height_of(window, size, share), self.minimumSizeHint().height())
        kept = self._heights.get(share, usual)
        if abs(height - kept) > 2:
            self._heights[share] = height

    @staticmethod
    def _height_of(window: QMainWindow, size: QSize, share: float) -> int:
        """Tell a share of the body of a window of a size in pixels, without the line above."""
        around = window.menuBar().height() + window.statusBar().height()
        body = size.height() - around - current().size("height.toolbar")
        height = round(body * share)
        if share == _SHARE and size.width() >= _LOW_FROM:
            height = max(height, min(round(body * _LOW_SHARE), _LOW_HEIGHT))
        return height - current().size("line.splitter")

    @Slot(int)
    def _unfold_by_click(self, place: int) -> None:
        if place >= 0:
            self.fold(False)


class _Sideways(QScrollArea):
    """Scrolls pages that need more width than there is; their height is always whole."""

    def __init__(self, pages: PageStack) -> None:
        super().__init__()
        self._pages = pages
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setWidgetResizable(True)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setWidget(pages)
        pages.currentChanged.connect(self._take_page)

    @Slot()
    def _take_page(self) -> None:
        """Have the dock know at once what the page needs: it takes its height then."""
        self.updateGeometry()
        around = self.parentWidget()
        while around is not None and not around.isWindow():
            if (layout := around.layout()) is not None:
                layout.activate()
            around = around.parentWidget()

    def sizeHint(self) -> QSize:
        """Ask for what the page asks for."""
        return self._pages.sizeHint()

    def minimumSizeHint(self) -> QSize:
        """Do with little width."""
        bar = self.horizontalScrollBar()
        below = bar.sizeHint().height() if bar.maximum() else 0
        return QSize(_LEAST_WIDTH, self._pages.minimumSizeHint().height() + below)

    def viewportEvent(self, event: QEvent) -> bool:
        """Ask for another height where a page needs it."""
        if event.type() == QEvent.Type.LayoutRequest:
            self.updateGeometry()
        return super().viewportEvent(event)


def _stops_in(part: QWidget) -> list[QWidget]:
    """List the widgets of a part that Tab can stop at, in the order it has now."""
    found: list[QWidget] = []
    widget = part.nextInFocusChain()
    while widget is not None and widget is not part:
        if part.isAncestorOf(widget) and widget.focusPolicy() & Qt.FocusPolicy.TabFocus:
            found.append(widget)
        widget = widget.nextInFocusChain()
    return found
