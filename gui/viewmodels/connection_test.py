"""The staged connection test of a connector as it is edited."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final, Literal, TypeAlias

from PySide6.QtCore import QObject, Signal, Slot

from core.cli.workspace_file import environment_of
from core.errors import AppError
from core.kafka.check import check_kafka
from core.mqtt.answers import Connack
from core.mqtt.probe import check_mqtt
from core.probe import UNKNOWN_TOPIC, Step
from core.workspace.diff import Changes
from core.workspace.edit import edit
from core.workspace.environment import Environment, SandboxAddresses
from core.workspace.load import Loaded, loads
from core.workspace.model import Workspace
from core.workspace.mqtt import MqttConnector
from gui.viewmodels.broker_limits import limits_of
from gui.viewmodels.connector import Figure
from gui.viewmodels.facts import rule_facts
from gui.viewmodels.object_drafts import Drafts
from gui.viewmodels.secret_lookup import with_secrets
from gui.viewmodels.unreadable import unreadable
from gui.viewmodels.words import plural, sentences, tr

Phase: TypeAlias = Literal["untried", "running", "passed", "failed", "cancelled"]

_PLANS: Final = {
    "mqtt": ("resolve", "connect", "tls", "mqtt", "sign_in", "subscribe", "receive"),
    "kafka": ("resolve", "connect", "tls", "sign_in", "metadata", "brokers"),
}


@dataclass(frozen=True, slots=True)
class StepRow:
    """One line of the test.

    Attributes:
        name: The stage in words.
        status: `passed`, `failed`, `connecting` (it runs), `no_result` (not used), `not_tried`.
        detail: What was found; of a failed stage, what happened.
        time: How long it took.
        cause: The raw text of the system or library, for a failed stage.
        hint: What to do about it, for a failed stage.
        missing_topic: The topic that is not there and could be made.
        found: All that was found, where `detail` is its short form.
        about: An address in `detail` that matters.
        fixes: Ready lines that mend it, by where they go.
    """

    name: str
    status: str
    detail: str = ""
    time: str = ""
    cause: str = ""
    hint: str = ""
    missing_topic: str = ""
    found: str = ""
    about: str = ""
    fixes: dict[str, str] = field(default_factory=dict[str, str])


class ConnectionTest(QObject):
    """Runs the same stages as `sluicegate check`, on values that need not be saved.

    The stages block, each at most its own timeout, and run beside the loop. Cancelling answers at
    once; the stage that runs ends by itself and is not shown.

    Signals:
        changed: Phase or steps are new.
    """

    changed = Signal()

    def __init__(self, drafts: Drafts, key: str, parent: QObject | None = None) -> None:
        """Take the draft's key."""
        super().__init__(parent)
        self._drafts, self._key = drafts, key
        self._kind = drafts.kind(key)
        self._task: asyncio.Task[None] | None = None
        self.phase: Phase = "untried"
        self.steps: list[Step] = []
        self.started_at: datetime | None = None
        self.problem = ""
        self._trial: _Trial | None = None
        self._topics: list[str] = []
        self._filters: tuple[str, ...] = ()
        self._tested: object = None
        self._is_outdated = False
        drafts.changed.connect(self._take_edit)
        drafts.saved.connect(self._take_saved)

    def start(self) -> None:
        """Test the values as they are now; an earlier test is given up."""
        self.cancel()
        self.steps, self.problem, self._trial, self._topics = [], "", None, []
        self._filters = ()
        self.started_at = datetime.now(UTC).astimezone()
        self.phase = "running"
        self._tested, self._is_outdated = self._values(), False
        self._task = self._drafts.live.session.tasks.start(
            self._run(), f"test {self._key}", owner=self
        )
        self.changed.emit()

    def cancel(self) -> None:
        """Give the test up."""
        if self.phase == "running" and self._task is not None:
            self._task.cancel()
            self.phase = "cancelled"
            self.changed.emit()

    @property
    def is_outdated(self) -> bool:
        """Whether the values are others than those that were tested."""
        return self._is_outdated and self.phase in ("passed", "failed")

    def _values(self) -> object:
        return self._drafts.values(self._key), self._drafts.pending_secrets(self._key)

    @Slot(str)
    def _take_edit(self, key: str) -> None:
        has_begun = key == self._key and self.phase in ("running", "passed", "failed")
        if has_begun and (self._values() != self._tested) != self._is_outdated:
            self._is_outdated = not self._is_outdated
            self.changed.emit()

    @Slot(str)
    def _take_saved(self, key: str) -> None:
        """Take for tested what was saved as it was tested: a typed secret has another place now."""
        if key == self._key and not self._is_outdated:
            self._tested = self._values()

    @property
    def is_mqtt(self) -> bool:
        """Whether a broker with sessions is tested."""
        return self._kind == "mqtt"

    @property
    def limits(self) -> tuple[Figure, ...]:
        """What the broker allows, once it has welcomed the test."""
        welcome = self._trial.welcome if self._trial is not None else None
        return limits_of(*welcome[-1]) if welcome else ()

    @property
    def rows(self) -> list[StepRow]:
        """The stages: those that were made, the one that runs, and those to come."""
        rows: list[StepRow] = []
        plan = self._plan()
        for step in self.steps:
            while plan and plan[0][0] != step.step and step.step in dict(plan):
                rows.append(self._left_out(*plan.pop(0)))
            topic = plan.pop(0)[1] if plan and plan[0][0] == step.step else ""
            rows.append(_row(step, topic))
        for place, (left, topic) in enumerate(plan):
            if self.phase == "passed":
                rows.append(self._left_out(left, topic))
            elif self.phase == "running" and place == 0:
                rows.append(StepRow(_name(left, topic), "connecting"))
            else:
                rows.append(StepRow(_name(left, topic), "not_tried", tr("not tried")))
        return rows

    def _plan(self) -> list[tuple[str, str]]:
        """List the stages to come from the start, with the topic of those that are about one."""
        plan = [(stage, "") for stage in _PLANS.get(self._kind, ())]
        if self._topics:
            plan += [*(("topic", topic) for topic in self._topics), ("write", "")]
        return plan

    def _left_out(self, stage: str, topic: str) -> StepRow:
        """Say why a stage was not needed."""
        words = tr("not used")
        if stage in ("subscribe", "receive") and not self._filters:
            words = tr("no rule listens")
        elif stage == "receive":
            words = tr("no message within 2 s")
        return StepRow(_name(stage, topic), "no_result", words)

    @property
    def verdict(self) -> str:
        """How it went, in one line, and whether that still says something of the form."""
        if self.is_outdated:
            return tr("{verdict}, before the last edits").format(verdict=self._outcome())
        return self._outcome()

    def _outcome(self) -> str:
        match self.phase:
            case "running":
                return tr("Testing…")
            case "passed":
                return plural("The step passed", "All %n steps passed", len(self.steps))
            case "failed" if self.problem:
                return self.problem
            case "failed":
                rows = self.rows
                place = next(n for n, row in enumerate(rows, 1) if row.status == "failed")
                text = tr("Failed at step {place} of {count}")
                return text.format(place=place, count=len(rows))
            case "cancelled":
                return tr("Cancelled")
            case _:
                return ""

    @property
    def took(self) -> str:
        """How long all steps took; empty until the test has come to its end."""
        is_over = self.phase in ("passed", "failed") and bool(self.steps)
        return _time(sum(step.ms for step in self.steps)) if is_over else ""

    def report(self) -> str:
        """Write the test down as text, to be copied."""
        lines = [self.verdict]
        limits = [f"{limit.name}: {limit.value}" for limit in self.limits]
        for row in self.rows:
            told = row.found or row.detail
            parts = (row.name, row.status, told, row.time, row.cause, row.hint)
            lines.append("; ".join(part for part in parts if part))
        return "\n".join(lines + limits)

    def create_topic(self, name: str, partitions: int, replication: int) -> None:
        """Make a topic that the test has missed, and test again."""
        if self._trial is not None:
            making = self._create(self._trial, name, partitions, replication)
            self._drafts.live.session.tasks.start(making, f"create topic {name}", owner=self)

    async def _create(self, trial: _Trial, name: str, partitions: int, replication: int) -> None:
        try:
            await asyncio.to_thread(trial.create_topic, name, partitions, replication)
        except AppError as exc:
            self.problem = sentences(exc.message, exc.hint)
            self.changed.emit()
        else:
            self.start()

    async def _run(self) -> None:
        session = self._drafts.live.session
        try:
            if session.loaded is None:
                raise AppError(tr("No workspace is open."))
            if (found := unreadable(self._drafts.live)) is not None:
                raise AppError(found.headline, hint=found.way_out)
            trial = _Trial(
                session.loaded,
                self._drafts.edits(self._key),
                self._drafts.name(self._key),
                session.sandbox,
                self._drafts.pending_secrets(self._key),
            )
            self._filters = await asyncio.to_thread(trial.filters)
            stages = await asyncio.to_thread(trial.stages, self._filters)
            self._trial, self._topics = trial, await asyncio.to_thread(trial.topics)
            while (step := await asyncio.to_thread(next, stages, None)) is not None:
                self.steps.append(step)
                self.changed.emit()
            self.phase = "passed" if all(step.ok for step in self.steps) else "failed"
        except AppError as exc:
            self.problem = sentences(exc.message, exc.hint)
            self.phase = "failed"
        self._look_at_files()
        self.changed.emit()

    def _look_at_files(self) -> None:
        """Have the form tell of the files as they are now, which the test has just read."""
        if self._drafts.is_dirty(self._key):
            self._drafts.check(self._key)
        self._drafts.live.session.look_at_files()


@dataclass(frozen=True, slots=True)
class _Trial:
    """What is tested, as it was when the test began; `welcome` is what the broker answered."""

    loaded: Loaded
    edits: Changes
    name: str
    sandbox: SandboxAddresses | None
    secrets: dict[str, str]
    welcome: list[tuple[Connack, MqttConnector]] = field(default_factory=list)

    def stages(self, filters: tuple[str, ...]) -> Iterator[Step]:
        """Make the stages; takes tens of milliseconds. A broker is asked for the topic filters.

        Raises:
            AppError: The values make no connector.
        """
        workspace, surroundings = self._surroundings()
        mqtt = workspace.connectors.mqtt.get(self.name)
        if mqtt is not None:
            return check_mqtt(
                mqtt,
                surroundings,
                client_id=workspace.client_id(mqtt),
                filters=filters,
                on_welcome=lambda connack: self.welcome.append((connack, mqtt)),
            )
        kafka = workspace.connectors.kafka.get(self.name)
        if kafka is not None:
            return check_kafka(kafka, surroundings, _topics(workspace, self.name))
        raise AppError(tr("These settings make no connector yet: correct what is marked."))

    def filters(self) -> tuple[str, ...]:
        """List the topic filters that enabled rules ask of the connector; compiles them."""
        workspace = self.loaded.partial
        listening = {
            name: rule
            for name, rule in workspace.rules.items()
            if rule.enable and workspace.source_of(rule) == self.name
        }
        facts = rule_facts(workspace.model_copy(update={"rules": listening}))
        return tuple(dict.fromkeys(topic for each in facts.values() for topic in each.topics))

    def topics(self) -> list[str]:
        """Name the topics that are looked for, in the order of their stages."""
        workspace, _ = self._surroundings()
        kafka = workspace.connectors.kafka.get(self.name)
        own = kafka.health_check_topic if kafka is not None else None
        return list(dict.fromkeys([*_topics(workspace, self.name), *([own] if own else [])]))

    def create_topic(self, name: str, partitions: int, replication: int) -> None:
        """Make a topic.

        Raises:
            AppError: The cluster does not accept it, or is not reached.
        """
        from core.kafka.admin import Admin

        workspace, surroundings = self._surroundings()
        connector = workspace.connectors.kafka[self.name]
        Admin(connector, surroundings).create_topic(
            name, partitions=partitions, replication=replication
        )

    def _surroundings(self) -> tuple[Workspace, Environment]:
        workspace = loads(edit(self.loaded.text, self.edits), self.loaded.path).partial
        environment = environment_of(workspace, self.loaded.path, self.sandbox)
        return workspace, with_secrets(environment, self.secrets)


def _topics(workspace: Workspace, name: str) -> list[str]:
    """Name the topics that the connector's actions write to."""
    return [
        action.topic
        for action in workspace.actions.kafka.values()
        if action.connector == name and action.enable and "${" not in action.topic
    ]


def _row(step: Step, topic: str) -> StepRow:
    """Show a stage that was made: in short if it went well, else with all there is to say."""
    name = _name(step.step, topic)
    if step.ok:
        detail = step.brief or step.detail
        return StepRow(name, "passed", detail, _time(step.ms), found=step.detail)
    return StepRow(
        name,
        "failed",
        step.detail,
        _time(step.ms),
        cause=step.cause,
        hint=step.hint,
        missing_topic=step.about if step.cause == UNKNOWN_TOPIC else "",
        about=step.about,
        fixes=step.fixes,
    )


def _name(step: str, topic: str = "") -> str:
    names = {
        "resolve": tr("Resolve name"),
        "connect": tr("Connect"),
        "tls": tr("TLS"),
        "mqtt": tr("MQTT connect"),
        "sign_in": tr("Sign in"),
        "subscribe": tr("Subscribe"),
        "receive": tr("Receive a message"),
        "metadata": tr("Read metadata"),
        "brokers": tr("Reach the advertised broker"),
        "topic": tr("Find topic {topic}").format(topic=topic),
        "write": tr("Permission to write"),
        "options": tr("Options"),
    }
    return names.get(step, step)


def _time(milliseconds: int) -> str:
    if milliseconds < 1_000:
        return tr("{count} ms").format(count=milliseconds)
    return tr("{count} s").format(count=f"{milliseconds / 1_000:.1f}")
