"""A workspace file that somebody else changes while it is open."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from core.workspace.load import load
from gui.engine_client import InProcessEngine
from gui.main_window import MainWindow
from gui.pages.compare import ComparePage
from gui.pages.connector import ConnectorPage
from gui.pages.rule import RulePage
from gui.recent import RecentFiles
from gui.theme import Theme
from gui.viewmodels.session import Session
from gui.widgets.frames import Banner
from tests.helpers.workspaces import write_workspace

from .conftest import Run


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return write_workspace(tmp_path, mqtt="mqtt://127.0.0.1:1", kafka="127.0.0.1:1", topic="a")


@pytest.fixture
def window(theme: Theme, run: Run, qtbot: QtBot, path: Path) -> Iterator[MainWindow]:
    session = Session(InProcessEngine(), recent=RecentFiles())
    made = MainWindow(session, theme)
    made.resize(1280, 800)
    made.show()
    with qtbot.waitSignal(made.live.factsChanged, timeout=20_000):
        session.open(path)
    yield made
    run(session.close(), 30)
    made.close()
    made.deleteLater()
    session.deleteLater()


def banner_of(window: MainWindow) -> Banner:
    return window.documents.notices["file"]


def change_elsewhere(window: MainWindow, qtbot: QtBot, path: Path) -> None:
    """Change the file as editors do: another one takes its place."""
    draft = path.with_suffix(".new")
    draft.write_text(path.read_text("utf-8").replace('topic = "a"', 'topic = "theirs"'), "utf-8")
    os.replace(draft, path)
    qtbot.waitUntil(banner_of(window).isVisible)


def topic_in(path: Path) -> str:
    return load(path).partial.actions.kafka["to_kafka"].topic


def test_it_is_said_and_nothing_is_overwritten(window: MainWindow, qtbot: QtBot, path: Path):
    change_elsewhere(window, qtbot, path)
    banner = banner_of(window)
    words = [banner.link.text(), *(link.text() for link in banner.choices)]

    assert banner.accessibleName() == "The file was changed elsewhere."
    assert words == ["Reload", "Keep mine", "Compare"]
    window.drafts.set("rule:all", ("enable",), False)
    with qtbot.waitSignal(window.drafts.failed) as failed:
        window.drafts.save("rule:all")
    assert "not overwritten" in failed.args[1]
    assert topic_in(path) == "theirs"


def test_reload_takes_theirs_and_keeps_unsaved_edits(window: MainWindow, qtbot: QtBot, path: Path):
    window.drafts.set("rule:all", ("enable",), False)
    change_elsewhere(window, qtbot, path)
    qtbot.mouseClick(banner_of(window).link, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(banner_of(window).isHidden)

    assert window.live.workspace.actions.kafka["to_kafka"].topic == "theirs"
    assert window.drafts.dirty == ["rule:all"]
    with qtbot.waitSignal(window.drafts.saved):
        window.drafts.save("rule:all")
    assert topic_in(path) == "theirs"
    assert not load(path).partial.rules["all"].enable


def test_a_file_that_was_broken_elsewhere_is_said_with_its_place_and_the_way_out(
    window: MainWindow, qtbot: QtBot, path: Path
):
    good = path.read_text("utf-8")
    window.drafts.set("rule:all", ("enable",), False)
    path.write_text(good.replace("[rules.all]", "[rules.all"), "utf-8")
    qtbot.waitUntil(banner_of(window).isVisible)
    banner, line = banner_of(window), good[: good.index("[rules.all]")].count("\n") + 1

    said = banner.accessibleName()
    assert said.startswith(
        "The file was changed elsewhere and cannot be read. The file is not TOML"
    )
    assert f"line {line}, column 11: Expected ']'" in said
    assert said.endswith("Correct that line; the rest is checked then. Your edits are kept.")
    assert banner.shape.status == "failed"

    path.write_text(good.replace('topic = "a"', "topic = 5"), "utf-8")
    qtbot.waitUntil(lambda: "has errors. Line " in banner.accessibleName())
    assert "5 is not accepted" in banner.accessibleName()
    path.write_text(good, "utf-8")
    qtbot.waitUntil(banner.isHidden)
    assert window.drafts.dirty == ["rule:all"]


@pytest.mark.parametrize("how", ["folder", "bytes"])
def test_a_file_that_nobody_can_read_is_said_and_not_written_over(
    window: MainWindow, qtbot: QtBot, path: Path, how: str
):
    path.unlink()
    if how == "folder":
        path.mkdir()
    else:
        path.write_bytes(b"\xff\xfe")
    banner = banner_of(window)
    qtbot.waitUntil(lambda: path.name in banner.accessibleName())

    said = banner.accessibleName()
    assert said.startswith(f"{path.name} {'cannot be read' if how == 'folder' else 'is no text'}")
    assert banner.link.isHidden()
    assert banner.choices == []
    window.notices.watch.keep_mine()
    assert path.is_dir() == (how == "folder")
    if how == "folder":
        path.rmdir()
        qtbot.waitUntil(lambda: "not there any more" in banner.accessibleName())


def test_their_version_is_offered_as_soon_as_it_may_be_read(
    window: MainWindow, qtbot: QtBot, path: Path
):
    read, banner = Path.read_bytes, banner_of(window)

    def refuse(file: Path) -> bytes:
        if file == path:
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
        return read(file)

    with pytest.MonkeyPatch.context() as without_permission:
        without_permission.setattr(Path, "read_bytes", refuse)
        change_elsewhere(window, qtbot, path)
        qtbot.waitUntil(lambda: "cannot be read: " in banner.accessibleName())
        assert banner.link.isHidden()
    qtbot.waitUntil(banner.link.isVisible)

    assert banner.accessibleName() == "The file was changed elsewhere."
    assert banner.link.text() == "Reload"


def test_starting_on_a_broken_file_says_why_in_whole_sentences(
    window: MainWindow, qtbot: QtBot, path: Path
):
    text = path.read_text("utf-8")
    path.write_text(text.replace("[rules.all]", "[rules.all"), "utf-8")
    with qtbot.waitSignal(window.session.failed):
        window.commands["start"].trigger()

    said = window.documents.banner.accessibleName()
    assert said.startswith(f"{path.name} has 1 error; it was not started. The file is not TOML at")
    assert said.endswith("a table declaration. Correct that line; the rest is checked then.")


def test_what_is_typed_while_the_file_is_broken_is_kept_and_a_secret_is_in_no_file(
    window: MainWindow, qtbot: QtBot, path: Path
):
    window.session.settings.put("secrets", "keep_in", "session")
    good, secret = path.read_text("utf-8"), "correct horse battery"
    assert window.session.environment is not None
    state_dir = window.session.environment.state_dir
    for key in ("rule:all", "connector:laptop", "connector:plant"):
        window.go_to_document(key)
    page = window.documents.page("connector:plant")
    assert isinstance(page, ConnectorPage)
    editor = page.fields.editor("password")
    editor.line.setFocus()
    qtbot.keyClicks(editor.line, secret[:7])
    path.write_text(good.replace("[rules.all]", "[rules.all"), "utf-8")
    with qtbot.waitSignal(window.session.failed):
        window.commands["start"].trigger()

    assert window.documents.keys[1:] == ["rule:all", "connector:laptop", "connector:plant"]
    qtbot.keyClicks(editor.line, secret[7:])
    qtbot.keyClick(editor.line, Qt.Key.Key_Return)
    assert list(window.drafts.pending_secrets("connector:plant").values()) == [secret]
    window.open_document("connector:laptop")
    window.open_document("connector:plant")
    assert window.documents.shown_page is page
    window.drafts.set("rule:all", ("enable",), False)
    window.drafts.revert("rule:all")
    window.drafts.set("rule:all", ("sql",), 'SELECT qos FROM "mine"')
    with qtbot.waitSignal(window.drafts.failed):
        window.drafts.save("connector:plant")
    window.notices.journal.flush()
    journal = next(state_dir.glob("drafts-*.json")).read_text("utf-8")
    assert "mine" in journal
    assert secret not in journal

    path.write_text(good, "utf-8")
    with qtbot.waitSignal(window.session.workspaceChanged):
        window.session.read_again()
    assert set(window.drafts.dirty) == {"connector:plant", "rule:all"}
    assert list(window.drafts.pending_secrets("connector:plant").values()) == [secret]
    for key in window.drafts.dirty:
        with qtbot.waitSignal(window.drafts.saved):
            window.drafts.save(key)
    saved = load(path).partial
    assert saved.rules["all"].sql == 'SELECT qos FROM "mine"'
    reference = saved.connectors.mqtt["plant"].password
    assert reference is not None
    assert os.environ.pop(reference.name) == secret
    files = [each for each in path.parent.rglob("*") if each.is_file()]
    assert all(secret.encode() not in each.read_bytes() for each in files)


def test_an_edited_object_that_others_took_out_is_said_until_it_is_settled(
    window: MainWindow, qtbot: QtBot, path: Path
):
    good, banner = path.read_text("utf-8"), window.documents.notices["orphans"]
    window.open_document("rule:all")
    window.drafts.set("rule:all", ("sql",), 'SELECT qos FROM "mine"')
    window.open_document("overview")
    rule = good[good.index("[rules.all]") :].split("\n[", 1)
    path.write_text(good.replace(rule[0], ""), "utf-8")
    qtbot.waitUntil(banner_of(window).isVisible)
    assert banner.isHidden()
    banner_of(window).link.click()
    qtbot.waitUntil(banner.isVisible)

    said = banner.accessibleName()
    assert said.startswith("Rule all is not in the file any more. What you have edited is kept")
    assert "save it to put it back, or revert it" in said
    banner.link.click()
    assert window.documents.current == "rule:all"
    with qtbot.waitSignal(window.drafts.saved):
        window.drafts.save("rule:all")
    assert banner.isHidden()
    assert load(path).partial.rules["all"].sql == 'SELECT qos FROM "mine"'


def test_a_closed_word_about_edited_objects_that_are_gone_comes_back_for_one_more_alone(
    window: MainWindow, qtbot: QtBot, path: Path
):
    good, banner = path.read_text("utf-8"), window.documents.notices["orphans"]
    without_rule = good[: good.index("[rules.all]")] + good[good.index("[actions.") :]
    drafts, keys = window.drafts, ("rule:all", "connector:laptop", "connector:plant")
    for key in keys:
        drafts.set(key, ("description",), "mine")

    def leave(text: str) -> None:
        path.write_text(text, "utf-8")
        with qtbot.waitSignal(window.session.workspaceChanged):
            window.session.read_again()

    leave(without_rule.replace("[connectors.kafka.laptop]", "[connectors.kafka.other]"))
    assert set(drafts.orphans) == {"rule:all", "connector:laptop"}
    banner.close_button.click()
    drafts.revert("connector:laptop")
    assert drafts.orphans == ["rule:all"]
    assert not banner.isVisible()

    leave(without_rule.replace(".laptop]", ".other]").replace(".plant]", ".spare]"))
    assert banner.isVisible()
    assert banner.accessibleName().startswith("These are not in the file any more:")
    drafts.revert("connector:plant")
    assert banner.isVisible()
    assert banner.accessibleName().startswith("Rule all is not in the file any more.")


@pytest.mark.expect_warnings
@pytest.mark.parametrize("how", ["start", "Reload"])
def test_no_edit_is_lost_by_starting_or_reloading_while_the_file_is_broken(
    window: MainWindow, qtbot: QtBot, path: Path, how: str
):
    good, mine = path.read_text("utf-8"), 'SELECT qos FROM "mine"'
    window.open_document("rule:all")
    window.drafts.set("rule:all", ("sql",), mine)
    path.write_text(good.replace("[rules.all]", "[rules.all"), "utf-8")
    qtbot.waitUntil(banner_of(window).isVisible)
    with qtbot.waitSignal(window.session.workspaceChanged):
        if how == "start":
            window.commands["start"].trigger()
        else:
            qtbot.mouseClick(banner_of(window).link, Qt.MouseButton.LeftButton)
    assert window.drafts.dirty == ["rule:all"]

    path.write_text(good, "utf-8")
    qtbot.waitUntil(banner_of(window).isVisible)
    qtbot.mouseClick(banner_of(window).link, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(banner_of(window).isHidden)
    assert window.drafts.dirty == ["rule:all"]
    page = window.documents.page("rule:all")
    assert isinstance(page, RulePage)
    assert page.panel.editor.toPlainText() == mine


def test_keep_mine_writes_ours_and_theirs_is_the_backup(
    window: MainWindow, qtbot: QtBot, path: Path
):
    before = path.read_text("utf-8")
    change_elsewhere(window, qtbot, path)
    banner_of(window).choices[0].click()
    qtbot.waitUntil(banner_of(window).isHidden)

    assert path.read_text("utf-8") == before
    backup = path.with_name(path.name + ".bak")
    assert "theirs" in backup.read_text("utf-8")
    assert backup.name in window.toasts.shown[-1].text


def test_the_difference_is_seen_on_a_page(window: MainWindow, qtbot: QtBot, path: Path):
    change_elsewhere(window, qtbot, path)
    banner_of(window).choices[1].click()
    page = window.documents.page("compare:file")
    assert isinstance(page, ComparePage)

    (block,) = page.blocks
    assert block.diff.spoken() == 'removed topic = "a", added topic = "theirs"'
    assert not block.link.isVisible()


def test_a_change_that_is_taken_back_is_no_change(window: MainWindow, qtbot: QtBot, path: Path):
    before = path.read_text("utf-8")
    change_elsewhere(window, qtbot, path)
    path.write_text(before, "utf-8")
    qtbot.waitUntil(banner_of(window).isHidden)


def test_a_file_that_is_gone_can_be_written_again(window: MainWindow, qtbot: QtBot, path: Path):
    before = path.read_text("utf-8")
    path.unlink()
    qtbot.waitUntil(banner_of(window).isVisible)
    banner_of(window).choices[0].click()
    qtbot.waitUntil(banner_of(window).isHidden)

    assert path.read_text("utf-8") == before


def test_what_the_window_writes_itself_is_nobody_elses(
    window: MainWindow, qtbot: QtBot, path: Path
):
    told: list[bool] = []
    window.notices.watch.changed.connect(lambda: told.append(window.notices.watch.is_foreign))
    looks = 0

    def look() -> bool:
        nonlocal looks
        looks += 1
        window.notices.watch._look()
        return looks > 40

    for number in range(3):
        window.drafts.set("action:to_kafka", ("topic",), f"b{number}")
        with qtbot.waitSignal(window.drafts.saved):
            window.drafts.save("action:to_kafka")
    qtbot.waitUntil(look)
    assert topic_in(path) == "b2"
    assert told == []
