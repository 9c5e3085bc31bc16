from __future__ import annotations

from typing import Any

import pytest

from core.bridge.acks import Acks
from core.bridge.metrics import ActionCounters, RuleCounters, action_stats
from core.bridge.plan import RepublishPlan
from core.bridge.republisher import RepublishWriter
from core.bridge.republishing import MARKER, RepublishRenderer, rules_passed
from core.errors import DeliveryFailed, TemplateError
from core.mqtt.message import InboundMessage
from core.workspace.model import RepublishAction
from core.workspace.mqtt import MqttConnector
from tests.unit.bridge.writing import ManualClock

LOST = DeliveryFailed("connection lost", retryable=True)
REFUSED = DeliveryFailed("not authorized", code=0x87)


def properties(*pairs: tuple[str, str]) -> bytes:
    """Encode user properties as they come in a PUBLISH."""
    texts = (text.encode() for pair in pairs for text in pair)
    encoded = [len(text).to_bytes(2, "big") + text for text in texts]
    return b"".join(
        b"\x26" + name + value for name, value in zip(encoded[::2], encoded[1::2], strict=True)
    )


def render(
    output: dict[str, Any] | None = None, message: InboundMessage | None = None, **options: Any
):
    action = RepublishAction.model_validate({"connector": "c", "topic": "out", **options})
    message = message or InboundMessage("in", b"p")
    return RepublishRenderer(action).render(output or {}, message, "r", "ws/r")


class FakePublisher:
    """Takes messages while it has room, and answers when told."""

    status = "connected"
    status_reason = ""

    def __init__(self) -> None:
        self.room = 1_000
        self.taken: list[tuple[Any, ...]] = []
        self.refusal: DeliveryFailed | None = None

    def publish(self, topic, payload, qos, retain, props, answered) -> bool:
        if self.refusal is not None:
            raise self.refusal
        if len(self.taken) >= self.room:
            return False
        self.taken.append((topic, payload, qos, retain, props, answered))
        return True

    def answer(self, failure: DeliveryFailed | None = None) -> bytes:
        message = self.taken.pop(0)
        message[-1](failure)
        return message[1]


class Bench:
    def __init__(self, **options: Any) -> None:
        self.clock = ManualClock()
        self.publisher = FakePublisher()
        self.counters = ActionCounters()
        self.rule = RuleCounters(id="r")
        self.acked: list[int] = []
        self.acks = Acks(lambda message: self.acked.append(message.packet_id))
        values = {"name": "copy", "connector": "c", "topic": "out/${v}", "payload": "${v}"}
        action = RepublishAction.model_validate({**values, **options})
        connector = MqttConnector(name="c", server="mqtt://localhost")
        plan = RepublishPlan(action, connector, "client", "ws")
        self.told: list[Any] = []
        self.writer = RepublishWriter(
            plan, self.publisher, self.counters, self.clock, self.told.append
        )
        self._packet_id = 0

    def message(self, value: str = "x", qos: int = 1, raw: bytes = b"", sample: int = 0) -> None:
        self._packet_id += 1
        message = InboundMessage("a", b"p", qos, packet_id=self._packet_id, raw_properties=raw)
        pending = self.acks.open(message) if qos else None
        self.writer.write({"v": value}, message, self.rule, pending, sample)
        if pending is not None:
            pending.release()

    def check_balance(self) -> None:
        stats = action_stats(self.counters, "connected", "")
        assert stats.matched == (
            stats.success + stats.failed + stats.dropped + stats.queuing + stats.inflight
        )


def test_message_is_acknowledged_when_the_broker_has_the_copy():
    bench = Bench()
    bench.message("x")
    topic, payload, qos, retain, props, _ = bench.publisher.taken[0]
    assert (topic, payload, qos, retain) == ("out/x", b"x", 0, False)
    assert props.user_properties == (("clientid", "r"), (MARKER, "ws/r"))
    assert bench.acked == []
    bench.publisher.answer()
    assert bench.acked == [1]
    assert bench.counters.success == bench.rule.actions_success == 1
    assert bench.writer.is_idle
    bench.check_balance()


def test_messages_wait_in_order_and_come_back_in_order():
    bench = Bench()
    bench.publisher.room = 2
    for value in "abcd":
        bench.message(value)
    assert bench.counters.queuing == 2
    for answered in [taken[-1] for taken in bench.publisher.taken]:
        answered(LOST)
    bench.publisher.taken.clear()
    bench.check_balance()
    assert bench.counters.retried == 2
    bench.publisher.room = 10
    bench.message("e")
    bench.writer.pump()
    assert [bench.publisher.answer() for _ in range(5)] == [b"a", b"b", b"c", b"d", b"e"]
    assert bench.acked == [1, 2, 3, 4, 5]
    assert bench.counters.queuing_bytes == 0
    bench.check_balance()


def test_refused_message_has_failed_and_is_acknowledged():
    bench = Bench()
    bench.message(sample=7)
    bench.publisher.answer(REFUSED)
    assert bench.counters.failed == bench.rule.actions_failed == 1
    assert bench.acked == [1]
    assert bench.writer.status == "degraded"
    assert (bench.told[0].id, bench.told[0].error) == (7, "not authorized")
    assert (bench.told[0].kind, bench.counters.lost) == ("refused", {"refused": 1})
    assert bench.told[0].render_ms > 0
    bench.check_balance()


def test_overflow_drops_the_oldest_that_nobody_waits_for(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("core.bridge.republisher._LIMIT_BYTES", 25)
    bench = Bench()
    bench.publisher.room = 0
    bench.message("kept", qos=1)
    for value in ("first", "second"):
        bench.message(value, qos=0)
    assert bench.counters.dropped_queue_full == 2
    assert bench.counters.queuing == 1
    assert bench.acked == []
    bench.check_balance()


def test_rule_does_not_republish_what_it_has_republished():
    bench = Bench()
    bench.message(raw=properties((MARKER, "ws/other,ws/r")))
    assert bench.publisher.taken == []
    assert bench.counters.dropped_other == 1
    assert bench.rule.actions_success == 1
    assert bench.acked == [1]
    bench.check_balance()


def test_marker_of_another_workspace_or_rule_stops_nothing():
    bench = Bench()
    bench.message(raw=properties((MARKER, "elsewhere/r,ws/other")))
    marker = dict(bench.publisher.taken[0][4].user_properties)[MARKER]
    assert marker == "elsewhere/r,ws/other,ws/r"


def test_original_user_properties_are_copied_without_the_marker():
    raw = properties(("clientid", "dev-1"), ("k", "1"), ("k", "2"), (MARKER, "ws/a"))
    message = InboundMessage("in", b"p", raw_properties=raw)
    made = render(message=message, user_properties="${pub_props.'User-Property'}")
    pairs = made.properties.user_properties
    assert pairs == (("clientid", "dev-1"), ("k", "1"), ("k", "2"), (MARKER, "ws/a,ws/r"))
    assert rules_passed(message) == ["ws/a"]


@pytest.mark.parametrize(
    ("value", "pairs"),
    [
        ({"a": 1, "b": "x"}, [("a", "1"), ("b", "x")]),
        ([{"key": "a", "value": True}, {"key": "a", "value": "y"}], [("a", "true"), ("a", "y")]),
        ([["a", 1]], [("a", "1")]),
        ("text", []),
        (7, []),
    ],
)
def test_user_properties_of_the_output(value: Any, pairs: list[tuple[str, str]]):
    made = render({"user_properties": value})
    assert list(made.properties.user_properties[: len(pairs)]) == pairs
    assert len(made.properties.user_properties) == len(pairs) + 2


def test_missing_values_are_undefined_and_an_empty_payload_is_the_output():
    made = render({"a": 1}, topic="t/${x}", payload="")
    assert made.topic == "t/undefined"
    assert made.payload == b'{"a":1}'


@pytest.mark.parametrize(
    ("option", "output", "qos"),
    [(2, {}, 2), ("${qos}", {"qos": 1}, 1), ("${qos}", {}, 0), ("1", {}, 1)],
)
def test_qos(option: int | str, output: dict[str, Any], qos: int):
    assert render(output, qos=option).qos == qos


@pytest.mark.parametrize("value", [3, "x", True, 1.5])
def test_qos_that_is_none_fails_the_message(value: Any):
    with pytest.raises(TemplateError, match="no QoS"):
        render({"qos": value}, qos="${qos}")


@pytest.mark.parametrize(
    ("option", "output", "retain"),
    [
        (True, {}, True),
        ("${flags.retain}", {"flags": {"retain": True}}, True),
        ("${retain}", {}, False),
        ("${retain}", {"retain": "no"}, False),
    ],
)
def test_retain(option: bool | str, output: dict[str, Any], retain: bool):
    assert render(output, retain=option).retain is retain


def test_mqtt_properties():
    made = render(
        {"kind": "json", "expiry": "60"},
        mqtt_properties={
            "Content-Type": "application/${kind}",
            "Message-Expiry-Interval": "${expiry}",
            "Payload-Format-Indicator": 1,
            "Correlation-Data": "${nothing}",
            "Response-Topic": "answers",
        },
    ).properties
    assert made.content_type == "application/json"
    assert (made.message_expiry_s, made.payload_format) == (60, 1)
    assert (made.correlation_data, made.response_topic) == (b"undefined", "answers")


def test_number_that_is_none_leaves_its_property_out():
    made = render(mqtt_properties={"Message-Expiry-Interval": "${x}"}).properties
    assert made.message_expiry_s is None
