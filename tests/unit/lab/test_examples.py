"""The examples that come with the program: each compiles without remarks, gives what it says."""

from __future__ import annotations

import hashlib
from typing import Any

import msgspec
import pytest

from core.lab.examples import Example, examples
from core.sql.columns import event_kind
from core.sql.functions.context import EvalContext
from core.sql.rule import compile_rule
from core.sql.tester import Tried, run_case

RESULTS: dict[str, Any] = {
    "Every message of a topic": {
        "clientid": "dev-3",
        "topic": "temp_hum/emqx",
        "payload": '{"temp": "27.5", "hum": "41.8"}',
    },
    "Some fields of a JSON payload": {"temp": "27.5", "hum": "41.8"},
    "Only above a limit": {"clientid": "dev-3", "temp": 44.1},
    "Only some devices": {"clientid": "dev-12", "temp": 21.5},
    "One record for each item of an array": [
        {"clientid": "plant-7", "name": "in", "value": 21},
        {"clientid": "plant-7", "name": "out", "value": 34},
    ],
    "Device name from the topic": {"device": "7", "temp": 21.5},
    "Only some items of an array": [{"name": "out", "value": 34}],
    "A nested field, an item of a list": {"name": "inlet", "first": 20.1, "last": 20.9},
    "The payload with one more field": {"payload": {"site": "north", "temp": 27.5, "hum": 41.8}},
    "A key of several parts": {"key": "7-inlet", "value": 21.5},
    "Only where a field is there": {"clientid": "plant-7", "alarm": "door open"},
    "Nothing that is retained": {"topic": "plant/7/temp", "payload": '{"value": 21.5}'},
    "Low, normal or high": {"clientid": "dev-3", "level": "high"},
    "A default for what is missing": {"temp": 44.1, "unit": "C"},
    "Text into a number": {"temp": 27.5, "count": 12},
    "Another unit, rounded": {"fahrenheit": 70.8},
    "What changed since the message before": {
        "clientid": "dev-3",
        "temp": 2.5,
        "change": 2.5,
        "kept": True,
    },
    "A moment as text": {"at": "2026-11-22 14:04:01"},
    "The time that the device gives": {"timestamp": 1795349041000, "value": 21.5},
    "Numbers out of bytes": {"temp": 27.5, "hum": 42},
    "A part of a text": {"temp": "21.5"},
    "A name that nobody can read back": {
        "device": hashlib.sha256(b"dev-3").hexdigest(),
        "temp": 27.5,
    },
    "Several topics in one rule": {"topic": "plant/7/hum", "value": 41.8},
    "A user property of MQTT 5": {"unit": "C", "temp": 27.5},
}


@pytest.mark.parametrize("example", examples(), ids=lambda example: example.name)
def test_an_example_gives_what_it_says(example: Example) -> None:
    kind = event_kind(example.event)
    assert kind is not None
    rule = compile_rule(example.sql)
    assert rule.warnings == (), "an example is free of remarks"

    trial = run_case(rule, kind, example.context, EvalContext.for_tester())

    assert isinstance(trial, Tried), trial
    assert msgspec.json.decode(trial.json) == RESULTS[example.name]


def test_examples_are_grouped_and_named_once() -> None:
    names = [example.name for example in examples()]
    groups = [example.group for example in examples()]

    assert len(names) == len(set(names)) == 24
    order = list(dict.fromkeys(groups))
    assert groups == sorted(groups, key=order.index), "groups are not interrupted"


def test_their_lines_fit_into_the_drawer() -> None:
    longest = max(len(line) for example in examples() for line in example.sql.split("\n"))

    assert longest <= 42
