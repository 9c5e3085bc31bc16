"""The stored tests of a rule: chosen, saved from the present trial, changed, run all together."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

import msgspec
from pydantic import ValidationError
from PySide6.QtCore import QObject, QTimer, Signal, Slot
from shiboken6 import isValid

from core.clock import Clock
from core.errors import AppError
from core.jq_process import JqProcess
from core.lab.new_test import make_test
from core.lab.rule_tests import TestResult, run_rule_tests
from core.sql.columns import MESSAGE_PUBLISH
from core.sql.functions.context import EvalContext
from core.sql.json_text import NOT_JSON
from core.workspace.kafka import KafkaAction
from core.workspace.model import Actions, Rule, Workspace
from gui.viewmodels.edited_actions import edited_actions
from gui.viewmodels.names import taken
from gui.viewmodels.object_drafts import Drafts
from gui.viewmodels.rule_actions import actions_of
from gui.viewmodels.rule_test import RuleTest
from gui.viewmodels.rule_trial import TrialInput
from gui.viewmodels.words import sentences, tr

_TESTS: Final = ("tests",)
_LONGEST_NAME: Final = 40
_NEW: Final = -1


@dataclass(frozen=True, slots=True)
class Case:
    """One stored test.

    Attributes:
        name: What it is called; its number where the file gives none.
        result: How it went the last time; None before.
    """

    name: str
    result: TestResult | None = None


class RuleCases(QObject):
    """Reads and edits the table `[[rules.NAME.tests]]` of a draft. Belongs to the loop's thread.

    Signals:
        changed: The cases, the chosen one, or their results.
        ran: All cases were run.
        failed: A case was not stored: why.
    """

    changed = Signal()
    ran = Signal()
    failed = Signal(str)

    def __init__(self, drafts: Drafts, rule: str, test: RuleTest, parent: QObject) -> None:
        """Begin with none chosen.

        Args:
            drafts: Where the rule is edited.
            rule: Its key.
            test: The form that a case fills.
            parent: Qt's owner.
        """
        super().__init__(parent)
        self._drafts, self._rule, self._test = drafts, rule, test
        self._tables: list[dict[str, Any]] = []
        self._results: list[TestResult] = []  # as many as cases, or none
        self._chosen = _NEW
        self._seen: dict[str, Any] = {}
        self._is_busy = False
        drafts.changed.connect(self._take_draft)
        drafts.saved.connect(self._take_saved)
        drafts.turned.connect(self._take_turn)
        drafts.live.workspaceChanged.connect(self._take_tables)
        test.resultChanged.connect(self.changed)
        self._take_tables()

    # What there is

    @property
    def cases(self) -> list[Case]:
        """All of them, in their order."""
        results = self._results or [None] * len(self._tables)
        return [
            Case(_name(table, place), result)
            for place, (table, result) in enumerate(zip(self._tables, results, strict=True))
        ]

    @property
    def chosen(self) -> int:
        """The place of the one that the form was filled with; -1 for none."""
        return self._chosen

    @property
    def is_running(self) -> bool:
        """Whether cases are run or one is made now."""
        return self._is_busy

    @property
    def can_run(self) -> bool:
        """Whether the statement compiles, as far as that is known."""
        return self._test.does_compile

    @property
    def can_save(self) -> bool:
        """Whether there is a statement, which a case can be made of."""
        return self._test.result.outcome != "empty"

    @property
    def failures(self) -> list[TestResult]:
        """The results that are not as expected."""
        return [case.result for case in self.cases if case.result and not case.result.passed]

    @property
    def has_run(self) -> bool:
        """Whether there are results, which are those of the present rule."""
        return any(case.result is not None for case in self.cases)

    def message_name(self) -> str:
        """Call the message in the form by the chosen case, else by the payload's values."""
        return self.cases[self._chosen].name if self._chosen != _NEW else self._message_words()

    def proposed_name(self) -> str:
        """Propose a name for a new case: the payload's values, or the event's kind."""
        stem = self._message_words()
        names, name, at = {case.name for case in self.cases}, stem, 1
        while name in names:
            at += 1
            name = f"{stem} ({at})"
        return name

    def name_problem(self, name: str) -> str:
        """Say what keeps another case from being called this; empty for nothing."""
        return taken("cases", name) if name in (case.name for case in self.cases) else ""

    def new_name_problem(self, name: str) -> str:
        """Say what keeps the chosen case from being called this; empty for nothing."""
        is_same = self._chosen != _NEW and name == self.cases[self._chosen].name
        return "" if is_same else self.name_problem(name)

    def _message_words(self) -> str:
        try:
            payload: Any = msgspec.json.decode(self._test.payload)
        except NOT_JSON:
            payload = None
        values = list(payload.values()) if isinstance(payload, dict) else []
        plain = [str(value) for value in values if isinstance(value, str | int | float)]
        words = tr(" and ").join(plain[:2]) or self._test.kind.name
        return words if len(words) <= _LONGEST_NAME else f"{words[: _LONGEST_NAME - 1]}…"

    # What can be done

    def choose(self, place: int) -> None:
        """Fill the form with a case, and try it; -1 chooses none and leaves the form."""
        self._chosen = place if 0 <= place < len(self._tables) else _NEW
        if self._chosen != _NEW:
            table = self._tables[self._chosen]
            event = str(table.get("event", MESSAGE_PUBLISH))
            self._test.take_event(event, _context(table))
        self.changed.emit()

    def save_new(self, name: str) -> None:
        """Store the present event and what the rule makes of it as another case."""
        self._make(name.strip() or self.proposed_name(), len(self._tables))

    def update(self) -> None:
        """Store them in place of the chosen case."""
        if self._chosen != _NEW:
            self._make(self.cases[self._chosen].name, self._chosen)

    def rename(self, name: str) -> None:
        """Call the chosen case otherwise."""
        if self._chosen != _NEW and name.strip():
            table = {**self._tables[self._chosen], "name": name.strip()}
            self._put(self._chosen, table)

    def delete(self) -> None:
        """Take the chosen case out; the form stays."""
        place, self._chosen = self._chosen, _NEW
        if place != _NEW:
            self._store([*self._tables[:place], *self._tables[place + 1 :]])

    def run_all(self) -> None:
        """Run every case on the rule and its actions as they are edited now; `ran` follows."""
        session, name = self._drafts.live.session, self._drafts.name(self._rule)
        if self._is_busy or not self._tables or session.is_closing:
            return
        try:
            rule = Rule.model_validate({**self._drafts.values(self._rule), "id": name})
        except ValidationError as exc:
            why = str(exc.errors()[0]["msg"])
            self.failed.emit(tr("The cases cannot be read: {why}").format(why=why))
            return
        kafka = {
            action.name: action.model
            for action in edited_actions(self._drafts, self._rule)
            if isinstance(action.model, KafkaAction)
        }
        self._set_busy(True)
        session.tasks.start(self._run(rule, kafka), f"test {self._rule}")

    # How it is done

    async def _run(self, rule: Rule, kafka: dict[str, KafkaAction]) -> None:
        tested = self._seen
        try:
            results = await asyncio.to_thread(_results, rule, kafka)
        finally:
            self._is_busy = False
        if not isValid(self):  # its page was closed meanwhile
            return
        self._results = results if self._seen is tested else []  # else they are of other text
        self.changed.emit()
        self.ran.emit()

    def _make(self, name: str, place: int) -> None:
        if self._is_busy or self._drafts.live.session.is_closing:
            return
        try:
            given = self._test.trial_input()
        except AppError as exc:
            self.failed.emit(sentences(exc.message, exc.hint))
            return
        self._set_busy(True)
        self._drafts.live.session.tasks.start(self._store_made(name, place, given), "make a test")

    async def _store_made(self, name: str, place: int, given: TrialInput) -> None:
        try:
            table = await asyncio.to_thread(_made, name, given)
        except AppError as exc:
            self._is_busy = False
            if isValid(self):
                self.changed.emit()
                self.failed.emit(sentences(exc.message, exc.hint))
            return
        self._is_busy = False
        if isValid(self):
            self._chosen = place
            self._put(place, table)

    def _put(self, place: int, table: dict[str, Any]) -> None:
        self._store([*self._tables[:place], table, *self._tables[place + 1 :]])

    def _store(self, tables: list[dict[str, Any]]) -> None:
        """Take cases into the draft; where nothing else is edited, into the file at once."""
        self._drafts.set(self._rule, _TESTS, tables or None)
        self._save()

    @Slot()
    def _save(self) -> None:
        """Write the cases into the file, unless more than they is edited."""
        rules = self._drafts.edits(self._rule).get("rules", {})
        edits = rules.get(self._drafts.name(self._rule), {}) if isinstance(rules, dict) else {}
        if not self._drafts.is_new(self._rule) and set(edits) == {"tests"}:
            self._drafts.save(self._rule)

    def _set_busy(self, is_busy: bool) -> None:
        self._is_busy = is_busy
        self.changed.emit()

    # What changes

    @Slot(str)
    def _take_draft(self, key: str) -> None:
        if key == self._rule or key.startswith("action:"):
            self._take_tables()

    @Slot(str)
    def _take_saved(self, key: str) -> None:
        """Write what was edited while the file was written."""
        if key == self._rule and self._drafts.is_dirty(key):
            QTimer.singleShot(0, self, self._save)  # the one before is not over yet

    @Slot(str, object)
    def _take_turn(self, key: str, _path: object) -> None:
        """Write the cases that were taken back, as they were written when they were made."""
        if key == self._rule:
            self._save()

    @Slot()
    def _take_tables(self) -> None:
        """Show what there is now; results stay those of the rule and actions that were run."""
        tested = self._tested()
        if tested == self._seen:
            return
        self._seen = tested
        tables, had_results = self._drafts.value(self._rule, _TESTS, []), bool(self._results)
        if tables == self._tables and not had_results:
            return  # a key in the statement: nothing of it is shown
        self._tables, self._results = tables, []
        if self._chosen >= len(tables):
            self._chosen = _NEW
        self.changed.emit()

    def _tested(self) -> dict[str, Any]:
        """Give everything that decides how the cases go."""
        keys = [f"action:{name}" for name in actions_of(self._drafts, self._rule)]
        return {key: self._drafts.values(key) for key in (self._rule, *keys)}


def _name(table: Mapping[str, Any], place: int) -> str:
    return str(table.get("name", "")) or tr("test {number}").format(number=place + 1)


def _context(table: Mapping[str, Any]) -> dict[str, Any]:
    """Give the columns that a case sets; it may hold them as JSON text."""
    given = table.get("context", {})
    if isinstance(given, str):
        try:
            given = msgspec.json.decode(given)
        except NOT_JSON:
            given = {}
    return dict(given) if isinstance(given, Mapping) else {}


def _results(rule: Rule, kafka: dict[str, KafkaAction]) -> list[TestResult]:
    """Run the tests of a rule with its actions. Blocks; tens of milliseconds and more."""
    workspace = Workspace(actions=Actions(kafka=kafka))
    with closing(JqProcess()) as jq:
        surroundings = partial(EvalContext.for_tester, jq=jq, environ=os.environ)
        return run_rule_tests(workspace, rule.id, rule, surroundings)


def _made(name: str, given: TrialInput) -> dict[str, Any]:
    """Make a test of what is tried now. Blocks as `_results` does."""
    with closing(JqProcess()) as jq:

        def surroundings(clock: Clock) -> EvalContext:
            return EvalContext.for_tester(clock=clock, jq=jq, environ=os.environ)

        return make_test(name, given.sql, given.kind, given.context, given.actions, surroundings)
