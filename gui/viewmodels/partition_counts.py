"""How many partitions topics have: asked of the cluster once, while the bridge is connected."""

from __future__ import annotations

import asyncio
from typing import TypeAlias

from PySide6.QtCore import QObject, Signal
from shiboken6 import isValid

from core.errors import AppError
from core.kafka.admin import Admin
from core.workspace.environment import Environment
from core.workspace.kafka import KafkaConnector
from gui.viewmodels.live import Live

Place: TypeAlias = tuple[str, str]
"""A connector and a topic on it."""


class PartitionCounts(QObject):
    """Remembers them for as long as it lives.

    Signals:
        changed: A number is known now.
    """

    changed = Signal()

    def __init__(self, live: Live, parent: QObject | None = None) -> None:
        super().__init__(parent or live)
        self._live = live
        self._counts: dict[Place, int] = {}
        self._asked: set[Place] = set()

    def count(self, connector: str, topic: str) -> int:
        """Tell how many partitions a fixed topic has; 0 as long as that is not known.

        Asks for it where the cluster is in reach; `changed` follows.
        """
        place = (connector, topic)
        if place not in self._asked:
            self._ask(place)
        return self._counts.get(place, 0)

    def _ask(self, place: Place) -> None:
        live, (name, topic) = self._live, place
        connector = live.workspace.connectors.kafka.get(name)
        environment = live.session.environment
        is_there = live.connector_state(name).status == "connected"
        if not topic or "${" in topic or live.session.is_closing:
            return
        if connector is None or environment is None or not is_there:
            return
        self._asked.add(place)
        task = self._look(connector, environment, place)
        live.session.tasks.start(task, f"look at {topic}")

    async def _look(
        self, connector: KafkaConnector, environment: Environment, place: Place
    ) -> None:
        try:
            count = await asyncio.to_thread(_partitions, connector, environment, place[1])
        except AppError:
            count = 0  # the connector's state tells what is wrong with it
        if not isValid(self):
            return
        if count:
            self._counts[place] = count
            self.changed.emit()
        else:  # a topic that the first record makes is there the next time
            self._asked.discard(place)


def _partitions(connector: KafkaConnector, environment: Environment, topic: str) -> int:
    """Count the partitions of a topic; 0 for one that is not there. Blocks up to seconds."""
    found = Admin(connector, environment).describe(topic).topics.get(topic)
    return 0 if found is None else found.partitions
