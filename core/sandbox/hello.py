"""Reads the protocol version out of the first bytes of an MQTT connection. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

from core.errors import CodecError

Version: TypeAlias = Literal["3.1", "3.1.1", "5.0"]

_CONNECT: Final = 0x10
_VERSIONS: Final[dict[tuple[bytes, int], Version]] = {
    (b"MQIsdp", 3): "3.1",
    (b"MQTT", 4): "3.1.1",
    (b"MQTT", 5): "5.0",
}
_NAMES: Final = frozenset(name for name, _ in _VERSIONS)
_LONGEST_NAME: Final = max(len(name) for name in _NAMES)


@dataclass(frozen=True, slots=True)
class Hello:
    """The start of a connection: its version, None for one that nobody here speaks."""

    version: Version | None
    data: bytes
    """What to hand to the broker: the bytes received, with 3.1 put into the words of 3.1.1."""


def read_hello(data: bytes) -> Hello | None:
    """Read the head of CONNECT (MQTT 5.0, sections 2.1, 3.1.1 and 3.1.2).

    Args:
        data: Everything received so far.

    Returns:
        None as long as bytes are missing.

    Raises:
        CodecError: This is no MQTT connection.
    """
    if data[:1] not in (b"", bytes([_CONNECT])):
        raise _not_mqtt()
    decoded = _remaining_length(data)
    if decoded is None:
        return None
    length, start = decoded
    if len(data) < start + 2:
        return None
    name_length = int.from_bytes(data[start : start + 2])
    if name_length > _LONGEST_NAME:
        raise _not_mqtt()
    level_at = start + 2 + name_length
    if len(data) <= level_at:
        return None
    name, rest = data[start + 2 : level_at], data[level_at + 1 :]
    if name not in _NAMES:
        raise _not_mqtt()
    version = _VERSIONS.get((name, data[level_at]))
    if version == "3.1":
        # The two versions differ in nothing but this head.
        head = _encode_length(length - len(b"MQIsdp") + len(b"MQTT")) + b"\x00\x04MQTT\x04"
        return Hello(version, bytes([_CONNECT]) + head + rest)
    return Hello(version, data)


def _remaining_length(data: bytes) -> tuple[int, int] | None:
    """Decode the variable byte integer at 1; give its value and where it ends."""
    value = 0
    for index in range(4):
        if len(data) <= 1 + index:
            return None
        byte = data[1 + index]
        value |= (byte & 0x7F) << (7 * index)
        if byte < 0x80:
            return value, 2 + index
    raise _not_mqtt()


def _encode_length(value: int) -> bytes:
    encoded = bytearray()
    while True:
        value, byte = value >> 7, value & 0x7F
        if not value:
            encoded.append(byte)
            return bytes(encoded)
        encoded.append(byte | 0x80)


def _not_mqtt() -> CodecError:
    return CodecError("The connection does not start with an MQTT CONNECT packet.")
