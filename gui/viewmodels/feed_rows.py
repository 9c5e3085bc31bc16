"""Rows of the feed: one sampled message each, and what its rules and actions made of it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, Literal, TypeAlias

from core.bridge.events import MessageSample, RecordSettled
from gui.viewmodels.loss_words import brief
from gui.viewmodels.words import milliseconds, plural, tr

Column: TypeAlias = Literal["time", "topic", "client", "payload", "outcome"]

COLUMNS: Final[tuple[Column, ...]] = ("time", "topic", "client", "payload", "outcome")
_ROW_BYTES: Final = 400
_PAIR_BYTES: Final = 120


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one rule made of a message, as one line.

    Attributes:
        status: Name of the state whose shape stands before it.
        rule: The rule; empty where none listens.
        place: Where the record lies; empty when there is none (yet).
        note: Why there is none, or what is waited for.
        latency: From the message's arrival to the delivery report; empty without one.
    """

    status: str
    rule: str
    place: str = ""
    note: str = ""
    latency: str = ""

    @property
    def text(self) -> str:
        """The line as plain text."""
        parts = [self.rule, f"→ {self.place}" if self.place else "", self.note, self.latency]
        return " ".join(part for part in parts if part)


@dataclass(slots=True)
class FeedRow:
    """One sampled message; `records` grows while its records settle.

    Attributes:
        sample: The message.
        actions: The actions of each rule that write to Kafka, by rule.
        records: The ends of its records so far.
    """

    sample: MessageSample
    actions: dict[str, tuple[str, ...]]
    records: list[RecordSettled] = field(default_factory=list)

    @property
    def weight(self) -> int:
        """Tell about how many bytes it takes."""
        sample, properties = self.sample, self.sample.properties
        size = _ROW_BYTES + len(sample.payload) + len(sample.topic) + len(sample.data)
        return size + sum(len(name) + len(value) + _PAIR_BYTES for name, value in properties.user)

    @property
    def payload(self) -> bytes | None:
        """The whole payload; None where only its beginning is known."""
        sample = self.sample
        if sample.data:
            return sample.data
        text = sample.payload.encode("utf-8", "replace")
        return text if len(text) == sample.payload_bytes else None

    def texts(self) -> Iterable[str]:
        """List what words of a filter are looked for in."""
        sample = self.sample
        yield sample.topic
        yield sample.client
        yield sample.payload
        for pair in sample.properties.user:
            yield from pair
        for outcome in sample.outcomes:
            yield outcome.rule

    def field(self, name: str) -> str | int | None:
        """Give a field that a filter names."""
        sample = self.sample
        if name == "outcome":
            return " ".join(outcome.status for outcome in self.outcomes())
        if name.startswith("properties."):
            return self._property(name.removeprefix("properties."))
        fields = {"topic": sample.topic, "client": sample.client, "qos": sample.qos}
        return sample.payload_bytes if name == "size" else fields.get(name)

    def _property(self, name: str) -> str | int | None:
        """Give the last user property of a name, or what the standard calls so."""
        properties = self.sample.properties
        values = [value for user, value in properties.user if user == name]
        if values:
            return values[-1]
        standard = {
            "content_type": properties.content_type,
            "response_topic": properties.response_topic,
            "message_expiry": properties.message_expiry_s,
            "payload_format": properties.payload_format,
        }
        return standard.get(name.lower().replace("-", "_"))

    def document(self) -> str:
        """Give the payload."""
        return self.sample.payload

    def outcomes(self) -> list[Outcome]:
        """List what became of it: failures first, then what was passed on."""
        if not self.sample.outcomes:
            return [Outcome("no_result", "", note=tr("no rule listens to this topic"))]
        left = list(self.records)
        found: list[Outcome] = []
        for outcome in self.sample.outcomes:
            if outcome.result == "failed":
                found.append(Outcome("failed", outcome.rule, note=_first_line(outcome.detail)))
            elif outcome.result == "no_result":
                found.append(Outcome("no_result", outcome.rule, note=tr("no result")))
            else:
                found += self._passed(outcome.rule, left)
        order = ("failed", "passed", "connecting", "no_result")
        return sorted(found, key=lambda outcome: order.index(outcome.status))

    def _passed(self, rule: str, left: list[RecordSettled]) -> Iterable[Outcome]:
        """Tell of each record of a rule; `left` are those that no rule before it has taken."""
        actions = self.actions.get(rule, ())
        if not actions:
            yield Outcome("passed", rule, note=tr("passed, writes to no topic"))
        for action in actions:
            record = next((record for record in left if record.action == action), None)
            if record is None:
                yield Outcome("connecting", rule, note=tr("on its way"))
                continue
            left.remove(record)
            if record.error:
                note = brief(record.kind, record.size) or _first_line(record.error)
                yield Outcome("failed", rule, note=note)
            else:
                place = f"{record.topic} p{record.partition} #{record.offset}"
                yield Outcome("passed", rule, place, latency=milliseconds(record.latency_ms))


def heading(column: Column) -> str:
    """Name a column."""
    return {
        "time": tr("Time"),
        "topic": tr("Topic"),
        "client": tr("Client"),
        "payload": tr("Payload"),
        "outcome": tr("Outcome"),
    }[column]


def cell(row: FeedRow, column: Column) -> str:
    """Write a cell out in full."""
    sample = row.sample
    match column:
        case "time":
            return clock_time(sample.time_ms)
        case "topic":
            return sample.topic
        case "client":
            return sample.client
        case "payload":
            cut = sample.payload_bytes - len(sample.payload.encode("utf-8", "replace"))
            more = plural(" and %n byte more", " and %n bytes more", cut) if cut > 0 else ""
            return f"{sample.payload}{more}"
        case "outcome":
            return "\n".join(
                f"{state_text(outcome.status)}: {outcome.text}" for outcome in row.outcomes()
            )


def state_text(status: str) -> str:
    """Name an outcome."""
    words = {
        "passed": tr("Passed"),
        "failed": tr("Failed"),
        "no_result": tr("No result"),
        "connecting": tr("On its way"),
    }
    return words[status]


def clock_time(time_ms: int) -> str:
    """Write a moment as the local time of day with milliseconds: `12:04:01.374`."""
    moment = datetime.fromtimestamp(time_ms / 1_000).astimezone()
    return f"{moment:%H:%M:%S}.{time_ms % 1_000:03d}"


def _first_line(detail: str) -> str:
    """Give the first line of a reason."""
    return detail.strip().splitlines()[0] if detail.strip() else tr("failed")
