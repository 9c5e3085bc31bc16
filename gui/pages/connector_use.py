"""Who uses a connector, and what it has been doing: two tabs of its page."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from gui.pages.parts import Heading, LinkRow, clear_layout
from gui.theme import current
from gui.viewmodels.connector import ConnectorViewModel
from gui.widgets.frames import Card
from gui.widgets.labels import Label, StateShape

_TOP: Final = 20
_ROW: Final = 28
_TIME: Final = 72


def _column(host: QWidget) -> QVBoxLayout:
    page = current().size("space.page")
    column = QVBoxLayout(host)
    column.setContentsMargins(page, _TOP, page, page)
    column.setSpacing(current().size("space.s"))
    return column


def _card() -> tuple[Card, QVBoxLayout]:
    card = Card()
    card.setMaximumWidth(current().size("width.form_max"))
    rows = QVBoxLayout(card)
    rows.setContentsMargins(1, 4, 1, 4)
    rows.setSpacing(0)
    return card, rows


class UsedBy(QWidget):
    """The rules, actions and simulators that name a connector.

    Signals:
        documentAsked: The key of a rule's page.
    """

    documentAsked = Signal(str)

    def __init__(self, connector: ConnectorViewModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._connector = connector
        self._rows: list[tuple[str, str, LinkRow]] = []
        card, self._list = _card()
        column = _column(self)
        column.addWidget(Heading(self.tr("Used by")))
        column.addWidget(card)
        column.addStretch(1)
        connector.settingsChanged.connect(self._show)
        connector.changed.connect(self._refresh)
        self._show()

    @property
    def rows(self) -> list[LinkRow]:
        """The rows of those who use it."""
        return [row for _, _, row in self._rows]

    @Slot()
    def _show(self) -> None:
        clear_layout(self._list)
        self._rows = []
        for user in self._connector.users:
            row = LinkRow(user.name, user.detail)
            row.setEnabled(bool(user.target))
            row.clicked.connect(
                lambda _checked=False, key=user.target: self.documentAsked.emit(key)
            )
            self._list.addWidget(row)
            self._rows.append((user.kind, user.name, row))
        if not self._rows:
            nobody = Label(self.tr("No rule and no action names it."), role="text2")
            nobody.setContentsMargins(12, 6, 12, 6)
            self._list.addWidget(nobody)
        self._refresh()

    @Slot()
    def _refresh(self) -> None:
        users = {(user.kind, user.name): user for user in self._connector.users}
        for kind, name, row in self._rows:
            if user := users.get((kind, name)):
                row.show_state(user.state)


class Activity(QWidget):
    """What went through a connector, and when its state changed."""

    def __init__(self, connector: ConnectorViewModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._connector = connector
        self._values: list[Label] = []
        numbers, self._numbers = _card()
        turns, self._turns = _card()
        column = _column(self)
        column.addWidget(Heading(self.tr("Traffic"), self.tr("since start")))
        column.addWidget(numbers)
        column.addSpacing(current().size("space.m"))
        column.addWidget(Heading(self.tr("States"), self.tr("since the page was opened")))
        column.addWidget(turns)
        column.addStretch(1)
        connector.changed.connect(self._refresh)
        connector.turned.connect(self._show_turns)
        self._show_turns()
        self._refresh()

    @Slot()
    def _refresh(self) -> None:
        figures = self._connector.numbers
        if len(figures) != len(self._values):
            clear_layout(self._numbers)
            self._values = []
            for figure in figures:
                value = Label(figure.value, weight=500)
                self._numbers.addWidget(_line(Label(figure.name, role="text2"), value))
                self._values.append(value)
        for label, figure in zip(self._values, figures, strict=True):
            label.setText(figure.value)

    @Slot()
    def _show_turns(self) -> None:
        clear_layout(self._turns)
        for turn in self._connector.turns:
            time = Label(turn.at.strftime("%H:%M:%S"), style="small", role="text3")
            time.setFixedWidth(_TIME)
            reason = turn.state.reason.rstrip(".")
            text = f"{turn.state.word}. {reason}." if reason else turn.state.word
            host = QWidget()
            host.setFixedHeight(_ROW)
            row = QHBoxLayout(host)
            row.setContentsMargins(12, 0, 12, 0)
            row.setSpacing(current().size("space.s"))
            row.addWidget(time)
            row.addWidget(StateShape(turn.state.status, ground="surface2"))
            row.addWidget(Label(text, elide="end"), 1)
            self._turns.addWidget(host)


def _line(name: Label, value: Label) -> QWidget:
    host = QWidget()
    host.setFixedHeight(_ROW)
    row = QHBoxLayout(host)
    row.setContentsMargins(current().size("space.panel"), 0, 12, 0)
    row.addWidget(name, 1)
    row.addWidget(value, 0, Qt.AlignmentFlag.AlignRight)
    return host
