"""What producer, tail and administration do, whatever the cluster.

The embedded Kafka's limits are skipped by name where they matter: every topic has 4 partitions, no
offsets by time, no refusal of records; it has neither TLS nor sign-in.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from core.errors import ConfigError, DeliveryFailed
from core.kafka.admin import SANDBOX_PARTITIONS, Admin
from core.kafka.check import check_kafka
from core.kafka.options import producer_group
from core.kafka.partitioner import by_crc32, by_murmur2, by_phash2
from core.kafka.producer import QueueFull, RecordProducer, place
from core.kafka.records import Base64, TailRecord
from core.kafka.tail import Start, Tail
from core.workspace.environment import Environment, SandboxAddresses
from core.workspace.kafka import KafkaAction, KafkaConnector
from tests.helpers.wait import PATIENCE_S, eventually

pytestmark = pytest.mark.broker


@dataclass
class Reports:
    """Delivery reports as they come."""

    places: list[tuple[int, int]] = field(default_factory=list[tuple[int, int]])
    errors: list[object] = field(default_factory=list[object])

    def __call__(self, error: object, record: object) -> None:
        if error is None:
            self.places.append(place(record))
        else:
            self.errors.append(error)


@dataclass
class Lab:
    """One cluster with whatever a test opens on it."""

    name: str
    environment: Environment
    bootstrap: str
    opened: list[RecordProducer | Tail] = field(default_factory=list[RecordProducer | Tail])

    def connector(self, **options: Any) -> KafkaConnector:
        return KafkaConnector(**{"name": "lab", "bootstrap_hosts": self.bootstrap, **options})

    def topic(self, partitions: int = SANDBOX_PARTITIONS) -> str:
        name = f"t-{uuid.uuid4().hex[:12]}"
        Admin(self.connector(), self.environment).create_topic(name, partitions=partitions)
        return name

    def producer(self, connector: dict[str, Any] | None = None, **action: Any) -> RecordProducer:
        group = producer_group(KafkaAction(connector="lab", topic="t", **action))
        made = RecordProducer(self.connector(**(connector or {})), group, self.environment)
        self.opened.append(made)
        return made

    def tail(self, topic: str, start: Start | str = "beginning", **options: Any) -> Tail:
        made = Tail(self.connector(), self.environment, topic, start=start, **options)
        self.opened.append(made)
        return made

    def skip_on_sandbox(self, why: str) -> None:
        if self.name == "sandbox":
            pytest.skip(f"the embedded Kafka {why}")


@pytest.fixture(params=["kafka", "sandbox"])
def lab(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Lab]:
    node: Any = request.getfixturevalue(request.param)
    on_sandbox = isinstance(node, SandboxAddresses)
    environment = Environment(
        tmp_path, tmp_path, lambda reference: "", node if on_sandbox else None
    )
    made = Lab(request.param, environment, "sandbox" if on_sandbox else node.bootstrap)
    yield made
    for each in made.opened:
        each.close()


def send(producer: RecordProducer, *records: tuple[Any, ...]) -> Reports:
    """Produce records given as the arguments of `produce` without its callback."""
    reports = Reports()
    for topic, value, key, *rest in records:
        patiently(producer, lambda: producer.produce(topic, value, key, reports, *rest))  # noqa: B023
    eventually(
        lambda: (
            producer.poll(0.05) >= 0 and len(reports.places) + len(reports.errors) == len(records)
        ),
        message=lambda: f"{reports} {producer.status} {producer.status_reason}",
    )
    return reports


def patiently(producer: RecordProducer, produce: Callable[[], None]) -> None:
    """Do what QueueFull asks for: poll and try again."""

    def taken() -> bool:
        try:
            produce()
        except QueueFull:
            producer.poll(0.01)
            return False
        return True

    eventually(taken, message="the queue stays full")


def read(tail: Tail, count: int, *, at_most: int | None = None) -> list[TailRecord]:
    """Read at least `count` records; `at_most` in all, if told."""
    found: list[TailRecord] = []

    def has_all() -> bool:
        room = 100 if at_most is None else at_most - len(found)
        found.extend(tail.poll(room, 0.1))
        return len(found) >= count

    eventually(has_all)
    return found


def test_record_arrives_as_it_was_sent(lab: Lab):
    topic = lab.topic()
    headers = [("h", b"1"), ("h", b"2"), ("none", None), ("bytes", b"\xff")]
    send(lab.producer(), (topic, b"value", b"key", 1_700_000_000_000, headers))
    [record] = read(lab.tail(topic), 1)
    assert (record.topic, record.key, record.value) == (topic, "key", "value")
    assert record.timestamp == 1_700_000_000_000
    assert record.headers == [("h", "1"), ("h", "2"), ("none", None), ("bytes", Base64("/w=="))]


def test_null_and_empty_stay_apart(lab: Lab):
    topic = lab.topic()
    send(lab.producer(), (topic, None, None, 0, None, 0), (topic, b"", b"", 0, None, 0))
    null, empty = read(lab.tail(topic), 2)
    assert (null.key, null.value) == (None, None)
    assert (empty.key, empty.value) == ("", "")


def test_report_tells_where_the_record_is(lab: Lab):
    topic = lab.topic()
    reports = send(lab.producer(), (topic, b"a", None, 0, None, 2), (topic, b"b", None, 0, None, 2))
    assert reports.places == [(2, 0), (2, 1)]


def test_status_becomes_connected_without_any_record(lab: Lab):
    producer = lab.producer()
    eventually(lambda: producer.poll(0.02) >= 0 and producer.status == "connected")
    assert producer.status_reason == ""


@pytest.mark.parametrize(
    ("partitioner", "choose"),
    [("murmur2", by_murmur2), ("crc32", by_crc32), ("phash2", by_phash2)],
)
@pytest.mark.parametrize("limit", ["all_partitions", 3])
def test_keys_go_where_the_partitioner_says(
    lab: Lab, partitioner: str, choose: Callable[[bytes, int], int], limit: str | int
):
    topic = lab.topic()
    producer = lab.producer(
        partition_strategy="key_dispatch", partitioner=partitioner, partitions_limit=limit
    )
    keys = [f"device-{number}".encode() for number in range(40)]
    send(producer, *((topic, key, key) for key in keys))
    count = 4 if limit == "all_partitions" else 3
    for record in read(lab.tail(topic), len(keys)):
        assert isinstance(record.key, str)
        assert record.partition == choose(record.key.encode(), count)


def test_random_is_even_even_for_bursts(lab: Lab):
    topic = lab.topic()
    reports = send(lab.producer(), *((topic, b"x", None) for _ in range(800)))
    counts = [sum(partition == each for partition, _ in reports.places) for each in range(4)]
    assert all(count > 100 for count in counts), counts


def test_random_keeps_below_the_limit(lab: Lab):
    topic = lab.topic()
    producer = lab.producer(partitions_limit=2)
    reports = send(producer, *((topic, b"x", None) for _ in range(60)))
    assert {partition for partition, _ in reports.places} == {0, 1}


def test_partition_that_does_not_exist_fails_for_good(lab: Lab):
    topic = lab.topic()
    producer = lab.producer()
    send(producer, (topic, b"x", None))
    with pytest.raises(DeliveryFailed, match="partition does not exist") as caught:
        producer.produce(topic, b"x", None, Reports(), 0, None, 99)
    assert not caught.value.retryable


def test_record_beyond_the_local_limit_is_refused_with_both_limits(lab: Lab):
    producer = lab.producer()
    with pytest.raises(DeliveryFailed, match=r"10,485,760.*1,048,588") as caught:
        producer.produce("t", b"x" * (11 << 20), None, Reports())
    assert caught.value.code == 10
    assert not caught.value.retryable


def test_full_window_is_backpressure(lab: Lab):
    topic = lab.topic()
    producer = lab.producer(max_linger_time="2s")
    reports = Reports()

    def fill() -> None:
        for _ in range(20_000):
            producer.produce(topic, b"x", None, reports)

    with pytest.raises(QueueFull):
        fill()
    queued = len(producer)
    assert queued >= 10_000
    eventually(lambda: producer.poll(0.05) >= 0 and len(reports.places) == 10_000)
    assert not reports.errors


def test_given_up_records_come_back_as_retryable(lab: Lab):
    topic = lab.topic()
    producer = lab.producer(max_linger_time="30s")
    send_nothing = Reports()
    producer.produce(topic, b"x", None, send_nothing)
    producer.purge()
    eventually(lambda: producer.poll(0.05) >= 0 and send_nothing.errors)
    failure = producer.delivery_failure(send_nothing.errors[0])
    assert failure.retryable


def test_topic_is_created_with_the_first_record_where_that_is_allowed(lab: Lab):
    topic = f"auto-{uuid.uuid4().hex[:8]}"
    producer = lab.producer({"allow_auto_topic_creation": True})
    reports = send(producer, (topic, b"x", b"k"))
    assert not reports.errors


def test_own_partitioner_waits_for_a_topic_that_is_being_created(lab: Lab):
    topic = f"auto-{uuid.uuid4().hex[:8]}"
    producer = lab.producer(
        {"allow_auto_topic_creation": True},
        partition_strategy="key_dispatch",
        partitioner="phash2",
    )
    assert not send(producer, (topic, b"x", b"k")).errors


def test_asking_for_a_topic_does_not_create_it(lab: Lab):
    admin = Admin(lab.connector(), lab.environment)
    name = f"never-{uuid.uuid4().hex[:8]}"
    assert name not in admin.describe(name).topics
    assert name not in admin.describe().topics


def test_created_topic_is_listed_and_not_created_twice(lab: Lab):
    name = lab.topic(partitions=SANDBOX_PARTITIONS)
    admin = Admin(lab.connector(), lab.environment)
    assert admin.describe().topics[name].partitions == SANDBOX_PARTITIONS
    with pytest.raises(ConfigError, match="exists already"):
        admin.create_topic(name)


def test_tail_begins_at_the_end(lab: Lab):
    topic = lab.topic()
    producer = lab.producer()
    send(producer, (topic, b"old", None))
    tail = lab.tail(topic, "end")
    send(producer, (topic, b"new", None))
    assert [record.value for record in read(tail, 1)] == ["new"]


def test_tail_gives_the_last_records_over_all_partitions(lab: Lab):
    topic = lab.topic()
    records = [(topic, b"%d" % n, None, 1_700_000_000_000 + n, None, n % 4) for n in range(20)]
    producer = lab.producer()
    send(producer, *records)
    tail = lab.tail(topic, "-3")
    assert [record.value for record in read(tail, 3)] == ["17", "18", "19"]
    send(producer, (topic, b"next", None))
    assert [record.value for record in read(tail, 1)] == ["next"]


def test_tail_that_is_too_far_behind_goes_on_at_the_end(lab: Lab):
    topic = lab.topic()
    producer = lab.producer()
    send(producer, *((topic, b"%d" % n, None, 0, None, n % 4) for n in range(40)))
    tail = lab.tail(topic)
    assert len(tail.poll(8, PATIENCE_S)) == 8
    eventually(lambda: tail.lag() == 32, message=lambda: str(tail.lag()))
    assert tail.skip_to_end() == 32
    assert tail.lag() == 0
    send(producer, *((topic, b"new", None, 0, None, n) for n in range(4)))
    assert [record.value for record in read(tail, 4)] == ["new"] * 4


def test_tail_of_chosen_partitions(lab: Lab):
    topic = lab.topic()
    send(lab.producer(), *((topic, b"%d" % n, None, 0, None, n) for n in range(4)))
    tail = lab.tail(topic, partitions=[1, 3])
    assert sorted(str(record.value) for record in read(tail, 2)) == ["1", "3"]
    with pytest.raises(ConfigError, match="no partition 7"):
        lab.tail(topic, partitions=[7])


def test_tail_from_a_time(lab: Lab):
    topic = lab.topic()
    if lab.name == "sandbox":
        with pytest.raises(ConfigError, match="cannot find records by time"):
            lab.tail(topic, "2023-11-14T22:13:20Z")
        return
    times = (1_600_000_000_000, 1_700_000_000_000, 1_700_000_000_500)
    send(lab.producer(), *((topic, b"%d" % time, None, time, None, 0) for time in times))
    tail = lab.tail(topic, "2023-11-14T22:13:20Z")
    assert [record.timestamp for record in read(tail, 2)] == list(times[1:])


def test_tail_from_an_offset_in_every_partition(lab: Lab):
    topic = lab.topic()
    send(lab.producer(), *((topic, b"%d" % (n // 4), None, 0, None, n % 4) for n in range(16)))
    tail = lab.tail(topic, Start("offset", 2))
    assert tail.waiting_at_start == 8
    assert sorted(record.offset for record in read(tail, 8)) == [2] * 4 + [3] * 4
    beyond = lab.tail(topic, Start("offset", 1_000))
    assert not beyond.is_behind
    send(lab.producer(), (topic, b"new", None, 0, None, 0))
    assert [record.offset for record in read(beyond, 1)] == [4]


def test_tail_knows_when_it_has_read_what_was_there(lab: Lab):
    topic = lab.topic()
    send(lab.producer(), *((topic, b"%d" % n, None, 0, None, n % 4) for n in range(40)))
    tail = lab.tail(topic)
    assert (tail.partitions, tail.waiting_at_start, tail.is_behind) == (4, 40, True)
    read(tail, 40)
    assert not tail.is_behind
    newest = lab.tail(topic, "-10")
    assert newest.waiting_at_start == 10
    read(newest, 10)
    assert not newest.is_behind
    assert not lab.tail(topic, "end").is_behind


def test_tail_that_is_held_goes_on_where_it_was(lab: Lab):
    topic = lab.topic()
    producer = lab.producer()
    send(producer, *((topic, b"%d" % n, None, 0, None, 0) for n in range(40)))
    tail = lab.tail(topic)
    first = read(tail, 8, at_most=8)
    tail.hold()
    assert [record.offset for record in first] == list(range(8))
    assert tail.poll(100, 0.5) == []
    tail.go_on()
    assert [record.offset for record in read(tail, 32)] == list(range(8, 40))


def test_tail_of_an_unknown_topic_names_the_nearest(lab: Lab):
    lab.skip_on_sandbox("creates every topic that a tail names")
    topic = lab.topic()
    with pytest.raises(ConfigError, match="does not exist") as caught:
        lab.tail(topic[:-1])
    assert topic in caught.value.hint


def test_check_passes_every_step(lab: Lab):
    topic = lab.topic()
    steps = list(check_kafka(lab.connector(), lab.environment, [topic]))
    assert [step.step for step in steps if step.ok] == [
        "resolve",
        "connect",
        "sign_in",
        "metadata",
        "brokers",
        "topic",
        *([] if lab.name == "sandbox" else ["write"]),
    ]
    assert all(step.detail and not step.cause for step in steps)


def test_check_names_a_missing_topic(lab: Lab):
    topic = lab.topic()
    *_, step = check_kafka(lab.connector(), lab.environment, [topic[:-1]])
    assert step.step == "topic"
    if lab.name == "sandbox":
        assert step.ok
        assert "created with the first record" in step.detail
    else:
        assert not step.ok
        assert topic in step.hint


def test_unknown_topic_fails_within_seconds_and_works_once_it_exists(lab: Lab):
    lab.skip_on_sandbox("creates every topic that a record is sent to")
    name = f"later-{uuid.uuid4().hex[:8]}"
    producer = lab.producer({"min_metadata_refresh_interval": "200ms"})
    refusal: list[DeliveryFailed] = []

    def is_refused() -> bool:
        producer.poll(0.02)
        try:
            producer.produce(name, b"x", None, Reports())
        except DeliveryFailed as exc:
            refusal.append(exc)
        return bool(refusal)

    eventually(is_refused)
    assert refusal[0].message == f"Topic {name} does not exist on this cluster."
    assert refusal[0].hint.startswith("Create it")
    Admin(lab.connector(), lab.environment).create_topic(name)
    reports = Reports()

    def is_taken() -> bool:
        producer.poll(0.02)
        try:
            producer.produce(name, b"x", None, reports)
        except DeliveryFailed:
            return False
        return True

    eventually(is_taken)
    eventually(lambda: producer.poll(0.05) >= 0 and reports.places)
