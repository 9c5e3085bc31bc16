"""The live trace below the statement: the next messages as a table, the chosen one in steps."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QModelIndex, Qt, Signal, Slot
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QHeaderView,
    QSplitter,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from core.errors import CodecError
from gui.pages.parts import clear_layout, name_value_grid, scrolling
from gui.pages.rule_result import explained
from gui.pages.rule_whole import step_card
from gui.theme import current
from gui.viewmodels.live_trace import COLUMNS, LIMITS, LiveTrace
from gui.viewmodels.table_roles import TableRole
from gui.viewmodels.trace_steps import TraceStep, TraceSteps
from gui.viewmodels.words import number, sentences
from gui.widgets.buttons import LinkButton, SecondaryButton
from gui.widgets.code_label import CodeLabel
from gui.widgets.empty_list import EmptyList
from gui.widgets.fitted_code import FittedCode
from gui.widgets.frames import Banner, Line
from gui.widgets.grouped_table import GroupedDelegate, TableRoles
from gui.widgets.labels import Label, Paragraph
from gui.widgets.segmented import Segmented
from gui.widgets.table_view import TableView

_WIDTHS: Final = {"time": 126, "topic": 128, "client": 76}
_STRIP: Final = 38
_EDGE: Final = 14
_GAP: Final = 8
_NAMES: Final = 64
_LEAST: Final = 200
_LEAST_RESULT: Final = 150
_LEAST_TOPIC: Final = 72
_SIZES: Final = (540, 496)
_JSON: Final = ("{", "[")


class _MessageTable(TableView):
    """Leaves room for results: client and topic go where the table is narrow."""

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Arrange the columns for the room there is."""
        super().resizeEvent(event)
        self.fit()

    def fit(self) -> None:
        """Share the width among the columns."""
        room = self.width() - _WIDTHS["time"] - _LEAST_RESULT
        has_client = room >= _WIDTHS["topic"] + _WIDTHS["client"]
        topic = min(room - (_WIDTHS["client"] if has_client else 0), _WIDTHS["topic"])
        widths = {**_WIDTHS, "topic": topic if topic >= _LEAST_TOPIC else 0}
        widths["client"] = _WIDTHS["client"] if has_client else 0
        for place, column in enumerate(COLUMNS[:-1]):
            self.setColumnHidden(place, not widths[column])
            if widths[column]:
                self.setColumnWidth(place, widths[column])


class LiveTracePane(QWidget):
    """How many, Start, and how far it is; below, the messages and the way of the chosen one.

    Signals:
        messageTaken: A `MqttMessage` and its client, for the test.
    """

    messageTaken = Signal(object, str)

    def __init__(self, model: LiveTrace, steps: TraceSteps, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model, self._steps = model, steps
        words = {str(limit): number(limit) for limit in LIMITS}
        self.limit = Segmented(self.tr("How many messages"), words, small=True)
        self.start_button = SecondaryButton(self.tr("Start"), "play")
        self.start_button.set_small()
        self.progress = Label(style="small", role="text2")
        self.use = LinkButton(self.tr("Use in test"))
        self.use.set_small()
        self.banner = Banner()
        self.table = _MessageTable(self.tr("Messages of the trace"))
        self.empty = EmptyList("activity")
        self._stack = QStackedWidget()
        self._cards = QVBoxLayout()
        self._fill_table()
        self._lay_out()
        self.start_button.clicked.connect(self.turn)
        self.use.clicked.connect(self._take_message)
        self.empty.linkPressed.connect(model.start_bridge)
        self.table.selectionModel().currentRowChanged.connect(self._choose)
        model.modelReset.connect(self._forget)
        model.progressed.connect(self._show_progress)
        steps.changed.connect(self._show_steps)
        self._show_progress()
        self._show_steps()

    @Slot()
    def turn(self) -> None:
        """Start to collect, or stop."""
        if self._model.is_collecting:
            self._model.stop()
        else:
            self._model.start(int(self.limit.current_key))

    def _fill_table(self) -> None:
        self.table.setModel(self._model)
        roles = TableRoles(TableRole.HEAD, TableRole.STATUS, TableRole.TONE)
        self.table.setItemDelegate(GroupedDelegate(roles, self.table))
        header = self.table.horizontalHeader()
        header.setSectionResizeMode(len(COLUMNS) - 1, QHeaderView.ResizeMode.Stretch)
        self.table.fit()

    def _lay_out(self) -> None:
        strip = QWidget()
        strip.setFixedHeight(_STRIP)
        row = QHBoxLayout(strip)
        row.setContentsMargins(_EDGE, 0, _EDGE, 0)
        row.setSpacing(_GAP)
        row.addWidget(Label(self.tr("Next messages"), style="small", role="text2"))
        for widget in (self.limit, self.start_button, self.progress):
            row.addWidget(widget)
        row.addStretch(1)
        row.addWidget(self.use)
        cards = QWidget()
        column = QVBoxLayout(cards)
        column.setContentsMargins(_EDGE, 10, _EDGE, 10)
        column.setSpacing(0)
        self._cards.setSpacing(_GAP)
        column.addLayout(self._cards)
        column.addStretch(1)
        splitter = QSplitter(Qt.Orientation.Horizontal)
        splitter.setChildrenCollapsible(False)
        splitter.setHandleWidth(1)
        splitter.addWidget(self.table)
        steps = scrolling(cards, self.tr("Steps of the message"))
        steps.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAsNeeded)
        for part in (self.table, steps):
            part.setMinimumWidth(_LEAST)
            splitter.addWidget(part)
        splitter.setSizes(list(_SIZES))
        self._stack.addWidget(splitter)
        self._stack.addWidget(self.empty)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(0)
        outer.addWidget(strip)
        outer.addWidget(Line())
        outer.addWidget(self.banner)
        outer.addWidget(self._stack, 1)

    # What changes

    @Slot()
    def _show_progress(self) -> None:
        model = self._model
        is_on = model.is_collecting
        self.start_button.setText(self.tr("Stop") if is_on else self.tr("Start"))
        self.start_button.set_icon("square" if is_on else "play")
        self.start_button.setEnabled(is_on or model.hint == "idle")
        self.limit.setEnabled(not is_on)
        self.progress.setText(model.progress_text)
        self._stack.setCurrentIndex(0 if model.count else 1)
        if not model.count:
            self._show_empty()
        elif not self.table.currentIndex().isValid():
            self.table.selectRow(0)
        self._steps.refresh()

    def _show_empty(self) -> None:
        topics = ", ".join(self._model.topics)
        match self._model.hint:
            case "stopped":
                self.empty.say(
                    self.tr("The bridge is not running."), link=self.tr("Start the bridge")
                )
            case "not_running":
                self.empty.say(
                    self.tr("This rule does not run."),
                    self.tr("Enable it, save it and apply the change to see its messages."),
                )
            case "waiting":
                text = self.tr("Waiting for the first message on {topics}")
                self.empty.say(text.format(topics=topics))
            case _:
                self.empty.say(
                    self.tr("Follow the next messages through this rule."),
                    self.tr("From the payload to the delivery report, step by step."),
                )

    @Slot()
    def _forget(self) -> None:
        self.banner.hide()
        self._steps.choose(None)

    @Slot(QModelIndex, QModelIndex)
    def _choose(self, index: QModelIndex, _before: QModelIndex) -> None:
        self.banner.hide()
        self._steps.choose(self._model.traced(index.row()) if index.isValid() else None)

    @Slot()
    def _take_message(self) -> None:
        try:
            message, client = self._steps.message()
        except CodecError as exc:
            self.banner.say(sentences(exc.message, exc.hint))
            return
        self.messageTaken.emit(message, client)

    @Slot()
    def _show_steps(self) -> None:
        clear_layout(self._cards)
        self.use.setVisible(bool(self._steps.steps))
        for step in self._steps.steps:
            self._add_step(step)

    def _add_step(self, step: TraceStep) -> None:
        card, column = step_card(step.status, step.name, step.kind, step.text, step.short)
        if step.pairs:
            grid = name_value_grid(_NAMES)
            grid.setVerticalSpacing(current().size("space.xs"))
            for place, (name, value) in enumerate(step.pairs):
                content = "json" if value[:1] in _JSON else "text"
                grid.addWidget(Label(name, style="small", role="text2", elide="end"), place, 0)
                grid.addWidget(CodeLabel(value, content, name=name), place, 1)
            column.addLayout(grid)
        if step.remark:
            role = "bad" if step.status == "failed" else "text2"
            column.addWidget(Paragraph(step.remark, style="small", role=role))
        if step.result is not None:
            explained(step.result, column)
        for text in step.code:
            view = FittedCode(step.name, "json" if text[:1] in _JSON else "text", margin=4)
            view.show_code(text)
            column.addWidget(view)
        self._cards.addWidget(card)
