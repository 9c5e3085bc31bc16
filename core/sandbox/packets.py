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
        self._ahead = 0  # bytes of the current packet that are still to come
        self._length = 0
        self._shift = -1  # of the next byte of the length; -1 outside of one

    def find_disconnect(self, data: bytes) -> int | None:
        """Tell where in the next bytes DISCONNECT begins; None when it does not.

        Nothing may follow one. What is no MQTT at all has none; the broker refuses it.

        Cost: O(packets).
        """
        at, end, shift = self._ahead, len(data), self._shift
        while at < end:
            byte = data[at]
            at += 1
            if shift >= 0:
                self._length |= (byte & 0x7F) << shift
                shift += 7
                if byte < 0x80 or shift > _LAST_SHIFT:
                    at += self._length
                    shift = -1
            elif byte & _TYPE_BITS == _DISCONNECT:
                return at - 1
            elif at < end and data[at] < 0x80:  # as in most packets
                at += 1 + data[at]
            else:
                shift = self._length = 0
        self._ahead, self._shift = at - end, shift
        return None


def is_whole(packet: bytes | bytearray) -> bool:
    """Tell whether everything of the packet that these bytes begin with has come.

    One whose length is none counts as whole: it gets no better by waiting. Cost: O(1).
    """
    length = 0
    for at, byte in enumerate(packet[1:5]):
        length |= (byte & 0x7F) << (7 * at)
        if byte < 0x80:
            return len(packet) >= 2 + at + length
    return len(packet) >= 5
