"""What the payload means in a statement: read, written to, hidden."""

from __future__ import annotations

from typing import Any

import pytest

from tests.helpers.rules import NO_MATCH, evaluate, failed, value_of
from tests.unit.sql.compiling import foreach, gives, select


def test_the_plain_payload_is_never_decoded() -> None:
    assert gives(select("payload", payload="{not json"), {"payload": "{not json"})
    assert gives(value_of("payload", payload="\ufffd"), "\ufffd")


@pytest.mark.parametrize("payload", ["", "x", "{'a':1}", '{"a":1} x', "NaN", "[1,]", '{"a":1e400}'])
def test_a_payload_path_needs_json(payload: str) -> None:
    assert failed(select("payload.a as x", payload=payload), "select")
    assert failed(select("1 as x", "payload.a = 1", payload=payload), "where")
    assert failed(foreach('payload.a FROM "t/#"', payload=payload), "foreach")
    assert failed(foreach('[1] as i DO payload.a as x FROM "t/#"', payload=payload), "do")
    rule = '[1] as i INCASE payload.a = 1 FROM "t/#"'
    assert failed(foreach(rule, payload=payload), "incase")
    assert gives(foreach('[] as i DO payload.a as x FROM "t/#"', payload=payload), [])


@pytest.mark.parametrize("payload", ["42", "null", "true", "1.5", '"text"', "[5, 6]"])
def test_a_payload_that_is_no_map_has_no_keys(payload: str) -> None:
    assert gives(value_of("payload.a", payload=payload), "undefined")


def test_payload_numbers_keep_their_kind() -> None:
    payload = '{"e": 1e3, "f": 1.0, "i": 123456789012345678901234567890, "d": 1, "d": 2}'
    fields = "payload.e as e, payload.f as f, payload.i as i, payload.d as d"
    expected = {"e": 1000.0, "f": 1.0, "i": 123456789012345678901234567890, "d": 2}
    assert gives(select(fields, payload=payload), expected)


def test_a_list_payload_is_indexed() -> None:
    assert gives(value_of("payload[2].v", payload='[{"v": 1}, {"v": 2}]'), 2)
    assert gives(value_of("payload[1]", payload="7"), "undefined")


P = '{"a": 1, "b": 2}'

# What `payload` and `payload.<path>` read: a row for what the output holds.
PAYLOAD_TABLE = [
    # fields, plain payload, payload.a in SELECT, payload.b in SELECT
    ("1 as x", P, 1, 2),
    ("json_decode('{\"a\": 9}') as payload", {"a": 9}, 9, 2),
    ("[7] as payload", [7], 1, 2),
    ("payload.a as y, '{\"a\": 9}' as payload", '{"a": 9}', 1, 2),
    ("'{\"a\": 9}' as payload", '{"a": 9}', 9, "undefined"),
    ("5 as payload", 5, 1, 2),
    ("true as payload", True, 1, 2),
    ("nothing as payload", P, 1, 2),
    ("payload.a", {"a": 1}, 1, 2),
    ("*, 9 as payload.a", {"a": 9}, 9, 2),
    ("*, 5 as payload", 5, 1, 2),
]


@pytest.mark.parametrize(("fields", "plain", "a", "b"), PAYLOAD_TABLE)
def test_what_payload_means_after_it_was_written(fields: str, plain: Any, a: Any, b: Any) -> None:
    result = select(f"{fields}, payload as p, payload.a as pa, payload.b as pb", payload=P)
    assert gives({k: result[k] for k in ("p", "pa", "pb")}, {"p": plain, "pa": a, "pb": b})


@pytest.mark.parametrize(
    ("fields", "plain", "a", "b"),
    [
        ("1 as x", "payload = '" + P + "'", 1, 2),
        ("json_decode('{\"a\": 9}') as payload", "is_map(payload)", 1, 2),
        # The alias was never read as a path: the event's payload is decoded.
        ("'{\"a\": 9}' as payload", "payload = '{\"a\": 9}'", 1, 2),
        # It was: it has become the decoded payload.
        ("'{\"a\": 9}' as payload, payload.a as z", "is_str(payload)", 9, None),
        ("5 as payload", "payload = 5", 1, 2),
        ("nothing as payload", "is_null(payload)", 1, 2),
        ("payload.a", "is_map(payload)", 1, None),
        ("*, 9 as payload.a", "is_map(payload)", 9, None),
        ("*, 5 as payload", "payload = 5", None, None),
    ],
)
def test_what_payload_means_in_where(fields: str, plain: str, a: Any, b: Any) -> None:
    def matches(condition: str) -> bool:
        return select(fields, condition, payload=P) != NO_MATCH

    assert matches(plain)
    assert matches("is_null(payload.a)" if a is None else f"payload.a = {a}")
    assert matches("is_null(payload.b)" if b is None else f"payload.b = {b}")


def test_a_text_written_to_payload_must_be_json_when_a_path_reads_it() -> None:
    assert failed(select("'x' as payload, payload.a as y"), "select")
    assert gives(select("payload.a as z, 'x' as payload, payload.a as y")["y"], 1)


def test_an_unaliased_payload_field_hides_the_rest_in_where() -> None:
    assert select("payload.a", "payload.i = 2") == NO_MATCH
    assert gives(select("payload.a as a", "payload.i = 2"), {"a": 1})


def test_an_event_without_payload_reads_the_selected_one() -> None:
    sql = """SELECT json_decode('{"a": 9}') as payload FROM "$events/client/connected"
             WHERE payload.a = 9"""
    assert gives(evaluate(sql, "client.connected"), {"payload": {"a": 9}})


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ("payload as x", P),
        ("payload.a as x", 1),
        ("payload.none as x", "undefined"),
    ],
)
def test_foreach_reads_the_payload(fields: str, expected: Any) -> None:
    result = foreach(f'[1] as i DO {fields} FROM "t/#"', payload=P)
    assert gives(result, [{"x": expected}])


def test_an_unaliased_foreach_path_hides_the_rest_of_the_payload() -> None:
    payload = '{"base": 1, "other": 2, "xs": [1]}'
    rest = 'payload.base, payload.xs as x DO payload.base as b, payload.other as o FROM "t/#"'
    assert gives(foreach(rest, payload=payload), [{"b": 1, "o": "undefined"}])
    assert foreach(rest + " WHERE payload.other = 2", payload=payload) == NO_MATCH
    hidden = 'payload.xs DO payload.xs as x, payload.base as b FROM "t/#"'
    assert gives(foreach(hidden, payload=payload), [{"x": [1], "b": "undefined"}])


def test_a_foreach_alias_payload_is_read_plainly_and_by_later_fields() -> None:
    payload = '{"o": {"k": [5]}, "l": [1, 2]}'
    later = 'payload.o as payload, payload.k as x DO x as v FROM "t/#"'
    assert gives(foreach(later, payload=payload), [{"v": 5}])
    only = 'payload.o as payload, payload.l as x DO x as v FROM "t/#"'
    assert gives(foreach(only, payload=payload), [])
    item = 'payload.l as payload DO payload as p, payload.o.k as k FROM "t/#"'
    assert gives(foreach(item, payload=payload), [{"p": 1, "k": [5]}, {"p": 2, "k": [5]}])
