"""Go to anything: pages and commands in one list, found by typing."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
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
    Signal,
    Slot,
)
from PySide6.QtGui import (
    QFont,
    QFontMetrics,
    QKeyEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
    QTextCharFormat,
    QTextLayout,
)
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLineEdit,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from gui.theme import current, set_face
from gui.viewmodels.workspace_search import MOST
from gui.widgets.chips import KeyCap, key_cap_size, paint_key_cap
from gui.widgets.frames import Line
from gui.widgets.labels import Icon, Label
from gui.widgets.round_window import cut_corners, make_round

_WIDTH: Final = 600
_HIGHEST: Final = 520
_FIELD: Final = 44
_ROW: Final = 30
_KEY_LINE: Final = 33
_HEAD: Final = 26
_BELOW_LIST: Final = 6
_INSET: Final = 4
_END: Final = 14
_BETWEEN_CAPS: Final = 3
_MOST_RECENT: Final = 5
_WORDS, _DETAIL, _FUZZY = 1, 2, 3
"""How well a goal fits: its name is the text, holds it, its detail does, it has the letters."""
_BESIDE: Final = Qt.KeyboardModifier.ControlModifier
TEXTS: Final = "%"
"""The mark in front of a text that is looked for in the whole workspace."""
_MARKS: Final = {">": "command", "#": "topic", TEXTS: "text"}
_WIDEST_PLACE: Final = 200
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
        group: The heading it is listed under.
        rate: What stands at the right end instead of keys.
        kind: `command`, `topic` or `text`, which a mark in front of what is typed asks for alone.
        document: The key of the document it leads to; empty for none.
        also: Other words that it is found by, and that are not shown.
    """

    name: str
    detail: str
    go: Callable[[], object]
    status: str = ""
    icon: str = ""
    keys: str = ""
    group: str = ""
    rate: str = ""
    kind: str = ""
    document: str = ""
    also: str = ""


def _key_of(goal: Goal) -> str:
    """Tell a goal from all others, also of the same name."""
    return goal.document or f"{goal.kind}:{goal.icon}:{goal.name}"


def find(goals: Sequence[Goal], text: str) -> list[Goal]:
    """Choose what holds the text, in the order that there is.

    A group whose goal has just this name comes first, one that only tells of it in details last.
    Where nothing holds the text, what holds all its letters in order is chosen.
    """
    scored = [(score, goal) for goal in goals if (score := _score(goal, text)) is not None]
    if any(score < _FUZZY for score, _ in scored):
        scored = [found for found in scored if found[0] < _FUZZY]
    best: dict[str, int] = {}
    for score, goal in scored:
        best[goal.group] = min(score, best.get(goal.group, score))
    places = list(best)
    scored.sort(key=lambda found: (best[found[1].group], places.index(found[1].group), found[0]))
    return [goal for _, goal in scored]


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
        return 0 if low == wanted else _WORDS
    if wanted in goal.detail.lower() or wanted in goal.also.lower():
        return _DETAIL
    return _FUZZY if letters(goal.name, wanted) else None


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
        return sum(_HEAD if isinstance(row, str) else _ROW for row in self._rows)

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


class Palette(QFrame):
    """A window of its own under the toolbar; Enter goes, Escape leaves.

    Signals:
        besideAsked: The key of a document that is to be opened beside the one that is shown.
    """

    besideAsked = Signal(str)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self._goals: list[Goal] = []
        self._texts: Callable[[str], list[Goal]] = lambda _text: []
        self._recent: list[tuple[str, str]] = []  # kind and name, the latest first
        self.setAccessibleName(self.tr("Go to anything"))
        self.setProperty("kind", "popover")
        make_round(self)
        self.field = QLineEdit()
        self._count = Label(style="small", role="text3")
        self.list = QListView()
        self.model = GoalModel(self)
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
        self.list.setProperty("kind", "goals")
        self.field.setProperty("kind", "bare")
        top = QHBoxLayout()
        top.setContentsMargins(theme.size("space.l"), 2, theme.size("space.m"), 0)
        top.setSpacing(theme.size("space.xs"))
        top.addStrut(_FIELD - 3)  # the line below belongs to it
        top.addWidget(Icon("search", 16, "text2"))
        top.addWidget(self.field, 1)
        top.addWidget(self._count)
        top.addSpacing(theme.size("space.xs"))
        top.addWidget(KeyCap(self.tr("Esc")))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(top)
        column.addWidget(Line())
        column.addWidget(self.list, 1)
        column.addWidget(Line())
        column.addLayout(self._foot())

    def _foot(self) -> QHBoxLayout:
        """Tell the keys that work here."""
        theme = current()
        foot = QHBoxLayout()
        foot.setContentsMargins(theme.size("space.m") + 2, 0, theme.size("space.m"), 0)
        foot.setSpacing(theme.size("space.xs"))
        foot.addStrut(_KEY_LINE)
        for keys, does in (
            (("↑", "↓"), self.tr("choose")),
            ((self.tr("Enter"),), self.tr("open")),
            ((self.tr("Ctrl"), self.tr("Enter")), self.tr("open to the side")),
            ((">",), self.tr("commands")),
            (("#",), self.tr("topics")),
        ):
            if keys == (">",):
                foot.addStretch(1)
            for key in keys:
                foot.addWidget(KeyCap(key))
            label = Label(does, style="small", role="text3")
            label.setContentsMargins(2, 0, theme.size("space.m"), 0)
            foot.addWidget(label)
        return foot

    def ask(
        self,
        goals: list[Goal],
        below: QPoint,
        text: str = "",
        texts: Callable[[str], list[Goal]] = lambda _text: [],
    ) -> None:
        """Open with these goals.

        Args:
            goals: What there is.
            below: The middle of the upper edge, in the screen's pixels.
            text: What is in the field at first.
            texts: Finds the lines that hold what is typed behind the mark for texts.
        """
        self._goals, self._texts = goals, texts
        self.setGeometry(below.x() - _WIDTH // 2, below.y(), _WIDTH, _HIGHEST)
        self.field.setText(text)
        self._search(text)
        self.show()
        self.field.setFocus(Qt.FocusReason.PopupFocusReason)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the corners round."""
        super().resizeEvent(event)
        cut_corners(self)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the ground with round corners."""
        theme, painter = current(), QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setBrush(theme.colour("surface3"))
        painter.setPen(theme.colour("border_strong"))
        radius = theme.size("radius.l")
        rect = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        painter.drawRoundedRect(rect, radius, radius)
        painter.setClipRect(self.rect().adjusted(0, self.height() - _KEY_LINE - 1, 0, 0))
        painter.setBrush(theme.colour("surface_alt"))  # of the keys
        painter.drawRoundedRect(rect, radius, radius)

    @property
    def text(self) -> str:
        """What was typed, without the mark of a kind."""
        text = self.field.text()
        return text[1:] if text[:1] in _MARKS else text

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Let the arrow keys and Enter of the field work on the list."""
        is_key = watched is self.field and event.type() == QEvent.Type.KeyPress
        if (
            is_key
            and isinstance(event, QKeyEvent)
            and self._take_key(event.key(), event.modifiers())
        ):
            return True
        return super().eventFilter(watched, event)

    def _take_key(self, key: int, modifiers: Qt.KeyboardModifier) -> bool:
        steps = {
            int(Qt.Key.Key_Down): 1,
            int(Qt.Key.Key_Up): -1,
            int(Qt.Key.Key_PageDown): 10,
            int(Qt.Key.Key_PageUp): -10,
        }
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._go(self.list.currentIndex(), beside=bool(modifiers & _BESIDE))
            return True
        if key not in steps or not self.model.rowCount():
            return False
        row = self.model.next_goal(self.list.currentIndex().row(), steps[key])
        self.list.setCurrentIndex(self.model.index(row, 0))
        return True

    @Slot(str)
    def _search(self, text: str) -> None:
        goals = self._goals
        if kind := _MARKS.get(text[:1]):
            goals = [goal for goal in goals if goal.kind == kind]
        if kind == "text":
            found = self._texts(self.text)
        else:
            found = find(goals, self.text) if text else [*self._again(goals), *goals]
        self.model.show(found)
        self.list.setCurrentIndex(self.model.index(self.model.next_goal(-1, 0), 0))
        is_cut = kind == "text" and len(found) == MOST
        count = self.tr("the first {count}") if is_cut else self.tr("{count} found")
        self._count.setText(count.format(count=len(found if text else goals)))
        height = _FIELD + _KEY_LINE + _BELOW_LIST + 3 + max(self.model.height, 3 * _ROW)
        self.resize(_WIDTH, min(_HIGHEST, height))

    def _again(self, goals: Sequence[Goal]) -> list[Goal]:
        """List the goals that were gone to last, as far as they are there."""
        known = {_key_of(goal): goal for goal in goals}
        found = [known[each] for each in self._recent if each in known]
        return [replace(goal, group=self.tr("Recent")) for goal in found]

    def _remember(self, goal: Goal) -> None:
        each = _key_of(goal)
        self._recent = [each, *(other for other in self._recent if other != each)][:_MOST_RECENT]

    @Slot(QModelIndex)
    def _go(self, index: QModelIndex, *, beside: bool = False) -> None:
        goal = index.data(GoalModel.GOAL) if index.isValid() else None
        if not isinstance(goal, Goal):
            return
        self.hide()
        if goal.kind != "text":
            self._remember(goal)
        if beside and goal.document:
            self.besideAsked.emit(goal.document)
        else:
            goal.go()


class _GoalDelegate(QStyledItemDelegate):
    """Paints a goal: shape or icon, name with its matched letters, detail, keys."""

    def __init__(self, palette: Palette) -> None:
        super().__init__(palette)
        self._palette = palette

    def sizeHint(
        self, _option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> QSize:
        """Take one row; headings are lower."""
        return QSize(0, _ROW if index.data(GoalModel.GOAL) is not None else _HEAD)

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
        icon = QRectF(rect.left() + 14, rect.top() + (_ROW - _ICON) / 2, _ICON, _ICON)
        if goal.status:
            theme.paint_state(painter, icon.adjusted(2, 2, -2, -2), goal.status, ground)
        elif goal.icon:
            theme.icon(goal.icon, "text2", _ICON).paint(painter, icon.toRect())
        right = self._paint_end(painter, rect, goal)
        room = QRectF(icon.right() + 9, rect.top(), right - icon.right() - 27, _ROW)
        left = self._paint_name(painter, room, goal)
        painter.setFont(theme.font("body", figures=False))
        painter.setPen(theme.colour("text3"))
        box = QRectF(left + 9, rect.top(), right - left - 18, _ROW)
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
            box = QRectF(right - width, rect.top(), width + 1, _ROW)
            painter.drawText(box, Qt.AlignmentFlag.AlignVCenter, rate)
            return right - width
        for key in reversed(goal.keys.split("+")) if goal.keys else ():
            size = key_cap_size(key)
            right -= size.width()
            place = QPointF(right, rect.top() + (_ROW - size.height()) / 2)
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
        layout.draw(painter, QPointF(room.left(), room.top() + (_ROW - line.height()) / 2))
        return room.left() + line.naturalTextWidth()
