"""What a rule made of the test event: output, reason or error, and the records it would send."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from core.sql.why_not import FalsePart
from gui.pages.parts import clear_layout
from gui.pages.record_card import RecordCard
from gui.theme import current
from gui.viewmodels.code_words import code_words
from gui.viewmodels.json_layout import laid_out_text
from gui.viewmodels.rule_test import RuleTest
from gui.viewmodels.rule_trial import TrialResult
from gui.viewmodels.words import tr
from gui.widgets.code_label import CodeLabel
from gui.widgets.code_spot import CodeSpot
from gui.widgets.empty_state import SmallEmptyState
from gui.widgets.fitted_code import FittedCode, boxed
from gui.widgets.frames import Card
from gui.widgets.labels import Icon, Label, Paragraph, StateShape
from gui.widgets.outcome_tag import OutcomeTag
from gui.widgets.prose import Prose

_LABELS: Final = 64
_BESIDE: Final = 64
_ROW: Final = 23
_LEFT: Final = 14
_RIGHT: Final = 16
_TOP: Final = 10
_GAP: Final = 8
_HIGHEST: Final = 220
_MOST_SHOWN: Final = 4_000
_STATUSES: Final = {"passed": "passed", "no_match": "no_result", "failed": "failed"}


class ResultView(QWidget):
    """The outcome at the top, then what explains it."""

    def __init__(self, test: RuleTest, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        theme = current()
        self._test = test
        self._shown_elsewhere = ""
        self.tag = OutcomeTag()
        self.took = Label(style="small", role="text3", elide="end")
        self.changed = Label(style="small", role="text2", elide="end")
        self.changed.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.values = CodeLabel(role="text2")
        self.empty = SmallEmptyState(test.empty_text)
        self.output = FittedCode(self.tr("Output of the rule"), "json", raised=2)
        self._head = QWidget()
        row = QHBoxLayout(self._head)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(theme.size("space.s"))
        row.addWidget(self.tag)
        row.addWidget(self.took)
        row.addWidget(self.changed, 1)
        row.addSpacing(-4)
        row.addWidget(self.values)
        self._parts = QVBoxLayout()
        self._parts.setSpacing(_GAP)
        column = self._column = QVBoxLayout(self)
        column.setContentsMargins(_LEFT, _TOP, _RIGHT, 0)
        column.setSpacing(_GAP)
        self._output_card = boxed(self.output)
        column.addWidget(self._head)
        column.addWidget(self._output_card)
        column.addLayout(self._parts)
        column.addWidget(self.empty, 1)
        column.addStretch(1)
        test.resultChanged.connect(self._refresh)
        test.habitChanged.connect(lambda: self.empty.say(test.empty_text))
        self._refresh()

    def stand_close(self, *, is_close: bool) -> None:
        """Keep no distance at the left, where what stands there has one of its own."""
        self._column.setContentsMargins(0 if is_close else _LEFT, _TOP, _RIGHT, 0)

    def leave_out(self, action: str) -> None:
        """Do not show an action's record, which stands elsewhere; empty to show all."""
        if action != self._shown_elsewhere:
            self._shown_elsewhere = action
            self._refresh()

    @Slot()
    def _refresh(self) -> None:
        result = self._test.result
        is_empty = result.outcome == "empty"
        self.empty.setVisible(is_empty)
        self._head.setVisible(not is_empty)
        self._output_card.setVisible(result.outcome == "passed")
        clear_layout(self._parts)
        if is_empty:
            return
        words = {
            "passed": self.tr("Passed"),
            "no_match": self.tr("No match"),
            "failed": self.tr("Failed"),
        }
        self.tag.show_outcome(_STATUSES[result.outcome], words[result.outcome])
        took = self.tr("{ms} ms").format(ms=f"{result.took_ms:.2f}")
        before = self.tr("before the first message")
        self.took.setText(took if result.took_ms else before, "")
        self._show_changes(result)
        if result.outcome == "passed":
            self._show_passed(result)
        elif result.outcome == "no_match":
            self._show_reason(result)
        else:
            self._show_failure(result)
        for note in result.notes:
            self._parts.addWidget(_note(note))

    def _show_changes(self, result: TrialResult) -> None:
        """Tell the first field that differs from the output before, and how many more do."""
        found = self._test.changes if result.outcome == "passed" else ()
        self.changed.setText(found[0].what if found else "")
        values = found[0].values if found else ""
        if len(found) > 1:
            values = f"{values} +{len(found) - 1}".strip()
        self.values.show_code(values)
        self.values.setVisible(bool(values))

    def _show_passed(self, result: TrialResult) -> None:
        self._show_output()
        for record in result.records:
            if record.action != self._shown_elsewhere:
                self._parts.addWidget(RecordCard(record))

    def _show_output(self) -> None:
        """Show the output with a field a line where several have no room beside each other."""
        text = self._test.result.json
        if len(text) > _MOST_SHOWN:
            text = text[:_MOST_SHOWN] + "…"
        elif not self.output.fits(text):
            text = laid_out_text(text, 0)
        if text != self.output.toPlainText():
            self.output.show_code(text)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Lay the output out for the room there is."""
        super().resizeEvent(event)
        if self._test.result.outcome == "passed":
            self._show_output()

    def _show_reason(self, result: TrialResult) -> None:
        card = Card()
        explained(result, _column(card))
        self._parts.addWidget(card)

    def _show_failure(self, result: TrialResult) -> None:
        self._show_reason(result)
        if not result.took_ms:
            text = self.tr(
                "The running rule is not touched: Apply is refused until this is solved."
            )
            self._parts.addWidget(_note(text, "info"))


def explained(result: TrialResult, column: QVBoxLayout) -> None:
    """Put into a card why a statement gave nothing: the false parts of WHERE, or what failed."""
    if result.outcome == "no_match":
        column.addWidget(Paragraph(result.sentence))
        for reason in result.reasons:
            _add_reason(reason, column)
        return
    if result.span is not None and result.sql:
        span = result.span
        first = span.start - (span.column - 1)
        line = result.sql[first:].partition("\n")[0].rstrip("\r")
        length = min(span.end - span.start, len(line) - (span.column - 1))
        column.addWidget(CodeSpot(span.line, line, span.column - 1, length))
        column.addSpacing(_GAP - 2)
    prose, text = Prose(), f"{result.sentence} {result.advice}".strip()
    prose.say(text, code_words(text))
    column.addWidget(prose)


def _add_reason(reason: FalsePart, column: QVBoxLayout) -> None:
    """Add a part of WHERE that was false, and the values of what stands in it."""
    row = QHBoxLayout()
    row.setSpacing(current().size("space.s"))
    row.addWidget(StateShape("no_result", ground="surface2"))
    row.addWidget(Label(reason.text, style="code_small", elide="end"), 1)
    column.addLayout(row)
    for seen in reason.seen:
        text = tr("{operand} is {value}").format(
            operand=seen.operand, value=seen.value or tr("missing")
        )
        label = Label(text, style="code_small", role="text2", elide="end")
        label.setContentsMargins(20, 0, 0, 0)
        column.addWidget(label)


def _note(text: str, icon: str = "") -> QWidget:
    """Make a remark, behind a warning's shape or an icon."""
    host = QWidget()
    row = QHBoxLayout(host)
    row.setContentsMargins(0, 0, 0, 0)
    row.setSpacing(current().size("space.s"))
    shape = Icon(icon, 14, "text2") if icon else StateShape("degraded", size=12)
    beside = QVBoxLayout()
    beside.setContentsMargins(0, 1 if icon else 2, 0, 0)
    beside.addWidget(shape)
    beside.addStretch(1)
    row.addLayout(beside)
    row.addWidget(Paragraph(text, style="small", role="text2"), 1)
    return host


def _column(card: Card) -> QVBoxLayout:
    theme = current()
    column = QVBoxLayout(card)
    column.setContentsMargins(theme.size("space.panel"), 9, theme.size("space.panel"), 9)
    column.setSpacing(theme.size("space.xs"))
    return column
