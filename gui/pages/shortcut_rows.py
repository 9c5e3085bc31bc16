"""How the rows of the table of shortcuts are painted, and the strip below a collision."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final, TypeAlias

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRectF, Qt, Signal
from PySide6.QtGui import QFontMetrics, QPainter
from PySide6.QtWidgets import (
    QApplication,
    QHBoxLayout,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from gui.theme import current
from gui.viewmodels.shortcut_table import (
    AREA,
    COMMAND,
    KEYS,
    ROW_ROLE,
    Collision,
    GroupRow,
    ShortcutRow,
)
from gui.viewmodels.words import tr
from gui.widgets.buttons import FlatButton, SecondaryButton
from gui.widgets.frames import Ground, Line
from gui.widgets.key_caps import keys_width, paint_keys
from gui.widgets.labels import Label
from gui.widgets.table_view import TableView

Index: TypeAlias = QModelIndex | QPersistentModelIndex

STRIP: Final = 75
_FIRST: Final = 16
_PADDING: Final = 8
_GAP: Final = 8
_SHAPE: Final = 12
_DOT: Final = 7
_RESET_GAP: Final = 7


class ShortcutDelegate(QStyledItemDelegate):
    """Paints names, caps, places, and what resets.

    Attributes:
        hovered: The row that the pointer is over; -1 for none.
    """

    def __init__(self, view: TableView) -> None:
        super().__init__(view)
        self._view = view
        self.hovered = -1

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Paint a cell."""
        rect = QRectF(option.rect)  # pyright: ignore[reportAttributeAccessIssue] - a field of Qt's struct
        row = index.data(ROW_ROLE)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if isinstance(row, GroupRow):
            self._paint_head(painter, rect, row, index)
        elif isinstance(row, ShortcutRow):
            ground = self._paint_ground(painter, rect, option, index)
            first = index.column() == COMMAND
            box = rect.adjusted(_FIRST if first else _PADDING, 0, -_PADDING, 0)
            self._paint_cell(painter, box, row, index.column(), ground)
        painter.restore()

    def names_width(self, names: Iterable[str]) -> int:
        """Tell the room that the longest name of a command takes, with what is around it."""
        metrics = QFontMetrics(current().font("small"))
        widest = max(map(metrics.horizontalAdvance, names), default=0)
        return _FIRST + widest + _GAP + _SHAPE + _PADDING + 1

    def reset_rect(self, rect: QRectF, row: ShortcutRow) -> QRectF:
        """Tell where the word that resets is in the cell of the usual keys."""
        keys = row.usual or ()
        left = rect.left() + _PADDING + keys_width(keys) + (_RESET_GAP if keys else 0)
        return QRectF(left, rect.top(), rect.right() - left, rect.height())

    def _paint_head(self, painter: QPainter, rect: QRectF, row: GroupRow, index: Index) -> None:
        theme = current()
        painter.fillRect(rect, theme.colour("surface2"))
        if index.row():
            line = QRectF(rect.left(), rect.top(), rect.width(), theme.size("line.hairline"))
            painter.fillRect(line, theme.colour("border"))
        if index.column() == COMMAND:
            painter.setFont(theme.font("small", 600))
            painter.setPen(theme.colour("text2"))
            box = rect.adjusted(_FIRST, 0, 0, 0)
            painter.drawText(box, Qt.AlignmentFlag.AlignVCenter, row.title)

    def _paint_ground(
        self, painter: QPainter, rect: QRectF, option: QStyleOptionViewItem, index: Index
    ) -> str:
        theme, view = current(), self._view
        state: QStyle.StateFlag = option.state  # pyright: ignore[reportAttributeAccessIssue] - a field of Qt's struct
        ground = "surface2"
        if state & QStyle.StateFlag.State_Selected:
            focused = QApplication.focusWidget()
            has_focus = focused is not None and (view is focused or view.isAncestorOf(focused))
            ground = "selection" if has_focus else "selection_idle"
        elif index.row() == self.hovered:
            ground = "hover_content"
        painter.fillRect(rect, theme.colour(ground))
        if view.currentIndex().row() == index.row() and view.hasFocus() and view.by_keyboard:
            width, colour = theme.size("line.focus"), theme.colour("focus")
            painter.fillRect(QRectF(rect.left(), rect.top(), rect.width(), width), colour)
            below = QRectF(rect.left(), rect.bottom() - width, rect.width(), width)
            painter.fillRect(below, colour)
        return ground

    def _paint_cell(
        self, painter: QPainter, box: QRectF, row: ShortcutRow, column: int, ground: str
    ) -> None:
        theme = current()
        painter.setFont(theme.font("small"))
        if column == COMMAND:
            self._paint_name(painter, box, row, ground)
        elif column == KEYS:
            role = "text3" if row.command.is_fixed else "text1"
            paint_keys(painter, box, row.keys, role=role)
        elif column == AREA:
            _paint_text(painter, box, row.area, "text3")
        elif row.usual is not None:
            right = paint_keys(painter, box, row.usual, role="text3", ground="surface1")
            box.setLeft(right + (_RESET_GAP if row.usual else 0))
            _paint_text(painter, box, tr("Reset"), "accent_text")

    def _paint_name(self, painter: QPainter, box: QRectF, row: ShortcutRow, ground: str) -> None:
        theme = current()
        right = _paint_text(painter, box.adjusted(0, 0, -_SHAPE - _GAP, 0), row.command.text)
        middle = box.center().y()
        if row.has_conflict:
            shape = QRectF(right + _GAP, middle - _SHAPE / 2, _SHAPE, _SHAPE)
            theme.paint_state(painter, shape, "degraded", ground)
        elif row.usual is not None:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme.colour("accent_text"))
            painter.drawEllipse(QRectF(right + _GAP, middle - _DOT / 2, _DOT, _DOT))


class CollisionStrip(Ground):
    """Who has the keys, what would happen, and the ways out.

    Signals:
        decided: What shall be done: `other`, `take` or `keep`.
    """

    decided = Signal(str)

    def __init__(self, collision: Collision, note: str, parent: QWidget | None = None) -> None:
        """Make it; `note` tells what Esc does."""
        super().__init__("warn_bg", parent)
        theme = current()
        self.setAccessibleName(f"{collision.what} {collision.effect}")
        sentence = QHBoxLayout()
        sentence.setSpacing(4)
        sentence.addWidget(Label(collision.what, style="strong"))
        self.effect = Label(role="text2", elide="end")
        self.effect.setText(collision.effect, *collision.shorter, "")
        sentence.addWidget(self.effect, 1)
        words = {
            "other": tr("Choose other keys"),
            "take": tr("Take it from {command}").format(command=collision.rival),
            "keep": tr("Keep both"),
        }
        self.buttons = {
            way: (FlatButton if way == "keep" else SecondaryButton)(words[way])
            for way in collision.ways
        }
        row = QHBoxLayout()
        row.setSpacing(6)
        for way, button in self.buttons.items():
            button.set_small()
            button.clicked.connect(lambda _checked=False, way=way: self.decided.emit(way))
            row.addWidget(button)
        way_out = Label(style="small", role="text2", elide="end")
        way_out.setText(note, "")  # which Esc does everywhere
        way_out.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        row.addWidget(way_out, 1)
        column = QVBoxLayout()
        column.setContentsMargins(_FIRST, 10, theme.size("space.l"), 10)
        column.setSpacing(10)
        column.addLayout(sentence)
        column.addLayout(row)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(0)
        outer.addWidget(Line())
        outer.addLayout(column, 1)
        outer.addWidget(Line())


def _paint_text(painter: QPainter, box: QRectF, text: str, role: str = "text1") -> float:
    """Paint a text and return where it ends."""
    metrics = painter.fontMetrics()
    shown = metrics.elidedText(text, Qt.TextElideMode.ElideRight, max(int(box.width()), 0))
    painter.setPen(current().colour(role))
    painter.drawText(box, Qt.AlignmentFlag.AlignVCenter, shown)
    return box.left() + metrics.horizontalAdvance(shown)
