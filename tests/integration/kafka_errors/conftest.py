"""The catalogue of Kafka's failures, each entry brought about by its own cause.

Causes are a real Kafka, servers that speak something else, and a scripted listener for what one
healthy node does not do: see also `test_kafka_security` (sign-in, TLS), `test_kafka_delivery`
(records), `test_kafka_cluster` (topics, limits). Not brought about: a certificate that is not valid
yet (one code path with an expired one), a refusal by a policy of the cluster (a policy is a Java
class on the broker), a connection closed because it was idle (brokers wait for minutes; see
`test_status`), routers that answer "unreachable".
"""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from confluent_kafka.admin import (
    AclBinding,
    AclOperation,
    AclPermissionType,
    ResourcePatternType,
    ResourceType,
)

from core.errors import DeliveryFailed
from core.kafka.check import check_kafka
from core.kafka.options import producer_group
from core.kafka.producer import QueueFull, RecordProducer
from core.probe import Step
from core.workspace.environment import Environment
from core.workspace.kafka import KafkaAction, KafkaConnector
from tests.helpers.kafka import PASSWORD, USER, Kafka
from tests.helpers.wait import PATIENCE_S, eventually

NOWHERE = "no-such-host.invalid"


class Bench:
    """A producer of one connector, closed after the test."""

    def __init__(self, folder: Path, bootstrap: str, action: dict[str, Any], **options: Any):
        self.environment = Environment(folder, folder, lambda reference: PASSWORD)
        settings = {"name": "lab", "bootstrap_hosts": bootstrap, "connect_timeout": "1s"}
        self.connector = KafkaConnector(**{**settings, **options})
        group = producer_group(KafkaAction(connector="lab", topic="t", **action))
        self.producer = RecordProducer(self.connector, group, self.environment)

    def until(self, condition: Callable[[], object], timeout: float = PATIENCE_S) -> None:
        """Poll the producer until a condition holds."""

        def state() -> object:
            self.producer.poll(0.02)
            return condition()

        eventually(state, timeout, lambda: f"{self.producer.status} {self.producer.status_reason}")

    def trouble(self) -> tuple[str, str]:
        """Wait for the first failure: status and reason."""
        self.until(lambda: self.producer.status_reason)
        return self.producer.status, self.producer.status_reason

    def send(self, topic: str = "t", timestamp_ms: int = 0, **more: Any) -> DeliveryFailed | None:
        """Write a record and wait for its report; None when it was delivered."""
        errors: list[object] = []

        def queued() -> bool:
            try:
                self.producer.produce(
                    topic, b"x", b"k", lambda error, _: errors.append(error), timestamp_ms, **more
                )
            except QueueFull:
                return False
            return True

        self.until(queued)
        self.until(lambda: errors)
        return None if errors[0] is None else self.producer.delivery_failure(errors[0], topic)

    def check(self, *topics: str) -> dict[str, Step]:
        """Test the connection; the steps by their names."""
        return {step.step: step for step in check_kafka(self.connector, self.environment, topics)}

    def last_step(self) -> Step:
        """Test the connection; the step that failed."""
        step = list(self.check().values())[-1]
        assert not step.ok
        assert step.hint
        return step


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Callable[..., Bench]]:
    made: list[Bench] = []

    def make(bootstrap: str, action: dict[str, Any] | None = None, **options: Any) -> Bench:
        made.append(Bench(tmp_path, bootstrap, action or {}, **options))
        return made[-1]

    yield make
    for each in made:
        each.producer.close(0)


def allow(kafka: Kafka, topic: str, right: AclOperation) -> None:
    """Give the test's user a right to a topic; it has no other there from then on."""
    rule = AclBinding(
        ResourceType.TOPIC, topic, ResourcePatternType.LITERAL, f"User:{USER}", "*", right,
        AclPermissionType.ALLOW,
    )  # fmt: skip
    for result in kafka.admin.create_acls([rule]).values():
        result.result(PATIENCE_S)


def closed_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])
