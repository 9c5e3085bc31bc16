"""Parts of MQTT packets as bytes: decode properties, encode what we answer. Pure."""

from __future__ import annotations

from typing import Final, TypeAlias

PUBACK: Final = 0x40
PUBREC: Final = 0x50
PUBCOMP: Final = 0x70
DISCONNECT: Final = 0xE0

SUBSCRIPTION_IDENTIFIER: Final = 11
USER_PROPERTY: Final = 38
TOPIC_ALIAS: Final = 35
_SESSION_EXPIRY: Final = 17

_BYTE: Final = frozenset({1})
_TWO_BYTES: Final = frozenset({TOPIC_ALIAS})
_FOUR_BYTES: Final = frozenset({2})
_TEXT: Final = frozenset({3, 8})
_BINARY: Final = 9

PropertyValue: TypeAlias = int | str | tuple[str, str]


def read_properties(raw: bytes) -> list[tuple[int, PropertyValue]]:
    """Decode the properties of a PUBLISH, in order, as (identifier, value).

    Binary data and text are strings of the rule language (bytes that are no UTF-8 are escaped).
    Reading ends at the first property that is malformed or does not belong into a PUBLISH; what
    came before it counts.
    """
    found: list[tuple[int, PropertyValue]] = []
    view = memoryview(raw)
    position = 0
    try:
        while position < len(view):
            identifier, position = variable_integer(view, position)
            value, position = _property_value(view, identifier, position)
            found.append((identifier, value))
    except IndexError:
        pass  # documented: what came before counts
    return found


def subscription_ids(raw: bytes) -> tuple[int, ...]:
    """List the subscription identifiers among the properties of a PUBLISH."""
    return tuple(
        value
        for identifier, value in read_properties(raw)
        if identifier == SUBSCRIPTION_IDENTIFIER and isinstance(value, int)
    )


def encode_answer(kind: int, packet_id: int) -> bytes:
    """Encode a PUBACK, PUBREC or PUBCOMP that says success; the same bytes in MQTT 3.1.1 and 5."""
    return bytes((kind, 2, packet_id >> 8, packet_id & 0xFF))


def encode_disconnect(*, forget_session: bool) -> bytes:
    """Encode a normal DISCONNECT; `forget_session` (MQTT 5 only) ends the session with it."""
    if not forget_session:
        return bytes((DISCONNECT, 0))
    return bytes((DISCONNECT, 7, 0, 5, _SESSION_EXPIRY, 0, 0, 0, 0))


def variable_integer(view: bytes | memoryview, position: int) -> tuple[int, int]:
    """Read a variable byte integer, and where it ends.

    Raises:
        IndexError: It does not end in time.
    """
    value = shift = 0
    for _ in range(4):
        byte = view[position]
        position += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value, position
        shift += 7
    raise IndexError


def _text(view: memoryview, position: int) -> tuple[str, int]:
    start = position + 2
    end = start + (view[position] << 8 | view[position + 1])
    if end > len(view):
        raise IndexError
    return str(view[start:end], "utf-8", "surrogateescape"), end


def _property_value(view: memoryview, identifier: int, position: int) -> tuple[PropertyValue, int]:
    if identifier == USER_PROPERTY:
        name, position = _text(view, position)
        value, position = _text(view, position)
        return (name, value), position
    if identifier in _TEXT or identifier == _BINARY:
        return _text(view, position)
    if identifier == SUBSCRIPTION_IDENTIFIER:
        return variable_integer(view, position)
    size = 1 if identifier in _BYTE else 2 if identifier in _TWO_BYTES else 4
    if size == 4 and identifier not in _FOUR_BYTES:
        raise IndexError
    if position + size > len(view):
        raise IndexError
    return int.from_bytes(view[position : position + size], "big"), position + size
