"""Unsaved edits outlive the window, whatever ends it; secrets are not among them."""

from __future__ import annotations

import asyncio
import errno
import os
import signal
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from itertools import count
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot
from shiboken6 import delete

from core.workspace.load import load
from gui.engine_client import InProcessEngine
from gui.main_window import MainWindow
from gui.pages.compare import ComparePage
from gui.recent import RecentFiles
from gui.theme import Theme
from gui.viewmodels import journal as journals
from gui.viewmodels.journal import DraftJournal
from gui.viewmodels.live import Live
from gui.viewmodels.object_drafts import Drafts
from gui.viewmodels.problems import ProblemsModel
from gui.viewmodels.session import Session
from tests.helpers.typing_window import SECRET, TYPED
from tests.helpers.window import RunningWindow
from tests.helpers.workspaces import write_workspace

from .conftest import Run

RULE, SQL = "rule:all", ("sql",)
NOON = datetime(2026, 3, 1, 12, 3, tzinfo=UTC)


class Start:
    """One start of the program on a workspace, without widgets."""

    def __init__(self, path: Path, qtbot: QtBot) -> None:
        self.session = Session(InProcessEngine(), recent=RecentFiles())
        self.drafts = Drafts(Live(self.session, self.session), self.session)
        self.journal = DraftJournal(self.drafts, self.session, now=lambda: NOON)
        self._qtbot = qtbot
        self.open(path)

    def open(self, path: Path) -> None:
        with self._qtbot.waitSignal(self.session.workspaceChanged):
            self.session.open(path)
        self._qtbot.waitUntil(lambda: self.journal._lock is not None)

    def type(self, sql: str) -> None:
        self.drafts.set(RULE, SQL, sql)

    @property
    def file(self) -> Path:
        assert self.session.environment is not None
        return next(iter(self.session.environment.state_dir.glob("drafts-*.json")), Path("/none"))

    def until_written(self) -> None:
        self._qtbot.waitUntil(lambda: self.file.exists())


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return write_workspace(tmp_path, mqtt="mqtt://127.0.0.1:1", kafka="127.0.0.1:1", topic="a")


@pytest.fixture
def start(run: Run, qtbot: QtBot, path: Path) -> Iterator[Callable[..., Start]]:
    """Start the program; the start before is over then."""
    made: list[Start] = []

    def start(path: Path = path, *, ends_last: bool = True) -> Start:
        if made and ends_last:
            run(made[-1].session.close(), 30)
        made.append(Start(path, qtbot))
        return made[-1]

    yield start
    for each in made:
        run(each.session.close(), 30)
        each.session.deleteLater()


def test_what_was_typed_is_there_after_the_next_start(start: Callable[..., Start]):
    first = start()
    first.type("SELECT qos FROM 'x'")
    first.drafts.create("rule:new", "", {"sql": "SELECT 1 as x FROM 'y'"})
    first.until_written()
    second = start()

    assert second.journal.recovered == [RULE, "rule:new"]
    assert second.journal.since == "12:03"
    assert second.drafts.value(RULE, SQL) == "SELECT qos FROM 'x'"
    assert second.drafts.is_new("rule:new")
    second.journal.discard()
    assert not second.drafts.dirty
    assert not second.journal.recovered


def test_an_edit_waits_half_a_second_and_typing_on_does_not_put_it_off(
    start: Callable[..., Start], qtbot: QtBot
):
    first = start()
    assert first.journal._timer.interval() <= 500  # of the second; the rest is for the disk
    letters = count()

    def type_on() -> bool:
        first.type(f"SELECT {next(letters)} as x FROM 'y'")
        return first.file.exists()

    qtbot.waitUntil(type_on)


def test_what_was_to_be_written_as_the_window_closes_is_kept(
    start: Callable[..., Start], gui_loop: asyncio.AbstractEventLoop, qtbot: QtBot
):
    first = start()
    first.type("SELECT qos FROM 'x'")
    closing = gui_loop.create_task(first.session.close())
    first.journal._timer.timeout.emit()  # its task is cancelled before it has begun
    first.journal._timer.stop()
    qtbot.waitUntil(closing.done)

    assert start().drafts.value(RULE, SQL) == "SELECT qos FROM 'x'"


def test_a_new_object_stays_apart_from_one_of_its_name_that_others_made(
    start: Callable[..., Start], path: Path, qtbot: QtBot
):
    first = start()
    for name in ("theirs", "saved"):
        first.drafts.create(f"rule:{name}", "", {"sql": 'SELECT 1 as x FROM "y"'})
    first.until_written()
    theirs = "\n[rules.theirs]\nsql = '''SELECT * FROM \"z\"'''\n"
    saved = "\n[rules.saved]\nsql = '''SELECT 1 as x FROM \"y\"'''\n"
    path.write_text(path.read_text() + theirs + saved)
    drafts = start().drafts

    assert drafts.dirty == ["rule:theirs"], "what the file has as it is needs no draft"
    assert drafts.is_new("rule:theirs")
    with qtbot.waitSignal(drafts.refused, timeout=5_000):
        drafts.save("rule:theirs")
    assert theirs in path.read_text()


def test_the_last_moment_before_an_orderly_end_is_kept_too(start: Callable[..., Start]):
    start().type("SELECT qos FROM 'x'")
    assert start().drafts.value(RULE, SQL) == "SELECT qos FROM 'x'"


def test_an_edited_object_that_others_took_out_is_known_as_one_after_each_start(
    start: Callable[..., Start], path: Path, qtbot: QtBot
):
    good, first = path.read_text("utf-8"), start()
    first.type("SELECT qos FROM 'x'")
    first.drafts.create("rule:new", "", {"sql": "SELECT 1 as x FROM 'y'"})
    path.write_text(good[: good.index("[rules.all]")] + good[good.index("[actions.") :], "utf-8")
    with qtbot.waitSignal(first.session.workspaceChanged, timeout=10_000):
        first.session.read_again()
    assert first.drafts.orphans == [RULE]

    for _ in range(2):
        drafts = start().drafts
        assert drafts.orphans == [RULE]
        assert drafts.dirty == [RULE, "rule:new"]
        assert drafts.value(RULE, SQL) == "SELECT qos FROM 'x'"
    path.write_text(good, "utf-8")
    drafts = start().drafts
    assert drafts.orphans == []
    assert not drafts.is_new(RULE)
    assert drafts.edits(RULE) == {"rules": {"all": {"sql": "SELECT qos FROM 'x'"}}}


def test_nothing_is_kept_of_what_is_saved_or_taken_back(start: Callable[..., Start], qtbot: QtBot):
    first = start()
    first.type("SELECT qos FROM 'x'")
    first.until_written()
    first.drafts.revert(RULE)
    qtbot.waitUntil(lambda: not first.file.exists())
    first.type('SELECT qos FROM "x"')
    first.until_written()
    with qtbot.waitSignal(first.drafts.saved):
        first.drafts.save(RULE)
    qtbot.waitUntil(lambda: not first.file.exists())
    assert start().journal.recovered == []


def test_edits_come_on_top_of_what_the_file_has_become(
    start: Callable[..., Start], path: Path, qtbot: QtBot
):
    first = start()
    first.type('SELECT qos FROM "x"')
    first.drafts.set("action:to_kafka", ("topic",), "b")
    first.until_written()
    text = path.read_text().replace('topic = "a"', 'topic = "a"\nmax_linger_time = "9ms"')
    second = None
    path.write_text(text)
    second = start()

    assert second.drafts.value("action:to_kafka", ("topic",)) == "b"
    assert second.drafts.value("action:to_kafka", ("max_linger_time",)) == "9ms"
    with qtbot.waitSignal(second.drafts.saved):
        second.drafts.save("action:to_kafka")
    assert load(path).partial.actions.kafka["to_kafka"].topic == "b"
    assert second.journal.recovered == [RULE]


def test_typed_and_plain_secrets_are_not_written_down(start: Callable[..., Start]):
    first = start()
    first.drafts.set("connector:plant", ("username",), "bridge")
    first.drafts.set_secret("connector:plant", ("password",), SECRET)
    first.drafts.set("connector:laptop", ("authentication",), {"password": SECRET, "username": "u"})
    first.until_written()

    written = first.file.read_text()
    assert SECRET not in written
    assert "bridge" in written
    second = start()
    assert second.drafts.value("connector:plant", ("password",)) is None
    assert second.drafts.value("connector:plant", ("username",)) == "bridge"


def test_a_second_window_on_the_same_workspace_takes_nothing_up(
    start: Callable[..., Start], path: Path, run: Run, qtbot: QtBot
):
    first = start()
    first.type('SELECT qos FROM "x"')
    first.until_written()
    session = Session(InProcessEngine(), recent=RecentFiles())
    drafts = Drafts(Live(session, session), session)
    journal = DraftJournal(drafts, session)
    with qtbot.waitSignal(session.workspaceChanged):
        session.open(path)
    qtbot.waitUntil(lambda: "look for drafts" not in session.tasks.names)

    assert journal.recovered == []
    drafts.set(RULE, SQL, "SELECT clientid FROM 'z'")
    run(session.close(), 30)
    assert "qos" in first.file.read_text()
    session.deleteLater()


def test_a_journal_that_goes_while_it_looks_leaves_the_edits_and_their_lock_to_the_next(
    start: Callable[..., Start], path: Path, run: Run, qtbot: QtBot
):
    first = start()
    first.type('SELECT qos FROM "x"')
    first.until_written()
    run(first.session.close(), 30)
    session = Session(InProcessEngine(), recent=RecentFiles())
    journal = DraftJournal(Drafts(Live(session, session), session))
    with qtbot.waitSignal(session.workspaceChanged):
        session.open(path)
    assert "look for drafts" in session.tasks.names
    delete(journal)
    qtbot.waitUntil(lambda: session.tasks.names == [])

    assert start().drafts.value(RULE, SQL) == 'SELECT qos FROM "x"'
    run(session.close(), 30)
    session.deleteLater()


def test_each_workspace_has_its_own(start: Callable[..., Start], path: Path, tmp_path: Path):
    folder = tmp_path / "other"
    folder.mkdir()
    copy = folder / path.name
    copy.write_text(path.read_text())
    first = start()
    first.type('SELECT qos FROM "x"')
    first.open(copy)
    assert not first.drafts.dirty
    first.open(path)
    assert first.drafts.value(RULE, SQL) == 'SELECT qos FROM "x"'


def test_the_setting_switches_it_off(start: Callable[..., Start], qtbot: QtBot):
    first = start()
    first.type('SELECT qos FROM "x"')
    first.until_written()
    first.session.settings.put("general", "save_drafts", False)
    qtbot.waitUntil(lambda: not first.file.exists())
    first.type('SELECT clientid FROM "x"')
    assert start().journal.recovered == []


@pytest.mark.expect_warnings  # it is logged, too
def test_edits_that_cannot_be_written_down_are_an_open_condition(
    start: Callable[..., Start], qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
):
    def refuse(_file: Path, _data: bytes) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    first = start()
    first.journal._again.setInterval(50)
    problems = ProblemsModel(first.drafts.live)
    problems.follow(first.journal)
    before = problems.findings
    with monkeypatch.context() as full:
        full.setattr(journals, "write_file", refuse)
        first.type('SELECT qos FROM "x"')
        qtbot.waitUntil(lambda: problems.findings != before, timeout=2_000)
        (found,) = set(problems.findings) - set(before)
        assert "kept in this window alone" in found.text
        assert first.session.environment is not None
        folder = first.session.environment.state_dir
        assert found.hint.startswith(f"{folder}: No space left on device")
        assert first.drafts.value(RULE, SQL) == 'SELECT qos FROM "x"'

    qtbot.waitUntil(lambda: problems.findings == before, timeout=2_000)
    assert b"SELECT qos" in first.file.read_bytes()  # though nothing more was typed


@pytest.mark.expect_warnings
def test_where_there_can_be_no_journal_that_is_told_until_there_can(
    path: Path, run: Run, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
):
    state = path.parent / "state"
    monkeypatch.setenv("XDG_STATE_HOME", str(state))
    state.write_text("a file where the folder is to be")
    session = Session(InProcessEngine(), recent=RecentFiles())
    drafts = Drafts(Live(session, session), session)
    kept = DraftJournal(drafts, session)
    kept._again.setInterval(50)
    session.open(path)
    qtbot.waitUntil(lambda: kept.trouble != "", timeout=10_000)
    drafts.set(RULE, SQL, 'SELECT qos FROM "x"')
    state.unlink()
    qtbot.waitUntil(lambda: kept.trouble == "", timeout=10_000)
    qtbot.waitUntil(lambda: any(state.rglob("drafts-*.json")), timeout=2_000)
    run(session.close(), 30)
    session.deleteLater()


@pytest.mark.expect_warnings
@pytest.mark.parametrize("is_taken", [False, True])
def test_a_file_system_without_locks_is_told_until_it_has_some(
    start: Callable[..., Start],
    path: Path,
    run: Run,
    qtbot: QtBot,
    monkeypatch: pytest.MonkeyPatch,
    is_taken: bool,
):
    def refuse(_path: Path) -> None:
        raise OSError(errno.ENOLCK, "No locks available")

    session = Session(InProcessEngine(), recent=RecentFiles())
    kept = DraftJournal(Drafts(Live(session, session), session), session)
    with monkeypatch.context() as without:
        without.setattr(journals, "FileLock", refuse)
        session.open(path)
        qtbot.waitUntil(lambda: "No locks available" in kept.trouble, timeout=10_000)
    if is_taken:
        start()  # another window keeps its own edits there now
    kept._again.start(0)
    qtbot.waitUntil(lambda: kept.trouble == "", timeout=10_000)
    assert (kept._lock is None) is is_taken
    run(session.close(), 30)
    session.deleteLater()


def broken(text: str) -> str:
    return text.replace("[rules.all]", "[rules.all")


def test_edits_stay_written_down_while_the_file_is_broken(
    start: Callable[..., Start], path: Path, qtbot: QtBot
):
    first, good = start(), path.read_text()
    first.type('SELECT qos FROM "x"')
    first.until_written()
    file = first.file
    path.write_text(broken(good))
    with qtbot.waitSignal(first.session.workspaceChanged):
        first.session.read_again()
    first.drafts.create("rule:new", "", {"sql": 'SELECT 1 as x FROM "y"'})
    qtbot.waitUntil(lambda: b"rule:new" in file.read_bytes())
    assert b"SELECT qos" in file.read_bytes()

    path.write_text(good)
    assert start().drafts.value(RULE, SQL) == 'SELECT qos FROM "x"'


def test_a_start_on_a_broken_file_takes_edits_up_when_it_is_whole_again(
    start: Callable[..., Start], path: Path, run: Run, qtbot: QtBot
):
    first, good = start(), path.read_text()
    first.type('SELECT qos FROM "x"')
    first.until_written()
    run(first.session.close(), 30)
    path.write_text(broken(good))
    session = Session(InProcessEngine(), recent=RecentFiles())
    drafts = Drafts(Live(session, session), session)
    journal = DraftJournal(drafts, session)
    with qtbot.waitSignal(session.workspaceChanged):
        session.open(path)
    qtbot.waitUntil(lambda: session.tasks.names == [])
    assert journal.recovered == []
    assert b"SELECT qos" in first.file.read_bytes()

    path.write_text(good)
    session.read_again()
    qtbot.waitUntil(lambda: journal.recovered == [RULE])
    assert drafts.value(RULE, SQL) == 'SELECT qos FROM "x"'
    assert not drafts.is_new(RULE)
    run(session.close(), 30)
    session.deleteLater()


def test_edits_of_an_object_that_is_gone_at_the_next_start_make_a_new_one(
    start: Callable[..., Start], path: Path
):
    first = start()
    first.type('SELECT qos FROM "x"')
    first.until_written()
    head, _, rest = path.read_text().partition("[rules.all]")
    path.write_text(head + rest[rest.find("\n[") + 1 :] if "\n[" in rest else head)
    second = start()

    assert second.journal.recovered == [RULE]
    assert second.drafts.is_new(RULE)
    assert second.drafts.value(RULE, SQL) == 'SELECT qos FROM "x"'


def test_a_damaged_journal_is_no_obstacle(start: Callable[..., Start], qtbot: QtBot):
    first = start()
    first.type('SELECT qos FROM "x"')
    first.until_written()
    first.drafts.revert(RULE)
    qtbot.waitUntil(lambda: not first.file.exists())
    first.type('SELECT qos FROM "x"')
    first.until_written()
    file = first.file
    first.journal._timer.stop()
    qtbot.waitUntil(lambda: not first.journal._begun)
    file.write_bytes(file.read_bytes()[:40])
    assert start().journal.recovered == []


def test_the_window_says_what_it_has_recovered(
    start: Callable[..., Start], path: Path, theme: Theme, run: Run, qtbot: QtBot
):
    first = start()
    first.type("SELECT qos FROM 'x'")
    first.until_written()
    run(first.session.close(), 30)
    session = Session(InProcessEngine(), recent=RecentFiles())
    window = MainWindow(session, theme)
    window.resize(1280, 800)
    window.show()
    session.open(path)
    banner = window.documents.notices["drafts"]
    qtbot.waitUntil(banner.isVisible)

    assert banner.accessibleName().startswith("Recovered 1 draft from ")
    banner.link.click()
    page = window.documents.page("compare:drafts")
    assert isinstance(page, ComparePage)
    assert [view.key for view in page.blocks] == [RULE]
    assert "added SELECT qos FROM 'x'" in page.blocks[0].diff.spoken()
    banner.choices[0].click()
    assert banner.isHidden()
    assert page.stack.currentWidget() is page.empty
    run(session.close(), 30)
    window.close()
    window.deleteLater()
    session.deleteLater()


@pytest.mark.timeout(60)  # two windows
def test_a_killed_window_loses_nothing_that_is_a_second_old(tmp_path: Path):
    path = write_workspace(
        tmp_path,
        mqtt="mqtt://127.0.0.1:1",
        kafka="127.0.0.1:1",
        topic="a",
        mqtt_options="username = 'bridge'",
    )
    before = path.read_text()
    first = RunningWindow(path, "type", program="tests.helpers.typing_window")
    first.until(lambda: len(first.lines) == 2)  # its own second: a loaded machine stops both
    assert first.end(signal.SIGKILL) == -signal.SIGKILL
    typed = first.lines[0]["typed"]
    assert typed.endswith(TYPED)
    assert first.lines[0]["dirty"] == ["connector:plant", RULE]
    state = Path(os.environ["XDG_STATE_HOME"])
    assert any(TYPED in file.read_text("utf-8") for file in state.rglob("drafts-*.json"))
    assert path.read_text() == before
    second = RunningWindow(path, "look", program="tests.helpers.typing_window")
    second.until(lambda: second.lines)
    found = second.lines[0]
    assert found["said"].startswith("Recovered 1 draft from ")
    assert found["sql"].strip() == typed.strip()
    assert found["dirty"] == [RULE]
    second.end(signal.SIGTERM)
    written = [file for file in state.rglob("*") if file.is_file()]
    assert any(file.name.startswith("drafts-") for file in written)
    assert not [file for file in written if SECRET.encode() in file.read_bytes()]
