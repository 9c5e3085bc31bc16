"""How many partitions topics have: asked of their clusters while the bridge is connected."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Final, TypeAlias

from PySide6.QtCore import QObject, Signal, Slot
from shiboken6 import isValid

from core.clock import Clock, SystemClock
from core.errors import AppError
from core.workspace.environment import Environment
from core.workspace.kafka import KafkaConnector

if TYPE_CHECKING:
    from gui.viewmodels.live import Live

Place: TypeAlias = tuple[str, str]
"""A connector and a topic on it."""

AGAIN_S: Final = 30.0
"""After how long a cluster is asked again for a topic that was not there."""


class PartitionCounts(QObject):
    """Asks once for each topic and connection, all topics of a cluster over one connection.

    Belongs to the loop's thread; the clusters are asked beside it.

    Signals:
        changed: A number is known now, or another one.
    """

    changed = Signal()

    def __init__(self, live: Live, *, clock: Clock | None = None) -> None:
        """Begin without numbers.

        Args:
            live: What is open, whose child this is.
            clock: Tells when a topic that was not there is asked for again.
        """
        super().__init__(live)
        self._live = live
        self._clock = clock or SystemClock()
        self._counts: dict[Place, int] = {}
        self._asked_s: dict[Place, float] = {}
        self._wanted: dict[str, set[str]] = {}
        self._connected: set[str] = set()
        self._known = dict(live.workspace.connectors.kafka)
        live.changed.connect(self._take_states)
        live.workspaceChanged.connect(self._forget_asking)

    def count(self, connector: str, topic: str) -> int:
        """Tell how many partitions a fixed topic has; 0 as long as that is not known.

        Asks for it where the cluster is in reach; `changed` follows. Cheap enough for every
        repaint.
        """
        place = (connector, topic)
        if topic and "${" not in topic and self._is_due(place):
            self._want(place)
        return self._counts.get(place, 0)

    @Slot()
    def _take_states(self) -> None:
        """Ask anew after a connection was lost: topics may be others."""
        connectors = self._live.workspace.connectors.kafka
        found = {n for n in connectors if self._live.connector_state(n).status == "connected"}
        for place in [place for place in self._asked_s if place[0] in found - self._connected]:
            del self._asked_s[place]
        self._connected = found

    @Slot()
    def _forget_asking(self) -> None:
        """Ask anew; of a connector that may lead to another cluster now, nothing is known."""
        before, self._known = self._known, dict(self._live.workspace.connectors.kafka)
        self._counts = still_known(self._counts, before, self._known)
        self._asked_s.clear()

    def _is_due(self, place: Place) -> bool:
        asked_s = self._asked_s.get(place)
        if asked_s is None:
            return True
        return place not in self._counts and self._clock.monotonic_s() - asked_s >= AGAIN_S

    def _want(self, place: Place) -> None:
        live, (name, topic) = self._live, place
        environment = live.session.environment
        if name not in live.workspace.connectors.kafka or environment is None:
            return
        if live.session.is_closing or live.connector_state(name).status != "connected":
            return
        self._asked_s[place] = self._clock.monotonic_s()
        is_first = name not in self._wanted
        self._wanted.setdefault(name, set()).add(topic)
        if is_first:
            live.session.tasks.start(self._look(name, environment), f"count partitions of {name}")

    async def _look(self, name: str, environment: Environment) -> None:
        """Ask for all topics that are wanted by the time that the loop has come round."""
        await asyncio.sleep(0)
        topics = self._wanted.pop(name)
        connector = self._live.workspace.connectors.kafka.get(name)
        if connector is None:
            return
        try:
            found = await asyncio.to_thread(partitions, connector, environment, topics)
        except AppError:  # the connector's state tells what is wrong with it
            return
        if not isValid(self):
            return
        before = dict(self._counts)
        for topic in topics:
            self._counts.pop((name, topic), None)
            if topic in found:
                self._counts[name, topic] = found[topic]
        if self._counts != before:
            self.changed.emit()


def still_known(
    found: Mapping[Place, int],
    before: Mapping[str, KafkaConnector],
    now: Mapping[str, KafkaConnector],
) -> dict[Place, int]:
    """Keep what was found, but of connectors that may lead to another cluster than before."""
    others = {name for name, connector in now.items() if before.get(name) != connector}
    return {place: number for place, number in found.items() if place[0] not in others}


def partitions(
    connector: KafkaConnector, environment: Environment, topics: Iterable[str]
) -> Mapping[str, int]:
    """Count the partitions of topics, without those that are not there. Blocks up to seconds.

    Raises:
        AppError: The cluster was not reached.
    """
    from core.kafka.admin import Admin  # heavy, and only of use where a cluster is reached

    admin = Admin(connector, environment)
    found = {topic: admin.describe(topic).topics.get(topic) for topic in topics}
    return {topic: each.partitions for topic, each in found.items() if each is not None}
