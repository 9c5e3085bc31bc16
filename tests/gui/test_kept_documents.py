"""Which documents are open is remembered with the layout of each workspace."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from gui.engine_client import InProcessEngine
from gui.main_window import MainWindow
from gui.opening import demo_place
from gui.recent import RecentFiles
from gui.shell.documents_layout import DocumentsLayout
from gui.shell.layout_store import LayoutStore
from gui.theme import Theme
from gui.viewmodels.session import Session
from tests.helpers.workspaces import write_workspace

from .conftest import Run

RULE, PLANT, CLUSTER = "rule:all", "connector:plant", "connector:laptop"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return write_workspace(tmp_path, mqtt="mqtt://127.0.0.1:1", kafka="127.0.0.1:1", topic="a")


@pytest.fixture
def window(window: MainWindow, qtbot: QtBot, path: Path) -> MainWindow:
    open_file(window, qtbot, path)
    return window


def open_file(window: MainWindow, qtbot: QtBot, path: Path) -> None:
    with qtbot.waitSignal(window.session.workspaceChanged):
        window.session.open(path)


def close(window: MainWindow, qtbot: QtBot) -> None:
    window.commands["close_workspace"].trigger()
    qtbot.waitUntil(lambda: window.session.loaded is None)


def reopen(window: MainWindow, qtbot: QtBot) -> None:
    """Close the workspace, and open it again."""
    path = window.session.path
    assert path is not None
    close(window, qtbot)
    open_file(window, qtbot, path)


def without_rule(path: Path) -> str:
    """Give a workspace whose rule somebody else has called otherwise."""
    return path.read_text().replace("[rules.all]", "[rules.other]")


def is_made(window: MainWindow, key: str) -> bool:
    """Tell whether an open document has its page already."""
    documents = window.documents
    return documents._pane_of(key).made(key) is not None


def share_of_first(window: MainWindow) -> float:
    first, second = window.documents._halves.sizes()
    return first / (first + second)


def focus() -> QWidget:
    focused = QApplication.focusWidget()
    assert focused is not None
    return focused


def test_documents_are_open_again_after_the_next_start(
    window: MainWindow, qtbot: QtBot, run: Run, theme: Theme, path: Path
):
    for key in (RULE, PLANT, "monitor"):
        window.open_document(key)
    window.open_document(RULE)
    run(window.session.close(), 30)
    window.close()
    later = MainWindow(Session(InProcessEngine(), recent=RecentFiles()), theme)
    with qtbot.waitActive(later):
        later.show()
        later.activateWindow()
    open_file(later, qtbot, path)
    documents = later.documents

    assert documents.keys == ["overview", RULE, PLANT, "monitor"]
    assert documents.current == RULE
    assert documents.page(RULE).isVisible()
    assert documents.page(RULE).isAncestorOf(focus())
    assert not documents.is_split
    run(later.session.close(), 30)
    later.close()
    later.deleteLater()
    later.session.deleteLater()


def test_what_is_open_is_written_down_at_once(window: MainWindow, qtbot: QtBot, path: Path):
    def kept() -> DocumentsLayout:
        return LayoutStore().documents_of(path)

    window.open_document(RULE)
    window.documents.open_beside(PLANT)
    qtbot.waitUntil(lambda: kept() == window.documents.arrangement)
    assert kept().second.keys == (PLANT,)
    window.documents.close_document(PLANT)
    qtbot.waitUntil(lambda: kept().second.keys == ())
    assert kept().first.keys == ("overview", RULE)


def test_an_older_version_does_not_take_the_place_of_a_later_one(tmp_path: Path, run: Run):
    store, path = LayoutStore(tmp_path / "window.json"), tmp_path / "w.toml"
    older = store._next_version()
    run(store.keep_documents(path, DocumentsLayout(is_below=True)), 10)
    store._put(*older)
    assert LayoutStore(tmp_path / "window.json").documents_of(path).is_below


def test_pages_are_made_when_they_are_first_shown(window: MainWindow, qtbot: QtBot):
    for key in (PLANT, "monitor", CLUSTER, RULE):
        window.open_document(key)
    reopen(window, qtbot)
    assert [key for key in window.documents.keys if is_made(window, key)] == ["overview", RULE]
    window.open_document(PLANT)
    assert window.documents.page(PLANT).isVisible()
    reopen(window, qtbot)
    documents = window.documents

    assert documents.current == PLANT
    assert not is_made(window, "monitor")
    assert documents.keys == ["overview", PLANT, "monitor", CLUSTER, RULE]


@pytest.mark.parametrize("below", [False, True])
def test_each_document_is_in_its_half_again(window: MainWindow, qtbot: QtBot, *, below: bool):
    for key in (RULE, "monitor", PLANT):
        window.open_document(key)
    for key in ("monitor", CLUSTER):
        window.beside.open(key, below=below)
    window.documents._halves.setSizes([500, 400])
    share = share_of_first(window)
    reopen(window, qtbot)
    documents = window.documents

    assert documents.keys == ["overview", RULE, PLANT, "monitor", CLUSTER]
    assert [key for key in documents.keys if documents.is_beside(key)] == ["monitor", CLUSTER]
    assert documents.is_below == below
    assert documents.current == CLUSTER, "the half that was used is used again"
    assert all(documents.page(key).isVisible() for key in (PLANT, CLUSTER))
    assert not any(is_made(window, key) for key in (RULE, "monitor"))
    qtbot.waitUntil(lambda: abs(share_of_first(window) - share) < 0.01)


def test_each_workspace_has_its_own_documents(window: MainWindow, qtbot: QtBot, path: Path):
    other = path.with_name("other.sluicegate.toml")
    other.write_text(path.read_text().replace('id = "', 'id = "other'))
    window.open_document(RULE)
    open_file(window, qtbot, other)
    assert window.documents.keys == ["overview"], "it was never open before"
    window.open_document("monitor")
    open_file(window, qtbot, path)
    assert window.documents.keys == ["overview", RULE]
    open_file(window, qtbot, other)

    assert window.documents.keys == ["overview", "monitor"]
    assert window.documents.current == "monitor"


def test_a_copy_of_a_workspace_begins_with_the_overview(
    window: MainWindow, qtbot: QtBot, path: Path
):
    copy = path.with_name("copy.sluicegate.toml")
    copy.write_bytes(path.read_bytes())
    window.open_document(RULE)
    window.open_document(PLANT)
    open_file(window, qtbot, copy)
    assert window.documents.keys == ["overview"]
    assert window.documents.current == "overview"
    open_file(window, qtbot, path)

    assert window.documents.keys == ["overview", RULE, PLANT]


def test_what_is_gone_is_left_out(window: MainWindow, qtbot: QtBot, path: Path):
    for key in (PLANT, "compare:apply", RULE):
        window.open_document(key)
    path.write_text(without_rule(path))
    reopen(window, qtbot)

    assert window.documents.keys == ["overview", PLANT]
    assert window.documents.shown_page is not None
    assert window.documents.shown_page.isVisible()


def test_a_file_that_cannot_be_read_forgets_nothing(window: MainWindow, qtbot: QtBot, path: Path):
    window.open_document(RULE)
    text = path.read_text()
    path.write_text("sluicegate = 1\nid = ")
    for _ in range(2):
        reopen(window, qtbot)
        assert RULE not in window.documents
    path.write_text(text)
    window.session.read_again()

    qtbot.waitUntil(lambda: window.documents.keys == ["overview", RULE])
    assert window.documents.current == RULE


def test_a_new_object_that_was_not_saved_has_its_tab_again(window: MainWindow, qtbot: QtBot):
    qtbot.waitUntil(lambda: window.notices.journal._file is not None)
    window.open_document(PLANT)
    window.rules.new_rule()
    window.open_document("monitor")
    window.open_document("rule:rule_1")
    window.drafts.set("rule:rule_1", ("sql",), 'SELECT qos FROM "mine"')
    window.drafts.set(PLANT, ("description",), "of the hall")
    reopen(window, qtbot)
    documents = window.documents

    keys = ["overview", PLANT, "rule:rule_1", "monitor"]
    qtbot.waitUntil(lambda: documents.keys == keys)
    qtbot.waitUntil(lambda: documents.current == "rule:rule_1")
    assert documents.page("rule:rule_1").panel.editor.toPlainText() == 'SELECT qos FROM "mine"'
    for key in (PLANT, "rule:rule_1"):
        place = documents.tabs.keys.index(key)
        assert documents.tabs.accessibleTabName(place).endswith(", not saved")


def test_edits_of_an_action_mark_the_tab_of_a_rule_that_was_not_shown_yet(
    window: MainWindow, qtbot: QtBot
):
    qtbot.waitUntil(lambda: window.notices.journal._file is not None)
    window.open_document(RULE)
    window.open_document("monitor")
    action = next(iter(window.live.workspace.actions.kafka))
    window.drafts.set(f"action:{action}", ("description",), "for the archive")
    reopen(window, qtbot)
    tabs = window.documents.tabs

    qtbot.waitUntil(lambda: tabs.accessibleTabName(tabs.keys.index(RULE)).endswith(", not saved"))
    assert not is_made(window, RULE)


def test_a_tab_that_was_closed_stays_closed(window: MainWindow, qtbot: QtBot):
    for key in (RULE, PLANT):
        window.open_document(key)
    reopen(window, qtbot)
    window.documents.close_document(RULE)
    window.drafts.set(RULE, ("description",), "edited elsewhere")

    assert window.documents.keys == ["overview", PLANT]
    window.documents.reopen()
    assert window.documents.keys == ["overview", PLANT, RULE]


def test_reset_layout_has_all_documents_in_one_half(window: MainWindow, qtbot: QtBot):
    for key in (RULE, PLANT, "monitor"):
        window.open_document(key)
    for key in (PLANT, "monitor"):
        window.beside.open(key, below=True)
    reopen(window, qtbot)
    window.commands["reset_layout"].trigger()
    documents = window.documents

    assert documents.keys == ["overview", RULE, PLANT, "monitor"]
    assert documents.current == "monitor"
    assert documents.page("monitor").isVisible()
    assert not documents.is_split
    assert not documents.is_below
    assert not is_made(window, PLANT)


def test_the_demo_is_as_new_each_time(window: MainWindow, qtbot: QtBot, path: Path):
    place = demo_place()
    place.parent.mkdir(parents=True)
    place.write_bytes(path.read_bytes())
    open_file(window, qtbot, place)
    assert window.session.is_demo
    window.open_document("monitor")
    reopen(window, qtbot)

    assert window.documents.keys == ["overview"]
