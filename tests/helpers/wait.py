"""Wait on a state instead of sleeping."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable

POLL_S = 0.02

PATIENCE_S = 25.0
"""How long to wait for what must come, where no limit is promised: a loaded machine is no failure.

Below pytest-timeout's limit, so that the test says what did not come.
"""


def eventually(
    predicate: Callable[[], object],
    timeout: float = PATIENCE_S,
    message: str | Callable[[], str] = "",
) -> object:
    """Poll a state until it is truthy and return it; fail with the last value seen.

    Args:
        predicate: Reads the state; must not block for long.
        timeout: Seconds.
        message: Added to the failure; called at that moment when it is a function.
    """
    deadline = time.monotonic() + timeout
    pause = threading.Event()
    while True:
        state = predicate()
        if state:
            return state
        if time.monotonic() >= deadline:
            raise AssertionError(_failure(state, timeout, message))
        pause.wait(POLL_S)


async def aeventually(
    predicate: Callable[[], object],
    timeout: float = PATIENCE_S,  # noqa: ASYNC109 - same shape as `eventually`
    message: str | Callable[[], str] = "",
) -> object:
    """`eventually` for tests on an event loop."""
    deadline = time.monotonic() + timeout
    while True:
        state = predicate()
        if state:
            return state
        if time.monotonic() >= deadline:
            raise AssertionError(_failure(state, timeout, message))
        await asyncio.sleep(POLL_S)


def _failure(state: object, timeout: float, message: str | Callable[[], str]) -> str:
    text = message() if callable(message) else message
    return f"not within {timeout} s; last state {state!r}. {text}"
