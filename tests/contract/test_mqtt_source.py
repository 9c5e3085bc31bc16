"""What a source does, whatever the broker and the MQTT version.

The embedded broker's limits (named in the architecture: no receive maximum, no retain handling, no
retain-as-published; besides, QoS 0 comes as QoS 1, and UNSUBSCRIBE in a resumed session has no
effect) are skipped by name where they matter.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from core.mqtt.publisher import Publisher, PublishProperties
from core.workspace.environment import Environment
from core.workspace.mqtt import MqttConnector
from tests.helpers.subscriber import Subscriber, environment_at
from tests.helpers.wait import PATIENCE_S

BROKERS = ("mosquitto", "sandbox")
VERSIONS = ("5.0", "3.1.1")

pytestmark = pytest.mark.broker


@dataclass
class Broker:
    """One broker and MQTT version, with topics and client ids of this test's own."""

    name: str
    protocol: str
    server: str
    environment: Environment
    root: str

    @property
    def client_id(self) -> str:
        return f"{self.root}-source"

    def connector(self, **options: Any) -> MqttConnector:
        return MqttConnector(name="plant", server=self.server, protocol=self.protocol, **options)  # type: ignore[arg-type]

    def topic(self, rest: str) -> str:
        return f"{self.root}/{rest}"

    def subscriber(
        self, *filters: str, acknowledges: bool = True, client_id: str = "", **options: Any
    ) -> Subscriber:
        return Subscriber(
            self.connector(**options),
            self.environment,
            tuple(self.topic(topic_filter) for topic_filter in filters),
            client_id=client_id or self.client_id,
            acknowledges=acknowledges,
        )

    def skip_on_sandbox(self, why: str) -> None:
        if self.name == "sandbox":
            pytest.skip(f"the embedded broker {why}")

    def skip_with_3_1_1(self, why: str) -> None:
        if self.protocol == "3.1.1":
            pytest.skip(f"MQTT 3.1.1 {why}")


@pytest.fixture(params=[(name, version) for name in BROKERS for version in VERSIONS], ids="-".join)
def broker(request: pytest.FixtureRequest, tmp_path: Path) -> Broker:
    name, protocol = request.param
    root = f"t{uuid.uuid4().hex[:12]}"
    if name == "sandbox":
        environment = environment_at(tmp_path, request.getfixturevalue("sandbox"))
        return Broker(name, protocol, "sandbox", environment, root)
    server = request.getfixturevalue("shared_mosquitto").url
    return Broker(name, protocol, server, environment_at(tmp_path), root)


@pytest.fixture
def publisher(broker: Broker) -> Iterator[Publisher]:
    made = Publisher(broker.connector(), client_id=broker.client_id, environment=broker.environment)
    yield made
    made.close()


Publish = Callable[..., object]


@pytest.fixture
def publish(broker: Broker, publisher: Publisher) -> Publish:
    def send(rest: str, payload: bytes, qos: int = 1, **options: Any) -> object:
        return publisher.publish(broker.topic(rest), payload, qos=qos, **options)

    return send


def test_message_arrives_with_topic_payload_and_qos(broker: Broker, publish: Publish) -> None:
    with broker.subscriber("a/+") as subscriber:
        subscriber.until_subscribed()
        publish("a/b", b"\x00\xff", qos=1)
        publish("a/c", b"zero", qos=0)
        subscriber.until_received(2)
    zero = 1 if broker.name == "sandbox" else 0  # rumqttd raises QoS to that of the subscription
    found = {(m.topic, m.payload, m.qos) for m in subscriber.messages}
    assert found == {(broker.topic("a/b"), b"\x00\xff", 1), (broker.topic("a/c"), b"zero", zero)}
    counters = subscriber.source.counters
    assert (counters.received, counters.received_bytes) == (2, 6)
    assert subscriber.source.subscriptions[0].received == 2
    assert subscriber.source.subscriptions[0].granted_qos == 1


def test_messages_come_in_the_order_they_were_published(broker: Broker, publish: Publish) -> None:
    with broker.subscriber("order") as subscriber:
        subscriber.until_subscribed()
        expected = [str(number).encode() for number in range(50)]
        for payload in expected:
            publish("order", payload)
        subscriber.until_received(50)
    assert subscriber.payloads == expected


def test_properties_of_mqtt_5_arrive(broker: Broker, publish: Publish) -> None:
    broker.skip_with_3_1_1("has no properties")
    with broker.subscriber("p") as subscriber:
        subscriber.until_subscribed()
        pairs = (("clientid", "d1"), ("k", "1"), ("k", "2"))
        publish(
            "p",
            b"x",
            properties=PublishProperties(
                user_properties=pairs, content_type="text/plain", correlation_data=b"\x01"
            ),
        )
        subscriber.until_received(1)
    message = subscriber.messages[0]
    props = message.properties()
    assert props["User-Property"] == {"clientid": "d1", "k": "2"}
    assert props["User-Property-Pairs"] == [{"key": k, "value": v} for k, v in pairs]
    assert props["Content-Type"] == "text/plain"
    assert props["Correlation-Data"] == "\x01"
    assert message.user_property("clientid") == "d1"


def test_large_message_arrives_whole(broker: Broker, publish: Publish) -> None:
    broker.skip_on_sandbox("takes packets up to a smaller size")
    payload = bytes(range(256)) * 3_000
    with broker.subscriber("big") as subscriber:
        subscriber.until_subscribed()
        publish("big", payload)
        subscriber.until_received(1)
    assert subscriber.payloads == [payload]


def test_unacknowledged_message_comes_again_in_the_next_run(
    broker: Broker, publish: Publish
) -> None:
    with broker.subscriber("again", acknowledges=False) as first:
        first.until_subscribed()
        publish("again", b"1")
        first.until_received(1)
        assert first.source.unacked == 1
    with broker.subscriber("again") as second:
        second.until_received(1)
    assert second.payloads == [b"1"]


def test_message_published_while_away_is_delivered_on_return(
    broker: Broker, publish: Publish
) -> None:
    with broker.subscriber("away") as first:
        first.until_subscribed()
    publish("away", b"1")
    publish("away", b"2")
    with broker.subscriber("away") as second:
        second.until_received(2)
    assert second.payloads == [b"1", b"2"]


def test_acknowledged_message_does_not_come_again(broker: Broker, publish: Publish) -> None:
    with broker.subscriber("once") as first:
        first.until_subscribed()
        publish("once", b"old")
        first.until_received(1)
    with broker.subscriber("once") as second:
        second.until_subscribed()
        publish("once", b"new")
        second.until_received(1)
    assert second.payloads == [b"new"]


def test_forgotten_session_keeps_nothing(broker: Broker, publish: Publish) -> None:
    first = broker.subscriber("forget").__enter__()
    first.until_subscribed()
    first.source.close(PATIENCE_S, forget_session=True)
    publish("forget", b"missed")
    with broker.subscriber("forget") as second:
        second.until_subscribed()
        publish("forget", b"seen")
        second.until_received(1)
    assert second.payloads == [b"seen"]


def test_retained_message_is_ignored_by_default(broker: Broker, publish: Publish) -> None:
    publish("retained", b"old", retain=True)
    with broker.subscriber("retained") as subscriber:
        subscriber.until_subscribed()
        publish("retained", b"new")
        subscriber.until_received(1)
    assert subscriber.payloads == [b"new"]
    counted = subscriber.source.counters.retained_ignored
    can_be_held_back = broker.protocol == "5.0" and broker.name != "sandbox"
    assert counted == (0 if can_be_held_back else 1)
    assert subscriber.source.counters.received == 1 + counted
    assert [reason for _, reason in subscriber.dropped] == ["retained"] * counted


def test_retained_message_is_taken_when_asked_for(broker: Broker, publish: Publish) -> None:
    publish("taken", b"old", retain=True)
    with broker.subscriber("taken", retained="take") as subscriber:
        subscriber.until_received(1)
    assert subscriber.payloads == [b"old"]
    assert subscriber.messages[0].retain


def test_live_message_published_as_retained_is_delivered(broker: Broker, publish: Publish) -> None:
    with broker.subscriber("live") as subscriber:
        subscriber.until_subscribed()
        publish("live", b"1", retain=True)
        subscriber.until_received(1)
    shows_flag = broker.protocol == "5.0" and broker.name != "sandbox"
    assert subscriber.messages[0].retain == shows_flag


def test_overlapping_filters_give_each_message_once(broker: Broker, publish: Publish) -> None:
    broker.skip_with_3_1_1("cannot tell copies apart")
    with broker.subscriber("o/#", "o/a", "o/+") as subscriber:
        subscriber.until_subscribed()
        for number in range(5):
            publish("o/a", str(number).encode())
        publish("o/end/x", b"end")
        subscriber.until(lambda: b"end" in subscriber.payloads)
    assert subscriber.payloads == [b"0", b"1", b"2", b"3", b"4", b"end"]
    assert len(subscriber.source.overlapping_filters()) == 3


def test_overlapping_filters_lose_nothing_with_3_1_1(broker: Broker, publish: Publish) -> None:
    if broker.protocol == "5.0":
        pytest.skip("MQTT 5 has its own test")
    with broker.subscriber("o/#", "o/a") as subscriber:
        subscriber.until_subscribed()
        publish("o/a", b"1")
        publish("o/end", b"end")
        subscriber.until(lambda: b"end" in subscriber.payloads)
    assert set(subscriber.payloads) == {b"1", b"end"}
    assert not subscriber.source.tells_copies_apart


def test_filter_of_the_last_run_is_unsubscribed(broker: Broker, publish: Publish) -> None:
    broker.skip_on_sandbox("does not unsubscribe in a resumed session")
    with broker.subscriber("old", "kept") as first:
        first.until_subscribed()
    with broker.subscriber("kept", "new") as second:
        second.until_subscribed()
        publish("old", b"stale")
        publish("kept", b"1")
        publish("new", b"2")
        second.until_received(2)
    assert second.payloads == [b"1", b"2"]


def test_reload_subscribes_new_filters_and_drops_gone_ones(
    broker: Broker, publish: Publish
) -> None:
    with broker.subscriber("x", "y") as subscriber:
        subscriber.until_subscribed()
        subscriber.source.set_filters((broker.topic("y"), broker.topic("z")))
        subscriber.until_subscribed()
        publish("x", b"gone")
        publish("y", b"stays")
        publish("z", b"new")
        subscriber.until_received(2)
    assert subscriber.payloads == [b"stays", b"new"]


def test_held_messages_are_handed_on_in_order_once_let_go(broker: Broker, publish: Publish) -> None:
    with broker.subscriber("h") as subscriber:
        subscriber.until_subscribed()
        subscriber.source.hold()
        for number in range(30):
            publish("h", str(number).encode(), qos=number % 3)
        subscriber.until(lambda: len(subscriber.source._held) == 30)
        assert subscriber.messages == []
        subscriber.source.let_go()
        publish("h", b"30", qos=0)
        subscriber.until_received(31)
        assert subscriber.payloads == [str(number).encode() for number in range(31)]
        assert subscriber.source.counters.received == 31
        assert subscriber.source.unacked == 0


def test_stop_hands_on_what_is_held_and_would_be_lost(broker: Broker, publish: Publish) -> None:
    broker.skip_on_sandbox("delivers QoS 0 as QoS 1")
    with broker.subscriber("h") as subscriber:
        subscriber.until_subscribed()
        subscriber.source.hold()
        for number in range(4):
            publish("h", str(number).encode(), qos=number % 2)
        subscriber.until(lambda: len(subscriber.source._held) == 4)
        subscriber.source.stop_reading()
    with broker.subscriber("h") as again:
        again.until_received(2)
    assert (subscriber.payloads, again.payloads) == ([b"0", b"2"], [b"1", b"3"])


def test_window_of_unacknowledged_messages_holds(broker: Broker, publish: Publish) -> None:
    with broker.subscriber(
        "w", acknowledges=False, receive_maximum=3, keepalive="1s"
    ) as subscriber:
        subscriber.until_subscribed()
        for number in range(10):
            publish("w", str(number).encode())
        subscriber.until_received(3)
        connection = subscriber.source.connection
        subscriber.until(lambda: True)
        assert len(subscriber.messages) == 3
        for count in range(10):
            subscriber.until_received(count + 1)
            subscriber.source.ack(subscriber.messages[count])
        assert subscriber.payloads == [str(number).encode() for number in range(10)]
        assert subscriber.source.connection == connection
        assert subscriber.source.unacked == 0


def test_shared_group_splits_the_messages(broker: Broker, publish: Publish) -> None:
    one = broker.subscriber("s", shared_group=broker.root, client_id=f"{broker.root}-1")
    two = broker.subscriber("s", shared_group=broker.root, client_id=f"{broker.root}-2")
    with one, two:
        one.until_subscribed()
        two.until_subscribed()
        for number in range(20):
            publish("s", str(number).encode())
        one.until(lambda: (two.source.step(0.01), len(one.messages) + len(two.messages) >= 20)[1])
    assert sorted(one.payloads + two.payloads) == sorted(str(n).encode() for n in range(20))
    assert one.messages
    assert two.messages


@pytest.mark.parametrize("qos", [0, 1, 2])
def test_publisher_settles_every_qos(broker: Broker, publish: Publish, qos: int) -> None:
    with broker.subscriber("q") as subscriber:
        subscriber.until_subscribed()
        publish("q", b"1", qos=qos)
        subscriber.until_received(1)
    if broker.name != "sandbox":  # rumqttd raises QoS to that of the subscription
        assert subscriber.messages[0].qos == min(qos, 1)


def test_publisher_has_many_messages_in_flight(broker: Broker, publisher: Publisher) -> None:
    with broker.subscriber("many") as subscriber:
        subscriber.until_subscribed()
        receipts = [
            publisher.submit(broker.topic("many"), str(number).encode(), qos=1)
            for number in range(200)
        ]
        publisher.wait()
        assert all(receipt.is_done and receipt.error is None for receipt in receipts)
        subscriber.until_received(200)
    assert len(set(subscriber.payloads)) == 200


@pytest.mark.parametrize("qos", [0, 1, 2])
def test_message_arrives_at_the_lower_qos_of_publisher_and_subscription(
    broker: Broker, publish: Publish, qos: int
) -> None:
    broker.skip_on_sandbox("raises QoS to that of the subscription")
    with broker.subscriber("low", qos=qos) as subscriber:
        subscriber.until_subscribed()
        for published in (0, 1, 2):
            publish("low", b"%d" % published, qos=published)
        subscriber.until_received(3)
        assert subscriber.source.subscriptions[0].granted_qos == qos
    assert [m.qos for m in subscriber.messages] == [min(qos, published) for published in (0, 1, 2)]


def test_every_message_of_qos_2_arrives_once_and_in_order(
    broker: Broker, publisher: Publisher
) -> None:
    with broker.subscriber("two", qos=2) as subscriber:
        subscriber.until_subscribed()
        for number in range(300):
            publisher.submit(broker.topic("two"), str(number).encode(), qos=2)
        publisher.wait()
        subscriber.until_received(300)
        publisher.publish(broker.topic("two"), b"end", qos=2)
        subscriber.until_received(301)
    assert subscriber.payloads == [*(str(number).encode() for number in range(300)), b"end"]
    assert {message.qos for message in subscriber.messages} == {2}
    assert subscriber.source.unacked == 0


def test_unacknowledged_message_of_qos_2_comes_again_in_the_next_run(
    broker: Broker, publish: Publish
) -> None:
    with broker.subscriber("two", qos=2, acknowledges=False) as first:
        first.until_subscribed()
        publish("two", b"1", qos=2)
        first.until_received(1)
    with broker.subscriber("two", qos=2) as second:
        second.until_received(1)
        second.until(lambda: not second.source.unacked)
    assert second.payloads == [b"1"]
    assert second.messages[0].qos == 2


def test_acknowledged_message_of_qos_2_does_not_come_again(
    broker: Broker, publish: Publish
) -> None:
    with broker.subscriber("two", qos=2) as first:
        first.until_subscribed()
        publish("two", b"old", qos=2)
        first.until_received(1)
    with broker.subscriber("two", qos=2) as second:
        second.until_subscribed()
        publish("two", b"new", qos=2)
        second.until_received(1)
    assert second.payloads == [b"new"]


def test_window_holds_at_qos_2(broker: Broker, publish: Publish) -> None:
    with broker.subscriber("w2", acknowledges=False, receive_maximum=3, qos=2) as subscriber:
        subscriber.until_subscribed()
        for number in range(10):
            publish("w2", str(number).encode(), qos=2)
        subscriber.until_received(3)
        subscriber.source.step(0.05)
        assert len(subscriber.messages) == 3
        for count in range(10):
            subscriber.until_received(count + 1)
            subscriber.source.ack(subscriber.messages[count])
        assert subscriber.payloads == [str(number).encode() for number in range(10)]
        assert subscriber.source.connection == 1
