"""Workspace files for tests."""

from __future__ import annotations

import re
import uuid
from pathlib import Path

README = Path(__file__).parents[2] / "README.md"


def readme_workspace() -> str:
    """Give the workspace file that the README tells its reader to save."""
    found = re.search(r"```toml\n(sluicegate = 1\n.*?)```", README.read_text("utf-8"), re.DOTALL)
    assert found, "the README has no workspace"
    return found[1]


def write_workspace(
    folder: Path,
    *,
    mqtt: str,
    kafka: str,
    topic: str,
    topic_filter: str = "bench/#",
    select: str = "topic, payload",
    key: str = "${topic}",
    value: str = "${payload}",
    mqtt_options: str = "",
    kafka_options: str = "",
    action_options: str = "",
) -> Path:
    """Write a workspace with one source, one rule and one action.

    Args:
        folder: Where to put it.
        mqtt: URL of the broker, or "sandbox".
        kafka: HOST:PORT, or "sandbox".
        topic: Kafka topic.
        topic_filter: What the rule listens to.
        select: The rule's fields.
        key: Template of the key.
        value: Template of the value.
        mqtt_options: More lines of the MQTT connector.
        kafka_options: More lines of the Kafka connector.
        action_options: More lines of the action.
    """
    path = folder / "test.sluicegate.toml"
    path.write_text(
        f"""sluicegate = 1
id = "{uuid.uuid4().hex[:8]}"

[connectors.mqtt.plant]
server = "{mqtt}"
{mqtt_options}

[connectors.kafka.laptop]
bootstrap_hosts = "{kafka}"
{kafka_options}

[rules.all]
sql = '''SELECT {select} FROM "{topic_filter}"'''
actions = ["to_kafka"]

[actions.kafka.to_kafka]
connector = "laptop"
topic = "{topic}"
message = {{ key = '{key}', value = '{value}' }}
{action_options}
""",
        "utf-8",
    )
    return path
