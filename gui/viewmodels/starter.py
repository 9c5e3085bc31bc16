"""A first workspace file to fill in."""

from __future__ import annotations

from pathlib import Path

from core.errors import StoreError

_TEXT = """\
# A Sluicegate workspace. Change the addresses, save, and choose Bridge > Apply changes.
sluicegate = 1
title = "{title}"

[connectors.mqtt.broker]
server = "mqtt://127.0.0.1:1883"    # mqtts:// for TLS, ws:// and wss:// for WebSocket
# username = "name"
# password = "env:MQTT_PASSWORD"    # a reference: secrets never stand in this file

[connectors.kafka.cluster]
bootstrap_hosts = "127.0.0.1:9092"  # several: "HOST:9092,HOST:9092"

# Every message of these topics becomes a record. Narrow it down with WHERE.
[rules.everything]
sql = \'\'\'
SELECT topic, payload
FROM "sensors/#"
\'\'\'
actions = ["to_kafka"]

[actions.kafka.to_kafka]
connector = "cluster"
topic = "sensors"
message = {{ key = "${{topic}}", value = "${{payload}}" }}
partition_strategy = "key_dispatch"
"""


def write_starter(path: Path) -> None:
    """Write a workspace for brokers on this computer.

    Raises:
        StoreError: The file exists or cannot be written.
    """
    title = path.name.split(".")[0].replace("\\", "").replace('"', "")
    try:
        with path.open("x", encoding="utf-8") as file:
            file.write(_TEXT.format(title=title))
    except FileExistsError as exc:
        raise StoreError(
            f"{path.name} exists already and was left as it is.",
            path=str(path),
            hint="Choose another name, or open it.",
        ) from exc
    except OSError as exc:
        raise StoreError(
            f"{path} cannot be written: {exc.strerror or exc}.",
            path=str(path),
            hint="Choose a folder that you may write to.",
        ) from exc
