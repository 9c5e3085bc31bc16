"""The staged connection test of an MQTT connector."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from core.mqtt.probe import check_mqtt
from core.mqtt.publisher import Publisher
from core.probe import Step
from core.workspace.environment import SandboxAddresses
from core.workspace.mqtt import MqttConnector
from tests.helpers.certificates import make_certificates
from tests.helpers.mosquitto import Mosquitto, free_port
from tests.helpers.raw_server import RawServer
from tests.helpers.subscriber import Subscriber, environment_at
from tests.helpers.ws_proxy import WebSocketProxy

pytestmark = pytest.mark.broker


def check(server: str, folder: Path, **options: Any) -> list[Step]:
    connector = MqttConnector(name="plant", server=server, **options)
    return list(check_mqtt(connector, environment_at(folder), client_id="engine"))


def outcome(steps: list[Step]) -> list[tuple[str, bool]]:
    return [(step.step, step.ok) for step in steps]


def test_reachable_broker_passes_every_stage(mosquitto: Mosquitto, tmp_path: Path) -> None:
    steps = check(mosquitto.url, tmp_path)
    assert outcome(steps) == [
        ("resolve", True),
        ("connect", True),
        ("mqtt", True),
        ("sign_in", True),
    ]
    assert "signed in with MQTT 5.0" in steps[-1].detail
    assert "engine-check-" in mosquitto.log()


def test_test_leaves_the_engines_session_alone(mosquitto: Mosquitto, tmp_path: Path) -> None:
    connector = MqttConnector(name="plant", server=mosquitto.url)
    with Subscriber(connector, environment_at(tmp_path), ("t",), client_id="engine") as engine:
        engine.until_subscribed()
        assert check(mosquitto.url, tmp_path)[-1].ok
        engine.source.step(0.05)
        assert engine.source.status == "connected"


def test_tls_is_a_stage_of_its_own(
    make_mosquitto: Callable[..., Mosquitto], tmp_path: Path
) -> None:
    certificates = make_certificates(tmp_path / "certificates")
    broker = make_mosquitto(certificates=certificates)
    trusted = check(broker.url, tmp_path, ssl={"cacertfile": str(certificates.ca)})
    assert outcome(trusted)[2:] == [("tls", True), ("mqtt", True), ("sign_in", True)]
    unknown = check(broker.url, tmp_path)
    assert outcome(unknown)[2:] == [("tls", False)]
    missing = check(broker.url, tmp_path, ssl={"cacertfile": "nowhere.pem"})
    assert outcome(missing)[2:] == [("options", False)]
    assert "there is no file" in missing[-1].detail


@pytest.mark.parametrize("versions", [["tlsv1.2"], ["tlsv1.3"]])
def test_an_expired_certificate_of_ours_is_told_with_the_handshake(
    make_mosquitto: Callable[..., Mosquitto], tmp_path: Path, versions: list[str]
) -> None:
    certificates = make_certificates(tmp_path / "certificates")
    broker = make_mosquitto(certificates=certificates, needs_client_certificate=True)
    steps = check(
        broker.url,
        tmp_path,
        ssl={
            "cacertfile": str(certificates.ca),
            "certfile": str(certificates.expired),
            "keyfile": str(certificates.server_key),
            "versions": versions,
        },
    )
    tls = next(step for step in steps if step.step == "tls")
    words = "ssl.certfile: certificate expired on 20"
    assert words in (tls.detail if tls.ok else tls.hint)
    assert not steps[-1].ok


def test_websocket_is_signed_in_over(mosquitto: Mosquitto, tmp_path: Path) -> None:
    with WebSocketProxy(mosquitto.port) as front:
        assert check(f"ws://127.0.0.1:{front.port}/mqtt", tmp_path)[-1].ok
        wrong = check(f"ws://127.0.0.1:{front.port}/other", tmp_path)
    assert outcome(wrong)[-1] == ("mqtt", False)
    assert "WebSocket" in wrong[-1].detail


def test_wrong_password_is_one_clear_sentence(
    make_mosquitto: Callable[..., Mosquitto], tmp_path: Path
) -> None:
    broker = make_mosquitto(users={"bridge": "right"})
    step = check(broker.url, tmp_path, username="bridge", password="env:WRONG_PASSWORD")[-1]
    assert (step.step, step.ok) == ("sign_in", False)
    assert step.detail.count(".") - step.detail.count("127.0.0.1") * 3 == 1
    assert '"bridge"' in step.detail
    assert step.hint
    good = check(broker.url, tmp_path, username="bridge", password="env:TEST_PASSWORD")[-1]
    assert good.ok
    assert 'as user "bridge"' in good.detail


def test_refused_version_is_one_clear_sentence(tmp_path: Path) -> None:
    with RawServer(b"\x20\x02\x00\x01") as server:
        step = check(f"mqtt://127.0.0.1:{server.port}", tmp_path)[-1]
    assert (step.step, step.ok) == ("mqtt", False)
    assert "does not speak MQTT 5.0" in step.detail
    assert '"3.1.1"' in step.hint


def test_unreachable_broker_ends_at_connect(tmp_path: Path) -> None:
    steps = check(f"mqtt://127.0.0.1:{free_port()}", tmp_path)
    assert outcome(steps) == [("resolve", True), ("connect", False)]


def test_limits_of_the_broker_are_told(tmp_path: Path) -> None:
    limits = b"\x21\x00\x0a" + b"\x24\x01" + b"\x25\x00" + b"\x27\x00\x00\x04\x00" + b"\x13\x00\x1e"
    limits += b"\x2a\x00" + b"\x28\x00" + b"\x29\x00"
    connack = bytes((0x20, 3 + len(limits), 0, 0, len(limits))) + limits
    with RawServer(connack, hangs_up=False) as server:
        detail = check(f"mqtt://127.0.0.1:{server.port}", tmp_path)[-1].detail
    for words in (
        "receive maximum 10",
        "QoS up to 1",
        "no retained messages",
        "packets up to 1024 bytes",
        "keep-alive 30 s",
        "no shared subscriptions",
        "no wildcards",
        "no subscription identifiers",
    ):
        assert words in detail


def test_filters_are_subscribed_and_the_first_message_is_waited_for(
    mosquitto: Mosquitto, tmp_path: Path
) -> None:
    connector = MqttConnector(name="plant", server=mosquitto.url, shared_group="workers")
    stages = check_mqtt(connector, environment_at(tmp_path), filters=("a/+", "b"))
    while (step := next(stages)).step != "subscribe":
        assert step.ok
    assert (step.ok, step.brief) == (True, "2 filters, QoS 1 granted")
    publisher = Publisher(connector, client_id="engine", environment=environment_at(tmp_path))
    publisher.publish("a/1", b"x", qos=1)
    publisher.close()
    step = next(stages)
    assert (step.step, step.ok, step.brief) == ("receive", True, "a/1")
    assert next(stages, None) is None
    assert "$share" not in mosquitto.log(), "no message is taken from the group"


def test_silence_after_subscribing_is_no_failure(mosquitto: Mosquitto, tmp_path: Path) -> None:
    connector = MqttConnector(name="plant", server=mosquitto.url)
    steps = list(check_mqtt(connector, environment_at(tmp_path), filters=("quiet",)))
    assert outcome(steps)[-1] == ("subscribe", True)


def test_refused_filter_is_named(make_mosquitto: Callable[..., Mosquitto], tmp_path: Path) -> None:
    limits = b""
    connack = bytes((0x20, 3 + len(limits), 0, 0, len(limits))) + limits
    suback = bytes((0x90, 4, 0, 1, 0, 0x87))
    with RawServer(connack, suback, hangs_up=False) as server:
        connector = MqttConnector(name="plant", server=f"mqtt://127.0.0.1:{server.port}")
        steps = list(check_mqtt(connector, environment_at(tmp_path), filters=("secret/#",)))
    step = steps[-1]
    assert (step.step, step.ok, step.about) == ("subscribe", False, "secret/#")
    assert "refuses to subscribe secret/#" in step.detail
    assert step.hint


def test_a_broker_that_hangs_up_after_the_grant_is_told(tmp_path: Path) -> None:
    connack = bytes((0x20, 3, 0, 0, 0))
    suback = bytes((0x90, 4, 0, 1, 0, 0x01))
    with RawServer(connack, suback) as server:
        connector = MqttConnector(name="plant", server=f"mqtt://127.0.0.1:{server.port}")
        steps = list(check_mqtt(connector, environment_at(tmp_path), filters=("a/#",)))
    assert outcome(steps)[-2:] == [("subscribe", True), ("receive", False)]
    assert steps[-1].detail


def test_embedded_broker_is_checked_where_it_runs(
    sandbox: SandboxAddresses, tmp_path: Path
) -> None:
    connector = MqttConnector(name="plant", server="sandbox")
    assert list(check_mqtt(connector, environment_at(tmp_path, sandbox)))[-1].ok
    (step,) = check_mqtt(connector, environment_at(tmp_path))
    assert not step.ok
    assert "--sandbox" in step.hint
