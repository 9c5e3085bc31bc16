"""Which part of WHERE was false, and what it saw."""

from __future__ import annotations

import pytest

from core.sql.columns import event_kind
from core.sql.event import Event
from core.sql.functions.context import EvalContext
from core.sql.rule import compile_rule
from core.sql.values import Value
from core.sql.why_not import MISSING, FalsePart, WhyNot, false_parts

PAYLOAD = '{"temp": "17.5", "hum": 40}'


def why(where: str, select: str = "payload.temp as temp") -> tuple[FalsePart, ...]:
    rule = compile_rule(f'SELECT {select} FROM "t/#" WHERE {where}')
    kind = event_kind("message.publish")
    assert kind is not None
    context: dict[str, Value] = {"topic": "t/1", "payload": PAYLOAD, "qos": 1}
    return false_parts(rule, kind, context, EvalContext.for_tester())


def test_the_false_comparison_is_found_among_true_ones() -> None:
    (part,) = why("payload.hum = 40 AND float(payload.temp) > 20 AND qos = 1")

    assert part.text == "float(payload.temp) > 20"
    assert [(seen.operand, seen.value) for seen in part.seen] == [
        ("payload.temp", '"17.5"'),
        ("float(payload.temp)", "17.5"),
    ]


def test_its_place_is_that_of_the_text() -> None:
    (part,) = why("qos = 1 AND qos = 2")

    assert (part.span.end - part.span.start, part.text) == (len("qos = 2"), "qos = 2")


def test_of_alternatives_all_are_told() -> None:
    assert [part.text for part in why("qos = 0 OR payload.hum > 50")] == [
        "qos = 0",
        "payload.hum > 50",
    ]


def test_an_alias_has_the_value_that_was_selected() -> None:
    (part,) = why("temp = '20'")

    assert [(seen.operand, seen.value) for seen in part.seen] == [("temp", '"17.5"')]


def test_a_missing_value_is_told_as_missing() -> None:
    (part,) = why("payload.nothing = 1")

    assert part.seen[0].value == MISSING


@pytest.mark.parametrize("where", ["qos = 1", "true", "qos = 0 OR qos = 1"])
def test_what_is_true_has_no_false_part(where: str) -> None:
    assert why(where) == ()


def test_a_negation_is_told_as_a_whole() -> None:
    (part,) = why("NOT qos = 1")

    assert part.text == "NOT qos = 1"
    assert [(seen.operand, seen.value) for seen in part.seen] == [("qos", "1")]


def test_a_list_is_filtered_as_a_whole() -> None:
    rule = compile_rule('FOREACH payload.list as item DO item FROM "t/#" WHERE qos = 2')
    kind = event_kind("message.publish")
    assert kind is not None

    context: dict[str, Value] = {"topic": "t/1", "payload": '{"list": [1]}', "qos": 1}
    (part,) = false_parts(rule, kind, context, EvalContext.for_tester())

    assert (part.text, part.seen[0].value) == ("qos = 2", "1")


@pytest.mark.parametrize(
    ("where", "brief"),
    [
        ("float(payload.temp) > 30", "17.5 is not > 30"),
        ("payload.temp = '20'", '"17.5" is not = "20"'),
        ("payload.hum != 40", "payload.hum is 40"),
        ("payload.nothing > 1", "payload.nothing is missing"),
        ("qos > payload.nothing", "1 is not > a missing value"),
        ("NOT qos = 1", "NOT qos = 1 is false"),
    ],
)
def test_a_part_is_said_in_a_few_words(where: str, brief: str) -> None:
    (part,) = why(where)

    assert part.brief == brief


def test_what_was_compiled_explains_the_next_event_too() -> None:
    rule = compile_rule("SELECT qos FROM \"t/#\" WHERE qos > 1 AND topic = 't/1'")
    made, surroundings = WhyNot(rule), EvalContext.for_tester()

    said = [
        [part.brief for part in made.parts(Event({"topic": topic, "qos": qos}), surroundings)]
        for topic, qos in (("t/1", 0), ("t/2", 1), ("t/1", 2))
    ]

    assert said == [["0 is not > 1"], ["1 is not > 1", '"t/2" is not = "t/1"'], []]


@pytest.mark.parametrize(
    ("sql", "is_safe"),
    [
        ("SELECT qos FROM \"t\" WHERE kv_store_get('n', 0) > 1", True),
        ("SELECT kv_store_put('n', 1) FROM \"t\" WHERE qos > 1", False),
        ("SELECT jq('.a', payload) FROM \"t\" WHERE qos > 1", False),
    ],
)
def test_a_rule_that_keeps_something_is_not_tried_once_more(sql: str, is_safe: bool) -> None:
    assert WhyNot(compile_rule(sql)).is_safe == is_safe
