"""The sheet of an action: options with their edited values, and what is wrong with them."""

from __future__ import annotations

import asyncio
import re
from typing import Any, Final

from PySide6.QtCore import QObject, Signal, Slot
from shiboken6 import isValid

from core.template import compile_template
from core.workspace.diff import Changes
from core.workspace.load import Loaded
from core.workspace.problems import Problem, toml_path
from gui.viewmodels.action_findings import (
    Finding,
    finding_of,
    in_labels,
    merge,
    problems_with,
    without_name,
)
from gui.viewmodels.action_options import (
    CONNECTOR,
    KEY,
    PARTITION,
    PARTITIONER,
    SPREAD,
    STRATEGY,
    TOPIC,
    advanced_note,
    groups_of,
    partitioner_of,
)
from gui.viewmodels.cluster_topics import ClusterTopics
from gui.viewmodels.draft_form import NAME, OptionsForm
from gui.viewmodels.form_options import Option, OptionGroup
from gui.viewmodels.live import State
from gui.viewmodels.names import CODES
from gui.viewmodels.object_drafts import Drafts
from gui.viewmodels.plain_values import Path
from gui.viewmodels.publishers import is_solved
from gui.viewmodels.rule_actions import detach, rename
from gui.viewmodels.select_fields import with_field
from gui.viewmodels.tail_topics import letters_topic, topic_problem
from gui.viewmodels.words import plural, sentences, tr

_SQL: Final = ("sql",)
_FIRST_WORD: Final = re.compile(r"[a-z_.]+")
_CLIENT: Final = "clientid"


class ActionSheet(OptionsForm):
    """Reads and edits one action's draft, seen from one of the rules that use it.

    It is checked with all edits of the workspace: a field that was just added to the rule's SELECT
    is there for the templates.

    Signals:
        renamed: A new action was saved; its key from now on.
        gone: There is no such action any more.
    """

    renamed = Signal(str)
    gone = Signal()

    def __init__(
        self,
        drafts: Drafts,
        key: str,
        rule: str,
        parent: QObject | None = None,
        *,
        is_added: bool = False,
    ) -> None:
        """Begin with what is edited already.

        Args:
            drafts: Where edits are kept.
            key: The action's, such as `action:to_emqx`.
            rule: The rule's, such as `rule:temp_hum`.
            parent: Qt's owner.
            is_added: Whether the action was made for this sheet, and goes when that is cancelled.
        """
        super().__init__(drafts, key, parent)
        self.rule, self.kind = rule, drafts.kind(key)
        self.groups = groups_of(self.kind)
        self._is_added = is_added
        self._before = (drafts.name(key), drafts.kept(key))
        self._checked: list[Problem] = []
        self._found: list[Problem] = []  # what of it live messages have not solved
        self._is_busy = self._must_repeat = self._was_refused = False
        self.topics = ClusterTopics(drafts.live, self)
        self.topics.changed.connect(self.problemsChanged)
        drafts.live.changed.connect(self._look_for_topics)
        drafts.checked.connect(self.check)
        drafts.renamed.connect(self._take_name)
        drafts.live.publishers.changed.connect(self._take_publishers)
        self.check()

    # What there is

    @property
    def state(self) -> State:
        """How the saved action is."""
        live = self.drafts.live
        rule = live.workspace.rules.get(self.drafts.name(self.rule))
        facts = live.actions_of(rule) if rule is not None else []
        own = next((each for each in facts if each.name == self.name), None)
        return State("stopped") if own is None or self.is_new else live.action_state(own)

    @property
    def has_letters(self) -> bool:
        """Whether there are dead letters of it to look at, or a topic that has them."""
        live = self.drafts.live
        in_topic = letters_topic(live.workspace, self.name) is not None
        return in_topic or live.letters.of(self.name) > 0

    @property
    def connectors(self) -> list[tuple[str, State]]:
        """The connectors to choose from, each with its state."""
        live = self.drafts.live
        kinds = live.workspace.connectors
        names = dict.fromkeys(kinds.kafka if self.kind == "kafka" else kinds.mqtt)
        kind = "kafka" if self.kind == "kafka" else "mqtt"
        for key in self.drafts.dirty:  # one that is new may be meant as well
            if key.startswith("connector:") and self.drafts.kind(key) == kind:
                names.setdefault(self.drafts.name(key))
        return [(name, live.connector_state(name)) for name in names]

    @property
    def place(self) -> tuple[str, str]:
        """The connector and the topic as they are edited."""
        return str(self.read(CONNECTOR, "")), str(self.read(TOPIC, ""))

    def value(self, option: Option) -> Any:
        """Give what an option is: its edited value, or its default."""
        return partitioner_of(self.read) if option.path == SPREAD else super().value(option)

    def is_shown(self, option: Option) -> bool:
        """Whether an option is of use with the other values as they are."""
        return self.is_new if option.path == NAME else super().is_shown(option)

    def note(self, group: OptionGroup) -> tuple[str, bool]:
        """Say in a few words what is inside a group, and whether these are its problems."""
        if count := self.problem_count(group):
            return plural("%n problem", "%n problems", count), True
        shown = (option for option in group.options if self.is_shown(option))
        changed = sum(not self.is_default(option) for option in shown)
        return advanced_note(self.kind, changed), False

    # Editing

    def set(self, option: Option, value: Any) -> None:
        """Change an option; None is its default."""
        match option.path:
            case ("@name",):
                self._set_name(str(value or ""))
            case ("@spread",):
                self.drafts.set(self.key, PARTITIONER, value, default="even")
            case ("partition_strategy",):
                with self.drafts.gesture(self.key, STRATEGY):
                    self._choose_strategy(str(value), option)
            case _:
                if value == "" and option.default is None:
                    value = "" if option.is_required else None
                self.drafts.set(self.key, option.path, value, default=option.default)

    def add_to_select(self, field: str) -> None:
        """Have the rule select a field, too."""
        sql = str(self.drafts.value(self.rule, _SQL, ""))
        self.drafts.set(self.rule, _SQL, with_field(sql, field))

    def save(self) -> None:
        """Save, or tell that something is missing.

        Of a new action the rule is saved with it, where naming it is all that was edited there.
        """
        super().save()
        is_missing = any(self.is_missing(option) for option in self.options)
        if self.is_new and not is_missing and self._is_rule_only_longer():
            self.drafts.save(self.rule, after=[self.key])

    def tell_problems(self) -> None:
        """Have what keeps it from being saved looked for and told; `refused` follows."""
        self._was_refused = True
        self.check()

    def cancel(self) -> None:
        """Take back what was edited since the sheet was opened, or since it was saved.

        An action that was made for the sheet is gone then, from its rule as well.
        """
        with self.drafts.gesture():
            if self._is_added and self.is_new:
                detach(self.drafts, self.rule, self.name)
                self.drafts.revert(self.key)
                return
            name, edits = self._before
            if self.is_new:
                self._set_name(name)
            self.drafts.restore(self.key, edits)

    def option_at(self, path: Path) -> Option | None:
        """Find the option where something in the file is edited; None if it is not shown."""
        return super().option_at(path if path != PARTITIONER else SPREAD)

    def _set_name(self, name: str) -> None:
        """Choose a name for a new action; the rule names it so, too."""
        with self.drafts.gesture(self.key, NAME):
            before = self.name
            self.drafts.set_name(self.key, name)
            rename(self.drafts, self.rule, before, self.name)

    def _choose_strategy(self, strategy: str, option: Option) -> None:
        """Take what belongs to another strategy out: the file must not hold it."""
        if strategy == self.value(option):
            return
        self.drafts.set(self.key, PARTITIONER, None)
        self.drafts.set(self.key, PARTITION, "" if strategy == "explicit" else None)
        self.drafts.set(self.key, STRATEGY, strategy, default=option.default)

    def _is_rule_only_longer(self) -> bool:
        rules = self.drafts.edits(self.rule).get("rules", {})
        edits = rules.get(self.drafts.name(self.rule), {}) if isinstance(rules, dict) else {}
        return not self.drafts.is_new(self.rule) and set(edits) == {"actions"}

    # What is wrong

    def finding(self, option: Option) -> Finding | None:
        """Tell what is to be said under an option; the worst when there are several things."""
        if not self.is_shown(option):
            return None
        if self.is_missing(option):
            return Finding(tr("{label} is required.").format(label=option.label))
        if option.kind == "pairs" and isinstance(self.value(option), str):
            return Finding(tr("Write name=value, several with commas."))
        rule = self.drafts.name(self.rule)
        problems = (in_labels(each, self.options) for each in self._problems_at(option))
        found = [finding_of(each, self._place, rule) for each in problems]
        if option.path == KEY:
            found += self._identity()
        if option.path == TOPIC and self.kind == "kafka" and not found:
            found += self._missing_topic()
        return min(found, key=lambda finding: not finding.is_bad, default=None)

    def findings(self) -> list[tuple[Option, Finding]]:
        """List what is said, in reading order."""
        found = ((option, self.finding(option)) for option in self.options)
        return [(option, finding) for option, finding in found if finding is not None]

    def first_problem(self) -> Option | None:
        """Find the first option in reading order that has to be put right."""
        return next((option for option, found in self.findings() if found.is_bad), None)

    def problem_count(self, group: OptionGroup | None = None) -> int:
        """Count the options that have to be put right, of a group or of all."""
        options = self.options if group is None else group.options
        found = (self.finding(option) for option in options)
        return sum(each is not None and each.is_bad for each in found)

    def other_problem(self) -> str:
        """Say an error that belongs to no option of the sheet; empty for none."""
        shown = {id(p) for option in self.options for p in self._problems_at(option)}
        errors = (p for p in self._own_problems() if p.severity == "error" and id(p) not in shown)
        found = next((in_labels(problem, self.options) for problem in errors), None)
        return sentences(found.message, found.hint) if found is not None else ""

    @property
    def _place(self) -> str:
        return toml_path(("actions", self.kind, self.name))

    def _own_problems(self) -> list[Problem]:
        here = self._place
        own = (p for p in self._found if p.path == here or p.path.startswith((f"{here}.",)))
        return [p for p in own if not (self.is_new and p.code in CODES)]  # said at the name

    def _problems_at(self, option: Option) -> list[Problem]:
        """Find what core has to say about an option.

        Of options that do not go together it speaks at the whole table, and begins with the name of
        the one to change.
        """
        if option.path == SPREAD:
            return []
        if option.path == NAME:
            named = self.drafts.name_problem(self.key)
            return [named] if named is not None else []
        name = toml_path(option.path)
        place = f"{self._place}.{name}"
        inside = (f"{place}.", f"{place}[")
        own = [p for p in self._found if p.path == place or p.path.startswith(inside)]
        for problem in self._found:
            first = _FIRST_WORD.match(problem.message)
            if problem.path == self._place and first is not None and first[0] == name:
                own.append(problem)
        return own

    def _missing_topic(self) -> list[Finding]:
        """Warn of a topic that its cluster does not have; the cluster may have said why not."""
        connector, topic = self.place
        if topic_problem(topic) or not self.topics.is_missing(connector, topic):
            return []
        text = tr("{connector} has no such topic.").format(connector=connector)
        problem = self.topics.of(connector).problem
        return [Finding(problem or text, is_bad=False, creates=topic)]

    def _identity(self) -> list[Finding]:
        """Warn of a key made of the publisher's name that the rule's source cannot supply."""
        key = compile_template(str(self.read(KEY, "${.clientid}")))
        if _CLIENT not in key.roots:
            return []
        name, workspace = self.drafts.name(self.rule), self.drafts.live.workspace
        place = toml_path(("rules", name, *_SQL))
        found = (p for p in self._found if p.path == place)
        rule = workspace.rules.get(name)
        source = workspace.connectors.mqtt.get((rule and workspace.source_of(rule)) or "")
        return [
            without_name(problem, source)
            for problem in found
            if problem.unsupplied is not None and problem.unsupplied.column == _CLIENT
        ]

    def is_default(self, option: Option) -> bool:
        """Whether an option is as it is when the file says nothing."""
        if option.path == SPREAD:
            return self.read(PARTITIONER) in (None, option.default)
        return super().is_default(option)

    @Slot()
    def check(self) -> None:
        """Look for what is wrong, in a thread; `problemsChanged` follows."""
        session = self.drafts.live.session
        if session.is_closing or session.loaded is None:
            return
        if self._is_busy:
            self._must_repeat = True
            return
        self._is_busy = True
        session.tasks.start(self._check(session.loaded), f"check {self.key}")

    async def _check(self, loaded: Loaded) -> None:
        changes: Changes = {}
        for key in self.drafts.dirty:
            merge(changes, self.drafts.edits(key))
        try:
            found = await asyncio.to_thread(problems_with, loaded, changes)
        finally:
            self._is_busy = False
        if not isValid(self):  # the sheet was closed meanwhile
            return
        self._checked = found
        self._found = self._unsolved()
        self.problemsChanged.emit()
        if self._must_repeat:
            self._must_repeat = False
            self.check()
        elif self._was_refused:
            self._was_refused = False
            self.refused.emit()

    def _unsolved(self) -> list[Problem]:
        return [problem for problem in self._checked if not is_solved(problem, self.drafts.live)]

    # What comes from the drafts and from below

    @Slot()
    def _take_publishers(self) -> None:
        unsolved = self._unsolved()
        if unsolved != self._found:
            self._found = unsolved
            self.problemsChanged.emit()

    @Slot()
    def _look_for_topics(self) -> None:
        if self.kind == "kafka":
            self.topics.look_if_connected(self.place[0])

    def _follow_change(self, key: str) -> None:
        if not self.drafts.exists(self.key):
            self.gone.emit()
        else:
            super()._follow_change(key)

    def _follow_workspace(self) -> None:
        if not self.drafts.exists(self.key):
            self.gone.emit()
        else:
            super()._follow_workspace()
            self.check()

    def _follow_check(self) -> None:
        """Wait for the sheet's own check, which sees the edits of all objects."""

    def _follow_save(self) -> None:
        self._before = (self.name, self.drafts.kept(self.key))
        super()._follow_save()

    def _follow_refusal(self) -> None:
        self.tell_problems()  # once the sheet knows them itself

    @Slot(str, str)
    def _take_name(self, before: str, after: str) -> None:
        if before == self.key:
            self.key = after
            self.renamed.emit(after)
