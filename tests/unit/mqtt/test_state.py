from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import StoreError
from core.mqtt.state import Remembered, SubscriptionStore, plan_ids

WIRES = st.lists(st.sampled_from("abcdef"), unique=True).map(sorted)


def test_what_is_saved_is_loaded(tmp_path: Path) -> None:
    store = SubscriptionStore(tmp_path / "state", "plant")
    saved = Remembered("me", {"a": 3}, ["a"], ["old"], 4)
    store.save(saved)
    assert store.load("me") == saved
    assert [path.name for path in store.path.parent.iterdir()] == ["mqtt-plant.json"]


def test_another_client_id_starts_over_but_goes_on_numbering(tmp_path: Path) -> None:
    store = SubscriptionStore(tmp_path, "plant")
    store.save(Remembered("me", {"a": 3}, ["a"], ["old"], 4))
    assert store.load("other") == Remembered("other", next_id=4)


@pytest.mark.parametrize("content", [None, b"", b"{", b"[]", b'{"ids": 1}'])
def test_without_a_readable_file_numbering_starts_anywhere(
    tmp_path: Path, content: bytes | None
) -> None:
    store = SubscriptionStore(tmp_path, "plant")
    if content is not None:
        store.path.write_bytes(content)
    first, second = store.load("me"), store.load("me")
    assert first.ids == {}
    assert first.next_id != second.next_id
    assert 1 <= first.next_id < 1 << 28


def test_folder_that_cannot_be_used_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    store = SubscriptionStore(tmp_path / "file", "plant")
    with pytest.raises(StoreError, match="cannot be written"):
        store.save(Remembered("me"))
    (tmp_path / "mqtt-dir.json").mkdir()
    with pytest.raises(StoreError, match="cannot be read"):
        SubscriptionStore(tmp_path, "dir").load("me")


def test_same_filters_keep_their_identifiers() -> None:
    last = Remembered("me", {"a": 5, "b": 6}, ["a"], [], 7)
    assert plan_ids(last, ["a", "b"]) == last


def test_other_filters_all_get_fresh_identifiers_and_gone_ones_are_stale() -> None:
    last = Remembered("me", {"a": 5, "b": 6}, ["a", "b"], ["z"], 7)
    assert plan_ids(last, ["a", "c"]) == Remembered("me", {"a": 7, "c": 8}, ["a"], ["b", "z"], 9)


def test_numbering_starts_again_at_its_end() -> None:
    last = Remembered("me", next_id=268_435_455)
    assert plan_ids(last, ["a", "b"]).ids == {"a": 1, "b": 2}


@given(st.lists(WIRES, min_size=1, max_size=8))
def test_no_identifier_ever_gets_a_second_meaning(runs: list[list[str]]) -> None:
    meanings: dict[int, str] = {}
    remembered = Remembered("me")
    for wires in runs:
        remembered = plan_ids(remembered, wires)
        assert list(remembered.ids) == wires or set(remembered.ids) == set(wires)
        for wire, number in remembered.ids.items():
            assert meanings.setdefault(number, wire) == wire
        assert not set(remembered.stale) & set(wires)
        assert set(remembered.held) <= set(wires)
