"""The engine: starts, reloads, observes and stops the pipelines of one workspace.

A plain asyncio object, so that any loop can host it. The work itself happens in the pipelines'
threads; this side only asks them and merges their snapshots.
"""

from __future__ import annotations

import asyncio
import itertools
import logging
import threading
from collections.abc import Callable, Coroutine
from typing import TYPE_CHECKING, Any, Final

from core.bridge.events import EngineEvent, Notice, StatusChanged
from core.bridge.messages import DRAIN_S
from core.bridge.metrics import ConnectorStats, EngineState, Snapshot
from core.bridge.pipeline import Pipeline, PipelineCounters, TakenOver
from core.bridge.plan import SourcePlan, plan_sources
from core.bridge.summary import PipelineSnapshot, Summary
from core.bridge.summary import ended as kept
from core.clock import SystemClock
from core.errors import AppError

if TYPE_CHECKING:
    from core.clock import Clock
    from core.sql.functions.identity import Identity
    from core.sql.values import Value
    from core.workspace.environment import Environment
    from core.workspace.model import Workspace

log = logging.getLogger("core.bridge")

_END_S: Final = 5.0
_UNTOLD: Final = ConnectorStats("stopped", "")


class Engine:
    """Runs a workspace. Its methods belong to one event loop; `snapshot` to any thread."""

    def __init__(
        self,
        workspace: Workspace,
        environment: Environment,
        *,
        only_rules: frozenset[str] | None = None,
        clock: Clock | None = None,
        on_event: Callable[[EngineEvent], None] | None = None,
    ) -> None:
        """Prepare; nothing connects before `start`.

        Args:
            workspace: Free of errors.
            environment: Folders, secrets, embedded brokers.
            only_rules: Run just these; None for all enabled ones.
            clock: Time; the machine's own by default.
            on_event: Takes events, on the engine's loop.

        Raises:
            ConfigError: A rule does not compile or a name leads nowhere.
        """
        self._workspace = workspace
        self._environment = environment
        self._only_rules = only_rules
        self._clock = clock or SystemClock()
        self._on_event = on_event or _ignore
        self._plans = plan_sources(workspace, only_rules)
        self._sample_ids = itertools.count(1)
        self._store: dict[Identity, Value] = {}
        self._counters: dict[str, PipelineCounters] = {}
        self._pipelines: dict[str, Pipeline] = {}
        self._ending: dict[str, Pipeline] = {}
        self._ended: dict[str, PipelineSnapshot] = {}
        self._snapshot_lock = threading.Lock()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._started_s = self._clock.monotonic_s()
        self._state: EngineState = "stopped"
        self._summary = Summary(self._clock)
        self._told: dict[str, ConnectorStats] = {}  # of Kafka; sources tell of themselves
        self._changing = asyncio.Lock()

    @property
    def state(self) -> EngineState:
        """`starting` until every source has had its subscriptions answered."""
        if self._state == "starting" and all(p.is_ready for p in self._pipelines.values()):
            self._state = "running"
        return self._state

    @property
    def environment(self) -> Environment:
        """The surroundings of the workspace that runs now."""
        return self._environment

    @property
    def failures(self) -> dict[str, str]:
        """The pipelines that ended on an error, with the reason."""
        return {name: p.failure for name, p in self._pipelines.items() if p.failure}

    async def start(self) -> None:
        """Start every pipeline and return at once; `state` tells when all are subscribed.

        Raises:
            ConfigError: An option of a source or a producer cannot be realised.
        """
        self._loop = asyncio.get_running_loop()
        self._started_s = self._clock.monotonic_s()
        pipelines = {name: self._pipeline(plan) for name, plan in self._plans.items()}
        self._state = "starting"
        self._pipelines = pipelines
        for pipeline in pipelines.values():
            pipeline.start()

    async def stop(self, drain_s: float = DRAIN_S, *, forget_session: bool = False) -> Snapshot:
        """Stop reading, deliver what is in flight, disconnect; returns the last snapshot.

        Args:
            drain_s: How long to wait for deliveries, in seconds.
            forget_session: Have the brokers drop the sessions.
        """
        self._state = "draining"
        for pipeline in self._pipelines.values():
            pipeline.stop(drain_s, forget_session=forget_session)
        async with self._changing:  # a change that waited has given up, and starts nothing now
            await self._join(self._pipelines, drain_s)
        self._state = "stopped"
        return self.snapshot(final=True)

    async def reload(
        self, workspace: Workspace, environment: Environment | None = None, *, drain_s: float = 0.0
    ) -> int:
        """Take over a changed workspace: between two messages, where the connector is the same.

        Args:
            workspace: Free of errors.
            environment: Its surroundings; those of before by default.
            drain_s: Let what is in flight finish under the old version first, at most so long, in
                seconds; messages that arrive meanwhile are kept for the new one. With 0 what is in
                flight finishes beside the new version, so that records may change places.

        Returns:
            How many records were in flight at the takeover.

        Raises:
            ConfigError: The new workspace cannot be run; the old one goes on.
            AppError: The sources that the hint names go on as before, or the engine was stopped
                first.
        """
        plans = plan_sources(workspace, self._only_rules)
        if not drain_s:
            self.hurry()
        async with self._changing:
            if self._state == "draining":
                raise _stopped()
            return await self._take_over(workspace, environment, plans, drain_s)

    def hurry(self) -> None:
        """Have a change that waits for what is in flight be taken over now."""
        for pipeline in self._pipelines.values():
            pipeline.hurry()

    def snapshot(self, *, final: bool = False) -> Snapshot:
        """Merge the pipelines' last snapshots into one value, and check it. Any thread."""
        with self._snapshot_lock:
            made = self._summary.snapshot(
                self._workspace,
                [
                    *self._ended.values(),
                    *(kept(pipeline.latest) for pipeline in self._ending.values()),
                    *(pipeline.latest for pipeline in self._pipelines.values()),
                ],
                state=self.state,
                final=final,
                uptime_s=self._clock.monotonic_s() - self._started_s,
            )
            self._tell_of_clusters(made)
            return made

    def _tell_of_clusters(self, made: Snapshot) -> None:
        """Tell what has changed with Kafka connectors, each of which several pipelines share."""
        for name in self._workspace.connectors.kafka:
            now, before = made.connectors[name], self._told.get(name, _UNTOLD)
            is_up = now.status == before.status == "connected"
            if now != before and not is_up:  # what slows a cluster down comes and goes
                self._tell(StatusChanged("connector", name, now.status, now.status_reason))
            self._told[name] = now

    def _pipeline(self, plan: SourcePlan) -> Pipeline:
        counters = self._counters.setdefault(plan.connector.name, PipelineCounters())
        return Pipeline(
            plan,
            self._environment,
            self._clock,
            self._store,
            self._sample_ids,
            counters,
            self._tell,
        )

    async def _take_over(
        self,
        workspace: Workspace,
        environment: Environment | None,
        plans: dict[str, SourcePlan],
        drain_s: float,
    ) -> int:
        old, self._plans = self._plans, plans
        self._environment = environment or self._environment
        if self._state == "stopped":  # it will start with this
            self._workspace = workspace
            return 0
        self._ending = {
            name: self._pipelines.pop(name)
            for name, pipeline in list(self._pipelines.items())
            if not (pipeline.is_alive and _same_client(old[name], plans.get(name)))
        }
        changing = {name: self._ask(name, plans[name], drain_s) for name in self._pipelines}
        for pipeline in self._ending.values():
            pipeline.stop(DRAIN_S)
        outcomes = {name: await outcome for name, outcome in changing.items()}
        self._workspace = workspace
        await self._join(self._ending, DRAIN_S)
        self._ended |= {name: kept(pipeline.latest) for name, pipeline in self._ending.items()}
        self._ending = {}
        if self._state == "draining":
            raise _stopped()
        for name, plan in plans.items():
            if name not in self._pipelines:
                self._pipelines[name] = self._pipeline(plan)
                self._ended.pop(name, None)
                self._pipelines[name].start()
        return self._result(outcomes)

    def _ask(self, name: str, plan: SourcePlan, drain_s: float) -> Coroutine[Any, Any, TakenOver]:
        """Have a pipeline take over a plan; its answer comes in any case."""
        loop = asyncio.get_running_loop()
        answer: asyncio.Future[TakenOver] = loop.create_future()

        def settle(outcome: TakenOver) -> None:
            if not answer.done():
                answer.set_result(outcome)

        def done(outcome: TakenOver) -> None:
            if not loop.is_closed():
                loop.call_soon_threadsafe(settle, outcome)

        self._pipelines[name].reload(plan, drain_s, done)
        return _answer(name, answer, drain_s + _END_S)

    def _result(self, outcomes: dict[str, TakenOver]) -> int:
        errors = {name: each.error for name, each in outcomes.items() if each.error is not None}
        if errors:
            first = next(iter(errors.values()))
            names = ", ".join(errors)
            raise AppError(first.message, hint=f"{first.hint} As before: {names}.".strip())
        return sum(each.left for each in outcomes.values())

    async def _join(self, pipelines: dict[str, Pipeline], drain_s: float) -> None:
        """Wait for threads to end, without blocking the loop."""
        for name, pipeline in pipelines.items():
            if not await asyncio.to_thread(pipeline.join, drain_s + _END_S):
                self._on_event(
                    Notice(level="error", text=f"Source {name} did not end in time; left behind.")
                )

    def _tell(self, event: EngineEvent) -> None:
        """Pass an event from a pipeline's thread to the loop."""
        loop = self._loop
        if loop is not None and not loop.is_closed():
            loop.call_soon_threadsafe(self._on_event, event)


def _same_client(old: SourcePlan, new: SourcePlan | None) -> bool:
    return new is not None and (old.connector, old.client_id) == (new.connector, new.client_id)


async def _answer(name: str, answer: asyncio.Future[TakenOver], limit_s: float) -> TakenOver:
    try:
        async with asyncio.timeout(limit_s):
            return await answer
    except TimeoutError:
        text = f"Source {name} did not take the changes over in time."
        return TakenOver(error=AppError(text, hint="Stop and start the bridge."))


def _stopped() -> AppError:
    return AppError(
        "The changes were not taken over: the engine was stopped first.",
        hint="They are in the file, and count from the next start.",
    )


def _ignore(_event: EngineEvent) -> None:
    return
