"""Dead letters as an engine would write them, without one."""

from __future__ import annotations

import time
from pathlib import Path

from core.bridge.deadletters import DeadLetters
from core.bridge.letters import letters_path
from core.bridge.metrics import RuleCounters
from core.bridge.record import Record
from core.mqtt.message import InboundMessage
from core.workspace.kafka import Fallback

TOO_LARGE = (
    "too_large",
    "The record is too large for topic t: its max.message.bytes is exceeded.",
    "Raise max.message.bytes of the topic.",
)
EXPIRED = ("expired", "It waited longer than max_batch_age allows.", "Raise max_batch_age.")


class _At:
    """A clock that is set by hand."""

    def __init__(self) -> None:
        self.now_s = time.time()

    def now_ms(self) -> int:
        return round(self.now_s * 1_000)

    def monotonic_s(self) -> float:
        return self.now_s


class _Nobody:
    def on_success(self, record: Record) -> None: ...

    def on_failure(self, record: Record, error: object) -> None: ...

    def tell_place(self, record: Record, report: object) -> None: ...


class Writer:
    """Puts messages of one rule and action aside."""

    def __init__(self, state_dir: Path, action: str, rule: str) -> None:
        self.path = letters_path(state_dir, action)
        self.clock = _At()
        self._rule = RuleCounters(id=rule)
        self._letters = DeadLetters(self.path, Fallback(kind="file"), self.clock)

    def put(
        self,
        payload: bytes | str,
        why: tuple[str, str, str] = TOO_LARGE,
        *,
        topic: str = "t/1",
        client: str = "dev-1",
        record_topic: str = "t",
        ago_s: float = 0.0,
        waited_s: float = 0.0,
    ) -> None:
        """Write a letter, whose record has the client as its key and the payload as its value.

        It was put aside `ago_s` ago, when its message was `waited_s` old.
        """
        self.clock.now_s = time.time() - ago_s
        data = payload.encode() if isinstance(payload, str) else payload
        name = client.encode()
        raw = b"\x26\x00\x08clientid" + len(name).to_bytes(2, "big") + name
        message = InboundMessage(
            topic,
            data,
            1,
            raw_properties=raw,
            received_ms=self.clock.now_ms() - round(waited_s * 1_000) - 5,
        )
        record = Record(_Nobody(), message, self._rule)
        record.topic, record.key, record.value = record_topic, name, data
        record.kind, record.reason, record.hint = why
        record.attempts = 1
        self._letters.write([self._letters.letter(record)])
