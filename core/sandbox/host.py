"""The sandbox process: starts both brokers, says where they are, ends when told to."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import stat
import threading
from collections.abc import Callable

from core.errors import ConfigError, ConnectFailed
from core.sandbox.broker import MqttBroker
from core.sandbox.rumqttd import LOOPBACK
from core.sandbox.splice import Splice
from core.workspace.environment import SandboxAddresses


async def host(mqtt_port: int, announce: Callable[[SandboxAddresses], None]) -> None:
    """Run the embedded brokers until stdin closes or SIGINT or SIGTERM arrives.

    Must run in the main thread, which is where signals arrive.

    Args:
        mqtt_port: Public MQTT port on loopback; 0 lets the system choose.
        announce: Called once, when both brokers answer.

    Raises:
        ConfigError: The MQTT port is taken.
        ConnectFailed: A broker did not come up, or the MQTT broker ended by itself.
    """
    stop = asyncio.Event()
    _stop_on_signals_and_stdin(stop)
    broker = await MqttBroker.spawn()
    splice: Splice | None = None
    try:
        # Imported here: librdkafka loads while the MQTT broker starts.
        from core.sandbox.kafka import MockCluster

        cluster = MockCluster()
        await broker.ready()
        splice = Splice(broker.listeners)
        port = await _listen(splice, mqtt_port)
        announce(SandboxAddresses(mqtt=f"{LOOPBACK}:{port}", kafka=cluster.address))
        await _until_stopped(stop, broker)
    finally:
        if splice is not None:
            splice.close()
        await broker.close()


async def _listen(splice: Splice, port: int) -> int:
    try:
        return await splice.start(port)
    except OSError as exc:
        raise ConfigError(
            f"The embedded MQTT broker cannot listen on {LOOPBACK}:{port}: {exc.strerror}.",
            path="--mqtt-port",
            value=port,
            hint="Choose another port, or leave --mqtt-port out to take a free one.",
        ) from exc


async def _until_stopped(stop: asyncio.Event, broker: MqttBroker) -> None:
    stopping = asyncio.ensure_future(stop.wait())
    ending = asyncio.ensure_future(broker.wait())
    await asyncio.wait((stopping, ending), return_when=asyncio.FIRST_COMPLETED)
    stopping.cancel()
    if ending.done() and not stop.is_set():
        raise ConnectFailed(
            f"The embedded MQTT broker ended by itself with code {ending.result()}.",
            connector="sandbox",
            hint="Start the sandbox again; its messages and records are gone.",
        )
    ending.cancel()


def _stop_on_signals_and_stdin(stop: asyncio.Event) -> None:
    loop = asyncio.get_running_loop()

    def request_stop(*_: object) -> None:
        with contextlib.suppress(RuntimeError):  # the loop has ended already
            loop.call_soon_threadsafe(stop.set)

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, request_stop)
    if _stdin_is_watched():
        threading.Thread(
            target=_read_until_closed, args=(request_stop,), name="stdin watch", daemon=True
        ).start()


def _stdin_is_watched() -> bool:
    """Tell whether the end of stdin means anything: of a pipe it does.

    A background job that read from its terminal would be stopped by the system, and /dev/null,
    which services get, is always at its end.
    """
    try:
        return not stat.S_ISCHR(os.fstat(0).st_mode)
    except OSError:  # started without a stdin
        return False


def _read_until_closed(closed: Callable[[], None]) -> None:
    while os.read(0, 4096):
        pass
    closed()
