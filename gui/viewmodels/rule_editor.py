"""A rule while it is edited: statement, switch and test, with the draft that keeps them."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal, Slot

from core.workspace.model import CONSOLE
from core.workspace.problems import toml_path
from gui.viewmodels.edited_actions import EditedAction, edited_actions, kafka_of, state_of
from gui.viewmodels.live import Live, State
from gui.viewmodels.live_trace import LiveTrace
from gui.viewmodels.object_drafts import Drafts
from gui.viewmodels.payload_fields import PayloadFields
from gui.viewmodels.rule import Input, RuleViewModel
from gui.viewmodels.rule_actions import (
    add_console,
    detach,
    dirty_actions,
    is_action,
    new_action,
    put_at,
    switch,
)
from gui.viewmodels.rule_cases import RuleCases
from gui.viewmodels.rule_test import RuleTest
from gui.viewmodels.sql_document import SqlDocument
from gui.viewmodels.trace_steps import TraceSteps
from gui.viewmodels.unapplied import unapplied
from gui.viewmodels.whole_rule import WholeRule
from gui.viewmodels.words import plural, sentences, tr

_SQL = ("sql",)
_ENABLE = ("enable",)
_NOTE = ("description",)


class RuleEditor(QObject):
    """Keeps the statement, the draft and the test of one rule in step.

    Attributes:
        drafts: Where its edits are kept, and those of its actions.
        rule: The rule as it is saved and as it runs.
        document: The statement as it is written.
        test: Its test.
        cases: Its stored tests.
        whole: The statement with all actions, on the message of the test.
        trace: The next messages that the running rule is given.
        steps: The way of the one of them that is chosen.

    Signals:
        draftChanged: Whether there is something to save, or the switch.
        partsChanged: What FROM, SELECT or the list of actions names.
        refused: It was not saved: what is wrong, in a sentence.
        solved: What it was not saved for is right now: the sentence that told it.
        actionRefused: One of its actions was not saved, since something is wrong with it: its key.
        saved: It is in the file.
    """

    draftChanged = Signal()
    partsChanged = Signal()
    refused = Signal(str)
    solved = Signal(str)
    actionRefused = Signal(str)
    saved = Signal()

    def __init__(self, live: Live, drafts: Drafts, fields: PayloadFields, name: str) -> None:
        super().__init__(live)
        self.live, self.name, self.fields = live, name, fields
        self._key = f"rule:{name}"
        self.drafts = drafts
        self.rule = RuleViewModel(live, name)
        self.rule.setParent(self)
        self.document = SqlDocument(live.session.tasks, _shown(self._draft_sql), self)
        self.test = RuleTest(live.session.tasks, fields, self)
        self.cases = RuleCases(drafts, self._key, self.test, self)
        self.whole = WholeRule(drafts, self._key, self.test, self)
        self.trace = LiveTrace(live, name, self)
        self.steps = TraceSteps(live, fields, name, self)
        self.test.waits_for_topics = True
        self.test.set_sql(self.document.text)
        if self.cases.cases:
            self.cases.choose(0)
        self.test.begin()
        self.document.textChanged.connect(self._take_text)
        self.document.checked.connect(self._take_check)
        drafts.changed.connect(self._take_draft)
        drafts.checked.connect(self._take_draft_check)
        drafts.saved.connect(self._take_saved)
        drafts.refused.connect(self._take_refusal)
        drafts.failed.connect(self._take_failure)
        self.rule.settingsChanged.connect(self._take_settings)
        live.publishers.changed.connect(self._mark_unsupplied)
        live.workspaceChanged.connect(self._mark_unsupplied)
        self._edited: list[EditedAction] | None = None
        self._refusal = ("", "")
        """What it was last not saved for, and the sentence that told it."""
        self._counts = live.partitions
        self._counts.changed.connect(self._take_partitions)
        live.changed.connect(self._take_partitions)
        self._take_settings()

    # What there is

    @property
    def is_new(self) -> bool:
        """Whether the file has no such rule yet."""
        return self.drafts.is_new(self._key)

    @property
    def is_dirty(self) -> bool:
        """Whether there is something to save, of the rule or of one of its actions."""
        return self.drafts.is_dirty(self._key) or bool(self._dirty_actions)

    @property
    def is_enabled(self) -> bool:
        """Whether the rule is to run."""
        return bool(self.drafts.value(self._key, _ENABLE, True))

    @property
    def shown_name(self) -> str:
        """What it is called; a rule that was never saved may get another name."""
        return self.drafts.name(self._key)

    @property
    def note(self) -> str:
        """What people wrote about it: its label, or else its description."""
        label = str(self.drafts.value(self._key, ("label",), ""))
        return label or str(self.drafts.value(self._key, _NOTE, ""))

    @property
    def unapplied(self) -> int:
        """How many of the objects that it is made of run in another version than is saved."""
        live = self.live
        changed = unapplied(live.session.running, live.workspace)
        return len(self._parts() & set(changed))

    def _parts(self) -> set[str]:
        """Name the rule, its source, its actions and where they write."""
        rule, workspace = self.rule.rule, self.live.workspace
        parts = {self._key}
        if rule is not None:
            parts.add(f"connector:{workspace.source_of(rule)}")
            for action in self.live.actions_of(rule):
                parts |= {f"action:{action.name}", f"connector:{action.connector}"}
        return parts

    @property
    def state(self) -> State:
        """How it is, as the saved rule."""
        return self.rule.state

    @property
    def state_text(self) -> str:
        """The word of the state, and what is not saved."""
        if self.is_new:
            return tr("New, not saved yet")
        state = self.state
        if count := self.unapplied:
            text = plural(
                "{state}, %n change not applied", "{state}, %n changes not applied", count
            )
            return text.format(state=state.word)
        if self.is_dirty:
            return tr("{state}, changes not saved").format(state=state.word)
        reason = state.reason.rstrip(".")
        return f"{state.word}. {reason}." if reason else state.word

    @property
    def inputs(self) -> tuple[Input, ...]:
        """What it listens to, as it is written; as it is saved while it does not compile."""
        live, rule = self.live, self.rule.rule
        source = live.workspace.source_of(rule) if rule is not None else _only_source(live)
        if not self.document.does_compile:
            return self.rule.inputs
        state = live.connector_state(source) if source else self.state
        return tuple(
            Input(topic, source or "", state, live.written(live.rate("filter", (source, topic))))
            for topic in self.document.topics
        )

    @property
    def output_fields(self) -> tuple[str, ...] | None:
        """What templates can name, as it is written; None when that depends on the message."""
        return self.document.fields if self.document.does_compile else self.rule.fields

    @property
    def actions(self) -> list[EditedAction]:
        """Its actions as they are written, in their order."""
        if self._edited is None:  # asked for several times with each key that is typed
            self._edited = edited_actions(self.drafts, self._key)
        return self._edited

    def action_state(self, action: EditedAction) -> State:
        """Tell how an action is, as it is saved."""
        return state_of(self.drafts, action)

    @property
    def undo_keys(self) -> list[str]:
        """The objects whose edits are taken back here: the rule and its actions."""
        return [self._key, *(action.key for action in self.actions if action.key)]

    # What can be done

    def add_action(self, kind: str) -> str:
        """Have it send to a new action of a kind; returns its key, empty for the console."""
        if kind == CONSOLE:
            add_console(self.drafts, self._key)
            return ""
        return new_action(self.drafts, self._key, kind, self.output_fields)

    def move_action(self, name: str, place: int) -> None:
        """Have an action stand at a place among the others, from 0."""
        put_at(self.drafts, self._key, name, place)

    def switch_action(self, action: EditedAction, *, is_on: bool) -> None:
        """Have an action take what the rule yields, or not, once that is saved and applied."""
        switch(self.drafts, self._key, action.name, action.key, is_on=is_on)

    def remove_action(self, name: str) -> None:
        """Have the rule send to an action no more; the action stays in the file."""
        detach(self.drafts, self._key, name)

    def name_problem(self, name: str | None = None) -> str:
        """Say what keeps it from its name, or from another one; empty for nothing."""
        found = self.drafts.name_problem(self._key, name)
        return found.message if found is not None else ""

    def set_name(self, name: str) -> None:
        """Choose a name for a rule that was never saved."""
        self.drafts.set_name(self._key, name)

    def set_note(self, text: str) -> None:
        """Write about it; the label is what a file has that has one."""
        has_label = bool(self.drafts.value(self._key, ("label",), ""))
        self.drafts.set(self._key, ("label",) if has_label else _NOTE, text or None)

    def set_enabled(self, is_enabled: bool) -> None:
        """Have the rule run or not, once it is saved and applied."""
        self.drafts.set(self._key, _ENABLE, is_enabled, default=True)

    def save(self) -> None:
        """Write the rule into the file; `saved` or `refused` follows.

        Its actions are written first: the rule may name one that the file has not yet.
        """
        actions = self._dirty_actions
        for key in actions:
            self.drafts.save(key)
        self.drafts.save(self._key, after=[key for key in actions if self.drafts.is_new(key)])

    def revert(self) -> None:
        """Go back to what the file holds."""
        if not self.is_new:
            with self.drafts.gesture():
                for key in [*self._dirty_actions, self._key]:
                    self.drafts.revert(key)

    # What changes

    @property
    def _dirty_actions(self) -> list[str]:
        return dirty_actions(self.drafts, self._key)

    @property
    def _draft_sql(self) -> str:
        return str(self.drafts.value(self._key, _SQL, ""))

    @Slot()
    def _take_text(self) -> None:
        text, before = self.document.text, self._draft_sql
        self.test.set_sql(text)
        if _shown(before) != text:
            # Files may end a statement with a line end, so that the quotes stand alone.
            tail = "\n" if before.endswith("\n") else ""
            self.drafts.set(self._key, _SQL, text + tail)

    @Slot()
    def _take_check(self) -> None:
        if self.document.does_compile or self.test.waits_for_topics:
            self.test.set_topics(self.document.topics)
        self._mark_unsupplied()
        self.partsChanged.emit()

    @Slot(str)
    def _take_draft(self, key: str) -> None:
        if key == self._key:
            self.document.set_text(_shown(self._draft_sql))
            self._take_actions()
            self.draftChanged.emit()
        elif is_action(key):
            self._take_actions()
            self.draftChanged.emit()

    @Slot()
    def _mark_unsupplied(self) -> None:
        """Mark the columns of which no message has shown yet that the source brings them."""
        drafts, live = self.drafts, self.live
        place = toml_path(("rules", drafts.name(self._key), *_SQL))
        found = drafts.problems(self._key) if drafts.is_dirty(self._key) else live.session.problems
        read = (each.unsupplied for each in found if each.path == place)
        topics = self.document.topics
        self.document.set_unsupplied(
            tuple(
                what
                for what in read
                if what is not None and not live.publishers.is_supplied(what, topics)
            )
        )

    @Slot(str)
    def _take_draft_check(self, key: str) -> None:
        if key == self._key:
            self._mark_unsupplied()
            self._look_at_refusal()
            self.draftChanged.emit()

    @Slot()
    def _take_settings(self) -> None:
        if self.drafts.exists(self._key):
            self.document.set_text(_shown(self._draft_sql))
        self._take_actions()
        self.partsChanged.emit()
        self.draftChanged.emit()

    def _take_actions(self) -> None:
        self._edited = None
        self.test.set_actions(kafka_of(self.actions))
        self._take_partitions()

    @Slot()
    def _take_partitions(self) -> None:
        counts = {
            name: self._counts.count(action.connector, action.topic)
            for name, action in kafka_of(self.actions).items()
        }
        self.test.set_partitions({name: count for name, count in counts.items() if count})

    @Slot(str)
    def _take_saved(self, key: str) -> None:
        if key == self._key:
            self.saved.emit()

    @Slot(str)
    def _take_refusal(self, key: str) -> None:
        if key == self._key:
            found = [p for p in self.drafts.problems(key) if p.severity == "error"]
            if found:
                text = sentences(found[0].message, found[0].hint)
                self._refusal = (found[0].message, tr("Not saved: {why}").format(why=text))
                self.refused.emit(self._refusal[1])
        elif key in self._dirty_actions:
            self.actionRefused.emit(key)

    def _look_at_refusal(self) -> None:
        """Tell when what it was not saved for is right, whatever else is wrong meanwhile."""
        what, said = self._refusal
        if said and what not in {problem.message for problem in self.drafts.problems(self._key)}:
            self._refusal = ("", "")
            self.solved.emit(said)

    @Slot(str, str, str)
    def _take_failure(self, key: str, message: str, hint: str) -> None:
        if key == self._key or key in self._dirty_actions:
            self.refused.emit(sentences(message, hint))


def _shown(sql: str) -> str:
    return sql.removesuffix("\n")


def _only_source(live: Live) -> str | None:
    """Name the source that a rule without one listens to: the only one there is."""
    sources = list(live.workspace.connectors.mqtt)
    return sources[0] if len(sources) == 1 else None
