"""The embedded brokers for tests: one sandbox a session, used by everybody."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.metadata import version

import pytest

from core.sandbox.process import SandboxProcess
from core.workspace.environment import SandboxAddresses


@pytest.fixture(scope="session")
def sandbox() -> Iterator[SandboxAddresses]:
    """The addresses of a running sandbox; use topics of your own."""
    with SandboxProcess.start() as process:
        yield process.addresses


@pytest.fixture
def private_sandbox() -> Iterator[SandboxProcess]:
    """A sandbox of the test's own, to stop or kill."""
    with SandboxProcess.start() as process:
        yield process


def sandbox_version() -> str:
    """Name what the sandbox is made of."""
    return f"rumqttd (iotcore {version('iotcore')}), confluent-kafka {version('confluent-kafka')}"
