"""Running a workspace on embedded brokers inside one command."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from core.errors import ConnectFailed
from core.kafka.admin import Admin
from core.kafka.tail import Start, Tail

if TYPE_CHECKING:
    from core.bridge.engine import Engine
    from core.workspace.environment import Environment
    from core.workspace.kafka import KafkaConnector

_READY_TIMEOUT_S: Final = 15.0
_POLL_S: Final = 0.02


def new_topic_tail(connector: KafkaConnector, environment: Environment, topic: str) -> Tail:
    """Create a topic, which must not be there yet, and read it. Blocks."""
    Admin(connector, environment).create_topic(topic)
    return Tail(connector, environment, topic, start=Start("beginning"))


async def until(condition: Callable[[], bool], timeout_s: float) -> None:
    """Wait for a state that other threads bring about; return when it is there or time is up."""
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(timeout_s):
            while not condition():  # noqa: ASYNC110 - threads own the state and tell no event
                await asyncio.sleep(_POLL_S)


async def start_engine(engine: Engine) -> None:
    """Start an engine and wait until every source is subscribed.

    Raises:
        ConfigError: The workspace cannot be run.
        ConnectFailed: A source did not get that far.
    """
    await engine.start()
    await until(lambda: engine.state == "running" or bool(engine.failures), _READY_TIMEOUT_S)
    if engine.state == "running":
        return
    reasons = [f"{name}: {text}" for name, text in engine.failures.items()] or [
        f"{name}: {source.status}, {source.status_reason}"
        for name, source in engine.snapshot().sources.items()
    ]
    await engine.stop(0)
    raise ConnectFailed(
        f"The engine is not ready: {'; '.join(reasons)}",
        connector="sandbox",
        hint="Run `sluicegate self-check` to see what does not work here.",
    )
