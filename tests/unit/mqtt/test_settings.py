from __future__ import annotations

from pathlib import Path

import pytest

from core.errors import NotConnected
from core.mqtt.settings import address_of, helper_settings, source_settings
from core.workspace.environment import Environment, SandboxAddresses
from core.workspace.mqtt import MqttConnector

HERE = Environment(Path(), Path(), lambda _: "")


def address(server: str, **options: object) -> str:
    values = {"name": "plant", "server": server, **options}
    return str(address_of(MqttConnector.model_validate(values), HERE))


@pytest.mark.parametrize(
    ("server", "expected"),
    [
        ("mqtt://host", "mqtt://host:1883"),
        ("mqtts://host", "mqtts://host:8883"),
        ("ws://host", "ws://host:8083/mqtt"),
        ("wss://host:9/x?y=1", "wss://host:9/x?y=1"),
        ("mqtt://[::1]:7", "mqtt://[::1]:7"),
    ],
)
def test_ports_and_paths_have_their_defaults(server: str, expected: str) -> None:
    assert address(server) == expected


def test_ssl_enable_makes_a_plain_scheme_speak_tls() -> None:
    assert address("mqtt://host:1", ssl={"enable": True}) == "mqtts://host:1"


def test_embedded_broker_is_where_the_environment_says() -> None:
    connector = MqttConnector(name="plant", server="sandbox")
    running = Environment(
        Path(), Path(), lambda _: "", SandboxAddresses("127.0.0.1:5", "127.0.0.1:6")
    )
    assert str(address_of(connector, running)) == "mqtt://127.0.0.1:5"
    with pytest.raises(NotConnected, match="'plant'"):
        address_of(connector, HERE)


def test_helpers_have_ids_of_their_own_and_keep_no_session() -> None:
    connector = MqttConnector(name="plant", server="mqtt://h")
    one = helper_settings(connector, "engine", HERE, "pub")
    two = helper_settings(connector, "engine", HERE, "sim")
    assert one.client_id.startswith("engine-pub-")
    assert two.client_id.startswith("engine-sim-")
    assert not one.keeps_session
    assert source_settings(connector, "engine", HERE).client_id == "engine"
    assert source_settings(connector, "engine", HERE).keeps_session
