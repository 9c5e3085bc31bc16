from __future__ import annotations

import re
from random import Random

from core.lab.variables import fill, values_of


def test_variables_are_filled_and_other_braces_are_text() -> None:
    values = values_of(7, 1_700_000_000_000, Random(1), device="3")
    text = '{"d": "{{device}}", "n": {{ seq }}, "at": {{now}}, "x": "{{other}}", "y": {"z": {}}}'

    assert fill(text, values, Random(1)) == (
        '{"d": "3", "n": 7, "at": 1700000000000, "x": "{{other}}", "y": {"z": {}}}'
    )


def test_bounds_that_nobody_can_count_with_are_text() -> None:
    text = f"{{{{rand 0 {'9' * 5_000}}}}}"

    assert fill(text, values_of(1, 0, Random(1)), Random(1)) == text


def test_a_message_has_one_uuid_and_each_rand_is_drawn() -> None:
    random = Random(1)
    values = values_of(1, 0, random)
    first, second = fill("{{uuid}} {{uuid}}", values, random).split()
    numbers = fill("{{rand 0 100}} " * 20, values, random).split()

    assert first == second
    assert values_of(2, 0, random)["uuid"] != first
    assert re.fullmatch(r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-.{12}", first)
    assert len(set(numbers)) > 5
    assert all(0 <= int(number) <= 100 for number in numbers)
    assert -3 <= int(fill("{{rand 5 -3}}", values, random)) <= 5
