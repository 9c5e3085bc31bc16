from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from core.errors import StoreError
from core.workspace.load import loads
from core.workspace.objects import put, references, remove, rename, restore, table_at

REFERENCE = (Path(__file__).parents[2] / "data" / "reference.sluicegate.toml").read_text("utf-8")
TEXT = """\
sluicegate = 1  # first

[connectors.mqtt.plant]  # ours
server = "mqtt://127.0.0.1:1883"
[connectors.mqtt.plant.ssl]
enable = false
[connectors.kafka]
laptop = { bootstrap_hosts = "127.0.0.1:9092" }  # inline

[rules.hot]
source = 'plant'  # where from
sql = '''
SELECT * FROM "plant/#" -- to_kafka
'''
actions = [
  "to_kafka",  # first
  "console",
]
[[rules.hot.tests]]
name = "to_kafka"
context = { topic = "plant/x" }
expect.records = [{ action = "to_kafka", topic = "emqx" }]

[rules."cold"]
sql = 'SELECT * FROM "c"'
source = "plant"
actions = ["to_kafka"]

[actions.kafka.to_kafka]  # the sink
connector = "laptop"
topic = "emqx"
[actions.kafka.other]
connector = "laptop"
topic = "other"
fallback_actions = [
  { kind = "reference", name = "to_kafka" },
  { kind = "republish", args = { connector = "plant", topic = "x" } },
]
[actions.republish.copy]
connector = "plant"
topic = "copy"

[simulators.plant]
connector = "plant"
topic = "t"

[[messages]]
name = "plant"
connector = "plant"
topic = "t"
"""


def changed(before: str, after: str) -> list[tuple[str, str]]:
    pairs = zip(before.splitlines(), after.splitlines(), strict=True)
    return [(old, new) for old, new in pairs if old != new]


def test_renaming_a_connector_renames_it_wherever_it_is_named():
    text = rename(TEXT, ("connectors", "mqtt", "plant"), "hall-2")

    assert [new for _, new in changed(TEXT, text)] == [
        "[connectors.mqtt.hall-2]  # ours",
        "[connectors.mqtt.hall-2.ssl]",
        "source = 'hall-2'  # where from",
        'source = "hall-2"',
        '  { kind = "republish", args = { connector = "hall-2", topic = "x" } },',
        'connector = "hall-2"',
        'connector = "hall-2"',
        'connector = "hall-2"',
    ]
    assert '[simulators.plant]\nconnector = "hall-2"' in text
    assert 'name = "plant"\nconnector = "hall-2"' in text


def test_renaming_an_action_renames_it_in_rules_tests_and_fallbacks():
    text = rename(TEXT, ("actions", "kafka", "to_kafka"), "sink")

    data = tomllib.loads(text)
    assert data["rules"]["hot"]["actions"] == ["sink", "console"]
    assert '  "sink",  # first' in text
    assert data["rules"]["hot"]["tests"][0]["expect"]["records"][0]["action"] == "sink"
    assert data["rules"]["hot"]["tests"][0]["name"] == "to_kafka"
    assert data["rules"]["cold"]["actions"] == ["sink"]
    assert data["actions"]["kafka"]["other"]["fallback_actions"][0]["name"] == "sink"
    assert "-- to_kafka" in text
    assert list(data["actions"]["kafka"]) == ["sink", "other"]


@pytest.mark.parametrize(
    ("place", "name"),
    [
        (("rules", "hot"), "warm"),
        (("rules", "cold"), "ice"),
        (("connectors", "kafka", "laptop"), "desk"),
        (("simulators", "plant"), "devices"),
    ],
)
def test_renaming_changes_nothing_else(place: tuple[str, ...], name: str):
    text = rename(TEXT, place, name)

    assert rename(text, (*place[:-1], name), place[-1]).replace(".cold", '."cold"') == TEXT
    data, before = tomllib.loads(text), tomllib.loads(TEXT)
    assert table_at(data, place) is None
    assert table_at(data, (*place[:-1], name)) == table_at(before, place)
    assert not [p for p in loads(text, Path("x")).problems if p.severity == "error"]


@pytest.mark.parametrize("name", ["", "a b", "-a", "laptop", "ä"])
def test_a_name_that_is_taken_or_not_legal_is_refused(name: str):
    with pytest.raises(StoreError) as refused:
        rename(TEXT, ("connectors", "mqtt", "plant"), name)
    assert refused.value.hint


def test_references_are_listed():
    uses = references(tomllib.loads(TEXT), ("connectors", "kafka", "laptop"))

    assert uses == [
        ("actions", "kafka", "to_kafka", "connector"),
        ("actions", "kafka", "other", "connector"),
    ]
    assert references(tomllib.loads(TEXT), ("rules", "hot")) == []


@pytest.mark.parametrize(
    "place",
    [
        ("connectors", "mqtt", "plant"),
        ("connectors", "kafka", "laptop"),
        ("rules", "hot"),
        ("rules", "cold"),
        ("actions", "kafka", "other"),
        ("actions", "republish", "copy"),
        ("simulators", "plant"),
    ],
)
def test_what_was_removed_comes_back_as_it_was(place: tuple[str, ...]):
    gone = remove(TEXT, place)
    assert table_at(tomllib.loads(gone), place) is None

    back = restore(gone, place, TEXT)

    assert table_at(tomllib.loads(back), place) == table_at(tomllib.loads(TEXT), place)


def test_what_was_removed_comes_back_with_its_comments():
    place = ("rules", "temp_hum")
    commented = REFERENCE.replace("[rules.temp_hum]", "[rules.temp_hum]\n# as agreed")

    back = restore(remove(commented, place), place, commented)

    assert "# as agreed" in back


def test_restoring_changes_only_what_differs_and_keeps_comments():
    now = TEXT.replace('topic = "other"', 'topic = "elsewhere"  # for now')

    back = restore(now, ("actions", "kafka", "other"), TEXT)

    assert [new for _, new in changed(now, back)] == ['topic = "other"  # for now']


def test_restoring_what_was_not_there_removes_it():
    place = ("actions", "kafka", "third")
    added = put(TEXT, place, {"connector": "laptop", "topic": "third"})
    assert table_at(tomllib.loads(added), place) == {"connector": "laptop", "topic": "third"}

    assert tomllib.loads(restore(added, place, TEXT)) == tomllib.loads(TEXT)
