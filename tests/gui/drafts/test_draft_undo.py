"""Edits that are taken back and made again."""

from __future__ import annotations

from pathlib import Path

from pytestqt.qtbot import QtBot

from gui.viewmodels.object_drafts import Drafts

from .conftest import FILE, PLANT, SECRET, Keychain, save


def test_an_edit_that_is_taken_back_is_no_edit_and_can_be_made_again(drafts: Drafts, qtbot: QtBot):
    drafts.set(PLANT, ("ssl", "enable"), True, default=False)
    drafts.set(PLANT, ("qos",), 2)

    with qtbot.waitSignal(drafts.turned) as told:
        drafts.undo([PLANT])
    assert told.args == [PLANT, ("qos",)]
    assert drafts.value(PLANT, ("qos",)) is None
    assert drafts.is_dirty(PLANT)
    assert drafts.next_undo([PLANT]) == (PLANT, ("ssl", "enable"))
    drafts.undo([PLANT])

    assert not drafts.is_dirty(PLANT)
    assert drafts.next_undo([PLANT]) is None
    drafts.redo([PLANT])
    drafts.redo([PLANT])
    assert drafts.value(PLANT, ("ssl", "enable")) is True
    assert drafts.value(PLANT, ("qos",)) == 2
    assert drafts.next_redo([PLANT]) is None


def test_what_is_typed_in_one_place_is_one_step(drafts: Drafts):
    for text in ("m", "mq", "mqtt://b"):
        drafts.set(PLANT, ("server",), text)
    for text in ("1", "12"):
        drafts.set(PLANT, ("keepalive",), text)

    drafts.undo([PLANT])
    assert drafts.value(PLANT, ("keepalive",)) == "60s"
    assert drafts.value(PLANT, ("server",)) == "mqtt://b"
    drafts.undo([PLANT])
    assert drafts.value(PLANT, ("server",)) == "mqtt://127.0.0.1:1883"
    assert drafts.next_undo([PLANT]) is None


def test_typing_in_a_row_is_one_step_and_another_row_is_another(drafts: Drafts):
    def headers(*values: str) -> list[dict[str, str]]:
        return [{"key": f"h{at}", "value": value} for at, value in enumerate(values)]

    path = ("headers",)
    for rows in (headers(""), headers("a"), headers("ab"), headers("ab", ""), headers("ab", "c")):
        drafts.set("rule:all", path, rows)

    seen: list[object] = []
    while drafts.next_undo(["rule:all"]):
        drafts.undo(["rule:all"])
        seen.append(drafts.value("rule:all", path))
    assert seen == [headers("ab", ""), headers("ab"), headers(""), None]


def test_what_is_typed_back_leaves_nothing_to_undo(drafts: Drafts):
    drafts.set(PLANT, ("server",), "mqtt://b")
    drafts.set(PLANT, ("server",), "mqtt://127.0.0.1:1883")

    assert drafts.next_undo([PLANT]) is None


def test_a_switch_that_is_turned_twice_is_two_steps(drafts: Drafts):
    drafts.set("connector:lab", ("enable",), False, default=True)
    drafts.set("connector:lab", ("enable",), True, default=True)

    drafts.undo(["connector:lab"])

    assert drafts.value("connector:lab", ("enable",)) is False


def test_a_document_takes_back_only_edits_of_its_own_objects(drafts: Drafts):
    drafts.set(PLANT, ("qos",), 2)
    drafts.set("connector:lab", ("enable",), False)

    drafts.undo([PLANT])

    assert drafts.value("connector:lab", ("enable",)) is False
    assert not drafts.is_dirty(PLANT)


def test_a_gesture_over_several_objects_is_one_step(drafts: Drafts):
    with drafts.gesture():
        drafts.create("action:to_lab", "kafka", {"connector": "lab", "topic": "t"})
        drafts.set("rule:all", ("actions",), ["console", "to_lab"])

    drafts.undo(["rule:all"])
    assert not drafts.exists("action:to_lab")
    assert drafts.dirty == []

    drafts.redo(["rule:all"])
    assert drafts.value("action:to_lab", ("topic",)) == "t"
    assert drafts.is_new("action:to_lab")
    assert drafts.value("rule:all", ("actions",)) == ["console", "to_lab"]


def test_a_new_edit_ends_what_could_be_made_again(drafts: Drafts):
    drafts.set(PLANT, ("qos",), 2)
    drafts.undo([PLANT])
    drafts.set(PLANT, ("keepalive",), "5s")

    assert drafts.next_redo([PLANT]) is None


def test_an_edit_is_taken_back_after_it_was_saved(drafts: Drafts, qtbot: QtBot):
    drafts.set(PLANT, ("qos",), 2)
    save(drafts, PLANT, qtbot)

    drafts.undo([PLANT])
    assert drafts.is_dirty(PLANT)
    assert drafts.value(PLANT, ("qos",)) is None
    drafts.redo([PLANT])
    assert not drafts.is_dirty(PLANT)


def test_what_was_reverted_comes_back(drafts: Drafts):
    drafts.set(PLANT, ("qos",), 2)
    drafts.revert(PLANT)

    drafts.undo([PLANT])

    assert drafts.value(PLANT, ("qos",)) == 2


def test_a_new_object_that_is_given_up_leaves_nothing_to_undo(drafts: Drafts):
    drafts.create("connector:mqtt-1", "mqtt", {"server": "mqtt://127.0.0.1:1884"})
    drafts.set("connector:mqtt-1", ("qos",), 2)
    drafts.revert("connector:mqtt-1")

    assert drafts.next_undo(["connector:mqtt-1"]) is None
    assert not drafts.exists("connector:mqtt-1")


def test_a_name_that_was_typed_is_taken_back_until_it_is_saved(drafts: Drafts, qtbot: QtBot):
    key = "connector:mqtt-1"
    drafts.create(key, "mqtt", {"server": "mqtt://127.0.0.1:1884"})
    drafts.set_name(key, "hall")
    drafts.undo([key])
    assert drafts.name(key) == "mqtt-1"
    drafts.redo([key])
    assert drafts.name(key) == "hall"
    drafts.set(key, ("qos",), 2)
    save(drafts, key, qtbot)

    assert drafts.next_undo([key]) is None
    drafts.undo(["connector:hall"])
    assert drafts.value("connector:hall", ("qos",)) is None
    assert drafts.next_undo(["connector:hall"]) is None


def test_an_edit_goes_on_top_of_what_came_from_outside(drafts: Drafts, path: Path, qtbot: QtBot):
    drafts.set(PLANT, ("qos",), 2)
    drafts.set(PLANT, ("keepalive",), "5s")
    with qtbot.waitSignal(drafts.live.workspaceChanged):
        path.write_text(FILE.replace('"green"', '"blue"'), "utf-8")
        drafts.live.session.open(path)

    drafts.undo([PLANT])

    assert drafts.value(PLANT, ("keepalive",)) == "60s"
    assert drafts.value(PLANT, ("colour",)) == "blue"
    assert drafts.value(PLANT, ("qos",)) == 2


def test_what_was_changed_from_outside_is_not_overwritten(drafts: Drafts, path: Path, qtbot: QtBot):
    drafts.set(PLANT, ("keepalive",), "5s")
    save(drafts, PLANT, qtbot)
    with qtbot.waitSignal(drafts.live.workspaceChanged):
        path.write_text(FILE.replace('"60s"', '"7s"'), "utf-8")
        drafts.live.session.open(path)

    assert drafts.next_undo([PLANT]) is None


def test_a_typed_secret_is_taken_back_until_it_is_kept(
    drafts: Drafts, keychain: Keychain, qtbot: QtBot
):
    drafts.set(PLANT, ("username",), "bridge")
    for typed in ("c", "co", SECRET):
        drafts.set_secret(PLANT, ("password",), typed)
    drafts.undo([PLANT])
    assert drafts.pending_secrets(PLANT) == {}
    assert drafts.value(PLANT, ("password",)) is None
    drafts.redo([PLANT])
    assert list(drafts.pending_secrets(PLANT).values()) == [SECRET]

    save(drafts, PLANT, qtbot)

    assert list(keychain.entries.values()) == [SECRET]
    assert drafts.next_undo([PLANT]) is None  # the keychain does not give the old one back
