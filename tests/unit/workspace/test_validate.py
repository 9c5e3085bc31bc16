"""Whole workspaces, and the command that validates them."""

from __future__ import annotations

import argparse
import json
from importlib.resources import files
from pathlib import Path

import pytest

from core.bridge.validation import validate_workspace
from core.cli.validate import run
from core.cli.workspace_file import open_workspace
from core.errors import ConfigError
from core.workspace.environment import SandboxAddresses
from core.workspace.load import loads
from core.workspace.units import SecretRef
from tests.unit.workspace.validating import ACTION, CLUSTER, RULE, SOURCE, only, validate

REFERENCE = Path(__file__).parents[2] / "data" / "reference.sluicegate.toml"


def test_a_plain_workspace_has_no_problems():
    assert validate(SOURCE, CLUSTER, RULE, ACTION) == []


def test_the_demo_workspace_has_no_problems():
    demo = files("resources").joinpath("demo.sluicegate.toml")

    assert validate_workspace(loads(demo.read_text("utf-8"), Path("/nowhere/demo.toml"))) == []


def test_the_reference_workspace_has_no_errors_and_speaks_of_the_missing_clientid():
    problems = validate_workspace(loads(REFERENCE.read_text("utf-8"), REFERENCE))

    assert {p.severity for p in problems} == {"warning"}
    identity = only([p for p in problems if p.code == "identity"])
    assert identity.path == "rules.temp_hum.sql"
    assert "MQTTX" in identity.message
    assert "key" in identity.message
    assert "user property 'clientid'" in identity.hint
    assert "topic:devices/{}/#" in identity.hint


def validate_command(path: Path, *, as_json: bool) -> int:
    return run(argparse.Namespace(workspace=path, json=as_json))


def test_command_prints_problems_and_exits_2_with_errors(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    path = tmp_path / "x.toml"
    path.write_text("sluicegate = 1\ntitel = 'x'\n[rules.r]\nsql = 5\n", "utf-8")

    assert validate_command(path, as_json=False) == 2

    out, err = capsys.readouterr()
    assert "warning: line 2, titel" in out
    assert "did you mean 'title'?" in out
    assert "error: line 4, rules.r.sql" in out
    assert "1 error and 1 warning" in err


def test_command_exits_0_with_warnings_and_prints_json(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    path = tmp_path / "x.toml"
    path.write_text("sluicegate = 1\ntitel = 'x'\n", "utf-8")

    assert validate_command(path, as_json=True) == 0

    out, err = capsys.readouterr()
    (problem,) = json.loads(out)["problems"]
    assert problem["path"] == "titel"
    assert problem["line"] == 2
    assert problem["severity"] == "warning"
    assert problem["message"]
    assert problem["hint"] == "did you mean 'title'?"
    assert err == ""


def test_command_reports_a_file_that_is_not_there(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    assert validate_command(tmp_path / "none.toml", as_json=True) == 2

    assert "no file" in json.loads(capsys.readouterr().out)["problems"][0]["message"]


def test_command_checks_simulators(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    path = tmp_path / "x.toml"
    path.write_text(
        "sluicegate = 1\n" + SOURCE + "[simulators.s]\nconnector = 'plant'\ntopic = 't'\n"
        "fields.x = { kind = 'wolk' }\n",
        "utf-8",
    )

    assert validate_command(path, as_json=True) == 2

    (problem,) = json.loads(capsys.readouterr().out)["problems"]
    assert problem["path"] == "simulators.s.fields.x.kind"
    assert problem["line"] == 10


def test_secrets_are_in_no_output(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("PLANT_PASSWORD", "correct horse")
    path = tmp_path / "x.toml"
    path.write_text(
        "sluicegate = 1\n[connectors.mqtt.a]\nserver = 'mqtt://u:correct horse@h'\n"
        "password = 'correct horse'\n[connectors.mqtt.b]\nserver = 'sandbox'\n"
        "password = 'env:PLANT_PASSWORD'\n"
        "[connectors.kafka.c]\nbootstrap_hosts = 'x'\n"
        "authentication = { mechanism = 'plain', username = 1, password = 'correct horse' }\n",
        "utf-8",
    )

    validate_command(path, as_json=False)
    validate_command(path, as_json=True)
    with pytest.raises(ConfigError) as caught:
        open_workspace(path)

    assert "correct horse" not in "".join(capsys.readouterr()) + str(caught.value)


def test_opening_gives_the_workspace_and_its_surroundings(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.setenv("PLANT_PASSWORD", "correct horse")
    path = tmp_path / "x.toml"
    path.write_text("sluicegate = 1\nid = '01234567'\ntitel = 1\n", "utf-8")
    addresses = SandboxAddresses("127.0.0.1:1", "127.0.0.1:2")

    workspace, environment = open_workspace(path, sandbox=addresses)

    assert workspace.id == "01234567"
    assert environment.base_dir == tmp_path
    assert environment.state_dir == tmp_path / "state" / "sluicegate" / "01234567"
    assert environment.sandbox == addresses
    assert environment.resolve_secret(SecretRef("env", "PLANT_PASSWORD")) == "correct horse"
    assert "titel" in capsys.readouterr().err

    open_workspace(path, quiet=True)
    assert capsys.readouterr().err == ""


def test_opening_a_workspace_with_errors_prints_them_and_refuses(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    path = tmp_path / "x.toml"
    path.write_text("sluicegate = 1\n" + SOURCE + "[rules.r]\nsql = 'SELECT'\n", "utf-8")

    with pytest.raises(ConfigError, match="1 error"):
        open_workspace(path)
    assert "rules.r.sql" in capsys.readouterr().err

    workspace, _ = open_workspace(path, just_connectors=True)
    assert list(workspace.connectors.mqtt) == ["plant"]
    assert capsys.readouterr().err == ""
