"""The rule editor without widgets: problems while typing, completion, and the test's result."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QTimer
from pytestqt.qtbot import QtBot

from core.bridge.events import MessageSample, RuleOutcome
from core.sql.columns import event_kind
from core.workspace.kafka import KafkaAction
from gui.engine_client import InProcessEngine
from gui.recent import RecentFiles
from gui.viewmodels.completion import complete, function_help
from gui.viewmodels.live import Live
from gui.viewmodels.object_drafts import Drafts
from gui.viewmodels.payload_fields import PayloadFields, common_filters
from gui.viewmodels.rule_cases import RuleCases
from gui.viewmodels.rule_test import RuleTest, concrete
from gui.viewmodels.rule_trial import FieldChange, TrialInput, try_rule
from gui.viewmodels.session import Session
from gui.viewmodels.sql_document import SqlDocument
from tests.gui.conftest import Run

GOOD = 'SELECT clientid, payload.temp as temp FROM "plant/#" WHERE payload.temp > 20'


@pytest.fixture
def alone(run: Run) -> Iterator[Session]:
    """A session whose engine is never started."""
    engine = InProcessEngine()
    made = Session(engine, recent=RecentFiles())
    yield made
    run(made.close(), 30)
    made.deleteLater()
    engine.deleteLater()


@pytest.fixture
def fields(alone: Session) -> PayloadFields:
    return PayloadFields(alone, alone)


def sample(
    number: int, topic: str = "plant/1", payload: str = "", time_ms: int = 0
) -> MessageSample:
    text = payload or f'{{"temp": "{number}.5", "at": {{"line": {number}}}}}'
    outcomes = [RuleOutcome("all", "passed")]
    return MessageSample(
        number, time_ms or number, "m", topic, "dev-1", text, len(text), 1, outcomes
    )


def test_json_that_is_nested_too_deeply_to_be_read_is_text(
    alone: Session, fields: PayloadFields, tmp_path: Path, qtbot: QtBot
) -> None:
    path, deep = tmp_path / "a.sluicegate.toml", "[" * 100_000
    case = f"[[rules.all.tests]]\ncontext = '{deep}'\n"
    path.write_text(f"sluicegate = 1\n[rules.all]\nsql = 'SELECT * FROM \"a\"'\n{case}")
    live = Live(alone)
    with qtbot.waitSignal(live.factsChanged, timeout=20_000):
        alone.open(path)
    test = RuleTest(alone.tasks, fields, live)
    cases = RuleCases(Drafts(live, live), "rule:all", test, live)
    test.set_payload(deep)
    assert cases.message_name() == test.kind.name
    cases.choose(0)
    assert cases.chosen == 0
    test.set_column("timestamp", deep)
    assert test.trial_input().context["timestamp"] == deep


def test_topics_that_differ_in_one_level_are_one_filter() -> None:
    seen = ["door", "plant/3/temp", "a/b", "plant/12/temp", "plant/12/hum", "$SYS/a", "$SYS/b"]

    assert common_filters(seen) == [
        "door",
        "plant/+/temp",
        "a/b",
        "plant/12/+",
        "$SYS/a",
        "$SYS/b",
    ]


# The statement


def checked(qtbot: QtBot, document: SqlDocument, text: str) -> SqlDocument:
    document.set_text(text)
    qtbot.waitUntil(lambda: document.is_checked)
    return document


def test_a_statement_is_checked_after_typing(alone: Session, qtbot: QtBot) -> None:
    document = checked(qtbot, SqlDocument(alone.tasks, "", alone), 'SELECT flaot(a) as x FROM "t"')

    (problem,) = document.problems
    assert (problem.severity, problem.sentence) == ("error", "Function flaot does not exist.")
    assert (problem.start, problem.end, problem.fix_label) == (7, 12, "Use float")
    assert document.does_compile, "it parses; it fails when it is evaluated"


def test_what_does_not_parse_says_so_and_names_nothing(alone: Session, qtbot: QtBot) -> None:
    document = checked(qtbot, SqlDocument(alone.tasks, "", alone), "SELECT a, FROM")

    assert document.errors == 1
    assert not document.does_compile
    assert document.topics == ()


def test_topics_and_fields_are_those_of_the_text(alone: Session, qtbot: QtBot) -> None:
    document = checked(qtbot, SqlDocument(alone.tasks, "", alone), GOOD)

    assert document.topics == ("plant/#",)
    assert document.fields == ("clientid", "temp")
    assert checked(qtbot, document, 'SELECT * FROM "t"').fields is None


def test_only_the_last_of_many_texts_counts(alone: Session, qtbot: QtBot) -> None:
    document = SqlDocument(alone.tasks, "", alone)
    for end in range(len(GOOD)):
        document.set_text(GOOD[:end])
    document.check_now()
    checked(qtbot, document, GOOD)

    assert document.problems == ()


def test_problems_are_walked_around_the_ends(alone: Session, qtbot: QtBot) -> None:
    document = checked(
        qtbot, SqlDocument(alone.tasks, "", alone), 'SELECT aa(1) as x, bb(1) as y FROM "t"'
    )
    first, second = document.problems

    assert document.neighbour(0, 1) is first
    assert document.neighbour(first.start, 1) is second
    assert document.neighbour(second.start, 1) is first
    assert document.neighbour(first.start, -1) is second


def test_a_text_is_formatted_unless_comments_would_be_lost(alone: Session) -> None:
    document = SqlDocument(alone.tasks, 'select a from "t"', alone)
    assert document.formatted() == ('SELECT a\nFROM "t"', "")

    document.set_text('-- why\nselect a from "t"')
    assert document.formatted()[0] == ""
    assert "Comments" in document.formatted()[1]


# Completion


@pytest.mark.parametrize(
    ("text", "first", "kind"),
    [
        ("", "SELECT", "keyword"),
        ("f", "FOREACH", "keyword"),
        ("SELECT ", "payload", "column"),
        ("SELECT pay", "payload", "column"),
        ("SELECT cl", "clientid", "column"),
        ("SELECT upp", "upper", "function"),
        ("SELECT payload ", "FROM", "keyword"),
        ("SELECT payload.", "at", "field"),
        ("SELECT payload.te", "temp", "field"),
        ("SELECT payload.at.", "line", "field"),
        ("SELECT pub_props.", "User-Property-Pairs", "field"),
        ("SELECT a FROM ", "plant/1", "topic"),
        ('SELECT a FROM "pl', "plant/1", "topic"),
        ('SELECT a FROM "plant/#" w', "WHERE", "keyword"),
        ('SELECT payload.temp as heat FROM "plant/#" WHERE he', "heat", "alias"),
        ('SELECT a FROM "plant/#" WHERE flo', "float", "function"),
        ('SELECT a FROM "plant/#" WHERE a = 1 a', "AS", "keyword"),
        ('SELECT a FROM "$events/client/connected" WHERE keep', "keepalive", "column"),
    ],
)
def test_completion_lists_what_fits(
    fields: PayloadFields, text: str, first: str, kind: str
) -> None:
    for number in range(3):
        fields.take(sample(number))

    found = complete(text, len(text), fields)

    assert found is not None
    assert (found.candidates[0].label, found.candidates[0].kind) == (first, kind)


@pytest.mark.parametrize("text", ["-- a", "SELECT 'a", "SELECT a as ", "SELECT clientid", "x.y ("])
def test_completion_is_silent_elsewhere(fields: PayloadFields, text: str) -> None:
    assert complete(text, len(text), fields) is None


def test_a_payload_field_tells_its_share_and_a_sample(fields: PayloadFields) -> None:
    fields.take(sample(1))
    fields.take(sample(2, payload='{"at": 1}'))
    text = 'SELECT payload. FROM "plant/+"'

    found = complete(text, len("SELECT payload."), fields)

    assert found is not None
    temp = next(one for one in found.candidates if one.label == "temp")
    assert temp.sample == '"1.5"'
    assert temp.help.startswith("In 1 of 2 messages on plant/+.")
    assert "float()" in temp.help


def test_a_payload_that_is_nested_too_deeply_has_no_fields(fields: PayloadFields) -> None:
    fields.take(sample(1, payload='{"a":' * 40_000 + "1" + "}" * 40_000))

    assert fields.topics == ["plant/1"]
    assert fields.fields(()) == []


def test_functions_have_signature_help_and_example() -> None:
    found = function_help("float")

    assert found is not None
    assert found.detail.startswith("(")
    assert found.help
    assert "=" in found.example
    assert function_help("flaot") is None


def test_what_is_remembered_of_topics_is_bounded(fields: PayloadFields) -> None:
    for number in range(300):
        fields.take(sample(number, f"t/{number}"))

    assert len(fields.topics) == 200
    assert fields.topics[0] == "t/299"


# The test


@pytest.fixture
def trial(alone: Session, fields: PayloadFields) -> RuleTest:
    return RuleTest(alone.tasks, fields, alone)


def result_of(qtbot: QtBot, trial: RuleTest, outcome: str) -> RuleTest:
    qtbot.waitUntil(lambda: not trial.is_running)
    assert trial.result.outcome == outcome, trial.result
    return trial


def test_nothing_is_tried_before_it_is_known_what_from_names(trial: RuleTest, qtbot: QtBot) -> None:
    seen: list[str] = []
    trial.resultChanged.connect(lambda: seen.append(trial.result.outcome))
    trial.waits_for_topics = True
    trial.set_sql('SELECT payload FROM "temp_hum/emqx"')
    trial.run()
    assert trial.is_running, "the result is not yet that of the statement"
    assert seen == []
    trial.set_topics(("temp_hum/emqx",))
    result_of(qtbot, trial, "passed")
    assert seen == ["passed"]


def test_the_result_comes_after_typing(trial: RuleTest, qtbot: QtBot) -> None:
    trial.set_sql(GOOD)
    trial.set_topics(("plant/#",))
    trial.set_payload('{"temp": 27.5}')

    result_of(qtbot, trial, "passed")

    assert trial.result.output == {"clientid": "c_emqx", "temp": 27.5}
    assert '"temp": 27.5' in trial.result.json


def test_no_match_tells_the_false_part_with_its_values(trial: RuleTest, qtbot: QtBot) -> None:
    trial.set_sql(GOOD)
    trial.set_topics(("plant/#",))
    trial.set_payload('{"temp": 12}')

    result_of(qtbot, trial, "no_match")

    (reason,) = trial.result.reasons
    assert reason.text == "payload.temp > 20"
    assert [(seen.operand, seen.value) for seen in reason.seen] == [("payload.temp", "12")]


def test_a_topic_that_from_does_not_match_is_named(trial: RuleTest, qtbot: QtBot) -> None:
    trial.set_sql(GOOD)
    trial.set_topics(("plant/#",))
    trial.set_column("topic", "other/1")

    result_of(qtbot, trial, "no_match")

    assert trial.result.sentence == 'The topic "other/1" does not match FROM: "plant/#".'
    assert trial.result.reasons == (), "WHERE was never asked"


def test_a_failure_has_its_place(trial: RuleTest, qtbot: QtBot) -> None:
    trial.set_sql('SELECT flaot(a) as x FROM "#"')

    result_of(qtbot, trial, "failed")

    assert trial.result.span is not None
    assert trial.result.sql[trial.result.span.start : trial.result.span.end].startswith("flaot")
    assert trial.result.sentence.startswith("Function flaot does not exist")


@pytest.mark.parametrize(
    ("topics", "note"),
    [
        ('""', ["No message can come to this rule. An empty topic matches nothing."]),
        (
            '"a+/b"',
            [
                "No message can come to this rule. `+` stands only for a whole level: this is no "
                "topic filter."
            ],
        ),
        ('"a+/b", "#"', []),
    ],
)
def test_what_passes_and_can_never_come_is_told(
    trial: RuleTest, qtbot: QtBot, topics: str, note: list[str]
) -> None:
    trial.set_sql(f"SELECT qos FROM {topics}")
    trial.set_topics(tuple(each.strip('" ') for each in topics.split(",")))

    trial.run()
    result_of(qtbot, trial, "passed")

    assert [each for each in trial.result.notes if "No message" in each] == note


def test_a_trial_begins_300_ms_after_the_last_key(trial: RuleTest, qtbot: QtBot) -> None:
    pauses = trial.findChildren(QTimer)
    assert [(each.interval(), each.isSingleShot()) for each in pauses] == [(300, True)]
    (pause,) = pauses
    began: list[int] = []
    trial.set_sql("SELECT qos FROM '#'")
    before = pause.timerId()
    pause.timeout.connect(lambda: began.append(pause.timerId()))

    trial.set_payload('{"temp": 1}')

    assert pause.isActive()
    assert pause.timerId() != before, "each key begins the time anew"
    result_of(qtbot, trial, "passed")
    assert len(began) == 1


@pytest.mark.parametrize(
    ("payload", "field", "said"),
    [
        ('{"a": 1,\n"b": [1e999]}', "payload.a", "JSON: line 2, column 7, a number that is too"),
        ("\udc80", "payload.a", "(it holds bytes that are no UTF-8)."),
        ("[1e999]", "json_decode(payload)", "text is not valid JSON (Number out of range)."),
    ],
)
def test_a_text_that_is_no_json_is_said_without_codes(payload: str, field: str, said: str) -> None:
    sql, context = f'SELECT {field} as a FROM "t"', {"topic": "t", "payload": payload}
    kind = event_kind("message.publish")
    assert kind is not None

    result = try_rule(TrialInput(sql, kind, context))

    assert said in result.sentence
    assert "decode_json_failed" not in result.sentence
    assert "$[" not in result.sentence


def test_the_next_output_is_compared_with_the_last_one(trial: RuleTest, qtbot: QtBot) -> None:
    trial.set_sql('SELECT payload.hum as hum FROM "#"')
    trial.set_payload('{"hum": "40.9"}')
    result_of(qtbot, trial, "passed")
    trial.set_payload('{"hum": "41.8"}')

    result_of(qtbot, trial, "passed")

    assert trial.changes == (FieldChange("hum changed:", '"40.9" → "41.8"'),)


def test_each_action_shows_its_record(trial: RuleTest, qtbot: QtBot) -> None:
    action = KafkaAction.model_validate(
        {"connector": "k", "topic": "hot", "message": {"key": "${clientid}", "value": "${temp}"}}
    )
    trial.set_actions({"to_hot": action})
    trial.set_sql(GOOD.partition(" WHERE")[0])
    trial.set_topics(("plant/#",))
    trial.set_payload('{"temp": 27.5}')

    result_of(qtbot, trial, "passed")

    (record,) = trial.result.records
    assert (record.action, record.topic, record.key, record.value) == (
        "to_hot",
        "hot",
        b"c_emqx",
        b"27.5",
    )


def test_the_last_message_fills_the_form(
    trial: RuleTest, fields: PayloadFields, qtbot: QtBot
) -> None:
    assert not trial.use_last()
    fields.take(sample(1, "plant/1", time_ms=5))
    fields.take(sample(2, "plant/2", time_ms=9))
    fields.take(sample(3, "other/1", time_ms=12))
    trial.set_topics(("plant/#",))

    assert trial.use_last()

    shown = {column.name: column.text for column in trial.columns}
    assert (shown["topic"], shown["clientid"], shown["qos"]) == ("plant/2", "dev-1", "1")
    assert trial.payload == '{"temp": "2.5", "at": {"line": 2}}'


def test_the_event_follows_from_until_it_is_chosen(trial: RuleTest, qtbot: QtBot) -> None:
    trial.set_topics(("$events/client_connected",))
    assert trial.kind.name == "client.connected"
    assert not trial.has_payload

    trial.set_kind("client.ping")
    trial.set_topics(("plant/+/temp",))
    assert trial.kind.name == "client.ping"

    trial.set_kind("message.publish")
    shown = {column.name: column.text for column in trial.columns}
    assert shown["topic"] == "plant/1/temp"


def test_a_number_is_a_number(trial: RuleTest, qtbot: QtBot) -> None:
    trial.set_sql('SELECT qos + 1 as next FROM "#"')
    trial.set_column("qos", "2")

    result_of(qtbot, trial, "passed")

    assert trial.result.output == {"next": 3}


def test_a_filter_becomes_a_topic_that_it_matches() -> None:
    assert [concrete(f) for f in ("a/b", "a/+/c", "a/#", "#")] == ["a/b", "a/1/c", "a/1", "1"]
