"""From the result line into the tail: the topic is chosen, earlier records are read."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from gui.engine_client import InProcessEngine
from gui.main_window import MainWindow
from gui.recent import RecentFiles
from gui.theme import Theme
from gui.viewmodels.drafts import KafkaDraft
from gui.viewmodels.live_rows import ROW_ROLE
from gui.viewmodels.session import Session
from gui.viewmodels.tail_row import TailRow

from .conftest import Run

pytestmark = pytest.mark.timeout(60)  # starts embedded brokers


@pytest.fixture
def window(theme: Theme, run: Run, qtbot: QtBot) -> Iterator[MainWindow]:
    session = Session(InProcessEngine(), recent=RecentFiles())
    made = MainWindow(session, theme)
    with qtbot.waitExposed(made):
        made.show()
    yield made
    run(session.close(), 30)
    made.close()
    made.deleteLater()
    session.deleteLater()


def test_a_record_of_another_topic_is_found_among_earlier_ones(
    window: MainWindow, workspace: Path, qtbot: QtBot
):
    """The tail reads the action's topic from its end; the record is sent to another one."""
    with qtbot.waitSignal(window.session.workspaceChanged, timeout=20_000):
        window.session.open(workspace)
    tail, form = window.tail, window.publish.kafka
    tail.hide()
    tail.filter.setText("nothing like it")
    window.publish.kind.choose("kafka")
    other = f"other-{workspace.parent.name}"
    for value in ("first", "second", "third"):
        form.show(KafkaDraft("laptop", other, "k", value, "0"))
        window.publish.result.show_steps([])
        window.publish.send_action.trigger()
        qtbot.waitUntil(lambda: "offset" in window.publish.result.text)
    assert window.publish.result.text.startswith("partition 0 offset 2, ")

    window.publish.recordAsked.emit("laptop", other, 0, 1)
    qtbot.waitUntil(lambda: tail.table.currentIndex().isValid(), timeout=20_000)

    row = tail.table.currentIndex().data(ROW_ROLE)
    assert isinstance(row, TailRow)
    assert (row.record.topic, row.record.offset, row.value) == (other, 1, "second")
    assert tail.isVisible()
    assert tail.model.start == "-1000"
