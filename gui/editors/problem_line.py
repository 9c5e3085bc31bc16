"""The line under an editor: the problem at the cursor, its fix, and where the cursor is."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from gui.theme import current
from gui.viewmodels.code_words import code_words
from gui.viewmodels.sql_document import EditorProblem, SqlDocument
from gui.viewmodels.words import plural
from gui.widgets.buttons import LinkButton
from gui.widgets.chips import KeyCap
from gui.widgets.frames import Ground, Line
from gui.widgets.labels import Label, StateShape
from gui.widgets.prose import ProseLine

_HEIGHT: Final = 32
_BEFORE_KEY: Final = 3
_BEHIND_KEY: Final = 7


class ProblemLine(Ground):
    """32 high: shape, sentence, one quick fix, F8, position.

    Signals:
        fixAsked: The problem that the line shows is to be put right.
    """

    fixAsked = Signal(object)

    def __init__(self, statement: SqlDocument, parent: QWidget | None = None) -> None:
        super().__init__("surface_alt", parent)
        self._statement = statement
        self._offset = 0
        self._remark = ""
        self._is_brief = False
        self.problem: EditorProblem | None = None
        self.setFixedHeight(_HEIGHT)
        self.shape = StateShape("no_result", ground="surface_alt")
        self.text = ProseLine()
        self.fix = LinkButton()
        self.fix.set_small()
        self._cap = KeyCap("F8")
        self._place = Label(style="small", role="text2")
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(0)
        outer.addWidget(Line())
        row = QHBoxLayout()
        row.setContentsMargins(14, 0, current().size("space.s"), 0)
        row.setSpacing(current().size("space.s"))
        row.addWidget(self.shape)
        row.addWidget(self.text, 1)
        for widget, before in ((self.fix, 0), (self._cap, _BEFORE_KEY), (self._place, _BEHIND_KEY)):
            row.addSpacing(before)
            row.addWidget(widget)
        row.addStrut(_HEIGHT - 1)
        outer.addLayout(row)
        self.fix.clicked.connect(self._ask)
        statement.textChanged.connect(self._forget_remark)
        statement.checked.connect(self._refresh)
        self.show_place(1, 1)
        self._refresh()

    def show_place(self, line: int, column: int) -> None:
        """Show where the cursor is."""
        self._place.setText(self.tr("Ln {line}, Col {column}").format(line=line, column=column))

    def set_offset(self, offset: int) -> None:
        """Prefer the problem that the cursor is at."""
        self._offset = offset
        self._refresh()

    def remark(self, text: str) -> None:
        """Say something until the text changes."""
        self._remark = text
        self._refresh()

    @Slot(bool)
    def be_brief(self, is_brief: bool) -> None:
        """Count the problems, while a card over the text tells what the one at the cursor is."""
        self._is_brief = is_brief
        self._refresh()

    @Slot()
    def _forget_remark(self) -> None:
        self._remark = ""

    @Slot()
    def _refresh(self) -> None:
        statement = self._statement
        found = statement.problems if statement.is_checked else ()
        here = statement.problem_at(self._offset) if found else None
        self.problem = here or (found[0] if found else None)
        self._cap.setVisible(bool(found))
        has_fix = self.problem is not None and bool(self.problem.fix_label)
        self.fix.setVisible(has_fix and not self._is_brief)
        if self._remark:
            self._say("no_result", self._remark)
        elif self.problem is not None:
            self.fix.setText(self.problem.fix_label)
            self._say(
                "failed" if self.problem.severity == "error" else "degraded",
                self._sentence(self.problem, len(found)),
            )
        elif not statement.text.strip():
            self._say("no_result", self.tr("Nothing to check yet"))
        elif statement.is_checked:
            self._say("passed", self.tr("No problems"))

    def _sentence(self, problem: EditorProblem, count: int) -> str:
        said = f"{problem.sentence} {problem.advice}".strip()
        words = plural("%n problem", "%n problems", count)
        if self._is_brief:
            return words
        return said if count == 1 else f"{words}: {said}"

    def _say(self, status: str, text: str) -> None:
        self.shape.set_status(status)
        is_bad = status in ("failed", "degraded")
        self.text.say(text, code_words(text) if is_bad else {}, "text1" if is_bad else "text2")
        self.setAccessibleName(text)

    @Slot()
    def _ask(self) -> None:
        self.fixAsked.emit(self.problem)
