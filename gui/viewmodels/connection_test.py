"""The staged connection test of a connector as it is edited."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Final, Literal, TypeAlias

from PySide6.QtCore import QObject, Signal

from core.cli.workspace_file import environment_of
from core.errors import AppError
from core.kafka.check import check_kafka
from core.mqtt.answers import Connack
from core.mqtt.probe import check_mqtt
from core.probe import Step
from core.workspace.diff import Changes
from core.workspace.edit import edit
from core.workspace.environment import Environment, SandboxAddresses
from core.workspace.load import Loaded, loads
from core.workspace.model import Workspace
from core.workspace.mqtt import MqttConnector
from core.workspace.units import SecretRef
from gui.viewmodels.broker_limits import limits_of
from gui.viewmodels.connector import Figure
from gui.viewmodels.object_drafts import Drafts
from gui.viewmodels.words import plural, tr

Phase: TypeAlias = Literal["untried", "running", "passed", "failed", "cancelled"]

_UNKNOWN_TOPIC: Final = "unknown topic"
_PLANS: Final = {
    "mqtt": ("resolve", "connect", "tls", "sign_in"),
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
    """

    name: str
    status: str
    detail: str = ""
    time: str = ""
    cause: str = ""
    hint: str = ""
    missing_topic: str = ""


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

    def start(self) -> None:
        """Test the values as they are now; an earlier test is given up."""
        self.cancel()
        self.steps, self.problem, self._trial = [], "", None
        self.started_at = datetime.now(UTC).astimezone()
        self.phase = "running"
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
        plan = list(_PLANS.get(self._kind, ()))
        topics = self._topics
        for step in self.steps:
            while plan and step.step in plan and plan[0] != step.step:
                rows.append(StepRow(_name(plan.pop(0)), "no_result", tr("not used")))
            if plan and plan[0] == step.step:
                plan.pop(0)
            status = "passed" if step.ok else "failed"
            row = StepRow(_name(step.step), status, step.detail, _time(step.ms))
            if not step.ok:
                row = replace(row, cause=step.cause, hint=step.hint)
            if step.step == "topic" and step.cause == _UNKNOWN_TOPIC:
                row = replace(row, missing_topic=topics[0] if topics else "")
            topics = topics[step.step == "topic" :]
            rows.append(row)
        for place, left in enumerate(plan):
            runs = self.phase == "running" and place == 0
            if self.phase == "passed":
                rows.append(StepRow(_name(left), "no_result", tr("not used")))
            else:
                status = "connecting" if runs else "not_tried"
                rows.append(StepRow(_name(left), status, "" if runs else tr("not tried")))
        return rows

    @property
    def verdict(self) -> str:
        """How it went, in one line."""
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
        """How long all steps took."""
        return _time(sum(step.ms for step in self.steps)) if self.steps else ""

    def report(self) -> str:
        """Write the test down as text, to be copied."""
        lines = [self.verdict]
        limits = [f"{limit.name}: {limit.value}" for limit in self.limits]
        for row in self.rows:
            parts = (row.name, row.status, row.detail, row.time, row.cause, row.hint)
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
            self.problem = f"{exc.message} {exc.hint}".strip()
            self.changed.emit()
        else:
            self.start()

    async def _run(self) -> None:
        session = self._drafts.live.session
        try:
            if session.loaded is None:
                raise AppError(tr("No workspace is open."))
            trial = _Trial(
                session.loaded,
                self._drafts.edits(self._key),
                self._drafts.name(self._key),
                session.sandbox,
                self._drafts.pending_secrets(self._key),
            )
            stages = await asyncio.to_thread(trial.stages)
            self._trial, self._topics = trial, await asyncio.to_thread(trial.topics)
            while (step := await asyncio.to_thread(next, stages, None)) is not None:
                self.steps.append(step)
                self.changed.emit()
            self.phase = "passed" if all(step.ok for step in self.steps) else "failed"
        except AppError as exc:
            self.problem = f"{exc.message} {exc.hint}".strip()
            self.phase = "failed"
        self.changed.emit()


@dataclass(frozen=True, slots=True)
class _Trial:
    """What is tested, as it was when the test began; `welcome` is what the broker answered."""

    loaded: Loaded
    edits: Changes
    name: str
    sandbox: SandboxAddresses | None
    secrets: dict[str, str]
    welcome: list[tuple[Connack, MqttConnector]] = field(default_factory=list)

    def stages(self) -> Iterator[Step]:
        """Make the stages; takes tens of milliseconds.

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
                on_welcome=lambda connack: self.welcome.append((connack, mqtt)),
            )
        kafka = workspace.connectors.kafka.get(self.name)
        if kafka is not None:
            return check_kafka(kafka, surroundings, _topics(workspace, self.name))
        raise AppError(tr("These settings make no connector yet: correct what is marked."))

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

        def resolve(reference: SecretRef) -> str:
            return self.secrets.get(str(reference)) or environment.resolve_secret(reference)

        return workspace, replace(environment, resolve_secret=resolve)


def _topics(workspace: Workspace, name: str) -> list[str]:
    """Name the topics that the connector's actions write to."""
    return [
        action.topic
        for action in workspace.actions.kafka.values()
        if action.connector == name and action.enable and "${" not in action.topic
    ]


def _name(step: str) -> str:
    names = {
        "resolve": tr("Resolve name"),
        "connect": tr("Connect"),
        "tls": tr("TLS"),
        "sign_in": tr("Sign in"),
        "metadata": tr("Read metadata"),
        "brokers": tr("Reach the advertised brokers"),
        "topic": tr("Find topic"),
        "options": tr("Options"),
    }
    return names.get(step, step)


def _time(milliseconds: int) -> str:
    if milliseconds < 1_000:
        return tr("{count} ms").format(count=milliseconds)
    return tr("{count} s").format(count=f"{milliseconds / 1_000:.1f}")
