"""The column beside the statement: what it listens to, what it writes, what it yields."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QApplication, QMenu, QVBoxLayout, QWidget

from core.workspace.model import CONSOLE
from gui.pages.parts import Heading, LinkRow, clear_layout, name_value_grid
from gui.theme import current
from gui.viewmodels.live import State
from gui.viewmodels.rule import ActionCard
from gui.viewmodels.rule_editor import RuleEditor
from gui.widgets.buttons import LinkButton
from gui.widgets.flow import FlowLayout
from gui.widgets.frames import Card
from gui.widgets.labels import Label
from gui.widgets.token_button import TokenButton

_LABELS: Final = 44


class RuleSide(QWidget):
    """Inputs, actions and fields, by what is written now.

    Signals:
        documentAsked: The key of a connector's page.
        actionAsked: The key of an action, to be edited.
    """

    documentAsked = Signal(str)
    actionAsked = Signal(str)

    def __init__(self, editor: RuleEditor, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._editor = editor
        self.input_rows: list[LinkRow] = []
        self.action_rows: list[LinkRow] = []
        self.field_buttons: list[TokenButton] = []
        self.add_button = LinkButton(self.tr("Add action"))
        self._shown: tuple[object, ...] = ()
        self._inputs, self._actions = QVBoxLayout(), QVBoxLayout()
        self._fields = QVBoxLayout()
        self._lay_out()
        editor.partsChanged.connect(self._show_parts)
        editor.draftChanged.connect(self._show_parts)
        editor.rule.changed.connect(self._refresh)
        self._show_parts()

    def _lay_out(self) -> None:
        theme = current()
        column = QVBoxLayout(self)
        column.setContentsMargins(*[theme.size("space.panel")] * 4)
        column.setSpacing(theme.size("space.s"))
        actions = Heading(self.tr("Actions"))
        self.add_button.set_small()
        self._menu = self._make_menu()
        self.add_button.clicked.connect(self._show_menu)
        actions.add_widget(self.add_button)
        parts = (
            (Heading(self.tr("Inputs"), self.tr("from FROM")), self._inputs),
            (actions, self._actions),
            (Heading(self.tr("Fields"), self.tr("click to copy ${...}")), self._fields),
        )
        for heading, layout in parts:
            layout.setContentsMargins(0, 0, 0, 0)
            layout.setSpacing(theme.size("space.s"))
            column.addWidget(heading)
            column.addLayout(layout)
            column.addSpacing(theme.size("space.xs"))
        column.addStretch(1)

    def _make_menu(self) -> QMenu:
        menu = QMenu(self)
        for kind, text in (
            ("kafka", self.tr("Write to &Kafka")),
            ("republish", self.tr("&Publish over MQTT")),
            (CONSOLE, self.tr("Write to the &log")),
        ):
            action = QAction(text, menu)
            action.setData(kind)
            action.triggered.connect(self._add_action)
            menu.addAction(action)
        return menu

    @Slot()
    def _show_parts(self) -> None:
        """Show other parts; the widgets stay, and with them the focus, when they are the same."""
        editor = self._editor
        inputs = tuple((entry.topic, entry.source) for entry in editor.inputs)
        lines = tuple((a.name, a.kind, a.target, a.lines) for a in editor.rule.actions)
        parts = (inputs, lines, tuple(editor.new_actions), editor.output_fields)
        if parts != self._shown:
            self._shown = parts
            self._show_inputs()
            self._show_actions()
            self._show_fields()
        self._refresh()

    def _show_inputs(self) -> None:
        clear_layout(self._inputs)
        self.input_rows = []
        for entry in self._editor.inputs:
            row = LinkRow(entry.topic, entry.source)
            row.setObjectName(f"connector:{entry.source}")
            row.clicked.connect(self._open)
            card = Card()
            inner = QVBoxLayout(card)
            inner.setContentsMargins(1, 1, 1, 1)
            inner.addWidget(row)
            self._inputs.addWidget(card)
            self.input_rows.append(row)
        if not self.input_rows:
            self._inputs.addWidget(_quiet(self.tr("The topics you name in FROM appear here.")))

    def _show_actions(self) -> None:
        clear_layout(self._actions)
        self.action_rows = []
        for action in self._editor.rule.actions:
            self._actions.addWidget(self._action_card(action))
        for name in self._editor.new_actions:
            self._actions.addWidget(self._card_of(self._action_row(name, self.tr("not saved yet"))))
        if not self.action_rows:
            text = self.tr("This rule passes messages but sends them nowhere.")
            self._actions.addWidget(_quiet(text))

    def _action_row(self, name: str, detail: str) -> LinkRow:
        row = LinkRow(name, detail)
        row.setObjectName(f"action:{name}")
        row.setEnabled(name != CONSOLE)
        row.show_state(State("stopped"))
        row.clicked.connect(self._edit)
        self.action_rows.append(row)
        return row

    def _card_of(self, row: LinkRow) -> Card:
        card = Card()
        column = QVBoxLayout(card)
        column.setContentsMargins(1, 1, 1, 1)
        column.setSpacing(0)
        column.addWidget(row)
        return card

    def _action_card(self, action: ActionCard) -> QWidget:
        where = ", ".join(part for part in (action.kind, action.target) if part)
        card = self._card_of(self._action_row(action.name, where))
        side = current().size("space.panel")
        grid = name_value_grid(_LABELS)
        grid.setContentsMargins(side, 2, side, 10)
        for number, (name, value) in enumerate(action.lines):
            text = Label(value, style="code_small", elide="end")
            grid.addWidget(Label(name, style="small", role="text3"), number, 0)
            grid.addWidget(text, number, 1)
        column = card.layout()
        if isinstance(column, QVBoxLayout):
            column.addLayout(grid)
        return card

    def _show_fields(self) -> None:
        clear_layout(self._fields)
        self.field_buttons = []
        fields = self._editor.output_fields
        if fields is None:
            text = self.tr("All columns of the message: * is selected.")
            self._fields.addWidget(_quiet(text))
        elif not fields:
            text = self.tr("What SELECT yields, to use as ${...} in actions.")
            self._fields.addWidget(_quiet(text))
        else:
            host = QWidget()
            flow = FlowLayout(host, gap=6)
            for name in fields:
                what = self.tr("Copy {placeholder}").format(placeholder=f"${{{name}}}")
                button = TokenButton(name, what)
                button.clicked.connect(self._copy)
                flow.addWidget(button)
                self.field_buttons.append(button)
            self._fields.addWidget(host)

    @Slot()
    def _refresh(self) -> None:
        for row, entry in zip(self.input_rows, self._editor.inputs, strict=False):
            row.show_state(entry.state, entry.now)
        for row, action in zip(self.action_rows, self._editor.rule.actions, strict=False):
            row.show_state(action.state)

    @Slot()
    def _open(self) -> None:
        row = self.sender()
        if isinstance(row, LinkRow):
            self.documentAsked.emit(row.objectName())

    @Slot()
    def _edit(self) -> None:
        row = self.sender()
        if isinstance(row, LinkRow):
            self.actionAsked.emit(row.objectName())

    @Slot()
    def _show_menu(self) -> None:
        self._menu.setActiveAction(self._menu.actions()[0])
        self._menu.popup(self.add_button.mapToGlobal(self.add_button.rect().bottomLeft()))

    @Slot()
    def _add_action(self) -> None:
        action = self.sender()
        if isinstance(action, QAction) and (key := self._editor.add_action(action.data())):
            self.actionAsked.emit(key)

    @Slot()
    def _copy(self) -> None:
        button = self.sender()
        if isinstance(button, TokenButton):
            QApplication.clipboard().setText(f"${{{button.text()}}}")


def _quiet(text: str) -> Label:
    label = Label(text, role="text2")
    label.setWordWrap(True)
    label.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
    return label
