"""What FOREACH, DO and INCASE mean."""

from __future__ import annotations

from typing import Any

import pytest

from tests.helpers.rules import NO_MATCH, failed
from tests.unit.sql.compiling import DOC, foreach, gives


@pytest.mark.parametrize(
    ("rest", "expected"),
    [
        ("payload.l as x DO x as v", [{"v": 10}, {"v": 20}, {"v": 30}]),
        ("payload.l DO item as v", [{"v": 10}, {"v": 20}, {"v": 30}]),
        ("payload.l as x DO x as v INCASE x > 15", [{"v": 20}, {"v": 30}]),
        ("payload.l as x DO x as v INCASE false", []),
        ("payload.none as x DO x as v", []),
        ("payload.a as x DO x as v", []),
        ("payload.b as x DO x as v", []),
        ("payload.s as x DO x as v", []),
        ("'[1]' as x DO x as v", []),
        ("qos, payload.l as x DO qos as q INCASE x = 10", [{"q": 1}]),
        ("payload.l as l, sublist(1, l) as x DO x as v, l as l", [{"v": 10, "l": [10, 20, 30]}]),
        ("payload.l as clientid DO clientid as c INCASE clientid = 10", [{"c": 10}]),
        # An aliased earlier field replaces the column for the later fields.
        ("[5] as clientid, clientid as x DO x as v", [{"v": 5}]),
        ("none as clientid, [clientid] as x DO x as v", [{"v": "undefined"}]),
        # The item hides an alias of its name.
        ("7 as x, [1, 2] as x DO x as v", [{"v": 1}, {"v": 2}]),
        ("7 as item, [1] DO item as v", [{"v": 1}]),
        # With a path as the last alias no item name is bound.
        ("payload.l as a.b DO a.b[1] as v INCASE a.b[3] = 30", [{"v": 10}] * 3),
        # An index by reference: item and columns are in one scope.
        (
            "[1, 2] as n DO payload.l as list, list[n] as v",
            [{"list": [10, 20, 30], "v": "undefined"}] * 2,
        ),
        ("payload.l as list, [1, 3] as n DO list[n] as v", [{"v": 10}, {"v": 30}]),
        (
            "[1..2] as n DO n as r.l[-0], n * 2 as r.l[-0]",
            [{"r": {"l": [1, 2]}}, {"r": {"l": [2, 4]}}],
        ),
        ("[[1, 2], [3]] as row DO row[1] as v", [{"v": 1}, {"v": 3}]),
        ("payload.l as x DO x, x as y, y + 1 as z INCASE x = 10", [{"x": 10, "y": 10, "z": 11}]),
    ],
)
def test_foreach(rest: str, expected: Any) -> None:
    assert gives(foreach(f'{rest} FROM "t/#"', qos=1), expected)


def test_the_collection_payload_is_decoded_but_stays_text() -> None:
    rest = 'payload as p DO p as v, payload as raw FROM "t/#" WHERE is_str(p)'
    expected = [{"v": 4, "raw": "[4, 5]"}, {"v": 5, "raw": "[4, 5]"}]
    assert gives(foreach(rest, payload="[4, 5]"), expected)
    assert gives(foreach('payload DO item as v FROM "t/#"', payload="[4]"), [{"v": 4}])
    assert gives(foreach('payload DO item as v FROM "t/#"', payload='{"a": 1}'), [])
    assert failed(foreach('payload DO item as v FROM "t/#"', payload="x"), "foreach")


def test_where_of_foreach_is_asked_once_with_the_whole_list() -> None:
    rest = 'payload.l as x DO x as v FROM "t/#" WHERE x[1] = 10'
    assert gives(foreach(rest), [{"v": 10}, {"v": 20}, {"v": 30}])
    assert foreach('payload.l as x DO x as v FROM "t/#" WHERE x = 10') == NO_MATCH
    assert failed(foreach('payload.l as x DO 1 div 0 as v FROM "t/#" WHERE y + 1 = 2'), "where")


def test_without_do_an_output_has_everything() -> None:
    outputs = foreach('payload.a as a, payload.l as x FROM "t/#"', clientid="dev")
    assert [output["x"] for output in outputs] == [10, 20, 30]
    assert all(output["a"] == 1 and output["clientid"] == "dev" for output in outputs)
    assert foreach('[1, 2] FROM "t/#"')[1]["item"] == 2


def test_all_columns_in_do_hold_foreach_values_and_the_item() -> None:
    outputs = foreach('payload.a as a, payload.l as x DO *, x + a as s FROM "t/#"', qos=2)
    expected = [{"a": 1, "x": x, "s": x + 1, "qos": 2, "payload": DOC} for x in (10, 20, 30)]
    shown = [{key: output[key] for key in expected[0]} for output in outputs]
    assert gives(shown, expected)


@pytest.mark.parametrize(
    ("rest", "stage"),
    [
        ("* FROM t", "foreach"),
        ("upper(1) as x DO x FROM t", "foreach"),
        ("-1 FROM t", "foreach"),
        ("[1] as true FROM t", "foreach"),
        ("[1] as x DO 1 div 0 as y FROM t", "do"),
        ("[1, 2] as x DO 1 div (x - 2) as y FROM t", "do"),
        ("[1] as x DO x INCASE x FROM t", "incase"),
        ("[1] as x DO x INCASE x + 1 > 'a' FROM t", "incase"),
        ("[1] as x DO x FROM t WHERE x", "where"),
    ],
)
def test_one_failure_discards_the_whole_foreach(rest: str, stage: str) -> None:
    assert failed(foreach(rest.replace("FROM t", 'FROM "t/#"')), stage)


def test_do_aliases_are_not_seen_by_incase_and_where() -> None:
    assert gives(foreach('[1] as x DO 5 as y INCASE y = 5 FROM "t/#"'), [])
    assert foreach('[1] as x DO 5 as y FROM "t/#" WHERE y = 5') == NO_MATCH
    assert gives(foreach('[1, 2] as x DO x as y, y as z FROM "t/#"')[1], {"y": 2, "z": 2})
