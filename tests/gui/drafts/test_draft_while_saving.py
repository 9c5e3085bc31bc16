"""What happens to edits while they are saved."""

from __future__ import annotations

from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from core.workspace.load import load
from gui.viewmodels import draft_saving
from gui.viewmodels.object_drafts import Drafts

from .conftest import FILE, PLANT, SECRET, Keychain, held, save


@pytest.mark.parametrize("key", [PLANT, "connector:mqtt-1"])
def test_edits_that_are_reverted_while_they_are_written_are_saved_and_no_draft(
    drafts: Drafts, path: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, key: str
):
    hold, begun, may_go = held(draft_saving.write_changes)
    monkeypatch.setattr(draft_saving, "write_changes", hold)
    now = key
    if key != PLANT:
        drafts.create(key, "mqtt", {"server": "mqtt://127.0.0.1:1884"})
        drafts.set_name(key, "hall")
        now = "connector:hall"
    drafts.set(key, ("qos",), 2)
    with qtbot.waitSignal(drafts.saved) as saved:
        drafts.save(key)
        qtbot.waitUntil(begun.is_set)
        drafts.revert(key)
        may_go.set()

    assert saved.args == [now]
    assert load(path).partial.connectors.mqtt[now.partition(":")[2]].qos == 2
    assert drafts.dirty == []
    assert drafts.value(now, ("qos",)) == 2


def test_what_is_edited_while_it_is_written_is_still_a_draft(
    drafts: Drafts, path: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
):
    hold, begun, may_go = held(draft_saving.write_changes)
    monkeypatch.setattr(draft_saving, "write_changes", hold)
    drafts.set(PLANT, ("qos",), 2)
    with qtbot.waitSignal(drafts.saved):
        drafts.save(PLANT)
        qtbot.waitUntil(begun.is_set)
        drafts.set(PLANT, ("keepalive",), "5s")
        may_go.set()

    saved = load(path).partial.connectors.mqtt["plant"]
    assert (saved.qos, saved.keepalive.ms) == (2, 60_000)
    assert drafts.edits(PLANT) == {"connectors": {"mqtt": {"plant": {"keepalive": "5s"}}}}


def test_edits_that_are_reverted_while_the_keychain_asks_are_not_written(
    drafts: Drafts, path: Path, keychain: Keychain, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
):
    hold, begun, may_go = held(drafts.secrets.keep)
    monkeypatch.setattr(drafts.secrets, "keep", hold)
    drafts.set(PLANT, ("qos",), 2)
    drafts.set_secret(PLANT, ("password",), SECRET)
    drafts.save(PLANT)
    qtbot.waitUntil(begun.is_set)
    drafts.revert(PLANT)
    may_go.set()
    qtbot.waitUntil(lambda: not drafts.live.session.writing.locked())

    assert path.read_text("utf-8") == FILE
    assert drafts.dirty == []


def test_a_secret_that_is_typed_anew_while_the_keychain_asks_waits_for_the_next_save(
    drafts: Drafts, keychain: Keychain, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
):
    keep = drafts.secrets.keep
    hold, begun, may_go = held(keep)
    monkeypatch.setattr(drafts.secrets, "keep", hold)
    drafts.set_secret(PLANT, ("password",), "the first")
    with qtbot.waitSignal(drafts.saved):
        drafts.save(PLANT)
        qtbot.waitUntil(begun.is_set)
        drafts.set_secret(PLANT, ("password",), SECRET)
        may_go.set()

    assert list(keychain.entries.values()) == ["the first"]
    assert list(drafts.pending_secrets(PLANT).values()) == [SECRET]
    save(drafts, PLANT, qtbot)
    assert keychain.entries == {"0a1b2c3d-plant-password": SECRET}
