"""Edits in memory: what they keep, what is wrong with them, and how they get into the file."""

from __future__ import annotations

from pathlib import Path

from pytestqt.qtbot import QtBot

from core.workspace.load import load
from gui.viewmodels.object_drafts import Drafts

from .conftest import FILE, PLANT, save


def test_an_edit_is_a_draft_until_it_is_saved(drafts: Drafts, path: Path, qtbot: QtBot):
    drafts.set(PLANT, ("qos",), 2)

    assert drafts.is_dirty(PLANT)
    assert drafts.value(PLANT, ("qos",)) == 2
    assert path.read_text("utf-8") == FILE
    assert drafts.live.workspace.connectors.mqtt["plant"].qos == 1

    save(drafts, PLANT, qtbot)

    assert not drafts.is_dirty(PLANT)
    assert drafts.live.workspace.connectors.mqtt["plant"].qos == 2


def test_saving_keeps_comments_and_keys_that_nobody_knows(drafts: Drafts, path: Path, qtbot: QtBot):
    drafts.set(PLANT, ("server",), "mqtts://plant:8883")
    drafts.set(PLANT, ("ssl", "verify"), "verify_none", default="verify_peer")
    save(drafts, PLANT, qtbot)

    text = path.read_text("utf-8")
    lines = text.splitlines()
    assert 'server = "mqtts://plant:8883"   # in the cellar' in lines
    assert 'colour = "green"                   # nothing here knows this key' in lines
    assert "# the plant's own broker" in lines
    assert load(path).partial.connectors.mqtt["plant"].ssl.verify == "verify_none"
    assert set(FILE.splitlines()) - set(lines) == {
        'server = "mqtt://127.0.0.1:1883"   # in the cellar'
    }


def test_a_value_back_at_its_default_is_no_edit(drafts: Drafts):
    drafts.set(PLANT, ("ssl", "enable"), True, default=False)
    assert drafts.is_dirty(PLANT)

    drafts.set(PLANT, ("ssl", "enable"), False, default=False)

    assert not drafts.is_dirty(PLANT)
    assert drafts.value(PLANT, ("ssl",)) is None


def test_reverting_gives_the_saved_values(drafts: Drafts, qtbot: QtBot):
    drafts.set(PLANT, ("keepalive",), "5s")
    with qtbot.waitSignal(drafts.changed):
        drafts.revert(PLANT)

    assert not drafts.is_dirty(PLANT)
    assert drafts.value(PLANT, ("keepalive",)) == "60s"


def test_problems_are_told_by_value(drafts: Drafts, qtbot: QtBot):
    with qtbot.waitSignal(drafts.checked):
        drafts.set(PLANT, ("server",), "http://plant")

    found = drafts.problem_of(PLANT, ("server",))
    assert found is not None
    assert "no address of an MQTT broker" in found.message
    assert "mqtt://HOST:PORT" in found.hint
    assert drafts.problem_of(PLANT, ("keepalive",)) is None
    assert all("colour" in p.path or "server" in p.path for p in drafts.problems(PLANT))


def test_errors_keep_it_from_being_saved(drafts: Drafts, path: Path, qtbot: QtBot):
    drafts.set(PLANT, ("keepalive",), "soon")
    with qtbot.waitSignal(drafts.refused):
        drafts.save(PLANT)

    assert drafts.is_dirty(PLANT)
    assert drafts.problem_of(PLANT, ("keepalive",)) is not None
    assert path.read_text("utf-8") == FILE


def test_a_new_object_is_in_the_file_after_saving(drafts: Drafts, path: Path, qtbot: QtBot):
    drafts.create("connector:mqtt-1", "mqtt", {"server": "mqtt://127.0.0.1:1884"})
    assert drafts.exists("connector:mqtt-1")
    assert drafts.is_new("connector:mqtt-1")
    assert drafts.kind("connector:mqtt-1") == "mqtt"

    save(drafts, "connector:mqtt-1", qtbot)

    assert not drafts.is_new("connector:mqtt-1")
    assert load(path).partial.connectors.mqtt["mqtt-1"].server == "mqtt://127.0.0.1:1884"
    assert FILE.splitlines()[3] in path.read_text("utf-8")


def test_a_new_object_never_takes_the_place_of_another(drafts: Drafts, path: Path, qtbot: QtBot):
    drafts.create("rule:fresh", "", {"sql": 'SELECT 1 as x FROM "mine"'})
    drafts.create("connector:mqtt-1", "mqtt", {"server": "mqtt://127.0.0.1:1884"})
    drafts.set_name("rule:fresh", "all")
    drafts.set_name("connector:mqtt-1", "lab")
    said = {
        "rule:fresh": "Another rule is called all. Choose another name.",
        "connector:mqtt-1": "Another connector is called lab. Choose another name.",
    }
    for key, words in said.items():
        with qtbot.waitSignal(drafts.refused, timeout=5_000):
            drafts.save(key)
        assert [problem.message for problem in drafts.problems(key)] == [words]

    assert path.read_text("utf-8") == FILE


def test_an_object_waits_for_the_new_ones_that_it_names(drafts: Drafts, path: Path, qtbot: QtBot):
    drafts.create("action:to_lab", "kafka", {"connector": "lab", "topic": "t"})
    drafts.set_name("action:to_lab", "to lab")
    drafts.set("rule:all", ("actions",), ["console", "to lab"])
    with qtbot.assertNotEmitted(drafts.saved), qtbot.waitSignal(drafts.refused) as refused:
        drafts.save("action:to_lab")
        drafts.save("rule:all", after=["action:to_lab"])
    qtbot.waitUntil(lambda: not drafts.live.session.tasks.names, timeout=5_000)

    assert refused.args == ["action:to_lab"]
    assert [found.message for found in drafts.problems("action:to_lab")] == [
        "Use letters, digits, - and _."
    ]
    assert path.read_text("utf-8") == FILE


def test_objects_saved_at_once_are_all_saved(drafts: Drafts, path: Path, qtbot: QtBot):
    drafts.set(PLANT, ("qos",), 2)
    drafts.set("connector:lab", ("connect_timeout",), "9s")
    drafts.save(PLANT)
    drafts.save("connector:lab")
    qtbot.waitUntil(lambda: not drafts.dirty)

    saved = load(path).partial.connectors
    assert saved.mqtt["plant"].qos == 2
    assert saved.kafka["lab"].connect_timeout.ms == 9_000


def test_a_rule_is_edited_in_the_same_way(drafts: Drafts, path: Path, qtbot: QtBot):
    drafts.set("rule:all", ("sql",), 'SELECT payload FROM "t/#"')
    save(drafts, "rule:all", qtbot)

    assert load(path).partial.rules["all"].sql == 'SELECT payload FROM "t/#"'
    assert "# everything" in path.read_text("utf-8")


def test_signing_in_changes_its_shape(drafts: Drafts, path: Path, qtbot: QtBot):
    signed = {"mechanism": "plain", "username": "u", "password": "env:NO_SUCH"}
    drafts.set("connector:lab", ("authentication",), signed)
    save(drafts, "connector:lab", qtbot)
    assert load(path).partial.connectors.kafka["lab"].mechanism == "PLAIN"

    drafts.set("connector:lab", ("authentication",), "none", default="none")
    save(drafts, "connector:lab", qtbot)
    assert path.read_text("utf-8") == FILE
