"""A statement while it is written: its text, what is wrong with it, and how to put that right."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import QObject, QTimer, Signal, Slot
from shiboken6 import isValid

from core.errors import SqlError
from core.sql.completion import place_of_column
from core.sql.diagnostics import join_words
from core.sql.fixes import Fix, fix_of, fix_of_word
from core.sql.format import format_statement
from core.sql.lexer import has_comments
from core.sql.parser import parse
from core.sql.problem import Severity
from core.sql.rule import compile_rule
from core.workspace.problems import Unsupplied
from gui.tasks import Tasks
from gui.viewmodels.words import tr

_PAUSE_MS: Final = 200
_GENERATED: Final = "_v_"
IDENTITIES: Final = ("clientid", "username")
"""Columns of which a connector says where they come from."""


@dataclass(frozen=True, slots=True)
class EditorProblem:
    """A problem as the editor shows it.

    Attributes:
        start: Where it begins, in characters of the text.
        end: Behind its last character; at least one is marked.
        line: Of the start, from 1.
        severity: "error" or "warning".
        sentence: What is wrong.
        advice: What to write instead; may be empty.
        fix: What solves it at once; None where a person has to decide.
        unsupplied: The column that it is about, if the source need not bring it.
    """

    start: int
    end: int
    line: int
    severity: Severity
    sentence: str
    advice: str = ""
    fix: Fix | None = None
    unsupplied: Unsupplied | None = None

    @property
    def fix_label(self) -> str:
        """What the button that solves it says; empty where there is none."""
        if self.fix is not None:
            return tr("Use {text}").format(text=self.fix.text)
        if self.unsupplied is not None and self.unsupplied.column in IDENTITIES:
            return tr("Open {connector}").format(connector=self.unsupplied.source)
        return ""


@dataclass(frozen=True, slots=True)
class Checked:
    """What a check has found.

    Attributes:
        text: The statement that was checked.
        problems: In the order of the text.
        topics: The entries of FROM; None while the statement does not compile.
        fields: The names it selects; None if they depend on the message or are unknown.
    """

    text: str
    problems: tuple[EditorProblem, ...] = ()
    topics: tuple[str, ...] | None = None
    fields: tuple[str, ...] | None = None


def check(text: str) -> Checked:
    """Check a statement; an empty one has no problem. Takes tens of milliseconds."""
    if not text.strip():
        return Checked(text)
    try:
        rule = compile_rule(text)
    except SqlError as exc:
        return Checked(text, (_of_error(exc, text),))
    problems = tuple(
        EditorProblem(
            found.span.start,
            max(found.span.end, found.span.start + 1),
            found.span.line,
            found.severity,
            sentence_of(found.message),
            sentence_of(found.hint),
            fix_of(found, text),
        )
        for found in rule.warnings
    )
    selected = rule.selected
    if selected is not None:
        selected = tuple(name for name in selected if not name.startswith(_GENERATED))
        selected = tuple(sorted(selected, key=lambda name: (text.find(name), name)))
    return Checked(text, problems, rule.topics, selected)


def sentence_of(text: str) -> str:
    """End a text as a sentence; code at its end stays as it is."""
    return text if not text or text.endswith((".", "?", "!", "#", '"')) else f"{text}."


class SqlDocument(QObject):
    """The text of one statement. A moment after the last change it is checked in a thread.

    Signals:
        textChanged: The text is another one.
        checked: `problems`, `topics` and `fields` belong to the present text.
    """

    textChanged = Signal()
    checked = Signal()

    def __init__(self, tasks: Tasks, text: str = "", parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._tasks = tasks
        self._text = text
        self._result = Checked("")
        self._unsupplied: tuple[Unsupplied, ...] = ()
        self._problems: tuple[EditorProblem, ...] = ()
        self._has_checked = False
        self._is_busy = False
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(_PAUSE_MS)
        self._pause.timeout.connect(self.check_now)
        self._pause.start(0)

    @property
    def text(self) -> str:
        """The statement as it is written."""
        return self._text

    def set_text(self, text: str) -> None:
        """Take another text."""
        if text != self._text:
            self._text = text
            self.textChanged.emit()
            self._pause.start()

    def set_unsupplied(self, columns: tuple[Unsupplied, ...]) -> None:
        """Mark these columns where they are read: the source need not bring them."""
        if columns != self._unsupplied:
            self._unsupplied = columns
            self._join()
            if self.is_checked:
                self.checked.emit()

    def _join(self) -> None:
        """Put what the check has found and what the source lacks into the order of the text."""
        placed = (_of_column(what, self._result.text) for what in self._unsupplied)
        found = (*self._result.problems, *(each for each in placed if each is not None))
        self._problems = tuple(sorted(found, key=lambda problem: problem.start))

    @property
    def is_checked(self) -> bool:
        """Whether the last check was of the present text."""
        return self._has_checked and self._result.text == self._text

    @property
    def problems(self) -> tuple[EditorProblem, ...]:
        """What the last check has found; its places are right only while `is_checked`."""
        return self._problems

    @property
    def errors(self) -> int:
        """How many of the problems are errors."""
        return sum(problem.severity == "error" for problem in self.problems)

    @property
    def topics(self) -> tuple[str, ...]:
        """The entries of FROM; none while the statement does not compile."""
        return self._result.topics or ()

    @property
    def does_compile(self) -> bool:
        """Whether the last text that was checked is a statement."""
        return self._result.topics is not None

    @property
    def fields(self) -> tuple[str, ...] | None:
        """What templates can name; None when that depends on the message."""
        return self._result.fields if self.does_compile else ()

    def problem_at(self, place: int) -> EditorProblem | None:
        """Find the first problem whose text a place touches."""
        return next((p for p in self.problems if p.start <= place <= p.end), None)

    def neighbour(self, place: int, step: int) -> EditorProblem | None:
        """Find the next (1) or previous (-1) problem from a place on, around the ends."""
        found = self.problems
        if not found:
            return None
        if step > 0:
            return next((p for p in found if p.start > place), found[0])
        return next((p for p in reversed(found) if p.start < place), found[-1])

    def formatted(self) -> tuple[str, str]:
        """Write the statement in one style: the text, or empty and why it cannot be done."""
        if has_comments(self._text):
            return "", tr("Comments would be lost: format works without them.")
        try:
            return format_statement(parse(self._text)), ""
        except SqlError as exc:
            return "", tr("Solve this first: {problem}").format(problem=sentence_of(exc.message))

    @Slot()
    def check_now(self) -> None:
        """Check without waiting for a pause."""
        self._pause.stop()
        if not self._is_busy and not self.is_checked and not self._tasks.is_over:
            self._is_busy = True
            self._tasks.start(self._check(), "check a statement")

    async def _check(self) -> None:
        try:
            result = await asyncio.to_thread(check, self._text)
        finally:
            self._is_busy = False
        if not isValid(self):  # its page was closed meanwhile
            return
        self._result, self._has_checked = result, True
        self._join()
        if self.is_checked:
            self.checked.emit()
        else:  # it was changed meanwhile
            self._pause.start()


def _of_column(what: Unsupplied, text: str) -> EditorProblem | None:
    """Say that a column may have no value, where the statement reads it."""
    span = place_of_column(text, what.column)
    if span is None:
        return None
    sentence = tr("{column} never has a value: messages of {source} do not bring it.")
    advice = tr("Take it from a level of the topic or from the payload.")
    if what.user_property:
        sentence = tr("{column} is undefined unless publishers set the user property {property}.")
        advice = tr("Or take it from a level of the topic or from the payload.")
    elif what.column not in IDENTITIES:
        sentence = tr("{column} never has a value: only the publisher's own broker knows it.")
        advice = tr("Leave it out, or have publishers send it in the payload.")
    words = {"column": what.column, "source": what.source, "property": what.user_property}
    return EditorProblem(
        span.start,
        span.end,
        span.line,
        "warning",
        sentence.format(**words),
        advice,
        unsupplied=what,
    )


def _of_error(error: SqlError, text: str) -> EditorProblem:
    span = error.span
    start, end, line = (span.start, span.end, span.line) if span is not None else (0, 0, 1)
    if end <= start:  # behind the end, or nowhere: the last character is marked
        start, end = max(start - 1, 0), max(start, 1)
    advice = error.hint
    if not advice and error.expected:
        advice = tr("Expected: {words}").format(words=join_words(error.expected))
    fix = fix_of_word(span, text, error.expected) if span is not None else None
    return EditorProblem(
        start, end, line, "error", sentence_of(error.message), sentence_of(advice), fix
    )
