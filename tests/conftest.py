"""Fixtures and rules that hold for every test."""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, settings

import core.workspace.model  # noqa: F401 - before PySide6, as in `gui`

pytest_plugins = (
    "tests.helpers.mosquitto",
    "tests.helpers.kafka",
    "tests.helpers.sandbox",
    "tests.helpers.engine",
)

# A loaded machine is no failure.
settings.register_profile("untimed", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("untimed")


def pytest_report_header() -> list[str]:
    """Name the brokers that this run uses."""
    from tests.helpers.kafka import kafka_version
    from tests.helpers.mosquitto import mosquitto_version
    from tests.helpers.sandbox import sandbox_version

    return [
        f"brokers: Mosquitto {mosquitto_version()}, "
        f"Apache Kafka {kafka_version()}, sandbox {sandbox_version()}"
    ]


def pytest_collection_finish(session: pytest.Session) -> None:
    """Fetch Apache Kafka before the first test, whose timeout it would not fit in."""
    from tests.helpers.kafka import kafka_jars

    if any({"kafka", "private_kafka"} & set(item.fixturenames) for item in session.items):
        with contextlib.suppress(pytest.skip.Exception):  # said by the tests that need it
            kafka_jars()


class _Warnings(logging.Handler):
    """Collects log records at WARNING and above."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.records: list[logging.LogRecord] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.records.append(record)


@pytest.fixture(autouse=True)
def _no_unexpected_warnings(request: pytest.FixtureRequest) -> Iterator[None]:
    """Fail a test that logs a warning it did not announce with `expect_warnings`."""
    handler = _Warnings()
    root = logging.getLogger()
    root.addHandler(handler)
    try:
        yield
    finally:
        root.removeHandler(handler)
    marker = request.node.get_closest_marker("expect_warnings")
    if marker is None and handler.records:
        lines = "\n".join(f"{r.name} {r.levelname}: {r.getMessage()}" for r in handler.records)
        pytest.fail(f"unexpected log records:\n{lines}", pytrace=False)


@pytest.fixture(autouse=True, scope="session")
def _no_folders_of_the_user(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Do so for fixtures of modules and packages as well, which are made before a test's own."""
    home = tmp_path_factory.mktemp("session-home")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_STATE_HOME", str(home / "state"))
        patch.setenv("XDG_CONFIG_HOME", str(home / "config"))
        yield


@pytest.fixture(autouse=True)
def _own_folders(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep what the program remembers out of the user's own folders."""
    home = tmp_path_factory.mktemp("home")
    monkeypatch.setenv("XDG_STATE_HOME", str(home / "state"))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(home / "config"))
    monkeypatch.setenv("TZ", "UTC")
