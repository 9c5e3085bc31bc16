"""A list to pick from below a field that takes free text as well."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, TypeAlias

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QSize, Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent, QPainter, QStandardItem, QStandardItemModel
from PySide6.QtWidgets import (
    QHBoxLayout,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from gui.theme import current, set_face
from gui.widgets.buttons import FlatButton
from gui.widgets.labels import Paragraph
from gui.widgets.popover import Popover

Index: TypeAlias = QModelIndex | QPersistentModelIndex

_LEAST_WIDTH: Final = 260
_MOST_ROWS: Final = 9
_ROW: Final = 28
_INSET: Final = 8
_REMARK: Final = Qt.ItemDataRole.UserRole
_LEFT: Final = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft
_RIGHT: Final = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight


class _RowDelegate(QStyledItemDelegate):
    """A text, and its remark at the right."""

    def sizeHint(self, _option: QStyleOptionViewItem, _index: Index) -> QSize:
        """Take a row."""
        return QSize(40, _ROW)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Paint the ground, both texts, and nothing of the style."""
        theme, rect = current(), QRect(option.rect)  # pyright: ignore[reportAttributeAccessIssue] - a field of Qt's struct
        state = option.state  # pyright: ignore[reportAttributeAccessIssue] - as above
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if state & (QStyle.StateFlag.State_Selected | QStyle.StateFlag.State_MouseOver):
            is_chosen = bool(state & QStyle.StateFlag.State_Selected)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme.colour("selection" if is_chosen else "hover"))
            painter.drawRoundedRect(rect, theme.size("radius.s"), theme.size("radius.s"))
        inner = rect.adjusted(_INSET, 0, -_INSET, 0)
        painter.setFont(theme.font("small"))
        painter.setPen(theme.colour("text3"))
        remark = str(index.data(_REMARK) or "")
        painter.drawText(inner, _RIGHT, remark)
        inner.setRight(inner.right() - painter.fontMetrics().horizontalAdvance(remark) - _INSET)
        painter.setFont(theme.font("code_small"))
        painter.setPen(theme.colour("text1"))
        text = painter.fontMetrics().elidedText(
            str(index.data()), Qt.TextElideMode.ElideMiddle, inner.width()
        )
        painter.drawText(inner, _LEFT, text)


class _Rows(QListView):
    """Enter takes a row as a click does."""

    taken = Signal(QModelIndex)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Take the row by Enter."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.currentIndex().isValid():
            self.taken.emit(self.currentIndex())
        else:
            super().keyPressEvent(event)


class ChoiceList(Popover):
    """Rows with a remark each; what is known may change while it is open.

    Signals:
        chosen: The text of a row.
        newAsked: The button below the rows.
    """

    chosen = Signal(str)
    newAsked = Signal()

    def __init__(self, owner: QWidget, name: str) -> None:
        """Make it, empty, below the field it belongs to; `open` shows it."""
        super().__init__(owner, name, max(owner.width(), _LEAST_WIDTH))
        self.rows = _Rows()
        self.rows.setProperty("kind", "goals")
        self.rows.setItemDelegate(_RowDelegate(self.rows))
        self.rows.setAccessibleName(name)
        self.rows.setEditTriggers(QListView.EditTrigger.NoEditTriggers)
        self.rows.setUniformItemSizes(True)
        self.rows.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        set_face(self.rows, "code_small", figures=False)
        self._model = QStandardItemModel(self)
        self.rows.setModel(self._model)
        self.note = Paragraph("", style="small", role="text2")
        self.button = FlatButton("", "plus")
        self.button.set_small()
        margin = current().size("space.xs")
        self.column.setContentsMargins(margin, margin, margin, margin)
        row = QHBoxLayout()
        row.addWidget(self.button)
        row.addStretch(1)
        self.column.addWidget(self.rows)
        self.column.addWidget(self.note)
        self.column.addLayout(row)
        self.rows.clicked.connect(self._take)
        self.rows.taken.connect(self._take)
        self.button.clicked.connect(self._ask_for_new)

    def show_rows(
        self, rows: Sequence[tuple[str, str]], current_row: str, note: str, new: str
    ) -> None:
        """Show other rows.

        Args:
            rows: Texts and remarks.
            current_row: Where the keyboard is at first, if it is among them.
            note: A sentence below them; empty for none.
            new: What the button below the rows says; empty for none.
        """
        had_row = self.rows.currentIndex().isValid()
        chosen = str(self.rows.currentIndex().data() or "") if had_row else current_row
        self._model.clear()
        for text, remark in rows:
            item = QStandardItem(text)
            item.setData(remark, _REMARK)
            item.setData(f"{text}, {remark}", Qt.ItemDataRole.AccessibleTextRole)
            self._model.appendRow(item)
            if text == chosen:
                self.rows.setCurrentIndex(item.index())
        if rows and not self.rows.currentIndex().isValid():
            self.rows.setCurrentIndex(self._model.index(0, 0))
        self.rows.setVisible(bool(rows))
        self.rows.setFixedHeight(min(len(rows), _MOST_ROWS) * _ROW + 2)
        self.note.setText(note)
        self.note.setVisible(bool(note))
        self.button.setText(new)
        self.button.setVisible(bool(new))
        if self.isVisible():
            self.place()
            if rows and not had_row:
                self.rows.setFocus(Qt.FocusReason.PopupFocusReason)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Leave it by Esc."""
        if event.key() == Qt.Key.Key_Escape:
            self.close()
        else:
            super().keyPressEvent(event)

    @Slot(QModelIndex)
    def _take(self, index: QModelIndex) -> None:
        text = str(index.data())
        self.close()
        self.chosen.emit(text)

    @Slot()
    def _ask_for_new(self) -> None:
        self.close()
        self.newAsked.emit()
