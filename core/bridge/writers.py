"""The writers of one pipeline: made when rules need them, changed in place, retired when idle."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final, TypeAlias

from core.bridge.deadletters import DeadLetters
from core.bridge.fallbacks import ActionTarget, FileTarget, Target, TopicTarget
from core.bridge.memory import MemoryWatch
from core.bridge.metrics import ActionCounters, RuleCounters
from core.bridge.outlets import Outlets
from core.bridge.plan import ActionPlan, RepublishPlan
from core.bridge.record import RecordDecoder
from core.bridge.republisher import RepublishWriter
from core.bridge.stores import Buffers
from core.bridge.writer import ActionWriter
from core.workspace.kafka import Fallback

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from core.bridge.events import EngineEvent
    from core.bridge.plan import AnyActionPlan, SourcePlan
    from core.clock import Clock
    from core.status import Status
    from core.workspace.environment import Environment

AnyWriter: TypeAlias = ActionWriter | RepublishWriter
_LAST_RESORT: Final = Fallback(kind="file")


class Writers:
    """One writer per enabled action, also of those that only fallbacks name. One thread.

    An action that changes goes on with its writer, whose waiting records are sent as they are; one
    that no rule uses any more finishes its work first.
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
        self._letters_dir = environment.state_dir / "dead-letters"
        self._clock = clock
        self._counters = counters
        self._emit = emit
        self._buffers = Buffers(source, environment.state_dir, clock, RecordDecoder(rules))
        self._outlets = Outlets(environment, clock)
        self._memory = MemoryWatch(clock)
        self._writers: dict[str, tuple[AnyActionPlan, AnyWriter]] = {}
        self._retiring: list[tuple[AnyActionPlan, AnyWriter]] = []
        self._own: dict[str, RepublishWriter] = {}  # of fallbacks of the kind republish
        self._left_behind = {name: each.start_over() for name, each in counters.items()}

    def use(self, source: SourcePlan) -> None:
        """Have a writer for every enabled action of these rules, as it is configured now.

        Raises:
            ConfigError: A connection cannot be made of its options; nothing has changed then.
            NotConnected: One stands on the sandbox, and none is running; likewise.
        """
        used = [plan for rule in source.rules for plan in rule.actions if plan is not None]
        plans = {plan.action.name: plan for plan in (*used, *source.references) if plan.enabled}
        for plan in plans.values():
            self._outlets.prepare(plan)
        self._forget_own(plans.values())
        for name, (plan, writer) in list(self._writers.items()):
            if name not in plans or _store(plans[name]) != _store(plan):
                self._retiring.append((plan, writer))
                del self._writers[name]
        self._retiring = [self._follow(*each, plans) for each in self._retiring]
        for name, plan in plans.items():
            if name not in self._writers:
                self._writers[name] = (plan, self._revive(plan) or self._make(plan))
            elif self._writers[name][0] != plan:
                self._writers[name] = (plan, self._change(*self._writers[name], plan))

    def get(self, action: str) -> AnyWriter:
        """Find the writer of an enabled action."""
        return self._writers[action][1]

    @property
    def is_idle(self) -> bool:
        """Tell whether every record has its outcome."""
        return not self._retiring and all(writer.is_idle for writer in self._all())

    def poll(self) -> None:
        """Serve delivery reports and answers, send what waits, let go of what is not used."""
        self._outlets.poll()
        for _, writer in self._writers.values():
            writer.pump()
        for writer in self._own.values():
            writer.pump()
        if self._retiring:
            self._serve_retiring()
        if self._outlets.has_unused:
            self._outlets.drop_unused(self._all())

    def close(self) -> None:
        """Close every connection; records without an outcome are given up, or stay on disk."""
        self._outlets.close()
        for writer in self._all():
            writer.close()

    def action_statuses(self) -> dict[str, tuple[Status, str]]:
        """Tell status and reason per action."""
        return {
            name: (writer.status, writer.status_reason)
            for name, (_, writer) in self._writers.items()
        }

    def connector_statuses(self) -> dict[str, tuple[Status, str]]:
        """Tell status and reason per connector that is written to.

        One that stands and confirms nothing to one of its actions is degraded.
        """
        found = self._outlets.statuses()
        for plan, writer in self._writers.values():
            if isinstance(writer, ActionWriter) and writer.silence:
                name = plan.connector.name
                if found[name][0] == "connected":
                    found[name] = ("degraded", writer.silence)
        return found

    # -- writers -------------------------------------------------------------------------------

    def _all(self) -> list[AnyWriter]:
        named = [writer for _, writer in (*self._writers.values(), *self._retiring)]
        return [*named, *self._own.values()]

    def _make(self, plan: AnyActionPlan) -> AnyWriter:
        counters = self._counters.setdefault(plan.action.name, ActionCounters())
        if isinstance(plan, RepublishPlan):
            return self._republisher(plan, counters)
        action = plan.action
        return ActionWriter(
            counters,
            self._clock,
            self._emit,
            lambda owner: self._buffers.make(action, owner),
            action,
            self._outlets.producer(plan),
            self._targets(plan),
            memory=self._memory,
            left_behind=self._left_behind.pop(action.name, 0),
        )

    def _republisher(self, plan: RepublishPlan, counters: ActionCounters) -> RepublishWriter:
        publisher = self._outlets.publisher(plan)
        return RepublishWriter(plan, publisher, counters, self._clock, self._emit)

    def _change(self, old: AnyActionPlan, writer: AnyWriter, plan: AnyActionPlan) -> AnyWriter:
        """Have a writer go on as another plan of the same kind says.

        What is on its way arrives there, unless that cluster is out of reach: then it comes back,
        to be sent to the new one.
        """
        if isinstance(plan, RepublishPlan) and isinstance(writer, RepublishWriter):
            writer.use(plan, self._outlets.publisher(plan))
        elif isinstance(plan, ActionPlan) and isinstance(writer, ActionWriter):
            writer.use(plan.action, self._outlets.producer(plan), self._targets(plan))
        self._outlets.leave(old, self._all())
        return writer

    def _revive(self, plan: AnyActionPlan) -> AnyWriter | None:
        """Use a writer again that still finishes its work, with the files that it holds."""
        for old in self._retiring:
            if old[0].action.name == plan.action.name and _store(old[0]) == _store(plan):
                self._retiring.remove(old)
                return self._change(*old, plan)
        return None

    def _follow(
        self, old: AnyActionPlan, writer: AnyWriter, plans: dict[str, AnyActionPlan]
    ) -> tuple[AnyActionPlan, AnyWriter]:
        """Have a retiring writer deliver to where its action delivers now."""
        plan = plans.get(old.action.name)
        if not isinstance(old, ActionPlan) or not isinstance(plan, ActionPlan):
            return old, writer
        action = plan.action.model_copy(update={"buffer": old.action.buffer})
        moved = replace(plan, action=action)
        return (old, writer) if moved == old else (moved, self._change(old, writer, moved))

    def _serve_retiring(self) -> None:
        for _, writer in self._retiring:
            writer.pump()
            if writer.is_idle:
                writer.close()
        self._retiring = [each for each in self._retiring if not each[1].is_idle]
        self._outlets.has_unused = True

    # -- fallbacks -----------------------------------------------------------------------------

    def _targets(self, plan: ActionPlan) -> list[Target]:
        """Make the fallbacks of an action, in order."""
        republishes = dict(plan.republishes)
        return [
            self._target(plan, fallback, republishes.get(index))
            for index, fallback in enumerate(plan.action.fallback_actions)
        ]

    def _target(
        self, plan: ActionPlan, fallback: Fallback, republish: RepublishPlan | None
    ) -> Target:
        file = self._file(plan, fallback if fallback.kind == "file" else _LAST_RESORT)
        if fallback.kind == "topic":
            producer = self._outlets.producer(plan)
            return TopicTarget(fallback.topic or "", plan.action.name, producer, file, self._clock)
        if fallback.kind == "reference":
            return ActionTarget(lambda: self._find(fallback.name or ""), file)
        if republish is not None:
            writer = self._own.get(republish.action.name)
            if writer is None:
                writer = self._republisher(republish, ActionCounters())
                self._own[republish.action.name] = writer
            else:
                writer.use(republish, self._outlets.publisher(republish))
            return ActionTarget(lambda: writer, file)
        return file

    def _forget_own(self, plans: Iterable[AnyActionPlan]) -> None:
        """Let republish fallbacks go that no action has any more."""
        kept = {
            republish.action.name
            for plan in plans
            if isinstance(plan, ActionPlan)
            for _, republish in plan.republishes
        }
        for name, writer in list(self._own.items()):
            if name not in kept and writer.is_idle:
                del self._own[name]

    def _find(self, name: str) -> AnyWriter | None:
        found = self._writers.get(name)
        return None if found is None else found[1]

    def _file(self, plan: ActionPlan, limits: Fallback) -> FileTarget:
        path = self._letters_dir / f"{plan.action.name}.jsonl"
        return FileTarget(DeadLetters(path, limits, self._clock))


def _store(plan: AnyActionPlan) -> str:
    """Tell where an action's records wait; a writer cannot change that."""
    return plan.action.buffer.mode if isinstance(plan, ActionPlan) else "republish"
