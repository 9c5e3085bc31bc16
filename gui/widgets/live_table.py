"""A table whose rows come by themselves: it follows the newest row until the user looks at one."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QEvent, QModelIndex, QPoint, Qt, QTimer, Signal, Slot
from PySide6.QtGui import (
    QContextMenuEvent,
    QFocusEvent,
    QKeyEvent,
    QKeySequence,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
)
from PySide6.QtWidgets import QAbstractItemView, QMenu, QScrollBar, QWidget

from gui.theme import current
from gui.widgets.buttons import PrimaryButton
from gui.widgets.menu import Menu
from gui.widgets.table_view import TableView

DIVIDER: Final = 28
_STILL_MS: Final = 1_000
"""For so long after the pointer has moved over the rows they hold still, to be aimed at."""


class LiveTable(TableView):
    """Rows are added at the end and go at the beginning; what the user looks at stays in place.

    Rows hold still while the pointer moves over them, so that a click hits what it was meant for.

    Attributes:
        is_following: Whether it stays at the newest row.
        bar: Scrolls it.
        hovered: The row that the pointer came to last; -1 for none.

    Signals:
        followed: End was pressed, or the user is at the end again.
        unfollowed: The user has chosen a row or scrolled away.
        detailAsked: Space was pressed.
        copyAsked: The keys for copying were pressed.
        menuAsked: A menu to fill with what can be done with the chosen row.
    """

    followed = Signal()
    unfollowed = Signal()
    detailAsked = Signal()
    copyAsked = Signal()
    menuAsked = Signal(QMenu)

    def __init__(self, name: str, row_height: int, parent: QWidget | None = None) -> None:
        """Make it; `name` is what a screen reader calls it."""
        super().__init__(name, parent)
        self.is_following = True
        self.hovered = -1
        self._going = 0
        self._is_entered = False
        self._still = QTimer(self)
        self._still.setSingleShot(True)
        self._still.setInterval(_STILL_MS)
        self._still.timeout.connect(self._catch_up)
        self.newer = PrimaryButton(parent=self)
        self.newer.set_small()
        self.newer.clicked.connect(self.followed)
        self.newer.hide()
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.bar.actionTriggered.connect(self._take_drag)
        self._divider_height = min(DIVIDER, row_height)
        self.verticalHeader().setDefaultSectionSize(row_height)
        self.verticalScrollBar().actionTriggered.connect(self._take_scroll)
        self.verticalScrollBar().valueChanged.connect(self._place_newer)

    def setModel(self, model: object) -> None:
        """Show a model's rows."""
        super().setModel(model)  # pyright: ignore[reportArgumentType] - as Qt has it
        found = self.model()
        found.rowsInserted.connect(self._take_insertion)
        found.rowsAboutToBeRemoved.connect(self._measure)
        found.rowsRemoved.connect(self._take_removal)
        found.modelReset.connect(self._take_reset)
        self.selectionModel().currentRowChanged.connect(self._take_choice)

    def follow(self) -> None:
        """Stay at the newest row."""
        self.is_following = True
        self._still.stop()
        self.clearSelection()
        self.setCurrentIndex(QModelIndex())
        self.scrollToBottom()

    def stay(self) -> None:
        """Stay where the user looks."""
        self.is_following = False

    def set_row_height(self, height: int) -> None:
        """Have rows of another height."""
        rows = self.verticalHeader()
        if rows.defaultSectionSize() != height:
            self._divider_height = min(DIVIDER, height)
            rows.setDefaultSectionSize(height)
            if self.is_following:
                self.scrollToBottom()

    def show_newer(self, text: str) -> None:
        """Offer the newest rows by a button over the last row; none for an empty text."""
        self.newer.setVisible(bool(text))
        if text and text != self.newer.text():
            self.newer.setText(text)
            self.newer.adjustSize()
        self._place_newer()

    @Slot(int)
    def show_divider(self, row: int) -> None:
        """Have a row go over all columns, at the height of a divider."""
        self.verticalHeader().resizeSection(row, self._divider_height)
        if (columns := self.model().columnCount()) > 1:
            self.setSpan(row, 0, 1, columns)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the button in its place, and the newest row at the bottom edge."""
        super().resizeEvent(event)
        self._place_newer()
        if self.is_following:
            self.scrollToBottom()

    @Slot()
    def _place_newer(self) -> None:
        """Put the button over the last rows that are seen, and above the one that is chosen."""
        button, gap = self.newer.rect(), current().size("space.s")
        room = self.viewport().geometry()
        button.moveRight(room.right() - current().size("space.l"))  # rows' beginnings are readable
        button.moveBottom(room.bottom() - gap)
        if self.currentIndex().isValid():
            chosen = self.visualRect(self.currentIndex()).translated(room.topLeft())
            has_room = chosen.top() - gap - button.height() > room.top()
            if has_room and chosen.intersects(button):
                button.moveBottom(chosen.top() - gap)
        self.newer.move(button.topLeft())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Follow by End, ask for the detail by Space, copy."""
        if event.key() == Qt.Key.Key_End:
            self.followed.emit()
        elif event.key() == Qt.Key.Key_Space:
            self.detailAsked.emit()
        elif event.matches(QKeySequence.StandardKey.Copy):
            self.copyAsked.emit()
        else:
            super().keyPressEvent(event)

    def moveCursor(
        self, action: QAbstractItemView.CursorAction, modifiers: Qt.KeyboardModifier
    ) -> QModelIndex:
        """Go to the first row by Home; begin at the last row that is seen where none is chosen."""
        if self._is_entered:
            return QModelIndex()
        count = self.model().rowCount()
        if count and action == QAbstractItemView.CursorAction.MoveHome:
            return self.model().index(0, 0)
        if not count or self.currentIndex().isValid():
            return super().moveCursor(action, modifiers)
        seen = -1 if self.is_following else self.rowAt(self.viewport().height() - 1)
        return self.model().index(count - 1 if seen < 0 else seen, 0)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the rows, and a ring around all of them while the keyboard is on none."""
        super().paintEvent(event)
        if self.hasFocus() and self.by_keyboard and not self.currentIndex().isValid():
            painter = QPainter(self.viewport())
            painter.setPen(QPen(current().colour("focus"), current().size("line.focus")))
            painter.drawRect(self.viewport().rect().adjusted(1, 1, -1, -1))

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Choose no row because the keyboard comes by, as Qt would: that ends the following."""
        self._is_entered = True
        super().focusInEvent(event)
        self._is_entered = False

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Take the ring away."""
        super().focusOutEvent(event)
        self.viewport().update()

    def stand_on_row(self) -> None:
        """Stand on none."""

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Note which row the pointer is over."""
        super().mouseMoveEvent(event)
        self._hover(event.position().toPoint().y())
        self._still.start()

    def leaveEvent(self, event: QEvent) -> None:
        """Note that the pointer is over no row."""
        super().leaveEvent(event)
        self._hover(-1)
        self._still.stop()
        self._catch_up()

    def _hover(self, top: int) -> None:
        row = self.rowAt(top)
        if row != self.hovered:
            self.hovered = row
            self.viewport().update()

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Open the menu of the chosen row, by mouse or by key."""
        index = self.currentIndex()
        if event.reason() == QContextMenuEvent.Reason.Mouse:
            index = self.indexAt(event.pos())
            self.setCurrentIndex(index)
        if not index.isValid():
            return
        menu = Menu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.menuAsked.emit(menu)
        place = event.globalPos()
        if event.reason() == QContextMenuEvent.Reason.Keyboard:
            below = self.visualRect(index).bottomLeft() + QPoint(16, 0)
            place = self.viewport().mapToGlobal(below)
        if menu.actions():
            menu.popup(place)

    @Slot(int)
    def _take_scroll(self, _action: int) -> None:
        """Note where the user scrolls to; the value itself follows a moment later."""
        self._take_place(self.verticalScrollBar())

    @Slot(int)
    def _take_drag(self, _action: int) -> None:
        self._take_place(self.bar)

    def _take_place(self, bar: QScrollBar) -> None:
        if bar.sliderPosition() >= bar.maximum():
            self.followed.emit()
        else:
            self.unfollowed.emit()

    @Slot(QModelIndex, QModelIndex)
    def _take_choice(self, index: QModelIndex, _before: QModelIndex) -> None:
        if index.isValid():
            self.unfollowed.emit()
        self._place_newer()

    @Slot(QModelIndex, int, int)
    def _take_insertion(self, _parent: QModelIndex, _first: int, _last: int) -> None:
        if self.is_following and not self._still.isActive():
            self.scrollToBottom()

    @Slot()
    def _catch_up(self) -> None:
        """Go on to the newest row, after the pointer has come to rest or left."""
        if self.is_following:
            self.scrollToBottom()

    @Slot(QModelIndex, int, int)
    def _measure(self, _parent: QModelIndex, first: int, last: int) -> None:
        rows = self.verticalHeader()
        self._going = rows.sectionPosition(last) + rows.sectionSize(last)
        self._going -= rows.sectionPosition(first)

    @Slot(QModelIndex, int, int)
    def _take_removal(self, _parent: QModelIndex, _first: int, _last: int) -> None:
        """Keep in place what the user looks at while the oldest rows go."""
        bar = self.verticalScrollBar()
        bar.setValue(bar.value() - self._going)

    @Slot()
    def _take_reset(self) -> None:
        self.clearSpans()
        if self.is_following:
            self.scrollToBottom()
