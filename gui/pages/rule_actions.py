"""The actions of a rule as cards in their order: opened, switched, moved, taken out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import QPoint, QRect, QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import (
    QContextMenuEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
)
from PySide6.QtWidgets import (
    QAbstractButton,
    QGridLayout,
    QHBoxLayout,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from gui.pages.parts import clear_layout
from gui.theme import current
from gui.viewmodels.edited_actions import EditedAction
from gui.viewmodels.live import State
from gui.viewmodels.words import plural
from gui.widgets.buttons import LinkButton
from gui.widgets.code_label import CodeLabel
from gui.widgets.frames import Card
from gui.widgets.labels import Label
from gui.widgets.menu import Menu
from gui.widgets.switch import Switch

_HEAD: Final = 24
_AROUND: Final = 5
_GAP: Final = 6
_NAMES: Final = 34
_LEFT: Final = 41
_LINE: Final = 18
_SHAPE: Final = 12
_GRIP: Final = 14
_MARK: Final = 2
_STEPS: Final = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}


class ActionRow(QAbstractButton):
    """Grip, shape, name and kind of an action; opens it. The grip is dragged.

    Signals:
        moveAsked: Alt+Up (-1) or Alt+Down (1) was pressed.
        removeAsked: Del was pressed.
        dragged: The grip is held, at this place of the screen.
        dropped: It was let go.
    """

    moveAsked = Signal(int)
    removeAsked = Signal()
    dragged = Signal(QPoint)
    dropped = Signal()

    def __init__(self, action: EditedAction, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._kind, self._is_new = action.bare_kind, action.is_new
        self._detail = action.kind_word
        if action.is_new:
            self._detail = self.tr("{kind}, not saved yet").format(kind=action.kind_word)
        self._status = "stopped"
        self._is_off = not action.is_enabled
        self._is_dragging = False
        self.setText(action.name)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleDescription(self.tr("Alt+Up and Alt+Down move it; Del takes it out."))
        self.setMouseTracking(True)
        current().changed.connect(self.update)

    def show_state(self, state: State) -> None:
        """Show another state."""
        self._status = state.status
        self.setAccessibleName(", ".join((self.text(), self._detail, state.word)))
        tip = f"{state.word}. {state.reason}" if state.reason else state.word
        self.setToolTip(f"{self._detail}. {tip}" if self._is_new else tip)
        self.update()

    def sizeHint(self) -> QSize:
        """Take one row."""
        return QSize(120, _HEAD)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Open by Enter, move by Alt and an arrow, take out by Del."""
        key = Qt.Key(event.key())
        if key in _STEPS and event.modifiers() & Qt.KeyboardModifier.AltModifier:
            self.moveAsked.emit(_STEPS[key])
        elif key in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self.removeAsked.emit()
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.click()
        else:
            super().keyPressEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Take hold of the grip."""
        self._is_dragging = self._is_on_grip(event) and event.button() == Qt.MouseButton.LeftButton
        if not self._is_dragging:
            super().mousePressEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Drag."""
        if self._is_dragging:
            self.dragged.emit(event.globalPosition().toPoint())
            return
        shape = Qt.CursorShape.OpenHandCursor
        self.setCursor(shape if self._is_on_grip(event) else Qt.CursorShape.PointingHandCursor)
        super().mouseMoveEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Let go."""
        if self._is_dragging:
            self._is_dragging = False
            self.dropped.emit()
            return
        super().mouseReleaseEvent(event)

    def _is_on_grip(self, event: QMouseEvent) -> bool:
        return event.position().x() < _LEFT - _SHAPE - _GAP

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint grip, shape, name and kind."""
        theme, painter = current(), QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        ground = "hover_content" if self.underMouse() else "surface2"
        radius = theme.size("radius.s")
        around = QRectF(self.rect()).adjusted(1, 0, -1, 0)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.colour(ground))
        painter.drawRoundedRect(around, radius, radius)
        if self.hasFocus():
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(theme.colour("focus"), theme.size("line.focus")))
            painter.drawRoundedRect(around.adjusted(1, 1, -1, -1), radius, radius)
        middle = self.height() // 2
        grip = QRect(4, middle - _GRIP // 2, _GRIP, _GRIP)
        theme.icon("grip-vertical", "text2", _GRIP).paint(painter, grip)
        shape = QRectF(_LEFT - _SHAPE - 7, middle - _SHAPE / 2, _SHAPE, _SHAPE)
        theme.paint_state(painter, shape, self._status, ground)
        painter.setFont(theme.font("body", 500))
        painter.setPen(theme.colour("text2" if self._is_off else "text1"))
        left = self._paint_text(painter, _LEFT, self.text())
        painter.setFont(theme.font("small"))
        painter.setPen(theme.colour("text3"))
        left += _GAP + 2
        fits = left + painter.fontMetrics().horizontalAdvance(self._detail) <= self.width()
        self._paint_text(painter, left, self._detail if fits else self._kind)

    def _paint_text(self, painter: QPainter, left: int, text: str) -> int:
        """Paint a text and return where it ends."""
        metrics, room = painter.fontMetrics(), max(self.width() - left, 0)
        shown = metrics.elidedText(text, Qt.TextElideMode.ElideRight, room)
        painter.drawText(QRect(left, 0, room, self.height()), Qt.AlignmentFlag.AlignVCenter, shown)
        return left + metrics.horizontalAdvance(shown)


class ActionCard(Card):
    """One action: its row with the switch, and what it writes.

    Attributes:
        action: What it shows.
        row: Opens it.
        switch: Whether it takes records.
        letters_link: Leads to its dead letters.
        menu: What can be done with it.
    """

    def __init__(self, action: EditedAction, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.action = action
        self.row = ActionRow(action)
        self.switch = Switch("", small=True)
        self.switch.setFixedHeight(_HEAD)
        self.switch.setChecked(action.is_enabled)
        self.switch.setAccessibleName(self.tr("{name} enabled").format(name=action.name))
        self.menu = Menu(self)
        head = QHBoxLayout()
        head.setContentsMargins(0, 0, 9, 0)
        head.setSpacing(_GAP)
        head.addWidget(self.row, 1)
        head.addWidget(self.switch)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, _AROUND, 0, _AROUND)
        column.setSpacing(0)
        column.addLayout(head)
        if action.lines:
            column.addLayout(self._lines())
        self.letters_link = LinkButton()
        self.letters_link.set_small()
        self.letters_link.hide()
        below = QHBoxLayout()
        below.setContentsMargins(_LEFT, 0, 13, 0)
        below.addWidget(self.letters_link)
        below.addStretch(1)
        column.addLayout(below)

    @property
    def stops(self) -> list[QWidget]:
        """What Tab goes through, in its order."""
        return [self.row, self.switch, self.letters_link]

    @property
    def focused_stop(self) -> QWidget | None:
        """Which of them has the keyboard."""
        return next((stop for stop in self.stops if stop.hasFocus()), None)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Open the menu, by mouse or by key."""
        if not self.menu.isEmpty():
            self.menu.popup(event.globalPos())

    def show_letters(self, count: int) -> None:
        """Lead to the messages that could not be delivered, where there are some."""
        if count:
            words = plural("%n dead letter", "%n dead letters", count)
            self.letters_link.setText(words)
            self.letters_link.setAccessibleName(f"{words}, {self.action.name}")
        self.letters_link.setVisible(bool(count))

    def _lines(self) -> QGridLayout:
        grid = QGridLayout()
        grid.setContentsMargins(_LEFT, 0, 13, 4)
        grid.setHorizontalSpacing(4)
        grid.setVerticalSpacing(0)
        grid.setColumnMinimumWidth(0, _NAMES)
        grid.setColumnStretch(1, 1)
        for number, (name, value) in enumerate(self.action.lines):
            grid.addWidget(Label(name, style="small", role="text3"), number, 0)
            grid.addWidget(CodeLabel(value, "placeholders", name=name), number, 1)
            grid.setRowMinimumHeight(number, _LINE)
        return grid


class ActionCards(QWidget):
    """All cards of a rule.

    Signals:
        openAsked: The key of an action, to be edited.
        switched: An action, and whether it is to be on.
        moved: The name of an action, and its new place among the others, from 0.
        removeAsked: The name of an action that the rule is to send to no more.
        lettersAsked: The name of an action whose dead letters are to be seen.
    """

    openAsked = Signal(str)
    switched = Signal(object, bool)
    moved = Signal(str, int)
    removeAsked = Signal(str)
    lettersAsked = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.cards: list[ActionCard] = []
        self._mark = -1
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(_GAP)

    def show_actions(self, actions: Sequence[EditedAction]) -> None:
        """Show these; the keyboard stays with the action that it is at, or where that was."""
        names = [action.name for action in actions]
        at = next((n for n, card in enumerate(self.cards) if card.focused_stop is not None), -1)
        focused = self.cards[at] if at >= 0 else None
        stop = focused.focused_stop if focused is not None else None
        clear_layout(self._column)
        self.cards = [self._card(action) for action in actions]
        before: QWidget = self  # Tab finds what is made anew here, not behind all else
        for card in self.cards:
            self._column.addWidget(card)
            for part in card.stops:
                QWidget.setTabOrder(before, part)
                before = part
        if focused is not None and stop is not None and self.cards:
            is_there = focused.action.name in names
            card = self.cards[
                names.index(focused.action.name) if is_there else min(at, len(names) - 1)
            ]
            part = card.stops[focused.stops.index(stop)] if is_there else card.row
            part.setFocus(Qt.FocusReason.TabFocusReason)

    def _card(self, action: EditedAction) -> ActionCard:
        card, name = ActionCard(action), action.name
        row = card.row
        is_in_list = action.is_enabled or action.kind != "console"
        if action.key:
            row.clicked.connect(lambda: self.openAsked.emit(action.key))
        card.switch.clicked.connect(lambda is_on: self.switched.emit(action, is_on))
        card.letters_link.clicked.connect(lambda: self.lettersAsked.emit(name))
        if is_in_list:
            row.moveAsked.connect(lambda step: self._move(name, step))
            row.removeAsked.connect(lambda: self.removeAsked.emit(name))
            row.dragged.connect(lambda place: self._drag(place))
            row.dropped.connect(lambda: self._drop(name))
            self._add_menu(card)
        return card

    def _add_menu(self, card: ActionCard) -> None:
        name, menu = card.action.name, card.menu
        for text, keys, what in (
            (self.tr("Move up"), "Alt+Up", lambda: self._move(name, -1)),
            (self.tr("Move down"), "Alt+Down", lambda: self._move(name, 1)),
            (self.tr("Take out of the rule"), "Del", lambda: self.removeAsked.emit(name)),
        ):
            action = menu.addAction(f"{text}\t{keys}")
            action.triggered.connect(what)
        if card.action.kind == "kafka" and not card.action.is_new:
            letters = menu.addAction(self.tr("Dead letters"))
            letters.triggered.connect(lambda: self.lettersAsked.emit(name))

    def _movable(self) -> list[str]:
        """Name the actions that have a place: all but a console that is off."""
        return [
            card.action.name
            for card in self.cards
            if card.action.is_enabled or card.action.kind != "console"
        ]

    def _move(self, name: str, step: int) -> None:
        names = self._movable()
        place = names.index(name) + step
        if 0 <= place < len(names):
            self.moved.emit(name, place)

    def _drag(self, place: QPoint) -> None:
        """Mark where the action would go."""
        y = self.mapFromGlobal(place).y()
        count = len(self._movable())
        mark = sum(card.geometry().center().y() < y for card in self.cards[:count])
        if mark != self._mark:
            self._mark = mark
            self.update()

    def _drop(self, name: str) -> None:
        mark, self._mark = self._mark, -1
        self.update()
        before = self._movable().index(name)
        if mark >= 0 and mark not in (before, before + 1):
            self.moved.emit(name, mark - (mark > before))

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint where a dragged action would go."""
        if self._mark < 0 or not self.cards:
            return
        last = self.cards[-1].geometry().bottom()
        tops = [card.geometry().top() for card in self.cards]
        top = tops[self._mark] - (_GAP + _MARK) // 2 if self._mark < len(tops) else last
        mark = QRect(0, max(min(top, self.height() - _MARK), 0), self.width(), _MARK)
        QPainter(self).fillRect(mark, current().colour("accent"))

    @Slot()
    def focus_first(self) -> None:
        """Have the keyboard at the first action."""
        if self.cards:
            self.cards[0].row.setFocus(Qt.FocusReason.TabFocusReason)
