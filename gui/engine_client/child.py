"""The engine as a child process: its command line, its lines, its end."""

from __future__ import annotations

import asyncio
import itertools
import logging
import sys
import time
from collections import deque
from collections.abc import Callable, Iterable
from contextlib import ExitStack
from pathlib import Path
from typing import Final

import msgspec
from PySide6.QtCore import QObject, QProcess, QTimer, Slot

from core.bridge.messages import (
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
from core.errors import AppError, NotConnected
from core.selfexec import own_command
from core.workspace.environment import SandboxAddresses
from gui.engine_client.interface import END_S, ChildRefused, EngineClient
from gui.line_backlog import LineBacklog
from gui.opening import set_aside
from gui.viewmodels.words import tr

_SLICE_S: Final = 0.004
_LAST_WORDS: Final = 12
_RELATED_S: Final = 5.0
_MOST_LOG_LINES: Final = 500
_VITAL: Final = tuple(
    b'{"event":"%s"' % name for name in (b"hello", b"snapshot", b"answer", b"status", b"notice")
)

_decoder: Final = msgspec.json.Decoder(Message)

log = logging.getLogger("gui.engine")


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
        self._words: deque[tuple[float, str]] = deque(maxlen=_LAST_WORDS)  # with when, in seconds
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
            async with asyncio.timeout(END_S):
                await asyncio.shield(ended)
        except TimeoutError:
            log.error("the engine did not end within %g s and was killed", END_S)
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
        self._words.append((time.time(), text))
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
            self._words.append((time.time(), self._process.errorString()))
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
        words = last_words(self._words, time.time()) or _how_it_ended(process)
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


def last_words(said: Iterable[tuple[float, str]], now_s: float) -> str:
    """Join what was said just before an end; what is older has nothing to do with it.

    Args:
        said: When, in seconds since the epoch, and a line.
        now_s: The end.
    """
    return "\n".join(line for at_s, line in said if now_s - at_s <= _RELATED_S)


def _how_it_ended(process: QProcess) -> str:
    if process.exitStatus() == QProcess.ExitStatus.CrashExit:
        return tr("The process was killed or crashed, and said nothing just before.")
    text = tr("The process ended with code {code}, and said nothing just before.")
    return text.format(code=process.exitCode())
