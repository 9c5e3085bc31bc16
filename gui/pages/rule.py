"""A rule's page: its statement in colours, what it reads and writes, and its counters."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import (
    QApplication,
    QHBoxLayout,
    QHeaderView,
    QSplitter,
    QVBoxLayout,
    QWidget,
)

from gui.pages.parts import (
    Heading,
    LinkRow,
    PageHeader,
    clear_layout,
    name_value_grid,
    scrolling,
)
from gui.theme import current
from gui.viewmodels.rule import ActionCard, CounterModel, RuleViewModel
from gui.viewmodels.table_roles import TableRole
from gui.widgets.buttons import FlatButton
from gui.widgets.code_view import CodeView
from gui.widgets.frames import Banner, Card, Ground, Line
from gui.widgets.grouped_table import GroupedDelegate, TableRoles
from gui.widgets.labels import Label, StateShape
from gui.widgets.table_view import TableView

_SIDE: Final = 316
_HEAD: Final = 36
_LABELS: Final = 44
_COUNTERS: Final = 240
_COLUMNS: Final = (220, 110, 90)


class RulePage(QWidget):
    """Everything about one rule.

    Signals:
        documentAsked: The key of a connector's page.
    """

    documentAsked = Signal(str)

    def __init__(self, rule: RuleViewModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._rule = rule
        rule.setParent(self)
        self.header = PageHeader(rule.name)
        self.sql = CodeView(self.tr("SQL of the rule"), "sql", numbered=True)
        self.counters = TableView(self.tr("Counters"))
        self.problem = Banner()
        self.problem.close_button.hide()
        self._latency = Label(style="small", role="text2", elide="end")
        self._inputs = QVBoxLayout()
        self._actions = QVBoxLayout()
        self._fields = QVBoxLayout()
        self._input_rows: list[LinkRow] = []
        self._shapes: list[StateShape] = []
        self._fill_counters()
        self._lay_out()
        rule.settingsChanged.connect(self._show_settings)
        rule.changed.connect(self._refresh)
        self._show_settings()

    @property
    def input_rows(self) -> list[LinkRow]:
        """The rows of what it listens to."""
        return self._input_rows

    def _fill_counters(self) -> None:
        table = self.counters
        table.setModel(CounterModel(self._rule))
        roles = TableRoles(TableRole.HEAD, TableRole.STATUS, TableRole.TONE)
        table.setItemDelegate(GroupedDelegate(roles, table))
        header = table.horizontalHeader()
        for number, width in enumerate(_COLUMNS):
            table.setColumnWidth(number, width)
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.header)
        body = QHBoxLayout()
        body.setSpacing(0)
        splitter = QSplitter(Qt.Orientation.Vertical)
        splitter.setChildrenCollapsible(False)
        splitter.setHandleWidth(1)
        splitter.addWidget(self._editor())
        splitter.addWidget(self._counter_area())
        splitter.setStretchFactor(0, 1)
        splitter.setSizes([320, _COUNTERS])
        body.addWidget(splitter, 1)
        body.addWidget(Line(Qt.Orientation.Vertical))
        side = scrolling(self._side(), self.tr("Inputs, actions and fields"))
        side.setFixedWidth(_SIDE)
        body.addWidget(side)
        column.addLayout(body, 1)

    def _editor(self) -> QWidget:
        host = QWidget()
        column = QVBoxLayout(host)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        copy = FlatButton(self.tr("Copy"), "copy")
        copy.clicked.connect(self._copy)
        column.addWidget(self._head(self.tr("SQL"), copy))
        column.addWidget(self.sql, 1)
        column.addWidget(self.problem)
        return host

    def _counter_area(self) -> QWidget:
        host = QWidget()
        column = QVBoxLayout(host)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._head(self.tr("Counters"), self._latency))
        column.addWidget(self.counters, 1)
        return host

    def _head(self, title: str, right: QWidget) -> QWidget:
        head = Ground("surface_alt")
        head.setFixedHeight(_HEAD)
        outer = QVBoxLayout(head)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(0)
        row = QHBoxLayout()
        row.setContentsMargins(14, 0, current().size("space.s"), 0)
        row.addWidget(Label(title, style="strong"), 1)
        row.addWidget(right)
        line = Line()
        row.addStrut(_HEAD - line.height())
        outer.addLayout(row)
        outer.addWidget(line)
        return head

    def _side(self) -> QWidget:
        theme = current()
        side = QWidget()
        column = QVBoxLayout(side)
        column.setContentsMargins(*[theme.size("space.panel")] * 4)
        column.setSpacing(theme.size("space.s"))
        parts = (
            (Heading(self.tr("Inputs"), self.tr("from FROM")), self._inputs),
            (Heading(self.tr("Actions")), self._actions),
            (Heading(self.tr("Fields"), self.tr("for ${...} in templates")), self._fields),
        )
        for heading, layout in parts:
            layout.setContentsMargins(0, 0, 0, 0)
            layout.setSpacing(theme.size("space.s"))
            column.addWidget(heading)
            column.addLayout(layout)
            column.addSpacing(theme.size("space.xs"))
        column.addStretch(1)
        return side

    @Slot()
    def _show_settings(self) -> None:
        rule = self._rule
        self.header.label.setText(rule.label)
        self.sql.show_code(rule.sql)
        if rule.error:
            self.problem.say(rule.error)
        else:
            self.problem.hide()
        self._show_inputs()
        self._show_actions()
        self._show_fields()
        self._refresh()

    def _show_inputs(self) -> None:
        clear_layout(self._inputs)
        self._input_rows = []
        for entry in self._rule.inputs:
            row = LinkRow(entry.topic, entry.source)
            row.clicked.connect(
                lambda _checked=False, key=f"connector:{entry.source}": self.documentAsked.emit(key)
            )
            card = Card()
            inner = QVBoxLayout(card)
            inner.setContentsMargins(1, 1, 1, 1)
            inner.addWidget(row)
            self._inputs.addWidget(card)
            self._input_rows.append(row)

    def _show_actions(self) -> None:
        clear_layout(self._actions)
        self._shapes = []
        for action in self._rule.actions:
            self._actions.addWidget(self._action_card(action))
        if not self._rule.actions:
            text = self.tr("This rule passes messages but sends them nowhere.")
            self._actions.addWidget(_quiet(text))

    def _action_card(self, action: ActionCard) -> QWidget:
        theme = current()
        card = Card()
        column = QVBoxLayout(card)
        column.setContentsMargins(theme.size("space.panel"), 10, theme.size("space.panel"), 10)
        column.setSpacing(6)
        head = QHBoxLayout()
        head.setSpacing(theme.size("space.s"))
        shape = StateShape(ground="surface2")
        self._shapes.append(shape)
        head.addWidget(shape)
        head.addWidget(Label(action.name, weight=500))
        where = ", ".join(part for part in (action.kind, action.target) if part)
        head.addWidget(Label(where, style="small", role="text3", elide="end"), 1)
        column.addLayout(head)
        grid = name_value_grid(_LABELS)
        for number, (name, value) in enumerate(action.lines):
            text = Label(value, style="code_small", elide="end")
            grid.addWidget(Label(name, style="small", role="text3"), number, 0)
            grid.addWidget(text, number, 1)
        column.addLayout(grid)
        return card

    def _show_fields(self) -> None:
        clear_layout(self._fields)
        fields = self._rule.fields
        if fields is None:
            text = self.tr("All columns of the message: * is selected.")
            self._fields.addWidget(_quiet(text))
        elif fields:
            names = Label(", ".join(fields), style="code_small")
            names.setWordWrap(True)
            names.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            self._fields.addWidget(names)

    @Slot()
    def _refresh(self) -> None:
        rule = self._rule
        self.header.show_state(rule.state)
        for row, entry in zip(self._input_rows, rule.inputs, strict=False):
            row.show_state(entry.state, entry.now)
        for shape, action in zip(self._shapes, rule.actions, strict=False):
            shape.set_status(action.state.status, action.state.word)
            shape.setToolTip(action.state.reason or action.state.word)
        self._latency.setText(rule.latency)

    @Slot()
    def _copy(self) -> None:
        QApplication.clipboard().setText(self._rule.sql)


def _quiet(text: str) -> Label:
    label = Label(text, role="text2")
    label.setWordWrap(True)
    return label
