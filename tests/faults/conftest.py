"""Brokers that a test may hurt, and the table of all accounts at the end of the run."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.helpers.account import ROWS, table
from tests.helpers.certificates import Certificates
from tests.helpers.kafka import Kafka
from tests.helpers.mosquitto import Mosquitto

MEMORY = Path("/dev/shm")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print what became of every message."""
    if ROWS:
        terminalreporter.section("messages under faults")
        for line in table(ROWS):
            terminalreporter.write_line(line)


@pytest.fixture(scope="package")
def patient_kafka(
    tmp_path_factory: pytest.TempPathFactory, certificates: Certificates
) -> Iterator[Kafka]:
    """A node for all fault tests; each leaves it running."""
    node = Kafka(tmp_path_factory.mktemp("kafka"), certificates)
    node.start()
    yield node
    node.kill()


@pytest.fixture
def mosquitto() -> Iterator[Mosquitto]:
    """A broker whose files are in memory where the system allows it: it saves at each change."""
    with tempfile.TemporaryDirectory(dir=MEMORY if MEMORY.is_dir() else None) as folder:
        broker = Mosquitto(Path(folder) / "mosquitto")
        broker.start()
        yield broker
        broker.stop()
