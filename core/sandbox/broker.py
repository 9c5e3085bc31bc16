"""Starts rumqttd as a child process on two free loopback ports and waits until it listens."""

from __future__ import annotations

import asyncio
import contextlib
import os
import re
import socket
from asyncio.subprocess import DEVNULL, PIPE, Process
from typing import Final

from core.errors import ConnectFailed
from core.sandbox.hello import Version
from core.sandbox.rumqttd import LOOPBACK, PORT_TAKEN
from core.selfexec import child_options, own_command

_ATTEMPTS: Final = 5
_READY_TIMEOUT_S: Final = 10.0
_READY_POLL_S: Final = 0.01

_LAME: Final = re.compile(rb"thread 'router-.*panicked|panicked at .*server.broker\.rs")
"""What rumqttd says when its router or a listener is lost. It listens on, and answers nobody."""


class MqttBroker:
    """The rumqttd child. Belongs to one event loop; `close` is safe at any time."""

    def __init__(self, process: Process, ports: tuple[int, int]) -> None:
        """Use `spawn`."""
        self._use(process, ports)

    def _use(self, process: Process, ports: tuple[int, int]) -> None:
        self._process = process
        self._ports = ports
        self._watch = asyncio.get_running_loop().create_task(
            _end_when_lame(process), name="embedded MQTT broker's words"
        )

    @classmethod
    async def spawn(cls) -> MqttBroker:
        """Start the child; it needs a moment until it listens, see `ready`."""
        return cls(*await _start())

    @property
    def listeners(self) -> dict[Version, int]:
        """Loopback port by protocol version; 3.1 clients have to speak 3.1.1."""
        v4_port, v5_port = self._ports
        return {"3.1": v4_port, "3.1.1": v4_port, "5.0": v5_port}

    async def ready(self) -> None:
        """Wait until both ports answer; take new ones if somebody else was faster.

        Raises:
            ConnectFailed: The child ended, or did not listen in time.
        """
        try:
            async with asyncio.timeout(_READY_TIMEOUT_S):
                for _ in range(_ATTEMPTS):
                    if await self._listens():
                        return
                    self._use(*await _start())
        except TimeoutError:
            pass
        raise _failed(f"no answer on its ports {self._ports}")

    async def _listens(self) -> bool:
        """Wait for both ports; False when one was taken."""
        waiting = set(self._ports)
        while True:
            waiting = {port for port in waiting if not await _answers(port)}
            code = self._process.returncode
            if code == PORT_TAKEN:
                return False
            if code is not None:
                raise _failed(f"its process ended with code {code}")
            if not waiting:
                return True
            await asyncio.sleep(_READY_POLL_S)

    async def wait(self) -> int:
        """Wait until the child ends, which it does when it is lost; give its exit code."""
        return await self._process.wait()

    async def close(self) -> None:
        """Kill the child, which is the only way to stop rumqttd, and wait for its end."""
        with contextlib.suppress(ProcessLookupError):
            self._process.kill()
        await self._process.wait()
        await self._watch


async def _start() -> tuple[Process, tuple[int, int]]:
    ports = _free_ports()
    process = await asyncio.create_subprocess_exec(
        *own_command("sandbox-mqtt", *map(str, ports)),
        stdin=PIPE,  # the child ends when this pipe does
        stdout=DEVNULL,
        stderr=PIPE,
        **child_options(),
    )
    return process, ports


async def _end_when_lame(process: Process) -> None:
    """Pass on what the child says, and kill it once it says that it is lost."""
    words = process.stderr
    while words is not None:
        try:
            line = await words.readline()
        except ValueError:  # a line beyond the reader's limit
            continue
        if not line:
            return
        with contextlib.suppress(OSError):  # a window without a console has no stderr
            os.write(2, line)
        if _LAME.search(line):
            with contextlib.suppress(ProcessLookupError):
                process.kill()


def _free_ports() -> tuple[int, int]:
    """Choose two loopback ports that nobody uses at this moment."""
    with socket.socket() as first, socket.socket() as second:
        first.bind((LOOPBACK, 0))
        second.bind((LOOPBACK, 0))
        return int(first.getsockname()[1]), int(second.getsockname()[1])


async def _answers(port: int) -> bool:
    try:
        _, writer = await asyncio.open_connection(LOOPBACK, port)
    except OSError:
        return False
    writer.close()
    return True


def _failed(cause: str) -> ConnectFailed:
    return ConnectFailed(
        f"The embedded MQTT broker did not start: {cause}.",
        connector="sandbox",
        cause=cause,
        hint="Run `sluicegate self-check` to see what is missing in this installation.",
    )
