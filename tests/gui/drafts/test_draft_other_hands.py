"""Edits of a file that others change meanwhile: newer, broken, without their object."""

from __future__ import annotations

from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from core.workspace.diff import REMOVED
from core.workspace.load import load
from core.workspace.units import SecretRef
from gui.viewmodels.object_drafts import Drafts

from .conftest import FILE, PLANT, SECRET, Keychain, broken, read_anew, save


def test_a_file_that_somebody_changed_is_not_overwritten(drafts: Drafts, path: Path, qtbot: QtBot):
    theirs = FILE.replace("in the cellar", "in the attic")
    path.write_text(theirs, "utf-8")
    drafts.set(PLANT, ("qos",), 2)
    with qtbot.waitSignal(drafts.failed) as failed:
        drafts.save(PLANT)

    assert failed.args is not None
    key, message, hint = failed.args
    assert key == PLANT
    assert "changed by somebody else" in message
    assert hint
    assert drafts.is_dirty(PLANT)
    assert path.read_text("utf-8") == theirs


def test_edits_move_onto_another_version_of_the_file(drafts: Drafts, path: Path, qtbot: QtBot):
    drafts.set(PLANT, ("qos",), 2)
    path.write_text(FILE.replace('"60s"', '"30s"'), "utf-8")
    drafts.live.session.reload()
    qtbot.waitUntil(lambda: drafts.value(PLANT, ("keepalive",)) == "30s")

    assert drafts.value(PLANT, ("qos",)) == 2
    save(drafts, PLANT, qtbot)
    assert load(path).partial.connectors.mqtt["plant"].keepalive.ms == 30_000


def test_a_new_object_is_not_saved_over_one_that_others_made_meanwhile(
    drafts: Drafts, path: Path, qtbot: QtBot
):
    drafts.create("rule:fresh", "", {"sql": 'SELECT 1 as x FROM "mine"', "enable": False})
    theirs = FILE + "\n[rules.fresh]\nsql = '''SELECT * FROM \"theirs\"'''\n"
    read_anew(drafts, path, theirs, qtbot)
    with qtbot.waitSignal(drafts.refused, timeout=5_000):
        drafts.save("rule:fresh")
    assert path.read_text("utf-8") == theirs

    drafts.set_name("rule:fresh", "mine")
    save(drafts, "rule:fresh", qtbot)
    rules = load(path).partial.rules
    assert rules["fresh"].sql == 'SELECT * FROM "theirs"'
    assert rules["mine"].sql == 'SELECT 1 as x FROM "mine"'
    assert drafts.dirty == []


@pytest.mark.parametrize("broken", [FILE.replace("[rules.all]", "[rules.all"), ""])
def test_edits_outlast_a_file_that_is_broken_for_a_while(
    drafts: Drafts, path: Path, qtbot: QtBot, broken: str
):
    drafts.set("rule:all", ("sql",), 'SELECT qos FROM "mine"')
    drafts.set(PLANT, ("colour",), None)
    read_anew(drafts, path, broken, qtbot)

    assert drafts.dirty == ["rule:all", PLANT]
    with qtbot.waitSignal(drafts.failed) as failed:
        drafts.save("rule:all")
    assert "your edits stay" in failed.args[2]
    assert path.read_text("utf-8") == broken

    read_anew(drafts, path, FILE.replace('"60s"', '"7s"'), qtbot)
    assert drafts.value("rule:all", ("sql",)) == 'SELECT qos FROM "mine"'
    assert not drafts.is_new("rule:all")
    assert drafts.edits(PLANT) == {"connectors": {"mqtt": {"plant": {"colour": REMOVED}}}}
    assert drafts.value(PLANT, ("keepalive",)) == "7s"
    save(drafts, "rule:all", qtbot)
    assert load(path).partial.rules["all"].sql == 'SELECT qos FROM "mine"'


def test_edits_of_an_object_that_others_remove_make_a_new_one(
    drafts: Drafts, path: Path, qtbot: QtBot
):
    drafts.set("rule:all", ("sql",), 'SELECT qos FROM "mine"')
    read_anew(drafts, path, FILE.partition("[rules.all]")[0], qtbot)

    assert drafts.is_new("rule:all")
    save(drafts, "rule:all", qtbot)
    rule = load(path).partial.rules["all"]
    assert (rule.sql, list(rule.actions)) == (
        'SELECT qos FROM "mine"',
        ["console"],
    )


def test_edits_are_edits_again_once_others_bring_their_object_back(
    drafts: Drafts, path: Path, qtbot: QtBot
):
    drafts.set("rule:all", ("enable",), False)
    read_anew(drafts, path, FILE.partition("[rules.all]")[0], qtbot)
    assert drafts.orphans == ["rule:all"]
    read_anew(drafts, path, FILE.replace("t/#", "theirs"), qtbot)

    assert drafts.orphans == []
    assert not drafts.is_new("rule:all")
    assert drafts.edits("rule:all") == {"rules": {"all": {"enable": False}}}
    drafts.undo(["rule:all"])
    assert drafts.dirty == []


@pytest.mark.parametrize("is_read", [False, True])
def test_a_secret_that_is_typed_while_the_file_is_broken_waits_until_it_can_be_saved(
    drafts: Drafts, path: Path, keychain: Keychain, qtbot: QtBot, is_read: bool
):
    keychain.entries["0a1b2c3d-plant-password"] = "the one that the file still means"
    drafts.set(PLANT, ("username",), "bridge")
    if is_read:
        read_anew(drafts, path, broken(FILE), qtbot)
    else:
        path.write_text(broken(FILE), "utf-8")
    drafts.set_secret(PLANT, ("password",), SECRET)
    with qtbot.waitSignal(drafts.failed) as failed:
        drafts.save(PLANT)

    assert failed.args is not None
    assert failed.args[0] == PLANT
    assert failed.args[2]
    assert list(keychain.entries.values()) == ["the one that the file still means"]
    assert list(drafts.pending_secrets(PLANT).values()) == [SECRET]
    assert SECRET not in repr(drafts.entries())
    assert all(SECRET not in each.read_text("utf-8") for each in path.parent.iterdir())

    path.write_text(FILE, "utf-8")
    if is_read:
        read_anew(drafts, path, FILE, qtbot)
    save(drafts, PLANT, qtbot)
    assert keychain.entries == {"0a1b2c3d-plant-password": SECRET}
    saved = load(path).partial.connectors.mqtt["plant"]
    assert saved.password == SecretRef("secret", "0a1b2c3d-plant-password")
    assert SECRET not in path.read_text("utf-8")


def test_an_edited_object_that_is_taken_out_of_the_file_is_told(
    drafts: Drafts, path: Path, qtbot: QtBot
):
    drafts.create("connector:mqtt-1", "mqtt", {"server": "mqtt://127.0.0.1:1884"})
    drafts.set("rule:all", ("enable",), False)
    drafts.set("connector:lab", ("connect_timeout",), "9s")
    assert drafts.orphans == []
    read_anew(drafts, path, FILE[: FILE.index("[rules.all]")], qtbot)

    assert drafts.orphans == ["rule:all"]
    assert drafts.value("rule:all", ("sql",)) == 'SELECT * FROM "t/#"'

    with drafts.gesture():
        drafts.revert("rule:all")
    assert drafts.orphans == []
    drafts.undo(["rule:all"])
    assert drafts.orphans == ["rule:all"]

    save(drafts, "rule:all", qtbot)
    assert drafts.orphans == []
    assert not load(path).partial.rules["all"].enable
