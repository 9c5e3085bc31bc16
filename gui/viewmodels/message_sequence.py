"""Sends saved messages one after the other, with gaps; can be stopped between any two."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from core.workspace.lab import SavedMessage
from gui.viewmodels.drafts import MqttDraft, draft_of
from gui.viewmodels.publish import PublishViewModel
from gui.viewmodels.words import number, plural, tr


class MessageSequence(QObject):
    """Sends by what the form sends with: each has its own result there.

    Signals:
        progressed: What is going on, in words.
        ended: How it ended, in words.
    """

    progressed = Signal(str)
    ended = Signal(str)

    def __init__(self, publish: PublishViewModel, parent: QObject | None = None) -> None:
        super().__init__(parent or publish)
        self._publish = publish
        self._left: deque[SavedMessage] = deque()
        self._total = self._sent = 0
        self._is_running = False
        self._is_ours = False  # what is on its way was begun here, not by hand
        self._gap = QTimer(self)
        self._gap.setSingleShot(True)
        self._gap.timeout.connect(self._send_next)
        publish.busyChanged.connect(self._take_busy)

    @property
    def is_running(self) -> bool:
        """Whether messages are left to be sent."""
        return self._is_running

    def start(self, messages: Sequence[SavedMessage], gap_ms: int) -> None:
        """Send these; does nothing while others are being sent, or for none.

        Args:
            messages: In this order.
            gap_ms: From the answer to one until the next is sent.
        """
        if self._is_running or not messages or self._publish.is_busy:
            return
        self._left = deque(messages)
        self._total, self._sent = len(messages), 0
        self._is_running, self._is_ours = True, False
        self._gap.setInterval(gap_ms)
        self._send_next()

    @Slot()
    def stop(self) -> None:
        """Send no more; one on its way is finished."""
        if self._is_running:
            text = tr("Stopped: {sent} of {total} sent")
            self._end(text.format(sent=number(self._sent), total=number(self._total)))

    @Slot()
    def _send_next(self) -> None:
        """Send the next one; what is sent by hand meanwhile is waited for."""
        if self._publish.is_busy:
            return  # `_take_busy` goes on from here
        saved = self._left.popleft()
        text = tr("Sending {sent} of {total}: {name}")
        at = number(self._sent + 1)
        self.progressed.emit(text.format(sent=at, total=number(self._total), name=saved.name))
        draft = draft_of(saved, self._publish.live.workspace)
        if isinstance(draft, MqttDraft):
            was_begun = self._publish.send_message(draft)
        else:
            was_begun = self._publish.send_record(draft)
        self._is_ours = was_begun
        if not was_begun:
            self._end_by_failure()

    @Slot(bool)
    def _take_busy(self, is_busy: bool) -> None:
        if is_busy or not self._is_running:
            return
        if not self._is_ours:
            if not self._gap.isActive():  # it ended while something was on its way by hand
                self._gap.start()
            return
        self._is_ours = False
        steps = self._publish.steps
        if steps and steps[0].status == "failed":
            self._end_by_failure()
            return
        self._sent += 1
        if self._left:
            self._gap.start()
        else:
            self._end(plural("Sent %n message", "Sent %n messages", self._sent))

    def _end_by_failure(self) -> None:
        text = tr("Ended by a failure: {sent} of {total} sent")
        self._end(text.format(sent=number(self._sent), total=number(self._total)))

    def _end(self, text: str) -> None:
        self._is_running = False
        self._left.clear()
        self._gap.stop()
        self.ended.emit(text)
