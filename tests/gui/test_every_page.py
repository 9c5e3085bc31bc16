"""Every page: names, ways by Tab, room for longer words, colours of the table."""

from __future__ import annotations

import asyncio
import importlib
import inspect
import pkgutil
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import tomlkit
from PySide6.QtWidgets import QApplication, QDialog, QDockWidget, QWidget
from pytestqt.qtbot import QtBot

import gui
from gui.closing import ClosingSheet
from gui.editors.action_form import WhyPopover
from gui.engine_client import InProcessEngine
from gui.main_window import MainWindow
from gui.recent import RecentFiles
from gui.theme import Theme, install
from gui.translation import PSEUDO, VARIABLE, install_language
from gui.viewmodels.session import Session
from gui.widgets.ask_popup import AskPopup
from gui.widgets.name_popup import NamePopup
from gui.widgets.popover import Popover

from .audit import too_small, unnamed, unreached
from .audit_colours import foreign_colours
from .audit_painted import painted_cut
from .audit_words import cut
from .conftest import running
from .longer_core import longer_core, shown_of_core
from .scenes import ROOMS, SCENES, TROUBLES, Stage
from .watched import painted_parts

WORKSPACE = Path(__file__).parents[1] / "data" / "every-page.sluicegate.toml"

pytestmark = pytest.mark.timeout(60)  # the first test starts embedded brokers and the bridge


@pytest.fixture(autouse=True)
def _own_folders(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave the folders as they are from test to test: the windows outlive each of them.

    A workspace that is read again would look for its dead letters elsewhere.
    """
    monkeypatch.setenv("TZ", "UTC")


@contextmanager
def staged(
    request: pytest.FixtureRequest, folder: Path, loop: asyncio.AbstractEventLoop
) -> Iterator[Stage]:
    """Open the windows that the scenes are shown in, and start the bridge."""
    app = QApplication.instance()
    assert isinstance(app, QApplication)
    theme, qtbot = install(app), QtBot(request)
    path = folder / WORKSPACE.name
    workspace = tomlkit.parse(WORKSPACE.read_text("utf-8"))
    workspace["id"] = uuid.uuid4().hex[:8]  # no other window's dead letters
    path.write_text(tomlkit.dumps(workspace), "utf-8")
    with running(loop):  # between the tests, too
        sessions = [
            Session(InProcessEngine(), recent=RecentFiles(folder / f"recent-{number}"))
            for number in range(2)
        ]
        window, empty = (MainWindow(session, theme) for session in sessions)
        for each in (window, empty):
            each.resize(1280, 800)
            each.show()
        session = sessions[0]
        session.open(path)
        session.start()
        qtbot.waitUntil(lambda: session.state == "running", timeout=30_000)
        stage = Stage(window, empty, qtbot)
        yield stage
        stage.close()
        for each in sessions:
            closing = loop.create_task(each.close())
            qtbot.waitUntil(closing.done, timeout=30_000)
            closing.result()
        for each in (window, empty):
            each.close()
            each.deleteLater()


@pytest.fixture(scope="module")
def stage(
    request: pytest.FixtureRequest,
    tmp_path_factory: pytest.TempPathFactory,
    _one_loop: asyncio.AbstractEventLoop,
) -> Iterator[Stage]:
    with staged(request, tmp_path_factory.mktemp("stage"), _one_loop) as made:
        yield made


@pytest.fixture(scope="module")
def longer_stage(
    request: pytest.FixtureRequest,
    tmp_path_factory: pytest.TempPathFactory,
    _one_loop: asyncio.AbstractEventLoop,
) -> Iterator[Stage]:
    app = QApplication.instance()
    assert isinstance(app, QApplication)
    translator = install_language(app, {VARIABLE: PSEUDO})
    assert translator is not None
    folder = tmp_path_factory.mktemp("longer-stage")
    with longer_core(), staged(request, folder, _one_loop) as made:
        yield made
    app.removeTranslator(translator)
    translator.deleteLater()


@pytest.mark.parametrize("scene", SCENES)
def test_everything_has_a_name_and_room_is_reached_by_tab_and_keeps_to_the_tokens(
    stage: Stage, theme: Theme, scene: str
):
    theme.set_preference("light")
    root = stage.show(scene)

    assert [*unnamed(root), *too_small(root), *foreign_colours(root), *unreached(root)] == []


@pytest.mark.parametrize("scene", [name for name in SCENES if name != "gallery"])
# The gallery's columns are as wide as the drawing of the controls; their words grow on the pages.
def test_longer_words_are_not_cut(longer_stage: Stage, scene: str):
    longer_stage.start_over()
    root = longer_stage.show(scene)
    with painted_cut() as painted:
        for part in painted_parts(root):
            part.grab()

    assert [*cut(root), *painted] == []
    assert scene not in TROUBLES or shown_of_core(root), "no sentence of core is seen here"


@pytest.mark.timeout(240)  # all scenes in one test: the pages that are open take a new theme slowly
def test_dark_colours_are_of_the_token_table_and_the_scenes_leave_nothing_out(
    stage: Stage, theme: Theme
):
    theme.set_preference("dark")
    window = stage.window
    pieces = {
        *(f"document {kind}" for kind in window.documents.kinds),
        *(f"bottom page {key}" for key in window.bottom.tabs.keys),
        *(f"dock {dock.objectName()}" for dock in window.findChildren(QDockWidget)),
    }
    openings = windows_of_gui()
    assert {AskPopup, NamePopup, ClosingSheet, WhyPopover} <= openings
    foreign: dict[str, list[str]] = {}
    for scene in [name for name in SCENES if name not in ROOMS]:
        root = stage.show(scene)
        foreign[scene] = foreign_colours(root, with_keyboard=True)
        pieces -= set(parts_in(root, window))
        openings -= {type(root), type(root.window())}

    assert {scene: colours for scene, colours in foreign.items() if colours} == {}
    assert pieces == set(), "a document, a bottom page or a dock that no scene shows"
    assert openings == set(), "a popover, a dialog or a popup that no scene shows"


def windows_of_gui() -> set[type]:
    """List what opens over the pages or beside them, of every module of the window."""
    for module in pkgutil.walk_packages(gui.__path__, "gui."):
        if not module.name.startswith("gui.gallery"):
            importlib.import_module(module.name)
    return {kind for kind in _kinds_of(QWidget) if _opens(kind)}


def _kinds_of(base: type) -> Iterator[type]:
    for kind in base.__subclasses__():
        if kind.__module__.startswith("gui.") and not kind.__module__.startswith("gui.gallery"):
            yield kind
        yield from _kinds_of(kind)


def _opens(kind: type) -> bool:
    """Whether it is a window of its own; what others open as one is of their kind."""
    return issubclass(kind, Popover | QDialog) or (
        "__init__" in vars(kind) and "Qt.WindowType." in inspect.getsource(vars(kind)["__init__"])
    )


def parts_in(root: QWidget, window: MainWindow) -> Iterator[str]:
    """Tell which parts of a window a scene's widget holds, or is a piece of."""

    def is_seen(part: QWidget) -> bool:
        is_one = root is part or root.isAncestorOf(part) or part.isAncestorOf(root)
        return part.isVisible() and is_one

    document = window.documents.current
    if document and is_seen(window.documents.page(document)):
        yield f"document {document.partition(':')[0]}"
    if is_seen(window.bottom.page(window.bottom.current_key)):
        yield f"bottom page {window.bottom.current_key}"
    for dock in window.findChildren(QDockWidget):
        if is_seen(dock):
            yield f"dock {dock.objectName()}"
