"""Secrets that are typed: where they go, and when they are deleted."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from core.workspace.load import load
from core.workspace.units import SecretRef
from gui.closing import Closing
from gui.viewmodels.file_changes import FileChanges
from gui.viewmodels.object_drafts import Drafts

from .conftest import PLANT, SECRET, Keychain, save, start_bridge


def test_a_typed_secret_goes_to_the_keychain_alone(
    drafts: Drafts, path: Path, keychain: Keychain, qtbot: QtBot
):
    drafts.set(PLANT, ("username",), "bridge")
    drafts.set_secret(PLANT, ("password",), SECRET)
    reference = drafts.value(PLANT, ("password",))
    assert drafts.pending_secrets(PLANT) == {reference: SECRET}
    assert not keychain.entries

    save(drafts, PLANT, qtbot)

    assert keychain.entries == {"0a1b2c3d-plant-password": SECRET}
    assert load(path).partial.connectors.mqtt["plant"].password == SecretRef(
        "secret", "0a1b2c3d-plant-password"
    )
    assert all(SECRET not in file.read_text("utf-8") for file in path.parent.iterdir())


def test_without_a_keychain_a_secret_lives_as_long_as_the_window(
    drafts: Drafts,
    path: Path,
    keychain: Keychain,
    qtbot: QtBot,
    monkeypatch: pytest.MonkeyPatch,
):
    variable = "SLUICEGATE_0A1B2C3D_PLANT_PASSWORD"
    monkeypatch.setenv(variable, "the one before")
    keychain.is_there = False
    drafts.set_secret(PLANT, ("password",), SECRET)
    save(drafts, PLANT, qtbot)

    reference = str(load(path).partial.connectors.mqtt["plant"].password)
    assert reference == f"env:{variable}"
    assert drafts.secrets.is_session_only(reference)
    assert SECRET not in path.read_text("utf-8")


@pytest.mark.parametrize("is_there", [True, False])
@pytest.mark.parametrize("other", ["renamed", "copied"])
def test_a_new_secret_leaves_that_of_an_object_that_was_renamed_or_copied(
    drafts: Drafts,
    path: Path,
    keychain: Keychain,
    qtbot: QtBot,
    monkeypatch: pytest.MonkeyPatch,
    is_there: bool,
    other: str,
):
    variable = "SLUICEGATE_0A1B2C3D_PLANT_PASSWORD"
    for name in (variable, f"{variable}_2"):
        monkeypatch.setenv(name, "unset")
    keychain.is_there = is_there
    drafts.set_secret(PLANT, ("password",), "the old one")
    save(drafts, PLANT, qtbot)
    changes = FileChanges(drafts)
    with qtbot.waitSignal(changes.done):
        if other == "renamed":
            changes.rename(PLANT, "hall")
        else:
            changes.duplicate(PLANT, "hall")
    if other == "renamed":
        drafts.create(PLANT, "mqtt", {"server": "mqtt://127.0.0.1:1884"})

    for secret in ("the new one", SECRET):  # the second goes over the first
        drafts.set_secret(PLANT, ("password",), secret)
        save(drafts, PLANT, qtbot)

    saved = load(path).partial.connectors.mqtt
    found = {name: saved[name].password for name in ("hall", "plant")}
    kept = keychain.entries if is_there else os.environ
    assert {name: kept[ref.name] for name, ref in found.items() if ref} == {
        "hall": "the old one",
        "plant": SECRET,
    }
    assert len(keychain.entries) == (2 if is_there else 0)


@pytest.mark.parametrize("is_there", [True, False])
@pytest.mark.parametrize("is_shared", [False, True])
def test_a_secret_that_nothing_leads_to_any_more_is_deleted_when_that_is_saved(
    drafts: Drafts,
    path: Path,
    keychain: Keychain,
    qtbot: QtBot,
    monkeypatch: pytest.MonkeyPatch,
    is_there: bool,
    is_shared: bool,
):
    variable = "SLUICEGATE_0A1B2C3D_PLANT_PASSWORD"
    monkeypatch.setenv(variable, "unset")
    keychain.is_there = is_there
    drafts.set_secret(PLANT, ("password",), SECRET)
    save(drafts, PLANT, qtbot)
    if is_shared:
        changes = FileChanges(drafts)
        with qtbot.waitSignal(changes.done, timeout=5_000):
            changes.duplicate(PLANT, "hall")
    told: list[bool] = []
    drafts.secretForgotten.connect(told.append)

    drafts.set(PLANT, ("password",), None)
    kept = keychain.entries if is_there else os.environ
    assert SECRET in kept.values()  # until it is saved
    save(drafts, PLANT, qtbot)

    assert (SECRET in kept.values()) is is_shared
    assert told == ([] if is_shared else [True])
    assert (drafts.next_undo([PLANT]) is not None) is is_shared  # else it would lead to nothing


def test_a_secret_is_deleted_with_the_way_to_sign_in_that_had_it(
    drafts: Drafts, keychain: Keychain, qtbot: QtBot
):
    drafts.set("connector:lab", ("authentication",), {"mechanism": "plain", "username": "u"})
    drafts.set_secret("connector:lab", ("authentication", "password"), SECRET)
    save(drafts, "connector:lab", qtbot)
    assert list(keychain.entries.values()) == [SECRET]
    drafts.set("connector:lab", ("authentication",), "none", default="none")
    save(drafts, "connector:lab", qtbot)
    assert keychain.entries == {}


def test_secrets_that_others_have_kept_are_left_alone(
    drafts: Drafts, keychain: Keychain, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
):
    keychain.entries["by-hand"] = "theirs"
    monkeypatch.setenv("BY_HAND", "theirs")
    for reference in ("secret:by-hand", "env:BY_HAND"):
        drafts.set(PLANT, ("password",), reference)
        save(drafts, PLANT, qtbot)
        drafts.set(PLANT, ("password",), None)
        save(drafts, PLANT, qtbot)
    assert keychain.entries == {"by-hand": "theirs"}
    assert os.environ["BY_HAND"] == "theirs"


def test_a_keychain_that_does_not_delete_is_told(drafts: Drafts, keychain: Keychain, qtbot: QtBot):
    drafts.set_secret(PLANT, ("password",), SECRET)
    save(drafts, PLANT, qtbot)
    keychain.is_there = False
    drafts.set(PLANT, ("password",), None)
    with qtbot.waitSignal(drafts.secretForgotten, timeout=5_000) as told:
        drafts.save(PLANT)
    assert told.args == [False]
    qtbot.waitUntil(lambda: not drafts.is_dirty(PLANT), timeout=5_000)


@pytest.mark.expect_warnings
@pytest.mark.parametrize("is_there", [True, False])
@pytest.mark.parametrize("end", ["apply", "reload", "stop"])
def test_a_secret_stays_until_the_engine_needs_it_no_more(
    drafts: Drafts,
    path: Path,
    keychain: Keychain,
    qtbot: QtBot,
    monkeypatch: pytest.MonkeyPatch,
    is_there: bool,
    end: str,
):
    monkeypatch.setenv("SLUICEGATE_0A1B2C3D_PLANT_PASSWORD", "unset")
    keychain.is_there = is_there
    kept = keychain.entries if is_there else os.environ
    drafts.set(PLANT, ("username",), "bridge")
    drafts.set_secret(PLANT, ("password",), SECRET)
    save(drafts, PLANT, qtbot)
    start_bridge(drafts, path, qtbot)
    drafts.set(PLANT, ("password",), None)
    save(drafts, PLANT, qtbot)
    assert SECRET in kept.values(), "the engine signs in with it when it connects again"

    session = drafts.live.session
    with qtbot.waitSignal(drafts.secretForgotten, timeout=20_000) as told:
        session.apply(drain_first=False) if end == "apply" else getattr(session, end)()
    assert told.args == [True]
    assert SECRET not in kept.values()


@pytest.mark.expect_warnings
def test_a_secret_that_is_typed_while_the_one_before_is_deleted_stays(
    drafts: Drafts, path: Path, keychain: Keychain, qtbot: QtBot
):
    drafts.set(PLANT, ("username",), "bridge")
    drafts.set_secret(PLANT, ("password",), SECRET)
    save(drafts, PLANT, qtbot)
    start_bridge(drafts, path, qtbot)
    drafts.set(PLANT, ("password",), None)
    save(drafts, PLANT, qtbot)
    keychain.may_drop.clear()
    drafts.live.session.stop()
    qtbot.waitUntil(keychain.is_dropping.is_set, timeout=20_000)
    assert drafts.live.session.writing.locked(), "what is saved now waits for that"

    drafts.set_secret(PLANT, ("password",), "another")
    drafts.save(PLANT)
    with qtbot.waitSignal(drafts.saved, timeout=10_000):
        keychain.may_drop.set()
    assert list(keychain.entries.values()) == ["another"]


def test_a_secret_stays_as_long_as_undo_would_lead_to_it(
    drafts: Drafts, keychain: Keychain, qtbot: QtBot
):
    drafts.set_secret(PLANT, ("password",), SECRET)
    save(drafts, PLANT, qtbot)
    changes = FileChanges(drafts)
    with qtbot.waitSignal(changes.done, timeout=5_000):
        changes.duplicate(PLANT, "hall")
    with qtbot.waitSignal(changes.done, timeout=5_000):
        changes.remove("connector:hall")
    drafts.set(PLANT, ("password",), None)
    save(drafts, PLANT, qtbot)
    assert list(keychain.entries.values()) == [SECRET]

    with qtbot.waitSignal(changes.undone, timeout=5_000):
        changes.undo()
    assert drafts.value("connector:hall", ("password",)) == "secret:0a1b2c3d-plant-password"


@pytest.mark.expect_warnings
def test_a_secret_that_waits_for_the_bridge_is_deleted_when_the_window_closes_first(
    drafts: Drafts, path: Path, keychain: Keychain, qtbot: QtBot
):
    drafts.set(PLANT, ("username",), "bridge")
    drafts.set_secret(PLANT, ("password",), SECRET)
    save(drafts, PLANT, qtbot)
    start_bridge(drafts, path, qtbot)
    drafts.set(PLANT, ("password",), None)
    save(drafts, PLANT, qtbot)
    assert keychain.entries

    window = QWidget()
    qtbot.addWidget(window)
    faults: list[str] = []
    forget = drafts.unneeded.forget_at_end
    closing = Closing(window, drafts.live.session, lambda text, _exc: faults.append(text), forget)
    with qtbot.waitSignal(closing.finished):
        closing.begin()
    assert not keychain.entries
    assert not faults
