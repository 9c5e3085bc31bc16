"""A pipeline that ends on an error of its own lets go of everything it held."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.bridge.engine import Engine
from core.bridge.routes import Routes
from core.cli.workspace_file import open_workspace
from core.mqtt.publisher import Publisher
from core.workspace.environment import Environment
from core.workspace.mqtt import MqttConnector
from tests.helpers.mosquitto import Mosquitto
from tests.helpers.wait import aeventually
from tests.helpers.workspaces import write_workspace

pytestmark = pytest.mark.broker


@pytest.mark.expect_warnings("the pipeline's error, and the cluster that is not there")
async def test_failed_pipeline_frees_its_buffer_and_keeps_its_numbers(
    tmp_path: Path, shared_mosquitto: Mosquitto, monkeypatch: pytest.MonkeyPatch
):
    topic = tmp_path.name
    path = write_workspace(
        tmp_path,
        mqtt=shared_mosquitto.url,
        kafka="127.0.0.1:1",
        topic="nowhere",
        topic_filter=f"{topic}/#",
        action_options='query_mode = "async"\nbuffer = { mode = "disk" }',
    )
    workspace, environment = open_workspace(path)
    engine = Engine(workspace, environment)
    await engine.start()
    await aeventually(lambda: engine.state == "running")
    publisher = _publisher(shared_mosquitto, environment)
    publisher.publish(f"{topic}/held", b"x", qos=1)
    await aeventually(lambda: engine.snapshot().actions["to_kafka"].matched == 1)

    def fail(self: Routes, topic: str) -> None:
        raise RuntimeError("a bug")

    with monkeypatch.context() as patch:
        patch.setattr(Routes, "of", fail)
        publisher.publish(f"{topic}/fatal", b"x", qos=1)
        await aeventually(lambda: engine.failures)
    assert "a bug" in engine.failures["plant"]
    await aeventually(lambda: engine.snapshot().sources["plant"].status == "failed")
    second = Engine(workspace, environment)  # as another run of the same workspace
    await second.start()
    await aeventually(lambda: second.snapshot().actions["to_kafka"].recovered == 1)
    await aeventually(lambda: second.snapshot().actions["to_kafka"].matched >= 2)
    final = await second.stop(0.1)
    assert final.violations == []
    assert "another engine" not in final.actions["to_kafka"].status_reason
    publisher.close()
    await engine.stop(0.1)


@pytest.mark.expect_warnings("the pipeline's error")
async def test_reload_runs_a_failed_pipeline_again(
    tmp_path: Path, shared_mosquitto: Mosquitto, monkeypatch: pytest.MonkeyPatch
):
    topic = tmp_path.name
    path = write_workspace(
        tmp_path,
        mqtt=shared_mosquitto.url,
        kafka="127.0.0.1:1",
        topic="nowhere",
        topic_filter=f"{topic}/#",
        action_options="enable = false",
    )
    workspace, environment = open_workspace(path)
    engine = Engine(workspace, environment)
    await engine.start()
    await aeventually(lambda: engine.state == "running")
    publisher = _publisher(shared_mosquitto, environment)

    def fail(self: Routes, topic: str) -> None:
        raise RuntimeError("a bug")

    with monkeypatch.context() as patch:
        patch.setattr(Routes, "of", fail)
        publisher.publish(f"{topic}/fatal", b"x", qos=0)
        await aeventually(lambda: engine.failures)
    await engine.reload(workspace, drain_s=1)
    await aeventually(lambda: engine.snapshot().sources["plant"].status == "connected")
    publisher.publish(f"{topic}/again", b"x", qos=1)
    await aeventually(lambda: engine.snapshot().rules["all"].matched == 1)
    assert not engine.failures
    publisher.close()
    await engine.stop(0.1)


def _publisher(broker: Mosquitto, environment: Environment) -> Publisher:
    connector = MqttConnector(name="outside", server=broker.url)
    return Publisher(connector, client_id="outside", environment=environment)
