"""The totals of a bridge that delivers everything, by one rule: counted, wanted and shown."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final, Literal, TypeAlias

from PySide6.QtCore import QModelIndex, QPoint, QRect, QRectF
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QAbstractItemView

from core.bridge.metrics import Snapshot
from gui.main_window import MainWindow
from gui.pages.monitor import MonitorPage
from gui.pages.overview import OverviewPage, OverviewTable
from gui.shell.status_bar import FigureLabel
from gui.viewmodels.counter_model import NAME, TOTAL, CounterRole
from gui.viewmodels.overview import COLUMNS, OverviewModel
from gui.widgets.counter_tree import CounterTree
from tests.gui.watched import watched_calls

Place: TypeAlias = Literal["overview", "monitor", "status bar"]

PLACES: Final[tuple[Place, ...]] = ("overview", "monitor", "status bar")


@dataclass(frozen=True, slots=True)
class Total:
    """One number that the window shows.

    Attributes:
        key: What is counted, as its row is called.
        engine: What the engine counted.
        wanted: What it has to be where everything that was sent was delivered.
    """

    key: str
    engine: int
    wanted: int


def totals(
    snapshot: Snapshot, sent: int, *, source: str = "plant", rule: str = "all", action: str
) -> dict[Place, list[Total]]:
    """List everything that is counted from the start, by where it is shown."""
    came, ran, wrote = snapshot.sources[source], snapshot.rules[rule], snapshot.actions[action]
    filters = [
        Total(f"filter:{source}/{topic}", each.received, sent)
        for topic, each in came.filters.items()
    ]
    return {
        "monitor": [
            Total("received", came.received, sent),
            *filters,
            Total("matched", ran.matched, sent),
            Total("rule:passed", ran.passed, sent),
            Total("rule:no_result", ran.failed_no_result, 0),
            Total("rule:failed", ran.failed_exception, 0),
            Total("actions", ran.actions_total, sent),
            Total("actions:success", ran.actions_success, sent),
            Total("actions:failed", ran.actions_failed, 0),
            Total("actions:discarded", ran.actions_discarded, 0),
            Total("actions:pending", ran.actions_pending, 0),
            Total(f"action:{action}", wrote.matched, sent),
            Total(f"action:{action}:success", wrote.success, sent),
            Total(f"action:{action}:inflight", wrote.inflight, 0),
        ],
        "overview": [
            Total("heading:filters", came.received, sent),
            *filters,
            Total("heading:rules", ran.passed, sent),
            Total(f"rule:{rule}", ran.passed, sent),
            Total("heading:actions", wrote.success, sent),
            Total(f"action:{action}", wrote.success, sent),
        ],
        "status bar": [
            Total("inflight", wrote.inflight + wrote.queuing, 0),
            Total("dropped", wrote.dropped, 0),
        ],
    }


def bring_up(window: MainWindow, place: Place) -> None:
    """Show what `shown_totals` reads."""
    if place != "status bar":
        window.open_document(place)
    if place == "overview":
        page = window.documents.page(place)
        assert isinstance(page, OverviewPage)
        page.views.choose("table")


def shown_totals(window: MainWindow, place: Place) -> dict[str, str]:
    """Give what is shown by the keys of `totals`, and whatever else is shown of failures.

    Rows that are folded or out of sight are not there.
    """
    if place == "status bar":
        return dict(_shown_in_bar(window))
    page = window.documents.page(place)
    if isinstance(page, MonitorPage):
        return dict(_shown_in_monitor(page.tree))
    assert isinstance(page, OverviewPage)
    return dict(_shown_in_overview(page.table))


def _shown_in_bar(window: MainWindow) -> Iterator[tuple[str, str]]:
    for figure in window.statusBar().findChildren(FigureLabel):
        if figure.isVisible() and figure.name.text() in ("inflight", "dropped"):
            yield figure.name.text(), figure.value.text()


def _shown_in_monitor(tree: CounterTree) -> Iterator[tuple[str, str]]:
    for index, text in _painted(tree, TOTAL):
        yield str(index.siblingAtColumn(NAME).data(CounterRole.KEY)), text


def _shown_in_overview(table: OverviewTable) -> Iterator[tuple[str, str]]:
    """Read the totals, and under a key of their own the losses that stand behind the median."""
    model = table.model()
    assert isinstance(model, OverviewModel)
    for index, text in _painted(table, COLUMNS.index("total")):
        yield model.rows[index.row()].key, text
    for index, text in _painted(table, COLUMNS.index("rest")):
        row = model.rows[index.row()]
        losses = text.rpartition(" median")[2]
        if losses and not row.is_heading:
            yield f"{row.key}, apart from that", losses


def _painted(view: QAbstractItemView, column: int) -> list[tuple[QModelIndex, str]]:
    """Give the texts that the cells of a column are painted with."""
    found: list[tuple[QModelIndex, str]] = []

    def look(_painter: QPainter, *args: Any) -> None:
        place, text = args[0], args[-1]
        if isinstance(place, QRect | QRectF) and isinstance(text, str):
            middle = place.center()
            index = view.indexAt(QPoint(round(middle.x()), round(middle.y())))
            if index.isValid() and index.column() == column:
                found.append((index, text))

    with watched_calls(QPainter, "drawText", look):
        view.viewport().grab()
    return found
