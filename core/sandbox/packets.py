"""Follows the packets of an MQTT connection through its bytes. Pure."""

from __future__ import annotations

from typing import Final

_DISCONNECT: Final = 0xE0
_TYPE_BITS: Final = 0xF0
_LAST_SHIFT: Final = 21  # four bytes of length at most (MQTT 5.0, section 1.5.5)


class PacketBorders:
    """Finds DISCONNECT in what a client sends, however the bytes are cut."""

    def __init__(self) -> None:
        """Start with the first byte of a packet."""
        self._left = 0  # bytes of the current packet that are still to come
        self._length = 0
        self._shift = -1  # of the next byte of the length; -1 outside of one

    def find_disconnect(self, data: bytes) -> int | None:
        """Tell where in the next bytes DISCONNECT begins; None when it does not.

        Nothing may follow one. What is no MQTT at all has none; the broker refuses it.

        Cost: O(packets).
        """
        at, end, left, shift = 0, len(data), self._left, self._shift
        while at < end:
            if left:
                at, left = (at + left, 0) if left <= end - at else (end, left - (end - at))
                continue
            byte = data[at]
            if shift < 0:
                if byte & _TYPE_BITS == _DISCONNECT:
                    return at
                shift = self._length = 0
            else:
                self._length |= (byte & 0x7F) << shift
                shift += 7
                if byte < 0x80 or shift > _LAST_SHIFT:
                    left, shift = self._length, -1
            at += 1
        self._left, self._shift = left, shift
        return None
