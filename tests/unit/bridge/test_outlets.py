from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from core.bridge import outlets
from core.bridge.outlets import Outlets
from core.bridge.plan import ActionPlan
from core.clock import SystemClock
from core.workspace.environment import Environment
from core.workspace.kafka import KafkaAction, KafkaConnector

OAUTH = {
    "mechanism": "oauth",
    "endpoint_uri": "http://127.0.0.1:1/token",
    "client_id": "us",
    "client_secret": "env:SECRET",
}


class FakeProducer:
    """Has nothing on its way, and remembers that it was closed."""

    status, status_reason = "connected", ""

    def __init__(self, *_args: object) -> None:
        self.is_closed = False

    def __len__(self) -> int:
        return 0

    def close(self, _timeout_s: float) -> None:
        self.is_closed = True


def plan(name: str = "cloud", **more: Any) -> ActionPlan:
    options = {"name": name, "bootstrap_hosts": "127.0.0.1:1", "authentication": OAUTH, **more}
    return ActionPlan(KafkaAction(connector=name, topic="a"), KafkaConnector(**options))


@pytest.mark.parametrize(
    "more",
    [
        {},
        {"authentication": {**OAUTH, "extensions": {"logicalCluster": "a"}}},
        {"ssl": {"managed_certs": {"name": "a"}}},
    ],
)
def test_actions_share_the_producer_of_a_connector_whatever_its_options_hold(
    more: dict[str, Any], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
):
    monkeypatch.setattr(outlets, "RecordProducer", FakeProducer)
    made = Outlets(Environment(tmp_path, tmp_path, str), SystemClock())
    producer = made.producer(plan(**more))
    assert made.producer(plan(**more)) is producer
    other = made.producer(plan("another", **more))
    assert other is not producer
    assert made.statuses() == {"cloud": ("connected", ""), "another": ("connected", "")}

    made.drop_unused([])
    assert isinstance(producer, FakeProducer)
    assert producer.is_closed
    assert not made.has_unused
    assert made.producer(plan(**more)) is not producer
