"""How large a record a topic takes: asked of its cluster while the topic is looked at."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject, Signal, Slot

from core.clock import Clock, SystemClock
from core.errors import AppError
from core.workspace.environment import Environment
from core.workspace.kafka import KafkaConnector
from gui.viewmodels.partition_counts import Place, still_known

if TYPE_CHECKING:
    from gui.viewmodels.live import Live

_SETTING: Final = "max.message.bytes"
_AGAIN_S: Final = 30.0


class TopicLimits(QObject):
    """Asks for each topic again after half a minute: limits are raised where one stood in the way.

    Belongs to the loop's thread.

    Signals:
        changed: A limit is known now, or another one.
    """

    changed = Signal()

    def __init__(self, live: Live, *, clock: Clock | None = None) -> None:
        super().__init__(live)
        self._live = live
        self._clock = clock or SystemClock()
        self._limits: dict[Place, int] = {}
        self._asked_s: dict[Place, float] = {}
        self._known = dict(live.workspace.connectors.kafka)
        live.workspaceChanged.connect(self._forget)

    def of(self, connector: str, topic: str) -> int:
        """Tell the largest size of a batch, in bytes; 0 as long as that is not known.

        Asks for it while the bridge is connected to the cluster; `changed` follows.
        """
        place = (connector, topic)
        asked_s = self._asked_s.get(place)
        if asked_s is None or self._clock.monotonic_s() - asked_s >= _AGAIN_S:
            self._ask(place)
        return self._limits.get(place, 0)

    @Slot()
    def _forget(self) -> None:
        """Ask anew; of a connector that may lead to another cluster now, nothing is known."""
        before, self._known = self._known, dict(self._live.workspace.connectors.kafka)
        self._limits = still_known(self._limits, before, self._known)
        self._asked_s.clear()

    def _ask(self, place: Place) -> None:
        live, (name, topic) = self._live, place
        connector = live.workspace.connectors.kafka.get(name)
        environment, tasks = live.session.environment, live.session.tasks
        is_there = live.connector_state(name).status == "connected"
        if not topic or connector is None or environment is None or not is_there or tasks.is_over:
            return
        self._asked_s[place] = self._clock.monotonic_s()
        tasks.start(self._look(connector, environment, place), f"look at {topic}", owner=self)

    async def _look(
        self, connector: KafkaConnector, environment: Environment, place: Place
    ) -> None:
        try:
            limit = await asyncio.to_thread(_limit, connector, environment, place[1])
        except AppError:
            return  # it is said without the number
        if limit and limit != self._limits.get(place):
            self._limits[place] = limit
            self.changed.emit()


def _limit(connector: KafkaConnector, environment: Environment, topic: str) -> int:
    """Ask for the limit; 0 where the cluster does not tell. Blocks up to seconds."""
    from core.kafka.admin import Admin

    found = Admin(connector, environment).topic_settings(topic).get(_SETTING, "")
    return int(found) if found.isdecimal() else 0
