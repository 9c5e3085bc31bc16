"""The open workspace: its file, its engine, its embedded brokers and its simulated devices."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Coroutine, Mapping, Sequence
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, Signal, Slot

from core.bridge.events import MessageSample, RecordSettled
from core.bridge.messages import DRAIN_S
from core.bridge.metrics import Snapshot
from core.errors import AppError
from core.workspace.environment import Environment, SandboxAddresses
from core.workspace.load import Loaded
from core.workspace.model import Workspace
from core.workspace.problems import Problem
from gui.engine_client import EngineClient
from gui.opening import Opened, demo_place, fresh_demo, open_file
from gui.recent import RecentFiles
from gui.tasks import Tasks
from gui.viewmodels.applying import Applying
from gui.viewmodels.in_flight import applying_text, left_behind, stopping_text
from gui.viewmodels.open_workspace import OpenWorkspace
from gui.viewmodels.outlets import Outlets
from gui.viewmodels.running import Running
from gui.viewmodels.sandbox import SandboxOwner
from gui.viewmodels.settings import SettingsStore
from gui.viewmodels.silence import EngineSilence
from gui.viewmodels.simulators import make_simulators

log = logging.getLogger("gui")


class Session(QObject):
    """What all pages share. Commands return at once; signals tell how they went.

    Commands are carried out one after the other. Belongs to the loop's thread.

    Attributes:
        silence: Whether the running engine answers.
        brokers: The embedded brokers, if any are started.
        writing: Held by who writes the open file, so that each works on what the last has left.

    Signals:
        leaving: What is open makes way for another workspace, or for none; it is open still.
        workspaceChanged: Another workspace, or another version of this one, is open (or none).
        demoOpened: The demo was opened anew; `workspaceChanged` has told what is open.
        recentChanged: The list of recent workspaces.
        stateChanged: The engine's state: stopped, starting, running, draining, died.
        snapshotTaken: A `Snapshot`; the last one stays in `snapshot`.
        eventReceived: Every `EngineEvent`.
        messageSampled: A `MessageSample`.
        recordSettled: A `RecordSettled` of an earlier sample.
        logLine: A line for the log.
        busyChanged: What is going on and takes its time; empty when nothing is.
        failed: A command could not be done, or not in full: what happened, and what comes next.
        faulted: A task failed on an error of ours: an exception.
        engineDied: Its last words, and whether it is started again by itself.
        closing: Nothing new is begun any more, and everything ends.
        filesChanged: What is wrong with the files that the open workspace names.
        renamed: An object has another key in the file: before and now. It is read again next.
        tookOver: The running engine works on what is saved now.
        applied: The engine has taken over what is saved: how many objects were changed, and how
            many records were in flight then.
    """

    leaving = Signal()
    workspaceChanged = Signal()
    demoOpened = Signal()
    recentChanged = Signal()
    stateChanged = Signal(str)
    snapshotTaken = Signal(object)
    eventReceived = Signal(object)
    messageSampled = Signal(object)
    recordSettled = Signal(object)
    logLine = Signal(str)
    busyChanged = Signal(str)
    failed = Signal(str, str)
    faulted = Signal(object)
    engineDied = Signal(str, bool)
    closing = Signal()
    filesChanged = Signal()
    renamed = Signal(str, str)
    tookOver = Signal()
    applied = Signal(int, int)

    def __init__(
        self,
        engine: EngineClient,
        *,
        recent: RecentFiles | None = None,
        sandbox: SandboxOwner | None = None,
        settings: SettingsStore | None = None,
        parent: QObject | None = None,
    ) -> None:
        """Take the engine client; nothing is open yet.

        Args:
            engine: Stays the same for as long as the session lives.
            recent: Where recent workspaces are remembered.
            sandbox: Who starts embedded brokers.
            settings: What the user chose for this computer.
            parent: Qt's owner.
        """
        super().__init__(parent)
        self.engine = engine
        self.tasks = Tasks(self._task_failed)
        self.silence = EngineSilence(engine, self)
        self.simulators = make_simulators(in_process=engine.is_in_process)
        self.simulators.setParent(self)
        self.outlets = Outlets()
        self.snapshot: Snapshot | None = None
        self._recent = recent or RecentFiles()
        self.brokers = sandbox or SandboxOwner()
        self.brokers.setParent(self)
        self.settings = settings or SettingsStore(parent=self)
        self._file = OpenWorkspace(self.brokers, self.tasks, self._say_busy, self)
        self.writing = self._file.writing
        self._running = Running(engine, self.simulators)
        self._applying = Applying(self._running, self.tasks, self._say_busy, self)
        self._turn = asyncio.Lock()
        self._busy = ""
        self._is_closing = False
        self._has_restarted = False
        self._connect_signals()

    # What is open

    @property
    def _opened(self) -> Opened | None:
        return self._file.opened

    @property
    def loaded(self) -> Loaded | None:
        """The open workspace file as it was read last; None when none is open."""
        return self._opened.loaded if self._opened is not None else None

    @property
    def path(self) -> Path | None:
        """Where the open workspace file is."""
        return self._opened.loaded.path if self._opened is not None else None

    @property
    def is_demo(self) -> bool:
        """Whether the demo is open: a copy of the workspace that comes with the program."""
        return self.path == demo_place()

    @property
    def problems(self) -> Sequence[Problem]:
        """Everything that is wrong with the open workspace."""
        return self._opened.problems if self._opened is not None else ()

    @property
    def is_closing(self) -> bool:
        """Whether nothing new is begun any more."""
        return self._is_closing

    @property
    def running(self) -> Workspace | None:
        """What the running engine works on; None when none runs."""
        loaded = self.running_file
        return loaded.partial if loaded is not None else None

    @property
    def running_file(self) -> Loaded | None:
        """The file as the running engine has it; None when none runs."""
        return self._running.file

    @property
    def at_work(self) -> Workspace | None:
        """What messages go by, also while the last are delivered; None when nothing runs."""
        return self._running.workspace

    @property
    def names_at_work(self) -> Mapping[str, str]:
        """The engine's names by key, as `rule:hot`, of what the file calls otherwise by now."""
        return self._running.names

    @property
    def is_draining_first(self) -> bool:
        """Whether changes wait for what is in flight; `apply` without waiting ends it."""
        return self._applying.waits

    @property
    def environment(self) -> Environment | None:
        """The surroundings of the open workspace."""
        return self._opened.environment if self._opened is not None else None

    @property
    def sandbox(self) -> SandboxAddresses | None:
        """Where the embedded brokers listen, if they run."""
        return self.brokers.addresses

    @property
    def recent(self) -> list[Path]:
        """Workspaces opened before, the latest first."""
        return self._recent.paths

    @Slot()
    def forget_recent(self) -> None:
        """Begin the list of recent workspaces anew."""
        self._recent.clear()
        self.recentChanged.emit()

    @property
    def state(self) -> str:
        """The engine's state: stopped, starting, running, draining, died."""
        return self.engine.state

    @property
    def busy(self) -> str:
        """What is going on and takes its time; empty when nothing is."""
        return self._busy

    # Commands

    def open(self, path: Path | str) -> None:
        """Open a workspace file; what runs of another one is stopped first."""
        self._command(self._open(Path(path)), f"open {path}")

    def openDemo(self) -> None:
        """Open the demo as it comes with the program, and start it."""
        self._command(self._open_demo(), "open the demo")
        self.start()

    def close_workspace(self) -> None:
        """Stop, and have nothing open."""
        self._command(self._close_workspace(), "close the workspace")

    @Slot()
    def start(self) -> None:
        """Start the bridge on the file as it is now."""
        self._command(self._start(), "start the bridge")

    @Slot()
    def stop(self) -> None:
        """Deliver what is in flight and disconnect; sessions at the brokers stay."""
        self._command(self._stop(), "stop the bridge")

    def turn_brokers(self, *, on: bool) -> None:
        """Start the embedded brokers, or end them with what they hold unless the bridge runs."""
        self._command(self._turn_brokers(on=on), "turn the embedded brokers on or off")

    def stop_and_forget(self) -> None:
        """Stop, and have the MQTT brokers drop the sessions."""
        self._command(self._stop(forget_session=True), "stop the bridge")

    @Slot()
    def restart(self) -> None:
        """End an engine that does not answer; as after a crash, what ran is started again."""
        if not self._is_closing:
            self._has_restarted = False
            self.engine.kill()

    def reload(self) -> None:
        """Read the workspace file again; a running engine takes it over between two messages."""
        self._command(self._reload(), "reload the workspace")

    def apply(self, *, drain_first: bool) -> None:
        """Have the running engine take over what is saved; another call ends the waiting of one.

        Args:
            drain_first: Let what is in flight finish under the old version, at most as long as
                stopping waits for it; else it finishes beside the new one.
        """
        self._applying.end_waiting()
        if not self._is_closing:
            self._applying.start(self._opened, self.snapshot, DRAIN_S if drain_first else 0.0)

    def read_again(self) -> None:
        """Read the file as it is now; what runs goes on as it was until `apply`."""
        self._command(self._file.read_again(), "read the workspace")

    def look_at_files(self) -> None:
        """Look anew into the files that the open workspace names, such as certificates.

        Commands do not wait for it, and while one look goes on there is no second: the disk may be
        one that does not answer.
        """
        if not self._is_closing:
            self._file.look_at_files()

    async def take_saved(self) -> None:
        """Read the file that was just saved; what runs goes on as it was until `reload`."""
        async with self._turn:
            try:
                await self._file.read_again()
            finally:
                self._say_busy("")

    async def write(
        self, change: Callable[[str], str], then: Callable[[], None] | None = None
    ) -> tuple[str, str]:
        """Change the open file, and read it again; what runs goes on as it was until `apply`.

        Args:
            change: Makes the new text out of the old one, beside the loop.
            then: Called when it is written, before anybody is told.

        Returns:
            The text before and after.

        Raises:
            StoreError: The file was changed elsewhere, or cannot be written; it is as it was.
        """
        return await self._file.write(change, then, self.take_saved)

    def follow(self, key: str, now: str) -> None:
        """Tell that an object was saved under another name."""
        self._running.follow(key, now)
        self.renamed.emit(key, now)

    def start_simulator(self, name: str) -> None:
        """Start one simulator of the open workspace, whatever the bridge does."""
        if self._opened is not None and not self._is_closing:
            self.simulators.start(name, self._opened)

    def stop_simulator(self, name: str) -> None:
        """Stop one; its figures stay."""
        if not self._is_closing:
            self.simulators.halt(name)

    async def close(self) -> None:
        """Stop everything in order: devices, engine (drained), connections, embedded brokers.

        Bounded by the engine's and the brokers' own limits. Safe to call twice.
        """
        if not self._is_closing:
            self._is_closing = True
            self.closing.emit()
        await self.tasks.cancel()
        await self.simulators.close()
        await self.engine.close()
        await self._let_brokers_go()
        self._say_busy("")

    # How they are done

    def _connect_signals(self) -> None:
        self.engine.snapshotTaken.connect(self._take_snapshot)
        self.engine.eventReceived.connect(self._take_event)
        self.engine.stateChanged.connect(self._take_state)
        self.engine.logLine.connect(self.logLine)
        self.engine.died.connect(self._take_death)
        self.brokers.lost.connect(self._tell_lost_brokers)
        self._file.changed.connect(self._take_version)
        self._file.filesChanged.connect(self.filesChanged)
        self._applying.applied.connect(self._tell_applied)

    def _command(self, coroutine: Coroutine[Any, Any, Any], name: str) -> asyncio.Task[Any] | None:
        if self._is_closing:
            coroutine.close()
            return None
        return self.tasks.start(self._in_turn(coroutine), name)

    async def _in_turn(self, coroutine: Coroutine[Any, Any, Any]) -> None:
        try:
            async with self._turn:
                await coroutine
        finally:
            coroutine.close()
            self._say_busy("")

    async def _open(self, path: Path, *, is_demo: bool = False) -> None:
        self._say_busy(self.tr("Opening {name}").format(name=path.name))
        opened = await asyncio.to_thread(open_file, path)
        is_another = self.path != path
        if is_another:
            await self._stop()
            await self._let_brokers_go()
            self.snapshot = None
            self._leave()
        self._file.opened = opened
        if not is_demo:
            self._recent.add(path)
            self.recentChanged.emit()
        try:
            await self._file.provide_sandbox()
        finally:
            self.workspaceChanged.emit()
        if is_another and self.settings.values.general.start_bridge and not opened.errors:
            self.start()

    async def _open_demo(self) -> None:
        await self._stop()
        await self._open(await asyncio.to_thread(fresh_demo), is_demo=True)
        self.demoOpened.emit()

    async def _close_workspace(self) -> None:
        await self._stop()
        await self._let_brokers_go()
        self._leave()
        self._file.opened = None
        self.snapshot = None
        self.workspaceChanged.emit()

    def _leave(self) -> None:
        if self._opened is not None:
            self.leaving.emit()

    async def _let_brokers_go(self) -> None:
        await self.outlets.close()
        await self.brokers.close()

    async def _turn_brokers(self, *, on: bool) -> None:
        before = self._opened
        if on:
            await self.brokers.ensure()
            await self._file.provide_sandbox()
            if self._opened is not before:  # on other addresses
                self.workspaceChanged.emit()
        elif self.running is None:
            await self.simulators.stop()
            await self._let_brokers_go()

    async def _start(self) -> None:
        if self._opened is None or self.engine.state in ("starting", "running"):
            return
        self._say_busy(self.tr("Starting the bridge"))
        self._has_restarted = False
        opened = await self._file.read_again()
        if opened is not None:
            opened.check_runnable()
            await self._running.start(opened)

    async def _restart(self) -> None:
        """Start what ran again after its death; devices have gone on meanwhile.

        What the file holds by now, and was not applied, goes on to wait for that.
        """
        if self._opened is not None and self.engine.state == "died":
            await self._running.start_again(self._opened.environment.sandbox)

    async def _stop(self, *, forget_session: bool = False) -> None:
        self._applying.end_waiting()
        ran = self.running
        await self.simulators.stop()
        await self.engine.stop(forget_session=forget_session)
        if ran is not None and self.snapshot is not None:
            self._tell_what_is_left(
                *left_behind(self.snapshot, ran, forgets_sessions=forget_session)
            )

    async def _reload(self) -> None:
        """Take over the file as it is now."""
        is_running = self.engine.state in ("starting", "running")
        opened = await self._file.read_again()
        if opened is not None and is_running:
            await self._running.take_over(opened, 0.0)
            self.tookOver.emit()

    # What comes from below

    @Slot(int, int)
    def _tell_applied(self, count: int, left: int) -> None:
        self.tookOver.emit()
        self.applied.emit(count, left)

    @Slot(object, object)
    def _take_version(self, before: Opened, now: Opened) -> None:
        self.simulators.take_over(before, now)
        self.workspaceChanged.emit()

    @Slot(object)
    def _take_snapshot(self, snapshot: Snapshot) -> None:
        self.snapshot = snapshot
        if snapshot.state == "draining" or self.engine.state == "draining":
            self._say_busy(stopping_text(snapshot))
        elif self._applying.waits:
            self._say_busy(applying_text(snapshot, waits=True))
        if not self._is_closing:
            self._running.take_snapshot(snapshot)
        self.snapshotTaken.emit(snapshot)

    @Slot(object)
    def _take_event(self, event: object) -> None:
        self.eventReceived.emit(event)
        if isinstance(event, MessageSample):
            self.messageSampled.emit(event)
        elif isinstance(event, RecordSettled):
            self.recordSettled.emit(event)

    @Slot(str)
    def _take_state(self, state: str) -> None:
        if state == "running" and self._opened is not None and not self._is_closing:
            self._running.start_simulators(self._opened)
        if state == "draining":
            self._say_busy(stopping_text(self.snapshot))
        self.stateChanged.emit(state)

    @Slot(str)
    def _take_death(self, words: str) -> None:
        """Start a dead engine again, once; a second death waits for the user."""
        starts_again = not self._has_restarted and not self._is_closing
        self._has_restarted = True
        self.engineDied.emit(words, starts_again)
        if starts_again:
            self._command(self._restart(), "start the engine again")
        elif not self._is_closing:
            self.tasks.start(self.simulators.stop(), "stop the simulators")

    @Slot()
    def _tell_lost_brokers(self) -> None:
        self.failed.emit(
            self.tr("The embedded brokers have ended; their messages and records are gone."),
            self.tr("Stop and start the bridge to get new ones."),
        )

    def _tell_what_is_left(self, text: str, hint: str) -> None:
        if text:
            self.logLine.emit(f"{text} {hint}")
            self.failed.emit(text, hint)

    def _task_failed(self, name: str, error: Exception) -> None:
        if isinstance(error, AppError):
            self.failed.emit(error.message, error.hint)
        else:
            log.error("%s failed", name, exc_info=error)
            self.faulted.emit(error)

    def _say_busy(self, text: str) -> None:
        if text != self._busy:
            self._busy = text
            self.busyChanged.emit(text)
