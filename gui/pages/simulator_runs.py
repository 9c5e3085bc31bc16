"""What a simulator will send, as a table, and how it runs: rate, target and figures."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRectF, Qt, Signal, Slot
from PySide6.QtGui import QFontMetrics, QPainter
from PySide6.QtWidgets import (
    QGridLayout,
    QHBoxLayout,
    QHeaderView,
    QSizePolicy,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from gui.theme import current, has_figures
from gui.viewmodels.made_messages import AT, CLIENT, PAYLOAD, SIZE, TOPIC, MadeMessages
from gui.viewmodels.simulator_preview import SimulatorPreview
from gui.viewmodels.simulator_rate import SimulatorRate
from gui.viewmodels.simulators import CHART_S
from gui.viewmodels.words import rate as rate_text
from gui.widgets.buttons import FlatButton
from gui.widgets.chart import Chart, Series
from gui.widgets.frames import Ground, Line
from gui.widgets.json_line import paint_json
from gui.widgets.labels import Label, Paragraph, StateShape
from gui.widgets.live_rows import paint_text
from gui.widgets.rate_meter import RateMeter
from gui.widgets.table_view import TableView

_HEAD: Final = 32
_KEEP_RIGHT: Final = 13
_FIRST: Final = 24
_PADDING: Final = 8
_WIDTHS: Final = ((AT, 80), (CLIENT, 78), (TOPIC, 126), (SIZE, 64))
_CHART: Final = 96
_FACT_ROW: Final = 22
_LEAST_TABLE: Final = 96

Index = QModelIndex | QPersistentModelIndex


class PreviewDelegate(QStyledItemDelegate):
    """Paints the rows: quiet times and sizes, payloads in colours."""

    def __init__(self, view: TableView) -> None:
        super().__init__(view)
        self._view = view

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Paint a cell."""
        theme, rect = current(), QRectF(option.rect)  # pyright: ignore[reportAttributeAccessIssue] - a field of Qt's struct
        painter.save()
        state: QStyle.StateFlag = option.state  # pyright: ignore[reportAttributeAccessIssue] - a field of Qt's struct
        ground = "surface2"
        if state & QStyle.StateFlag.State_Selected:
            ground = "selection" if self._view.hasFocus() else "selection_idle"
        painter.fillRect(rect, theme.colour(ground))
        column, text = index.column(), str(index.data() or "")
        left = _FIRST if column == AT else _PADDING
        box = rect.adjusted(left, 0, -(_FIRST - _PADDING if column == SIZE else _PADDING), 0)
        if column == PAYLOAD:
            paint_json(painter, box, text)
        else:
            painter.setFont(theme.font("small", figures=has_figures(text)))
            if column == SIZE:
                width = painter.fontMetrics().horizontalAdvance(text)
                box.setLeft(max(box.right() - width, box.left()))
            tone = "text3" if column in (AT, SIZE) else "text1"
            mode = Qt.TextElideMode.ElideMiddle if column == TOPIC else Qt.TextElideMode.ElideRight
            paint_text(painter, box, text, tone, mode)
        if self._view.by_keyboard and self._view.hasFocus():
            self._paint_ring(painter, rect, index)
        painter.restore()

    def _paint_ring(self, painter: QPainter, rect: QRectF, index: Index) -> None:
        if self._view.currentIndex().row() != index.row():
            return
        width, colour = current().size("line.focus"), current().colour("focus")
        painter.fillRect(QRectF(rect.left(), rect.top(), rect.width(), width), colour)
        painter.fillRect(QRectF(rect.left(), rect.bottom() - width, rect.width(), width), colour)
        if index.column() == AT:
            painter.fillRect(QRectF(rect.left(), rect.top(), width, rect.height()), colour)
        if index.column() == SIZE:
            painter.fillRect(QRectF(rect.right() - width, rect.top(), width, rect.height()), colour)


class PreviewPane(QWidget):
    """The first messages.

    Signals:
        keepAsked: They shall be kept in the workspace.
    """

    keepAsked = Signal()

    def __init__(self, preview: SimulatorPreview, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._preview = preview
        self.note = Label(style="small", role="text3", elide="end")
        self.keep_button = FlatButton(self.tr("Save as messages"), "bookmark")
        self.keep_button.set_small()
        self.table = TableView(self.tr("First messages"))
        self._model = MadeMessages(self)
        self.problem = Paragraph("", style="small", role="text2")
        self._lay_out()
        self.keep_button.clicked.connect(self.keepAsked)
        preview.changed.connect(self._show)
        self._show()

    def _lay_out(self) -> None:
        theme = current()
        head = QWidget()
        head.setFixedHeight(_HEAD)
        row = QHBoxLayout(head)
        row.setContentsMargins(_FIRST, 0, _KEEP_RIGHT, 0)
        row.setSpacing(theme.size("space.s"))
        row.addWidget(Label(self.tr("Preview"), style="strong"))
        row.addWidget(self.note, 1)
        row.addWidget(self.keep_button)
        table = self.table
        table.setModel(self._model)
        table.setItemDelegate(PreviewDelegate(table))
        header = table.horizontalHeader()
        header.setMinimumSectionSize(40)
        for column, width in _WIDTHS:
            table.setColumnWidth(column, width)
        self._model.modelReset.connect(self._make_room_for_times)
        theme.changed.connect(self._make_room_for_times)
        header.setSectionResizeMode(PAYLOAD, QHeaderView.ResizeMode.Stretch)
        table.setProperty("kind", "page")
        table.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        table.setMinimumHeight(_LEAST_TABLE)
        note = QWidget()
        box = QVBoxLayout(note)
        box.setContentsMargins(_FIRST, theme.size("space.m"), theme.size("space.l"), 0)
        box.addWidget(self.problem)
        box.addStretch(1)
        self._note = note
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(head)
        column.addWidget(Line())
        column.addWidget(table, 1)
        column.addWidget(note, 1)

    @Slot()
    def _show(self) -> None:
        made = self._preview.made
        self.note.setText(self._preview.seed_note, self.tr("first 10 messages"), "")
        self._model.show(made.messages)
        self.problem.setText(made.problem)
        self._note.setVisible(bool(made.problem))
        self.table.setVisible(not made.problem)
        self.keep_button.setEnabled(bool(made.messages))
        has_clients = any(dict(each.properties).get("clientid") for each in made.messages)
        self.table.setColumnHidden(CLIENT, not has_clients)

    @Slot()
    def _make_room_for_times(self) -> None:
        """Widen the first column where later messages have longer times."""
        metrics = QFontMetrics(current().font("small"))
        indexes = (self._model.index(row, AT) for row in range(self._model.rowCount()))
        widest = max((metrics.horizontalAdvance(index.data()) for index in indexes), default=0)
        self.table.setColumnWidth(AT, max(dict(_WIDTHS)[AT], _FIRST + widest + 1 + _PADDING))


class RatePane(Ground):
    """The rate against its target, over the last minute, and what has been sent."""

    def __init__(self, rate: SimulatorRate, parent: QWidget | None = None) -> None:
        super().__init__("surface1", parent)
        self._rate = rate
        self.number = Label(style="title")
        self.target = Label(role="text2", elide="end")
        self.verdict_shape, self.verdict = StateShape("passed"), Label()
        self.meter = RateMeter(self.tr("Rate against its target"))
        self.reason = Paragraph("", style="small", role="text1")
        name = self.tr("Rate of the last minute")
        unit = self.tr("messages per second")
        self.chart = Chart(
            name, [Series(self.tr("sent"), 1)], spoken_unit=unit, height=_CHART, plain=True
        )
        self.chart.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._line, self._facts = QHBoxLayout(), QGridLayout()
        self._values: list[tuple[Label, Label]] = []
        self._lay_out()
        rate.changed.connect(self.refresh)
        self.refresh()

    def _lay_out(self) -> None:
        theme = current()
        column = QVBoxLayout(self)
        column.setContentsMargins(theme.size("space.l"), 0, theme.size("space.page"), 8)
        column.setSpacing(0)
        head = QHBoxLayout()
        head.addWidget(Label(self.tr("Rate"), style="strong"), 1)
        head.addWidget(Label(self.tr("last 60 s"), style="small", role="text3"))
        head.addStrut(_HEAD + 4)
        column.addLayout(head)
        line = self._line
        line.setSpacing(6)
        line.addWidget(self.number)
        line.addWidget(self.target, 1)
        line.addWidget(self.verdict_shape)
        line.addWidget(self.verdict)
        column.addLayout(line)
        column.addSpacing(4)
        column.addWidget(self.meter)
        column.addWidget(self.reason)
        column.addSpacing(4)
        column.addWidget(self.chart)
        column.addSpacing(10)
        self._facts.setContentsMargins(0, 0, 0, 0)
        self._facts.setVerticalSpacing(0)
        self._facts.setColumnStretch(0, 1)
        column.addLayout(self._facts)
        column.addStretch(1)

    @Slot()
    def refresh(self) -> None:
        """Show the figures as they are now."""
        rate = self._rate
        verdict = rate.verdict
        self.number.setText(rate_text(rate.rate))
        for widget in (self.verdict_shape, self.verdict):
            widget.setVisible(bool(verdict.status))
        if verdict.status:
            self.verdict_shape.set_status(verdict.status, verdict.text)
            self.verdict.setText(verdict.text)
            self.verdict.set_role(current().state(verdict.status).colour)
        self.target.setText(rate.target_text, rate.short_target_text)
        self.reason.setText(verdict.reason)
        self.reason.setVisible(bool(verdict.reason))
        spoken = f"{rate_text(rate.rate)} {rate.target_text}"
        self.meter.show_rate(rate.rate, rate.target, spoken)
        self.chart.show_points(rate.points, CHART_S)
        self._show_facts(rate.facts)

    def _show_facts(self, facts: tuple[tuple[str, str], ...]) -> None:
        while len(self._values) < len(facts):
            at = len(self._values)
            name, value = Label(role="text2", elide="end"), Label()
            self._facts.addWidget(name, at, 0)
            self._facts.addWidget(value, at, 1, Qt.AlignmentFlag.AlignRight)
            self._facts.setRowMinimumHeight(at, _FACT_ROW)
            self._values.append((name, value))
        for at, (name, value) in enumerate(self._values):
            is_shown = at < len(facts)
            name.setVisible(is_shown)
            value.setVisible(is_shown)
            if is_shown:
                text = facts[at][0]
                name.setText(text, text.partition(" (")[0])  # the packet's name has the least room
                value.setText(facts[at][1])
