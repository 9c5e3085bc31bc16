"""What a connector listens to for its rules, and whom its last message came from."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QObject, Signal, Slot

from core.bridge.events import MessageSample
from core.bridge.metrics import SourceStats
from gui.viewmodels.live import Live
from gui.viewmodels.words import clock, number, plural, tr


@dataclass(frozen=True, slots=True)
class FilterRow:
    """A topic filter that rules ask for.

    Attributes:
        topic_filter: As the rule has it.
        status: The name of a shape.
        granted: The QoS that the broker granted, in words.
        flow: How many messages a second come by it; empty while nothing runs.
    """

    topic_filter: str
    status: str
    granted: str
    flow: str


class Subscriptions(QObject):
    """The topic filters of one MQTT connector, and where its last sampled message came from.

    Signals:
        changed: Filters, or what the broker granted, are new.
        sampled: The last sampled message is another one; many a second.
    """

    changed = Signal()
    sampled = Signal()

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
        source = self._live.source_stats(self._name) if self._live.is_running else None
        return tuple(
            self._row(topic_filter, source)
            for connector, topic_filter in self._live.filters()
            if connector == self._name
        )

    @property
    def note(self) -> str:
        """Say in a few words how many filters there are, and whether all are granted."""
        rows = self.rows
        if not rows:
            return tr("no topic filter yet")
        text = plural("%n topic filter", "%n topic filters", len(rows))
        if all(row.status == "stopped" for row in rows):
            return text
        missing = sum(row.status != "connected" for row in rows)
        if not missing:
            return tr("{filters}, all granted").format(filters=text)
        return tr("{filters}, {count} not granted").format(filters=text, count=number(missing))

    @property
    def client(self) -> str:
        """The `clientid` that rules saw with the last sampled message; empty for none."""
        return self._sample.client if self._sample is not None else ""

    @property
    def sample_words(self) -> str:
        """Where the rules found it; empty before the first sampled message."""
        if self._sample is None:
            return ""
        found = self._live.workspace.connectors.mqtt.get(self._name)
        kind, _, name = (found.identity.clientid if found is not None else "none").partition(":")
        words = {
            "property": tr("from property {name}"),
            "topic": tr("from topic {name}"),
            "payload": tr("from payload {name}"),
        }.get(kind, "")
        if self._sample.client:
            return words.format(name=name)
        if not words:
            return tr("clientid is undefined")
        missing = tr("clientid is undefined: nothing {where}")
        return missing.format(where=words.format(name=name))

    @property
    def sample_time(self) -> str:
        """When the last sampled message came; empty before the first one."""
        return clock(self._sample.time_ms / 1_000) if self._sample is not None else ""

    @property
    def sample_topic(self) -> str:
        """Its topic; empty before the first one."""
        return self._sample.topic if self._sample is not None else ""

    def _row(self, topic_filter: str, source: SourceStats | None) -> FilterRow:
        stats = source.filters.get(topic_filter) if source is not None else None
        if source is None or stats is None:
            return FilterRow(topic_filter, "stopped", tr("not subscribed"), "")
        flow = self._live.written(self._live.rate("filter", (self._name, topic_filter)))
        if stats.granted_qos is None:
            return FilterRow(topic_filter, "connecting", tr("not granted"), flow)
        granted = tr("QoS {level}").format(level=stats.granted_qos)
        silence = self._live.silence
        return FilterRow(topic_filter, (silence or source).status, granted, flow)

    @Slot(object)
    def _take_sample(self, sample: MessageSample) -> None:
        if sample.source == self._name:
            self._sample = sample
            self.sampled.emit()
