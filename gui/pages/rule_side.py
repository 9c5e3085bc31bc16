"""The column beside the statement: what it listens to, what it writes, what it yields."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QApplication, QMenu, QVBoxLayout, QWidget

from core.workspace.model import CONSOLE
from gui.pages.action_help import ActionHelp
from gui.pages.parts import Heading, LinkRow, clear_layout
from gui.pages.rule_actions import ActionCards
from gui.theme import current
from gui.viewmodels.edited_actions import EditedAction
from gui.viewmodels.rule_editor import RuleEditor
from gui.widgets.buttons import FlatButton, LinkButton, SecondaryButton
from gui.widgets.flow import FlowLayout
from gui.widgets.frames import Card
from gui.widgets.labels import Paragraph
from gui.widgets.menu import Menu
from gui.widgets.token_button import TokenButton

_HEADING = 26
_ABOVE = 5
_BELOW = 3
_INSET = 2
_GAP = 6


class RuleSide(QWidget):
    """Inputs, actions and fields, by what is written now.

    Signals:
        documentAsked: The key of a connector's page.
        actionAsked: The key of an action, to be edited.
        actionAdded: The key of one that was just made, to be edited.
    """

    documentAsked = Signal(str)
    actionAsked = Signal(str)
    actionAdded = Signal(str)

    def __init__(self, editor: RuleEditor, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._editor = editor
        self.input_rows: list[LinkRow] = []
        self.field_buttons: list[TokenButton] = []
        self.add_button = FlatButton(self.tr("Add"), "plus")
        self.cards = ActionCards()
        self.no_actions = _NoActions()
        self._shown: tuple[object, ...] = ()
        self._inputs, self._fields = QVBoxLayout(), QVBoxLayout()
        self._from = self._heading(self.tr("Inputs"), self.tr("from FROM"))
        self._copying = self._heading(self.tr("Fields"), self.tr("click to copy ${...}"))
        self._lay_out()
        self._connect_signals()
        self._show_parts()

    @property
    def action_rows(self) -> list[QWidget]:
        """The rows that open actions, in their order."""
        return [card.row for card in self.cards.cards]

    def focus_action(self, name: str) -> None:
        """Have the keyboard at an action, by default at the first; at Add where there is none."""
        rows = {card.action.name: card.row for card in self.cards.cards}
        row = rows.get(name) or next(iter(rows.values()), self.add_button)
        row.setFocus(Qt.FocusReason.OtherFocusReason)

    def _connect_signals(self) -> None:
        editor, cards = self._editor, self.cards
        cards.openAsked.connect(self.actionAsked)
        cards.switched.connect(self._switch)
        cards.moved.connect(editor.move_action)
        cards.removeAsked.connect(editor.remove_action)
        cards.lettersAsked.connect(self._open_letters)
        editor.live.letters.changed.connect(self._refresh)
        self.add_button.clicked.connect(self.ask_for_action)
        self.no_actions.add_button.clicked.connect(self.ask_for_action)
        self.no_actions.help_link.clicked.connect(self._explain)
        editor.partsChanged.connect(self._show_parts)
        editor.draftChanged.connect(self._show_parts)
        editor.rule.changed.connect(self._refresh)

    def _heading(self, text: str, note: str = "") -> Heading:
        heading = Heading(text, note)
        heading.setFixedHeight(_HEADING)
        heading.setContentsMargins(_INSET, 0, _INSET, 0)
        return heading

    def _lay_out(self) -> None:
        theme = current()
        side = theme.size("space.panel")
        column = QVBoxLayout(self)
        column.setContentsMargins(side, _BELOW, side, _GAP)
        column.setSpacing(0)
        actions = self._heading(self.tr("Actions"))
        self.add_button.set_small()
        self._menu = self._make_menu()
        actions.setContentsMargins(_INSET, 0, 0, 0)
        actions.add_widget(self.add_button)
        host = QWidget()
        inner = QVBoxLayout(host)
        inner.setContentsMargins(0, 0, 0, 0)
        inner.addWidget(self.cards)
        inner.addWidget(self.no_actions)
        for layout in (self._inputs, self._fields):
            layout.setContentsMargins(0, 0, 0, 0)
            layout.setSpacing(_GAP)
        parts = ((self._from, self._inputs), (actions, host), (self._copying, self._fields))
        for place, (heading, content) in enumerate(parts):
            column.addSpacing(_ABOVE if place else 0)
            column.addWidget(heading)
            column.addSpacing(_BELOW)
            if isinstance(content, QWidget):
                column.addWidget(content)
            else:
                column.addLayout(content)
        column.addStretch(1)

    def _make_menu(self) -> QMenu:
        menu = Menu(self)
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
        actions = editor.actions
        # An action's options are told by its lines; a model is another object after each edit.
        lines = tuple((a.name, a.key, a.kind_word, a.is_new, a.lines) for a in actions)
        parts = (inputs, lines, editor.output_fields)
        if parts != self._shown:
            before, self._shown = self._shown or ((), (), ()), parts
            if inputs != before[0] or not inputs:
                self._show_inputs()
            if lines != before[1] or not lines:
                self._show_actions(actions)
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
            inner.setContentsMargins(0, 1, 0, 1)
            inner.addWidget(row)
            self._inputs.addWidget(card)
            self.input_rows.append(row)
        if not self.input_rows:
            self._inputs.addWidget(_quiet(self.tr("The topics you name in FROM appear here.")))

    def _show_actions(self, actions: list[EditedAction]) -> None:
        self.cards.show_actions(actions)
        self.cards.setVisible(bool(actions))
        self.no_actions.setVisible(not actions)
        self.add_button.setVisible(bool(actions))

    def _show_fields(self) -> None:
        clear_layout(self._fields)
        self.field_buttons = []
        fields = self._editor.output_fields
        self._copying.note.setVisible(bool(fields))
        if fields is None:
            text = self.tr("All columns of the message: * is selected.")
            self._fields.addWidget(_quiet(text))
        elif not fields:
            text = self.tr("What SELECT yields, to use as ${...} in actions.")
            self._fields.addWidget(_quiet(text))
        else:
            host = QWidget()
            flow = FlowLayout(host, gap=_GAP)
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
        for card in self.cards.cards:
            card.row.show_state(self._editor.action_state(card.action))
            card.show_letters(self._editor.live.letters.of(card.action.name))

    @Slot()
    def _open(self) -> None:
        row = self.sender()
        if isinstance(row, LinkRow):
            self.documentAsked.emit(row.objectName())

    @Slot(str)
    def _open_letters(self, action: str) -> None:
        self.documentAsked.emit(f"dead_letters:{action}")

    @Slot(object, bool)
    def _switch(self, action: EditedAction, is_on: bool) -> None:
        self._editor.switch_action(action, is_on=is_on)

    @Slot()
    def ask_for_action(self) -> None:
        """Ask by a menu what kind of action the rule shall have."""
        button = self.add_button if self.add_button.isVisible() else self.no_actions.add_button
        self._menu.setActiveAction(self._menu.actions()[0])
        self._menu.popup(button.mapToGlobal(button.rect().bottomLeft()))

    @Slot()
    def _explain(self) -> None:
        """Say what an action is, below the link."""
        card = ActionHelp(self.no_actions.help_link)
        card.addAsked.connect(self.ask_for_action)
        card.open()

    @Slot()
    def _add_action(self) -> None:
        action = self.sender()
        if isinstance(action, QAction) and (key := self._editor.add_action(action.data())):
            self.actionAdded.emit(key)

    @Slot()
    def _copy(self) -> None:
        button = self.sender()
        if isinstance(button, TokenButton):
            QApplication.clipboard().setText(f"${{{button.text()}}}")


class _NoActions(QWidget):
    """What stands where a rule has no actions."""

    def __init__(self) -> None:
        super().__init__()
        self.add_button = SecondaryButton(self.tr("Add action"), "plus")
        self.add_button.set_small()
        self.help_link = LinkButton(self.tr("What is an action?"))
        host = QWidget()
        row = FlowLayout(host, gap=current().size("space.s"))
        row.setContentsMargins(_INSET, 0, 0, 0)
        row.addWidget(self.add_button)
        row.addWidget(self.help_link)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(_GAP)
        column.addWidget(_quiet(self.tr("This rule passes messages but sends them nowhere."), 1))
        column.addWidget(host)
        column.addSpacing(_BELOW + current().size("space.xs"))


def _quiet(text: str, below: int = _BELOW + 4) -> Paragraph:
    """Make a sentence for where nothing is yet, with some pixels below it."""
    paragraph = Paragraph(text, role="text2")
    paragraph.setContentsMargins(_INSET, 0, 0, below)
    paragraph.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
    return paragraph
