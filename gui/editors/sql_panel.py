"""The editor with its head of 36, its problem line of 32, and the commands that belong to it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from gui.editors.completer import Completer
from gui.editors.find_bar import FindBar
from gui.editors.ghost import Ghost
from gui.editors.hover import Hover
from gui.editors.problem_line import ProblemLine
from gui.editors.signature_hint import SignatureHelp
from gui.editors.sql_editor import SqlEditor
from gui.theme import current
from gui.viewmodels.payload_fields import PayloadFields
from gui.viewmodels.sql_document import SqlDocument
from gui.widgets.buttons import FlatButton, IconButton
from gui.widgets.frames import Ground, Line
from gui.widgets.labels import Label

_HEAD: Final = 36


class SqlPanel(QWidget):
    """Everything around the text of one statement.

    Attributes:
        editor: The text.
        examples: Opens the drawer of examples; the page does it.
        actions_by_name: `format`, `comment`, `find`, `next_problem`, `previous_problem`, whose
            keys are the window's; `fix`, `complete`, `signature` with keys here.
    """

    def __init__(
        self, statement: SqlDocument, fields: PayloadFields, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._statement = statement
        self.editor = SqlEditor(statement)
        self.line = ProblemLine(statement)
        self.hover = Hover(self.editor)
        self.signatures = SignatureHelp(self.editor)
        self.completer = Completer(self.editor, fields)
        self.ghost = Ghost(self.editor, fields)
        self.actions_by_name: dict[str, QAction] = {}
        self._add_actions()
        self.find_bar = FindBar(self.editor)
        self.examples = FlatButton(self.tr("Examples"), "book-open")
        self.examples.set_small()
        self.examples.setCheckable(True)
        self._format = FlatButton(self.tr("Format"), "align-left")
        self._format.set_small()
        self._format.follow(self.actions_by_name["format"])
        self._find = IconButton("search", self.tr("Find"))
        self._find.set_small()
        self._find.follow(self.actions_by_name["find"])
        self._lay_out()
        self.completer.functionWritten.connect(self.signatures.open)
        self.editor.placeChanged.connect(self._take_place)
        self.editor.escaped.connect(self.hover.close)
        self.line.fixAsked.connect(self.hover.fix)
        self.hover.turned.connect(self.line.be_brief)
        self.find_bar.closed.connect(self._take_keyboard)
        statement.textChanged.connect(self._take_text)
        self._take_text()

    def _lay_out(self) -> None:
        head = Ground("surface_alt")
        head.setFixedHeight(_HEAD)
        outer = QVBoxLayout(head)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(0)
        row = QHBoxLayout()
        row.setContentsMargins(14, 1, current().size("space.s"), 0)
        row.addWidget(Label(self.tr("SQL"), style="strong"), 1)
        row.setSpacing(6)
        for button in (self.examples, self._format, self._find):
            row.addWidget(button)
        row.addStrut(_HEAD - 1)
        outer.addLayout(row)
        outer.addWidget(Line())
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(head)
        column.addWidget(self.find_bar)
        column.addWidget(self.editor, 1)
        column.addWidget(self.line)
        self.setTabOrder(self._find, self.editor)
        self.setTabOrder(self.editor, self.line.fix)

    def _add_actions(self) -> None:
        tr, add = self.tr, self._add
        add("format", tr("Format SQL"), self.format)
        add("comment", tr("Toggle comment"), self.editor.toggle_comment)
        add("find", tr("Find"), lambda: self.find_bar.open())
        add("next_problem", tr("Next problem"), lambda: self._go(1))
        add("previous_problem", tr("Previous problem"), lambda: self._go(-1))
        add("fix", tr("Solve this problem"), self.fix, "Alt+Return")
        add("explain", tr("Explain this word"), self.hover.explain, "F1")
        add("complete", tr("Suggest"), self.completer.open, "Ctrl+Space")
        add("signature", tr("Show the arguments"), self.signatures.open, "Ctrl+Shift+Space")

    def _add(self, name: str, text: str, slot: Callable[[], object], *keys: str) -> None:
        action = QAction(text, self)
        action.setIconText(text)
        action.setShortcuts([QKeySequence(each) for each in keys])
        action.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        action.triggered.connect(slot)
        self.addAction(action)
        self.actions_by_name[name] = action

    def format(self) -> None:
        """Write the statement in one style, undone by one step; or say why that cannot be."""
        text, why_not = self._statement.formatted()
        if text:
            self.editor.replace_all(text)
        else:
            self.line.remark(why_not)

    def fix(self) -> None:
        """Put the problem at the cursor right, or the first one."""
        problem = self.line.problem
        if problem is not None:
            self.hover.close()
            self.hover.fix(problem)

    @Slot()
    def _take_keyboard(self) -> None:
        self.editor.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def _go(self, step: int) -> None:
        statement = self._statement
        problem = statement.neighbour(self.editor.offset, step) if statement.is_checked else None
        if problem is not None:
            self.editor.setFocus(Qt.FocusReason.ShortcutFocusReason)
            self.editor.go_to(problem.start)
            self.hover.show_problem(problem)

    @Slot(int, int)
    def _take_place(self, line: int, column: int) -> None:
        self.line.show_place(line, column)
        self.line.set_offset(self.editor.offset)

    @Slot()
    def _take_text(self) -> None:
        self.actions_by_name["format"].setEnabled(bool(self._statement.text.strip()))
