from __future__ import annotations

import collections

import pytest

from core.kafka.partitioner import PARTITIONERS, by_crc32, by_murmur2, by_phash2, murmur2, phash2

ERLANG = {
    "": 13708901,
    "a": 112802447,
    "emqx_c": 92604939,
    "t/1": 125118823,
    "temp_hum/emqx": 68417872,
    "0123456789abcdef": 121146389,
}
JAVA = {
    "21": -973932308,
    "foobar": -790332482,
    "a-little-bit-long-string": -985981536,
    "a-little-bit-longer-string": -1486304829,
    "lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8": -58897971,
    "abc": 479470107,
}


@pytest.mark.parametrize(("key", "hashed"), ERLANG.items())
def test_phash2_equals_erlangs(key: str, hashed: int):
    assert phash2(key.encode()) == hashed


@pytest.mark.parametrize(("key", "hashed"), JAVA.items())
def test_murmur2_equals_javas(key: str, hashed: int):
    assert murmur2(key.encode()) == hashed & 0xFFFF_FFFF


def test_no_key_is_the_empty_key_for_emqx():
    assert by_phash2(None, 8) == by_phash2(b"", 8) == ERLANG[""] % 8


@pytest.mark.parametrize("choose", [by_murmur2, by_crc32])
def test_no_key_goes_anywhere(choose):
    assert {choose(None, 4) for _ in range(200)} == {0, 1, 2, 3}


def test_an_empty_key_is_a_key_for_murmur2_but_none_for_crc32():
    assert len({by_murmur2(b"", 4) for _ in range(50)}) == 1
    assert len({by_crc32(b"", 4) for _ in range(200)}) == 4


def test_even_is_even():
    counts = collections.Counter(PARTITIONERS["even"](b"k", 4) for _ in range(4_000))
    assert all(800 < counts[partition] < 1_200 for partition in range(4))


@pytest.mark.parametrize("name", PARTITIONERS)
def test_every_partitioner_stays_in_range(name: str):
    keys = [None, b"", *(f"key-{number}".encode() for number in range(100))]
    assert all(0 <= PARTITIONERS[name](key, 3) < 3 for key in keys)
