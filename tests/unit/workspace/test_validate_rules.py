"""What is wrong with a rule: its statement, its topic filters, its columns."""

from __future__ import annotations

import pytest

from tests.unit.workspace.validating import (
    ACTION,
    CLUSTER,
    SOURCE,
    action,
    only,
    rule,
    source,
    validate,
)


def test_a_statement_that_does_not_parse_is_shown_with_line_column_and_caret():
    bad = 'SELECT id\nFORM "a"\n'

    problem = only(validate(SOURCE, CLUSTER, rule(bad), ACTION))

    assert (problem.severity, problem.path, problem.code) == ("error", "rules.r.sql", "sql")
    assert "line 2, column" in problem.message
    assert "^" in problem.message
    text = "sluicegate = 1\n" + SOURCE + CLUSTER + rule(bad)
    assert problem.line == text[: text.index("FORM")].count("\n") + 1


def test_statements_are_checked_although_other_parts_are_wrong():
    problems = validate(
        source("qos = 9"), CLUSTER, rule("SELECT", "enable = 1\n"), action("compression = 'x'\n")
    )

    assert [p.path for p in problems] == [
        "connectors.mqtt.plant.qos",
        "rules.r.sql",
        "rules.r.enable",
        "actions.kafka.to_lab.compression",
    ]


def test_a_doubtful_statement_is_a_warning():
    problem = only(validate(SOURCE, CLUSTER, rule('SELECT id FROM "a" WHERE id = "x"'), ACTION))

    assert problem.severity == "warning"
    assert problem.hint


def test_an_illegal_topic_filter_is_an_error():
    problem = only(validate(SOURCE, CLUSTER, rule('SELECT id FROM "a/#/b"'), ACTION))

    assert (problem.severity, problem.code) == ("error", "topic_filter")


def test_events_of_emqx_are_a_warning():
    sql = 'SELECT id FROM "$events/client/connected"'

    codes = {p.code: p.severity for p in validate(SOURCE, CLUSTER, rule(sql), ACTION)}

    assert codes["event_topic"] == "warning"


@pytest.mark.parametrize(
    ("identity", "more", "word"),
    [
        ("property:clientid", "", "MQTTX"),
        ("property:clientid", "protocol = '3.1.1'", "3.1.1"),
        ("none", "", "no place"),
    ],
)
def test_a_clientid_that_may_be_missing_is_a_warning(identity: str, more: str, word: str):
    problem = only(
        validate(source(more, identity), CLUSTER, rule('SELECT id, clientid FROM "a"'), ACTION)
    )

    assert (problem.severity, problem.code) == ("warning", "identity")
    assert word in problem.message
    assert "payload:device.id" in problem.hint


@pytest.mark.parametrize("identity", ["topic:devices/{}/#", "payload:device.id"])
def test_a_clientid_from_topic_or_payload_is_no_problem(identity: str):
    sql = 'SELECT id, clientid FROM "a"'

    assert validate(source("", identity), CLUSTER, rule(sql), ACTION) == []


def test_columns_that_only_the_broker_knows_are_a_warning():
    problem = only(validate(SOURCE, CLUSTER, rule('SELECT id, peerhost FROM "a"'), ACTION))

    assert "peerhost" in problem.message
