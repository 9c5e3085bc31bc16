"""Cutting received bytes into packets, and decoding PUBLISH in place. Pure.

    feed(bytes) -> take() -> InboundMessage | Packet | None (feed more)

A broker's stream is almost all PUBLISH, so those become messages at once, without a copy of the
packet and without objects in between; the few others keep their body for paho. Of a message above
the limit only the head is kept, so that no broker can fill our memory.
"""

from __future__ import annotations

from typing import Final, NoReturn

import msgspec

from core.errors import CodecError
from core.mqtt.message import InboundMessage
from core.mqtt.packets import TOPIC_ALIAS, read_properties, variable_integer

_TYPE: Final = 0xF0
_PUBLISH: Final = 0x30
_TOPICS_CACHED: Final = 10_000
_LONGEST_CACHED: Final = 1_000
_LONGEST_OTHER: Final = 1 << 20
_LONGEST: Final = 1 << 28
_ALIAS_BYTE: Final = bytes((TOPIC_ALIAS,))


class Packet(msgspec.Struct, frozen=True):
    """A packet that is no PUBLISH: its first byte, and what follows the fixed header."""

    first_byte: int
    body: bytes


class PacketReader:
    """The receiving side of one connection. One thread."""

    __slots__ = (
        "_data",
        "_has_properties",
        "_max_bytes",
        "_needed",
        "_oversized",
        "_partial",
        "_position",
        "_to_skip",
        "_topics",
    )

    def __init__(self, *, has_properties: bool, max_bytes: int = _LONGEST) -> None:
        """Begin a stream.

        Args:
            has_properties: Whether it is MQTT 5.
            max_bytes: The size from which on a message's payload need not be kept.
        """
        self._has_properties = has_properties
        self._max_bytes = max_bytes
        self._oversized: InboundMessage | None = None  # its payload is passing by
        self._to_skip = 0  # bytes of that payload that have not come
        self._data = b""
        self._position = 0  # in `_data`, of the next packet
        self._partial = bytearray()  # the start of a packet whose rest has not come
        self._needed = 0  # bytes of that packet, as far as they are known
        self._topics: dict[bytes, str] = {}  # most messages come on topics that were seen before

    @property
    def has_unread(self) -> bool:
        """Whether `take` has something to look at without being fed."""
        return self._position < len(self._data)

    def feed(self, data: bytes) -> InboundMessage | None:
        """Add received bytes; only after `take` gave None.

        Returns:
            A message above the limit whose end has come with these bytes, without its payload and
            properties. It comes before all that `take` gives next.
        """
        passed_by = None
        if self._to_skip:
            skipped = min(self._to_skip, len(data))
            self._to_skip -= skipped
            data = data[skipped:]
            if not self._to_skip:
                passed_by, self._oversized = self._oversized, None
        if self._partial:
            self._partial += data
            if len(self._partial) < self._needed:
                return passed_by
            data = bytes(self._partial)
            self._partial.clear()
        self._data = data
        self._position = 0
        return passed_by

    def take(self) -> InboundMessage | Packet | None:
        """Take the next packet; None when it has not come as a whole.

        Raises:
            CodecError: The stream is malformed here; nothing after this can be read.
        """
        data = self._data
        start = self._position
        body = start + 2
        if body > len(data):
            return self._wait_for_rest(body)
        length = data[start + 1]
        if length > 0x7F:
            length, body = _long_length(data, start + 1)
        end = body + length
        first_byte = data[start]
        if end > len(data):
            if length > self._max_bytes or length > _LONGEST_OTHER:
                return self._wait_for_large(first_byte, body, end)
            return self._wait_for_rest(end)
        if first_byte & _TYPE == _PUBLISH:
            message = self._publish(first_byte, body, end, end - start)
        else:
            message = Packet(first_byte, data[body:end])
        self._position = end
        return message

    def _wait_for_rest(self, end: int) -> None:
        """Keep the start of a packet that reaches at least to `end`."""
        self._needed = end - self._position
        if self.has_unread:
            self._partial += self._data[self._position :]
        self._data = b""
        self._position = 0

    def _wait_for_large(self, first_byte: int, body: int, end: int) -> None:
        """Wait for the rest of a packet that is long; of one above the limit only for its head."""
        if first_byte & _TYPE != _PUBLISH:
            if end - body > _LONGEST_OTHER:
                raise CodecError("the broker sent a packet that is too long for its kind")
            return self._wait_for_rest(end)
        size = end - self._position
        if size <= self._max_bytes:
            return self._wait_for_rest(end)
        data = self._data
        head = body + 2
        if head <= len(data):
            head += (data[body] << 8 | data[body + 1]) + (2 if first_byte & 6 else 0)
        if head > len(data):
            return self._wait_for_rest(head)
        qos = (first_byte >> 1) & 3
        topic_end = head - 2 if qos else head
        packet_id = data[topic_end] << 8 | data[topic_end + 1] if qos else 0
        if head > end or topic_end == body + 2 or qos == 3 or (qos and not packet_id):
            _refuse()
        topic = self._new_topic(data[body + 2 : topic_end])
        self._oversized = InboundMessage(
            topic, b"", qos, first_byte & 1 == 1, first_byte & 8 == 8, packet_id, b"", size
        )
        self._to_skip = end - len(data)
        self._data = b""
        self._position = 0
        return None

    def _publish(self, first_byte: int, start: int, end: int, size: int) -> InboundMessage:
        # An index may run past `end` into the next packet; the comparison notices it afterwards,
        # since every step goes forward.
        data = self._data
        qos = (first_byte >> 1) & 3
        packet_id = 0
        properties = b""
        try:
            after = topic_end = start + 2 + (data[start] << 8 | data[start + 1])
            if qos:
                packet_id = data[after] << 8 | data[after + 1]
                after += 2
            if self._has_properties:
                length, after = variable_integer(data, after)
                if length:
                    properties = data[after : after + length]
                    after += length
        except IndexError:
            _refuse()
        if after > end or qos == 3 or topic_end == start + 2 or (qos and not packet_id):
            _refuse()  # without a topic: an alias, and we have announced that we take none
        if _ALIAS_BYTE in properties and _has_alias(properties):
            _refuse()
        encoded = data[start + 2 : topic_end]
        topic = self._topics.get(encoded)
        if topic is None:
            topic = self._new_topic(encoded)
        return InboundMessage(
            topic,
            data[after:end],
            qos,
            first_byte & 1 == 1,
            first_byte & 8 == 8,
            packet_id,
            properties,
            size,
        )

    def _new_topic(self, encoded: bytes) -> str:
        try:
            topic = encoded.decode()
        except UnicodeDecodeError:
            _refuse()
        if len(encoded) <= _LONGEST_CACHED:
            if len(self._topics) >= _TOPICS_CACHED:
                self._topics.clear()
            self._topics[encoded] = topic
        return topic


def _long_length(data: bytes, position: int) -> tuple[int, int]:
    """Read a remaining length of several bytes, and where it ends.

    If its end has not come, the length is one that cannot have come either.
    """
    length = shift = 0
    for byte in data[position : position + 4]:
        length |= (byte & 0x7F) << shift
        shift += 7
        position += 1
        if byte <= 0x7F:
            return length, position
    if shift == 28:
        raise CodecError("the broker sent a packet whose length cannot be read")
    return 1, position


def _has_alias(properties: bytes) -> bool:
    return any(identifier == TOPIC_ALIAS for identifier, _ in read_properties(properties))


def _refuse() -> NoReturn:
    raise CodecError("the broker sent a PUBLISH packet that cannot be read")
