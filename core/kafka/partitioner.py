"""Which partition a key belongs to, in EMQX, in Java's client and in librdkafka. Pure."""

from __future__ import annotations

import random
import zlib
from collections.abc import Callable
from functools import lru_cache
from typing import Final, TypeAlias

Partitioner: TypeAlias = Callable[[bytes | None, int], int]
"""Takes a key and a number of partitions, answers a partition."""

_WORD: Final = 0xFFFF_FFFF
_GOLDEN: Final = 0x9E37_79B9
_PHASH2_SEED: Final = 0x08D1_2E65
_PHASH2_BITS: Final = 0x7FF_FFFF
_MIX_SHIFTS: Final = ((13, 8, 13), (12, 16, 5), (3, 10, 15))
_MURMUR_SEED: Final = 0x9747_B28C
_MURMUR_M: Final = 0x5BD1_E995
_POSITIVE: Final = 0x7FFF_FFFF
_REMEMBERED: Final = 8_192  # keys repeat: a device's id comes with each of its messages


@lru_cache(_REMEMBERED)
def phash2(data: bytes) -> int:
    """Hash as Erlang's `erlang:phash2/1` hashes a binary (Jenkins 1996), which EMQX uses."""
    a = b = _GOLDEN
    c = _PHASH2_SEED
    if not data:
        return c & _PHASH2_BITS
    whole = len(data) - len(data) % 12
    for at in range(0, whole, 12):
        a += int.from_bytes(data[at : at + 4], "little")
        b += int.from_bytes(data[at + 4 : at + 8], "little")
        c += int.from_bytes(data[at + 8 : at + 12], "little")
        a, b, c = _mix(a, b, c)
    rest = data[whole:]
    a += int.from_bytes(rest[:4], "little")
    b += int.from_bytes(rest[4:8], "little")
    c += len(data) + (int.from_bytes(rest[8:], "little") << 8)
    return _mix(a, b, c)[2] & _PHASH2_BITS


def _mix(a: int, b: int, c: int) -> tuple[int, int, int]:
    for first, second, third in _MIX_SHIFTS:
        a = (a - b - c ^ (c & _WORD) >> first) & _WORD
        b = (b - c - a ^ a << second) & _WORD
        c = (c - a - b ^ b >> third) & _WORD
    return a, b, c


@lru_cache(_REMEMBERED)
def murmur2(data: bytes) -> int:
    """Hash as the Java client hashes a key; unsigned, 32 bits."""
    hashed = _MURMUR_SEED ^ len(data)
    whole = len(data) & ~3
    for at in range(0, whole, 4):
        word = int.from_bytes(data[at : at + 4], "little") * _MURMUR_M & _WORD
        word = (word ^ word >> 24) * _MURMUR_M & _WORD
        hashed = hashed * _MURMUR_M & _WORD ^ word
    rest = data[whole:]
    if rest:
        hashed = (hashed ^ int.from_bytes(rest, "little")) * _MURMUR_M & _WORD
    hashed = (hashed ^ hashed >> 13) * _MURMUR_M & _WORD
    return hashed ^ hashed >> 15


def by_phash2(key: bytes | None, count: int) -> int:
    """Choose as EMQX's `key_dispatch` does; no key counts as the empty one."""
    return phash2(key or b"") % count


def by_murmur2(key: bytes | None, count: int) -> int:
    """Choose as the Java client does; any partition for no key."""
    return at_random(key, count) if key is None else (murmur2(key) & _POSITIVE) % count


def by_crc32(key: bytes | None, count: int) -> int:
    """Choose as librdkafka's `consistent_random` does; any partition for no or an empty key."""
    return zlib.crc32(key) % count if key else at_random(key, count)


def at_random(_key: bytes | None, count: int) -> int:
    """Choose any partition, each as likely as the others."""
    return random.randrange(count)  # noqa: S311 - spreads load, guards nothing


PARTITIONERS: Final[dict[str, Partitioner]] = {
    "phash2": by_phash2,
    "murmur2": by_murmur2,
    "crc32": by_crc32,
    "even": at_random,
    "sticky": at_random,
}
"""By the names of the `partitioner` option. Sticky is librdkafka's; alone it is random."""
