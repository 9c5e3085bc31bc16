"""The pitfalls that users of the language report: each behaves as in EMQX, and says the way out."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

import pytest

from tests.helpers.engine import sluicegate_here

NO_MATCH = object()
FAILS = object()


@dataclass(frozen=True)
class Pitfall:
    """One statement, what comes out of it, and what must be said about it."""

    name: str
    sql: str
    result: Any
    said: str
    context: dict[str, Any] = field(default_factory=dict)
    event: str = "message.publish"


PITFALLS = [
    Pitfall(
        "double quotes make a name",
        'SELECT clientid FROM "t" WHERE clientid = "foo"',
        NO_MATCH,
        "For text write 'foo'",
        {"clientid": "foo"},
    ),
    Pitfall(
        "lists begin at 1",
        'SELECT payload.a[0] as x FROM "t"',
        {"x": "undefined"},
        "Write [1] for the first",
        {"payload": '{"a": [7]}'},
    ),
    Pitfall(
        "missing fields come out as text",
        'SELECT payload.missing as x FROM "t"',
        {"x": "undefined"},
        "coalesce(payload.missing, 0)",
        {"payload": "{}"},
    ),
    Pitfall(
        "payload is raw text",
        'SELECT payload FROM "t"',
        {"payload": '{"a":1}'},
        "json_decode(payload) as payload",
        {"payload": '{"a":1}'},
    ),
    Pitfall(
        "null is not missing",
        'SELECT 1 as a FROM "t" WHERE payload.x = null',
        NO_MATCH,
        "is_null_var(payload.x)",
        {"payload": '{"x": null}'},
    ),
    Pitfall(
        "text against a number",
        'SELECT payload.a > 1 as x FROM "t"',
        FAILS,
        "not the text of a number",
        {"payload": '{"a": "abc"}'},
    ),
    Pitfall(
        "numbers as text",
        "SELECT payload.a > '9' as x FROM \"t\"",
        {"x": False},
        "leave the quotes out: 9",
        {"payload": '{"a": "10"}'},
    ),
    Pitfall(
        "conditions on optional fields",
        'SELECT 1 as a FROM "t" WHERE payload.x != 1',
        NO_MATCH,
        "coalesce(payload.x, '')",
        {"payload": "{}"},
    ),
    Pitfall(
        "INCASE cannot use aliases of DO",
        'FOREACH payload.l as i DO i.a as v INCASE v > 1 FROM "t"',
        [],
        "give it its alias in FOREACH",
        {"payload": '{"l": [{"a": 2}]}'},
    ),
    Pitfall(
        "an un-aliased path hides the payload",
        'FOREACH payload.l DO payload.date as d FROM "t"',
        [{"d": "undefined"}],
        "Give that field an alias",
        {"payload": '{"l": [1], "date": 5}'},
    ),
    Pitfall(
        "FOREACH needs a real list",
        'FOREACH payload.l as i DO i FROM "t"',
        [],
        "FOREACH json_decode(payload.l) as item",
        {"payload": '{"l": "[1,2]"}'},
    ),
    Pitfall(
        "no backslash escapes",
        "SELECT split(payload, '\\n') as l FROM \"t\"",
        {"l": ["a\nb"]},
        "unescape('\\n')",
        {"payload": "a\nb"},
    ),
    Pitfall(
        "trailing comma",
        'SELECT payload.a as a, FROM "t"',
        FAILS,
        "Remove the comma before `FROM`",
    ),
    Pitfall(
        "names that need quotes",
        'SELECT payload.my-field as a FROM "t"',
        FAILS,
        "payload.'my-field'",
        {"payload": '{"my-field": 1}'},
    ),
    Pitfall(
        "NOT IN",
        'SELECT 1 as a FROM "t" WHERE payload.x NOT IN (1, 2)',
        FAILS,
        "write a comparison with <> for each value",
        {"payload": '{"x": 3}'},
    ),
    Pitfall(
        "NOT over AND",
        'SELECT 1 as a FROM "t" WHERE NOT (payload.x = 1 AND payload.x = 2)',
        FAILS,
        "turn the comparisons round",
        {"payload": '{"x": 3}'},
    ),
    Pitfall(
        "a bare column as condition",
        'SELECT 1 as a FROM "t" WHERE payload.on',
        FAILS,
        "compare it: x = true",
        {"payload": '{"on": true}'},
    ),
    Pitfall(
        "offsets have minutes",
        "SELECT format_date('second', '+08', '%Y', 1) as d FROM \"t\"",
        FAILS,
        "'+08:00'",
    ),
    Pitfall(
        "two offsets add up",
        "SELECT date_to_unix_ts('second', '+08:00', '%Y-%m-%dT%H:%M:%S%:z', "
        "'2024-01-01T00:00:00+08:00') as d FROM \"t\"",
        {"d": 1_704_009_600},
        "Leave the offset out",
    ),
    Pitfall(
        "ten decimals",
        'SELECT str(0.12345678901234) as s FROM "t"',
        {"s": "0.123456789"},
        "float2str",
    ),
    Pitfall(
        "lists of small integers become text",
        'SELECT str([72,105]) as s FROM "t"',
        {"s": "Hi"},
        "json_encode([72, 105])",
    ),
    Pitfall(
        "a rule on everything",
        'SELECT topic FROM "#"',
        {"topic": "t"},
        "republish",
    ),
    Pitfall(
        "binary payloads",
        'SELECT payload.x as x FROM "t"',
        FAILS,
        "bin2hexstr(payload)",
        {"payload": "\x01\x02"},
    ),
    Pitfall(
        "headers that are no text vanish",
        'SELECT pub_props FROM "t"',
        {"pub_props": {"User-Property": {"n": 1}}},
        "${pub_props.User-Property}",
        {"pub_props": {"User-Property": {"n": 1}}},
    ),
    Pitfall(
        "constants of events",
        "SELECT 1 as a FROM \"$events/client/disconnected\" WHERE reason in ('normal')",
        NO_MATCH,
        "Write str(reason)",
        event="client.disconnected",
    ),
    Pitfall(
        "message functions in WHERE",
        "SELECT 1 as a FROM \"t\" WHERE topic(1) = 't'",
        NO_MATCH,
        "Use the column topic",
    ),
    Pitfall(
        "writing into an alias of text",
        'SELECT payload as p, 1 as p.x FROM "t"',
        {"p": {"x": 1}},
        "Decode it first",
        {"payload": '{"a": 1}'},
    ),
    Pitfall("an exponent without a point", 'SELECT 1e5 FROM "t"', {"e5": 1}, "Write 1.0e5"),
    Pitfall("an exponent that is no number", 'SELECT 10e5 FROM "t"', FAILS, "Write 10.0e5"),
]


@pytest.mark.parametrize("pitfall", PITFALLS, ids=lambda pitfall: pitfall.name)
def test_pitfall_behaves_as_in_emqx_and_says_the_way_out(pitfall: Pitfall):
    context = dict(pitfall.context)
    if pitfall.event == "message.publish":
        context["topic"] = "t"
    said = sluicegate_here(
        *("sql", "--sql", pitfall.sql, "--event", pitfall.event),
        *("--context", json.dumps(context)),
    )
    if pitfall.result is FAILS:
        assert said.returncode == 2, said
    elif pitfall.result is NO_MATCH:
        assert said.returncode == 1, said
    else:
        assert said.returncode == 0, said.stderr
        assert json.loads(said.stdout) == pitfall.result
    assert pitfall.said in said.stderr
    assert "line 1, column" in said.stderr
    assert "^" in said.stderr


ORDINARY = [
    'SELECT timestamp, clientid, payload.temp as temp FROM "t"',
    "SELECT str(payload.temp) as s, concat('a', 'b') as c FROM \"t\" WHERE payload.temp > 20",
    'FOREACH payload.list as i DO i.a as a FROM "t"',
]


@pytest.mark.parametrize("statement", ORDINARY)
def test_nothing_is_said_about_ordinary_statements(statement: str):
    payload = '{"temp": 27.5, "list": [{"a": 1}]}'
    context = json.dumps({"topic": "t", "payload": payload})
    said = sluicegate_here("sql", "--sql", statement, "--context", context)
    assert said.returncode == 0
    assert said.stderr == ""
