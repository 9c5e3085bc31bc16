from __future__ import annotations

import json
from pathlib import Path

import pytest

from core.bridge.validation import validate_workspace
from core.kafka.options import client_properties
from core.kafka.presets import PRESETS, Preset
from core.workspace.environment import Environment, SandboxAddresses
from core.workspace.kafka import KafkaAction, KafkaConnector
from core.workspace.load import loads

by_name = pytest.mark.parametrize("preset", PRESETS, ids=lambda preset: preset.id)
PROTOCOLS = {
    "embedded": ("plaintext", ""),
    "docker": ("plaintext", ""),
    "redpanda_docker": ("plaintext", ""),
    "redpanda_cloud": ("sasl_ssl", "SCRAM-SHA-256"),
    "confluent_cloud": ("sasl_ssl", "PLAIN"),
    "confluent_cloud_oauth": ("sasl_ssl", "OAUTHBEARER"),
    "azure_event_hubs": ("sasl_ssl", "PLAIN"),
    "amazon_msk": ("sasl_ssl", "SCRAM-SHA-512"),
    "managed_scram": ("sasl_ssl", "SCRAM-SHA-256"),
}


def examples(preset: Preset, *, just_required: bool = False) -> dict[tuple[str, ...], str]:
    return {
        field.path: field.example
        for field in preset.fields
        if field.is_required or not just_required
    }


def as_toml(table: dict[str, object]) -> str:
    """Write a connector's table as lines of dotted keys (JSON strings are TOML strings)."""
    lines: list[str] = []

    def write(prefix: str, value: object) -> None:
        if isinstance(value, dict):
            for key, item in value.items():
                write(f"{prefix}.{key}" if prefix else key, item)
        else:
            lines.append(f"{prefix} = {json.dumps(value)}")

    write("", table)
    return "sluicegate = 1\n[connectors.kafka.lab]\n" + "\n".join(lines) + "\n"


@by_name
@pytest.mark.parametrize("just_required", [False, True])
def test_every_preset_makes_a_connector_without_problems(
    tmp_path: Path, preset: Preset, just_required: bool
):
    (tmp_path / "ca.pem").write_text("x")
    table = preset.connector(examples(preset, just_required=just_required))
    loaded = loads(as_toml(table), tmp_path / "x.sluicegate.toml")
    assert loaded.problems == ()
    assert validate_workspace(loaded) == []


@by_name
def test_every_preset_signs_in_as_its_service_wants(tmp_path: Path, preset: Preset):
    table = preset.connector(examples(preset, just_required=True))
    connector = loads(as_toml(table), tmp_path / "x").partial.connectors.kafka["lab"]
    sandbox = SandboxAddresses("127.0.0.1:1883", "127.0.0.1:9092")
    environment = Environment(tmp_path, tmp_path, lambda name: f"value of {name}", sandbox)
    properties = client_properties(connector, environment)
    found = properties["security.protocol"], properties.get("sasl.mechanism", "")
    assert found == PROTOCOLS[preset.id]


@by_name
def test_nothing_is_made_up_for_what_was_not_filled_in(preset: Preset):
    table = preset.connector({})
    assert table.get("bootstrap_hosts") == preset.fixed.get(("bootstrap_hosts",))
    assert "password" not in table.get("authentication", {})


@by_name
def test_new_actions_suit_every_service(preset: Preset):
    action = KafkaAction(connector="lab", topic="t")
    for option, accepted in preset.action_choices.items():
        assert getattr(action, option) in accepted


def test_ids_are_different():
    assert len({preset.id for preset in PRESETS}) == len(PRESETS)


def test_what_is_typed_is_taken_without_blanks_around_it():
    [preset] = [preset for preset in PRESETS if preset.id == "docker"]
    table = preset.connector({("bootstrap_hosts",): " localhost:9092 "})
    assert KafkaConnector.model_validate(table).bootstrap_servers == ("localhost:9092",)


def test_azure_wants_its_user_name_literally():
    [preset] = [preset for preset in PRESETS if preset.id == "azure_event_hubs"]
    assert preset.connector({})["authentication"]["username"] == "$ConnectionString"
