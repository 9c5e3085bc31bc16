"""The engine as the window sees it: one interface, a child process or the window's own loop.

Both sides speak `core.bridge.control`; pages cannot tell which one runs. An engine lives from
`start` to `stop`: each start reads the workspace file as it is then.
"""

from __future__ import annotations

import asyncio
import itertools
import logging
import sys
import time
from abc import abstractmethod
from collections import deque
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Final, Literal, TypeAlias

import msgspec
from PySide6.QtCore import QObject, QProcess, QTimer, Signal, Slot

from core.bridge.events import EngineEvent
from core.bridge.messages import (
    DRAIN_S,
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
from core.bridge.metrics import Snapshot
from core.errors import AppError, NotConnected
from core.selfexec import own_command
from core.workspace.environment import SandboxAddresses
from gui.line_backlog import LineBacklog
from gui.opening import open_file, set_aside
from gui.viewmodels.words import tr

if TYPE_CHECKING:
    from core.bridge.engine import Engine

log = logging.getLogger("gui.engine")

ClientState: TypeAlias = Literal["stopped", "starting", "running", "draining", "died"]

_SLICE_S: Final = 0.004
_LAST_WORDS: Final = 12
_MOST_LOG_LINES: Final = 500
_END_S: Final = DRAIN_S + 10.0
"""How long an ending engine may take: its own bounds for draining and for its threads, and air."""

_VITAL: Final = tuple(
    b'{"event":"%s"' % name for name in (b"hello", b"snapshot", b"answer", b"status", b"notice")
)
_decoder: Final = msgspec.json.Decoder(Message)


class ChildRefused(AppError):  # noqa: N818 - says what happened, as in core.errors
    """The system does not let this process start others."""


class EngineClient(QObject):
    """Drives one engine at a time. Its methods belong to the loop's thread.

    Signals:
        snapshotTaken: A `Snapshot`, about twice a second while the engine runs, and a last one
            (`final`) when it has drained.
        eventReceived: An `EngineEvent`.
        stateChanged: The new `state`.
        died: The engine ended without being told to; its last words.
        logLine: One line that the engine's process wrote for people.
    """

    snapshotTaken = Signal(object)
    eventReceived = Signal(object)
    stateChanged = Signal(str)
    died = Signal(str)
    logLine = Signal(str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._state: ClientState = "stopped"

    @property
    def state(self) -> ClientState:
        """What the engine does now; `died` until it is started again."""
        return self._state

    @property
    def is_in_process(self) -> bool:
        """Whether the engine shares this process, with the window."""
        return False

    @property
    def skipped_events(self) -> int:
        """How many events were left out because they came faster than the window can take."""
        return 0

    @abstractmethod
    async def start(
        self,
        workspace: Path,
        sandbox: SandboxAddresses | None = None,
        *,
        text: str | None = None,
    ) -> None:
        """Start an engine on a workspace file; `stateChanged` tells when it is subscribed.

        Args:
            workspace: The file.
            sandbox: The embedded brokers that run for it.
            text: Taken for what the file holds, until it is reloaded.

        Raises:
            AppError: It could not be started; the engine's own words are in the hint.
        """

    @abstractmethod
    async def stop(self, *, forget_session: bool = False) -> None:
        """Deliver what is in flight, disconnect and end the engine; takes at most `_END_S`.

        Args:
            forget_session: Have the MQTT brokers drop their sessions.
        """

    @abstractmethod
    async def reload(self, path: Path | None = None, *, drain_s: float = 0.0) -> int:
        """Take over the workspace file as it is now, or another one, between two messages.

        Args:
            path: Another file; the same by default.
            drain_s: Let what is in flight finish under the old version first, at most so long, in
                seconds. Cancelling this call does not take it back; `stop`, or a call that does
                not wait, ends the waiting.

        Returns:
            How many records were in flight when it was taken over.

        Raises:
            AppError: It cannot run, or was stopped first; the engine goes on as before.
        """

    def kill(self) -> None:
        """End a child that does not answer, as a crash does."""

    async def close(self) -> None:
        """Stop, if it runs, and let go of everything."""
        await self.stop()

    def _set_state(self, state: ClientState) -> None:
        if state != self._state:
            self._state = state
            self.stateChanged.emit(state)

    def _take_snapshot(self, snapshot: Snapshot) -> None:
        self._set_state(snapshot.state)
        self.snapshotTaken.emit(snapshot)


class ChildEngine(EngineClient):
    """`run WORKSPACE --control stdio` as a child; it drains and ends when this process is gone."""

    def __init__(
        self,
        parent: QObject | None = None,
        *,
        command: Callable[..., list[str]] = own_command,
    ) -> None:
        """Prepare.

        Args:
            parent: Qt's owner.
            command: Makes the command line out of the program's arguments.
        """
        super().__init__(parent)
        self._command = command
        self._process: QProcess | None = None
        self._answers: dict[int, asyncio.Future[Answer]] = {}
        self._ended: asyncio.Future[None] | None = None
        self._ids = itertools.count(1)
        self._lines = LineBacklog(_VITAL)
        self._log_lines = LineBacklog((), _MOST_LOG_LINES)
        self._words: deque[str] = deque(maxlen=_LAST_WORDS)
        self._is_started = False
        self._is_expected_to_end = False
        self._work = QTimer(self)
        self._work.setSingleShot(True)
        self._work.timeout.connect(self._take_lines)

    @property
    def pid(self) -> int:
        """Process id of the engine; 0 when there is none."""
        return self._process.processId() if self._process is not None else 0

    @property
    def skipped_events(self) -> int:
        """How many events were left out because they came faster than the window can take."""
        return self._lines.skipped

    async def start(
        self,
        workspace: Path,
        sandbox: SandboxAddresses | None = None,
        *,
        text: str | None = None,
    ) -> None:
        """Start the process, and the engine in it.

        Raises:
            ChildRefused: The system does not let us start processes.
            AppError: The engine could not be started.
        """
        if self._process is not None:
            await self.stop()
        arguments = ["run", str(workspace), "--control", "stdio"]
        if sandbox is not None:
            arguments += ["--sandbox", str(sandbox)]
        with ExitStack() as until_started:
            if text is not None:
                arguments += ["--text", str(until_started.enter_context(set_aside(text)))]
            self._set_state("starting")
            self._spawn(self._command(*arguments))
            try:
                await self._do(Start(next(self._ids)))
            except AppError:
                await self.stop()
                self._set_state("stopped")
                raise
        self._is_started = True

    async def stop(self, *, forget_session: bool = False) -> None:
        """Drain, disconnect and end the process."""
        process, ended = self._process, self._ended
        if process is None or ended is None:
            return
        if not self._is_expected_to_end:
            self._is_expected_to_end = True
            self._set_state("draining")
            if forget_session:
                self._send(Stop(next(self._ids), forget_session=True))
            self._send(Exit(next(self._ids)))
            process.closeWriteChannel()
        try:
            async with asyncio.timeout(_END_S):
                await asyncio.shield(ended)
        except TimeoutError:
            log.error("the engine did not end within %g s and was killed", _END_S)
            process.kill()
            await ended

    async def reload(self, path: Path | None = None, *, drain_s: float = 0.0) -> int:
        """Take over the workspace file as it is now, or another one."""
        name = str(path) if path is not None else None
        return (await self._do(Reload(next(self._ids), name, drain_s))).left

    def kill(self) -> None:
        """End the process at once; what follows is what follows a crash."""
        if self._process is not None:
            self._process.kill()

    def _spawn(self, command: list[str]) -> None:
        process = QProcess(self)
        if sys.platform != "win32":  # signals of the terminal are the window's to handle
            process.setUnixProcessParameters(QProcess.UnixProcessFlag.CreateNewSession)
        process.readyReadStandardOutput.connect(self._read)
        process.readyReadStandardError.connect(self._read_words)
        process.finished.connect(self._finished)
        process.errorOccurred.connect(self._failed)
        self._words.clear()
        self._lines = LineBacklog(_VITAL)
        self._log_lines = LineBacklog((), _MOST_LOG_LINES)
        self._is_started = False
        self._is_expected_to_end = False
        self._ended = asyncio.get_running_loop().create_future()
        self._process = process
        process.start(command[0], command[1:])

    async def _do(self, command: Command) -> Answer:
        """Send a command and wait for its answer."""
        answer: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
        self._answers[command.id] = answer
        self._send(command)
        found = await answer
        if not found.ok:
            raise AppError(found.error, hint=found.hint)
        return found

    def _send(self, command: Command) -> None:
        may_come_late = isinstance(command, Exit | Stop)
        if self._process is None or (self._is_expected_to_end and not may_come_late):
            raise NotConnected(self.tr("The engine does not run."), hint=self.tr("Start it first."))
        self._process.write(encode(command))

    @Slot()
    def _read(self) -> None:
        if self._process is not None:
            self._lines.add(bytes(self._process.readAllStandardOutput().data()))
            self._work_on()

    @Slot()
    def _read_words(self) -> None:
        if self._process is not None:
            self._log_lines.add(bytes(self._process.readAllStandardError().data()))
            self._work_on()

    def _work_on(self) -> None:
        if not self._work.isActive():
            self._work.start(0)

    @Slot()
    def _take_lines(self) -> None:
        """Work through what has come for a few milliseconds, then let the window breathe."""
        until = time.monotonic() + _SLICE_S
        while (self._lines or self._log_lines) and time.monotonic() < until:
            if self._log_lines:
                self._take_words(self._log_lines.pop())
            if self._lines:
                self._take(self._lines.pop())
        if self._lines or self._log_lines:
            self._work.start(0)
        elif self._process is not None and self._has_ended(self._process):
            self._announce_end(self._process)

    def _take_words(self, line: bytes) -> None:
        text = line.decode("utf-8", "replace").rstrip()
        self._words.append(text)
        self.logLine.emit(text)

    def _take(self, line: bytes) -> None:
        try:
            message = _decoder.decode(line)
        except msgspec.MsgspecError as exc:
            log.error("the engine sent what is no message: %s", exc)
            return
        match message:
            case SnapshotTaken(snapshot=snapshot):
                self._take_snapshot(snapshot)
            case Answer(id=int(number)):
                answer = self._answers.pop(number, None)
                if answer is not None and not answer.done():
                    answer.set_result(message)
            case Answer(error=error):
                log.error("the engine did not understand: %s", error)
            case Hello(pid=pid):
                log.debug("the engine runs as process %s", pid)
            case _:
                self.eventReceived.emit(message)

    @Slot(QProcess.ProcessError)
    def _failed(self, error: QProcess.ProcessError) -> None:
        """Take note of a start that the system refused; other errors end in `finished`."""
        if error == QProcess.ProcessError.FailedToStart and self._process is not None:
            self._words.append(self._process.errorString())
            self._announce_end(self._process, was_refused=True)

    @Slot()
    def _finished(self) -> None:
        """Take the rest of what the process said; its end is told after that."""
        self._read()
        self._read_words()
        self._lines.end()
        self._log_lines.end()
        self._work_on()

    @staticmethod
    def _has_ended(process: QProcess) -> bool:
        return process.state() == QProcess.ProcessState.NotRunning

    def _announce_end(self, process: QProcess, *, was_refused: bool = False) -> None:
        words = "\n".join(self._words) or _how_it_ended(process)
        is_unexpected = self._is_started and not self._is_expected_to_end
        self._process = None
        process.deleteLater()
        self._fail_answers(words, was_refused=was_refused)
        if self._ended is not None and not self._ended.done():
            self._ended.set_result(None)
        self._set_state("died" if is_unexpected else "stopped")
        if is_unexpected:
            self.died.emit(words)

    def _fail_answers(self, words: str, *, was_refused: bool) -> None:
        waiting, self._answers = self._answers, {}
        for answer in waiting.values():
            if answer.done():
                continue
            if was_refused:
                answer.set_exception(
                    ChildRefused(
                        self.tr("The engine's process could not be started: {reason}").format(
                            reason=words
                        ),
                        hint=self.tr("Start the window with --engine in-process."),
                    )
                )
            else:
                error = self.tr("The engine ended at once.")
                answer.set_result(Answer(id=None, ok=False, error=error, hint=words))


class InProcessEngine(EngineClient):
    """The same engine object on the window's own loop."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._engine: Engine | None = None
        self._reading = asyncio.Lock()
        self._path = Path()
        self._ticker = QTimer(self)
        self._ticker.setInterval(round(SNAPSHOT_EVERY_S * 1_000))
        self._ticker.timeout.connect(self._tick)

    @property
    def is_in_process(self) -> bool:
        """It does."""
        return True

    async def start(
        self,
        workspace: Path,
        sandbox: SandboxAddresses | None = None,
        *,
        text: str | None = None,
    ) -> None:
        """Make an engine of the file and start it."""
        from core.bridge.engine import Engine  # here: a window whose engine is a child needs none

        await self.stop()
        self._set_state("starting")
        self._path = workspace
        try:
            opened = await asyncio.to_thread(open_file, workspace, sandbox, text=text)
            opened.check_runnable()
            engine = Engine(
                opened.loaded.partial, opened.environment, on_event=self.eventReceived.emit
            )
            await engine.start()
        except AppError:
            self._set_state("stopped")
            raise
        self._engine = engine
        self._ticker.start()

    async def stop(self, *, forget_session: bool = False) -> None:
        """Drain, disconnect and let go of the engine."""
        engine, self._engine = self._engine, None
        if engine is None:
            return
        self._ticker.stop()
        self._set_state("draining")
        self._take_snapshot(await engine.stop(forget_session=forget_session))

    async def reload(self, path: Path | None = None, *, drain_s: float = 0.0) -> int:
        """Take over the workspace file as it is now, or another one."""
        engine = self._engine
        if engine is None:
            raise NotConnected(self.tr("The engine does not run."), hint=self.tr("Start it first."))
        async with self._reading:  # a change that does not wait must not overtake one that does
            opened = await asyncio.to_thread(
                open_file, path or self._path, engine.environment.sandbox
            )
        opened.check_runnable()
        if engine is not self._engine:
            raise NotConnected(
                self.tr("The changes were not taken over: the engine was stopped first."),
                hint=self.tr("They are in the file, and count from the next start."),
            )
        return await engine.reload(opened.loaded.partial, opened.environment, drain_s=drain_s)

    @Slot()
    def _tick(self) -> None:
        if self._engine is not None:
            self._take_snapshot(self._engine.snapshot())


class FallbackEngine(EngineClient):
    """A child where the system allows one, otherwise the window's own loop."""

    def __init__(self, child: EngineClient, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._actual = child
        self._adopt(child)

    async def start(
        self,
        workspace: Path,
        sandbox: SandboxAddresses | None = None,
        *,
        text: str | None = None,
    ) -> None:
        """Start a child; if the system refuses, host the engine here, and stay with that."""
        try:
            await self._actual.start(workspace, sandbox, text=text)
        except ChildRefused as exc:
            said = self.tr("{reason} The engine runs inside the window instead.")
            self.logLine.emit(said.format(reason=exc.message))
            self._actual.deleteLater()
            self._actual = InProcessEngine()
            self._adopt(self._actual)
            await self._actual.start(workspace, sandbox, text=text)

    async def stop(self, *, forget_session: bool = False) -> None:
        """Drain and end the engine, wherever it runs."""
        await self._actual.stop(forget_session=forget_session)

    async def reload(self, path: Path | None = None, *, drain_s: float = 0.0) -> int:
        """Take over the workspace file as it is now, or another one."""
        return await self._actual.reload(path, drain_s=drain_s)

    def kill(self) -> None:
        """End the engine at once, if it is a child."""
        self._actual.kill()

    @property
    def is_in_process(self) -> bool:
        """Whether the system has refused a child."""
        return self._actual.is_in_process

    @property
    def skipped_events(self) -> int:
        """How many events were left out because they came faster than the window can take."""
        return self._actual.skipped_events

    def _adopt(self, engine: EngineClient) -> None:
        engine.setParent(self)
        engine.snapshotTaken.connect(self.snapshotTaken)
        engine.eventReceived.connect(self.eventReceived)
        engine.logLine.connect(self.logLine)
        engine.stateChanged.connect(self._set_state)
        engine.died.connect(self.died)


def _how_it_ended(process: QProcess) -> str:
    if process.exitStatus() == QProcess.ExitStatus.CrashExit:
        return tr("The process was killed or crashed, and said nothing.")
    text = tr("The process ended with code {code}, and said nothing.")
    return text.format(code=process.exitCode())


def make_engine(
    kind: Literal["child", "in-process"], parent: QObject | None = None
) -> EngineClient:
    """Make the engine client that the window uses.

    Args:
        kind: `child` falls back to `in-process` where the system refuses child processes.
        parent: Qt's owner.
    """
    if kind == "in-process":
        return InProcessEngine(parent)
    return FallbackEngine(ChildEngine(), parent)


__all__ = [
    "ChildEngine",
    "ChildRefused",
    "ClientState",
    "EngineClient",
    "EngineEvent",
    "FallbackEngine",
    "InProcessEngine",
    "make_engine",
]
