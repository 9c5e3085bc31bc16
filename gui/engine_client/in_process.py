"""The engine on the window's own loop."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Slot

from core.bridge.messages import SNAPSHOT_EVERY_S
from core.errors import AppError, NotConnected
from core.workspace.environment import SandboxAddresses
from gui.engine_client.interface import EngineClient
from gui.opening import open_file

if TYPE_CHECKING:
    from core.bridge.engine import Engine


class InProcessEngine(EngineClient):
    """The same engine object on the window's own loop."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._engine: Engine | None = None
        self._ending: asyncio.Future[None] | None = None
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
        """Drain, disconnect and let go of the engine; one that ends already is waited for.

        Whoever waits no longer leaves it to end by itself, and closing waits for that.
        """
        engine, self._engine = self._engine, None
        if engine is not None:
            self._ticker.stop()
            self._set_state("draining")
            self._ending = asyncio.ensure_future(self._end(engine, forget_session))
        if self._ending is not None:
            await asyncio.shield(self._ending)

    async def _end(self, engine: Engine, forget_session: bool) -> None:
        try:
            self._take_snapshot(await engine.stop(forget_session=forget_session))
        finally:
            self._ending = None

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
