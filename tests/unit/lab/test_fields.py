from __future__ import annotations

import uuid
from itertools import pairwise
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import ConfigError
from core.lab.fields import Device, Moment, compile_field

START_MS = 1_700_000_000_000


def draw(table: dict[str, object], count: int = 50, device: int = 1, every_s: float = 1.0):
    field = compile_field(table, "simulators.s.fields.f")(Device(device, 4, Random(device)))
    return [
        field(Moment(n * every_s, START_MS + round(n * every_s * 1_000), n + 1))
        for n in range(count)
    ]


bounds = st.tuples(
    st.integers(-1_000, 1_000) | st.floats(-1e3, 1e3).map(lambda x: round(x, 3)),
    st.integers(0, 500),
).map(lambda pair: (pair[0], round(pair[0] + pair[1], 3)))


@given(bounds, st.sampled_from(["walk", "sine", "uniform", "random"]), st.integers(0, 3))
def test_values_stay_between_from_and_to(pair: tuple[float, float], kind: str, seed: int) -> None:
    low, high = pair
    table: dict[str, object] = {"kind": kind, "from": low, "to": high}
    table |= {"step": 0.5} if kind == "walk" else {}
    table |= {"period": "7s"} if kind == "sine" else {}

    values = [float(text) for text in draw(table, device=seed)]

    assert all(low - 1e-9 <= value <= high + 1e-9 for value in values)


@given(st.floats(0.001, 10).map(lambda x: round(x, 3)))
def test_a_walk_moves_by_its_step_at_most(step: float) -> None:
    table = {"kind": "walk", "from": 0, "to": 100, "step": step, "decimals": 9}

    values = [float(text) for text in draw(table)]

    assert all(abs(b - a) <= step + 1e-8 for a, b in pairwise(values))


def test_a_walk_starts_where_it_is_told() -> None:
    table = {"kind": "walk", "from": 0, "to": 100, "step": 1, "start": 50, "decimals": 3}

    assert abs(float(draw(table, 1)[0]) - 50) <= 1


def test_numbers_have_as_many_decimals_as_their_bounds() -> None:
    table = {"kind": "walk", "from": 20, "to": 45, "step": 0.25}

    assert all(len(text.partition(".")[2]) == 2 for text in draw(table))


def test_uniform_between_whole_numbers_is_whole_and_reaches_both() -> None:
    values = draw({"kind": "uniform", "from": 1, "to": 3}, 100)

    assert set(values) == {"1", "2", "3"}


def test_a_sine_comes_back_after_its_period_and_devices_differ() -> None:
    table = {"kind": "sine", "from": 0, "to": 100, "period": "20s"}

    first, second = draw(table, 40), draw(table, 40, device=2)

    assert first[:20] == first[20:]
    assert first != second
    assert {float(first[5]), float(first[15])} == {0.0, 100.0}


def test_normal_values_are_kept_between_their_limits() -> None:
    values = draw({"kind": "normal", "mean": 10, "deviation": 5, "from": 8, "to": 12}, 200)

    assert {"8.0", "12.0"} < set(values)
    assert all(8 <= float(text) <= 12 for text in values)


def test_a_counter_counts_and_turns_back_after_its_last() -> None:
    assert draw({"kind": "counter"}, 3) == ["1", "2", "3"]
    assert draw({"kind": "counter", "from": 10, "step": 5, "to": 20}, 5) == [
        "10",
        "15",
        "20",
        "10",
        "15",
    ]


def test_choice_takes_its_values_by_weight() -> None:
    assert set(draw({"kind": "choice", "values": ["a", 2, True]}, 100)) == {"a", "2", "true"}
    assert set(draw({"kind": "choice", "values": ["a", "b"], "weights": [1, 0]})) == {"a"}


def test_a_sequence_goes_round() -> None:
    assert draw({"kind": "sequence", "values": ["a", "b"]}, 3) == ["a", "b", "a"]


def test_bool_has_the_given_share() -> None:
    assert set(draw({"kind": "bool"})) == {"true", "false"}
    assert set(draw({"kind": "bool", "true": 1})) == {"true"}


def test_timestamps_follow_the_schedule() -> None:
    assert draw({"kind": "timestamp"}, 2, every_s=0.5) == [str(START_MS), str(START_MS + 500)]
    assert draw({"kind": "timestamp", "unit": "s"}, 1) == [str(START_MS // 1_000)]
    assert draw({"kind": "timestamp", "unit": "iso"}, 1) == ["2023-11-14T22:13:20.000Z"]


def test_uuids_are_version_4_and_differ() -> None:
    values = draw({"kind": "uuid"})

    assert {uuid.UUID(text).version for text in values} == {4}
    assert len(set(values)) == len(values)


def test_device_and_constant() -> None:
    assert draw({"kind": "device"}, 2, device=3) == ["3", "3"]
    assert draw({"kind": "constant", "value": 1.5}, 1) == ["1.5"]


@pytest.mark.parametrize(
    ("table", "path", "said"),
    [
        ({}, "kind", "kind is missing"),
        ({"kind": "sin", "from": 1}, "kind", "no kind of field is called 'sin'"),
        ({"kind": "walk", "from": 1}, "to", "to is missing"),
        ({"kind": "walk", "from": 5, "to": 1}, "to", "not be less than from"),
        ({"kind": "walk", "from": 1, "to": 5, "step": 0}, "step", "more than 0"),
        ({"kind": "walk", "from": 1, "to": 5, "step": 1, "start": 9}, "start", "from 1 to 5"),
        ({"kind": "walk", "from": True, "to": 5}, "from", "must be a number"),
        ({"kind": "walk", "from": 1, "to": 5, "decimals": 1.5}, "decimals", "whole number"),
        ({"kind": "walk", "from": 1, "to": 5, "decimals": 99}, "decimals", "from 0 to 15"),
        ({"kind": "uniform", "from": 0.2, "to": 0.4, "decimals": 0}, "decimals", "no number"),
        ({"kind": "sine", "from": 1, "to": 5, "period": "long"}, "period", "no duration"),
        ({"kind": "sine", "from": 1, "to": 5, "period": "0s"}, "period", "longer than nothing"),
        ({"kind": "normal", "mean": 1, "deviation": -1}, "deviation", "0 or more"),
        ({"kind": "normal", "mean": 1, "deviation": 1, "from": 2, "to": 1}, "to", "less than"),
        ({"kind": "counter", "step": 0}, "step", "1 or more"),
        ({"kind": "counter", "from": 5, "to": 1}, "to", "less than"),
        ({"kind": "choice", "values": []}, "values", "one value or more"),
        ({"kind": "choice", "values": [[]]}, "values", "text, a number or a boolean"),
        ({"kind": "choice", "values": [1], "weights": [1, 2]}, "weights", "1 numbers"),
        ({"kind": "choice", "values": [1], "weights": [-1]}, "weights", "numbers from 0"),
        ({"kind": "bool", "true": 2}, "true", "share from 0 to 1"),
        ({"kind": "timestamp", "unit": "us"}, "unit", "ms or s or iso"),
        ({"kind": "uuid", "version": 1}, "version", "no option of kind 'uuid'"),
        ({"kind": "walk", "from": 1, "to": 5, "stpe": 1}, "stpe", "no option"),
    ],
)
def test_a_wrong_table_is_refused_at_its_option(
    table: dict[str, object], path: str, said: str
) -> None:
    with pytest.raises(ConfigError) as caught:
        compile_field(table, "simulators.s.fields.f")

    assert caught.value.path == f"simulators.s.fields.f.{path}"
    assert said in caught.value.message
    assert caught.value.hint


def test_a_misspelt_kind_or_option_gets_the_nearest_name() -> None:
    with pytest.raises(ConfigError) as kind:
        compile_field({"kind": "sinus"}, "f")
    with pytest.raises(ConfigError) as option:
        compile_field({"kind": "walk", "from": 1, "to": 5, "stpe": 1}, "f")

    assert "sine" in kind.value.hint
    assert "step" in option.value.hint
