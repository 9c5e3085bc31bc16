"""One message through the whole chain: MQTT, rule, template, Kafka and back."""

from __future__ import annotations

import asyncio
import contextlib
import tempfile
import time
from dataclasses import replace
from pathlib import Path
from typing import Final

from core.bridge.engine import Engine
from core.bridge.invariants import imbalances
from core.cli.embedded import new_topic_tail, start_engine
from core.cli.workspace_file import environment_of
from core.errors import ConnectFailed
from core.kafka.tail import Tail
from core.mqtt.publisher import Publisher
from core.workspace.environment import Environment, SandboxAddresses
from core.workspace.load import loads
from core.workspace.model import Workspace

_TIMEOUT_S: Final = 10.0
_POLL_S: Final = 0.2

_WORKSPACE: Final = """\
sluicegate = 1
id = "5e1fc4ec"
[connectors.mqtt.broker]
server = "sandbox"
[connectors.kafka.cluster]
bootstrap_hosts = "sandbox"
[rules.check]
sql = 'SELECT payload.number + 1 as number FROM "self-check"'
actions = ["records"]
[actions.kafka.records]
connector = "cluster"
topic = "self-check"
message = { key = "number", value = "${number}", timestamp = "" }
"""


def one_message_through(addresses: SandboxAddresses) -> str:
    """Send `41` in and read `42` out; tell how long that took.

    Args:
        addresses: Embedded brokers that run.

    Raises:
        AppError: It did not come out, or not as it should.
    """
    with tempfile.TemporaryDirectory("-sluicegate") as folder:
        path = Path(folder, "self-check.sluicegate.toml")
        workspace = loads(_WORKSPACE, path).workspace
        if workspace is None:
            raise _failed("its workspace does not load")
        environment = replace(environment_of(workspace, path, addresses), state_dir=path.parent)
        return asyncio.run(_run(workspace, environment))


async def _run(workspace: Workspace, environment: Environment) -> str:
    cluster = workspace.connectors.kafka["cluster"]
    tail = await asyncio.to_thread(new_topic_tail, cluster, environment, "self-check")
    with contextlib.closing(tail):
        engine = Engine(workspace, environment)
        await start_engine(engine)
        try:
            started_s = time.monotonic()
            value = await asyncio.to_thread(_send_and_read, workspace, environment, tail)
            took_ms = (time.monotonic() - started_s) * 1_000
        finally:
            snapshot = await engine.stop()
    if value != "42":
        raise _failed(f"read {value!r} in place of '42'")
    if broken := imbalances(snapshot):
        raise _failed("; ".join(broken))
    return f"one message through in {took_ms:.0f} ms"


def _send_and_read(workspace: Workspace, environment: Environment, tail: Tail) -> object:
    mqtt = workspace.connectors.mqtt["broker"]
    publisher = Publisher(
        mqtt, client_id=workspace.client_id(mqtt), environment=environment, purpose="pub"
    )
    deadline_s = time.monotonic() + _TIMEOUT_S
    with contextlib.closing(publisher):
        publisher.publish("self-check", b'{"number": 41}', qos=1)
        while time.monotonic() < deadline_s:
            for record in tail.poll(1, _POLL_S):
                return record.value
    raise _failed(f"no record in Kafka within {_TIMEOUT_S:g} s")


def _failed(cause: str) -> ConnectFailed:
    return ConnectFailed(
        f"The message did not come through: {cause}.",
        connector="sandbox",
        cause=cause,
        hint="This is a bug, or a part of the installation is damaged; please report it.",
    )
