"""The open workspace as it runs: states and rates of its parts, out of the engine's snapshots."""

from __future__ import annotations

import asyncio
from collections.abc import Hashable, Mapping, Sequence, Set
from dataclasses import dataclass, field
from typing import Final, TypeAlias, cast

from PySide6.QtCore import QObject, Signal, Slot

from core.bridge.events import RecordSettled
from core.bridge.metrics import ActionStats, Snapshot, SourceStats
from core.status import Status, worst
from core.workspace.model import Rule, Workspace
from core.workspace.problems import Problem
from gui.opening import keeps_from_running
from gui.viewmodels.activity import Activity
from gui.viewmodels.at_work import AtWork, users_of
from gui.viewmodels.facts import ActionFacts, RuleFacts, action_facts, rule_facts
from gui.viewmodels.feeds import Feeds
from gui.viewmodels.letter_counts import LetterCounts
from gui.viewmodels.loss_words import lost_records
from gui.viewmodels.once import Once
from gui.viewmodels.partition_counts import PartitionCounts
from gui.viewmodels.publishers import Publishers, is_solved
from gui.viewmodels.rates import RateWindow
from gui.viewmodels.session import Session
from gui.viewmodels.topic_limits import TopicLimits
from gui.viewmodels.words import clock, per_second, plural, state_word, tr

Counters: TypeAlias = Mapping[tuple[str, Hashable], int]
"""Counters by what they count and whose they are."""

_EMPTY: Final = Workspace()
_FRESH_S: Final = 60.0
"""How long a failed record makes its action degraded: as long as the trail of the map's cards."""


@dataclass(frozen=True, slots=True)
class State:
    """The state of one part: a name of the token table's states, its word, and the reason."""

    status: str
    reason: str = ""

    @property
    def word(self) -> str:
        """The word beside the shape."""
        return state_word(self.status)


@dataclass(slots=True)
class _Loss:
    """What an action has lost: failed and dropped records, when it grew last, and why.

    `kinds` has how many by the kind of what kept them; `reason` is of the last that was sampled.
    """

    count: int = 0
    at_s: float = -_FRESH_S - 1
    kinds: Mapping[str, int] = field(default_factory=dict[str, int])
    reason: str = ""


STOPPED: Final = State("stopped")
DISABLED: Final = State("disabled")


class Live(QObject):
    """What every page, the navigator and the status bar show numbers from.

    Belongs to the loop's thread. The engine's snapshots come twice a second, which is the pace of
    `changed`, too.

    Attributes:
        session: What is open.
        feeds: What live lists keep.
        letters: How many dead letters wait.
        publishers: What messages carry of the names of their publishers.
        partitions: How many partitions topics have.
        limits: How large a record topics take.
        activity: What has happened to the connectors.
        facts: What is known of each rule's statement.

    Signals:
        changed: States or numbers are new.
        workspaceChanged: Another workspace, or another version of it; `facts` follow a moment
            later with `factsChanged`.
        factsChanged: The rules' statements have been looked into.
    """

    changed = Signal()
    workspaceChanged = Signal()
    factsChanged = Signal()

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent or session)
        self.session = session
        self.feeds = Feeds(self)
        self.letters = LetterCounts(session, self)
        self.publishers = Publishers(session, self)
        self.activity = Activity(self)
        self.facts: dict[str, RuleFacts] = {}
        self._known: dict[str, RuleFacts] = {}  # by statement: also of what runs
        self._window = RateWindow()
        self._losses: dict[str, _Loss] = {}
        self._users = Once(users_of)
        self._at_work = Once(AtWork)
        self._action_filters = Once(_action_filters_of)
        self._counted = Once(counters_of)
        self._names = Once(_names_of)
        self.partitions = PartitionCounts(self)
        self.limits = TopicLimits(self)
        session.simulators.turned.connect(self.changed)
        session.simulators.changed.connect(self._take_simulators)
        session.snapshotTaken.connect(self._take_snapshot)
        session.recordSettled.connect(self._take_record)
        session.stateChanged.connect(self._take_state)
        session.silence.changed.connect(self.changed)
        session.workspaceChanged.connect(self._take_workspace)
        session.filesChanged.connect(self.changed)
        session.tookOver.connect(self._take_version)
        if session.loaded is not None:
            self._take_workspace()

    # What there is

    @property
    def workspace(self) -> Workspace:
        """What is right of the open workspace; an empty one when none is open."""
        loaded = self.session.loaded
        return loaded.partial if loaded is not None else _EMPTY

    @property
    def at_work(self) -> AtWork:
        """What messages go by: the version that the engine has; what is saved while none runs."""
        session = self.session
        runs = session.at_work or self.workspace
        return self._at_work.of(runs, session.names_at_work, self._known)

    @property
    def title(self) -> str:
        """The workspace's title, or its file's name."""
        path = self.session.path
        if path is None:
            return ""
        return self.workspace.title or path.name.split(".")[0]

    @property
    def snapshot(self) -> Snapshot | None:
        """The last numbers; those of the final one stay after Stop."""
        return self.session.snapshot

    @property
    def is_running(self) -> bool:
        """Whether messages may move now, or an engine that starts says what it waits for."""
        state = self.session.state
        if state == "starting":  # the last snapshot may be of the run before
            return self.snapshot is not None and self.snapshot.state == "starting"
        return state in ("running", "draining")

    @property
    def silence(self) -> State | None:
        """The state of all that the engine runs while it does not answer; None while it does."""
        since_s = self.session.silence.since_s
        if since_s is None:
            return None
        text = tr("The engine does not answer since {time}").format(time=clock(since_s))
        return State("degraded", text)

    @property
    def problems(self) -> list[Problem]:
        """What is wrong with the file, without what live messages have shown to be none."""
        return [problem for problem in self.session.problems if not is_solved(problem, self)]

    @property
    def has_errors(self) -> bool:
        """Whether the file has errors, so that it cannot be started."""
        return any(keeps_from_running(problem) for problem in self.session.problems)

    def connector_kind(self, name: str) -> str:
        """Tell `mqtt`, `kafka`, or nothing for a connector that is not there."""
        connectors = self.workspace.connectors
        return "mqtt" if name in connectors.mqtt else "kafka" if name in connectors.kafka else ""

    def actions_of(self, rule: Rule) -> list[ActionFacts]:
        """Look up the actions that a rule names, in its order."""
        return [action_facts(self.workspace, name) for name in rule.actions]

    def filters(self) -> Set[tuple[str, str]]:
        """List the topic filters that enabled rules listen to, as (source, filter), in order."""
        return self.at_work.filters

    def users(self, action: str) -> Sequence[str]:
        """Name the rules that call an action, in the order of the file; costs O(1)."""
        return self._users.of(self.workspace).get(action, ())

    def action_filters(self, action: str) -> Set[str]:
        """Give the topic filters of the rules that call an action; costs O(1)."""
        found = self._action_filters.of(self._users.of(self.workspace), self.facts)
        return found.get(action, frozenset())

    # States

    def connector_state(self, name: str) -> State:
        """Tell how a connector is, with the engine's own reason.

        One that tries again is away until it is back: its state does not change with each try.
        """
        at_work = self.at_work
        connectors, runs_as = at_work.workspace.connectors, at_work.name("connector", name)
        kafka = connectors.kafka.get(runs_as)
        if kafka is not None and not kafka.enable:
            return DISABLED
        if self.is_running and kafka is None and runs_as not in connectors.mqtt:
            return not_applied() if self.connector_kind(name) else STOPPED
        stats = self.snapshot.connectors.get(runs_as) if self.snapshot is not None else None
        if not self.is_running or stats is None:
            return STOPPED
        is_away = stats.status == "connecting" and stats.status_reason
        status = "disconnected" if is_away else stats.status
        return self.silence or State(status, stats.status_reason)

    def action_state(self, action: ActionFacts) -> State:
        """Tell how an action is; one that disabled rules alone call is disabled, too."""
        at_work, name = self.at_work, action.name
        runs, is_called = at_work.action(name), at_work.has_callers(name)
        if not runs.is_enabled or (is_called and not at_work.is_fed(name)):
            return DISABLED
        if not self.is_running:
            return STOPPED
        if not is_called or not runs.kind:
            return not_applied() if self.users(name) else STOPPED
        if (silence := self.silence) is not None:
            return silence
        stats = self.action_stats(name)
        if stats is None:  # the console has no state of its own
            return State("running" if action.kind == "console" else "stopped")
        loss = self._fresh_loss(action.name)
        is_told = loss is not None and (stats.status == "connected" or bool(loss.kinds))
        if loss is not None and is_told and stats.status in ("connected", "degraded"):
            why = [lost_records(loss.count, loss.kinds), stats.status_reason or loss.reason]
            return State("degraded", ". ".join(part for part in why if part))
        return State(stats.status, stats.status_reason)

    def rule_state(self, name: str) -> State:
        """Tell the worst of a rule's source, the rule itself and its actions."""
        at_work, saved = self.at_work, self.workspace.rules.get(name)
        rule = at_work.rule(name)
        if rule is None and saved is not None and saved.enable:
            return not_applied()
        if rule is None or not rule.enable:
            return DISABLED
        if not self.is_running:
            return STOPPED
        if (silence := self.silence) is not None:
            return silence
        found: list[State] = []
        source = at_work.workspace.source_of(rule)
        if source is not None:
            found.append(self.connector_state(at_work.saved_name("connector", source)))
        actions = map(at_work.action, at_work.called(name))
        found += [self.action_state(action) for action in actions if action.is_enabled]
        if failing := self.rate("rule.exceptions", name):
            text = tr("{rate} messages a second fail in it").format(rate=round(failing, 1))
            found.append(State("degraded", text))
        return _worst(found)

    def simulator_label(self, name: str) -> str:
        """Tell what a simulator is called in views: its label, or its name."""
        simulator = self.workspace.simulators.get(name)
        return simulator.label or name if simulator is not None else name

    def simulator_state(self, name: str) -> State:
        """Tell how a simulator is."""
        found = self.session.simulators.states.get(name)
        if found is None:
            return STOPPED
        if not found.is_running:
            return State("failed", found.error) if found.has_failed else STOPPED
        if found.error and found.failed:
            text = plural("%n message was not sent", "%n messages were not sent", found.failed)
            return State("degraded", f"{text}: {found.error}")
        return State("running" if found.is_connected else "connecting", found.error)

    # Numbers

    def rate(self, what: str, name: Hashable) -> float:
        """Tell the growth of a counter per second over the last seconds.

        Args:
            what: `source`, `filter`, `rule.matched`, `rule.passed`, `rule.exceptions`,
                `rule.no_result`, of its actions `rule.actions`, `rule.success`, `rule.failed`,
                `rule.discarded`; `action.matched`, `action.success`, `action.failed`,
                `action.dropped`, `connector` (received, or delivered to it), or `simulator`.
            name: Of the part; of a filter: (source, filter).
        """
        if what == "simulator":
            return self.session.simulators.rate(str(name))
        has_flow = self.is_running and self.silence is None
        return self._window.rate(self._key(what, name)) if has_flow else 0.0

    def written(self, rate: float) -> str:
        """Write a rate of the engine; empty while it does not answer, so that none is known."""
        return per_second(rate) if self.silence is None else ""

    def total(self, what: str, name: Hashable) -> int:
        """Tell a counter since the start; the same names as for `rate`."""
        return self._counters.get(self._key(what, name), 0)

    def source_stats(self, name: str) -> SourceStats | None:
        """Find what the engine counts of an MQTT connector."""
        name = self.at_work.name("connector", name)
        return self.snapshot.sources.get(name) if self.snapshot is not None else None

    def action_stats(self, name: str) -> ActionStats | None:
        """Find what the engine counts of an action."""
        name = self.at_work.name("action", name)
        return self.snapshot.actions.get(name) if self.snapshot is not None else None

    def in_rate(self) -> float:
        """Tell how many messages a second arrive."""
        return self._sum("source")

    def passed_rate(self) -> float:
        """Tell how often a second a rule passes a message."""
        return self._sum("rule.passed")

    def out_rate(self) -> float:
        """Tell how many records a second are delivered."""
        return self._sum("action.success")

    def _sum(self, what: str) -> float:
        return sum(self.rate(what, name) for name in self._names.of(self._counters).get(what, ()))

    # What comes from below

    @property
    def _counters(self) -> Counters:
        return self._counted.of(self.snapshot, self.at_work.workspace)

    def _key(self, what: str, name: Hashable) -> tuple[str, Hashable]:
        """Give the key of a counter: the engine counts under the names that it has."""
        if not self.session.names_at_work:  # asked several times for each card
            return what, name
        at_work, kind = self.at_work, what.partition(".")[0]
        if kind == "filter" and isinstance(name, tuple):
            source, topic = cast("tuple[str, str]", name)
            return what, (at_work.name("connector", source), topic)
        return what, at_work.name("connector" if kind == "source" else kind, str(name))

    def _fresh_loss(self, name: str) -> _Loss | None:
        """Find what an action has lost, if it has within the last minute."""
        loss = self._losses.get(self.at_work.name("action", name))
        if loss is None or self.snapshot is None:
            return None
        return loss if self.snapshot.uptime_s - loss.at_s <= _FRESH_S else None

    @Slot(object)
    def _take_record(self, record: RecordSettled) -> None:
        if record.error:
            loss = self._losses.setdefault(record.action, _Loss())
            loss.reason = record.error

    def _note_losses(self, snapshot: Snapshot) -> None:
        for name, action in snapshot.actions.items():
            count = action.failed + action.dropped
            if count > self._losses.get(name, _Loss()).count:
                loss = self._losses.setdefault(name, _Loss())
                loss.count, loss.kinds, loss.at_s = count, action.lost, snapshot.uptime_s

    @Slot(object)
    def _take_snapshot(self, snapshot: Snapshot) -> None:
        self._note_losses(snapshot)
        self._window.add(snapshot.uptime_s, self._counters)
        self.changed.emit()

    @Slot(str)
    def _take_state(self, state: str) -> None:
        if state in ("starting", "stopped", "died"):
            self._window.clear()
            self._losses = {}
        self.changed.emit()

    @Slot()
    def _take_version(self) -> None:
        """Begin anew with rates: a name may be that of another part by now."""
        self._window.clear()
        self.changed.emit()

    @Slot()
    def _take_workspace(self) -> None:
        self.facts = {}
        self.workspaceChanged.emit()
        self.changed.emit()
        self.session.tasks.start(self._look_into(self.workspace), "read the rules", owner=self)

    async def _look_into(self, workspace: Workspace) -> None:
        facts = await asyncio.to_thread(rule_facts, workspace)
        if workspace is self.workspace:
            self.facts = facts
            known = {rule.sql: facts[name] for name, rule in workspace.rules.items()}
            runs = (rule.sql for rule in self.at_work.workspace.rules.values())
            self._known = {sql: self._known[sql] for sql in runs if sql in self._known} | known
            self.factsChanged.emit()
            self.changed.emit()

    @Slot()
    def _take_simulators(self) -> None:
        """Tell of their rates; while the bridge runs, its snapshots have all looked at again."""
        if not self.is_running:
            self.changed.emit()


def not_applied() -> State:
    """Tell of what the file has, and the running engine does not have yet."""
    return State("stopped", tr("Saved, but not applied yet"))


def counters_of(snapshot: Snapshot | None, workspace: Workspace) -> Counters:
    """Lay out a snapshot's counters by what and name, as `Live.rate` takes them."""
    counters: dict[tuple[str, Hashable], int] = {}
    if snapshot is None:
        return counters
    for name, source in snapshot.sources.items():
        counters["source", name] = counters["connector", name] = source.received
        for topic, stats in source.filters.items():
            counters["filter", (name, topic)] = stats.received
    for name, rule in snapshot.rules.items():
        counters["rule.matched", name] = rule.matched
        counters["rule.passed", name] = rule.passed
        counters["rule.exceptions", name] = rule.failed_exception
        counters["rule.no_result", name] = rule.failed_no_result
        counters["rule.actions", name] = rule.actions_total
        counters["rule.success", name] = rule.actions_success
        counters["rule.failed", name] = rule.actions_failed
        counters["rule.discarded", name] = rule.actions_discarded
    for name, action in snapshot.actions.items():
        counters["action.matched", name] = action.matched
        counters["action.success", name] = action.success
        counters["action.failed", name] = action.failed
        counters["action.dropped", name] = action.dropped
        if name in workspace.actions.kafka:
            key = ("connector", workspace.actions.kafka[name].connector)
            counters[key] = counters.get(key, 0) + action.success
    return counters


def _names_of(counters: Counters) -> dict[str, list[Hashable]]:
    """List by what is counted whose counters there are."""
    names: dict[str, list[Hashable]] = {}
    for what, name in counters:
        names.setdefault(what, []).append(name)
    return names


def _action_filters_of(
    users: Mapping[str, Sequence[str]], facts: Mapping[str, RuleFacts]
) -> dict[str, frozenset[str]]:
    """Find by action the topic filters of the rules that call it."""
    return {
        action: frozenset(topic for name in names if name in facts for topic in facts[name].topics)
        for action, names in users.items()
    }


def _worst(found: list[State]) -> State:
    """Pick the worst; a rule whose parts are all connected is running."""
    statuses: list[Status] = [s.status for s in found if s.status != "running"]  # pyright: ignore[reportAssignmentType] - the rest are of core.status
    if not statuses:
        return State("running")
    status = worst(statuses)
    if status == "connected":
        return State("running")
    return next(state for state in found if state.status == status)
