"""`sluicegate publish` against a real Mosquitto."""

from __future__ import annotations

import io
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest

from core.cli.app import run_command
from core.cli.common import Exit
from core.workspace.environment import SandboxAddresses
from core.workspace.mqtt import MqttConnector
from tests.helpers.mosquitto import Mosquitto, free_port
from tests.helpers.raw_server import RawServer
from tests.helpers.subscriber import Subscriber, environment_at

pytestmark = pytest.mark.broker

Run = Callable[..., tuple[int, str]]


@pytest.fixture
def run(capfd: pytest.CaptureFixture[str]) -> Run:
    """Run the command; gives exit code and stderr, and checks that stdout stays empty."""

    def publish(*args: str) -> tuple[int, str]:
        code = run_command(["publish", *args])
        out, err = capfd.readouterr()
        assert out == ""
        return code, err

    return publish


@pytest.fixture
def workspace(mosquitto: Mosquitto, tmp_path: Path) -> str:
    path = tmp_path / "plant.sluicegate.toml"
    path.write_text(
        'sluicegate = 1\nid = "7f3a9c01"\n\n'
        f'[connectors.mqtt.plant]\nserver = "{mosquitto.url}"\n\n'
        f'[connectors.mqtt.old]\nserver = "{mosquitto.url}"\nprotocol = "3.1.1"\n'
    )
    return str(path)


@pytest.fixture
def watcher(mosquitto: Mosquitto, tmp_path: Path) -> Iterator[Subscriber]:
    """Subscribed to everything."""
    connector = MqttConnector(name="watch", server=mosquitto.url)
    with Subscriber(connector, environment_at(tmp_path), ("#",)) as made:
        yield made.until_subscribed()


@pytest.mark.parametrize("qos", ["0", "1", "2"])
def test_message_is_published_on_a_workspaces_connector(
    run: Run, workspace: str, watcher: Subscriber, mosquitto: Mosquitto, qos: str
) -> None:
    code, err = run(workspace, "plant", "a/b", "hello", "--qos", qos, "--property", "clientid=d1")
    assert (code, err) == (Exit.OK, f'Published 1 message to "a/b" with QoS {qos}.\n')
    watcher.until_received(1)
    message = watcher.messages[0]
    assert (message.topic, message.payload) == ("a/b", b"hello")
    assert message.user_property("clientid") == "d1"
    assert "sluicegate-7f3a9c01-plant-pub-" in mosquitto.log()


def test_payload_comes_from_stdin(
    run: Run, workspace: str, watcher: Subscriber, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(b"\x00\xff raw")))
    assert run(workspace, "plant", "t", "-")[0] == Exit.OK
    watcher.until_received(1)
    assert watcher.payloads == [b"\x00\xff raw"]


def test_absent_payload_is_empty_and_retained_is_kept(
    run: Run, workspace: str, watcher: Subscriber
) -> None:
    run(workspace, "plant", "t", "kept", "--retain", "--qos", "1")
    run(workspace, "plant", "t")
    watcher.until_received(2)
    assert watcher.payloads == [b"kept", b""]
    assert watcher.messages[0].retain


def test_repeat_and_rate_are_kept(run: Run, workspace: str, watcher: Subscriber) -> None:
    started = time.monotonic()
    code, err = run(workspace, "plant", "t", "x", "--qos", "1", "--repeat", "5", "--rate", "20")
    assert time.monotonic() - started >= 0.2
    assert code == Exit.OK
    assert "Published 5 messages" in err
    watcher.until_received(5)


def test_nobody_listening_is_told(run: Run, workspace: str) -> None:
    code, err = run(workspace, "plant", "nobody/here", "x", "--qos", "1")
    assert code == Exit.OK
    assert "nobody is subscribed" in err


def test_url_replaces_the_workspace(
    run: Run, make_mosquitto: Callable[..., Mosquitto], monkeypatch: pytest.MonkeyPatch
) -> None:
    broker = make_mosquitto(users={"bridge": "right"})
    monkeypatch.setenv("MQTT_PASSWORD", "right")
    url = f"mqtt://bridge@127.0.0.1:{broker.port}"
    args = ("--url", url, "t", "x", "--qos", "1", "--password-ref", "env:MQTT_PASSWORD")
    assert run(*args)[0] == Exit.OK
    monkeypatch.setenv("MQTT_PASSWORD", "wrong")
    code, err = run(*args)
    assert code == Exit.UNREACHABLE
    assert "the user name or password is wrong" in err.splitlines()[0]
    assert '"bridge"' in err


def test_unreachable_broker_is_one_sentence_and_exit_3(run: Run) -> None:
    port = free_port()
    code, err = run("--url", f"mqtt://127.0.0.1:{port}", "t", "x")
    assert code == Exit.UNREACHABLE
    assert err.splitlines()[0] == (
        f"Nothing listens on port {port} of 127.0.0.1: mqtt://127.0.0.1:{port} refused the "
        "connection."
    )


def test_refused_version_is_one_sentence_and_exit_3(run: Run) -> None:
    with RawServer(b"\x20\x02\x00\x01") as server:
        code, err = run("--url", f"mqtt://127.0.0.1:{server.port}", "t", "x")
    assert code == Exit.UNREACHABLE
    assert "does not speak MQTT 5.0" in err


@pytest.mark.parametrize("qos", ["1", "2"])
def test_message_that_the_broker_refuses_is_exit_3(
    run: Run, make_mosquitto: Callable[..., Mosquitto], qos: str
) -> None:
    broker = make_mosquitto(acl=("topic read #",))
    code, err = run("--url", broker.url, "forbidden", "x", "--qos", qos)
    assert code == Exit.UNREACHABLE
    assert 'did not take the message to "forbidden": not authorized (0x87)' in err


@pytest.mark.parametrize(
    ("args", "words"),
    [
        (("plant", "a/#", "x"), "holds a wildcard"),
        (("nowhere", "t", "x"), "no MQTT connector 'nowhere'"),
        (("plant",), "needs a workspace, a connector and a topic"),
        (("plant", "t", "x", "y"), "put the payload in quotes"),
        (("plant", "t", "x", "--property", "novalue"), "NAME=VALUE"),
        (("plant", "t", "x", "--rate", "0"), "no number above 0"),
        (("plant", "t", "x", "--repeat", "0"), "no number from 1 up"),
        (("plant", "t", "x", "--qos", "3"), "--qos"),
        (("plant", "t", "x", "--protocol", "5.0"), "belong to --url"),
        (("old", "t", "x", "--property", "a=b"), "MQTT 3.1.1 has no user properties"),
    ],
)
def test_bad_arguments_are_exit_2(
    run: Run, workspace: str, args: tuple[str, ...], words: str
) -> None:
    code, err = run(workspace, *args)
    assert code == Exit.BAD_INPUT
    assert words in err


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("mqtt://u:p@h:1", "holds a password"),
        ("http://h:1", "mqtt://HOST:PORT"),
        ("mqtt://h:99999", "port"),
        ("mqtt://[h:1", "no address"),
    ],
)
def test_bad_url_is_exit_2(run: Run, url: str, words: str) -> None:
    code, err = run("--url", url, "t", "x")
    assert code == Exit.BAD_INPUT
    assert words in err


def test_embedded_broker_of_a_running_window_is_used(
    run: Run, sandbox: SandboxAddresses, tmp_path: Path
) -> None:
    path = tmp_path / "demo.sluicegate.toml"
    path.write_text('sluicegate = 1\n\n[connectors.mqtt.demo]\nserver = "sandbox"\n')
    code, err = run(str(path), "demo", "t", "x", "--qos", "1", "--sandbox", str(sandbox))
    assert (code, "Published 1 message" in err) == (Exit.OK, True)
    code, err = run(str(path), "demo", "t", "x")
    assert code == Exit.UNREACHABLE
    assert "--sandbox" in err
