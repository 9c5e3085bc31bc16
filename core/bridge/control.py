"""The engine's control channel: JSON, one object a line, commands in and events out.

Commands carry an `id` that the answer repeats. The parent ends the engine by closing its standard
input: it then drains and exits, so an engine never outlives the window that started it.
"""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import Awaitable, Callable
from typing import BinaryIO

import msgspec

from core.bridge.engine import Engine
from core.bridge.messages import (
    SNAPSHOT_EVERY_S,
    Answer,
    Command,
    Exit,
    Hello,
    Message,
    Reload,
    SnapshotTaken,
    Start,
    Stop,
    encode,
)
from core.errors import AppError

log = logging.getLogger("core.bridge")

_command_decoder = msgspec.json.Decoder(Command)


class ControlServer:
    """Serves one engine over a pair of byte streams until the other side closes its end."""

    def __init__(
        self,
        engine: Engine,
        commands: BinaryIO,
        answers: BinaryIO,
        reload: Callable[[str | None, float], Awaitable[int]],
        hello: Hello,
    ) -> None:
        """Prepare.

        Args:
            engine: Not started yet.
            commands: Read in a thread of its own, since pipes cannot be awaited on every system.
            answers: Written on the loop; lines are small and the reader is our own parent.
            reload: Reads a workspace file (None: the same again) and reloads the engine, which
                waits so many seconds for what is in flight; returns how much was left of it.
            hello: The first line.
        """
        self._engine = engine
        self._commands = commands
        self._answers = answers
        self._reload = reload
        self._hello = hello
        self._lines: asyncio.Queue[bytes | None] = asyncio.Queue()
        self._reloading: set[asyncio.Task[None]] = set()

    def emit(self, message: Message) -> None:
        """Write one line; a parent that has gone is noticed by the end of its commands."""
        try:
            self._answers.write(encode(message))
            self._answers.flush()
        except BrokenPipeError:
            log.debug("nobody reads the control channel any more")

    async def serve(self) -> None:
        """Answer commands until the other side closes; then drain, if still running."""
        loop = asyncio.get_running_loop()
        thread = threading.Thread(target=self._read, args=(loop,), name="control", daemon=True)
        thread.start()
        self.emit(self._hello)
        ticker = asyncio.create_task(self._tick(), name="snapshots")
        try:
            while (line := await self._lines.get()) is not None:
                if not await self._obey(line):
                    break
        finally:
            ticker.cancel()
            if self._engine.state != "stopped":
                self.emit(SnapshotTaken(await self._engine.stop()))
            await asyncio.gather(*self._reloading)

    def _read(self, loop: asyncio.AbstractEventLoop) -> None:
        for line in self._commands:
            loop.call_soon_threadsafe(self._lines.put_nowait, line)
        loop.call_soon_threadsafe(self._lines.put_nowait, None)

    async def _tick(self) -> None:
        while True:
            await asyncio.sleep(SNAPSHOT_EVERY_S)
            if self._engine.state != "stopped":
                self.emit(SnapshotTaken(self._engine.snapshot()))

    async def _obey(self, line: bytes) -> bool:
        """Carry out one command; False when it was the last."""
        try:
            command = _command_decoder.decode(line)
        except msgspec.MsgspecError as exc:
            self.emit(Answer(id=None, ok=False, error=f"not a command: {exc}"))
            return True
        if isinstance(command, Reload):  # may wait, and must not keep others waiting
            reloading = asyncio.create_task(self._carry_out(command), name="reload")
            self._reloading.add(reloading)
            reloading.add_done_callback(self._reloaded)
            await asyncio.sleep(0)  # it has begun before the next command is looked at
        else:
            await self._carry_out(command)
        return not isinstance(command, Exit)

    def _reloaded(self, task: asyncio.Task[None]) -> None:
        """Let go of a task that went well; an error of our own ends the engine, as anywhere."""
        if task.cancelled() or task.exception() is None:
            self._reloading.discard(task)
        else:
            self._lines.put_nowait(None)

    async def _carry_out(self, command: Command) -> None:
        try:
            left = await self._do(command)
        except AppError as exc:
            self.emit(Answer(id=command.id, ok=False, error=exc.message, hint=exc.hint))
        else:
            self.emit(Answer(id=command.id, ok=True, left=left))

    async def _do(self, command: Command) -> int:
        """Do it; returns how many records a takeover has left in flight."""
        match command:
            case Start():
                await self._engine.start()
            case Stop(drain_s=drain_s, forget_session=forget):
                snapshot = await self._engine.stop(drain_s, forget_session=forget)
                self.emit(SnapshotTaken(snapshot))
            case Reload(path=path, drain_s=drain_s):
                return await self._reload(path, drain_s)
            case Exit():
                if self._engine.state != "stopped":
                    self.emit(SnapshotTaken(await self._engine.stop()))
        return 0
