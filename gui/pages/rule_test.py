"""The pane below the statement, always open: its test, and the rule's counters."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QHeaderView, QStackedWidget, QVBoxLayout, QWidget

from gui.pages.parts import scrolling
from gui.pages.rule_event import EventForm, PayloadBox
from gui.pages.rule_result import ResultView
from gui.theme import current
from gui.viewmodels.rule import CounterModel, RuleViewModel
from gui.viewmodels.rule_test import RuleTest
from gui.viewmodels.table_roles import TableRole
from gui.widgets.frames import Line, Strip
from gui.widgets.grouped_table import GroupedDelegate, TableRoles
from gui.widgets.labels import Label
from gui.widgets.tab_bar import TabBar
from gui.widgets.table_view import TableView

_EVENT: Final = 282
_PAYLOAD: Final = 292
_WIDE_FROM: Final = 780
_COLUMNS: Final = (220, 110, 90)


class TestPane(QWidget):
    """Event, payload and result side by side; the event folds away where there is no room."""

    __test__ = False

    def __init__(self, test: RuleTest, rule: RuleViewModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._rule = rule
        self.tabs = TabBar(self.tr("Test and counters"))
        self.event_form = EventForm(test)
        self.payload = PayloadBox(test)
        self.result = ResultView(test)
        self.counters = TableView(self.tr("Counters"))
        self._latency = Label(style="small", role="text2", elide="end")
        self._stack = QStackedWidget()
        self._event_area = scrolling(self.event_form, self.tr("Event"))
        self._is_wide = True
        self._is_event_shown = False
        self._fill_counters()
        self._lay_out()
        self.payload.foldAsked.connect(self._turn)
        self.tabs.tabChosen.connect(self._choose)
        rule.changed.connect(self._refresh)
        self._refresh()
        self._arrange()

    def _lay_out(self) -> None:
        self.tabs.add("test", self.tr("Test SQL"))
        self.tabs.show_icon("test", "flask-conical")
        self.tabs.add("counters", self.tr("Counters"))
        strip = Strip("height.tab")
        row = QHBoxLayout(strip)
        row.setContentsMargins(0, 0, current().size("space.s"), 0)
        row.addWidget(self.tabs)
        row.addStretch(1)
        row.addWidget(self._latency)
        page = QWidget()
        body = QHBoxLayout(page)
        body.setContentsMargins(0, 0, 0, 0)
        body.setSpacing(0)
        self._event_area.setFixedWidth(_EVENT)
        body.addWidget(self._event_area)
        body.addWidget(self.payload)
        body.addWidget(Line(Qt.Orientation.Vertical))
        body.addWidget(scrolling(self.result, self.tr("Result")), 1)
        self._stack.addWidget(page)
        self._stack.addWidget(self.counters)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(strip)
        column.addWidget(self._stack, 1)

    def _fill_counters(self) -> None:
        table = self.counters
        table.setModel(CounterModel(self._rule))
        roles = TableRoles(TableRole.HEAD, TableRole.STATUS, TableRole.TONE)
        table.setItemDelegate(GroupedDelegate(roles, table))
        header = table.horizontalHeader()
        for number, width in enumerate(_COLUMNS):
            table.setColumnWidth(number, width)
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)

    def show_test(self) -> None:
        """Show the test."""
        self.tabs.choose("test")

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Fold the event's form where the three parts have no room."""
        super().resizeEvent(event)
        is_wide = self.width() >= _WIDE_FROM
        if is_wide != self._is_wide:
            self._is_wide = is_wide
            self._arrange()
        self.payload.setFixedWidth(_PAYLOAD if is_wide else max(self.width() // 2, 180))

    @Slot()
    def _turn(self) -> None:
        self._is_event_shown = not self._is_event_shown
        self._arrange()

    def _arrange(self) -> None:
        self.payload.show_fold(is_folding=not self._is_wide, is_open=self._is_event_shown)
        self._event_area.setVisible(self._is_wide or self._is_event_shown)
        self.payload.edit.setVisible(self._is_wide or not self._is_event_shown)
        self.payload.setMaximumWidth(_PAYLOAD)

    @Slot(str)
    def _choose(self, key: str) -> None:
        self._stack.setCurrentIndex(1 if key == "counters" else 0)
        self._refresh()

    @Slot()
    def _refresh(self) -> None:
        self._latency.setText(self._rule.latency if self.tabs.current_key == "counters" else "")
