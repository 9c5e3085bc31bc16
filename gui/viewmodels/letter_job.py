"""Letters on their second way, in a worker thread: in small chunks, so that it can be stopped."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Literal, TypeAlias

from core.bridge.letterbox import LetterBox
from core.bridge.letters import LetterHead, Place
from core.bridge.redelivery import Fate, Redelivery
from core.bridge.rerun import Rerun
from core.errors import DeliveryFailed
from core.kafka.single import Delivered
from core.workspace.environment import Environment
from core.workspace.model import Workspace
from gui.viewmodels.words import plural, sentences, tr

Way: TypeAlias = Literal["rerun", "send_again"]

_CHUNK: Final = 100
_CHUNK_BYTES: Final = 4 << 20


@dataclass(frozen=True, slots=True)
class Where:
    """What a job works on.

    Attributes:
        path: The letters' file.
        workspace: What counts of rules, action and connector.
        environment: Secrets, certificates, embedded broker.
        action: Its name.
    """

    path: Path
    workspace: Workspace
    environment: Environment
    action: str

    def redelivery(self) -> Redelivery:
        """Make what redelivers; blocks for a moment.

        Raises:
            ConfigError: The action is gone.
        """
        return Redelivery(LetterBox(self.path), self.workspace, self.environment, self.action)


@dataclass(slots=True)
class LetterJob:
    """One command on some letters. Belongs to the loop's thread, but for `_work`.

    Attributes:
        heads: The letters.
        edits: Their payloads, where somebody has edited them.
        done: Letters that have a fate.
        delivered: Of these, those that are delivered now.
        trouble: Why the first of the others is not.
    """

    way: Way
    heads: Sequence[LetterHead]
    edits: Mapping[Place, bytes] = field(default_factory=dict[Place, bytes])
    done: int = 0
    delivered: int = 0
    trouble: str = ""
    _stop: threading.Event = field(default_factory=threading.Event)

    @property
    def is_stopped(self) -> bool:
        """Whether it ends with the chunk it is at."""
        return self._stop.is_set()

    def stop(self) -> None:
        """Send no more than what is on its way."""
        self._stop.set()

    async def run(self, where: Where, tell: Callable[[list[Fate]], None]) -> None:
        """Deliver; `tell` is called in this thread with what became of each chunk.

        Raises:
            AppError: It could not be begun.
        """
        loop = asyncio.get_running_loop()

        def take(fates: list[Fate]) -> None:
            loop.call_soon_threadsafe(self._count, fates, tell)

        try:
            await asyncio.to_thread(self._work, where, take)
        finally:
            self.stop()  # where the window closes, the thread ends with its chunk

    def summary(self) -> str:
        """Say how it went, in a sentence."""
        left = self.done - self.delivered
        said = plural("%n message delivered.", "%n messages delivered.", self.delivered)
        if self.is_stopped and self.done < len(self.heads):
            rest = len(self.heads) - self.done
            said += " " + plural("Stopped: %n was left.", "Stopped: %n were left.", rest)
        if left:
            said += " " + plural("%n was not:", "%n were not:", left) + f" {self.trouble}"
        return said

    def _work(self, where: Where, take: Callable[[list[Fate]], None]) -> None:
        redelivery = where.redelivery()
        try:
            for chunk in _chunks(self.heads):
                if self.is_stopped:
                    return
                places = [head.place for head in chunk]
                if self.way == "rerun":
                    fates = redelivery.rerun({each: self.edits.get(each) for each in places})
                else:
                    fates = redelivery.send_again(places)
                take(fates)
                if all(_is_out_of_reach(fate) for fate in fates):
                    return
        finally:
            redelivery.close()

    def _count(self, fates: list[Fate], tell: Callable[[list[Fate]], None]) -> None:
        self.done += len(fates)
        self.delivered += sum(fate.is_delivered for fate in fates)
        failed = next((fate for fate in fates if not fate.is_delivered), None)
        if failed is not None and not self.trouble:
            self.trouble = why_not(failed)
        tell(fates)


def why_not(fate: Fate) -> str:
    """Say why a letter was not delivered, and what to do."""
    if fate.is_gone:
        return tr("It is not there any more: it was delivered or deleted elsewhere.")
    if fate.failure is not None:
        return sentences(fate.failure.message, fate.failure.hint)
    return why_nothing(fate.rerun) if fate.rerun is not None else ""


def why_nothing(rerun: Rerun) -> str:
    """Say why a rule gives nothing to send."""
    if rerun.outcome == "other_topic":
        return tr("FROM of the rule does not match its topic.")
    if rerun.outcome == "no_match":
        parts = [part.text for part in rerun.reasons]
        if not parts:
            return tr("The rule gives no result for it.")
        return tr("The rule gives no result for it: {condition} is false.").format(
            condition=parts[0]
        )
    error, hint = rerun.problem
    if error:
        return sentences(error, hint)
    return tr("Its value is empty, and the action skips empty values.")


def places_text(sent: Sequence[Delivered]) -> str:
    """Say where records came to lie."""
    text = tr("{topic} p{partition} #{offset}")
    places = [
        text.format(topic=each.topic, partition=each.partition, offset=each.offset)
        for each in sent[:3]
    ]
    return ", ".join(places)


def _is_out_of_reach(fate: Fate) -> bool:
    return isinstance(fate.failure, DeliveryFailed) and fate.failure.retryable


def _chunks(heads: Sequence[LetterHead]) -> Iterator[list[LetterHead]]:
    chunk: list[LetterHead] = []
    size = 0
    for head in heads:
        if chunk and (len(chunk) >= _CHUNK or size + head.place.length > _CHUNK_BYTES):
            yield chunk
            chunk, size = [], 0
        chunk.append(head)
        size += head.place.length
    if chunk:
        yield chunk
