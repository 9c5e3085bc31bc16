"""The topics that a cluster has, to pick one from, and to make the one that is missing."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from dataclasses import dataclass, field, replace
from typing import Any, Final, Literal, TypeAlias

from PySide6.QtCore import QObject, Signal

from core.errors import AppError
from core.workspace.environment import Environment
from core.workspace.kafka import KafkaConnector
from core.workspace.mqtt import SANDBOX
from gui.viewmodels.live import Live
from gui.viewmodels.words import sentences, tr

Phase: TypeAlias = Literal["unasked", "asking", "known", "failed"]

_INTERNAL: Final = "__"


@dataclass(frozen=True, slots=True)
class TopicList:
    """What is known of a cluster.

    Attributes:
        phase: How far the asking is; what an earlier answer gave stays while it is asked again.
        topics: Names in order, each with how many partitions it has.
        is_answered: Whether the cluster has ever told its topics.
        problem: Why it does not tell, or has not made one, in a sentence.
    """

    phase: Phase = "unasked"
    topics: dict[str, int] = field(default_factory=dict[str, int])
    is_answered: bool = False
    problem: str = ""


_UNASKED: Final = TopicList()


class ClusterTopics(QObject):
    """Asks in a thread and remembers the answers of each connector. Belongs to the loop's thread.

    Connectors are those of the saved workspace.

    Signals:
        changed: The list of this connector is new.
        created: This connector has this topic now.
    """

    changed = Signal(str)
    created = Signal(str, str)

    def __init__(self, live: Live, parent: QObject | None = None) -> None:
        super().__init__(parent or live)
        self._live = live
        self._lists: dict[str, TopicList] = {}

    def of(self, connector: str) -> TopicList:
        """Give what is known of a connector's topics."""
        return self._lists.get(connector, _UNASKED)

    def is_missing(self, connector: str, topic: str) -> bool:
        """Whether the cluster is known to lack a topic that no record will make by itself."""
        found = self._live.workspace.connectors.kafka.get(connector)
        if found is None or found.allow_auto_topic_creation or found.bootstrap_hosts == SANDBOX:
            return False
        known = self.of(connector)
        is_fixed = bool(topic) and "${" not in topic
        return known.is_answered and is_fixed and topic not in known.topics

    def look_if_connected(self, connector: str) -> None:
        """Ask a cluster that the bridge is connected to, unless it was asked before."""
        is_there = self._live.connector_state(connector).status == "connected"
        if is_there and self.of(connector).phase == "unasked":
            self.look(connector)

    def look(self, connector: str) -> None:
        """Ask a cluster for its topics; `changed` follows, at once if it cannot be asked."""
        if self.of(connector).phase == "asking" or self._live.session.is_closing:
            return
        found = self._found(connector)
        if found is None:
            return
        self._lists[connector] = replace(self.of(connector), phase="asking", problem="")
        self.changed.emit(connector)
        self._start(self._look(connector, *found), f"list the topics of {connector}")

    def create(self, connector: str, topic: str, partitions: int, replication: int) -> None:
        """Make a topic; `created` follows, or `changed` with the problem."""
        if self._live.session.is_closing:
            return
        found = self._found(connector)
        if found is not None:
            making = self._create(connector, *found, topic, partitions, replication)
            self._start(making, f"create topic {topic}")

    def _found(self, connector: str) -> tuple[KafkaConnector, Environment] | None:
        """Find what a cluster is reached with; where there is nothing, say so."""
        if not connector:
            self._put(connector, problem=tr("Choose a connector first."))
            return None
        found = self._live.workspace.connectors.kafka.get(connector)
        environment = self._live.session.environment
        if found is None or environment is None:
            text = tr("{name} is not saved yet, so it cannot be asked.").format(name=connector)
            self._put(connector, problem=text)
            return None
        return found, environment

    def _start(self, work: Coroutine[Any, Any, None], name: str) -> None:
        self._live.session.tasks.start(work, name, owner=self)

    async def _look(self, name: str, connector: KafkaConnector, environment: Environment) -> None:
        try:
            topics = await asyncio.to_thread(_topics, connector, environment)
        except AppError as exc:
            self._put(name, problem=sentences(exc.message, exc.hint))
        else:
            self._put(name, topics)

    async def _create(
        self,
        name: str,
        connector: KafkaConnector,
        environment: Environment,
        topic: str,
        partitions: int,
        replication: int,
    ) -> None:
        numbers = (partitions, replication)
        try:
            made = await asyncio.to_thread(_make, connector, environment, topic, numbers)
        except AppError as exc:
            self._put(name, problem=sentences(exc.message, exc.hint))
        else:
            self._put(name, dict(sorted({**self.of(name).topics, topic: made}.items())))
            self.created.emit(name, topic)

    def _put(
        self, connector: str, topics: dict[str, int] | None = None, *, problem: str = ""
    ) -> None:
        if topics is None:
            before = self.of(connector)
            self._lists[connector] = replace(before, phase="failed", problem=problem)
        else:
            self._lists[connector] = TopicList("known", topics, is_answered=True)
        self.changed.emit(connector)


def _topics(connector: KafkaConnector, environment: Environment) -> dict[str, int]:
    """Count the partitions of all topics but the cluster's own. Blocks up to seconds."""
    from core.kafka.admin import Admin

    found = Admin(connector, environment).describe().topics
    names = sorted(name for name in found if not name.startswith(_INTERNAL))
    return {name: found[name].partitions for name in names}


def _make(
    connector: KafkaConnector, environment: Environment, topic: str, numbers: tuple[int, int]
) -> int:
    """Create a topic; returns how many partitions it has. Blocks up to seconds."""
    from core.kafka.admin import Admin

    partitions, replication = numbers
    admin = Admin(connector, environment)
    return admin.create_topic(topic, partitions=partitions, replication=replication).partitions
