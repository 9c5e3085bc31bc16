"""Reads who connects, and in which version, out of the first bytes of an MQTT connection. Pure."""

from __future__ import annotations

import re
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
_LONGEST_ID: Final = 0xFFFF
_WILL_FLAG: Final = 0x04

_REFUSED_IN_IDS: Final = re.compile(rb"[%+$#/]")
"""What rumqttd refuses in a client id, without an answer, and the sign that stands for it."""


@dataclass(frozen=True, slots=True)
class Hello:
    """The start of a connection: its version, None for one that nobody here speaks."""

    version: Version | None
    data: bytes
    """What to hand to the broker: the bytes received, with 3.1 put into the words of 3.1.1 and
    the client id into letters that rumqttd takes."""
    client_id: bytes = b""
    has_will: bool = False


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
    decoded = _length_at(data, 1)
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
    name = data[start + 2 : level_at]
    if name not in _NAMES:
        raise _not_mqtt()
    version = _VERSIONS.get((name, data[level_at]))
    if version is None:
        return Hello(None, data)
    found = _find_client_id(data, level_at + 1, start + length, version)
    return None if found is None else _hello(version, data, (start, length), level_at, found)


def _find_client_id(
    data: bytes, flags_at: int, packet_end: int, version: Version
) -> tuple[int, int] | None:
    """Tell where the client id begins, behind its length, and ends; None when bytes are missing."""
    length_at = flags_at + 3  # behind the flags and the keep-alive
    if version == "5.0":
        properties = _length_at(data, length_at)
        if properties is None:
            return None
        length, behind = properties
        length_at = behind + length
    begin = length_at + 2
    if begin > packet_end:
        raise _not_mqtt()
    if len(data) < begin:
        return None
    end = begin + int.from_bytes(data[length_at:begin])
    if end > packet_end:
        raise _not_mqtt()
    return (begin, end) if len(data) >= end else None


def _hello(
    version: Version,
    data: bytes,
    packet: tuple[int, int],
    level_at: int,
    client_id: tuple[int, int],
) -> Hello:
    (start, length), (begin, end) = packet, client_id
    written = data[begin:end]
    taken = _REFUSED_IN_IDS.sub(lambda found: b"%%%02X" % found[0][0], written)
    if len(taken) > _LONGEST_ID:
        raise _not_mqtt()
    has_will = bool(data[level_at + 1] & _WILL_FLAG)
    if version != "3.1" and taken == written:
        return Hello(version, data, written, has_will)
    # 3.1 and 3.1.1 differ in nothing but the name and the level.
    level = 4 if version == "3.1" else data[level_at]
    between = data[level_at + 1 : begin - 2]
    head = b"\x00\x04MQTT" + bytes([level]) + between + len(taken).to_bytes(2) + taken
    sent = (
        bytes([_CONNECT]) + _encode_length(length - (end - start) + len(head)) + head + data[end:]
    )
    return Hello(version, sent, taken, has_will)


def _length_at(data: bytes, at: int) -> tuple[int, int] | None:
    """Decode a variable byte integer; give its value and where it ends, None if bytes miss."""
    value = 0
    for index in range(4):
        if len(data) <= at + index:
            return None
        byte = data[at + index]
        value |= (byte & 0x7F) << (7 * index)
        if byte < 0x80:
            return value, at + index + 1
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
