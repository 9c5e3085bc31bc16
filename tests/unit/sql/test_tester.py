"""The tester: FROM against events, example columns, constants, results."""

from __future__ import annotations

from typing import Any

import pytest

from core.errors import SqlRuntimeError
from core.sql.columns import (
    EVENT_TOPICS,
    LEGACY_TOPICS,
    LIVE_COLUMNS,
    UNKNOWN_LIVE_COLUMNS,
    columns_of_topics,
    event_kind,
    event_kinds,
)
from core.sql.functions.context import EvalContext
from core.sql.rule import compile_rule
from core.sql.tester import NotMatched, Tried, run_case
from core.sql.values import UNDEFINED, Atom
from tests.helpers.rules import NO_MATCH, FixedClock, evaluate, failed, same

NOW_MS = FixedClock().now_ms()


def matches(entry: str, event: str, /, **context: Any) -> bool:
    return evaluate(f'SELECT 1 as x FROM "{entry}"', event, **context) != NO_MATCH


@pytest.mark.parametrize("event", list(EVENT_TOPICS))
def test_an_event_is_reached_by_its_topics(event: str) -> None:
    topic = EVENT_TOPICS[event]
    group = topic.rsplit("/", 1)[0]
    assert matches(topic, event)
    assert matches("$events/#", event)
    assert matches(f"{group}/+", event)
    assert matches(f"{group}/#", event)
    for other in ("#", "+/#", "t/#", "t/a", "$events/+", topic.upper(), event):
        assert not matches(other, event), other
    for legacy, current in LEGACY_TOPICS.items():
        assert matches(legacy, event) is (current == topic)
    for other in EVENT_TOPICS.values():
        assert matches(other, event) is (other == topic)


def test_which_events_have_an_older_topic() -> None:
    without = set(EVENT_TOPICS.values()) - set(LEGACY_TOPICS.values())
    assert without == {
        "$events/client/ping",
        "$events/sys/alarm_activated",
        "$events/sys/alarm_deactivated",
    }
    assert LEGACY_TOPICS["$events/client_check_authn_complete"] == (
        "$events/auth/check_authn_complete"
    )
    assert LEGACY_TOPICS["$events/delivery_dropped"] == "$events/message/delivery_dropped"


@pytest.mark.parametrize(
    ("entry", "topic", "reached"),
    [
        ("t/#", "t/1", True),
        ("t/#", "u/1", False),
        ("#", "t/1", True),
        ("#", "$SYS/x", False),
        ("$events/#", "t/1", False),
        ("$share/g/t/#", "t/1", False),
        ("$queue/t/#", "t/1", False),
        ("$share/g/t/#", "$share/g/t/1", True),
    ],
)
def test_a_message_is_reached_by_its_topic(entry: str, topic: str, reached: bool) -> None:
    assert matches(entry, "message.publish", topic=topic) is reached


def test_a_message_without_topic_has_the_empty_one_until_columns_are_filled() -> None:
    kind = event_kind("message.publish")
    assert kind is not None
    context = EvalContext.for_tester(clock=FixedClock())
    for entry, reached in (("#", True), ("+", True), ("t/#", False), ("t/a", False)):
        trial = run_case(compile_rule(f'SELECT topic FROM "{entry}"'), kind, {}, context)
        assert isinstance(trial, Tried if reached else NotMatched)
        if isinstance(trial, Tried):
            assert trial.json == b'{"topic":"t/a"}'


def test_from_may_mix_messages_and_events() -> None:
    sql = 'SELECT event FROM "t/#", "$events/client_connected", "$bridges/mqtt:b"'
    assert evaluate(sql) == {"event": "message.publish"}
    assert evaluate(sql, "client.connected") == {"event": "client.connected"}
    assert evaluate(sql, "$bridges/mqtt:b") == {"event": "$bridges/mqtt:b"}
    assert evaluate(sql, "client.disconnected") == NO_MATCH
    assert evaluate(sql, topic="u") == NO_MATCH


def test_sources_are_reached_by_their_own_name_only() -> None:
    assert matches("$bridges/mqtt:b", "$bridges/mqtt:b")
    assert matches("$sources/mqtt:b", "$sources/mqtt:b")
    assert not matches("$sources/mqtt:b", "$bridges/mqtt:b")
    assert not matches("$bridges/mqtt:b", "$sources/mqtt:b")
    assert matches("$bridges/#", "$bridges/mqtt:b")
    # The column `event` of a source is a string.
    sql = """SELECT is_str(event) as s, server FROM "$bridges/mqtt:b"
             WHERE event in ('$bridges/mqtt:b')"""
    assert evaluate(sql, "$bridges/mqtt:b") == {"s": True, "server": "192.168.0.10:1883"}
    assert evaluate('SELECT event FROM "$bridges/#"', "$bridges/kafka_consumer:k") == {
        "event": "$bridges/kafka_consumer:k"
    }


def test_an_unknown_event_has_no_description() -> None:
    for name in ("", "message", "client.conected", "$events/client/connected", "$bridges/"):
        assert event_kind(name) is None
    assert event_kinds()[0] == "message.publish"
    assert all(event_kind(name) for name in event_kinds())
    assert len(event_kinds()) == 17


def test_missing_columns_take_example_values() -> None:
    result = evaluate('SELECT * FROM "t/#"', topic="t/9", qos=2)
    metadata = result.pop("metadata")
    assert metadata["rule_id"].startswith("sql_tester:")
    assert metadata["namespace"] == "global"
    assert len(result.pop("id")) == 32
    properties = result.pop("pub_props")
    assert properties["User-Property"] == {"foo": "bar"}
    assert same(
        result,
        {
            "client_attrs": {"test": "example"},
            "clientid": "c_emqx",
            "event": "message.publish",
            "flags": {},
            "node": "emqx@127.0.0.1",
            "payload": '{"msg": "hello"}',
            "peerhost": "192.168.0.10",
            "peername": "192.168.0.10:32781",
            "publish_received_at": NOW_MS,
            "qos": 2,
            "timestamp": NOW_MS,
            "topic": "t/9",
            "username": "u_emqx",
        },
    )


def test_given_columns_win_and_the_event_type_is_none() -> None:
    sql = 'SELECT event, node, timestamp, event_type, extra FROM "t/#"'
    given = {
        "event": "x",
        "node": "n",
        "timestamp": 5,
        "extra": [1],
        "event_type": "message_publish",
    }
    kind = event_kind("message.publish")
    assert kind is not None
    trial = run_case(compile_rule(sql), kind, {"topic": "t/1", **given}, EvalContext.for_tester())
    assert isinstance(trial, Tried)
    assert trial.value == {
        "event": "x",
        "node": "n",
        "timestamp": 5,
        "event_type": UNDEFINED,
        "extra": [1],
    }


def test_given_metadata_keeps_its_other_keys() -> None:
    result = evaluate('SELECT metadata FROM "t/#"', metadata={"a": 1, "namespace": "x"})
    assert result["metadata"]["a"] == 1
    assert result["metadata"]["namespace"] == "global"


@pytest.mark.parametrize(
    ("event", "column", "is_constant"),
    [
        ("message.publish", "event", True),
        ("message.publish", "node", True),
        ("message.publish", "clientid", False),
        ("message.dropped", "reason", True),
        ("delivery.dropped", "reason", True),
        ("client.disconnected", "reason", True),
        ("client.connack", "reason_code", True),
        ("client.check_authn_complete", "reason_code", False),
        ("client.check_authz_complete", "result", False),
    ],
)
def test_which_examples_are_constants(event: str, column: str, is_constant: bool) -> None:
    kind = event_kind(event)
    assert kind is not None
    assert isinstance(kind.example_columns(0)[column], Atom) is is_constant


def test_typed_values_are_plain_strings() -> None:
    sql = """SELECT is_str(reason) as s FROM "$events/client/disconnected"
             WHERE reason in ('normal')"""
    assert evaluate(sql, "client.disconnected") == NO_MATCH
    assert evaluate(sql, "client.disconnected", reason="normal") == {"s": True}


def test_alarms_have_no_default_time_and_node() -> None:
    sql = 'SELECT is_null(timestamp) as t, is_null(node) as n, name FROM "$events/sys/+"'
    assert evaluate(sql, "alarm.activated") == {"t": True, "n": True, "name": "alarm_name"}
    assert evaluate(sql, "alarm.activated", timestamp=1)["t"] is False


def test_an_undefined_example_is_undefined() -> None:
    sql = 'SELECT is_null(mountpoint) as m, mountpoint FROM "$events/client/connected"'
    assert evaluate(sql, "client.connected") == {"m": True, "mountpoint": "undefined"}


def test_an_empty_foreach_is_a_result_and_a_false_where_is_none() -> None:
    assert evaluate('FOREACH [] as x DO x FROM "t/#"') == []
    assert evaluate('FOREACH [1] as x DO x FROM "t/#" WHERE 1 = 2') == NO_MATCH


def test_what_cannot_be_written_as_json_fails_without_stage() -> None:
    bits = "subbits('abc', 1, 3, 'bits')"
    result = evaluate(f'SELECT {bits} as x FROM "t/#"')
    assert failed(result, None)
    assert evaluate(f'SELECT bitsize({bits}) as x FROM "t/#"') == {"x": 3}
    assert failed(evaluate(f'FOREACH [1] as i DO {bits} as x FROM "t/#"'), None)


def test_a_result_has_a_size_limit() -> None:
    result = evaluate('SELECT payload, payload as b FROM "t/#"', payload="x" * 600_000)
    assert isinstance(result, SqlRuntimeError)
    assert "1 MiB" in result.message


def test_invalid_bytes_become_replacement_characters() -> None:
    assert evaluate("SELECT hexstr2bin('41FF') as x FROM \"t/#\"") == {"x": "A\ufffd"}


def test_columns_of_topics() -> None:
    assert "peerhost" in columns_of_topics(["t/#"])
    assert "from_clientid" not in columns_of_topics(["t/#"])
    assert "from_clientid" in columns_of_topics(["$events/message_delivered"])
    assert {"reason", "activated_at"} <= columns_of_topics(["$events/#"])
    assert "server" in columns_of_topics(["$bridges/mqtt:b"])


def test_every_column_of_a_message_is_either_supplied_or_explained() -> None:
    assert columns_of_topics(["t/#"]) == LIVE_COLUMNS.keys() | UNKNOWN_LIVE_COLUMNS.keys()
