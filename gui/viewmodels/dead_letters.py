"""The dead letters of one action: the list, what is checked in it, and what is done with them."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

from PySide6.QtCore import QObject, QTimer, Signal, Slot
from shiboken6 import isValid

from core.bridge.letterbox import LetterBox
from core.bridge.letters import LetterHead, Place, Shelf, letters_path
from core.bridge.redelivery import Fate
from core.errors import AppError
from core.files import write_file
from gui.viewmodels.dead_letter import LetterDetail
from gui.viewmodels.letter_job import LetterJob, Way, Where
from gui.viewmodels.letter_model import LetterModel
from gui.viewmodels.live import Live
from gui.viewmodels.loss_words import title
from gui.viewmodels.words import byte_size, number, plural, sentences, tr

_LOOK_MS: Final = 1_000
_UNDO_S: Final = 15.0
_SAME_START_MS: Final = 2_000


class DeadLetters(QObject):
    """Reads while it is watched; the engine goes on writing. Belongs to the loop's thread.

    Attributes:
        action: Whose letters these are.
        model: The list.
        detail: The letter that is looked at.
        shelf: What was read last.
        job: What is being done; None for nothing.

    Signals:
        shelfChanged: Letters have come or gone, or cannot be read.
        currentChanged: Another letter is looked at.
        jobChanged: Something has begun, gone on or ended.
        told: How a job went, and whether all went well.
        deleted: How many letters were deleted; `undo_delete` puts them back.
        failed: What could not be done, and what to do next.
    """

    shelfChanged = Signal()
    currentChanged = Signal()
    jobChanged = Signal()
    told = Signal(str, bool)
    deleted = Signal(int)
    failed = Signal(str, str)

    def __init__(self, live: Live, action: str, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.live, self.action = live, action
        self._session = live.session
        self.shelf: Shelf | None = None
        self.trouble = ""
        self.job: LetterJob | None = None
        self.model = LetterModel(self)
        self.detail = LetterDetail(live, self._where, self)
        self._box: LetterBox | None = None
        self._turn = asyncio.Lock()
        self._is_reading = False
        self._started_ms: int | None = None
        self._deleted: tuple[list[Place], asyncio.Task[None]] | None = None
        self._gone: set[Place] = set()
        self._look = QTimer(self)
        self._look.setInterval(_LOOK_MS)
        self._look.timeout.connect(self.look)
        live.workspaceChanged.connect(self.shelfChanged)
        live.changed.connect(self._take_start)
        self._take_start()

    # What there is

    @property
    def rules(self) -> list[str]:
        """The rules that call the action."""
        return list(self.live.users(self.action))

    @property
    def summary(self) -> str:
        """Say whose letters these are, how many, and where they are kept."""
        rules = self.rules
        whose = tr("of {action} in {rule}.") if len(rules) == 1 else tr("of {action}.")
        said = [whose.format(action=self.action, rule=rules[0] if rules else "")]
        if self.shelf is not None:
            heads = self.shelf.heads
            count = len(heads) + self.shelf.left_out
            messages = plural("%n message", "%n messages", count)
            size = byte_size(sum(head.size for head in heads))
            kept = tr("{messages}, {size}, kept in a file")
            said.append(kept.format(messages=messages, size=size))
        return " ".join(said)

    @property
    def verdict(self) -> str:
        """Say how many are new, and what becomes of them."""
        return self._verdict(tr("A message leaves this list once it is delivered."))

    @property
    def short_verdict(self) -> str:
        """Say how many are new."""
        return self._verdict("")

    def _verdict(self, explanation: str) -> str:
        shelf = self.shelf
        if self.trouble or shelf is None:
            return self.trouble
        if not shelf.heads:
            return tr("Nothing was put aside.")
        new = sum(head.time_ms >= (self._started_ms or 0) for head in shelf.heads)
        older = len(shelf.heads) + shelf.left_out - new
        said = [explanation]
        if self._started_ms is not None:
            counts = tr("{new} since start, {older} older.")
            said.insert(0, counts.format(new=number(new), older=number(older)))
        if shelf.left_out:
            said.append(
                tr("Only the newest {count} are shown.").format(count=number(len(shelf.heads)))
            )
        if shelf.damaged:
            said.append(plural("%n line is damaged.", "%n lines are damaged.", shelf.damaged))
        return " ".join(part for part in said if part)

    @property
    def reasons(self) -> list[tuple[str, str]]:
        """The kinds of reasons to choose from, with their names."""
        return [(kind, title(kind)) for kind in self.model.kinds]

    @property
    def checked_texts(self) -> tuple[str, str]:
        """Say how many of the letters are checked, in words and shorter."""
        figures = {"count": number(len(self.model.checked)), "all": number(len(self.model.shown))}
        wordings = tr("{count} of {all} selected"), tr("{count} of {all}")
        return wordings[0].format(**figures), wordings[1].format(**figures)

    @property
    def checked_size(self) -> str:
        """Say how large they are."""
        return byte_size(sum(head.size for head in self.model.checked))

    @property
    def job_text(self) -> str:
        """Say how far a job is; empty when there is none."""
        if self.job is None:
            return ""
        return tr("Delivering {done} of {all}").format(
            done=number(self.job.done), all=number(len(self.job.heads))
        )

    @property
    def is_reachable(self) -> bool:
        """Whether something can be sent now: nothing else is being sent."""
        return self.job is None

    # Reading

    def watch(self, is_watched: bool) -> None:
        """Read again and again while somebody looks, and not otherwise."""
        if is_watched:
            self._look.start()
            self.look()
        else:
            self._look.stop()

    @Slot()
    def look(self) -> None:
        """Read what has come."""
        if not (self._is_reading or self._session.tasks.is_over):
            self._is_reading = True
            self._session.tasks.start(self._read(), "read the dead letters", owner=self)

    async def _read(self, *, again: bool = False) -> None:
        try:
            async with self._turn:
                if self._box is None:
                    environment = self._session.environment
                    if environment is None:
                        return
                    self._box = LetterBox(letters_path(environment.state_dir, self.action))
                    await asyncio.to_thread(self._box.tidy)
                shelf, trouble = await asyncio.to_thread(self._box.read, again=again), ""
        except AppError as exc:
            shelf, trouble = self.shelf, sentences(exc.message, exc.hint)
        finally:
            self._is_reading = False
        if isValid(self):
            self._take(shelf, trouble)

    def _take(self, shelf: Shelf | None, trouble: str = "") -> None:
        if shelf is not None and self._gone:  # it may have been read before they went
            self._gone &= {head.place for head in shelf.heads}
            heads = tuple(head for head in shelf.heads if head.place not in self._gone)
            shelf = Shelf(heads, shelf.left_out, shelf.damaged)
        if shelf == self.shelf and trouble == self.trouble:
            return
        self.shelf, self.trouble = shelf, trouble
        self.live.letters.look()
        self._show()

    def _show(self) -> None:
        place = self.detail.place
        before = self.model.row_of(place) if place is not None else -1
        after = self.model.neighbour_of(before) if before >= 0 else None
        self.model.show(self.shelf.heads if self.shelf is not None else (), self._started_ms)
        if place is not None and self.model.row_of(place) < 0:
            self.choose(after if after is not None and self.model.row_of(after) >= 0 else None)
        if self.detail.place is None and self.model.shown:
            self.choose(self.model.shown[0].place)
        self.shelfChanged.emit()

    @Slot()
    def _take_start(self) -> None:
        """Take note of when the bridge was started."""
        snapshot = self.live.snapshot
        started_ms = None
        if self.live.is_running and snapshot is not None:
            started_ms = round(time.time() * 1_000 - snapshot.uptime_s * 1_000)
        before = self._started_ms
        if started_ms is not None and before is not None:
            if abs(started_ms - before) < _SAME_START_MS:
                return
        elif started_ms == before:
            return
        self._started_ms = started_ms
        self._show()

    # What the user does

    def choose(self, place: Place | None) -> None:
        """Look at a letter."""
        if place == self.detail.place:
            return
        head = self.model.head_at(self.model.row_of(place)) if place is not None else None
        self.detail.show(head)
        self.currentChanged.emit()

    def deliver(self, way: Way, heads: Sequence[LetterHead]) -> None:
        """Deliver letters: through the rule, as they were edited, or their stored records."""
        if self.job is not None or not heads:
            return
        self.job = LetterJob(way, tuple(heads), self.detail.edits_of(head.place for head in heads))
        self.jobChanged.emit()
        self._session.tasks.start(self._deliver(self.job), "deliver dead letters")

    def stop(self) -> None:
        """Send no more than what is on its way."""
        if self.job is not None:
            self.job.stop()
            self.jobChanged.emit()

    def delete(self, heads: Sequence[LetterHead]) -> None:
        """Take letters out; it can be undone for a while."""
        if heads:
            places = [head.place for head in heads]
            self._session.tasks.start(self._delete(places), "delete dead letters")

    def undo_delete(self) -> None:
        """Put the letters back that were deleted last."""
        if self._deleted is not None:
            (places, wiping), self._deleted = self._deleted, None
            wiping.cancel()
            self._session.tasks.start(self._restore(places), "put dead letters back")

    def export(self, path: Path, heads: Sequence[LetterHead]) -> None:
        """Write letters as JSON Lines."""
        self._session.tasks.start(self._export(path, list(heads)), "export dead letters")

    # How it is done

    def _where(self) -> Where | None:
        environment = self._session.environment
        if environment is None:
            return None
        path = letters_path(environment.state_dir, self.action)
        return Where(path, self.live.workspace, environment, self.action)

    async def _deliver(self, job: LetterJob) -> None:
        where = self._where()
        try:
            if where is not None:
                await job.run(where, self._take_fates)
        except AppError as exc:
            self._fail(exc.message, exc.hint)
            return
        finally:
            if isValid(self):
                self.job = None
                self.jobChanged.emit()
        if isValid(self):
            is_good = job.delivered == len(job.heads)
            self.told.emit(job.summary(), is_good)

    def _take_fates(self, fates: list[Fate]) -> None:
        """Take delivered letters out of the list; the others tell why they are still in it."""
        if not isValid(self):
            return
        self.detail.take_fates(fates)
        gone = [fate.place for fate in fates if fate.is_delivered or fate.is_gone]
        self._forget(gone)
        self.jobChanged.emit()

    async def _delete(self, places: Sequence[Place]) -> None:
        where = self._where()
        if where is None:
            return
        try:
            done = await asyncio.to_thread(LetterBox(where.path).settle, places)
        except AppError as exc:
            self._fail(exc.message, exc.hint)
            return
        wiping = self._session.tasks.start(_wipe_later(where.path, done), "wipe dead letters")
        if isValid(self):
            self._deleted = done, wiping
            self._forget(places)
            self.deleted.emit(len(done))

    async def _restore(self, places: Sequence[Place]) -> None:
        where = self._where()
        if where is None:
            return
        try:
            back = await asyncio.to_thread(LetterBox(where.path).restore, places)
        except AppError as exc:
            self._fail(exc.message, exc.hint)
            return
        self._gone -= set(back)
        await self._read(again=True)

    def _forget(self, places: Sequence[Place]) -> None:
        """Take letters out of the list that are taken out of the file."""
        if self.shelf is None or not places:
            return
        self._gone |= set(places)
        self._take(self.shelf)
        if not self.shelf.heads and self.shelf.left_out:
            self._session.tasks.start(self._read(again=True), "read older dead letters", owner=self)

    async def _export(self, path: Path, heads: list[LetterHead]) -> None:
        where = self._where()
        if where is None:
            return
        try:
            count = await asyncio.to_thread(_write_lines, where.path, path, heads)
        except AppError as exc:
            self._fail(exc.message, exc.hint)
        except OSError as exc:
            reason = exc.strerror or str(exc)
            text = tr("{file} was not written: {reason}.").format(file=path.name, reason=reason)
            self._fail(text, tr("Choose another folder."))
        else:
            words = plural("%n message written to {file}.", "%n messages written to {file}.", count)
            if isValid(self):
                self.told.emit(words.format(file=path.name), True)

    def _fail(self, text: str, advice: str) -> None:
        """Say what went wrong, as long as the page is there."""
        if isValid(self):
            self.failed.emit(text, advice)


async def _wipe_later(path: Path, places: Sequence[Place]) -> None:
    """Have nothing left of deleted letters once the time to undo it is over.

    Where the window closes before that, it is done when the letters are read again.
    """
    await asyncio.sleep(_UNDO_S)
    await asyncio.to_thread(LetterBox(path).wipe, places)


def _write_lines(letters: Path, path: Path, heads: list[LetterHead]) -> int:
    """Write letters as they lie in their file, oldest first; returns how many were there."""
    box = LetterBox(letters)
    count = 0

    def lines() -> Iterator[bytes]:
        nonlocal count
        for head in sorted(heads, key=lambda head: head.time_ms):
            line = box.line(head.place)
            if line is not None:
                count += 1
                yield line + b"\n"

    write_file(path, lines(), mode=None)
    return count
