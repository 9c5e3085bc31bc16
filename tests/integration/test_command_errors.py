"""What the command line says when something is wrong: one clear sentence, and the exit code."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.helpers.engine import RunningEngine, sluicegate
from tests.helpers.kafka import PASSWORD, USER, Kafka
from tests.helpers.mosquitto import Mosquitto, free_port
from tests.helpers.refusing import RefusingBroker
from tests.helpers.wait import eventually
from tests.helpers.workspaces import write_workspace

BROKEN_STATEMENTS = [
    ('SELECT payload.temp as temp, FROM "t"', 1, 30),
    ("SELECT * FROM t/1", 1, 16),
    ('SELECT * FROM "t" WHERE clientid == 1', 1, 35),
    ('SELECT\n  payload.end\nFROM "t"', 2, 11),
    ('SELECT * FROM "t" WHERE a LIKE 1', 1, 32),
]


@pytest.mark.parametrize(("statement", "line", "column"), BROKEN_STATEMENTS)
def test_broken_statement_is_shown_with_place_caret_and_hint(
    statement: str, line: int, column: int
):
    said = sluicegate("sql", "--sql", statement)
    assert said.returncode == 2
    assert said.stdout == ""
    text = said.stderr
    assert re.search(rf"line {line}, column {column}\b", text), text
    assert "^" in text
    source, caret = next(
        (before, after)
        for before, after in zip(text.splitlines(), text.splitlines()[1:], strict=False)
        if "^" in after
    )
    assert statement.splitlines()[line - 1].strip() in source
    shown_at = source.index(statement.splitlines()[line - 1].strip())
    indent = len(statement.splitlines()[line - 1]) - len(statement.splitlines()[line - 1].lstrip())
    assert caret.index("^") == shown_at + column - 1 - indent
    assert len(text.strip().splitlines()) >= 4, f"no hint in {text}"


def test_validate_lists_five_different_mistakes_at_once(tmp_path: Path):
    path = tmp_path / "wrong.sluicegate.toml"
    path.write_text(
        """sluicegate = 1
[connectors.mqtt.plant]
server = "http://127.0.0.1"
password = "in the clear"
[connectors.kafka.laptop]
bootstrap_hosts = "127.0.0.1:9092"
[rules.one]
sql = "SELECT * FROM"
actions = ["to_nowhere"]
[actions.kafka.to_emqx]
connector = "laptop"
topic = "emqx"
max_linger_time = "soon"
"""
    )
    said = sluicegate("validate", path, "--json")
    assert said.returncode == 2
    problems = json.loads(said.stdout)["problems"]
    errors = {problem["path"]: problem for problem in problems if problem["severity"] == "error"}
    assert set(errors) >= {
        "connectors.mqtt.plant.server",
        "connectors.mqtt.plant.password",
        "rules.one.sql",
        "rules.one.actions[0]",
        "actions.kafka.to_emqx.max_linger_time",
    }
    assert all(problem["message"] and problem["hint"] for problem in errors.values()), errors
    assert "in the clear" not in said.stdout + said.stderr
    human = sluicegate("validate", path)
    assert human.returncode == 2
    for place in errors:
        assert place in human.stdout + human.stderr


def one_sentence(text: str) -> str:
    """Take the first line, and make sure that nothing looks like an accident."""
    assert "Traceback" not in text
    return text.strip().splitlines()[0]


def test_unreachable_brokers_are_one_sentence_and_exit_3(tmp_path: Path):
    port = free_port()
    workspace = write_workspace(
        tmp_path, mqtt=f"mqtt://127.0.0.1:{port}", kafka=f"127.0.0.1:{port}", topic="t"
    )
    publish = sluicegate("publish", workspace, "plant", "t", "x")
    assert publish.returncode == 3
    assert f"127.0.0.1:{port}" in one_sentence(publish.stderr)
    check = sluicegate("check", workspace)
    assert check.returncode == 3
    assert check.stdout.count(f"127.0.0.1:{port}") + check.stderr.count(f"127.0.0.1:{port}") >= 2


def test_wrong_passwords_are_one_sentence_and_exit_3(
    tmp_path: Path, make_mosquitto: Callable[..., Mosquitto], kafka: Kafka
):
    broker = make_mosquitto(users={"alice": "right"})
    workspace = write_workspace(
        tmp_path,
        mqtt=broker.url,
        kafka=kafka.address("SASL"),
        topic="t",
        mqtt_options='username = "alice"\npassword = "env:WRONG"',
    )
    text = workspace.read_text().replace(
        "[rules.all]",
        f'authentication = {{ mechanism = "scram_sha_256", username = "{USER}", '
        'password = "env:WRONG" }\n\n[rules.all]',
    )
    workspace.write_text(text)
    publish = sluicegate("publish", workspace, "plant", "t", "x", WRONG="guess-5151")
    assert publish.returncode == 3
    assert "alice" in one_sentence(publish.stderr)
    check = sluicegate("check", workspace, "--json", WRONG="guess-5151")
    assert check.returncode == 3
    for line in check.stdout.splitlines():
        found = json.loads(line)
        [step] = [step for step in found["steps"] if not step["ok"]]
        assert step["step"] == "sign_in"
        assert step["cause"]
        assert step["hint"]
    shown = publish.stdout + publish.stderr + check.stdout + check.stderr
    assert "guess-5151" not in shown
    assert PASSWORD not in shown


def test_check_tells_of_a_missing_secret_in_a_sentence_and_exits_with_2(
    tmp_path: Path, make_mosquitto: Callable[..., Mosquitto], kafka: Kafka
):
    broker = make_mosquitto(users={"alice": "right"})
    workspace = write_workspace(
        tmp_path,
        mqtt=broker.url,
        kafka=kafka.address("SASL"),
        topic="t",
        mqtt_options='username = "alice"\npassword = "env:NOT_SET_ANYWHERE"',
        kafka_options=f'authentication = {{ mechanism = "plain", username = "{USER}", '
        'password = "env:NOT_SET_ANYWHERE" }',
    )
    for connector in ("plant", "laptop"):
        said = sluicegate("check", workspace, connector)
        assert said.returncode == 2, said.stdout
        sentence = (
            "The secret env:NOT_SET_ANYWHERE is not there: the environment variable "
            "NOT_SET_ANYWHERE is not set."
        )
        assert sentence in said.stdout
        assert said.stderr == (
            f"{connector}: {sentence}\n  Set it before the start: export NOT_SET_ANYWHERE='...'.\n"
        )
        assert "ConfigError" not in said.stdout
        [*before, last] = json.loads(sluicegate("check", workspace, connector, "--json").stdout)[
            "steps"
        ]
        assert (last["step"], last["ok"]) == ("options", False)
        assert all(step["ok"] for step in before), "the broker is there"


def test_refused_protocol_version_is_one_sentence_and_exit_3(tmp_path: Path):
    with RefusingBroker() as broker:
        workspace = write_workspace(tmp_path, mqtt=broker.url, kafka="127.0.0.1:1", topic="t")
        publish = sluicegate("publish", workspace, "plant", "t", "x")
        check = sluicegate("check", workspace, "plant")
    assert publish.returncode == 3
    assert "5" in one_sentence(publish.stderr)
    assert "3.1.1" in publish.stderr, "the way out is to use the other version"
    assert check.returncode == 3


def test_run_keeps_trying_and_says_so(
    tmp_path: Path, kafka: Kafka, start_engine: Callable[..., RunningEngine]
):
    port = free_port()
    workspace = write_workspace(
        tmp_path,
        mqtt=f"mqtt://127.0.0.1:{port}",
        kafka=kafka.bootstrap,
        topic=kafka.topic(),
        mqtt_options='reconnect_min = "100ms"\nreconnect_max = "300ms"',
    )
    engine = start_engine(workspace)
    eventually(
        lambda: re.search(rf"127\.0\.0\.1:{port}.*[Nn]ext try", engine.said),
        message=lambda: engine.said,
    )
    assert engine.process.poll() is None
    assert engine.until(lambda s: s["connectors"]["plant"]["status"] == "disconnected")
    broker = Mosquitto(tmp_path / "late", port=port)
    broker.start()
    try:
        engine.until_running()
    finally:
        broker.stop()
    engine.stop()


def test_timed_run_that_never_connected_ends_with_3(tmp_path: Path):
    port = free_port()
    workspace = write_workspace(
        tmp_path, mqtt=f"mqtt://127.0.0.1:{port}", kafka=f"127.0.0.1:{port}", topic="t"
    )
    said = sluicegate("run", workspace, "--for", "2s", "--stats", "json")
    assert said.returncode == 3
    assert json.loads(said.stdout.splitlines()[-1])["final"]
    assert "plant" in said.stderr


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["run"], "WORKSPACE"),
        (["run", "nowhere.toml"], "nowhere.toml"),
        (["fly"], "fly"),
        (["sql", "--sql", "SELECT 1"], "FROM"),
        (["sql", "--sql", 'SELECT 1 FROM "t"', "--context", "{"], "JSON"),
    ],
)
def test_bad_input_is_said_with_exit_2(arguments: list[str], said: str):
    answer = sluicegate(*arguments)
    assert answer.returncode == 2
    assert said in answer.stderr
    assert "Traceback" not in answer.stderr
