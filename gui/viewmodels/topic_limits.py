"""How large a record a topic takes: asked of its cluster, once for each topic that is looked at."""

from __future__ import annotations

import asyncio
from typing import Final

from PySide6.QtCore import QObject, Signal

from core.errors import AppError
from core.workspace.environment import Environment
from core.workspace.kafka import KafkaConnector
from gui.viewmodels.live import Live

_SETTING: Final = "max.message.bytes"


class TopicLimits(QObject):
    """Belongs to the loop's thread.

    Signals:
        changed: A limit is known now.
    """

    changed = Signal()

    def __init__(self, live: Live, parent: QObject | None = None) -> None:
        super().__init__(parent or live)
        self._live = live
        self._limits: dict[tuple[str, str], int] = {}

    def of(self, connector: str, topic: str) -> int:
        """Tell the largest size of a batch, in bytes; 0 as long as that is not known.

        Asks for it while the bridge is connected to the cluster; `changed` follows.
        """
        place = (connector, topic)
        if place not in self._limits:
            self._ask(place)
        return self._limits.get(place, 0)

    def _ask(self, place: tuple[str, str]) -> None:
        live, (name, topic) = self._live, place
        connector = live.workspace.connectors.kafka.get(name)
        environment, tasks = live.session.environment, live.session.tasks
        is_there = live.connector_state(name).status == "connected"
        if not topic or connector is None or environment is None or not is_there or tasks.is_over:
            return
        self._limits[place] = 0
        tasks.start(self._look(connector, environment, place), f"look at {topic}", owner=self)

    async def _look(
        self, connector: KafkaConnector, environment: Environment, place: tuple[str, str]
    ) -> None:
        try:
            limit = await asyncio.to_thread(_limit, connector, environment, place[1])
        except AppError:
            return  # it is said without the number
        if limit:
            self._limits[place] = limit
            self.changed.emit()


def _limit(connector: KafkaConnector, environment: Environment, topic: str) -> int:
    """Ask for the limit; 0 where the cluster does not tell. Blocks up to seconds."""
    from core.kafka.admin import Admin

    found = Admin(connector, environment).topic_settings(topic).get(_SETTING, "")
    return int(found) if found.isdecimal() else 0
