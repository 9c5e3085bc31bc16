"""The sheet of an action: its options as data, what is said of them, and the record it shows."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel
from pytestqt.qtbot import QtBot

from core.workspace.kafka import KafkaAction
from core.workspace.load import load
from core.workspace.model import RepublishAction
from gui.engine_client import InProcessEngine
from gui.recent import RecentFiles
from gui.viewmodels.action_options import SPREAD, groups_of
from gui.viewmodels.action_preview import ActionPreview
from gui.viewmodels.action_sheet import NAME, ActionSheet
from gui.viewmodels.form_options import Option
from gui.viewmodels.live import Live
from gui.viewmodels.object_drafts import Drafts
from gui.viewmodels.payload_fields import PayloadFields
from gui.viewmodels.plain_values import Path as Place
from gui.viewmodels.plain_values import same_value
from gui.viewmodels.rule_actions import actions_of, add_console, new_action
from gui.viewmodels.rule_test import RuleTest
from gui.viewmodels.session import Session
from gui.viewmodels.topic_limits import TopicLimits

from .conftest import Run

FILE = """sluicegate = 1
id = "0a1b2c3d"

[connectors.mqtt.plant]
server = "mqtt://127.0.0.1:1883"

[connectors.kafka.lab]
bootstrap_hosts = "127.0.0.1:9092"

[rules.temp_hum]
sql = '''SELECT clientid, payload.temp as temp FROM "temp_hum/emqx"'''  # readings
actions = ["to_emqx"]

# what the plant writes
[actions.kafka.to_emqx]
connector = "lab"       # on this machine
topic = "emqx"
colour = "green"        # nothing here knows this key
message = { key = "k", value = '{"t": ${temp}}' }  # short
"""
ACTION = "action:to_emqx"
RULE = "rule:temp_hum"

OTHER: dict[Place, Any] = {
    ("connector",): "lab2",
    ("topic",): "other",
    ("message", "key"): "${clientid}",
    ("message", "value"): "${temp}",
    ("message", "timestamp"): "${temp}",
    ("kafka_headers",): "${temp}",
    ("kafka_ext_headers",): [{"kafka_ext_header_key": "a", "kafka_ext_header_value": "${temp}"}],
    ("partition_strategy",): "key_dispatch",
    ("partitioner",): "crc32",
    ("partition",): "${temp}",
    SPREAD: "sticky",
    ("partitions_limit",): 2,
    ("max_inflight",): 1,
    ("max_retries",): 3,
    ("buffer", "memory_overload_protection"): False,
    ("fallback_actions",): [{"kind": "topic", "topic": "emqx.dead"}],
    ("tags",): ["hall"],
    ("label",): "Readings",
    ("description",): "For the lab",
}
"""Another value for each option that is no choice, time or size."""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    made = tmp_path / "plant.sluicegate.toml"
    made.write_text(FILE, "utf-8")
    return made


@pytest.fixture
def drafts(path: Path, run: Run, qtbot: QtBot) -> Iterator[Drafts]:
    engine = InProcessEngine()
    session = Session(engine, recent=RecentFiles())
    live = Live(session)
    session.open(path)
    qtbot.waitUntil(lambda: session.loaded is not None)
    yield Drafts(live, session)
    run(session.close(), 30)
    session.deleteLater()
    engine.deleteLater()


@pytest.fixture
def sheet(drafts: Drafts, qtbot: QtBot) -> ActionSheet:
    made = ActionSheet(drafts, ACTION, RULE, drafts)
    with qtbot.waitSignal(made.problemsChanged):
        made.check()
    return made


def option(sheet: ActionSheet, *path: str) -> Option:
    return next(each for each in sheet.options if each.path == path)


def change(sheet: ActionSheet, *path: str, to: Any) -> None:
    sheet.set(option(sheet, *path), to)


def save(sheet: ActionSheet, qtbot: QtBot) -> None:
    with qtbot.waitSignal(sheet.saved):
        sheet.save()


def said(sheet: ActionSheet, *path: str) -> str:
    found = sheet.finding(option(sheet, *path))
    return found.text if found is not None else ""


def leaves(model: type[BaseModel], *above: str) -> Iterator[tuple[Place, Any]]:
    """Give the path and the default of every option of a model."""
    for name, field in model.model_fields.items():
        default = field.get_default(call_default_factory=True)
        if isinstance(default, BaseModel):
            yield from leaves(type(default), *above, name)
        else:
            yield (*above, name), default


@pytest.mark.parametrize(
    ("kind", "model"), [("kafka", KafkaAction), ("republish", RepublishAction)]
)
def test_every_option_of_the_model_is_in_the_sheet_with_its_default(
    kind: str, model: type[BaseModel]
):
    options = {option.path: option for group in groups_of(kind) for option in group.options}
    wanted = dict(leaves(model))
    in_header = {("name",), ("enable",)}

    assert set(wanted) - set(options) == in_header
    assert {path for path in options if path not in wanted} <= {NAME, SPREAD}
    for path, default in wanted.items():
        if path in in_header or options[path].is_required or path == ("partitioner",):
            continue
        shown = options[path].default
        parsed = model.model_validate(_with(kind, path, shown)) if shown is not None else None
        if parsed is not None:
            assert _value_at(parsed, path) == default, path
        else:
            assert default is None, path


def _with(kind: str, path: Place, value: Any) -> dict[str, Any]:
    for part in reversed(path):
        value = {part: value}
    target = {
        "kafka": {"connector": "lab", "topic": "t"},
        "republish": {"connector": "m", "topic": "t"},
    }
    return {**target[kind], **value}


def _value_at(model: Any, path: Place) -> Any:
    for part in path:
        model = getattr(model, part)
    return model


def other_value(option: Option) -> Any:
    if option.path in OTHER:
        return OTHER[option.path]
    if option.choices:
        return next(value for value, _ in option.choices if value != option.default)
    return "7s" if option.unit != "B" else "3MB"


@pytest.mark.parametrize(
    "place",
    [
        option.path
        for group in groups_of("kafka")
        for option in group.options
        if option.path != NAME
    ],
    ids=".".join,
)
def test_each_option_goes_to_the_file_and_comments_stay(
    drafts: Drafts, path: Path, qtbot: QtBot, place: Place
):
    if place == ("connector",):
        drafts.create("connector:lab2", "kafka", {"bootstrap_hosts": "127.0.0.1:9093"})
        drafts.save("connector:lab2")
        qtbot.waitUntil(lambda: "lab2" in drafts.live.workspace.connectors.kafka)
    sheet = ActionSheet(drafts, ACTION, RULE, drafts)
    if place == ("partitioner",):
        sheet.set(option(sheet, "partition_strategy"), "key_dispatch")
    if place == ("partition",):
        sheet.set(option(sheet, "partition_strategy"), "explicit")
    if place == ("sync_query_timeout",):
        sheet.set(option(sheet, "query_mode"), "sync")
    chosen = option(sheet, *place)
    value = other_value(chosen)

    sheet.set(chosen, value)
    assert sheet.value(chosen) == value
    save(sheet, qtbot)

    held = load(path)
    written = "partitioner" if place == SPREAD else place[0]
    assert held.workspace is not None, held.problems
    table: Any = held.data["actions"]["kafka"]["to_emqx"]
    found = table[written] if len(place) == 1 else table[place[0]][place[1]]
    assert found == value
    text = path.read_text("utf-8")
    assert "# what the plant writes" in text
    assert 'colour = "green"        # nothing here knows this key' in text
    assert "# on this machine" in text
    assert "# short" in text


@pytest.mark.parametrize("placeholder", ["${unit}", "${unit.symbol}"])
def test_a_field_that_the_rule_does_not_select_is_said_and_can_be_added(
    sheet: ActionSheet, drafts: Drafts, qtbot: QtBot, placeholder: str
):
    headers = [{"kafka_ext_header_key": "unit", "kafka_ext_header_value": placeholder}]
    change(sheet, "kafka_ext_headers", to=headers)
    qtbot.waitUntil(lambda: bool(said(sheet, "kafka_ext_headers")))

    found = sheet.finding(option(sheet, "kafka_ext_headers"))
    assert found is not None
    assert found.text == "${unit} is not in SELECT."
    assert found.field == "payload.unit as unit"
    assert sheet.problem_count() == 1

    sheet.add_to_select(found.field)

    assert "payload.temp as temp, payload.unit as unit FROM" in drafts.value(RULE, ("sql",))
    qtbot.waitUntil(lambda: sheet.problem_count() == 0)


@pytest.mark.parametrize(
    ("placeholder", "said_of_it", "field"),
    [
        ("${qos}", "${qos} is not in SELECT.", "qos"),
        ("${timestamp}", "${timestamp} is not in SELECT.", "timestamp"),
        ("${tmep}", "${tmep} is not in SELECT. Did you mean 'temp'?", ""),
        ("${no-name}", "${no-name} is not in SELECT.", ""),
    ],
)
def test_what_can_be_added_is_a_column_or_what_was_meant_is_said(
    sheet: ActionSheet, qtbot: QtBot, placeholder: str, said_of_it: str, field: str
):
    change(sheet, "message", "value", to=placeholder)
    qtbot.waitUntil(lambda: bool(said(sheet, "message", "value")))

    found = sheet.finding(option(sheet, "message", "value"))
    assert found is not None
    assert (found.text, found.field) == (said_of_it, field)


def test_a_key_from_the_publishers_name_is_warned_of_in_place(sheet: ActionSheet):
    assert said(sheet, "message", "key") == ""
    change(sheet, "message", "key", to="${clientid}")

    found = sheet.finding(option(sheet, "message", "key"))
    assert found is not None
    assert not found.is_bad
    assert "MQTTX" in found.why
    assert "user property clientid" in found.text
    assert found.opens == "connector:plant"
    assert sheet.problem_count() == 0


def test_options_that_do_not_go_together_are_said_at_the_one_to_change(
    sheet: ActionSheet, qtbot: QtBot
):
    change(sheet, "message", "key", to="")
    change(sheet, "partition_strategy", to="key_dispatch")
    qtbot.waitUntil(lambda: "cannot be empty" in said(sheet, "message", "key"))
    assert said(sheet, "message", "key") == (
        'Key cannot be empty when Partition is "By key". Write a template such as ${clientid}.'
    )
    assert sheet.first_problem() == option(sheet, "message", "key")

    sheet.set(option(sheet, "partition_strategy"), "random")
    sheet.set(option(sheet, "topic"), "emqx.${temp}")
    sheet.set(option(sheet, "buffer", "mode"), "disk")
    qtbot.waitUntil(lambda: "is not allowed" in said(sheet, "buffer", "mode"))
    assert said(sheet, "buffer", "mode") == (
        'Buffer "Disk, outlives a restart" is not allowed with a topic that holds ${...}. '
        'Choose "Memory" for Buffer.'
    )
    assert sheet.problem_count() == 1


def test_a_mistake_is_not_saved(sheet: ActionSheet, path: Path, qtbot: QtBot):
    sheet.set(option(sheet, "max_linger_time"), "soon")
    with qtbot.waitSignal(sheet.refused):
        sheet.save()
    qtbot.waitUntil(lambda: sheet.first_problem() == option(sheet, "max_linger_time"))

    sheet.set(option(sheet, "topic"), None)
    with qtbot.waitSignal(sheet.refused):
        sheet.save()

    assert said(sheet, "topic") == "Topic is required."
    assert path.read_text("utf-8") == FILE


def test_another_strategy_takes_what_belongs_to_the_old_one_out(sheet: ActionSheet):
    strategy = option(sheet, "partition_strategy")
    sheet.set(strategy, "key_dispatch")
    sheet.set(option(sheet, "partitioner"), "phash2")
    sheet.set(strategy, "explicit")

    assert sheet.read(("partitioner",)) is None
    assert sheet.is_shown(option(sheet, "partition"))
    assert said(sheet, "partition") == "Partition number is required."

    sheet.set(strategy, "random")
    assert not sheet.is_dirty


def test_a_new_action_is_saved_with_the_rule_that_names_it(
    drafts: Drafts, path: Path, qtbot: QtBot
):
    key = new_action(drafts, RULE, "kafka", ("clientid", "temp"))
    sheet = ActionSheet(drafts, key, RULE, drafts)
    sheet.set(option(sheet, "@name"), "copy")
    assert actions_of(drafts, RULE) == ["to_emqx", "copy"]

    sheet.save()
    qtbot.waitUntil(lambda: not drafts.dirty)

    workspace = load(path).workspace
    assert workspace is not None
    assert workspace.rules["temp_hum"].actions == ("to_emqx", "copy")
    copy = workspace.actions.kafka["copy"]
    assert (copy.connector, copy.topic, copy.message.key) == ("lab", "temp_hum", "${clientid}")
    assert sheet.key == "action:copy"
    assert "# readings" in path.read_text("utf-8")


def test_a_new_action_that_is_given_up_leaves_its_rule(drafts: Drafts, qtbot: QtBot):
    key = new_action(drafts, RULE, "republish", None)
    sheet = ActionSheet(drafts, key, RULE, drafts, is_added=True)
    with qtbot.waitSignal(sheet.gone):
        sheet.cancel()

    assert actions_of(drafts, RULE) == ["to_emqx"]
    assert not drafts.dirty
    add_console(drafts, RULE)
    assert actions_of(drafts, RULE) == ["to_emqx", "console"]


@pytest.mark.parametrize(
    ("place", "value", "words"),
    [
        (("max_batch_bytes",), "99GB", "at most 2047MB"),
        (("max_inflight",), 10**20, "1000000"),
        (("buffer", "per_partition_limit"), "0MB", "no room for a record"),
        (("message", "timestamp"), "abc", "no time"),
    ],
)
def test_what_no_producer_can_do_is_said_under_its_field(
    place: tuple[str, ...], value: object, words: str, sheet: ActionSheet, qtbot: QtBot
):
    sheet.set(option(sheet, *place), value)

    qtbot.waitUntil(lambda: words in said(sheet, *place))


@pytest.fixture
def preview(drafts: Drafts, sheet: ActionSheet, qtbot: QtBot) -> ActionPreview:
    session = drafts.live.session
    test = RuleTest(session.tasks, PayloadFields(session, drafts), drafts)
    made = ActionPreview(drafts, ACTION, test, drafts)
    assert made.reason == "Test the rule to see the record."
    test.set_sql(drafts.value(RULE, ("sql",)))
    test.set_topics(("temp_hum/emqx",))
    test.set_payload('{"temp": 27.5}')
    qtbot.waitUntil(lambda: made.record.value == b'{"t": 27.5}')
    return made


def test_the_preview_follows_what_is_edited(preview: ActionPreview, sheet: ActionSheet):
    assert (preview.record.topic, preview.record.key, preview.reason) == ("emqx", b"k", "")

    headers = [("a", "${temp}"), ("b", "${unit}"), ("c", "x")]
    pairs = [{"kafka_ext_header_key": k, "kafka_ext_header_value": v} for k, v in headers]
    sheet.set(option(sheet, "kafka_ext_headers"), pairs)
    assert preview.record.headers == (("c", b"x"),)
    assert preview.record.dropped == ("a",)
    assert preview.record.missing == (("b", "${unit}"),)

    sheet.set(option(sheet, "message", "value"), "${unit}")
    assert preview.record.value is None

    sheet.set(option(sheet, "max_inflight"), 0)
    assert "problems" in preview.reason


def test_a_record_above_the_limit_of_its_topic_is_told(
    preview: ActionPreview, sheet: ActionSheet, monkeypatch: pytest.MonkeyPatch
):
    asked: list[tuple[str, str]] = []

    def limit(_self: TopicLimits, *place: str) -> int:
        asked.append((place[0], place[1]))
        return 1 << 20

    monkeypatch.setattr(TopicLimits, "of", limit)
    assert preview.note == ""
    assert asked == [], "a small record is no question"
    sheet.set(option(sheet, "message", "value"), "x" * (1 << 20))
    assert preview.note == ""
    sheet.set(option(sheet, "message", "value"), "x" * 1_200_000)

    assert preview.note.startswith("emqx takes records up to 1 MB, so this one")
    assert {topic for _, topic in asked} == {"emqx"}
    sheet.set(option(sheet, "compression"), "zstd")
    assert preview.note.startswith("emqx takes up to 1 MB, compressed, so this one may not be")


def test_what_are_no_pairs_of_a_name_and_a_value_is_said(drafts: Drafts):
    key = new_action(drafts, RULE, "republish", None)
    sheet = ActionSheet(drafts, key, RULE, drafts)
    properties = option(sheet, "mqtt_properties")
    sheet.set(properties, {"a": "b"})
    assert sheet.finding(properties) is None

    sheet.set(properties, "a,b")
    found = sheet.finding(properties)
    assert found is not None
    assert found.text == "Write name=value, several with commas."


def test_a_republished_message_is_previewed_as_it_would_be_sent(
    drafts: Drafts, preview: ActionPreview, qtbot: QtBot
):
    key = new_action(drafts, RULE, "republish", None)
    values = {"topic": "copy/${clientid}", "payload": '{"t": ${temp}}', "qos": 1, "retain": True}
    for name, value in values.items():
        drafts.set(key, (name,), value)
    test = preview._test
    made = ActionPreview(drafts, key, test, drafts, rule="temp_hum")

    message = made.message
    assert message is not None
    assert (made.reason, message.topic, message.qos, message.retain) == ("", "copy/c_emqx", 1, True)
    assert message.payload == b'{"t": 27.5}'
    assert ("sluicegate-rules", "0a1b2c3d/temp_hum") in message.properties.user_properties

    drafts.set(key, ("qos",), "${temp}")
    assert made.message is None
    assert "27.5, which is no QoS" in made.reason
    assert made.reason.endswith(".")


def test_the_default_is_the_same_however_it_is_written():
    assert same_value("60s", "1min")
    assert not same_value("60s", "2min")
