"""Where simulators run, as the window sees it: a child process, or the window's own.

At full speed making messages takes all of a processor core, which a thread of the window would
take from its loop; so a child does it where the system allows one.
"""

from __future__ import annotations

import asyncio
import logging
import sys
import time
from abc import abstractmethod
from collections import deque
from collections.abc import Callable
from functools import partial
from typing import Final

import msgspec
from PySide6.QtCore import QObject, QProcess, QTimer, Signal, Slot

from core.lab.messages import (
    REPORT_EVERY_S,
    Halt,
    HaltAll,
    Order,
    Progress,
    Report,
    Run,
    encode,
    read_report,
)
from core.selfexec import own_command
from gui.opening import Opened
from gui.tasks import Tasks

log = logging.getLogger("gui.simulators")

_END_S: Final = 15.0
"""How long a child may take to end: the longest wait for a broker that does not answer, and air."""

_LAST_WORDS: Final = 6


class SimulatorClient(QObject):
    """Runs simulators. Its methods belong to the loop's thread.

    Signals:
        reported: A `Report`, twice a second while something runs and after each command.
        refused: The system does not let this process start others; what was asked for was not
            done.
    """

    reported = Signal(object)
    refused = Signal()

    @abstractmethod
    def run(self, name: str, opened: Opened) -> None:
        """Have a simulator of an open workspace run; what keeps it from that is reported."""

    @abstractmethod
    def halt(self, name: str) -> None:
        """Have one stop soon."""

    @abstractmethod
    async def halt_all(self) -> None:
        """Stop them all, wait until they have, and forget their figures."""

    async def close(self) -> None:
        """Stop them all and let go of everything."""
        await self.halt_all()


class ChildSimulators(SimulatorClient):
    """A child in the mode `simulators`, started with the first of them; ends with this process."""

    def __init__(
        self,
        parent: QObject | None = None,
        *,
        command: Callable[..., list[str]] = own_command,
    ) -> None:
        """Prepare; `command` makes the command line out of the program's arguments."""
        super().__init__(parent)
        self._command = command
        self._process: QProcess | None = None
        self._ended: asyncio.Future[None] | None = None
        self._halted: tuple[int, asyncio.Future[None]] | None = None
        self._ordered = 0
        self._running: set[str] = set()
        self._words: deque[str] = deque(maxlen=_LAST_WORDS)

    @property
    def pid(self) -> int:
        """Process id of the child; 0 when there is none."""
        return self._process.processId() if self._process is not None else 0

    def run(self, name: str, opened: Opened) -> None:
        """Have a simulator run, in a child that is started if there is none."""
        if self._process is None:
            self._spawn()
        sandbox = opened.environment.sandbox
        self._running.add(name)
        self._send(Run(name, str(opened.loaded.path), str(sandbox) if sandbox is not None else ""))

    def halt(self, name: str) -> None:
        """Have one stop soon."""
        if self._process is not None:
            self._send(Halt(name))

    async def halt_all(self) -> None:
        """Stop them all; the child stays for the next ones."""
        if self._process is None or self._ended is None:
            return
        halted: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._send(HaltAll())
        self._halted = (self._ordered, halted)
        await asyncio.wait([halted, self._ended], return_when=asyncio.FIRST_COMPLETED)

    async def close(self) -> None:
        """End the child, which stops them all; killed if it takes too long."""
        process, ended = self._process, self._ended
        if process is None or ended is None:
            return
        self._running.clear()
        process.closeWriteChannel()
        try:
            async with asyncio.timeout(_END_S):
                await asyncio.shield(ended)
        except TimeoutError:
            log.error("the simulators did not end within %g s and were killed", _END_S)
            process.kill()
            await ended

    def _spawn(self) -> None:
        process = QProcess(self)
        if sys.platform != "win32":  # signals of the terminal are the window's to handle
            process.setUnixProcessParameters(QProcess.UnixProcessFlag.CreateNewSession)
        process.readyReadStandardOutput.connect(self._read)
        process.readyReadStandardError.connect(self._read_words)
        process.finished.connect(self._finish)
        process.errorOccurred.connect(self._fail)
        self._ordered = 0
        self._ended = asyncio.get_running_loop().create_future()
        self._process = process
        command = self._command("simulators")
        process.start(command[0], command[1:])

    def _send(self, order: Order) -> None:
        if self._process is not None:
            self._ordered += 1
            self._process.write(encode(order))

    @Slot()
    def _read(self) -> None:
        while self._process is not None and self._process.canReadLine():
            line = bytes(self._process.readLine().data())
            try:
                report = read_report(line)
            except msgspec.MsgspecError as exc:
                log.error("the simulators sent what is no report: %s", exc)
                continue
            self._running = {name for name, found in report.progress.items() if found.is_running}
            self.reported.emit(report)
            if self._halted is not None and report.orders >= self._halted[0]:
                self._settle_halt()

    @Slot()
    def _read_words(self) -> None:
        if self._process is not None:
            text = bytes(self._process.readAllStandardError().data()).decode("utf-8", "replace")
            self._words.extend(text.splitlines())

    @Slot(QProcess.ProcessError)
    def _fail(self, error: QProcess.ProcessError) -> None:
        """Take note of a start that the system refused; other errors end in `finished`."""
        if error == QProcess.ProcessError.FailedToStart:
            self._running.clear()
            self._let_go()
            self.refused.emit()

    @Slot()
    def _finish(self) -> None:
        """Tell what has ended unexpectedly with the child."""
        self._read()
        self._read_words()
        broken, self._running = self._running, set()
        words = self._words[-1] if self._words else ""
        self._let_go()
        if broken:
            text = self.tr("The process of the simulators ended unexpectedly.")
            gone = Progress(has_failed=True, error=text, hint=words)
            self.reported.emit(Report(time.monotonic(), 0, dict.fromkeys(broken, gone)))

    def _let_go(self) -> None:
        process, self._process = self._process, None
        if process is not None:
            process.deleteLater()
        self._words.clear()
        self._settle_halt()
        if self._ended is not None and not self._ended.done():
            self._ended.set_result(None)

    def _settle_halt(self) -> None:
        halted, self._halted = self._halted, None
        if halted is not None and not halted[1].done():
            halted[1].set_result(None)


class InProcessSimulators(SimulatorClient):
    """Threads of this process, for where there can be no child."""

    def __init__(self, parent: QObject | None = None) -> None:
        from core.lab.host import SimulatorHost  # here: a window with a child needs none

        super().__init__(parent)
        self._host = SimulatorHost()
        self._turn = asyncio.Lock()
        self._tasks = Tasks(_note)
        self._ticker = QTimer(self)
        self._ticker.setInterval(round(REPORT_EVERY_S * 1_000))
        self._ticker.timeout.connect(self._report)

    def run(self, name: str, opened: Opened) -> None:
        """Have a simulator run in a thread."""
        workspace, environment = opened.loaded.partial, opened.environment
        self._do(partial(self._host.start, name, workspace, environment))
        self._ticker.start()

    def halt(self, name: str) -> None:
        """Have one stop soon."""
        self._do(partial(self._host.stop, name))

    async def halt_all(self) -> None:
        """Stop them all."""
        self._ticker.stop()
        await self._in_turn(self._host.stop_all)
        self._host.forget()
        self._report()

    def _do(self, work: Callable[[], None]) -> None:
        self._tasks.start(self._in_turn(work), "simulators")

    async def _in_turn(self, work: Callable[[], None]) -> None:
        """Do what may wait for a thread to end beside the loop, one after the other."""
        async with self._turn:
            await asyncio.to_thread(work)
        self._report()

    @Slot()
    def _report(self) -> None:
        progress = self._host.progress
        self.reported.emit(Report(time.monotonic(), 0, progress))
        if not any(found.is_running for found in progress.values()):
            self._ticker.stop()


def _note(name: str, error: Exception) -> None:
    log.error("%s failed", name, exc_info=error)
