"""The sections of a page, one below the other at its left; one is chosen."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import QPainter, QPen, QStandardItem, QStandardItemModel
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from gui.theme import current
from gui.widgets.row_keys import RowKeys

_ROW: Final = 32
_INSET: Final = 4
_ICON: Final = 16
_ICON_LEFT: Final = 16
_GAP: Final = 8
_BAR: Final = 3
_BAR_SHORT: Final = 5
_RIGHT: Final = 14
_BADGE: Final = 18
_BADGE_PADDING: Final = 7
_SHAPE: Final = 10

_KEY: Final = int(Qt.ItemDataRole.UserRole) + 1
_ICON_NAME: Final = _KEY + 1
_COUNT: Final = _KEY + 2


class SectionList(RowKeys, QListView):
    """Rows of 32 with an icon; the arrow keys choose at once.

    Signals:
        chosen: The key of the section that is chosen now.
        opened: Enter was pressed on a section, or it was clicked: its key.
    """

    chosen = Signal(str)
    opened = Signal(str)

    def __init__(
        self, name: str, sections: dict[str, tuple[str, str]], parent: QWidget | None = None
    ) -> None:
        """Make it; the first section is chosen.

        Args:
            name: What a screen reader calls it.
            sections: Key to title and the file name of an icon, in order.
            parent: Qt's owner.
        """
        super().__init__(parent)
        self.has_titles = True
        self.setAccessibleName(name)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setProperty("kind", "plain")
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setMouseTracking(True)
        model = QStandardItemModel(self)
        for key, (title, icon) in sections.items():
            item = QStandardItem(title)
            item.setData(key, _KEY)
            item.setData(icon, _ICON_NAME)
            model.appendRow(item)
        self._items = model
        self.setModel(model)
        self.setItemDelegate(_SectionDelegate(self))
        self.setCurrentIndex(model.index(0, 0))
        self.selectionModel().currentChanged.connect(self._tell)
        self.clicked.connect(self.open_row)
        current().changed.connect(self.viewport().update)

    @property
    def current_key(self) -> str:
        """The key of the chosen section."""
        return str(self.currentIndex().data(_KEY))

    def choose(self, key: str) -> None:
        """Choose a section."""
        self.setCurrentIndex(self._items.indexFromItem(self._item(key)))

    def show_count(self, key: str, count: int, spoken: str) -> None:
        """Put a number that matters at the right end of a section; none for 0.

        Args:
            key: Of the section.
            count: The number.
            spoken: What it counts, for screen readers.
        """
        item = self._item(key)
        item.setData(count, _COUNT)
        item.setAccessibleText(f"{item.text()}, {spoken}" if count else item.text())

    def show_titles(self, width: int) -> None:
        """Be that wide, or as narrow as the icons for 0: the titles are tooltips then."""
        self.has_titles = bool(width)
        self.setFixedWidth(width or 2 * _ICON_LEFT + _ICON)
        for row in range(self._items.rowCount()):
            item = self._items.item(row)
            item.setToolTip("" if width else item.text())

    @Slot(QModelIndex)
    def open_row(self, index: QModelIndex) -> None:
        """Tell that a section was opened."""
        if index.isValid():
            self.opened.emit(str(index.data(_KEY)))

    def _item(self, key: str) -> QStandardItem:
        items = (self._items.item(row) for row in range(self._items.rowCount()))
        return next(item for item in items if item.data(_KEY) == key)

    @Slot(QModelIndex, QModelIndex)
    def _tell(self, index: QModelIndex, _before: QModelIndex) -> None:
        if index.isValid():
            self.chosen.emit(str(index.data(_KEY)))


class _SectionDelegate(QStyledItemDelegate):
    """Paints a section."""

    def __init__(self, view: SectionList) -> None:
        super().__init__(view)
        self._view = view

    def sizeHint(
        self, _option: QStyleOptionViewItem, _index: QModelIndex | QPersistentModelIndex
    ) -> QSize:
        """Take one row."""
        return QSize(0, _ROW)

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        """Paint ground, icon, title and number."""
        theme = current()
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        rect = QRectF(option.rect)  # pyright: ignore[reportAttributeAccessIssue] - a field of Qt's struct
        state: QStyle.StateFlag = option.state  # pyright: ignore[reportAttributeAccessIssue] - a field of Qt's struct
        self._paint_ground(painter, rect.adjusted(_INSET, 0, -_INSET, 0), state)
        top = rect.top() + (rect.height() - _ICON) / 2
        place = QRectF(rect.left() + _ICON_LEFT, top, _ICON, _ICON)
        theme.icon(str(index.data(_ICON_NAME)), "text2", _ICON).paint(painter, place.toRect())
        if not self._view.has_titles:
            if index.data(_COUNT):
                mark = QRectF(place.right() - _SHAPE / 2, place.center().y(), _SHAPE, _SHAPE)
                theme.paint_state(painter, mark, "degraded")
            painter.restore()
            return
        right = rect.right() - _RIGHT
        if count := index.data(_COUNT):
            right = _paint_badge(painter, QRectF(rect), right, str(count)) - _GAP
        left = place.right() + _GAP
        is_chosen = bool(state & QStyle.StateFlag.State_Selected)
        painter.setFont(theme.font("body", 500 if is_chosen else None))
        painter.setPen(theme.colour("text1"))
        title = painter.fontMetrics().elidedText(
            str(index.data()), Qt.TextElideMode.ElideRight, max(int(right - left), 0)
        )
        box = QRectF(left, rect.top(), right - left, rect.height())
        painter.drawText(box, Qt.AlignmentFlag.AlignVCenter, title)
        painter.restore()

    def _paint_ground(self, painter: QPainter, rect: QRectF, state: QStyle.StateFlag) -> None:
        theme, radius = current(), current().size("radius.s")
        is_chosen = bool(state & QStyle.StateFlag.State_Selected)
        is_active = self._view.hasFocus() or not self._view.by_keyboard
        painter.setPen(Qt.PenStyle.NoPen)
        if is_chosen:
            painter.setBrush(theme.colour("selection" if is_active else "selection_idle"))
        elif state & QStyle.StateFlag.State_MouseOver:
            painter.setBrush(theme.colour("hover"))
        else:
            return
        painter.drawRoundedRect(rect, radius, radius)
        if is_chosen:
            bar = QRectF(rect.left(), rect.top() + _BAR_SHORT, _BAR, rect.height() - 2 * _BAR_SHORT)
            painter.fillRect(bar, theme.colour("accent"))
        if is_chosen and self._view.hasFocus() and self._view.by_keyboard:
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(theme.colour("focus"), theme.size("line.focus")))
            painter.drawRoundedRect(rect.adjusted(1, 1, -1, -1), radius, radius)


def _paint_badge(painter: QPainter, rect: QRectF, right: float, text: str) -> float:
    """Paint a number with the shape of what needs a look; returns its left edge."""
    theme = current()
    painter.setFont(theme.font("caption", 500))
    metrics = painter.fontMetrics()
    width = metrics.horizontalAdvance(text) + _SHAPE + 4 + 2 * _BADGE_PADDING
    height = max(_BADGE, metrics.height())
    box = QRectF(right - width, rect.top() + (rect.height() - height) / 2, width, height)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(theme.colour("warn_bg"))
    painter.drawRoundedRect(box, theme.size("radius.s"), theme.size("radius.s"))
    shape = QRectF(box.left() + _BADGE_PADDING, 0, _SHAPE, _SHAPE)
    shape.moveTop(box.top() + (height - _SHAPE) / 2)
    theme.paint_state(painter, shape, "degraded", "warn_bg")
    painter.setPen(theme.colour("warn"))
    words = box.adjusted(_BADGE_PADDING + _SHAPE + 4, 0, 0, 0)
    painter.drawText(words, Qt.AlignmentFlag.AlignVCenter, text)
    return box.left()
