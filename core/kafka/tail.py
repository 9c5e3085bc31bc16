"""Reads a topic from somewhere on, without a group and without commits."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final, Literal, cast

from confluent_kafka import Consumer, KafkaError, KafkaException, TopicPartition

from core.clock import SystemClock
from core.errors import AuthFailed, ConfigError, ConnectFailed, TopicMissing
from core.kafka.catalogue import Cause, explain_record
from core.kafka.metadata import Cluster, describe_cluster, nearest, unreachable
from core.kafka.options import bootstrap_servers, client_properties, refused_property, user_name
from core.kafka.records import Backlog, TailRecord, record_of
from core.kafka.status import ClusterStatus, LogLines
from core.status import Status
from core.workspace.environment import Environment
from core.workspace.kafka import KafkaConnector
from core.workspace.mqtt import SANDBOX

_NEW_PARTITIONS_S: Final = 10.0
_NO_END: Final = KafkaError._PARTITION_EOF  # pyright: ignore[reportPrivateUsage] - the library's name for it
_OFFSETS_TIMEOUT_S: Final = 5.0
_ELECTION_S: Final = 0.1
_CAUSE_S: Final = 1.0
_ELECTION: Final = (KafkaError.LEADER_NOT_AVAILABLE, KafkaError.NOT_LEADER_FOR_PARTITION)
"""What a partition answers that was just created or is moving to another broker."""


@dataclass(frozen=True, slots=True)
class Start:
    """Where reading begins.

    `number` is how many for last, milliseconds since 1970 for time, and for offset the number of
    the first record in every partition, or the nearest that is there.
    """

    kind: Literal["beginning", "end", "last", "time", "offset"]
    number: int = 0

    @classmethod
    def parse(cls, text: str) -> Start:
        """Read `beginning`, `end`, `-N`, milliseconds since 1970, or an ISO 8601 time.

        A time without a zone is UTC.

        Raises:
            ConfigError: None of these.
        """
        if text == "beginning" or text == "end":
            return cls(text)
        if text.startswith("-") and text[1:].isdigit() and int(text):
            return cls("last", int(text[1:]))
        if text.isdigit():
            return cls("time", int(text))
        try:
            moment = datetime.fromisoformat(text)
        except ValueError as exc:
            raise ConfigError(
                f"--from does not understand {text!r}.",
                path="--from",
                value=text,
                hint="Write beginning, end, -N for the last N records, or a time such as "
                "2026-01-31T08:00:00Z.",
            ) from exc
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=UTC)
        return cls("time", max(int(moment.timestamp() * 1_000), 0))  # no record is older


class Tail:
    """A reader of one topic. One thread; `poll` blocks at most its timeout.

    Attributes:
        partitions: How many the topic had when reading began.
        waiting_at_start: How many records were there to read then, counted by offsets.
    """

    def __init__(
        self,
        connector: KafkaConnector,
        environment: Environment,
        topic: str,
        *,
        start: Start | str,
        partitions: Sequence[int] = (),
    ) -> None:
        """Connect and find the place to begin; blocks until then.

        Args:
            connector: The cluster.
            environment: Secrets, certificates, the sandbox.
            topic: Must exist.
            start: Where to begin, or its text; `last` counts over all partitions.
            partitions: The only ones to read; all, and new ones when they appear, for none.

        Raises:
            ConfigError: An option is refused; the topic or a partition does not exist; the
                cluster cannot find offsets by time.
            ConnectFailed: The cluster was not reached; AuthFailed if it refused us.
            NotConnected: The connector stands on the sandbox, and none is running.
        """
        self._connector = connector
        self._topic = topic
        self._cluster = ClusterStatus(
            connector.name,
            bootstrap_servers(connector, environment),
            SystemClock(),
            user=user_name(connector),
            quiet=True,
        )
        self._consumer = self._make(environment)
        self._all_partitions = not partitions
        self._backlog = Backlog(0, {})
        self._next: dict[int, int] = {}
        self._unread: dict[int, int] = {}
        self._is_held = False
        self.waiting_at_start = 0
        try:
            count = self.partitions = self._count_partitions()
            wrong = [number for number in partitions if not 0 <= number < count]
            if wrong:
                raise ConfigError(
                    f"Topic {topic} has no partition {wrong[0]}.",
                    path="--partition",
                    value=wrong[0],
                    hint=f"It has {count}, numbered from 0.",
                )
            self._reading = set(partitions or range(count))
            self._begin(start if isinstance(start, Start) else Start.parse(start))
        except (ConfigError, ConnectFailed):
            self._consumer.close()
            raise
        self._looked_s = time.monotonic()

    @property
    def status(self) -> Status:
        """How the cluster is reached."""
        return self._cluster.status

    @property
    def status_reason(self) -> str:
        """Why, in one sentence; empty when all is well."""
        return self._cluster.reason

    @property
    def is_behind(self) -> bool:
        """Whether records that were there when reading began have not been read yet."""
        return bool(self._unread)

    def hold(self) -> None:
        """Read nothing more for now; `poll` goes on to look after the connection."""
        self._consumer.pause(self._consumer.assignment())
        self._is_held = True

    def go_on(self) -> None:
        """Read on where `hold` came."""
        self._consumer.resume(self._consumer.assignment())
        self._is_held = False

    def poll(self, max_records: int = 500, timeout_s: float = 0.2) -> list[TailRecord]:
        """Read what is there, oldest first within each partition; empty after the timeout.

        Raises:
            AuthFailed: The user may not read the topic.
        """
        self._look_for_partitions()
        records: list[TailRecord] = []
        for message in self._consumer.consume(max_records, timeout=timeout_s):
            error = message.error()
            if error is None:
                record = record_of(message)
                self._next[record.partition] = record.offset + 1
                if record.offset + 1 >= self._unread.get(record.partition, 0):
                    self._unread.pop(record.partition, None)
                records.extend(self._backlog.take(record))
            elif error.code() == _NO_END:
                self._unread.pop(cast("int", message.partition()), None)
                records.extend(self._backlog.reached_end(message.partition()))
            elif error.code() == KafkaError.TOPIC_AUTHORIZATION_FAILED:
                raise self._not_allowed(error.str())
        return records

    def lag(self) -> int:
        """Count the records that wait to be read, as far as is known without asking the cluster."""
        waiting = 0
        for number, offset in self._next.items():
            place = TopicPartition(self._topic, number)
            _, end = self._consumer.get_watermark_offsets(place, cached=True)
            waiting += max(end - offset, 0)
        return waiting

    def skip_to_end(self) -> int:
        """Leave out what has not been read, and go on at the end of every partition.

        Returns:
            How many records are left out, counted by offsets: in a compacted topic, or one that
            is written in transactions, fewer may have been there. 0 if the cluster is away.
        """
        try:
            ends = {number: self._watermarks(number)[1] for number in sorted(self._reading)}
            self._consumer.assign(
                [TopicPartition(self._topic, number, end) for number, end in ends.items()]
            )
        except KafkaException:
            return 0  # the status says why; nothing is left out
        skipped = sum(max(end - self._next.get(number, end), 0) for number, end in ends.items())
        self._next = ends
        self._unread = {}
        return skipped

    def close(self) -> None:
        """Let the cluster go."""
        self._consumer.close()

    def _make(self, environment: Environment) -> Consumer:
        properties = client_properties(self._connector, environment)
        properties |= {
            # A look must not create a topic, except in the embedded Kafka, where topics exist
            # as soon as they are named and a tail may well be the first to do so.
            "allow.auto.create.topics": self._connector.bootstrap_hosts == SANDBOX,
            "group.id": "sluicegate-tail",  # the library wants one; it is never joined
            "enable.auto.commit": False,
            "enable.auto.offset.store": False,
            "enable.partition.eof": True,
            "auto.offset.reset": "earliest",
            "fetch.wait.max.ms": 100,
            "queued.min.messages": 10_000,  # read ahead; a reader may be slower than the topic
            "statistics.interval.ms": 1_000,
            "reconnect.backoff.ms": 50,
            "reconnect.backoff.max.ms": 500,
        }
        callbacks: dict[str, Any] = {
            "error_cb": self._cluster.take_event,
            "stats_cb": self._cluster.take_statistics,
            "logger": LogLines(self._cluster),
        }
        try:
            return Consumer({**properties, **callbacks})
        except KafkaException as exc:
            raise refused_property(str(exc.args[0].str()), self._connector.name) from exc

    def _count_partitions(self) -> int:
        cluster = self._describe()
        found = cluster.topics.get(self._topic)
        if found is None:
            named = self._describe(self._topic)
            if self._topic in named.hidden:
                raise self._not_allowed("Topic authorization failed")
            found = named.topics.get(self._topic)
        if found is None or not found.partitions:
            raise TopicMissing(
                f"Topic {self._topic} does not exist on this cluster.",
                path="TOPIC",
                value=self._topic,
                hint=nearest(self._topic, cluster.topics),
            )
        return found.partitions

    def _describe(self, topic: str = "") -> Cluster:
        return describe_cluster(
            self._consumer,
            self._cluster,
            topic=topic,
            timeout_s=self._connector.metadata_request_timeout.s,
            serve=lambda: self._consumer.poll(0),
            connector=self._connector.name,
        )

    def _begin(self, start: Start) -> None:
        deadline_s = time.monotonic() + _OFFSETS_TIMEOUT_S
        while True:
            try:
                self._consumer.assign(self._places(start))
            except KafkaException as exc:
                error = cast("KafkaError", exc.args[0])
                if error.code() == KafkaError.TOPIC_AUTHORIZATION_FAILED:
                    raise self._not_allowed(error.str()) from exc
                if error.code() in _ELECTION:
                    if time.monotonic() < deadline_s:
                        self._consumer.poll(_ELECTION_S)  # reads nothing yet: waits for metadata
                        continue
                    cause = explain_record(error.code(), error.str(), topic=self._topic)
                else:
                    cause = self._heard_cause()
                raise unreachable(cause, self._connector.name, _OFFSETS_TIMEOUT_S) from exc
            return

    def _heard_cause(self) -> Cause | None:
        """Give why the cluster is out of reach: that may be told only after a request has failed.

        Takes at most a second.
        """
        deadline_s = time.monotonic() + _CAUSE_S
        while self._cluster.cause is None and time.monotonic() < deadline_s:
            self._consumer.poll(_ELECTION_S)  # reads nothing yet
        return self._cluster.cause

    def _places(self, start: Start) -> list[TopicPartition]:
        """Find the offset to begin at in each partition."""
        numbers = sorted(self._reading)
        by_time = self._offsets_by_time(numbers, start.number) if start.kind == "time" else {}
        places: list[TopicPartition] = []
        self._unread, self.waiting_at_start = {}, 0
        for number in numbers:
            low, high = self._watermarks(number)
            match start.kind:
                case "beginning":
                    offset = low
                case "end":
                    offset = high
                case "last":
                    offset = max(low, high - start.number)
                case "offset":
                    offset = min(max(low, start.number), high)
                case "time":
                    offset = by_time[number] if by_time[number] >= 0 else high
            places.append(TopicPartition(self._topic, number, offset))
            self._next[number] = offset
            if offset < high:
                self._unread[number] = high
                self.waiting_at_start += high - offset
        if start.kind == "last":
            self._backlog = Backlog(start.number, dict(self._unread))
            self.waiting_at_start = min(self.waiting_at_start, start.number)
        return places

    def _watermarks(self, partition: int) -> tuple[int, int]:
        place = TopicPartition(self._topic, partition)
        return self._consumer.get_watermark_offsets(place, timeout=_OFFSETS_TIMEOUT_S)

    def _offsets_by_time(self, numbers: Sequence[int], time_ms: int) -> dict[int, int]:
        """Find the first record of that time or later; below 0 where there is none."""
        if self._connector.bootstrap_hosts == SANDBOX:
            raise ConfigError(
                "The embedded Kafka cannot find records by time.",
                path="--from",
                value=time_ms,
                hint="Use --from beginning, end or -N.",
            )
        wanted = [TopicPartition(self._topic, number, time_ms) for number in numbers]
        found = self._consumer.offsets_for_times(wanted, timeout=_OFFSETS_TIMEOUT_S)
        return {place.partition: place.offset for place in found}

    def _look_for_partitions(self) -> None:
        """Read partitions that were added meanwhile, from their beginning."""
        now = time.monotonic()
        if not self._all_partitions or self._is_held or now - self._looked_s < _NEW_PARTITIONS_S:
            return
        self._looked_s = now
        try:
            found = self._consumer.list_topics(self._topic, 1.0).topics[self._topic]
        except KafkaException:
            return  # the status says why; looked at again later
        new = sorted(set(found.partitions) - self._reading)
        if new:
            self._reading.update(new)
            self._next.update(dict.fromkeys(new, 0))
            self._consumer.incremental_assign(
                [TopicPartition(self._topic, number, 0) for number in new]
            )

    def _not_allowed(self, cause: str) -> AuthFailed:
        return AuthFailed(
            f"This user may not read topic {self._topic}.",
            connector=self._connector.name,
            cause=cause,
            hint="Grant the user READ and DESCRIBE on the topic.",
        )
