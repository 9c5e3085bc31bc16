"""The form of the event that a rule is tested on."""

from __future__ import annotations

from typing import Final, cast

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from core.errors import CodecError
from core.sql.columns import event_kinds
from core.workspace.lab import PayloadFormat
from gui.pages.parts import clear_layout
from gui.theme import current
from gui.viewmodels.payload_check import check_payload, formats
from gui.viewmodels.rule_test import Column, RuleTest
from gui.viewmodels.words import plural, sentences, tr
from gui.widgets.buttons import LinkButton, SecondaryButton
from gui.widgets.code_edit import CodeEdit
from gui.widgets.fields import ComboBox, LineField
from gui.widgets.labels import Label, Paragraph, StateShape
from gui.widgets.menu_button import MenuButton

_IN_SIGHT: Final = 4
_QOS: Final = 64
_MARGIN: Final = 14
_OVER: Final = 4
"""What a button with a menu keeps free beside its words: it reaches into the margin."""
_TOP: Final = 10
_ROWS: Final = 9
_LABEL: Final = 16
_LABEL_GAP: Final = 4
_SHAPE_GAP: Final = 6
_LEAST_EDIT: Final = 24
_QUALITIES: Final = ("0", "1", "2")


class EventForm(QWidget):
    """The source, its columns, and the button that fills in the last message.

    Signals:
        foldAsked: The payload is to be shown instead, where both have no room.
    """

    foldAsked = Signal()

    def __init__(self, test: RuleTest, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._test = test
        self.fields: dict[str, LineField | ComboBox] = {}
        self.source = ComboBox(self.tr("Source"), small=True)
        for name in event_kinds():
            self.source.addItem(event_name(name), name)
        self.source.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.fold = LinkButton(self.tr("Show the payload"))
        self.fold.set_small()
        self.fold.clicked.connect(self.foldAsked)
        self.more = LinkButton(self.tr("More columns"))
        self.more.set_small()
        self.more.set_icon("chevron-right")
        self.more.setCheckable(True)
        self.use_last = SecondaryButton(self.tr("Use last message"), "history")
        self.use_last.set_small()
        self._first_host = QWidget()
        self._first = QVBoxLayout(self._first_host)
        self._rest = QWidget()
        self._rest_column = QVBoxLayout(self._rest)
        self._lay_out()
        self.source.activated.connect(self._choose)
        self.more.toggled.connect(self._show_rest)
        self.use_last.clicked.connect(self._use_last)
        test.eventChanged.connect(self._fill)
        self._fill()

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(_MARGIN, _TOP, _MARGIN, _TOP)
        column.setSpacing(_ROWS)
        column.addWidget(self.fold, 0, Qt.AlignmentFlag.AlignLeft)
        column.addLayout(_labelled(self.tr("Source"), self.source))
        for inner in (self._first, self._rest_column):
            inner.setContentsMargins(0, 0, 0, 0)
            inner.setSpacing(_ROWS)
        near = QVBoxLayout()
        near.setSpacing(_ROWS - 4)
        near.addWidget(self._first_host)
        near.addWidget(self.more, 0, Qt.AlignmentFlag.AlignLeft)
        column.addLayout(near)
        column.addWidget(self._rest)
        column.addStretch(1)
        column.addWidget(self.use_last, 0, Qt.AlignmentFlag.AlignLeft)
        self._rest.hide()

    def show_fold(self, *, is_folded: bool) -> None:
        """Offer the way back to the payload, where both have no room."""
        self.fold.setVisible(is_folded)

    @Slot()
    def _fill(self) -> None:
        """Show the columns of the event; where only values changed, the fields stay."""
        self.source.setCurrentIndex(self.source.findData(self._test.kind.name))
        columns = self._test.columns
        if [column.name for column in columns] != list(self.fields):
            self._make_fields(columns)
        for column in columns:
            _show(self.fields[column.name], column.text)
        self._tell_more(columns)

    def _make_fields(self, columns: list[Column]) -> None:
        clear_layout(self._first)
        clear_layout(self._rest_column)
        self.fields = {}
        pair = QHBoxLayout()
        for place, column in enumerate(columns):
            field = self._field_of(column)
            box = _labelled_widget(column_name(column.name), field)
            if place >= _IN_SIGHT:
                self._rest_column.addWidget(box)
                continue
            if place % 2 == 0:
                row = QWidget()
                pair = QHBoxLayout(row)
                pair.setContentsMargins(0, 0, 0, 0)
                pair.setSpacing(current().size("space.s"))
                self._first.addWidget(row)
            pair.addWidget(box, 0 if column.name == "qos" else 1)
            if column.name == "qos":
                box.setFixedWidth(_QOS)

    def _field_of(self, column: Column) -> LineField | ComboBox:
        name = column_name(column.name)
        if column.name == "qos" and column.text in _QUALITIES:
            choice = ComboBox(name, small=True)
            choice.addItems(list(_QUALITIES))
            choice.activated.connect(lambda place: self._test.set_column("qos", _QUALITIES[place]))
            self.fields[column.name] = choice
            return choice
        field = LineField(name, style="small", small=True)
        field.setObjectName(column.name)
        field.textEdited.connect(self._take_text)
        self.fields[column.name] = field
        return field

    def _tell_more(self, columns: list[Column]) -> None:
        """Say how many columns are folded away, and whether they are the defaults."""
        rest = columns[_IN_SIGHT:]
        typed = sum(column.is_typed for column in rest)
        text = plural("%n more column (defaults)", "%n more columns (defaults)", len(rest))
        if typed:
            text = plural("%n more column", "%n more columns", len(rest))
            text = self.tr("{columns}, {count} typed").format(columns=text, count=typed)
        self.more.setText(text)
        self.more.setVisible(bool(rest))

    @Slot(str)
    def _take_text(self, text: str) -> None:
        field = self.sender()
        if isinstance(field, LineField):
            self._test.set_column(field.objectName(), text)
            self._tell_more(self._test.columns)

    @Slot(int)
    def _choose(self, place: int) -> None:
        self._test.set_kind(str(self.source.itemData(place)))

    @Slot(bool)
    def _show_rest(self, is_shown: bool) -> None:
        self._rest.setVisible(is_shown)
        self.more.set_icon("chevron-down" if is_shown else "chevron-right")

    @Slot()
    def _use_last(self) -> None:
        self._test.use_last()


class PayloadBox(QWidget):
    """The payload, with its format at the right, and what is wrong with it below.

    Signals:
        foldAsked: The event's form is to be shown or hidden, where it has no room beside.
    """

    foldAsked = Signal()

    def __init__(self, test: RuleTest, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._test = test
        self.edit = CodeEdit(self.tr("Payload"), "json")
        self.edit.setMinimumHeight(_LEAST_EDIT)
        self.fold = LinkButton(self.tr("More columns"))
        self.fold.set_small()
        self.fold.clicked.connect(self.foldAsked)
        self.formats = MenuButton(self.tr("Format of the payload"), formats())
        self.formats.chosen.connect(self._choose_format)
        self.problem = Paragraph("", style="small", role="warn")
        self._said, self._briefly, self._is_narrow = "", "", False
        self._trouble = QWidget()
        head = QHBoxLayout()
        label = Label(self.tr("Payload"), style="small", role="text2")
        label.setBuddy(self.edit)
        head.addWidget(label)
        head.addStretch(1)
        head.addWidget(self.formats)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, _TOP - 4, _MARGIN - _OVER, 11)
        self._column = column
        column.setSpacing(0)
        column.addLayout(head)
        below = QVBoxLayout()
        below.setContentsMargins(0, 0, _OVER, 0)
        below.setSpacing(0)
        below.addWidget(self.edit, 1)
        below.addWidget(self._trouble)
        below.addWidget(self.fold, 0, Qt.AlignmentFlag.AlignLeft)
        column.addLayout(below, 1)
        self._lay_out_trouble()
        self.edit.textChanged.connect(self._take_text)
        self.edit.settled.connect(self._check)
        test.eventChanged.connect(self._fill)
        self._fill()

    def _lay_out_trouble(self) -> None:
        """Put a shape before what is wrong, in the middle of its first line."""
        row, start = QHBoxLayout(self._trouble), QVBoxLayout()
        row.setContentsMargins(0, _LABEL_GAP, 0, 0)
        row.setSpacing(_SHAPE_GAP)
        start.setContentsMargins(0, 2, 0, 0)
        start.addWidget(StateShape("degraded"))
        start.addStretch(1)
        row.addLayout(start)
        row.addWidget(self.problem, 1)

    def show_fold(self, *, is_folding: bool) -> None:
        """Offer the event's form in place of the payload, where both have no room."""
        self.fold.setVisible(is_folding)
        margins = self._column.contentsMargins()
        margins.setLeft(_MARGIN if is_folding else 0)
        self._column.setContentsMargins(margins)
        self._is_narrow = is_folding
        self._show_problem()

    @Slot()
    def _fill(self) -> None:
        self.edit.setEnabled(self._test.has_payload)
        self.formats.show_choice(self._test.payload_format)
        self.formats.setEnabled(self._test.has_payload)
        count = len(self._test.columns)
        self.fold.setText(plural("%n more column", "%n more columns", count))
        if self._test.payload != self.edit.toPlainText():
            self.edit.set_text(self._test.payload)
        self._check()

    @Slot(str)
    def _choose_format(self, name: str) -> None:
        try:
            self._test.set_format(cast("PayloadFormat", name))
        except CodecError as exc:
            self.formats.show_choice(self._test.payload_format)
            self._say(sentences(exc.message, exc.hint))

    @Slot()
    def _take_text(self) -> None:
        self._test.set_payload(self.edit.toPlainText())

    @Slot()
    def _check(self) -> None:
        """Say where what should be JSON is none; it is tried as text all the same."""
        problem = brief = ""
        if self._test.has_payload and self._test.payload_format == "json":
            found = check_payload(self.edit.toPlainText())
            problem, brief = found.problem, found.brief
        self._say(problem, brief)

    def _say(self, problem: str, brief: str = "") -> None:
        """Say what is wrong; the brief words are for a narrow box, where the whole is too long."""
        self._said, self._briefly = problem, brief or problem
        self.edit.setAccessibleDescription(problem)
        self._show_problem()

    def _show_problem(self) -> None:
        self.problem.setText(self._briefly if self._is_narrow else self._said)
        self._trouble.setVisible(bool(self._said))


def event_name(name: str) -> str:
    """Say an event's name in words: `client.connected` is "Client connected"."""
    return tr(name.replace(".", " ").replace("_", " ").capitalize())


def column_name(name: str) -> str:
    """Say a column's name as the form's label."""
    known = {
        "clientid": tr("Client ID"),
        "username": tr("User name"),
        "topic": tr("Topic"),
        "qos": tr("QoS"),
    }
    return known.get(name, name)


def _show(field: LineField | ComboBox, text: str) -> None:
    """Show a value, unless it is there already."""
    if isinstance(field, ComboBox):
        if field.findText(text) < 0:  # what no broker sends can come from a stored test
            field.addItem(text)
        field.setCurrentIndex(field.findText(text))
    elif field.text() != text:
        field.setText(text)
        field.setCursorPosition(0)


def _labelled(label: str, field: QWidget) -> QVBoxLayout:
    column = QVBoxLayout()
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(_LABEL_GAP)
    name = Label(label, style="small", role="text2")
    name.setFixedHeight(_LABEL)
    name.setBuddy(field)
    column.addWidget(name, 0, Qt.AlignmentFlag.AlignLeft)
    column.addWidget(field)
    return column


def _labelled_widget(label: str, field: QWidget) -> QWidget:
    box = QWidget()
    box.setLayout(_labelled(label, field))
    return box
