"""Picks a few messages a second to show, so that watching never slows the work down."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from core.bridge.events import MessageSample, RuleOutcome
from core.sql.values import UNDEFINED

if TYPE_CHECKING:
    from collections.abc import Iterator

    from core.mqtt.message import InboundMessage
    from core.sql.event import Event

PER_SECOND: Final = 20
SHOWN_CHARACTERS: Final = 2_000


class Sampler:
    """Allows up to PER_SECOND samples in each second of one pipeline."""

    def __init__(self, ids: Iterator[int]) -> None:
        """Take ids from an iterator that all pipelines of an engine share."""
        self._ids = ids
        self._left = 0
        self._refill_at_s = 0.0

    def pick(self, message: InboundMessage) -> int:
        """Give a message its sample's id, or 0 when enough were taken in this second."""
        if not self._left:
            if message.received_s < self._refill_at_s:
                return 0
            self._left = PER_SECOND
            self._refill_at_s = message.received_s + 1.0
        self._left -= 1
        return next(self._ids)


def sample_of(
    sample_id: int,
    source: str,
    message: InboundMessage,
    event: Event | None,
    outcomes: list[RuleOutcome],
) -> MessageSample:
    """Describe a message and what its rules made of it; the payload is cut for showing."""
    client = event.columns.get("clientid", UNDEFINED) if event is not None else UNDEFINED
    payload = message.payload[: 4 * SHOWN_CHARACTERS].decode("utf-8", "replace")
    return MessageSample(
        id=sample_id,
        time_ms=message.received_ms,
        source=source,
        topic=message.topic,
        client=client if isinstance(client, str) else message.user_property("clientid") or "",
        payload=payload[:SHOWN_CHARACTERS],
        payload_bytes=len(message.payload),
        qos=message.qos,
        outcomes=outcomes,
    )
