"""Filters of live lists: what they let pass, and what they say when they are wrong."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gui.viewmodels.row_filter import parse_filter


@dataclass
class Row:
    payload: str = ""
    fields: dict[str, str | int] = field(default_factory=dict)

    def texts(self) -> list[str]:
        return [str(value) for value in self.fields.values()] + [self.payload]

    def field(self, name: str) -> str | int | None:
        return self.fields.get(name)

    def document(self) -> str:
        return self.payload


ROW = Row(
    '{"temp": 27.5, "hum": "41.8", "ok": true, "none": null, "tags": ["hot", "roof"], '
    '"at": {"x": 1}}',
    {"key": "dev-3", "topic": "plant/7/temp", "partition": 2, "offset": 118, "note": "Hall B"},
)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "   ",
        "DEV-3",
        '"dev-3"',
        "roof",
        "dev-3 roof",
        "hall",
        "/dev-\\d/",
        "/-3$/",
        "/plant\\/\\d/",
        "key:dev",
        'key:"dev-3"',
        "client:DEV-3",
        "topic:plant/+/temp",
        "topic:plant/#",
        "topic: plant/+/temp",
        "key:'dev-3' topic:  plant/#",
        "payload.tags[0] = 'hot'",
        "payload.temp > 20",
        "value.temp>20",
        "payload.temp = 27.5",
        "payload.temp != 27",
        "payload.hum < 42",
        "payload.ok = true",
        "payload.none = null",
        "payload.tags[1] = roof",
        'payload.tags.0 = "hot"',
        "payload.at.x >= 1",
        "payload.at.x <= 1 key:dev",
        'key = "dev-3"',
        "client = dev-3",
        "partition = 2 offset > 117",
        "payload.tags[0] > apple",
        "payload.temp >= 18 and payload.temp <= 28",
        "payload.temp >= 18  AND\tkey:dev and topic:plant/#",
        "payload.temp = 1 or partition = 2",
        "partition = 2 OR payload.temp = 1",
        "payload.temp = 1 or partition = 7 or key:dev",
        "payload.temp = 1 roof payload.temp = 27 or partition = 2 hot",
        "key:dev-4 or key:dev-3 and partition = 2",
    ],
)
def test_a_filter_lets_a_row_pass(text: str):
    parsed = parse_filter(text)
    assert parsed.problem == ""
    assert parsed.matches(ROW)


@pytest.mark.parametrize(
    "text",
    [
        "dev-4",
        "dev-3 absent",
        "/dev-[a-z]/",
        "key:dev-4",
        "topic:plant/+",
        "payload.temp > 27.5",
        "payload.temp = 2",
        "payload.absent != 1",
        "payload.html = <b>",
        'payload.sign = ">>"',
        'roof "or"',
        "payload.tags[7] = hot",
        "payload.ok = 1",
        "payload.temp.x > 1",
        "payload.ok > 0",
        "qos = 1",
        'key = "dev"',
        "payload.hum = forty",
        "payload.temp >= 18 and payload.temp <= 19",
        "payload.temp >= 18 and absent",
        "and payload.temp >= 18",
        "dev and payload.temp >= 18",
        'payload.temp >= 18 "and" payload.temp <= 28',
        "payload.temp = 1 or partition = 7",
        "key:dev-3 partition = 7 or key:dev-4 and partition = 2",
        "payload.temp >= 18 or absent",
        'payload.temp >= 18 "or" payload.temp <= 28',
    ],
)
def test_a_filter_holds_a_row_back(text: str):
    parsed = parse_filter(text)
    assert parsed.problem == ""
    assert not parsed.matches(ROW)


def test_a_comparison_of_a_payload_that_is_no_json_holds_the_row_back():
    assert not parse_filter("payload.temp > 1").matches(Row("not json"))
    assert parse_filter('payload = "not json"').matches(Row("not json"))


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("payload.temp >", "A value is missing after >"),
        ("payload.temp >> 3", ">> compares nothing. Write payload.temp > 3, or put a text into"),
        ("payload.temp >>3", ">> compares nothing. Write payload.temp > 3, or put a text into"),
        ("payload.temp => 3", "=> compares nothing. Write payload.temp >= 3,"),
        ("payload.temp === 3", "=== compares nothing. Write payload.temp == 3,"),
        ("offset = <7", "=< compares nothing. Write offset <= 7,"),
        ("a or", "Nothing stands behind or. Write key:text or payload.temp > 20, or put"),
        ("payload.temp >= 18 AND ", "Nothing stands behind AND."),
        ("key:", "A text is missing after key:. Write key:dev-3."),
        ('topic:""', "A text is missing after topic:. Write topic:plant/+."),
        ("key:dev-4 or key:", "A text is missing after key:."),
        ("/(/", "no regular expression"),
        ("/(ab){999999}/", "/(ab){999999}/ repeats too much. Write smaller counts"),
        ("/a{99999999}/", "repeats too much"),
        ("/((a{100}){100,}b){100}/", "repeats too much"),
        (f"/{'(' * 5000}{')' * 5000}/", "repeats too much"),
        ("topic:a/#/b", "goes on after #"),
        ("temp > 20", "is called temp. Write payload.temp > 20; compared are payload,"),
        ("temp > 20", "Write payload.temp > 20;"),
        ("roof temp<=20", "Write payload.temp <= 20;"),
        ("(temp = a)", "Write payload.temp = a;"),
        ("temp> 20", "Write payload.temp > 20;"),
        ("temp >20", "Write payload.temp > 20;"),
        ("rule <>", "Write payload.rule != 20;"),
        (">", "stands before >. Write payload.temp > 20;"),
        ("not payload.temp > 20", "Write the opposite"),
        ("NOT key:dev", "NOT does not turn"),
        ("!payload.ok = true", "Write the opposite"),
        ("payload.temp > 20 && payload.temp < 28", "Write and."),
        ("payload.temp>20&&payload.temp<28", "Write and."),
        ("payload.temp > 20 || key:dev", "Write or."),
        ("(payload.temp > 20)", "without parentheses"),
        ("roof and ( key:dev)", "without parentheses"),
        ("qos:1", "Write qos = 1, or put a text into quotes."),
        ("payload.temp: 20", "Write payload.temp = 20,"),
        ("partition:", "Write partition = 20,"),
    ],
)
def test_a_filter_that_is_none_says_why(text: str, part: str):
    parsed = parse_filter(text)
    assert part in parsed.problem
    assert parsed.problem.endswith(".")
    assert parsed.ways == ()


@pytest.mark.parametrize(
    "text",
    [
        "http://x",
        "value://x",
        "ab:cd:ef",
        "site:roof",
        "a=b&c=d",
        "abc==",
        "div>",
        "a->b",
        "not",
        "not there",
        "or",
        "a or b",
        "hand",
        "floor",
        "(roof)",
        "R&D",
        "=20",
        "<temp>20</temp>",
        '">"',
        '"temp > 20"',
        '"qos:1"',
        "it's",
        "'",
    ],
)
def test_what_is_no_comparison_is_searched_for(text: str):
    parsed = parse_filter(text)
    assert parsed.problem == ""
    words = [text.strip('"')] if text.startswith('"') else text.split()
    assert parsed.matches(Row(" ".join(words)))
    assert not parsed.matches(Row("else"))


def test_an_expression_that_takes_for_ever_is_stopped():
    with pytest.raises(TimeoutError):
        parse_filter("/(a|aa)+$/").matches(Row("a" * 60 + "b"))


@given(st.text())
def test_no_text_breaks_a_filter(text: str):
    parsed = parse_filter(text)
    if not parsed.problem:
        parsed.matches(ROW)
