"""A message once more through a rule, as the engine would take it."""

from __future__ import annotations

import pytest

from core.bridge.rerun import Rerun, RuleAgain, publisher_of
from core.errors import SqlSyntaxError
from core.mqtt.message import InboundMessage
from core.sql.values import EvalError, Value
from core.workspace.kafka import KafkaAction
from core.workspace.model import Rule
from core.workspace.mqtt import Identity
from tests.unit.bridge.writing import ManualClock

CLIENT = b"\x26\x00\x08clientid\x00\x05dev-3"


class NoJq:
    def run(self, program: str, json_text: str, timeout_ms: int) -> list[Value]:
        raise EvalError("there is no jq here")


def again(sql: str, payload: bytes = b'{"temp": 41.2}', **options: object) -> Rerun:
    action = KafkaAction.model_validate({"name": "to", "connector": "k", "topic": "out", **options})
    rule = Rule.model_validate({"id": "r", "sql": sql})
    made = RuleAgain(rule, Identity(), action, NoJq(), ManualClock())
    message = InboundMessage("a/b", payload, 1, raw_properties=CLIENT, received_ms=123)
    return made.run(message, explain=True)


def test_record_is_rendered_as_the_engine_would():
    (record,) = again(
        'SELECT clientid, payload.temp as temp, timestamp FROM "a/+"',
        message={"key": "${clientid}", "value": "${temp}", "timestamp": "${timestamp}"},
    ).records
    assert (record.topic, record.key, record.value) == ("out", b"dev-3", b"41.2")
    assert record.timestamp_ms == 123, "when the message came, not when it is tried again"


def test_rule_knows_itself():
    (record,) = again(
        'SELECT metadata.rule_id as id, username FROM "#"', message={"value": "${id}|${username}"}
    ).records
    assert record.value == b"r|", "a column that a subscriber never knows stays undefined"


def test_every_output_of_a_foreach_is_a_record():
    found = again(
        'FOREACH payload.list DO item.n as n FROM "#"',
        b'{"list": [{"n": 1}, {"n": 2}]}',
        message={"value": "${n}"},
    )
    assert [record.value for record in found.records] == [b"1", b"2"]


def test_condition_that_is_false_is_told_with_its_value():
    found = again('SELECT * FROM "#" WHERE payload.temp > 50')
    assert found.outcome == "no_match"
    (reason,) = found.reasons
    assert (reason.text, reason.seen[0].value) == ("payload.temp > 50", "41.2")


def test_message_of_another_topic_is_told_apart():
    assert again('SELECT * FROM "x/#"').outcome == "other_topic"


def test_failure_of_the_rule_is_told():
    found = again('SELECT payload.temp as t FROM "#"', b"no json")
    assert (found.outcome, found.records) == ("failed", ())
    assert "JSON" in found.problem[0]


def test_record_that_cannot_be_rendered_is_told():
    found = again('SELECT 1 as x FROM "#"', topic="t-${missing}")
    assert found.outcome == "passed"
    assert "missing" in found.problem[0]


def test_statement_that_does_not_compile_is_refused():
    with pytest.raises(SqlSyntaxError):
        again("SELECT")


@pytest.mark.parametrize(
    ("source", "name"),
    [("property:clientid", "dev-3"), ("topic:+/{}", "b"), ("payload:temp", "41.2"), ("none", "")],
)
def test_publisher_is_known_from_where_the_connector_says(source: str, name: str):
    message = InboundMessage("a/b", b'{"temp": 41.2}', raw_properties=CLIENT)
    assert publisher_of(message, Identity(clientid=source)) == name
