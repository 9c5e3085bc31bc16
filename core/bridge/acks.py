"""Acknowledgements of one source: in MQTT's order, after the last delivery, on their connection."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable

from core.mqtt.message import InboundMessage


class PendingAck:
    """A received message whose PUBACK or PUBREC waits for `outstanding` outcomes."""

    __slots__ = ("_acks", "is_late", "message", "outstanding")

    def __init__(self, message: InboundMessage, acks: Acks) -> None:
        self.message = message
        self.outstanding = 1  # the pipeline's own hold, released when all actions have started
        self.is_late = False
        self._acks = acks

    def hold(self) -> None:
        """Wait for one more outcome."""
        self.outstanding += 1

    def release(self) -> None:
        """Take note of one outcome; the last one lets the acknowledgement go."""
        self.outstanding -= 1
        if self.outstanding == 0:
            self._acks.settle(self)


class Acks:
    """The messages that are not acknowledged yet, oldest first. One thread.

    MQTT wants PUBACKs and PUBRECs in the order of the PUBLISH packets (MQTT 5, section 4.6), so one
    that is ready waits for those before it. When the connection ends, what is pending has no place
    in that order any more: the broker will send those messages again, and packet ids get new
    meanings. Each is still reported once, when its outcomes are known, so that the source can
    count it as late and knows how much is under way.
    """

    __slots__ = ("_pending", "_send")

    def __init__(self, send: Callable[[InboundMessage], None]) -> None:
        self._send = send
        self._pending: deque[PendingAck] = deque()

    def __len__(self) -> int:
        return len(self._pending)

    def open(self, message: InboundMessage) -> PendingAck:
        """Queue a message; the caller holds it until it calls `release`."""
        pending = PendingAck(message, self)
        self._pending.append(pending)
        return pending

    def settle(self, ready: PendingAck) -> None:
        """Acknowledge every message at the head whose outcomes are all known.

        Args:
            ready: The one whose last outcome has just become known.
        """
        if ready.is_late:
            self._send(ready.message)
            return
        pending = self._pending
        while pending and pending[0].outstanding == 0:
            self._send(pending.popleft().message)

    def forget(self) -> None:
        """Let everything go: the connection that these acknowledgements belong to has ended."""
        pending, self._pending = self._pending, deque()
        for each in pending:
            each.is_late = True
            if each.outstanding == 0:
                self._send(each.message)
