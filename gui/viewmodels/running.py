"""Which version of a file the engine works on, beside what is saved, and how it takes another."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

from core.bridge.metrics import Snapshot, SourceStats
from core.workspace.environment import SandboxAddresses
from core.workspace.lab import Simulator
from core.workspace.load import Loaded
from core.workspace.model import Workspace
from gui.engine_client import EngineClient
from gui.opening import Opened, holds
from gui.viewmodels.simulators import Simulators, with_bridge


class Running:
    """Starts the engine on a file and has it take over later versions, with its simulators.

    Belongs to the loop's thread. Whoever calls sees to it that nothing overlaps.
    """

    def __init__(self, engine: EngineClient, simulators: Simulators) -> None:
        """Take the engine, on which nothing runs yet, and the simulators that go with it."""
        self._engine, self._simulators = engine, simulators
        self._opened: Opened | None = None
        self._names: Mapping[str, str] = {}
        self._names_later: Mapping[str, str] = {}  # once a version is taken over that waits for it
        self._begun: set[str] = set()  # simulators that did not wait for all sources

    @property
    def file(self) -> Loaded | None:
        """The file as the running engine has it; None when none runs."""
        if self._opened is None or self._engine.state not in ("starting", "running"):
            return None
        return self._opened.loaded

    @property
    def workspace(self) -> Workspace | None:
        """What messages go by, also while the last are delivered; None when nothing runs."""
        if self._opened is None or self._engine.state not in ("starting", "running", "draining"):
            return None
        return self._opened.loaded.partial

    @property
    def names(self) -> Mapping[str, str]:
        """What the file calls otherwise by now: the engine's names by key, as `rule:hot`."""
        return self._names

    def follow(self, key: str, now: str) -> None:
        """Note that the file has an object under another key, which the engine does not know."""
        self._names = _followed(self._names, key, now)
        self._names_later = _followed(self._names_later, key, now)

    async def start(self, opened: Opened) -> None:
        """Start the engine."""
        self._opened, self._names, self._begun = opened, {}, set()
        await self._engine.start(opened.loaded.path, opened.environment.sandbox)

    async def start_again(self, sandbox: SandboxAddresses | None) -> None:
        """Start the engine on what it ran before, whatever the file holds by now.

        Args:
            sandbox: The embedded brokers, where others run by now.
        """
        if self._opened is None:
            return
        self._begun = set()
        if sandbox is not None:
            self._opened = self._opened.on(sandbox)
        addresses = self._opened.environment.sandbox
        path, text = self._opened.loaded.path, self._opened.loaded.text
        is_same = await asyncio.to_thread(holds, path, text)
        await self._engine.start(path, addresses, text=None if is_same else text)

    def start_simulators(self, opened: Opened) -> None:
        """Start those that run with the bridge, now that every source has subscribed.

        One that was started before that stays as the user has left it.
        """
        self._simulators.start_all(opened, self._begun)
        self._begun = set()

    def take_snapshot(self, snapshot: Snapshot) -> None:
        """Start simulators that would wait for a source which does not concern them."""
        if self._opened is None or snapshot.state != "starting":
            return
        for name, simulator in with_bridge(self._opened).items():
            if name not in self._begun and _need_not_wait(simulator, snapshot):
                self._begun.add(name)
                self._simulators.start(name, self._opened)

    async def take_over(self, opened: Opened, drain_s: float) -> int:
        """Have the engine work on another version.

        Args:
            opened: That version.
            drain_s: How long what is in flight may finish under the version before.

        Returns:
            How many records were in flight then.

        Raises:
            AppError: It cannot run, or the engine did not take it.
        """
        opened.check_runnable()
        left, self._names_later = 0, {}
        before = self._opened
        if before is None or opened.environment.sandbox != before.environment.sandbox:
            await self._engine.stop()  # the brokers are others now: it knows them from its start
            await self.start(opened)
        else:
            left = await self._engine.reload(drain_s=drain_s)
            self._opened, self._names = opened, self._names_later
        if self._engine.state == "running":
            self._simulators.start_all(opened)
        return left


def _need_not_wait(simulator: Simulator, snapshot: Snapshot) -> bool:
    """Tell whether a source is refused, but none that a simulator's messages may be meant for.

    What no rule reads has nothing to wait for but the other sources, as far as those get.
    """
    sources = snapshot.sources
    refused = {name for name, source in sources.items() if _is_refused(source)}
    own = sources.get(simulator.connector)
    if own is not None:
        return bool(refused) and own.status == "connected"
    waiting = [n for n, s in sources.items() if n not in refused and s.status == "connecting"]
    return bool(refused) and not waiting


def _is_refused(source: SourceStats) -> bool:
    is_trying = source.status == "connecting" and bool(source.status_reason)
    return is_trying or source.status in ("disconnected", "failed")


def _followed(names: Mapping[str, str], key: str, now: str) -> Mapping[str, str]:
    """Add one more renaming; what has its name of before again has none."""
    found = dict(names)
    name = found.pop(key, key.partition(":")[2])
    if name != now.partition(":")[2]:
        found[now] = name
    return found
