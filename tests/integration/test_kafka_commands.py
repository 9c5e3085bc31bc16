"""tail, topic and check as commands."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import uuid
from pathlib import Path

import pytest

from core.workspace.environment import SandboxAddresses
from tests.helpers.kafka import Kafka
from tests.helpers.wait import PATIENCE_S, eventually

pytestmark = [pytest.mark.broker, pytest.mark.timeout(40)]  # every command is a process of its own
MAIN = Path(__file__).parents[2] / "main.py"


def sluicegate(*args: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(MAIN), *map(str, args)]
    return subprocess.run(command, capture_output=True, text=True, timeout=30, check=False)


@pytest.fixture
def workspace(tmp_path: Path, kafka: Kafka) -> Path:
    path = tmp_path / "w.sluicegate.toml"
    path.write_text(
        "sluicegate = 1\n"
        f'[connectors.kafka.laptop]\nbootstrap_hosts = "{kafka.bootstrap}"\n'
        f'[connectors.kafka.lost]\nbootstrap_hosts = "{kafka.address("LOST")}"\n'
        '[connectors.kafka.embedded]\nbootstrap_hosts = "sandbox"\n'
        '[actions.kafka.out]\nconnector = "laptop"\ntopic = "never-made"\n'
    )
    return path


def fill(kafka: Kafka, count: int) -> str:
    from confluent_kafka import Producer

    topic = kafka.topic()
    producer = Producer({"bootstrap.servers": kafka.bootstrap})
    for number in range(count):
        producer.produce(
            topic, b"v%d" % number, b"k", headers=[("h", b"\xff")], timestamp=1_700_000_000_000
        )
    assert producer.flush(PATIENCE_S) == 0
    return topic


def test_tail_prints_json_lines(kafka: Kafka, workspace: Path):
    topic = fill(kafka, 5)
    said = sluicegate("tail", workspace, "laptop", topic, "--from=-2", "--count", 2)
    assert said.returncode == 0, said.stderr
    records = [json.loads(line) for line in said.stdout.splitlines()]
    assert records[0] == {
        "topic": topic,
        "partition": 0,
        "offset": 3,
        "timestamp": 1_700_000_000_000,
        "key": "k",
        "headers": [["h", {"base64": "/w=="}]],
        "value": "v3",
    }
    assert records[1]["value"] == "v4"


def test_tail_filters_and_ends_in_time(kafka: Kafka):
    topic = fill(kafka, 12)
    said = sluicegate(
        "tail", "--bootstrap", kafka.bootstrap, topic, "--from", "beginning", "--filter", "v1",
        "--for", "1s",
    )  # fmt: skip
    assert said.returncode == 0, said.stderr
    values = [json.loads(line)["value"] for line in said.stdout.splitlines()]
    assert values == ["v1", "v10", "v11"]


def test_tail_is_flushed_and_ends_with_130_on_ctrl_c(kafka: Kafka):
    topic = fill(kafka, 1)
    command = [sys.executable, str(MAIN), "tail", "--bootstrap", kafka.bootstrap, topic]
    with subprocess.Popen(
        [*command, "--from", "beginning"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert json.loads(process.stdout.readline())["value"] == "v0"
        process.send_signal(signal.SIGINT)
        assert process.wait(PATIENCE_S) == 130


@pytest.mark.parametrize("command", ["tail", "topic"])
def test_unreachable_cluster_is_one_sentence_and_exit_3(command: str):
    words = ["tail", "x"] if command == "tail" else ["topic", "list"]
    said = sluicegate(*words, "--bootstrap", "127.0.0.1:1")
    assert said.returncode == 3
    assert said.stderr.splitlines()[0] == "Nothing answers on 127.0.0.1:1 (connection refused)."
    assert "Traceback" not in said.stderr


def test_tail_of_an_unknown_topic_is_bad_input(kafka: Kafka):
    topic = kafka.topic()
    said = sluicegate("tail", "--bootstrap", kafka.bootstrap, topic[:-1])
    assert said.returncode == 2
    assert topic in said.stderr
    command = f"sluicegate topic create --bootstrap {kafka.bootstrap} {topic[:-1]}"
    assert f"Create it: {command}" in said.stderr


def test_wrong_connector_names_those_there_are(workspace: Path):
    said = sluicegate("tail", workspace, "laptp", "t")
    assert said.returncode == 2
    assert "laptop" in said.stderr


def test_topic_is_created_and_listed(kafka: Kafka, workspace: Path):
    name = f"made-{uuid.uuid4().hex[:8]}"
    made = sluicegate("topic", "create", workspace, "laptop", name, "--partitions", 3)
    assert made.returncode == 0, made.stderr
    assert f"Created topic {name} with 3 partition" in made.stderr
    listed = sluicegate("topic", "list", workspace, "laptop", "--json")
    row = {"topic": name, "partitions": 3, "replication": 1}
    assert row in [json.loads(line) for line in listed.stdout.splitlines()]
    again = sluicegate("topic", "create", workspace, "laptop", name)
    assert again.returncode == 2
    assert "exists already" in again.stderr


def test_embedded_kafka_says_how_many_partitions_it_makes(
    workspace: Path, sandbox: SandboxAddresses
):
    name = f"made-{uuid.uuid4().hex[:8]}"
    made = sluicegate("topic", "create", workspace, "embedded", name, "--sandbox", sandbox)
    assert made.returncode == 0, made.stderr
    assert "always makes 4" in made.stderr
    listed = sluicegate("topic", "list", workspace, "embedded", "--sandbox", sandbox)
    assert f"{name}  partitions 4" in listed.stdout


def test_embedded_kafka_that_is_not_running_is_exit_3(workspace: Path):
    said = sluicegate("tail", workspace, "embedded", "t")
    assert said.returncode == 3
    assert "--sandbox" in said.stderr


def test_check_tells_each_step_and_ends_with_1_after_a_later_failure(workspace: Path):
    said = sluicegate("check", workspace, "laptop", "lost", "--json")
    assert said.returncode == 1, said.stderr
    laptop, lost = (json.loads(line) for line in said.stdout.splitlines())
    assert laptop["connector"] == "laptop"
    failed = [step for step in laptop["steps"] if not step["ok"]]
    assert [step["step"] for step in failed] == ["topic"]
    assert "never-made" in failed[0]["detail"]
    assert [step["step"] for step in lost["steps"] if not step["ok"]] == ["brokers"]
    assert set(failed[0]) == {"step", "ok", "ms", "detail", "cause", "hint"}


def test_check_for_a_person_ends_with_a_sentence_and_a_hint(workspace: Path):
    said = sluicegate("check", workspace, "laptop")
    assert "\u2713 connect" in said.stdout
    assert "\u2717 topic" in said.stdout
    assert "Topic never-made does not exist" in said.stderr
    assert f"sluicegate topic create {workspace} laptop never-made" in said.stderr


def test_check_of_the_embedded_kafka(workspace: Path, sandbox: SandboxAddresses):
    said = sluicegate("check", workspace, "embedded", "--sandbox", sandbox)
    assert said.returncode == 0, said.stdout + said.stderr
    assert "embedded works." in said.stderr


@pytest.mark.expect_warnings("the outage")
def test_tail_outlives_an_outage(private_kafka: Kafka):
    topic = fill(private_kafka, 1)
    command = [sys.executable, str(MAIN), "tail", "--bootstrap", private_kafka.bootstrap, topic]
    with subprocess.Popen(
        [*command, "--from", "beginning", "--count", "2"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.readline()
        private_kafka.kill()
        assert "Reading goes on" in process.stderr.readline()
        private_kafka.start()
        send_one(private_kafka, topic)
        assert json.loads(process.stdout.readline())["value"] == "late"
        eventually(lambda: process.poll() is not None, message="does not end after --count")
        assert process.returncode == 0


def send_one(kafka: Kafka, topic: str) -> None:
    from confluent_kafka import Producer

    producer = Producer({"bootstrap.servers": kafka.bootstrap, "log_level": 0})
    producer.produce(topic, b"late")
    assert producer.flush(PATIENCE_S) == 0
