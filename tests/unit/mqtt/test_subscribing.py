"""What a source remembers of its subscriptions where the state folder cannot be written."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.mqtt.answers import Connack
from core.mqtt.settings import source_settings
from core.mqtt.state import Remembered, SubscriptionStore
from core.mqtt.subscribing import Subscribing
from core.workspace.environment import Environment
from core.workspace.mqtt import MqttConnector

BEFORE = Remembered("me", {"a/#": 5}, ["a/#"], [], 6)


class LockedStore(SubscriptionStore):
    """A file on a disk that can be made read-only."""

    def lock(self) -> None:
        """Have every later write fail: the name of the folder leads nowhere."""
        self.path.parent.rename(self.path.parent.with_name("elsewhere"))
        self.path.parent.symlink_to("nowhere")

    def unlock(self) -> None:
        """Let writes succeed again."""
        self.path.parent.unlink()
        self.path.parent.with_name("elsewhere").rename(self.path.parent)


def locked(folder: Path, *filters: str) -> tuple[Subscribing, LockedStore]:
    connector = MqttConnector(name="plant", server="mqtt://127.0.0.1:1883")
    settings = source_settings(connector, "me", Environment(folder, folder, str))
    store = LockedStore(folder / "state", "plant")
    store.save(BEFORE)
    subscribing = Subscribing(settings, store, filters)
    store.lock()
    return subscribing, store


@pytest.mark.expect_warnings("the state folder cannot be written")
def test_same_filters_keep_their_identifiers(tmp_path: Path):
    subscribing, _ = locked(tmp_path, "a/#")
    subscribing.plan()
    assert [each.identifier for each in subscribing.subscriptions.all] == [5]


@pytest.mark.expect_warnings("the state folder cannot be written")
def test_identifiers_that_are_not_on_file_are_not_those_that_the_next_run_gives(tmp_path: Path):
    given: set[int] = set()
    for run in range(3):
        subscribing, _ = locked(tmp_path / str(run), "b/#", "c/#")
        subscribing.plan()
        given |= {each.identifier for each in subscribing.subscriptions.all}
    assert len(given) == 6
    assert not given & {5, 6, 7}


@pytest.mark.expect_warnings("the state folder cannot be written")
def test_what_was_not_written_is_written_with_the_next_connection(tmp_path: Path):
    subscribing, store = locked(tmp_path, "b/#")
    subscribing.plan()
    store.unlock()
    assert store.load("me") == BEFORE
    subscribing.start_over(Connack(session_present=True))
    found = store.load("me")
    assert found.ids == {"b/#": subscribing.subscriptions.all[0].identifier}
    assert found.stale == ["a/#"]
