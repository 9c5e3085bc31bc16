"""The overview: one sentence on top, everything in a live table, and the rates of the chain."""

from __future__ import annotations

import time
from typing import Final

from PySide6.QtCore import QModelIndex, QSize, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QHeaderView, QSizePolicy, QVBoxLayout, QWidget

from gui.theme import current
from gui.viewmodels.health import Health
from gui.viewmodels.overview import COLUMNS, OverviewModel
from gui.viewmodels.table_roles import TableRole
from gui.widgets.buttons import LinkButton
from gui.widgets.chart import Chart, Legend
from gui.widgets.frames import Ground, Line
from gui.widgets.grouped_table import GroupedDelegate, TableRoles
from gui.widgets.labels import Label, StateLine
from gui.widgets.table_view import HEADER, ROW, TableView

_TOOL_ROW: Final = 44
_CHART_HEAD: Final = 32
_CHART_LEAST: Final = 112
_WIDTHS: Final = {"name": 152, "detail": 140, "state": 96, "now": 72, "total": 92}


class OverviewTable(TableView):
    """As high as its rows where there is room; it scrolls where there is not."""

    def sizeHint(self) -> QSize:
        """Ask for the rows."""
        rows = self.model().rowCount() if self.model() is not None else 0
        return QSize(super().sizeHint().width(), HEADER + rows * ROW + 2)


class OverviewPage(QWidget):
    """The first document of every workspace.

    Signals:
        documentAsked: The key of a document, `start` or `problems`.
    """

    documentAsked = Signal(str)

    def __init__(self, model: OverviewModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model = model
        series = [self.tr("in"), self.tr("passed"), self.tr("delivered")]
        self.sentence = StateLine()
        self.link = LinkButton()
        self.table = OverviewTable(self.tr("Topic filters, rules and actions"))
        self.chart = Chart(self.tr("Messages per second"), series)
        self._legend = Legend(series)
        self._target = ""
        self._fill_table()
        self._lay_out()
        self._connect_signals()
        self._show_health(model.health)

    def _fill_table(self) -> None:
        roles = TableRoles(TableRole.HEAD, TableRole.STATUS, TableRole.TONE)
        self.table.setModel(self._model)
        self.table.setItemDelegate(GroupedDelegate(roles, self.table))
        self.table.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Maximum)
        header = self.table.horizontalHeader()
        for number, column in enumerate(COLUMNS):
            if column in _WIDTHS:
                self.table.setColumnWidth(number, _WIDTHS[column])
        header.setSectionResizeMode(len(COLUMNS) - 1, QHeaderView.ResizeMode.Stretch)

    def _lay_out(self) -> None:
        theme = current()
        tool_row = QWidget()
        tool_row.setFixedHeight(_TOOL_ROW)
        tools = QHBoxLayout(tool_row)
        tools.setContentsMargins(theme.size("space.l"), 0, theme.size("space.l"), 0)
        tools.setSpacing(theme.size("space.xs"))
        tools.addWidget(self.sentence)
        tools.addWidget(self.link)
        tools.addStretch(1)
        head = Ground("surface2")
        head.setFixedHeight(_CHART_HEAD)
        heads = QHBoxLayout(head)
        heads.setContentsMargins(theme.size("space.l"), 0, theme.size("space.l"), 0)
        heads.addWidget(Label(self.tr("Messages per second"), style="strong"))
        heads.addStretch(1)
        heads.addWidget(self._legend)
        self.chart.setMinimumHeight(_CHART_LEAST)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(tool_row)
        column.addWidget(Line())
        column.addWidget(self.table)
        column.addWidget(Line())
        column.addWidget(head)
        column.addWidget(self.chart, 1)

    def _connect_signals(self) -> None:
        self._model.healthChanged.connect(self._show_health)
        self._model.pointTaken.connect(self._take_point)
        self._model.restarted.connect(self.chart.clear)
        self._model.modelReset.connect(self.table.updateGeometry)
        self.table.opened.connect(self._open_row)
        self.link.clicked.connect(self._follow)

    @Slot(object)
    def _show_health(self, health: Health) -> None:
        is_bad = health.status in ("failed", "disconnected", "degraded")
        self.sentence.set_state(health.status, health.text, "text1" if is_bad else "text2")
        self.link.setText(health.link)
        self.link.setVisible(bool(health.link))
        self._target = health.target

    @Slot(float, float, float, float)
    def _take_point(self, _at_s: float, received: float, passed: float, delivered: float) -> None:
        self.chart.add(time.time(), received, passed, delivered)

    @Slot(QModelIndex)
    def _open_row(self, index: QModelIndex) -> None:
        if target := index.data(TableRole.TARGET):
            self.documentAsked.emit(target)

    @Slot()
    def _follow(self) -> None:
        self.documentAsked.emit(self._target)
