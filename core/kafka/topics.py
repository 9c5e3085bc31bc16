"""What a producer knows of its topics, learnt beside the hot path.

A thread of its own asks the cluster, since such a question can take seconds; the producer's
thread only looks at what is known.
"""

from __future__ import annotations

import queue
import threading
from collections.abc import Mapping
from typing import TYPE_CHECKING, Final, cast

from confluent_kafka import KafkaError, KafkaException

if TYPE_CHECKING:
    from confluent_kafka import Producer
    from confluent_kafka.admin._metadata import ClusterMetadata

    from core.clock import Clock

_REFUSED: Final = frozenset(
    {
        KafkaError.UNKNOWN_TOPIC_OR_PART,
        KafkaError.TOPIC_EXCEPTION,
        KafkaError.TOPIC_AUTHORIZATION_FAILED,
    }
)
_CREATING_PAUSE_S: Final = 0.1


class TopicWatch:
    """Partition counts and missing topics of one producer.

    Attributes:
        partitions: Topic to its number of partitions; read it directly. Only topics that exist.
        missing: Topics that the cluster did not give when it was last asked, to the error code.
        answers: How many questions the cluster has answered.
    """

    def __init__(
        self,
        producer: Producer,
        *,
        timeout_s: float,
        pause_s: float,
        creates: bool,
        clock: Clock,
    ) -> None:
        """Start asking.

        Args:
            producer: The client to ask with.
            timeout_s: Longest wait for one answer.
            pause_s: Shortest time between two questions about the same topic.
            creates: Whether asking may create a topic: an unknown one then is about to exist.
            clock: For the pause.
        """
        self.partitions: dict[str, int] = {}
        self.missing: dict[str, int] = {}
        self.answers = 0
        self._producer = producer
        self._timeout_s = timeout_s
        self._pause_s = pause_s
        self._refused = _REFUSED - {KafkaError.UNKNOWN_TOPIC_OR_PART} if creates else _REFUSED
        self._clock = clock
        self._asked_s: dict[str, float] = {}
        self._questions: queue.SimpleQueue[str | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._run, name="kafka metadata", daemon=True)
        self._thread.start()
        self._questions.put("")

    def ask(self, topic: str) -> None:
        """Have a topic looked up soon; at once for a new one, else after the pause."""
        now = self._clock.monotonic_s()
        if now - self._asked_s.get(topic, -self._pause_s) >= self._pause_s:
            self._asked_s[topic] = now
            self._questions.put(topic)

    def forget(self, topic: str) -> None:
        """Take note that a topic has gone; it is looked up again when it is next used."""
        self.partitions.pop(topic, None)

    def learn(self, counts: Mapping[str, int]) -> None:
        """Take partition counts from the statistics."""
        for topic, count in counts.items():
            if topic not in self.missing:
                self.partitions[topic] = count

    def close(self, timeout_s: float) -> None:
        """Stop asking; a question on its way is waited for at most `timeout_s`."""
        self._questions.put(None)
        self._thread.join(timeout_s)

    def _run(self) -> None:
        while (topic := self._questions.get()) is not None:
            try:
                asked = {"topic": topic} if topic else {}
                metadata = cast(
                    "ClusterMetadata", self._producer.list_topics(**asked, timeout=self._timeout_s)
                )
            except KafkaException:
                continue  # the cluster's status says why; asked again when needed
            self.answers += 1
            if topic:
                self._take(topic, metadata)

    def _take(self, topic: str, metadata: ClusterMetadata) -> None:
        found = metadata.topics[topic]
        if found.error is not None and found.error.code() in self._refused:
            self.missing[topic] = found.error.code()
            self.partitions.pop(topic, None)
        elif found.partitions:
            self.partitions[topic] = len(found.partitions)
            self.missing.pop(topic, None)
        else:  # being created: look again soon
            soon = self._clock.monotonic_s() - self._pause_s + _CREATING_PAUSE_S
            self._asked_s[topic] = soon
