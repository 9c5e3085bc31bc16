"""Objects deleted, duplicated, renamed, enabled and reverted in the file, and taken back."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QObject
from pytestqt.qtbot import QtBot

from core.workspace.load import load
from gui.engine_client import InProcessEngine
from gui.recent import RecentFiles
from gui.viewmodels.file_changes import FileChanges
from gui.viewmodels.live import Live
from gui.viewmodels.object_drafts import Drafts
from gui.viewmodels.session import Session
from tests.helpers.workspaces import write_workspace

from .conftest import Run


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = write_workspace(tmp_path, mqtt="mqtt://127.0.0.1:1", kafka="127.0.0.1:1", topic="a")
    path.write_text(path.read_text().replace("[rules.all]", "[rules.all]  # every one"))
    return path


class Bench:
    """A session on a file, and what was told."""

    def __init__(self, session: Session, path: Path, qtbot: QtBot) -> None:
        self.session, self.path, self._qtbot = session, path, qtbot
        with qtbot.waitSignal(session.workspaceChanged):
            session.open(path)
        self.drafts = Drafts(Live(session, session), session)
        self.changes = FileChanges(self.drafts, session)
        self.done: list[str] = []
        self.failed: list[tuple[str, str]] = []
        self.changes.done.connect(self.done.append)
        self.changes.failed.connect(lambda message, hint: self.failed.append((message, hint)))

    @property
    def text(self) -> str:
        return self.path.read_text("utf-8")

    def undo(self) -> None:
        with self._qtbot.waitSignal(self.changes.undone):
            self.changes.undo()

    def redo(self) -> None:
        with self._qtbot.waitSignal(self.changes.done):
            self.changes.redo()

    def edit_elsewhere(self, text: str) -> None:
        self.path.write_text(text, "utf-8")
        with self._qtbot.waitSignal(self.session.workspaceChanged):
            self.session.read_again()

    def until_done(self, count: int = 1) -> None:
        self._qtbot.waitUntil(lambda: len(self.done) == count)


@pytest.fixture
def bench(run: Run, qtbot: QtBot, path: Path) -> Iterator[Bench]:
    session = Session(InProcessEngine(), recent=RecentFiles())
    yield Bench(session, path, qtbot)
    run(session.close(), 30)
    session.deleteLater()


def test_what_was_deleted_comes_back_with_its_comments(bench: Bench):
    before = bench.text
    bench.changes.remove("rule:all")
    bench.until_done()
    assert bench.done == ["Deleted rule all"]
    assert not load(bench.path).partial.rules

    bench.undo()
    assert bench.text == before
    bench.redo()
    assert not load(bench.path).partial.rules
    bench.undo()
    assert bench.text == before


def test_a_connector_that_is_renamed_keeps_its_users_and_its_session(bench: Bench):
    workspace = load(bench.path).partial
    client_id = workspace.client_id(workspace.connectors.mqtt["plant"])
    bench.changes.rename("connector:plant", "hall")
    bench.until_done()

    renamed = load(bench.path).partial
    assert list(renamed.connectors.mqtt) == ["hall"]
    assert renamed.client_id(renamed.connectors.mqtt["hall"]) == client_id
    assert bench.session.loaded is not None
    assert bench.session.loaded.partial.connectors.mqtt.keys() == {"hall"}


def test_unsaved_edits_follow_a_rename(bench: Bench):
    bench.drafts.set("action:to_kafka", ("topic",), "b")
    bench.changes.rename("action:to_kafka", "sink")
    bench.until_done()

    assert load(bench.path).partial.rules["all"].actions == ("sink",)
    assert bench.drafts.is_dirty("action:sink")
    assert bench.drafts.value("action:sink", ("topic",)) == "b"
    assert bench.drafts.dirty == ["action:sink"]


def test_a_name_that_is_taken_is_refused(bench: Bench, qtbot: QtBot):
    before = bench.text
    bench.changes.rename("connector:plant", "laptop")
    qtbot.waitUntil(lambda: bool(bench.failed))

    assert bench.failed == [("The name laptop is taken.", "Choose another name.")]
    assert bench.text == before


def test_a_rule_that_was_never_saved_is_disabled_in_its_draft(bench: Bench):
    before = bench.text
    bench.drafts.create("rule:fresh", "", {"sql": 'SELECT 1 as x FROM "mine"'})
    bench.changes.set_enabled("rule:fresh", enabled=False)

    assert bench.drafts.value("rule:fresh", ("enable",)) is False
    assert bench.text == before


def test_a_copied_rule_sends_nothing_until_it_is_enabled(bench: Bench):
    made: list[str] = []
    bench.changes.made.connect(made.append)
    bench.changes.duplicate("rule:all", "all-1")
    bench.until_done()

    copy = load(bench.path).partial.rules["all-1"]
    assert (copy.sql, copy.enable) == (load(bench.path).partial.rules["all"].sql, False)
    assert made == ["rule:all-1"]
    bench.changes.set_enabled("rule:all-1", enabled=True)
    bench.until_done(2)
    assert load(bench.path).partial.rules["all-1"].enable
    bench.undo()
    bench.undo()
    assert list(load(bench.path).partial.rules) == ["all"]


def test_an_undo_leaves_later_changes_of_other_objects_alone(bench: Bench):
    bench.changes.remove("rule:all")
    bench.until_done()
    bench.edit_elsewhere(bench.text.replace('topic = "a"', 'topic = "b"'))
    bench.undo()

    now = load(bench.path).partial
    assert now.actions.kafka["to_kafka"].topic == "b"
    assert list(now.rules) == ["all"]


def test_an_undo_that_would_lose_a_later_edit_is_refused(bench: Bench, qtbot: QtBot):
    bench.changes.rename("rule:all", "every")
    bench.until_done()
    bench.edit_elsewhere(bench.text.replace("SELECT topic", "SELECT qos"))
    bench.changes.undo()
    qtbot.waitUntil(lambda: bool(bench.failed))

    assert "edited since" in bench.failed[0][0]
    assert "SELECT qos" in load(bench.path).partial.rules["every"].sql
    assert not bench.changes.undo_text


def test_a_file_changed_elsewhere_is_not_overwritten(bench: Bench, qtbot: QtBot):
    bench.path.write_text(bench.text + "# theirs\n")
    bench.changes.remove("rule:all")
    qtbot.waitUntil(lambda: bool(bench.failed))

    assert bench.text.endswith("# theirs\n")
    assert "all" in load(bench.path).partial.rules


def test_a_broken_file_is_left_as_it_is(bench: Bench, qtbot: QtBot):
    bench.drafts.set("rule:all", ("enable",), False)
    broken = bench.text.replace("[rules.all]", "[rules.all")
    bench.edit_elsewhere(broken)
    bench.changes.remove("rule:all")
    qtbot.waitUntil(lambda: bool(bench.failed))

    assert "nothing was changed" in bench.failed[0][0]
    assert bench.text == broken
    assert bench.drafts.dirty == ["rule:all"]


def test_an_object_is_reverted_to_what_another_version_has(bench: Bench):
    source = bench.text
    bench.edit_elsewhere(bench.text.replace('topic = "a"', 'topic = "b"  # new'))
    bench.drafts.set("action:to_kafka", ("topic",), "c")
    bench.changes.restore("action:to_kafka", source)
    bench.until_done()

    assert 'topic = "a"  # new' in bench.text
    assert not bench.drafts.dirty


def test_another_workspace_begins_with_nothing_to_undo(bench: Bench, qtbot: QtBot, tmp_path: Path):
    bench.changes.remove("rule:all")
    bench.until_done()
    folder = tmp_path / "other"
    folder.mkdir()
    other = write_workspace(folder, mqtt="mqtt://127.0.0.1:1", kafka="127.0.0.1:1", topic="x")
    with qtbot.waitSignal(bench.session.workspaceChanged):
        bench.session.open(other)

    assert isinstance(bench.changes, QObject)
    assert not bench.changes.undo_text
