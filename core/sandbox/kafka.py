"""The Kafka side of the sandbox: the mock cluster that librdkafka carries for its own tests."""

from __future__ import annotations

import logging
from typing import Final

from confluent_kafka import KafkaException, Producer

from core.errors import ConnectFailed

_READY_TIMEOUT_S: Final = 10.0


class MockCluster:
    """A one-broker cluster inside this process, listening on loopback; lives as long as this."""

    def __init__(self) -> None:
        """Start the cluster.

        Raises:
            ConnectFailed: It did not come up.
        """
        silent = logging.getLogger("core.sandbox.kafka.librdkafka")
        silent.disabled = True  # announces the experimental property at every start
        self._owner = Producer(
            {
                "bootstrap.servers": "127.0.0.1:1",  # required; the mock puts its own in its place
                "test.mock.num.brokers": 1,
                "enable.metrics.push": False,
            },
            logger=silent,
        )
        try:
            brokers = self._owner.list_topics(timeout=_READY_TIMEOUT_S).brokers
        except KafkaException as exc:
            raise ConnectFailed(
                "The embedded Kafka did not start.",
                connector="sandbox",
                cause=str(exc),
                hint="Run `sluicegate self-check` to see what is missing.",
            ) from exc
        broker = next(iter(brokers.values()))
        self.address = f"{broker.host}:{broker.port}"
        """`HOST:PORT`, for `bootstrap.servers`."""
