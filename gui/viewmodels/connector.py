"""A connector's page: its state, what went through it, and who uses it."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from PySide6.QtCore import QObject, Signal, Slot

from gui.viewmodels.facts import action_facts
from gui.viewmodels.live import STOPPED, Live, State
from gui.viewmodels.words import number, per_second, tr

_MOST_TURNS: Final = 200


@dataclass(frozen=True, slots=True)
class Figure:
    """A number with its name."""

    name: str
    value: str


@dataclass(frozen=True, slots=True)
class User:
    """What uses a connector: a rule or an action; `target` is the document to open."""

    kind: str
    name: str
    detail: str
    state: State
    target: str


@dataclass(frozen=True, slots=True)
class Turn:
    """A change of a connector's state, and when it was seen."""

    at: datetime
    state: State


class ConnectorViewModel(QObject):
    """One connector, found by its name in whatever workspace is open.

    Signals:
        settingsChanged: Another version of the file.
        changed: State or numbers are new.
        turned: The state has changed; `turns` has it first.
    """

    settingsChanged = Signal()
    changed = Signal()
    turned = Signal()

    def __init__(self, live: Live, name: str) -> None:
        super().__init__(live)
        self.live = live
        self.name = name
        self.turns: deque[Turn] = deque(maxlen=_MOST_TURNS)
        self._take_state()
        live.changed.connect(self._take_change)
        live.workspaceChanged.connect(self._take_workspace)

    @Slot()
    def _take_change(self) -> None:
        self._take_state()
        self.changed.emit()

    def _take_state(self) -> None:
        state = self.state
        if not self.turns or self.turns[0].state != state:
            self.turns.appendleft(Turn(datetime.now(UTC).astimezone(), state))
            self.turned.emit()

    @Slot()
    def _take_workspace(self) -> None:
        self.settingsChanged.emit()

    @property
    def kind(self) -> str:
        """`mqtt`, `kafka`, or nothing when the file has it no more."""
        return self.live.connector_kind(self.name)

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
        rate = per_second(live.rate("connector", self.name))
        total = number(live.total("connector", self.name))
        if self.kind == "kafka":
            return (
                Figure(tr("Delivered"), total),
                Figure(tr("Now"), rate),
            )
        stats = live.snapshot.sources.get(self.name) if live.snapshot is not None else None
        found = [Figure(tr("Received"), total), Figure(tr("Now"), rate)]
        if stats is not None:
            found += [
                Figure(tr("For no rule"), number(stats.unmatched)),
                Figure(tr("Retained, ignored"), number(stats.retained_ignored)),
                Figure(tr("Second copies"), number(stats.duplicates)),
                Figure(tr("Not acknowledged yet"), number(stats.unacked)),
                Figure(tr("Connections lost"), number(stats.reconnects)),
            ]
        return tuple(found)

    @property
    def users(self) -> tuple[User, ...]:
        """The rules that listen to it, and the actions that write to it."""
        live, workspace = self.live, self.live.workspace
        found = [
            User("rule", name, tr("listens to it"), live.rule_state(name), f"rule:{name}")
            for name, rule in workspace.rules.items()
            if self.kind == "mqtt" and workspace.source_of(rule) == self.name
        ]
        for name in (*workspace.actions.kafka, *workspace.actions.republish):
            facts = action_facts(workspace, name)
            rules = [rule.id for rule in workspace.rules.values() if name in rule.actions]
            if facts.connector == self.name:
                detail = tr("writes to {topic}").format(topic=facts.target)
                target = f"rule:{rules[0]}" if rules else ""
                found.append(User("action", name, detail, live.action_state(facts), target))
        found += [
            User(
                "simulator",
                name,
                tr("publishes to {topic}").format(topic=simulator.topic),
                live.simulator_state(name),
                f"simulator:{name}",
            )
            for name, simulator in workspace.simulators.items()
            if simulator.connector == self.name
        ]
        return tuple(found)
