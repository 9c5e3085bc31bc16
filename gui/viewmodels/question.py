"""The answer to a message that was published with a response topic: waited for, and told."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject, Signal, Slot
from shiboken6 import isValid

from core.errors import AppError
from gui.viewmodels.content import compact
from gui.viewmodels.feed_rows import row_of
from gui.viewmodels.journey import Step
from gui.viewmodels.session import Session
from gui.viewmodels.words import number, tr, whole_milliseconds

if TYPE_CHECKING:
    from core.mqtt.message import InboundMessage
    from gui.viewmodels.outlets import Listening

ANSWER_S: Final = 10.0
"""For so long an answer is waited for."""


class Question(QObject):
    """One at a time: the next one ends the waiting for the one before.

    Signals:
        stepped: `step` is another one.
    """

    stepped = Signal()

    def __init__(
        self, session: Session, parent: QObject | None = None, *, patience_s: float = ANSWER_S
    ) -> None:
        super().__init__(parent)
        self._session = session
        self._patience_s = patience_s
        self._task: asyncio.Task[None] | None = None
        self.step: Step | None = None

    @Slot()
    def forget(self) -> None:
        """Wait no more, and tell nothing."""
        self.step = None
        if self._task is not None:
            self._task.cancel()
            self._task = None

    def ask(self, listening: Listening, connector: str, topic: str, correlation: str) -> None:
        """Wait for the answer to a message that the broker has just taken; closes `listening`.

        Args:
            listening: Hears the topic of the answer.
            connector: Where it was published.
            topic: Where the answer comes.
            correlation: What it must carry, if it carries correlation data.
        """
        self.forget()
        self.step = Step("connecting", tr("waiting for an answer on {topic}").format(topic=topic))
        self._task = self._session.tasks.start(
            self._wait(listening, connector, topic, correlation.encode("utf-8", "replace")),
            f"wait for an answer on {topic}",
            owner=self,
        )

    async def _wait(
        self, listening: Listening, connector: str, topic: str, correlation: bytes
    ) -> None:
        started_s = time.monotonic()
        try:
            heard = await listening.answer(correlation, self._patience_s)
        except AppError as exc:
            self._tell(Step("failed", tr("No answer: {why}").format(why=exc.message)))
        else:
            if heard is None:
                text = tr("No answer on {topic} within {seconds} s.")
                seconds = number(round(self._patience_s))
                self._tell(Step("failed", text.format(topic=topic, seconds=seconds)))
            else:
                self._tell(_answered(heard, connector, (time.monotonic() - started_s) * 1_000))
        finally:
            await listening.close()

    def _tell(self, step: Step) -> None:
        if isValid(self):
            self.step = step
            self.stepped.emit()


def _answered(heard: InboundMessage, connector: str, latency_ms: float) -> Step:
    from core.bridge.samples import sample_of

    sample = sample_of(0, connector, heard, None, [])
    text = tr("answer after {time}").format(time=whole_milliseconds(latency_ms))
    return Step("passed", text, answer=row_of(sample, {}), note=compact(sample.payload))
