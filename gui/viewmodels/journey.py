"""What became of something sent by hand, step by step: the broker's answer, rules, records."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, TypeAlias

from PySide6.QtCore import QObject, Signal, Slot

from core.bridge.events import MessageSample, RecordSettled
from core.bridge.samples import SHOWN_CHARACTERS
from gui.viewmodels.feed_rows import FeedRow, no_result
from gui.viewmodels.session import Session
from gui.viewmodels.words import number, tr, whole_milliseconds

Place: TypeAlias = tuple[str, str, int, int]

_RESULT_ORDER: Final = ("passed", "failed", "no_result")
_MOST_SETTLED: Final = 100
"""Ends that came before their sample, and may be of another message."""


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the result line.

    Attributes:
        status: Its shape, by the name of a state.
        text: What happened.
        place: The record it ended in, as connector, topic, partition and offset.
        answer: The message that answered it.
        note: What it says, in code.
        missing: The topic that is not there and could be made, with its connector before it.
    """

    status: str
    text: str
    place: Place | None = None
    answer: FeedRow | None = None
    note: str = ""
    missing: tuple[str, str] | None = None

    @property
    def whole(self) -> str:
        """All that it says."""
        return f"{self.text} {self.note}".strip()


@dataclass(frozen=True, slots=True)
class _Sent:
    source: str
    topic: str
    payload: str
    size: int


class Journey(QObject):
    """Follows the message that was published last through the bridge, if the bridge shows it.

    The engine shows a few messages a second only; of the others nothing more is known here.

    Signals:
        stepped: The steps so far, without the broker's own answer.
    """

    stepped = Signal(list)

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._sent: _Sent | None = None
        self._sample: MessageSample | None = None
        self._settled: list[RecordSettled] = []
        session.messageSampled.connect(self._take_sample)
        session.recordSettled.connect(self._take_settled)
        session.stateChanged.connect(self.forget)

    def expect(self, source: str, topic: str, payload: bytes) -> None:
        """Look out for a message that is about to be published."""
        text = payload[: 4 * SHOWN_CHARACTERS].decode("utf-8", "replace")[:SHOWN_CHARACTERS]
        self.forget()
        self._sent = _Sent(source, topic, text, len(payload))

    @Slot()
    def forget(self) -> None:
        """Look out for nothing."""
        self._sent = self._sample = None
        self._settled = []

    @property
    def steps(self) -> list[Step]:
        """What is known so far: the best outcome of a rule, and its first record."""
        if self._sample is None:
            return []
        outcomes = sorted(self._sample.outcomes, key=lambda o: _RESULT_ORDER.index(o.result))
        if not outcomes:
            return [Step("no_result", tr("no rule listens to this topic"))]
        first, more = outcomes[0], len(outcomes) - 1
        words = {
            "passed": tr("{rule} passed"),
            "no_result": tr("{rule}: {nothing}"),
            "failed": tr("{rule} failed"),
        }
        text = words[first.result].format(rule=first.rule, nothing=no_result(first))
        if first.result == "failed" and first.detail:
            text = f"{text}: {first.detail}"
        if more:
            text += tr(" (+{count})").format(count=number(more))
        status = {"passed": "passed", "failed": "failed"}.get(first.result, "no_result")
        return [Step(status, text), *self._records(first.rule)]

    def _records(self, rule: str) -> list[Step]:
        """Tell of a failed record, or else of the first one of a rule."""
        loaded = self._session.loaded
        found = loaded.partial.rules.get(rule) if loaded is not None else None
        actions = found.actions if found is not None else ()
        mine = [end for end in self._settled if self._sample and end.id == self._sample.id]
        mine.sort(
            key=lambda end: actions.index(end.action) if end.action in actions else len(actions)
        )
        failed = [end for end in mine if end.error]
        if failed:
            what = tr("{action} failed: {why}")
            return [Step("failed", what.format(action=failed[0].action, why=failed[0].error))]
        if not mine:
            return []
        end = mine[0]
        if end.partition < 0:
            text = tr("{topic}, {time}")
        else:
            text = tr("{topic} p{partition} #{offset}, {time}")
        text = text.format(
            topic=end.topic,
            partition=end.partition,
            offset=end.offset,
            time=whole_milliseconds(end.latency_ms),
        )
        if len(mine) > 1:
            text += tr(" (+{count})").format(count=number(len(mine) - 1))
        return [Step("passed", text, self._place(end))]

    def _place(self, end: RecordSettled) -> Place | None:
        """Tell where a record is; None where its offset is not known."""
        loaded = self._session.loaded
        action = loaded.partial.actions.kafka.get(end.action) if loaded is not None else None
        if action is None or end.offset < 0:
            return None
        return (action.connector, end.topic, end.partition, end.offset)

    @Slot(object)
    def _take_sample(self, sample: MessageSample) -> None:
        sent = self._sent
        if sent is None or self._sample is not None:
            return
        is_mine = (sample.source, sample.topic, sample.payload, sample.payload_bytes) == (
            sent.source,
            sent.topic,
            sent.payload,
            sent.size,
        )
        if is_mine:
            self._sample = sample
            self.stepped.emit(self.steps)

    @Slot(object)
    def _take_settled(self, end: RecordSettled) -> None:
        if self._sent is None:
            return
        if self._sample is not None and end.id != self._sample.id:
            return
        self._settled.append(end)
        del self._settled[:-_MOST_SETTLED]
        if self._sample is not None:
            self.stepped.emit(self.steps)
