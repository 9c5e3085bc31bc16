"""Who uses a connector, and what it has been doing: two tabs of its page."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from gui.pages.parts import Heading, LinkRow, clear_layout
from gui.theme import current
from gui.viewmodels.activity import Happening
from gui.viewmodels.connector import ConnectorViewModel
from gui.widgets.buttons import IconButton, SecondaryButton
from gui.widgets.frames import Card
from gui.widgets.labels import Label, Paragraph, StateShape

_TOP: Final = 20
_ROW: Final = 28
_TIME: Final = 72
_LOWER: Final = 2  # a paragraph's first line stands lower than a label's


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
        documentAsked: The key of a page.
        ruleAsked: A new rule that listens to the connector is wanted.
    """

    documentAsked = Signal(str)
    ruleAsked = Signal()

    def __init__(self, connector: ConnectorViewModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._connector = connector
        self._rows: list[tuple[str, str, LinkRow]] = []
        card, self._list = _card()
        column = _column(self)
        self.rule_button = SecondaryButton(self.tr("New rule"), "plus")
        self.rule_button.set_small()
        self.rule_button.clicked.connect(self.ruleAsked)
        head = Heading(self.tr("Used by"))
        head.setMaximumWidth(current().size("width.form_max"))
        head.add_widget(self.rule_button)
        column.addWidget(head)
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
        self.rule_button.setVisible(self._connector.is_mqtt)
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
                row.show_state(user.state, user.flow)


class Activity(QWidget):
    """What went through a connector, and what has happened to it, the newest first."""

    def __init__(self, connector: ConnectorViewModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._connector = connector
        self._values: list[Label] = []
        self._shown: list[Happening] = []
        numbers, self._numbers = _card()
        self._events_card, self._events = _card()
        self.copy_button = IconButton("copy", self.tr("Copy what has happened"))
        self.copy_button.clicked.connect(self._copy)
        self.nothing = Paragraph(
            self.tr("Nothing has happened yet: it was not started."), role="text2"
        )
        column = _column(self)
        column.addWidget(_heading(self.tr("Traffic"), self.tr("since start")))
        column.addWidget(numbers)
        column.addSpacing(current().size("space.m"))
        head = _heading(self.tr("What has happened"), self.tr("since the workspace was opened"))
        head.add_widget(self.copy_button)
        column.addWidget(head)
        column.addWidget(self._events_card)
        column.addWidget(self.nothing)
        column.addStretch(1)
        connector.changed.connect(self._refresh)
        connector.happened.connect(self._show_events)
        self._show_events()
        self._refresh()

    @property
    def lines(self) -> list[str]:
        """What has happened, as it is copied."""
        return [f"{each.at:%H:%M:%S}  {each.text}" for each in self._connector.happenings]

    @Slot()
    def _refresh(self) -> None:
        figures = self._connector.numbers
        if len(figures) != len(self._values):
            clear_layout(self._numbers)
            self._values = []
            for figure in figures:
                value = Label(figure.value, weight=500, elide="end")
                self._numbers.addWidget(_line(Label(figure.name, role="text2"), value))
                self._values.append(value)
        for label, figure in zip(self._values, figures, strict=True):
            label.setText(figure.value)

    @Slot()
    def _show_events(self) -> None:
        """Put what is new on top; what is no longer kept goes from the bottom."""
        kept = self._connector.happenings
        known = {id(each) for each in self._shown}
        new = [each for each in kept if id(each) not in known]
        if len(new) == len(kept):
            clear_layout(self._events)
        for each in reversed(new):
            self._events.insertWidget(0, _event(each))
        self._shown = kept
        while self._events.count() > len(kept):
            item = self._events.takeAt(self._events.count() - 1)
            if item is not None and (old := item.widget()) is not None:
                old.hide()
                old.deleteLater()
        self._events_card.setVisible(bool(kept))
        self.copy_button.setVisible(bool(kept))
        self.nothing.setVisible(not kept)

    @Slot()
    def _copy(self) -> None:
        QGuiApplication.clipboard().setText("\n".join(self.lines))


def _heading(text: str, note: str) -> Heading:
    heading = Heading(text, note)
    heading.setMaximumWidth(current().size("width.form_max"))
    return heading


def _event(happening: Happening) -> QWidget:
    """Make a line: time, shape, and sentences that may take several lines."""
    host = QWidget()
    host.setAccessibleName(f"{happening.at:%H:%M:%S}, {happening.text}")
    time = Label(happening.at.strftime("%H:%M:%S"), style="small", role="text3")
    time.setFixedWidth(_TIME)
    time.setContentsMargins(0, _LOWER, 0, 0)
    text = Paragraph(happening.text)
    text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    row = QHBoxLayout(host)
    row.setContentsMargins(12, 5, 12, 5)
    row.setSpacing(current().size("space.s"))
    top = Qt.AlignmentFlag.AlignTop
    shape = QVBoxLayout()
    shape.setContentsMargins(0, 3 + _LOWER, 0, 0)
    shape.addWidget(StateShape(happening.status, ground="surface2"), 0, top)
    row.addWidget(time, 0, top)
    row.addLayout(shape)
    row.addWidget(text, 1)
    return host


def _line(name: Label, value: Label) -> QWidget:
    host = QWidget()
    host.setFixedHeight(_ROW)
    row = QHBoxLayout(host)
    row.setContentsMargins(current().size("space.panel"), 0, 12, 0)
    row.setSpacing(current().size("space.l"))
    value.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
    row.addWidget(name)
    row.addWidget(value, 1)
    return host
