"""Notices a cluster that counts as connected and confirms nothing."""

from __future__ import annotations

from typing import Final

from core.bridge.metrics import ActionCounters

LIMIT_S: Final = 5.0
"""How long records may be on their way without any outcome until that is said."""
REASON: Final = (
    f"Kafka is connected, but has confirmed no record for more than {LIMIT_S:.0f} s. It may hang, "
    "or lack the in-sync replicas that required_acks asks for; nothing is lost, and it is tried on."
)


class Silence:
    """Watches the outcomes of one action's records.

    A hanging broker keeps its connections, and librdkafka repeats some refusals without a word:
    neither is an event, both show in outcomes that do not come.

    Attributes:
        reason: What to say; empty while outcomes come, or none is waited for.
    """

    def __init__(self) -> None:
        self.reason = ""
        self._outcomes = -1
        self._since_s = 0.0

    def look(self, counters: ActionCounters, inflight: int, now_s: float) -> None:
        """Look at an action's counters at a moment of the monotonic clock."""
        outcomes = counters.success + counters.failed + counters.retried + counters.dropped_expired
        if not inflight or outcomes != self._outcomes:
            self._outcomes, self._since_s, self.reason = outcomes, now_s, ""
        elif now_s - self._since_s > LIMIT_S:
            self.reason = REASON
