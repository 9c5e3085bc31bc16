"""A connector's page: its state, what went through it, and who uses it."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QObject, Signal, Slot

from gui.viewmodels.activity import Happening
from gui.viewmodels.facts import action_facts
from gui.viewmodels.live import STOPPED, Live, State
from gui.viewmodels.words import elapsed, number, per_second, rate, sentence, tr


@dataclass(frozen=True, slots=True)
class Figure:
    """A number with its name."""

    name: str
    value: str


@dataclass(frozen=True, slots=True)
class User:
    """What uses a connector: a rule, an action or a simulator.

    Attributes:
        kind: `rule`, `action` or `simulator`.
        name: Of it.
        detail: What it does with the connector.
        state: How it is.
        target: The document to open; empty for none.
        flow: Messages or records a second, in words; empty while nothing runs.
    """

    kind: str
    name: str
    detail: str
    state: State
    target: str
    flow: str = ""


class ConnectorViewModel(QObject):
    """One connector, found by its name in whatever workspace is open.

    Signals:
        settingsChanged: Another version of the file.
        changed: State or numbers are new.
        happened: `happenings` has something new.
    """

    settingsChanged = Signal()
    changed = Signal()
    happened = Signal()

    def __init__(self, live: Live, name: str) -> None:
        super().__init__(live)
        self.live = live
        self.name = name
        live.changed.connect(self.changed)
        live.workspaceChanged.connect(self._take_workspace)
        live.activity.noted.connect(self._take_happening)

    @Slot(str)
    def _take_happening(self, name: str) -> None:
        if name == self.name:
            self.happened.emit()

    @property
    def happenings(self) -> list[Happening]:
        """What has happened to it while the workspace was open, the newest first."""
        return self.live.activity.of(self.name)

    @property
    def state_text(self) -> str:
        """What is to be said of its state: the reason as a sentence, or how long and how much."""
        state = self.state
        if state.reason:
            return sentence(state.reason)
        up_s = self.live.activity.up_s(self.name)
        if state.status != "connected" or up_s is None:
            return ""
        flow = self.live.rate("connector", self.name)
        words = (
            tr("for {time}, {rate} messages per second")
            if self.kind == "mqtt"
            else tr("for {time}, {rate} records per second")
        )
        return words.format(time=elapsed(up_s), rate=rate(flow))

    @Slot()
    def _take_workspace(self) -> None:
        self.settingsChanged.emit()

    @property
    def kind(self) -> str:
        """`mqtt`, `kafka`, or nothing when the file has it no more."""
        return self.live.connector_kind(self.name)

    @property
    def is_mqtt(self) -> bool:
        """Whether rules can listen to it."""
        return self.kind == "mqtt"

    @property
    def kind_word(self) -> str:
        """The kind as people write it."""
        return {"mqtt": "MQTT", "kafka": "Kafka"}.get(self.kind, "")

    @property
    def state(self) -> State:
        """How it is."""
        return self.live.connector_state(self.name) if self.kind else STOPPED

    @property
    def numbers(self) -> tuple[Figure, ...]:
        """What went through it since the start."""
        live = self.live
        now = live.written(live.rate("connector", self.name))
        total = number(live.total("connector", self.name))
        if self.kind == "kafka":
            found = [Figure(tr("Delivered"), total), Figure(tr("Now"), now)]
            return (*found, *self._last_error)
        stats = live.source_stats(self.name)
        found = [Figure(tr("Received"), total), Figure(tr("Now"), now)]
        if stats is not None:
            found += [
                Figure(tr("For no rule"), number(stats.unmatched)),
                Figure(tr("Retained, ignored"), number(stats.retained_ignored)),
                Figure(tr("Second copies"), number(stats.duplicates)),
                Figure(tr("Not acknowledged yet"), number(stats.unacked)),
                Figure(tr("Connections lost"), number(stats.reconnects)),
            ]
        return (*found, *self._last_error)

    @property
    def _last_error(self) -> tuple[Figure, ...]:
        error = self.live.activity.last_error(self.name)
        if error is None:
            return ()
        return (Figure(tr("Last error"), f"{error.at:%H:%M:%S}, {error.text}"),)

    @property
    def users(self) -> tuple[User, ...]:
        """The rules that listen to it, and the actions that write to it."""
        live, workspace = self.live, self.live.workspace
        found = [
            User(
                "rule",
                name,
                self._heard(name),
                live.rule_state(name),
                f"rule:{name}",
                self._flow("rule.matched", name),
            )
            for name, rule in workspace.rules.items()
            if self.kind == "mqtt" and workspace.source_of(rule) == self.name
        ]
        for name in (*workspace.actions.kafka, *workspace.actions.republish):
            facts = action_facts(workspace, name)
            rules = self.live.users(name)
            if facts.connector == self.name:
                detail = tr("writes to {topic}").format(topic=facts.target)
                target = f"rule:{rules[0]}" if rules else ""
                state, flow = live.action_state(facts), self._flow("action.success", name)
                found.append(User("action", name, detail, state, target, flow))
        found += [
            User(
                "simulator",
                name,
                tr("publishes to {topic}").format(topic=simulator.topic),
                live.simulator_state(name),
                f"simulator:{name}",
                self._flow("simulator", name),
            )
            for name, simulator in workspace.simulators.items()
            if simulator.connector == self.name
        ]
        return tuple(found)

    def _flow(self, what: str, name: str) -> str:
        flow = self.live.rate(what, name)
        if what == "simulator":
            return per_second(flow)
        return self.live.written(flow) if self.live.is_running else ""

    def _heard(self, rule: str) -> str:
        facts = self.live.facts.get(rule)
        topics = ", ".join(facts.topics) if facts is not None else ""
        return tr("listens to {topics}").format(topics=topics) if topics else tr("listens to it")
