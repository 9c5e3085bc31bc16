"""What a connector listens to for its rules, and whom its last message came from."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QObject, Signal, Slot

from core.bridge.events import MessageSample
from core.bridge.metrics import SourceStats
from gui.viewmodels.letter_words import clock
from gui.viewmodels.live import Live
from gui.viewmodels.words import number, tr


@dataclass(frozen=True, slots=True)
class FilterRow:
    """A topic filter that rules ask for.

    Attributes:
        topic_filter: As the rule has it.
        status: The name of a shape.
        granted: The QoS that the broker granted, in words.
        received: How many messages came by it since the start; empty while nothing runs.
    """

    topic_filter: str
    status: str
    granted: str
    received: str


class Subscriptions(QObject):
    """The topic filters of one MQTT connector, and where its last sampled message came from.

    Signals:
        changed: Filters, what the broker granted, or the sample are new.
    """

    changed = Signal()

    def __init__(self, live: Live, name: str, parent: QObject | None = None) -> None:
        """Watch the connector of this name."""
        super().__init__(parent or live)
        self._live, self._name = live, name
        self._sample: MessageSample | None = None
        live.session.messageSampled.connect(self._take_sample)
        live.changed.connect(self.changed)
        live.factsChanged.connect(self.changed)

    @property
    def rows(self) -> tuple[FilterRow, ...]:
        """The filters in the order of the rules."""
        snapshot = self._live.snapshot if self._live.is_running else None
        source = snapshot.sources.get(self._name) if snapshot is not None else None
        return tuple(
            self._row(topic_filter, source)
            for connector, topic_filter in self._live.filters()
            if connector == self._name
        )

    @property
    def client(self) -> str:
        """The `clientid` that rules saw with the last sampled message; empty for none."""
        return self._sample.client if self._sample is not None else ""

    @property
    def sample_words(self) -> str:
        """Where and when the last sampled message came; empty before the first one."""
        sample = self._sample
        if sample is None:
            return ""
        words = (
            tr("clientid of {topic}, {time}")
            if sample.client
            else tr("undefined for {topic}, {time}")
        )
        return words.format(topic=sample.topic, time=clock(sample.time_ms))

    def _row(self, topic_filter: str, source: SourceStats | None) -> FilterRow:
        stats = source.filters.get(topic_filter) if source is not None else None
        if source is None or stats is None:
            return FilterRow(topic_filter, "stopped", tr("not subscribed"), "")
        received = number(stats.received)
        if stats.granted_qos is None:
            return FilterRow(topic_filter, "connecting", tr("not granted"), received)
        granted = tr("QoS {level}").format(level=stats.granted_qos)
        return FilterRow(topic_filter, source.status, granted, received)

    @Slot(object)
    def _take_sample(self, sample: MessageSample) -> None:
        if sample.source == self._name:
            self._sample = sample
            self.changed.emit()
