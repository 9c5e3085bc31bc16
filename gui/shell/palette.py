"""Go to anything: pages and commands in one list, found by typing."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import (
    QAbstractListModel,
    QEvent,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QPoint,
    QPointF,
    QRectF,
    QSize,
    Qt,
    Slot,
)
from PySide6.QtGui import QFont, QKeyEvent, QPainter, QTextCharFormat, QTextLayout
from PySide6.QtWidgets import (
    QFrame,
    QLineEdit,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from gui.theme import current, set_face
from gui.widgets.chips import key_cap_size, paint_key_cap
from gui.widgets.frames import Line
from gui.widgets.labels import Label

_WIDTH: Final = 600
_HIGHEST: Final = 520
_FIELD: Final = 44
_ROW: Final = 30
_KEY_LINE: Final = 34
_ICON: Final = 16


@dataclass(frozen=True, slots=True)
class Goal:
    """One thing to go to or to do.

    Attributes:
        name: What is searched.
        detail: What it is, beside the name.
        go: Goes there.
        status: A state, whose shape is shown; else an icon.
        icon: File name of an icon.
        keys: The keys that do the same.
    """

    name: str
    detail: str
    go: Callable[[], object]
    status: str = ""
    icon: str = ""
    keys: str = ""


def find(goals: Sequence[Goal], text: str) -> list[Goal]:
    """Choose what holds all letters in order; whole words and early ones come first."""
    scored = [
        (score, place, goal)
        for place, goal in enumerate(goals)
        if (score := _score(goal, text)) is not None
    ]
    return [goal for _, _, goal in sorted(scored, key=lambda found: found[:2])]


def letters(name: str, text: str) -> list[int]:
    """Tell which letters of a name were matched."""
    low, wanted = name.lower(), text.lower().strip()
    if wanted and wanted in low:
        start = low.index(wanted)
        return list(range(start, start + len(wanted)))
    places: list[int] = []
    at = 0
    for letter in wanted.replace(" ", ""):
        at = low.find(letter, at)
        if at < 0:
            return []
        places.append(at)
        at += 1
    return places


def _score(goal: Goal, text: str) -> int | None:
    wanted = text.lower().strip()
    if not wanted:
        return 0
    low = goal.name.lower()
    if wanted in low:
        is_word = low.startswith(wanted) or f" {wanted}" in low or f"_{wanted}" in low
        return 0 if is_word else 1
    if wanted in goal.detail.lower():
        return 2
    return 3 if letters(goal.name, wanted) else None


class GoalModel(QAbstractListModel):
    """The goals that are left by what was typed."""

    GOAL: Final = int(Qt.ItemDataRole.UserRole) + 1

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._goals: list[Goal] = []

    def show(self, goals: list[Goal]) -> None:
        """Show other goals."""
        self.beginResetModel()
        self._goals = goals
        self.endResetModel()

    def rowCount(self, parent: QModelIndex | QPersistentModelIndex | None = None) -> int:
        """Count the rows."""
        return 0 if parent is not None and parent.isValid() else len(self._goals)

    def data(
        self,
        index: QModelIndex | QPersistentModelIndex,
        role: int = Qt.ItemDataRole.DisplayRole,
    ) -> object:
        """Give a goal's name, or the goal."""
        goal = self._goals[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return goal.name
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return ", ".join(part for part in (goal.name, goal.detail, goal.keys) if part)
        return goal if role == self.GOAL else None


class Palette(QFrame):
    """A window of its own under the toolbar; Enter goes, Escape leaves."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self._goals: list[Goal] = []
        self.setAccessibleName(self.tr("Go to anything"))
        self.setProperty("kind", "card")
        self.field = QLineEdit()
        self.list = QListView()
        self.model = GoalModel(self)
        self._hint = Label(
            self.tr("Up and Down choose, Enter goes, Esc leaves"), style="caption", role="text3"
        )
        self._lay_out()
        self.field.textChanged.connect(self._search)
        self.list.clicked.connect(self._go)
        self.field.installEventFilter(self)

    def _lay_out(self) -> None:
        theme = current()
        self.field.setAccessibleName(self.tr("Page or command"))
        self.field.setPlaceholderText(self.tr("Page or command"))
        set_face(self.field, "body")
        self.list.setAccessibleName(self.tr("What was found"))
        self.list.setFrameShape(QFrame.Shape.NoFrame)
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.list.setModel(self.model)
        self.list.setItemDelegate(_GoalDelegate(self))
        self.list.setMouseTracking(True)
        self.list.setUniformItemSizes(True)
        top = QVBoxLayout()
        margin = theme.size("space.s")
        top.setContentsMargins(margin, (_FIELD - 30) // 2, margin, (_FIELD - 30) // 2)
        top.addWidget(self.field)
        foot = QVBoxLayout()
        foot.setContentsMargins(theme.size("space.m"), 0, margin, 0)
        foot.addWidget(self._hint)
        self._hint.setFixedHeight(_KEY_LINE)
        column = QVBoxLayout(self)
        column.setContentsMargins(1, 1, 1, 1)
        column.setSpacing(0)
        column.addLayout(top)
        column.addWidget(Line())
        column.addWidget(self.list, 1)
        column.addWidget(Line())
        column.addLayout(foot)

    def ask(self, goals: list[Goal], below: QPoint, text: str = "") -> None:
        """Open with these goals.

        Args:
            goals: What there is.
            below: The middle of the upper edge, in the screen's pixels.
            text: What is in the field at first.
        """
        self._goals = goals
        height = min(_HIGHEST, _FIELD + _KEY_LINE + 4 + max(len(goals), 3) * _ROW)
        self.setGeometry(below.x() - _WIDTH // 2, below.y(), _WIDTH, height)
        self.field.setText(text)
        self._search(text)
        self.show()
        self.field.setFocus(Qt.FocusReason.PopupFocusReason)

    @property
    def text(self) -> str:
        """What was typed."""
        return self.field.text()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Let the arrow keys and Enter of the field work on the list."""
        is_key = watched is self.field and event.type() == QEvent.Type.KeyPress
        if is_key and isinstance(event, QKeyEvent) and self._take_key(event.key()):
            return True
        return super().eventFilter(watched, event)

    def _take_key(self, key: int) -> bool:
        steps = {
            int(Qt.Key.Key_Down): 1,
            int(Qt.Key.Key_Up): -1,
            int(Qt.Key.Key_PageDown): 10,
            int(Qt.Key.Key_PageUp): -10,
        }
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._go(self.list.currentIndex())
            return True
        if key not in steps or not self.model.rowCount():
            return False
        row = self.list.currentIndex().row() + steps[key]
        self.list.setCurrentIndex(self.model.index(max(0, min(row, self.model.rowCount() - 1)), 0))
        return True

    @Slot(str)
    def _search(self, text: str) -> None:
        self.model.show(find(self._goals, text))
        self.list.setCurrentIndex(self.model.index(0, 0))

    @Slot(QModelIndex)
    def _go(self, index: QModelIndex) -> None:
        if index.isValid():
            goal = index.data(GoalModel.GOAL)
            self.hide()
            goal.go()


class _GoalDelegate(QStyledItemDelegate):
    """Paints a goal: shape or icon, name with its matched letters, detail, keys."""

    def __init__(self, palette: Palette) -> None:
        super().__init__(palette)
        self._palette = palette

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
        """Paint one row."""
        theme, goal = current(), index.data(GoalModel.GOAL)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        rect = QRectF(option.rect)  # pyright: ignore[reportAttributeAccessIssue] - a field of Qt's struct
        state: QStyle.StateFlag = option.state  # pyright: ignore[reportAttributeAccessIssue] - a field of Qt's struct
        ground = "surface2"
        if state & QStyle.StateFlag.State_Selected:
            ground = "selection"
        elif state & QStyle.StateFlag.State_MouseOver:
            ground = "hover_content"
        painter.fillRect(rect, theme.colour(ground))
        icon = QRectF(rect.left() + 12, rect.top() + (_ROW - _ICON) / 2, _ICON, _ICON)
        if goal.status:
            theme.paint_state(painter, icon.adjusted(2, 2, -2, -2), goal.status, ground)
        elif goal.icon:
            theme.icon(goal.icon, "text2", _ICON).paint(painter, icon.toRect())
        left = self._paint_name(painter, rect, icon.right() + 8, goal)
        painter.setFont(theme.font("small"))
        painter.setPen(theme.colour("text3"))
        box = QRectF(left + 8, rect.top(), rect.right() - left - 120, _ROW)
        painter.drawText(box, Qt.AlignmentFlag.AlignVCenter, goal.detail)
        if goal.keys:
            size = key_cap_size(goal.keys)
            top = rect.top() + (_ROW - size.height()) / 2
            place = QPointF(rect.right() - 12 - size.width(), top)
            paint_key_cap(painter, QRectF(place, size), goal.keys)
        painter.restore()

    def _paint_name(self, painter: QPainter, rect: QRectF, left: float, goal: Goal) -> float:
        """Paint the name and return where it ends."""
        theme = current()
        layout = QTextLayout(goal.name, theme.font("body", figures=False))
        formats: list[QTextLayout.FormatRange] = []
        for place in letters(goal.name, self._palette.text):
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
        layout.draw(painter, QRectF(left, rect.top() + (_ROW - line.height()) / 2, 0, 0).topLeft())
        return left + line.naturalTextWidth()
