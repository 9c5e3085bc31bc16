"""Rows of the feed: one sampled message each, and what its rules and actions made of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias, cast

import msgspec

from core.bridge.events import MessageSample, RecordSettled, RuleOutcome
from core.clock import local_time
from gui.viewmodels.loss_words import brief
from gui.viewmodels.packed import Packer
from gui.viewmodels.words import milliseconds, plural, tr

Column: TypeAlias = Literal["time", "topic", "client", "payload", "outcome"]

COLUMNS: Final[tuple[Column, ...]] = ("time", "topic", "client", "payload", "outcome")
_ROW_BYTES: Final = 300
_PACKED_BYTES: Final = 4_096
_sample_packer: Final = Packer(MessageSample)
_end_packer: Final = Packer(RecordSettled)


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


class FeedRow(msgspec.Struct, eq=False, gc=False):
    """One sampled message; `records` grows while its records settle.

    A short one is kept as packed bytes and read when it is looked at: of 50,000 rows forty are
    seen, and the others as objects would take three times the memory.

    Attributes:
        actions: The actions of each rule that write to Kafka, by rule; shared between rows.
        is_over: The engine that had the message has ended: no further end of a record comes.
    """

    actions: Mapping[str, tuple[str, ...]]
    _kept: bytes | MessageSample
    _kept_bytes: int = 0
    _ends: tuple[bytes, ...] = ()
    is_over: bool = False

    @property
    def sample(self) -> MessageSample:
        """The message."""
        kept = self._kept
        return kept if isinstance(kept, MessageSample) else _sample_packer.unpack(kept)

    @property
    def records(self) -> list[RecordSettled]:
        """The ends of its records so far, in the order in which they came."""
        return list(map(_end_packer.unpack, self._ends))

    @property
    def weight(self) -> int:
        """Tell about how many bytes it takes."""
        return _ROW_BYTES + (self._kept_bytes or len(cast("bytes", self._kept)))

    def settle(self, records: Iterable[RecordSettled]) -> None:
        """Add the ends of some of its records."""
        self._ends += tuple(map(_end_packer.pack, records))

    def has_made(self, topic: str, partition: int, offset: int) -> bool:
        """Tell whether a record is one of this message."""
        place = (topic, partition, offset)
        return any(
            (each.topic, each.partition, each.offset) == place and not each.error
            for each in self.records
        )

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
        if name == "action":
            return " ".join(self._called())
        if name.startswith("properties."):
            return self._property(name.removeprefix("properties."))
        fields = {"topic": sample.topic, "client": sample.client, "qos": sample.qos}
        return sample.payload_bytes if name == "size" else fields.get(name)

    def _called(self) -> list[str]:
        """Name the actions that its rules handed it to."""
        called = [record.action for record in self.records]
        for outcome in self.sample.outcomes:
            if outcome.result == "passed":
                called += self.actions.get(outcome.rule, ())
        return list(dict.fromkeys(called))

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
        sample = self.sample
        if not sample.outcomes:
            return [Outcome("no_result", "", note=tr("no rule listens to this topic"))]
        left = self.records
        found: list[Outcome] = []
        for outcome in sample.outcomes:
            if outcome.result == "failed":
                found.append(Outcome("failed", outcome.rule, note=_first_line(outcome.detail)))
            elif outcome.result == "no_result":
                found.append(Outcome("no_result", outcome.rule, note=no_result(outcome)))
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
            if record is None and self.is_over:
                yield Outcome("failed", rule, note=tr("no delivery report: the bridge stopped"))
                continue
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


def row_of(sample: MessageSample, actions: Mapping[str, tuple[str, ...]]) -> FeedRow:
    """Make a row of a sample; `actions` as in `FeedRow`."""
    packed = _sample_packer.pack(sample)
    size = len(packed)
    return FeedRow(actions, packed) if size <= _PACKED_BYTES else FeedRow(actions, sample, size)


def no_result(outcome: RuleOutcome) -> str:
    """Say that a rule gave nothing, and which part of WHERE was false if that is known."""
    if not outcome.detail:
        return tr("no result")
    return tr("no result: {why}").format(why=outcome.detail)


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
    """Write a moment as the local time of day with milliseconds: `12:04:01.374`.

    A number that the calendar has no moment for is shown as it is.
    """
    moment = local_time(time_ms)
    return f"{moment:%H:%M:%S}.{time_ms % 1_000:03d}" if moment else str(time_ms)


def _first_line(detail: str) -> str:
    """Give the first line of a reason."""
    return detail.strip().splitlines()[0] if detail.strip() else tr("failed")
