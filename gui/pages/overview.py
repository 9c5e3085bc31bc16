"""The overview: one sentence on top, and everything as a map of wires or as a live table."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QModelIndex, QSize, Qt, Signal, Slot
from PySide6.QtGui import QResizeEvent, QShowEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QHeaderView,
    QSizePolicy,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from gui.theme import current
from gui.viewmodels.flow import FlowModel
from gui.viewmodels.health import Health
from gui.viewmodels.history import RATES, History
from gui.viewmodels.overview import COLUMNS, OverviewModel
from gui.viewmodels.table_roles import TableRole
from gui.widgets.buttons import IconButton
from gui.widgets.chart import Chart, Legend, Series
from gui.widgets.empty_list import EmptyList
from gui.widgets.flow_map import FlowMap
from gui.widgets.frames import Ground, Line
from gui.widgets.grouped_table import GroupedDelegate, TableRoles
from gui.widgets.labels import Label
from gui.widgets.linked_line import LinkedLine
from gui.widgets.segmented import Segmented
from gui.widgets.table_view import HEADER, ROW, TableView

_TOOL_ROW: Final = 44
_CHART_HEAD: Final = 32
_CHART_LEAST: Final = 112
_CHART_SPAN_S: Final = 300.0
_ZOOM_WIDTH: Final = 52
_WIDTHS: Final = {"name": 152, "detail": 140, "state": 96, "now": 72, "total": 92}


class OverviewTable(TableView):
    """As high as its rows where there is room; it scrolls where there is not."""

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Give the last column the rest of the width, or what its head takes."""
        super().resizeEvent(event)
        header, last = self.horizontalHeader(), len(COLUMNS) - 1
        needed, taken = header.sectionSizeHint(last), header.sectionPosition(last)
        is_wide = taken + needed <= self.viewport().width()
        mode = QHeaderView.ResizeMode.Stretch if is_wide else QHeaderView.ResizeMode.Fixed
        if mode != header.sectionResizeMode(last):
            header.setSectionResizeMode(last, mode)
        if not is_wide:
            header.resizeSection(last, needed)

    def sizeHint(self) -> QSize:
        """Ask for the rows."""
        rows = self.model().rowCount() if self.model() is not None else 0
        return QSize(super().sizeHint().width(), HEADER + rows * ROW + 2)


class TablePart(QWidget):
    """The table, and the rates of the whole chain below it."""

    def __init__(
        self, model: OverviewModel, history: History, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._model, self._history = model, history
        series = [
            Series(self.tr("in"), 1),
            Series(self.tr("passed"), 2),
            Series(self.tr("delivered"), 3, self.tr("out")),
        ]
        self.table = OverviewTable(self.tr("Topic filters, rules and actions"))
        unit = self.tr("per second")
        self.chart = Chart(self.tr("Messages per second"), series, spoken_unit=unit)
        self._legend = Legend(series)
        self._fill_table()
        self._lay_out()
        history.added.connect(self._take_point)
        history.restarted.connect(self._show_points)
        model.modelReset.connect(self.table.updateGeometry)
        self._show_points()

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
        column.addWidget(self.table)
        column.addWidget(Line())
        column.addWidget(head)
        column.addWidget(self.chart, 1)

    def showEvent(self, event: QShowEvent) -> None:
        """Show what has come meanwhile."""
        super().showEvent(event)
        self._show_points()

    @Slot()
    def _take_point(self) -> None:
        if self.isVisible():
            self._show_points()

    @Slot()
    def _show_points(self) -> None:
        found = self._history.points(span_s=_CHART_SPAN_S)
        self.chart.show_points([(at_s, values[RATES]) for at_s, values in found])


class OverviewPage(QWidget):
    """The first document of every workspace.

    Signals:
        documentAsked: The key of a document, `start` or `problems`.
        commandAsked: The id of a command, such as one that makes what is missing.
    """

    documentAsked = Signal(str)
    commandAsked = Signal(str)

    def __init__(
        self,
        model: OverviewModel,
        flow: FlowModel,
        history: History,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._model = model
        self._target = ""
        self.views = Segmented(
            self.tr("View"),
            {"map": self.tr("Map"), "table": self.tr("Table")},
            small=True,
            icons={"map": "workflow", "table": "table-2"},
        )
        self._health = LinkedLine()
        self.sentence, self.link = self._health.sentence, self._health.link
        self.map = FlowMap(flow)
        self.empty = EmptyList("plug", "surface1")
        self.lines = TablePart(model, history)
        self.table, self.chart = self.lines.table, self.lines.chart
        self.smaller = IconButton("minus", self.tr("Smaller"))
        self.zoom = Label(style="small", role="text2", figures=False)
        self.larger = IconButton("plus", self.tr("Larger"))
        self.fit = IconButton("maximize", self.tr("Show the whole map"))
        self._zoom_tools = QWidget()
        self._stack = QStackedWidget()
        self._lay_out()
        self._connect_signals()
        self._show_zoom(1.0)
        self._show_health(model.health)
        self._show_view()

    @property
    def object_key(self) -> str:
        """What commands on an object go to: that of the card with the keyboard; empty for none."""
        return self.map.focused_object

    def _lay_out(self) -> None:
        theme = current()
        self.tool_row = tool_row = QWidget()
        tool_row.setFixedHeight(_TOOL_ROW - theme.size("line.hairline"))
        tools = QHBoxLayout(tool_row)
        tools.setContentsMargins(theme.size("space.l"), 1, theme.size("space.l"), 0)
        tools.setSpacing(0)
        tools.addWidget(self.views)
        tools.addSpacing(theme.size("space.l") + theme.size("space.xs"))
        tools.addWidget(self._health, 1)
        tools.addSpacing(theme.size("space.s"))
        zooms = QHBoxLayout(self._zoom_tools)
        zooms.setContentsMargins(0, 0, 0, 0)
        zooms.setSpacing(0)
        self.zoom.setMinimumWidth(_ZOOM_WIDTH)
        self.zoom.setAlignment(Qt.AlignmentFlag.AlignCenter)
        for widget in (self.smaller, self.zoom, self.larger):
            zooms.addWidget(widget)
        zooms.addSpacing(theme.size("space.s"))
        zooms.addWidget(self.fit)
        tools.addWidget(self._zoom_tools)
        self._stack.addWidget(self.map)
        self._stack.addWidget(self.lines)
        self._stack.addWidget(self.empty)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(tool_row)
        column.addWidget(Line())
        column.addWidget(self._stack, 1)

    def _connect_signals(self) -> None:
        self._model.healthChanged.connect(self._show_health)
        self._model.stepChanged.connect(self._show_view)
        self.empty.pressed.connect(self._take_step)
        self.empty.linkPressed.connect(self._take_other_step)
        self.views.chosen.connect(self._show_view)
        self.map.documentAsked.connect(self.documentAsked)
        self.map.commandAsked.connect(self.commandAsked)
        self.map.zoomChanged.connect(self._show_zoom)
        self.smaller.clicked.connect(self._zoom_out)
        self.larger.clicked.connect(self._zoom_in)
        self.fit.clicked.connect(self.map.fit)
        self.table.opened.connect(self._open_row)
        self.link.clicked.connect(self._follow)

    @Slot()
    def _show_view(self) -> None:
        step, is_map = self._model.step, self.views.current_key == "map"
        self._stack.setCurrentWidget(self.map if is_map else self.lines)
        if step is not None:
            self.empty.say(step.sentence, step.hint, button=step.label, link=step.other_label)
            self._stack.setCurrentWidget(self.empty)
        self.views.setEnabled(step is None)
        self._zoom_tools.setVisible(is_map and step is None)

    @Slot()
    def _take_step(self) -> None:
        if self._model.step is not None:
            self.commandAsked.emit(self._model.step.command)

    @Slot()
    def _take_other_step(self) -> None:
        if self._model.step is not None:
            self.commandAsked.emit(self._model.step.other)

    @Slot(object)
    def _show_health(self, health: Health) -> None:
        shorter = [health.short] if health.short else []
        if health.status == "passed":
            shorter.append("")  # the shape tells that all is well
        self.sentence.set_state(health.status, health.text, shorter=shorter)
        self.link.setText(health.link)
        self.link.setVisible(bool(health.link))
        self._target = health.target

    @Slot(float)
    def _show_zoom(self, zoom: float) -> None:
        self.zoom.setText(self.tr("{percent} %").format(percent=round(zoom * 100)))

    @Slot()
    def _zoom_in(self) -> None:
        self.map.zoom_by(1)

    @Slot()
    def _zoom_out(self) -> None:
        self.map.zoom_by(-1)

    @Slot(QModelIndex)
    def _open_row(self, index: QModelIndex) -> None:
        if target := index.data(TableRole.TARGET):
            self.documentAsked.emit(target)

    @Slot()
    def _follow(self) -> None:
        self.documentAsked.emit(self._target)
