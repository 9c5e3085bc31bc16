"""The window of the pictures, with nothing running behind it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from gui.engine_client import InProcessEngine
from gui.main_window import MainWindow
from gui.pages.overview import OverviewPage
from gui.recent import RecentFiles
from gui.theme import Theme
from gui.theme.tokens import Scheme
from gui.viewmodels.session import Session
from gui.widgets.frames import Ground
from tests.gui.conftest import Run

HERE = Path(__file__).parent
WIDTH, HEIGHT = 1280, 800


@pytest.fixture(params=["light", "dark"])
def scheme(request: pytest.FixtureRequest, theme: Theme) -> Scheme:
    theme.set_preference(request.param)
    return theme.scheme


@pytest.fixture
def page(theme: Theme, qtbot: QtBot) -> Ground:
    """A ground of panels and pages, for widgets to stand on."""
    made = Ground("surface1")
    qtbot.addWidget(made)
    made.resize(600, 200)
    return made


@pytest.fixture
def window(theme: Theme, run: Run, qtbot: QtBot, tmp_path: Path) -> Iterator[MainWindow]:
    """The greenhouse, stopped, with a rule and a connector open behind the overview."""
    text = (HERE / "greenhouse.toml").read_text("utf-8")
    for mark in ("@MQTT@", "@KAFKA@"):
        text = text.replace(mark, "mqtt://127.0.0.1:1" if mark == "@MQTT@" else "127.0.0.1:1")
    path = tmp_path / "greenhouse.toml"
    path.write_text(text.replace("@PASSWORD@", "NONE").replace("@USER@", "bridge"), "utf-8")
    session = Session(InProcessEngine(), recent=RecentFiles())
    made = MainWindow(session, theme)
    qtbot.addWidget(made)
    made.resize(WIDTH, HEIGHT)
    made.show()
    session.open(path)
    qtbot.waitUntil(lambda: "archive_all" in made.live.facts)
    for key in ("rule:temp_hum", "connector:kafka-lab", "overview"):
        made.open_document(key)
    page = made.documents.page("overview")
    assert isinstance(page, OverviewPage)
    qtbot.waitUntil(lambda: "rule:archive_all" in page.map.canvas.cards)
    yield made
    run(session.close(), 30)
    session.deleteLater()
