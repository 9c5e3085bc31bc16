"""Edits in memory: what they keep, what is wrong with them, and how they get into the file."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Event
from typing import Any

import pytest
from pytestqt.qtbot import QtBot

from core.errors import ConfigError
from core.workspace.diff import REMOVED
from core.workspace.load import load
from core.workspace.units import SecretRef
from gui.engine_client import InProcessEngine
from gui.recent import RecentFiles
from gui.viewmodels import object_drafts
from gui.viewmodels.file_changes import FileChanges
from gui.viewmodels.live import Live
from gui.viewmodels.object_drafts import Drafts
from gui.viewmodels.secret_keeper import SecretKeeper
from gui.viewmodels.session import Session
from tests.helpers.wait import PATIENCE_S

from .conftest import Run

FILE = """sluicegate = 1
id = "0a1b2c3d"

# the plant's own broker
[connectors.mqtt.plant]
server = "mqtt://127.0.0.1:1883"   # in the cellar
colour = "green"                   # nothing here knows this key
keepalive = "60s"

[connectors.kafka.lab]
bootstrap_hosts = "127.0.0.1:9092"
authentication = "none"

[rules.all]
sql = '''SELECT * FROM "t/#"'''    # everything
actions = ["console"]
"""

PLANT = "connector:plant"
SECRET = "correct horse battery"


class Keychain:
    """Takes secrets, or refuses as a machine without a keychain does."""

    def __init__(self) -> None:
        self.entries: dict[str, str] = {}
        self.is_there = True
        self.is_dropping, self.may_drop = Event(), Event()
        self.may_drop.set()

    def put(self, name: str, secret: str) -> SecretRef:
        if not self.is_there:
            raise ConfigError("there is no keychain")
        self.entries[name] = secret
        return SecretRef("secret", name)

    def drop(self, name: str) -> None:
        if not self.is_there:
            raise ConfigError("there is no keychain")
        self.is_dropping.set()
        assert self.may_drop.wait(PATIENCE_S)
        self.entries.pop(name, None)


@pytest.fixture
def keychain() -> Keychain:
    return Keychain()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    made = tmp_path / "plant.sluicegate.toml"
    made.write_text(FILE, "utf-8")
    return made


@pytest.fixture
def drafts(path: Path, keychain: Keychain, run: Run, qtbot: QtBot) -> Iterator[Drafts]:
    engine = InProcessEngine()
    session = Session(engine, recent=RecentFiles())
    live = Live(session)
    session.open(path)
    qtbot.waitUntil(lambda: session.loaded is not None)
    yield Drafts(live, session, secrets=SecretKeeper(keychain.put, keychain.drop))
    run(session.close(), 30)
    session.deleteLater()
    engine.deleteLater()


def save(drafts: Drafts, key: str, qtbot: QtBot) -> None:
    with qtbot.waitSignal(drafts.saved):
        drafts.save(key)


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


def start_bridge(drafts: Drafts, path: Path, qtbot: QtBot) -> None:
    """Start it on brokers that are not there, for which it goes on waiting."""
    session = drafts.live.session
    text = path.read_text("utf-8").replace(":1883", ":1").replace(":9092", ":1")
    read_anew(drafts, path, text, qtbot)
    session.start()
    qtbot.waitUntil(lambda: session.running_file is not None, timeout=10_000)


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


# Taking back


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


def read_anew(drafts: Drafts, path: Path, text: str, qtbot: QtBot) -> None:
    path.write_text(text, "utf-8")
    with qtbot.waitSignal(drafts.live.workspaceChanged):
        drafts.live.session.read_again()


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


# What happens while it is saved


def held(call: Callable[..., Any]) -> tuple[Callable[..., Any], Event, Event]:
    """Have a call wait beside the loop: tells when it has begun, and goes on when it may."""
    begun, may_go = Event(), Event()

    def hold(*args: Any) -> Any:
        begun.set()
        assert may_go.wait(PATIENCE_S)
        return call(*args)

    return hold, begun, may_go


@pytest.mark.parametrize("key", [PLANT, "connector:mqtt-1"])
def test_edits_that_are_reverted_while_they_are_written_are_saved_and_no_draft(
    drafts: Drafts, path: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, key: str
):
    hold, begun, may_go = held(object_drafts.write_changes)
    monkeypatch.setattr(object_drafts, "write_changes", hold)
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
    hold, begun, may_go = held(object_drafts.write_changes)
    monkeypatch.setattr(object_drafts, "write_changes", hold)
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


# A file that others have broken


def broken(text: str) -> str:
    return text.replace("[rules.all]", "[rules.all")


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


# An object that others have taken out


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
