"""Small parts under the engine client: watched tasks, bounded lines."""

from __future__ import annotations

import asyncio
import gc
import weakref

from PySide6.QtCore import QObject
from pytestqt.qtbot import QtBot
from shiboken6 import delete

from gui.line_backlog import MOST_LINE_BYTES, LineBacklog
from gui.tasks import Tasks

from .conftest import Run


def drain(backlog: LineBacklog) -> list[bytes]:
    return [backlog.pop() for _ in range(len(backlog))]


def test_lines_are_found_wherever_the_stream_is_cut():
    text = b"one\ntwo\n\nthree\nfour"
    for cut in range(len(text)):
        backlog = LineBacklog(())
        backlog.add(text[:cut])
        backlog.add(text[cut:])
        assert drain(backlog) == [b"one", b"two", b"three"]
        backlog.end()
        assert drain(backlog) == [b"four"]


def test_under_load_only_vital_lines_are_kept_and_the_others_counted():
    backlog = LineBacklog((b"vital",), most=3)
    backlog.add(b"a\nb\nc\nd\nvital 1\ne\nvital 2\n")
    assert drain(backlog) == [b"a", b"b", b"c", b"vital 1", b"vital 2"]
    assert backlog.skipped == 2
    backlog.add(b"f\n")
    assert drain(backlog) == [b"f"]


def test_a_line_without_an_end_takes_no_endless_memory():
    backlog = LineBacklog(())
    for _ in range(3):
        backlog.add(b"x" * MOST_LINE_BYTES)
    backlog.add(b"\nnext\n")
    long, following = drain(backlog)
    assert len(long) <= MOST_LINE_BYTES + 1_000
    assert following == b"next"


def test_failures_are_told_with_the_name_of_the_task(run: Run):
    told: list[tuple[str, str]] = []
    tasks = Tasks(lambda name, error: told.append((name, str(error))))

    async def fail() -> None:
        raise LookupError("gone")

    async def scenario() -> None:
        await asyncio.gather(tasks.start(fail(), "look it up"), return_exceptions=True)

    run(scenario())
    assert told == [("look it up", "gone")]


def test_cancel_ends_all_but_the_task_that_asks(run: Run):
    told: list[str] = []
    tasks = Tasks(lambda name, _: told.append(name))

    async def forever() -> None:
        await asyncio.Event().wait()

    async def end() -> str:
        await tasks.cancel()
        return "done"

    async def scenario() -> str:
        tasks.start(forever(), "forever")
        asking = tasks.start(end(), "asking")
        return await asking

    assert run(scenario()) == "done"
    assert tasks.names == []
    assert told == []


def test_no_task_begins_while_the_window_closes(run: Run):
    tasks = Tasks(lambda _name, _error: None)
    begun: list[str] = []

    async def begin() -> None:
        begun.append("begun")

    async def scenario() -> None:
        await tasks.cancel()
        await asyncio.gather(tasks.start(begin(), "late"), return_exceptions=True)

    run(scenario())
    assert begun == []
    assert tasks.names == []


def test_a_task_ends_with_the_object_that_it_works_for(run: Run):
    told: list[str] = []
    tasks = Tasks(lambda name, error: told.append(f"{name}: {error}"))
    owner = QObject()

    async def look(answer: asyncio.Event) -> None:
        await answer.wait()
        owner.setObjectName("found")

    async def scenario() -> bool:
        answer = asyncio.Event()
        task = tasks.start(look(answer), "look", owner=owner)
        await asyncio.sleep(0)  # it waits for its answer, which comes while the owner goes
        answer.set()
        delete(owner)
        await asyncio.gather(task, return_exceptions=True)
        return task.cancelled()

    assert run(scenario())
    assert told == []


def test_a_task_that_is_done_is_not_kept_by_its_owner(run: Run, qtbot: QtBot):
    tasks = Tasks(lambda _name, _error: None)
    owner = QObject()

    async def look() -> str:
        return "found"

    async def scenario() -> weakref.ref[asyncio.Task[str]]:
        task = tasks.start(look(), "look", owner=owner)
        assert await task == "found"
        return weakref.ref(task)

    kept = run(scenario())

    def is_gone() -> bool:
        gc.collect()
        return kept() is None

    qtbot.waitUntil(is_gone)
    assert owner.objectName() == ""
