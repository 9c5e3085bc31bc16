"""MD4 (RFC 1320) and RIPEMD-160, which many builds of OpenSSL no longer have.

Kept for rules that must produce what other systems expect; neither is safe for secrets.
"""

from __future__ import annotations

import struct
from collections.abc import Callable
from typing import Final

_MASK: Final = 0xFFFFFFFF
_Mix = Callable[[int, int, int], int]


def _rotated(value: int, count: int) -> int:
    value &= _MASK
    return (value << count | value >> (32 - count)) & _MASK


def _blocks(data: bytes) -> list[tuple[int, ...]]:
    """Pad a message and split it into blocks of sixteen little-endian words."""
    padded = data + b"\x80" + b"\0" * (-(len(data) + 9) % 64)
    padded += struct.pack("<Q", len(data) * 8 & 0xFFFFFFFFFFFFFFFF)
    return list(struct.iter_unpack("<16I", padded))


def _choose(x: int, y: int, z: int) -> int:
    return (x & y) | (~x & z)


def _majority(x: int, y: int, z: int) -> int:
    return (x & y) | (x & z) | (y & z)


def _parity(x: int, y: int, z: int) -> int:
    return x ^ y ^ z


# Function, constant, order of words and shifts of each MD4 round.
_MD4_ROUNDS: Final[tuple[tuple[_Mix, int, tuple[int, ...], tuple[int, ...]], ...]] = (
    (_choose, 0, tuple(range(16)), (3, 7, 11, 19)),
    (_majority, 0x5A827999, (0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15), (3, 5, 9, 13)),
    (_parity, 0x6ED9EBA1, (0, 8, 4, 12, 2, 10, 6, 14, 1, 9, 5, 13, 3, 11, 7, 15), (3, 9, 11, 15)),
)


def md4(data: bytes) -> bytes:
    """Return the 16 bytes of the MD4 hash."""
    state = [0x67452301, 0xEFCDAB89, 0x98BADCFE, 0x10325476]
    for words in _blocks(data):
        a, b, c, d = state
        for mix, constant, order, shifts in _MD4_ROUNDS:
            for step, word in enumerate(order):
                total = a + mix(b, c, d) + words[word] + constant
                a, b, c, d = d, _rotated(total, shifts[step % 4]), b, c
        state = [(old + new) & _MASK for old, new in zip(state, (a, b, c, d), strict=True)]
    return struct.pack("<4I", *state)


_RIPEMD_MIXES: Final[tuple[_Mix, ...]] = (
    _parity,
    _choose,
    lambda x, y, z: (x | ~y) ^ z,
    lambda x, y, z: (x & z) | (y & ~z),
    lambda x, y, z: x ^ (y | ~z),
)
_LEFT_CONSTANTS: Final = (0, 0x5A827999, 0x6ED9EBA1, 0x8F1BBCDC, 0xA953FD4E)
_RIGHT_CONSTANTS: Final = (0x50A28BE6, 0x5C4DD124, 0x6D703EF3, 0x7A6D76E9, 0)
_LEFT_ORDER: Final = (
    (0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15),
    (7, 4, 13, 1, 10, 6, 15, 3, 12, 0, 9, 5, 2, 14, 11, 8),
    (3, 10, 14, 4, 9, 15, 8, 1, 2, 7, 0, 6, 13, 11, 5, 12),
    (1, 9, 11, 10, 0, 8, 12, 4, 13, 3, 7, 15, 14, 5, 6, 2),
    (4, 0, 5, 9, 7, 12, 2, 10, 14, 1, 3, 8, 11, 6, 15, 13),
)
_RIGHT_ORDER: Final = (
    (5, 14, 7, 0, 9, 2, 11, 4, 13, 6, 15, 8, 1, 10, 3, 12),
    (6, 11, 3, 7, 0, 13, 5, 10, 14, 15, 8, 12, 4, 9, 1, 2),
    (15, 5, 1, 3, 7, 14, 6, 9, 11, 8, 12, 2, 10, 0, 4, 13),
    (8, 6, 4, 1, 3, 11, 15, 0, 5, 12, 2, 13, 9, 7, 10, 14),
    (12, 15, 10, 4, 1, 5, 8, 7, 6, 2, 13, 14, 0, 3, 9, 11),
)
_LEFT_SHIFTS: Final = (
    (11, 14, 15, 12, 5, 8, 7, 9, 11, 13, 14, 15, 6, 7, 9, 8),
    (7, 6, 8, 13, 11, 9, 7, 15, 7, 12, 15, 9, 11, 7, 13, 12),
    (11, 13, 6, 7, 14, 9, 13, 15, 14, 8, 13, 6, 5, 12, 7, 5),
    (11, 12, 14, 15, 14, 15, 9, 8, 9, 14, 5, 6, 8, 6, 5, 12),
    (9, 15, 5, 11, 6, 8, 13, 12, 5, 12, 13, 14, 11, 8, 5, 6),
)
_RIGHT_SHIFTS: Final = (
    (8, 9, 9, 11, 13, 15, 15, 5, 7, 7, 8, 11, 14, 14, 12, 6),
    (9, 13, 15, 7, 12, 8, 9, 11, 7, 7, 12, 7, 6, 15, 13, 11),
    (9, 7, 15, 11, 8, 6, 6, 14, 12, 13, 5, 14, 13, 13, 7, 5),
    (15, 5, 8, 11, 14, 14, 6, 14, 6, 9, 12, 9, 12, 5, 15, 8),
    (8, 5, 12, 9, 12, 5, 14, 6, 8, 13, 6, 5, 15, 13, 11, 11),
)


def ripemd160(data: bytes) -> bytes:
    """Return the 20 bytes of the RIPEMD-160 hash."""
    state = (0x67452301, 0xEFCDAB89, 0x98BADCFE, 0x10325476, 0xC3D2E1F0)
    for words in _blocks(data):
        left = _ripemd_line(words, state, _RIPEMD_MIXES, _LEFT_CONSTANTS, _LEFT_ORDER, _LEFT_SHIFTS)
        right = _ripemd_line(
            words, state, _RIPEMD_MIXES[::-1], _RIGHT_CONSTANTS, _RIGHT_ORDER, _RIGHT_SHIFTS
        )
        state = tuple(
            (state[(at + 1) % 5] + left[(at + 2) % 5] + right[(at + 3) % 5]) & _MASK
            for at in range(5)
        )
    return struct.pack("<5I", *state)


def _ripemd_line(
    words: tuple[int, ...],
    state: tuple[int, ...],
    mixes: tuple[_Mix, ...],
    constants: tuple[int, ...],
    order: tuple[tuple[int, ...], ...],
    shifts: tuple[tuple[int, ...], ...],
) -> tuple[int, int, int, int, int]:
    a, b, c, d, e = state
    for turn, mix in enumerate(mixes):
        for word, shift in zip(order[turn], shifts[turn], strict=True):
            total = a + mix(b, c, d) + words[word] + constants[turn]
            a, b, c, d, e = e, (_rotated(total, shift) + e) & _MASK, b, _rotated(c, 10), d
    return a, b, c, d, e
