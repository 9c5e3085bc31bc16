"""The values of a chart as a table, for eyes and screen readers that read no lines."""

from __future__ import annotations

import math
from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtGui import QStandardItem, QStandardItemModel
from PySide6.QtWidgets import QHeaderView, QWidget

from gui.viewmodels.table_roles import TableRole
from gui.viewmodels.words import clock
from gui.widgets.chart import Chart
from gui.widgets.chart_plot import figure
from gui.widgets.grouped_table import GroupedDelegate, TableRoles
from gui.widgets.popover import Popover
from gui.widgets.table_view import ROW, TableView

_WIDTH: Final = 372
_ROWS: Final = 12
_RIGHT: Final = int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)


class ChartValues(Popover):
    """Opens below a chart's head with the values of that moment, the newest first."""

    def __init__(self, chart: Chart, owner: QWidget | None = None) -> None:
        """Make it; `owner` is what it stands below, the chart if none is given."""
        super().__init__(owner or chart, chart.accessibleName(), _WIDTH)
        self.table = TableView(self.tr("Values of {chart}").format(chart=chart.accessibleName()))
        model = QStandardItemModel(self.table)
        model.setHorizontalHeaderLabels([self.tr("Time"), *chart.names])
        for at_s, values in reversed(chart.points):
            if math.isnan(values[0]):
                continue
            cells = [QStandardItem(text) for text in (clock(at_s), *map(figure, values))]
            for cell in cells[1:]:
                cell.setData(_RIGHT, Qt.ItemDataRole.TextAlignmentRole)
            model.appendRow(cells)
        for column in range(1, model.columnCount()):
            model.setHeaderData(
                column, Qt.Orientation.Horizontal, _RIGHT, Qt.ItemDataRole.TextAlignmentRole
            )
        self.table.setModel(model)
        roles = TableRoles(TableRole.HEAD, TableRole.STATUS, TableRole.TONE)
        self.table.setItemDelegate(GroupedDelegate(roles, self.table))
        self.table.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        self.table.setFixedHeight((_ROWS + 1) * ROW + 2)
        self.column.addWidget(self.table)
