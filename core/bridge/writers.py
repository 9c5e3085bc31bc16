"""The writers and producers of one pipeline: made when rules need them, retired when idle."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Final

from core.bridge.deadletters import DeadLetters
from core.bridge.fallbacks import FileTarget, Target
from core.bridge.metrics import ActionCounters, RuleCounters
from core.bridge.record import RecordDecoder
from core.bridge.stores import Buffers
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
        source: str,
        environment: Environment,
        clock: Clock,
        counters: dict[str, ActionCounters],
        rules: dict[str, RuleCounters],
        emit: Callable[[EngineEvent], None],
    ) -> None:
        """Prepare for one pipeline.

        Args:
            source: The pipeline's MQTT connector.
            environment: State folder, secrets, embedded brokers.
            clock: Time.
            counters: Of the actions, by name; what an earlier run left in their gauges is settled.
            rules: Counters of the rules by id, for records that come back from the disk.
            emit: Takes events.
        """
        self._environment = environment
        self._clock = clock
        self._counters = counters
        self._emit = emit
        self._buffers = Buffers(source, environment.state_dir, clock, RecordDecoder(rules))
        self._producers: dict[_ProducerKey, RecordProducer] = {}
        self._writers: dict[str, tuple[ActionPlan, ActionWriter]] = {}
        self._retiring: list[tuple[ActionPlan, ActionWriter]] = []
        self._has_unused = False
        self._left_behind = {name: each.start_over() for name, each in counters.items()}

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
            if name not in plans or plans[name].action.buffer.mode != plan.action.buffer.mode:
                self._retiring.append((plan, writer))
                del self._writers[name]
        for name, plan in plans.items():
            if name not in self._writers:
                self._writers[name] = self._revive(plan) or (plan, self._make(plan))
            elif self._writers[name][0] != plan:
                self._writers[name] = (plan, self._change(*self._writers[name], plan))
        self._has_unused = True

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
            for _, writer in self._retiring:
                writer.pump()
                if writer.is_idle:
                    writer.close()
            self._retiring = [each for each in self._retiring if not each[1].is_idle]
        if self._has_unused:
            self._drop_unused_producers()

    def close(self) -> None:
        """Close every producer; records without an outcome are given up, or stay on disk."""
        for producer in self._producers.values():
            producer.close(_CLOSE_S)
        for writer in self._all():
            writer.close()
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

    def _revive(self, plan: ActionPlan) -> tuple[ActionPlan, ActionWriter] | None:
        """Use a writer again that still finishes its work, with the files that it holds."""
        for old in self._retiring:
            if (old[0].action.name, old[0].action.buffer.mode) == (
                plan.action.name,
                plan.action.buffer.mode,
            ):
                self._retiring.remove(old)
                return plan, self._change(*old, plan)
        return None

    def _change(self, old: ActionPlan, writer: ActionWriter, plan: ActionPlan) -> ActionWriter:
        """Have a writer go on as another plan says; what is on its way to Kafka arrives there.

        Unless that cluster is out of reach: then it comes back, to be sent to the new one.
        """
        before = self._producer(old)
        writer.use(plan.action, self._producer(plan), self._targets(plan))
        is_left = not any(each.producer is before for each in self._all())
        if is_left and before.status != "connected":
            before.purge()
        return writer

    def _all(self) -> list[ActionWriter]:
        return [writer for _, writer in (*self._writers.values(), *self._retiring)]

    def _make(self, plan: ActionPlan) -> ActionWriter:
        action = plan.action
        counters = self._counters.setdefault(action.name, ActionCounters())
        return ActionWriter(
            counters,
            self._clock,
            self._emit,
            lambda owner: self._buffers.make(action, owner),
            action,
            self._producer(plan),
            self._targets(plan),
            left_behind=self._left_behind.pop(action.name, 0),
        )

    def _producer(self, plan: ActionPlan) -> RecordProducer:
        key = (plan.connector, producer_group(plan.action))
        if key not in self._producers:
            self._producers[key] = RecordProducer(plan.connector, key[1], self._environment)
        return self._producers[key]

    def _targets(self, plan: ActionPlan) -> list[Target]:
        folder = self._environment.state_dir / "dead-letters"
        return [
            FileTarget(DeadLetters(folder / f"{plan.action.name}.jsonl", kind, self._clock))
            for kind in plan.action.fallback_actions
            if kind.kind == "file"
        ]

    def _drop_unused_producers(self) -> None:
        """Close producers that no writer sends to any more, once their records have arrived."""
        used = {id(writer.producer) for writer in self._all()}
        unused = [key for key, producer in self._producers.items() if id(producer) not in used]
        for key in unused:
            if not len(self._producers[key]):
                self._producers.pop(key).close(0)
        self._has_unused = bool(unused or self._retiring)
