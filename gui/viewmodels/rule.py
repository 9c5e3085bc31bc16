"""A rule as it is saved and as it runs: its state, what it listens to, what it yields."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import QObject, Signal, Slot

from core.workspace.model import Rule
from gui.viewmodels.facts import RuleFacts
from gui.viewmodels.live import Live, State

_NO_FACTS: Final = RuleFacts()


@dataclass(frozen=True, slots=True)
class Input:
    """A topic filter of FROM; `source` is the connector it is subscribed on."""

    topic: str
    source: str
    state: State
    now: str


class RuleViewModel(QObject):
    """One rule, found by its name in whatever workspace is open.

    Signals:
        settingsChanged: Another version of the file, or its statement has been looked into.
        changed: State or numbers are new.
    """

    settingsChanged = Signal()
    changed = Signal()

    def __init__(self, live: Live, name: str) -> None:
        super().__init__(live)
        self.live = live
        self.name = name
        live.changed.connect(self._take_change)
        live.workspaceChanged.connect(self._take_settings)
        live.factsChanged.connect(self._take_settings)

    @Slot()
    def _take_change(self) -> None:
        self.changed.emit()

    @Slot()
    def _take_settings(self) -> None:
        self.settingsChanged.emit()

    @property
    def rule(self) -> Rule | None:
        """The rule; None when the file has it no more."""
        return self.live.workspace.rules.get(self.name)

    @property
    def state(self) -> State:
        """How it is: the worst of its source, itself and its actions."""
        return self.live.rule_state(self.name)

    @property
    def label(self) -> str:
        """What the file calls it besides its name."""
        rule = self.rule
        return (rule.label or rule.description) if rule is not None else ""

    @property
    def sql(self) -> str:
        """The statement as it is written."""
        rule = self.rule
        return rule.sql.strip("\n") if rule is not None else ""

    @property
    def error(self) -> str:
        """Why the statement does not compile; empty when it does."""
        return self._facts.error

    @property
    def fields(self) -> tuple[str, ...] | None:
        """What templates can name; None when it depends on the message."""
        return self._facts.fields

    @property
    def inputs(self) -> tuple[Input, ...]:
        """What it listens to."""
        rule, live = self.rule, self.live
        source = live.workspace.source_of(rule) if rule is not None else None
        if rule is None or source is None:
            return ()
        state = live.connector_state(source) if rule.enable else self.state
        return tuple(
            Input(topic, source, state, live.written(live.rate("filter", (source, topic))))
            for topic in self._facts.topics
        )

    @property
    def _facts(self) -> RuleFacts:
        return self.live.facts.get(self.name, _NO_FACTS)
