"""What a rule made of the test event: output, reason or error, and the records it would send."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QDateTime, Qt, Slot
from PySide6.QtGui import QTextOption
from PySide6.QtWidgets import (
    QApplication,
    QGridLayout,
    QHBoxLayout,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from core.bridge.preview import RecordPreview
from core.sql.diagnostics import underline
from gui.pages.parts import clear_layout, name_value_grid
from gui.theme import current
from gui.viewmodels.rule_test import RuleTest
from gui.viewmodels.rule_trial import TrialResult
from gui.viewmodels.words import number, plural
from gui.widgets.buttons import IconButton
from gui.widgets.code_view import CodeView, Language
from gui.widgets.empty_state import SmallEmptyState
from gui.widgets.frames import Card
from gui.widgets.labels import Label, Paragraph, StateShape
from gui.widgets.outcome_tag import OutcomeTag

_LABELS: Final = 52
_MARGIN: Final = 14
_HIGHEST: Final = 220
_ROOM: Final = 54
_MOST_SHOWN: Final = 4_000
_STATUSES: Final = {"passed": "passed", "no_match": "no_result", "failed": "failed"}


class ResultView(QWidget):
    """The outcome at the top, then what explains it."""

    def __init__(self, test: RuleTest, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        theme = current()
        self._test = test
        self.tag = OutcomeTag()
        self.took = Label(style="small", role="text3")
        self.changed = Label(style="small", role="text2", elide="end")
        self.changed.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.empty = SmallEmptyState(
            self.tr("As soon as there is SQL, its result stands here while you type.")
        )
        self.output = FittedCode(self.tr("Output of the rule"), "json")
        self._head = QWidget()
        row = QHBoxLayout(self._head)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(theme.size("space.s"))
        row.addWidget(self.tag)
        row.addWidget(self.took)
        row.addWidget(self.changed, 1)
        self._parts = QVBoxLayout()
        self._parts.setSpacing(theme.size("space.s"))
        column = QVBoxLayout(self)
        column.setContentsMargins(_MARGIN, theme.size("space.s"), _MARGIN, theme.size("space.s"))
        column.setSpacing(theme.size("space.s"))
        self._output_card = _boxed(self.output)
        column.addWidget(self._head)
        column.addWidget(self._output_card)
        column.addLayout(self._parts)
        column.addWidget(self.empty, 1)
        column.addStretch(1)
        test.resultChanged.connect(self._refresh)
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
        self.took.setText(took if result.took_ms else before)
        self.changed.setText(", ".join(self._test.changes) if result.outcome == "passed" else "")
        if result.outcome == "passed":
            self._show_passed(result)
        elif result.outcome == "no_match":
            self._show_reason(result)
        else:
            self._show_failure(result)
        for note in result.notes:
            self._parts.addWidget(_note(note))

    def _show_passed(self, result: TrialResult) -> None:
        text = result.json if len(result.json) <= _MOST_SHOWN else result.json[:_MOST_SHOWN] + "…"
        self.output.show_code(text)
        for record in result.records:
            self._parts.addWidget(RecordCard(record))

    def _show_reason(self, result: TrialResult) -> None:
        card = Card()
        column = _column(card)
        column.addWidget(Paragraph(result.sentence))
        for reason in result.reasons:
            row = QHBoxLayout()
            row.setSpacing(current().size("space.s"))
            row.addWidget(StateShape("no_result", ground="surface2"))
            row.addWidget(Label(reason.text, style="code_small", elide="end"), 1)
            column.addLayout(row)
            for seen in reason.seen:
                text = self.tr("{operand} is {value}").format(
                    operand=seen.operand, value=seen.value or self.tr("missing")
                )
                label = Label(text, style="code_small", role="text2", elide="end")
                label.setContentsMargins(20, 0, 0, 0)
                column.addWidget(label)
        self._parts.addWidget(card)

    def _show_failure(self, result: TrialResult) -> None:
        card = Card()
        column = _column(card)
        if result.span is not None and result.sql:
            lines = underline(result.sql, result.span)
            column.addWidget(_code(_cut(lines), self.tr("Where it failed")))
        column.addWidget(Paragraph(f"{result.sentence} {result.advice}".strip()))
        self._parts.addWidget(card)
        if not result.took_ms:
            text = self.tr("The running rule is not touched: save and apply once this is solved.")
            self._parts.addWidget(_note(text))


class FittedCode(CodeView):
    """Code as high as its lines, which are broken where the room ends; long code scrolls."""

    def __init__(self, name: str, language: Language) -> None:
        super().__init__(name, language)
        self.setLineWrapMode(CodeView.LineWrapMode.WidgetWidth)
        self.setWordWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.document().documentLayout().documentSizeChanged.connect(self._fit)
        self._fit()

    @Slot()
    def _fit(self) -> None:
        height = round(self.document().size().height())
        is_long = height > _HIGHEST
        policy = Qt.ScrollBarPolicy
        self.setVerticalScrollBarPolicy(
            policy.ScrollBarAsNeeded if is_long else policy.ScrollBarAlwaysOff
        )
        self.setFixedHeight(min(height, _HIGHEST))


class RecordCard(QWidget):
    """The record that one action would send."""

    def __init__(self, record: RecordPreview, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._record = record
        theme = current()
        head = QHBoxLayout()
        head.setSpacing(theme.size("space.s"))
        head.addWidget(Label(self.tr("Record for Kafka"), style="strong"))
        text = self.tr("{action} would send, nothing is sent now").format(action=record.action)
        head.addWidget(Label(text, style="small", role="text2", elide="end"), 1)
        copy = IconButton("copy", self.tr("Copy the value"), size=24)
        copy.clicked.connect(self._copy)
        copy.setEnabled(record.value is not None)
        head.addWidget(copy)
        card = Card()
        inner = _column(card)
        if record.error:
            inner.addWidget(Paragraph(f"{record.error} {record.hint}".strip(), role="bad"))
        else:
            inner.addLayout(self._grid())
        column = QVBoxLayout(self)
        column.setContentsMargins(0, theme.size("space.xs"), 0, 0)
        column.setSpacing(theme.size("space.xs"))
        column.addLayout(head)
        column.addWidget(card)

    def _grid(self) -> QGridLayout:
        record, grid = self._record, name_value_grid(_LABELS)
        grid.setVerticalSpacing(6)
        chance = self.tr("any")
        partition = str(record.partition) if record.partition >= 0 else chance
        time = self.tr("of sending")
        if record.timestamp_ms:
            moment = QDateTime.fromMSecsSinceEpoch(record.timestamp_ms)
            time = moment.toString("HH:mm:ss.zzz")
        beside = (
            (self.tr("partition"), partition, "text1" if record.partition >= 0 else "text3"),
            (self.tr("time"), time, "text1" if record.timestamp_ms else "text3"),
        )
        rows = (
            (self.tr("topic"), record.topic, "text1"),
            (self.tr("key"), *_shown(record.key, self.tr("none"))),
            (self.tr("value"), *self._value()),
            (self.tr("headers"), *self._headers()),
            (self.tr("size"), plural("%n byte", "%n bytes", record.size), "text1"),
        )
        for place, (name, value, role) in enumerate(rows):
            columns = 1 if place < len(beside) else 3
            grid.addWidget(Label(name, style="small", role="text2"), place, 0)
            label = Label(value, style="code_small", role=role, elide="end")
            grid.addWidget(label, place, 1, 1, columns)
        for place, (name, value, role) in enumerate(beside):
            grid.addWidget(Label(name, style="small", role="text2"), place, 2)
            label = Label(value, style="code_small", role=role, elide="end")
            grid.addWidget(label, place, 3)
        grid.setColumnStretch(3, 1)
        return grid

    def _value(self) -> tuple[str, str]:
        if self._record.is_skipped:
            return self.tr("empty: nothing is sent"), "warn"
        if self._record.value is None:
            return self.tr("TOMBSTONE (null)"), "warn"
        return _shown(self._record.value, self.tr("empty"))

    def _headers(self) -> tuple[str, str]:
        record = self._record
        pairs = [f"{name}: {_shown(value, '')[0]}" for name, value in record.headers]
        if record.dropped:
            text = self.tr("without {names}: no text")
            pairs.append(text.format(names=", ".join(record.dropped)))
        return (", ".join(pairs), "text1") if pairs else (self.tr("none"), "text3")

    @Slot()
    def _copy(self) -> None:
        QApplication.clipboard().setText((self._record.value or b"").decode("utf-8", "replace"))


def _shown(data: bytes | None, nothing: str) -> tuple[str, str]:
    """Give bytes as text on one line with their colour; a quiet word where there are none."""
    if not data:
        return nothing, "text3"
    text = data[:_MOST_SHOWN].decode("utf-8", "replace").replace("\n", " ")
    more = len(data) - _MOST_SHOWN
    return (f"{text}… +{number(more)}" if more > 0 else text), "text1"


def _note(text: str) -> QWidget:
    host = QWidget()
    row = QHBoxLayout(host)
    row.setContentsMargins(0, 0, 0, 0)
    row.setSpacing(current().size("space.s"))
    shape = StateShape("degraded", size=12)
    beside = QVBoxLayout()
    beside.setContentsMargins(0, 2, 0, 0)
    beside.addWidget(shape)
    beside.addStretch(1)
    row.addLayout(beside)
    row.addWidget(Paragraph(text, style="small", role="text2"), 1)
    return host


def _code(text: str, name: str) -> CodeView:
    view = FittedCode(name, "text")
    view.show_code(text)
    return view


def _cut(lines: list[str]) -> str:
    """Cut a line and the carets below it to what has room, around the carets."""
    code, carets = lines
    margin = code.index("|") + 2
    start = max(carets.index("^") - _ROOM // 2, margin) if len(code) > _ROOM else margin
    if start > margin:
        code = f"{code[:start]}…{code[start + 1 :]}"
    if len(code) > start + _ROOM - margin:
        code = f"{code[: start + _ROOM - margin - 1]}…"
    shown = (line[:margin] + line[start : start + _ROOM - margin] for line in (code, carets))
    return "\n".join(shown)


def _boxed(view: QWidget) -> Card:
    card = Card()
    column = QVBoxLayout(card)
    column.setContentsMargins(1, 1, 1, 1)
    column.addWidget(view)
    return card


def _column(card: Card) -> QVBoxLayout:
    theme = current()
    column = QVBoxLayout(card)
    column.setContentsMargins(theme.size("space.panel"), 8, theme.size("space.panel"), 8)
    column.setSpacing(theme.size("space.xs"))
    return column
