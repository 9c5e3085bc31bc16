"""Tasks on the window's loop: named, watched, and ended with the window."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Coroutine
from typing import Any

from PySide6.QtCore import QObject
from shiboken6 import isValid

log = logging.getLogger("gui")


class Tasks:
    """Starts coroutines so that none fails in silence or outlives the window.

    Belongs to the loop's thread; the loop must be running when a task is started, as it is in
    every slot of a running application.
    """

    def __init__(self, on_failure: Callable[[str, Exception], None]) -> None:
        """Take who is told of failures: the task's name and what it raised."""
        self._on_failure = on_failure
        self._running: set[asyncio.Task[Any]] = set()
        self._is_over = False

    @property
    def is_over(self) -> bool:
        """Whether the window is about to close: timers start no new tasks then."""
        return self._is_over

    @property
    def names(self) -> list[str]:
        """What runs now, by name."""
        return sorted(task.get_name() for task in self._running)

    def start(
        self, coroutine: Coroutine[Any, Any, Any], name: str, *, owner: QObject | None = None
    ) -> asyncio.Task[Any]:
        """Run a coroutine as a task of this name; while the window closes, none begins.

        Args:
            coroutine: What is to be done.
            name: What failures and listings call it.
            owner: Whom it works for: the task is cancelled with it, so that nothing after an
                `await` touches an object that is gone. Without one it goes on to its end.
        """
        task = asyncio.get_running_loop().create_task(coroutine, name=name)
        self._running.add(task)
        task.add_done_callback(self._done)
        if self._is_over:
            task.cancel()
        elif owner is not None:
            _bind(task, owner)
        return task

    async def cancel(self) -> None:
        """End everything that still runs, except the task that asks for it; the window closes."""
        self._is_over = True
        running = [task for task in self._running if task is not asyncio.current_task()]
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)

    def _done(self, task: asyncio.Task[Any]) -> None:
        self._running.discard(task)
        error = None if task.cancelled() else task.exception()
        if isinstance(error, Exception):
            self._on_failure(task.get_name(), error)


def _bind(task: asyncio.Task[Any], owner: QObject) -> None:
    """End a task with its owner; a task that is done leaves nothing behind at the owner."""
    bond = owner.destroyed.connect(lambda: task.cancel())

    def loose(_: object) -> None:
        if isValid(owner):
            owner.disconnect(bond)

    task.add_done_callback(loose)
