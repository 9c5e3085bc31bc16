"""Go to anything: pages and commands in one list, found by typing."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Final

from PySide6.QtCore import QEvent, QModelIndex, QObject, QPoint, QRectF, Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLineEdit, QListView, QVBoxLayout, QWidget

from gui.shell.goal import Goal, find, key_of
from gui.shell.goal_list import ROW, GoalDelegate, GoalModel
from gui.theme import current, set_face
from gui.viewmodels.workspace_search import MOST
from gui.widgets.chips import KeyCap
from gui.widgets.frames import Line
from gui.widgets.labels import Icon, Label
from gui.widgets.round_window import cut_corners, make_round

_WIDTH: Final = 600
_HIGHEST: Final = 520
_FIELD: Final = 44
_KEY_LINE: Final = 33
_BELOW_LIST: Final = 6
_MOST_RECENT: Final = 5
_BESIDE: Final = Qt.KeyboardModifier.ControlModifier
TEXTS: Final = "%"
"""The mark in front of a text that is looked for in the whole workspace."""

_MARKS: Final = {">": "command", "#": "topic", TEXTS: "text"}


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
        self.list.setItemDelegate(GoalDelegate(lambda: self.text, self))
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
        foot.setContentsMargins(theme.size("space.m") + 2, 0, theme.size("space.xxs"), 0)
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
            label.setContentsMargins(1, 0, theme.size("space.m"), 0)
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
        height = _FIELD + _KEY_LINE + _BELOW_LIST + 3 + max(self.model.height, 3 * ROW)
        self.resize(_WIDTH, min(_HIGHEST, height))

    def _again(self, goals: Sequence[Goal]) -> list[Goal]:
        """List the goals that were gone to last, as far as they are there."""
        known = {key_of(goal): goal for goal in goals}
        found = [known[each] for each in self._recent if each in known]
        return [replace(goal, group=self.tr("Recent")) for goal in found]

    def _remember(self, goal: Goal) -> None:
        each = key_of(goal)
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
