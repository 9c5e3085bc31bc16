"""The pane below the statement, always open: its test, the whole rule, and the live trace."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from gui.pages.parts import scrolling
from gui.pages.rule_cases import CaseResults, CaseStrip
from gui.pages.rule_event import EventForm, PayloadBox
from gui.pages.rule_result import ResultView
from gui.pages.rule_trace import LiveTracePane
from gui.pages.rule_whole import WholeRulePane
from gui.theme import current, set_face
from gui.viewmodels.rule_editor import RuleEditor
from gui.viewmodels.rule_test import RuleTest
from gui.widgets.buttons import LinkButton, SecondaryButton
from gui.widgets.frames import Line, Strip
from gui.widgets.labels import Icon, Paragraph
from gui.widgets.tab_bar import TabBar

_EVENT: Final = 282
_PAYLOAD: Final = 292
_NARROW_PAYLOAD: Final = 196
_LEAST_RESULT: Final = 232
_WIDE_FROM: Final = 780
_SENTENCE: Final = 300


class FirstTest(QWidget):
    """What stands in the test's place before there is a statement.

    Signals:
        formAsked: The event is to be filled in before.
    """

    formAsked = Signal()

    def __init__(self, test: RuleTest, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        theme = current()
        self._test = test
        text = self.text = Paragraph("")
        set_face(text, "body", 500)
        text.setFixedWidth(_SENTENCE)
        text.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self.use_last = SecondaryButton(self.tr("Use last message"), "history")
        self.type_payload = LinkButton(self.tr("or type a payload"))
        self.type_payload.clicked.connect(self.formAsked)
        row = QHBoxLayout()
        row.setSpacing(theme.size("space.m"))
        row.addStretch(1)
        row.addWidget(self.use_last)
        row.addWidget(self.type_payload)
        row.addStretch(1)
        column = QVBoxLayout(self)
        column.setSpacing(10)
        column.addStretch(1)
        column.addWidget(Icon("flask-conical", 28), 0, Qt.AlignmentFlag.AlignHCenter)
        column.addWidget(text, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addSpacing(4)
        column.addLayout(row)
        column.addStretch(1)
        test.habitChanged.connect(self._show_text)
        self._show_text()

    @Slot()
    def _show_text(self) -> None:
        said = self._test.empty_text
        self.text.setText(said)
        self.text.setMinimumHeight(self.text.heightForWidth(_SENTENCE))
        self.setAccessibleName(said)


class TestPane(QWidget):
    """Event, payload and result side by side; the event folds away where there is no room."""

    __test__ = False

    def __init__(self, editor: RuleEditor, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        test = editor.test
        self._cases = editor.cases
        self.tabs = TabBar(self.tr("Test of the rule"))
        self.cases = CaseStrip(editor.cases)
        self.event_form = EventForm(test)
        self.payload = PayloadBox(test)
        self.result = ResultView(test)
        self.case_results = CaseResults(editor.cases)
        self.whole = WholeRulePane(editor.whole)
        self.trace = LiveTracePane(editor.trace, editor.steps)
        self.first = FirstTest(test)
        self._document, self._test = editor.document, test
        self._wants_form = False
        self._stack, self._right = QStackedWidget(), QStackedWidget()
        self._form = QStackedWidget()
        self._event_area = scrolling(self.event_form, self.tr("Event"))
        self._line = Line(Qt.Orientation.Vertical)
        self._is_wide = True
        self._is_event_shown = False
        self._lay_out()
        self.payload.foldAsked.connect(self._turn)
        self.event_form.foldAsked.connect(self._turn)
        self.tabs.tabChosen.connect(self._choose)
        self.whole.messageAsked.connect(self.show_test)
        self.cases.resultsAsked.connect(self._show_cases)
        self.case_results.closed.connect(self._show_result)
        self.case_results.caseAsked.connect(self._look_at)
        for changed in (test.eventChanged, test.typed):
            changed.connect(self._show_result)
            changed.connect(self._fit_event)
        editor.document.textChanged.connect(self._show_form)
        self.first.formAsked.connect(self._ask_form)
        self.first.use_last.clicked.connect(self._use_last)
        editor.cases.ran.connect(self._take_run)
        editor.cases.changed.connect(self._take_cases)
        self._arrange()
        self._show_form()

    def _lay_out(self) -> None:
        """Lay out from the outside in, as the page does."""
        self.tabs.add("test", self.tr("Test SQL"))
        self.tabs.show_icon("test", "flask-conical")
        self.tabs.add("whole", self.tr("Whole rule"))
        self.tabs.add("trace", self.tr("Live trace"))
        strip = Strip("height.tab")
        row = QHBoxLayout(strip)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.tabs)
        row.addStretch(1)
        row.addWidget(self.cases)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(strip)
        column.addWidget(self._stack, 1)
        page = QWidget()
        self._stack.addWidget(self._form)
        self._form.addWidget(page)
        body = QHBoxLayout(page)
        body.setContentsMargins(0, 0, 0, 0)
        body.setSpacing(0)
        self._event_area.setFixedWidth(_EVENT)
        body.addWidget(self._event_area)
        body.addWidget(self.payload)
        body.addWidget(self._line)
        body.addWidget(self._right, 1)
        result = scrolling(self.result, self.tr("Result"))
        result.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAsNeeded)
        self._right.addWidget(result)
        self._right.addWidget(scrolling(self.case_results, self.tr("Results of the cases")))
        self._form.addWidget(self.first)
        self._stack.addWidget(self.whole)
        self._stack.addWidget(self.trace)

    def show_test(self) -> None:
        """Show the test with its result."""
        self.tabs.choose("test")
        self._show_result()

    def show_trace(self) -> None:
        """Show the live trace, with the keyboard on what starts it."""
        self.tabs.choose("trace")
        self.trace.start_button.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Fold the event's form where the three parts have no room."""
        super().resizeEvent(event)
        is_wide = self.width() >= _WIDE_FROM
        if is_wide != self._is_wide:
            self._is_wide = is_wide
            self._arrange()
        beside = min(_PAYLOAD, self.width() - _EVENT - _LEAST_RESULT)
        self.payload.setFixedWidth(beside if is_wide else _NARROW_PAYLOAD + 14)
        self._fit_strip()

    @Slot()
    def _fit_strip(self) -> None:
        room = self.width() - self.tabs.sizeHint().width() - current().size("space.l")
        self.cases.fit(room)

    @Slot()
    def _take_cases(self) -> None:
        self._fit_strip()
        if not self._cases.has_run:  # the rule is another one than those results are of
            self._show_result()

    @Slot()
    def _turn(self) -> None:
        self._is_event_shown = not self._is_event_shown
        self._arrange()
        stop = self.event_form.fold if self._is_event_shown else self.payload.fold
        stop.setFocus(Qt.FocusReason.TabFocusReason)

    def _arrange(self) -> None:
        """Show the event beside the payload, or one of the two."""
        is_event = self._is_wide or self._is_event_shown
        self._event_area.setVisible(is_event)
        self._fit_event()
        self._line.setVisible(self._is_wide or is_event)
        self.result.stand_close(is_close=not self._is_wide and not is_event)
        self.event_form.show_fold(is_folded=not self._is_wide)
        self.payload.setVisible(self._is_wide or not self._is_event_shown)
        self.payload.show_fold(is_folding=not self._is_wide)

    @Slot()
    def _fit_event(self) -> None:
        """Give the event its width; alone it has what its longest words need beside a bar."""
        bar = self._event_area.verticalScrollBar().sizeHint().width()
        needed = self.event_form.minimumSizeHint().width() + bar
        narrow = max(_NARROW_PAYLOAD + 14, needed)
        self._event_area.setFixedWidth(_EVENT if self._is_wide else narrow)

    @Slot(str)
    def _choose(self, key: str) -> None:
        self._stack.setCurrentIndex(self.tabs.keys.index(key))
        self._show_form()

    @Slot()
    def _show_form(self) -> None:
        """Show the test once there is something to test, or to test with."""
        is_first = not self._wants_form and not self._document.text.strip()
        self._form.setCurrentIndex(1 if is_first else 0)
        self.cases.setVisible(self.tabs.current_key == "test" and not is_first)

    @Slot()
    def _ask_form(self) -> None:
        self._wants_form = True
        self._show_form()
        self.payload.edit.setFocus(Qt.FocusReason.OtherFocusReason)

    @Slot()
    def _use_last(self) -> None:
        self._test.use_last()
        self._ask_form()

    @Slot()
    def _show_cases(self) -> None:
        self._right.setCurrentIndex(1)

    @Slot()
    def _show_result(self) -> None:
        self._right.setCurrentIndex(0)

    @Slot()
    def _take_run(self) -> None:
        """Show what failed, if something did."""
        if self._cases.failures:
            self._show_cases()

    @Slot(int)
    def _look_at(self, place: int) -> None:
        self._cases.choose(place)
