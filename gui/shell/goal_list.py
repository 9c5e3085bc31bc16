"""The list of goals: headings and goals as rows, and how they are painted."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from PySide6.QtCore import (
    QAbstractListModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QPointF,
    QRectF,
    QSize,
    Qt,
)
from PySide6.QtGui import QFont, QFontMetrics, QPainter, QTextCharFormat, QTextLayout
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from gui.shell.goal import Goal, letters
from gui.theme import current
from gui.widgets.chips import key_cap_size, paint_key_cap

ROW: Final = 30
_HEAD: Final = 26
_INSET: Final = 4
_END: Final = 14
_BETWEEN_CAPS: Final = 3
_WIDEST_PLACE: Final = 200
_ICON: Final = 16


class GoalModel(QAbstractListModel):
    """The goals that are left by what was typed, under the names of their groups."""

    GOAL: Final = int(Qt.ItemDataRole.UserRole) + 1

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._rows: list[Goal | str] = []

    def show(self, goals: list[Goal]) -> None:
        """Show other goals, those of a group side by side."""
        self.beginResetModel()
        self._rows = []
        group = ""
        for goal in goals:
            if goal.group != group:
                group = goal.group
                self._rows.append(group)
            self._rows.append(goal)
        self.endResetModel()

    @property
    def height(self) -> int:
        """The height of all rows."""
        return sum(_HEAD if isinstance(row, str) else ROW for row in self._rows)

    def next_goal(self, row: int, step: int) -> int:
        """Tell the row of the goal so many goals further, as far as there are some."""
        places = [place for place, found in enumerate(self._rows) if isinstance(found, Goal)]
        if row not in places:
            return places[0] if places else -1
        return places[max(0, min(places.index(row) + step, len(places) - 1))]

    def flags(self, index: QModelIndex | QPersistentModelIndex) -> Qt.ItemFlag:
        """Let goals be chosen, and no headings."""
        is_goal = index.isValid() and isinstance(self._rows[index.row()], Goal)
        chosen = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable
        return chosen if is_goal else Qt.ItemFlag.NoItemFlags

    def rowCount(self, parent: QModelIndex | QPersistentModelIndex | None = None) -> int:
        """Count the rows."""
        return 0 if parent is not None and parent.isValid() else len(self._rows)

    def data(
        self,
        index: QModelIndex | QPersistentModelIndex,
        role: int = Qt.ItemDataRole.DisplayRole,
    ) -> object:
        """Give a goal's name, or the goal."""
        goal = self._rows[index.row()]
        if isinstance(goal, str):
            return goal if role == Qt.ItemDataRole.DisplayRole else None
        if role == Qt.ItemDataRole.DisplayRole:
            return goal.name
        if role == Qt.ItemDataRole.AccessibleTextRole:
            owner = goal.group if goal.kind == "text" else ""
            parts = (goal.name, goal.detail, goal.rate, owner, goal.keys)
            return ", ".join(part for part in parts if part)
        return goal if role == self.GOAL else None


class GoalDelegate(QStyledItemDelegate):
    """Paints a goal: shape or icon, name with its matched letters, detail, keys."""

    def __init__(self, sought: Callable[[], str], parent: QObject) -> None:
        """Paint for a list; `sought` gives the text whose letters stand out."""
        super().__init__(parent)
        self._sought = sought

    def sizeHint(
        self, _option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> QSize:
        """Take one row; headings are lower."""
        return QSize(0, ROW if index.data(GoalModel.GOAL) is not None else _HEAD)

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        """Paint one row."""
        theme, goal = current(), index.data(GoalModel.GOAL)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        rect = QRectF(option.rect)  # pyright: ignore[reportAttributeAccessIssue] - a field of Qt's struct
        state: QStyle.StateFlag = option.state  # pyright: ignore[reportAttributeAccessIssue] - a field of Qt's struct
        if goal is None:
            painter.setFont(theme.font("small", 600, figures=False))
            painter.setPen(theme.colour("text2"))
            box = rect.adjusted(14, 3, 0, 0)
            painter.drawText(box, Qt.AlignmentFlag.AlignVCenter, str(index.data()))
            painter.restore()
            return
        ground = "surface3"
        if state & QStyle.StateFlag.State_Selected:
            ground = "selection"
        elif state & QStyle.StateFlag.State_MouseOver:
            ground = "hover_content"
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.colour(ground))
        radius = theme.size("radius.s")
        painter.drawRoundedRect(rect.adjusted(_INSET, 0, -_INSET, 0), radius, radius)
        icon = QRectF(rect.left() + 14, rect.top() + (ROW - _ICON) / 2, _ICON, _ICON)
        if goal.status:
            theme.paint_state(painter, icon.adjusted(2, 2, -2, -2), goal.status, ground)
        elif goal.icon:
            theme.icon(goal.icon, "text2", _ICON).paint(painter, icon.toRect())
        right = self._paint_end(painter, rect, goal)
        room = QRectF(icon.right() + 9, rect.top(), right - icon.right() - 27, ROW)
        left = self._paint_name(painter, room, goal)
        painter.setFont(theme.font("body", figures=False))
        painter.setPen(theme.colour("text3"))
        box = QRectF(left + 9, rect.top(), right - left - 18, ROW)
        detail = painter.fontMetrics().elidedText(
            goal.detail, Qt.TextElideMode.ElideRight, int(box.width())
        )
        painter.drawText(box, Qt.AlignmentFlag.AlignVCenter, detail)
        painter.restore()

    def _paint_end(self, painter: QPainter, rect: QRectF, goal: Goal) -> float:
        """Paint rate or keys at the right end and return where they begin."""
        theme, right = current(), rect.right() - _END
        if goal.rate:
            painter.setFont(theme.font("small"))
            painter.setPen(theme.colour("text3"))
            metrics = painter.fontMetrics()
            rate = metrics.elidedText(goal.rate, Qt.TextElideMode.ElideRight, _WIDEST_PLACE)
            width = metrics.horizontalAdvance(rate)
            box = QRectF(right - width, rect.top(), width + 1, ROW)
            painter.drawText(box, Qt.AlignmentFlag.AlignVCenter, rate)
            return right - width
        for key in reversed(goal.keys.split("+")) if goal.keys else ():
            size = key_cap_size(key)
            right -= size.width()
            place = QPointF(right, rect.top() + (ROW - size.height()) / 2)
            paint_key_cap(painter, QRectF(place, size), key)
            right -= _BETWEEN_CAPS
        return right

    def _paint_name(self, painter: QPainter, room: QRectF, goal: Goal) -> float:
        """Paint the name and return where it ends."""
        theme = current()
        font = theme.font("body", figures=False)
        width = int(room.width())
        name = QFontMetrics(font).elidedText(goal.name, Qt.TextElideMode.ElideRight, width)
        layout = QTextLayout(name, font)
        formats: list[QTextLayout.FormatRange] = []
        for place in letters(goal.name, self._sought()):
            matched = QTextLayout.FormatRange()
            matched.start, matched.length = place, 1  # pyright: ignore[reportAttributeAccessIssue] - fields of Qt's struct
            look = QTextCharFormat()
            look.setForeground(theme.colour("accent_text"))
            look.setFontWeight(QFont.Weight.Bold)
            matched.format = look  # pyright: ignore[reportAttributeAccessIssue] - a field of Qt's struct
            formats.append(matched)
        layout.setFormats(formats)
        layout.beginLayout()
        line = layout.createLine()
        layout.endLayout()
        painter.setPen(theme.colour("text1"))
        layout.draw(painter, QPointF(room.left(), room.top() + (ROW - line.height()) / 2))
        return room.left() + line.naturalTextWidth()
