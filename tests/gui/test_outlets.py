"""Connections for what is sent by hand, whose sender leaves."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from core.workspace.mqtt import MqttConnector
from gui.viewmodels.outlets import MqttMessage, Outlets
from tests.helpers.mosquitto import Mosquitto
from tests.helpers.subscriber import environment_at
from tests.helpers.wait import aeventually


@pytest.fixture
def executor() -> Iterator[ThreadPoolExecutor]:
    """One thread: what comes later waits for the end of what came before."""
    with ThreadPoolExecutor(1) as made:
        yield made


@pytest.mark.parametrize("leaves", ["before it is connected", "after it is published"])
async def test_no_connection_is_left_behind_whenever_its_sender_leaves(
    mosquitto: Mosquitto, executor: ThreadPoolExecutor, tmp_path: Path, leaves: str
):
    asyncio.get_running_loop().set_default_executor(executor)
    outlets, gate, is_late = Outlets(), threading.Event(), leaves.startswith("after")
    connector = MqttConnector(name="plant", server=mosquitto.url)
    executor.submit(gate.wait)
    publishing = asyncio.ensure_future(
        outlets.publish(connector, "mine", environment_at(tmp_path), MqttMessage("a", b"1", 1))
    )
    await aeventually(lambda: outlets.connected)
    if is_late:
        gate.set()
        executor.submit(lambda: None).result(10)  # the loop has not heard of its end
    publishing.cancel()
    with pytest.raises(asyncio.CancelledError):
        await publishing
    gate.set()

    await aeventually(lambda: "disconnected" in mosquitto.log(), message=mosquitto.log)
    assert outlets.connected == []
    assert ("Received PUBLISH" in mosquitto.log()) == is_late
    await outlets.close()
