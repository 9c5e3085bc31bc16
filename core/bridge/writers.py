"""The writers and producers of one pipeline: made when rules need them, retired when idle."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Final

from core.bridge.deadletters import DeadLetters
from core.bridge.metrics import ActionCounters
from core.bridge.writer import ActionWriter
from core.kafka.options import ProducerGroup, producer_group
from core.kafka.producer import RecordProducer
from core.status import Status, worst

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from core.bridge.events import EngineEvent
    from core.bridge.plan import ActionPlan, RulePlan
    from core.clock import Clock
    from core.workspace.environment import Environment
    from core.workspace.kafka import KafkaConnector

log = logging.getLogger("core.bridge")

_ProducerKey = tuple["KafkaConnector", ProducerGroup]
_CLOSE_S: Final = 0.2


class Writers:
    """One writer per enabled action, one producer per connector and set of producer settings.

    librdkafka knows acks, linger, compression and partitioner per client, so actions of one
    connector share a client only when these agree.
    """

    def __init__(
        self,
        environment: Environment,
        clock: Clock,
        counters: dict[str, ActionCounters],
        emit: Callable[[EngineEvent], None],
    ) -> None:
        self._environment = environment
        self._clock = clock
        self._counters = counters
        self._emit = emit
        self._producers: dict[_ProducerKey, RecordProducer] = {}
        self._writers: dict[str, tuple[ActionPlan, ActionWriter]] = {}
        self._retiring: list[ActionWriter] = []

    def use(self, rules: Iterable[RulePlan]) -> None:
        """Have a writer for every enabled action of these rules, as it is configured now.

        Raises:
            ConfigError: A producer cannot be made of its options.
        """
        plans = {
            plan.action.name: plan
            for rule in rules
            for plan in rule.actions
            if plan is not None and plan.enabled
        }
        for name, (plan, writer) in list(self._writers.items()):
            if plans.get(name) != plan:
                self._retiring.append(writer)
                del self._writers[name]
        for name, plan in plans.items():
            if name not in self._writers:
                self._writers[name] = (plan, self._make(plan))

    def get(self, action: str) -> ActionWriter:
        """Find the writer of an enabled action."""
        return self._writers[action][1]

    @property
    def is_idle(self) -> bool:
        """Tell whether every record has its outcome."""
        return not self._retiring and all(writer.is_idle for _, writer in self._writers.values())

    def poll(self) -> None:
        """Serve delivery reports, send what waits, and let go of what is no longer used."""
        for producer in self._producers.values():
            producer.poll(0)
        for _, writer in self._writers.values():
            writer.pump()
        if self._retiring:
            for writer in self._retiring:
                writer.pump()
            self._retiring = [writer for writer in self._retiring if not writer.is_idle]
            if not self._retiring:
                self._drop_unused_producers()

    def close(self) -> None:
        """Close every producer; records without an outcome are given up."""
        for producer in self._producers.values():
            producer.close(_CLOSE_S)
        self._producers.clear()

    def action_statuses(self) -> dict[str, tuple[Status, str]]:
        """Tell status and reason per action."""
        return {
            name: (writer.status, writer.status_reason)
            for name, (_, writer) in self._writers.items()
        }

    def connector_statuses(self) -> dict[str, tuple[Status, str]]:
        """Tell status and reason per Kafka connector: the worst of its producers."""
        found: dict[str, list[RecordProducer]] = {}
        for (connector, _), producer in self._producers.items():
            found.setdefault(connector.name, []).append(producer)
        statuses: dict[str, tuple[Status, str]] = {}
        for name, producers in found.items():
            status = worst([producer.status for producer in producers])
            reasons = [p.status_reason for p in producers if p.status == status]
            statuses[name] = (status, reasons[0])
        return statuses

    def _make(self, plan: ActionPlan) -> ActionWriter:
        action = plan.action
        key = (plan.connector, producer_group(action))
        if key not in self._producers:
            self._producers[key] = RecordProducer(plan.connector, key[1], self._environment)
        letters = [kind for kind in action.fallback_actions if kind.kind == "file"]
        dead_letters = (
            DeadLetters(
                self._environment.state_dir / "dead-letters" / f"{action.name}.jsonl",
                letters[0],
                self._clock,
            )
            if letters
            else None
        )
        counters = self._counters.setdefault(action.name, ActionCounters())
        return ActionWriter(
            action, self._producers[key], counters, dead_letters, self._clock, self._emit
        )

    def _drop_unused_producers(self) -> None:
        used = {id(writer.producer) for _, writer in self._writers.values()}
        for key, producer in list(self._producers.items()):
            if id(producer) not in used:
                producer.close(_CLOSE_S)
                del self._producers[key]
