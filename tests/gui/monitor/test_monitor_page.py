"""The page of the monitor: its sizes, its keyboard, what it exports."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, QModelIndex, QObject, Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from gui.docks.feed import FeedPage
from gui.main_window import MainWindow
from gui.pages.monitor import MonitorPage
from gui.viewmodels.trace import COLUMNS
from gui.widgets.chart_values import ChartValues
from gui.widgets.labels import Label
from gui.widgets.trace_table import ExplanationPanel

from .conftest import Watched, failing


def test_the_page_has_the_drawn_sizes(page: MonitorPage, watched: Watched):
    watched.told.state("running")
    watched.told.snapshot(1.0, 30, **failing(30))
    QApplication.processEvents()

    assert page.tree.width() + 1 == 352, "with the line beside it"
    assert (page.rates.height(), page.lower_charts.latency.height()) == (152, 134)
    assert page.rates.width() == page.lower_charts.latency.width()
    index = page.tree.model().index(1, 0)
    assert page.tree.visualRect(index.model().index(0, 0, index)).height() == 24


def test_a_narrow_page_gives_words_that_say_something_the_room_first(
    page: MonitorPage, watched: Watched, qtbot: QtBot
):
    watched.told.state("running")
    watched.told.snapshot(1.0, 30, **failing(30))
    words = [page.pause.text(), page.mark.text(), page.export.text(), page.reset.text()]
    page.resize(748, 440)  # beside navigator and tail in a window of 1280

    def heads() -> dict[str, str]:
        labels = [*page.findChildren(Label), page.verdict.label]
        told = ("Messages per second", "last 0 sampled messages", "60 received, 60 accounted for")
        return {each.whole_text(): each.text() for each in labels if each.whole_text() in told}

    qtbot.waitUntil(lambda: all(whole == text for whole, text in heads().items()))
    assert len(heads()) == 3
    buttons = (page.pause, page.mark, page.export, page.reset)
    assert [each.text() for each in buttons] == [""] * 4
    assert [each.toolTip() for each in buttons] == words
    assert [each.accessibleName() for each in buttons] == words
    page.pause.click()
    assert (page.pause.text(), page.pause.toolTip()) == ("", "Go on")
    page.pause.click()
    page.resize(1_036, 636)

    qtbot.waitUntil(lambda: [each.text() for each in buttons] == words)
    assert page.rule.width() == 132


def test_reading_one_chart_reads_the_other_by_keyboard(
    page: MonitorPage, watched: Watched, qtbot: QtBot
):
    watched.told.state("running")
    for second in range(3):
        watched.told.snapshot(second + 1.0, 10 * second, **failing(10 * second))
    moments: list[float | None] = []
    page.rates.readMoved.connect(moments.append)
    page.rates.setFocus(Qt.FocusReason.TabFocusReason)

    qtbot.keyClick(page.rates, Qt.Key.Key_Left)
    qtbot.keyClick(page.rates, Qt.Key.Key_Left)
    points = page.rates.points
    assert moments == [points[2][0], points[1][0]]
    assert "passed 10.0" in page.rates.accessibleDescription()
    assert page.lower_charts.latency._read_at == 1
    qtbot.keyClick(page.rates, Qt.Key.Key_Escape)
    assert page.lower_charts.latency._read_at is None


def test_a_chart_that_is_hidden_is_neither_read_nor_fed(page: MonitorPage, watched: Watched):
    watched.told.state("running")
    for second in range(3):
        watched.told.snapshot(second + 1.0, 10 * second, **failing(10 * second))
    lower = page.lower_charts
    page.rates.lead(page.rates.points[1][0])
    assert lower.latency._read_at == 1
    lower.choose("errors")
    assert lower.latency._read_at is None
    assert len(lower.errors.points) == 3

    watched.told.snapshot(4.0, 30, **failing(30))
    counts = [len(each.points) for each in (lower.errors, lower.latency, lower.queue)]
    assert counts == [4, 3, 0]
    lower.choose("latency")
    assert len(lower.latency.points) == 4


def test_the_lower_chart_is_chosen_by_keyboard(page: MonitorPage, watched: Watched, qtbot: QtBot):
    watched.told.state("running")
    for second in range(3):
        watched.told.snapshot(second + 1.0, 10 * second, **failing(10 * second))
    lower = page.lower_charts
    assert lower.shown is lower.latency

    for chart, summary in (
        (lower.queue, "waiting 4.0 kibibytes"),
        (lower.errors, "rule errors 0.0 per second, failed 3.0 per second, dropped 0.0 per second"),
    ):
        lower.title.setFocus(Qt.FocusReason.TabFocusReason)
        qtbot.keyClick(lower.title, Qt.Key.Key_Return)
        menu = QApplication.activePopupWidget()
        assert menu is not None
        qtbot.keyClick(menu, Qt.Key.Key_Down)
        qtbot.keyClick(menu, Qt.Key.Key_Return)
        assert lower.shown is chart
        assert chart.isVisible()
        assert not lower.latency.isVisible()
        assert chart.summary() == summary


def test_the_values_of_a_chart_are_read_in_a_table(
    page: MonitorPage, watched: Watched, qtbot: QtBot
):
    watched.told.state("running")
    for second in range(3):
        watched.told.snapshot(second + 1.0, 10 * second, **failing(10 * second))
    page.rates.setFocus(Qt.FocusReason.TabFocusReason)
    qtbot.keyClick(page.rates, Qt.Key.Key_Return)

    [values] = page.export.findChildren(ChartValues)
    model = values.table.model()
    heads = [model.headerData(n, Qt.Orientation.Horizontal) for n in range(model.columnCount())]
    assert heads == ["Time", "in", "passed", "delivered"]
    assert [model.index(0, n).data() for n in (1, 2)] == ["20.0", "10.0"], "the newest first"
    assert model.rowCount() == 3
    values.close()


class ShownWindows(QObject):
    """Notes every window that is shown, however shortly."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.names: list[str] = []

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - a name of Qt
        if event.type() == QEvent.Type.Show and isinstance(watched, QWidget) and watched.isWindow():
            self.names.append(type(watched).__name__)
        return False


def test_a_reason_is_shown_without_a_window_that_takes_the_keyboard(
    page: MonitorPage, watched: Watched, qtbot: QtBot, qapp: QApplication
):
    watched.sample(1, "failed", "float: not a number")
    qtbot.waitUntil(lambda: page.trace.model().rowCount() == 1)
    shown = ShownWindows(page)
    qapp.installEventFilter(shown)

    page.trace.setFocus(Qt.FocusReason.TabFocusReason)
    qapp.removeEventFilter(shown)

    assert page.trace.indexWidget(page.trace.model().index(1, 0)) is not None
    assert shown.names == []


def test_what_is_typed_into_the_filter_filters_the_trace(
    page: MonitorPage, watched: Watched, qtbot: QtBot
):
    watched.sample(1, "failed", "float: not a number")
    watched.sample(2)
    rows = page.trace.model()
    qtbot.waitUntil(lambda: rows.rowCount() == 2)
    qtbot.keyClicks(page.filter, "outcome:failed")

    assert rows.rowCount() == 1


def test_a_failed_message_is_explained_and_leads_to_its_rule(
    page: MonitorPage, watched: Watched, qtbot: QtBot
):
    watched.sample(1, "failed", "float: not a number")
    qtbot.waitUntil(lambda: page.trace.model().rowCount() == 1)
    opened: list[str] = []
    page.documentAsked.connect(opened.append)

    page.trace.setFocus(Qt.FocusReason.TabFocusReason)
    assert page.trace.currentIndex().row() == 0
    panel = page.trace.indexWidget(page.trace.model().index(1, 0))
    assert panel is not None
    assert page.trace.rowSpan(1, 0) == 1
    assert page.trace.columnSpan(1, 0) == len(COLUMNS)
    assert isinstance(panel, ExplanationPanel)
    height = page.trace.rowHeight(1)
    qtbot.mouseClick(panel.details[0], Qt.MouseButton.LeftButton)
    assert panel.code.toPlainText() == '{"temp": 1}'
    assert page.trace.rowHeight(1) > height
    panel.code.show_code("abc " * 60)
    qtbot.waitUntil(lambda: panel.code.height() == panel.code.sizeHint().height())
    room = page.trace.viewport().width()
    qtbot.waitUntil(lambda: page.trace.rowHeight(1) == panel.height_for(room))
    qtbot.mouseClick(panel.details[0], Qt.MouseButton.LeftButton)
    assert page.trace.rowHeight(1) == height
    qtbot.keyClick(page.trace, Qt.Key.Key_Return)
    assert opened == ["rule:all"]
    watched.sample(2)
    qtbot.waitUntil(page.trace.newer.isVisible)
    assert page.trace.newer.text() == "1 new above"
    qtbot.keyClick(page.trace, Qt.Key.Key_Escape)
    assert page.trace.model().rowCount() == 2
    assert page.trace.currentIndex() == QModelIndex()


def test_the_charts_are_saved_as_values_and_as_a_picture(
    page: MonitorPage, watched: Watched, qtbot: QtBot, tmp_path: Path
):
    watched.told.state("running")
    watched.told.snapshot(1.0, 10)
    told: list[str] = []
    page.told.connect(lambda text, status: told.append(f"{status}: {text}"))
    page.save_csv(tmp_path / "monitor.csv")
    page.save_png(tmp_path / "monitor.png")
    qtbot.waitUntil(lambda: len(told) == 2)

    assert sorted(told) == ["passed: Written to monitor.csv", "passed: Written to monitor.png"]
    assert len((tmp_path / "monitor.csv").read_text().splitlines()) == 2
    picture = QImage(str(tmp_path / "monitor.png"))
    assert picture.height() == round((152 + 134) * page.devicePixelRatio())
    page.save_csv(tmp_path / "nowhere" / "monitor.csv")
    qtbot.waitUntil(lambda: len(told) == 3)
    assert told[2] == "failed: monitor.csv was not written: No such file or directory"


@pytest.mark.parametrize("name", ["monitor.csv", "monitor.png"])
def test_an_export_to_a_full_disk_is_said_and_leaves_the_file_as_it_was(
    window: MainWindow, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
):
    def refuse(_descriptor: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    file = tmp_path / "exports" / name
    file.parent.mkdir()
    file.write_text("a good one")
    window.open_document("monitor")
    page = window.documents.page("monitor")
    assert isinstance(page, MonitorPage)
    monkeypatch.setattr(os, "fsync", refuse)
    {"csv": page.save_csv, "png": page.save_png}[file.suffix[1:]](file)
    toasts = window.toasts
    qtbot.waitUntil(lambda: bool(toasts.shown))

    assert [toast.text for toast in toasts.shown] == [
        f"{name} was not written: No space left on device."
    ]
    assert not window.documents.banner.isVisible()
    assert file.read_text() == "a good one"
    assert list(file.parent.iterdir()) == [file]


def test_the_monitor_opens_from_the_navigator_and_shows_what_failed(
    window: MainWindow, watched: Watched, qtbot: QtBot
):
    watched.told.state("running")
    watched.told.snapshot(1.0, 30, **failing(30))
    watched.sample(1, "failed", "float: not a number")
    watched.sample(2)
    view = window.navigator.view
    view.setFocus(Qt.FocusReason.TabFocusReason)
    view.setCurrentIndex(window.navigator.model.index_of("overview"))
    qtbot.keyClick(view, Qt.Key.Key_Down)
    qtbot.keyClick(view, Qt.Key.Key_Return)
    assert window.documents.current == "monitor"
    page = window.documents.page("monitor")
    assert isinstance(page, MonitorPage)

    tree = page.tree
    tree.setFocus(Qt.FocusReason.TabFocusReason)
    tree.setCurrentIndex(tree.model().index(2, 0, tree.model().index(1, 0)))
    qtbot.keyClick(tree, Qt.Key.Key_Return)
    feed = window.bottom.page("feed")
    assert isinstance(feed, FeedPage)
    assert window.bottom.current_key == "feed"
    assert feed.filter.text() == "outcome:failed"
    qtbot.waitUntil(lambda: feed.model.matching == 1)

    window.documents.close_current()
    window.open_document("monitor")
    again = window.documents.page("monitor")
    assert again is not page
    assert isinstance(again, MonitorPage)
    assert again.verdict.label.whole_text().startswith("60 received")
