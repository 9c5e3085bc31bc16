"""The column beside the statement: what it listens to, what it writes, what it yields."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QApplication, QHBoxLayout, QVBoxLayout, QWidget

from gui.pages.parts import Heading, LinkRow, clear_layout, name_value_grid
from gui.theme import current
from gui.viewmodels.rule import ActionCard
from gui.viewmodels.rule_editor import RuleEditor
from gui.widgets.flow import FlowLayout
from gui.widgets.frames import Card
from gui.widgets.labels import Label, StateShape
from gui.widgets.token_button import TokenButton

_LABELS: Final = 44


class RuleSide(QWidget):
    """Inputs, actions and fields, by what is written now.

    Signals:
        documentAsked: The key of a connector's page.
    """

    documentAsked = Signal(str)

    def __init__(self, editor: RuleEditor, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._editor = editor
        self.input_rows: list[LinkRow] = []
        self.field_buttons: list[TokenButton] = []
        self._shapes: list[StateShape] = []
        self._shown: tuple[object, ...] = ()
        self._inputs, self._actions = QVBoxLayout(), QVBoxLayout()
        self._fields = QVBoxLayout()
        self._lay_out()
        editor.partsChanged.connect(self._show_parts)
        editor.rule.changed.connect(self._refresh)
        self._show_parts()

    def _lay_out(self) -> None:
        theme = current()
        column = QVBoxLayout(self)
        column.setContentsMargins(*[theme.size("space.panel")] * 4)
        column.setSpacing(theme.size("space.s"))
        parts = (
            (Heading(self.tr("Inputs"), self.tr("from FROM")), self._inputs),
            (Heading(self.tr("Actions")), self._actions),
            (Heading(self.tr("Fields"), self.tr("click to copy ${...}")), self._fields),
        )
        for heading, layout in parts:
            layout.setContentsMargins(0, 0, 0, 0)
            layout.setSpacing(theme.size("space.s"))
            column.addWidget(heading)
            column.addLayout(layout)
            column.addSpacing(theme.size("space.xs"))
        column.addStretch(1)

    @Slot()
    def _show_parts(self) -> None:
        """Show other parts; the widgets stay, and with them the focus, when they are the same."""
        editor = self._editor
        inputs = tuple((entry.topic, entry.source) for entry in editor.inputs)
        lines = tuple((a.name, a.kind, a.target, a.lines) for a in editor.rule.actions)
        parts = (inputs, lines, editor.output_fields)
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
        self._shapes = []
        for action in self._editor.rule.actions:
            self._actions.addWidget(self._action_card(action))
        if not self._shapes:
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
        for shape, action in zip(self._shapes, self._editor.rule.actions, strict=False):
            shape.set_status(action.state.status, action.state.word)
            shape.setToolTip(action.state.reason or action.state.word)

    @Slot()
    def _open(self) -> None:
        row = self.sender()
        if isinstance(row, LinkRow):
            self.documentAsked.emit(row.objectName())

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
