"""The embedded brokers: whether they run, where, who uses them, and what they cannot do."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal, Slot

from core.workspace.environment import SandboxAddresses
from gui.viewmodels.live import Live, State
from gui.viewmodels.words import tr


class EmbeddedBrokers(QObject):
    """Starts and stops the brokers of the window. Belongs to the loop's thread.

    Signals:
        changed: Anything that is told here.
    """

    changed = Signal()

    def __init__(self, live: Live, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session, self._live = live.session, live
        self._session.brokers.changed.connect(self.changed)
        self._session.workspaceChanged.connect(self.changed)
        self._session.stateChanged.connect(self._take_state)

    @property
    def addresses(self) -> SandboxAddresses | None:
        """Where they listen; None while they do not."""
        return self._session.brokers.addresses

    @property
    def state(self) -> State:
        """Whether they run, and why there is no button for it now."""
        brokers = self._session.brokers
        if brokers.is_starting:
            return State("connecting")
        if brokers.addresses is None:
            lost = tr("They have ended; their messages and records are gone")
            return State("failed", lost) if brokers.is_lost else State("stopped")
        return State("running")

    @property
    def note(self) -> str:
        """Why they can neither be started nor stopped now; empty where they can."""
        return tr("Stop the bridge first.") if self._is_bridge_up else ""

    @property
    def can_start(self) -> bool:
        """Whether they can be asked for, also once more while they are on the way."""
        return self.addresses is None and not self._is_bridge_up

    @property
    def can_stop(self) -> bool:
        """Whether they can be ended: the bridge does not run."""
        return self.addresses is not None and not self._is_bridge_up

    @property
    def users(self) -> list[str]:
        """The connectors of the workspace that stand on them."""
        connectors = self._live.workspace.connectors
        return [
            *(name for name, each in connectors.mqtt.items() if each.server == "sandbox"),
            *(name for name, each in connectors.kafka.items() if each.bootstrap_hosts == "sandbox"),
        ]

    @property
    def limits(self) -> list[str]:
        """What they cannot do that brokers of one's own can."""
        return [
            tr("They listen on this computer alone, on other ports after each start."),
            tr("All that they hold is in memory: it is gone when they stop or the window closes."),
            tr("Kafka: 4 partitions per topic, topic administration not available."),
            tr("Kafka: no TLS, no SASL, and records cannot be found by their time."),
            tr("MQTT: receive maximum, retain handling and retain as published have no effect."),
        ]

    def start(self) -> None:
        """Start them."""
        self._session.turn_brokers(on=True)

    def stop(self) -> None:
        """End them, with all that they hold."""
        self._session.turn_brokers(on=False)

    @property
    def _is_bridge_up(self) -> bool:
        return self._session.state in ("starting", "running", "draining")

    @Slot()
    def _take_state(self) -> None:
        self.changed.emit()
