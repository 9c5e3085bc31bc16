"""A stored test made of what a rule makes of an event: it passes, now and later."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

import pytest

from core.clock import Clock
from core.errors import CodecError, SqlError
from core.lab.new_test import make_test
from core.lab.rule_tests import run_rule_tests
from core.sql.columns import event_kind
from core.sql.functions.context import EvalContext
from core.sql.values import Value
from core.workspace.kafka import KafkaAction
from core.workspace.lab import RuleTest
from core.workspace.model import Actions, Rule, Workspace

MESSAGE: dict[str, Value] = {"topic": "t/1", "payload": '{"temp": 21.5, "unit": null}'}


def surroundings(clock: Clock) -> EvalContext:
    return EvalContext.for_tester(clock=clock)


def made(
    sql: str,
    context: Mapping[str, Value] = MESSAGE,
    event: str = "message.publish",
    **message: str,
) -> dict[str, Any]:
    """Make a test, and hold the rule against it as the command line does."""
    kind = event_kind(event)
    assert kind is not None
    action = KafkaAction.model_validate({"connector": "k", "topic": "out", "message": message})
    table = make_test("case", sql, kind, context, {"to_out": action}, surroundings)
    rule = Rule(sql=sql, actions=("to_out",), tests=(RuleTest.model_validate(table),))
    workspace = Workspace(rules={"r": rule}, actions=Actions(kafka={"to_out": action}))
    (result,) = run_rule_tests(workspace, "r", rule, partial(EvalContext.for_tester))
    assert result.passed, result.failures
    return table


def test_output_and_record_of_now_are_expected() -> None:
    table = made('SELECT payload.temp as temp FROM "t/#"', key="k", value="${temp}")

    assert table == {
        "name": "case",
        "context": MESSAGE,
        "expect": {
            "output": {"temp": 21.5},
            "records": [{"action": "to_out", "topic": "out", "key": "k", "value": "21.5"}],
        },
    }


def test_what_depends_on_the_moment_is_left_out() -> None:
    sql = "SELECT timestamp, id, uuid_v4() as u, qos, [now_timestamp(), 1] as l FROM '#'"

    table = made(sql, key="${id}", value="${qos}")

    assert table["expect"]["output"] == {"qos": 1}
    assert table["expect"]["records"] == [{"action": "to_out", "topic": "out", "value": "1"}]


def test_null_is_written_as_json() -> None:
    table = made('SELECT payload.unit as unit FROM "t/#"')

    assert table["expect"]["output"] == '{"unit":null}'


def test_no_match_and_failure_are_expected() -> None:
    assert made('SELECT * FROM "u/#"')["expect"] == {"no_match": True}
    failed = made("SELECT float(payload.unit) as f FROM 't/#'")["expect"]
    assert "float" in failed["error"]


def test_each_item_of_a_list_has_its_record() -> None:
    sql = 'FOREACH payload.l as item DO item.v as v FROM "t/#"'
    context: dict[str, Value] = {"topic": "t/1", "payload": '{"l": [{"v": 1}, {"v": 2}]}'}

    table = made(sql, context, key="k", value="${v}")

    assert table["expect"]["output"] == [{"v": 1}, {"v": 2}]
    assert [record["value"] for record in table["expect"]["records"]] == ["1", "2"]


def test_headers_and_the_chosen_partition_are_expected() -> None:
    kind = event_kind("message.publish")
    assert kind is not None
    action = KafkaAction.model_validate(
        {
            "connector": "k",
            "topic": "out",
            "partition_strategy": "explicit",
            "partition": "${qos}",
            "kafka_ext_headers": [
                {"kafka_ext_header_key": "by", "kafka_ext_header_value": "${clientid}"}
            ],
        }
    )
    sql = 'SELECT qos, clientid FROM "#"'

    table = make_test("c", sql, kind, MESSAGE, {"a": action}, surroundings)

    (record,) = table["expect"]["records"]
    assert (record["partition"], record["headers"]) == (1, {"by": "c_emqx"})


def test_an_event_besides_messages_is_named() -> None:
    sql = 'SELECT clientid FROM "$events/client/connected"'

    assert made(sql, {"clientid": "dev-1"}, "client.connected")["event"] == "client.connected"


def test_a_record_that_is_not_sent_is_not_expected() -> None:
    action = KafkaAction.model_validate(
        {"connector": "k", "topic": "o", "message": {"value": "${gone}"}, "empty_value": "skip"}
    )
    kind = event_kind("message.publish")
    assert kind is not None

    table = make_test("c", "SELECT qos FROM '#'", kind, MESSAGE, {"a": action}, surroundings)

    assert "records" not in table["expect"]


def test_bytes_that_are_no_text_are_refused() -> None:
    with pytest.raises(CodecError, match="text alone"):
        made('SELECT payload FROM "#"', {"topic": "t", "payload": "\udcff"})


def test_a_statement_that_does_not_compile_gives_no_test() -> None:
    with pytest.raises(SqlError):
        made("SELECT FROM")
