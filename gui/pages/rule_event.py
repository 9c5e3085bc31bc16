"""The form of the event that a rule is tested on."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from core.sql.columns import event_kinds
from core.workspace.lab import PayloadFormat
from gui.pages.parts import clear_layout
from gui.theme import current
from gui.viewmodels.rule_test import Column, RuleTest
from gui.viewmodels.words import plural, tr
from gui.widgets.buttons import LinkButton, SecondaryButton
from gui.widgets.code_edit import CodeEdit
from gui.widgets.fields import ComboBox, LineField
from gui.widgets.labels import Label

_IN_SIGHT: Final = 4
_QOS: Final = 64
_MARGIN: Final = 14


class EventForm(QWidget):
    """The source, its columns, and the button that fills in the last message."""

    def __init__(self, test: RuleTest, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._test = test
        self.fields: dict[str, LineField] = {}
        self.source = ComboBox(self.tr("Source"))
        for name in event_kinds():
            self.source.addItem(event_name(name), name)
        self.more = LinkButton()
        self.more.set_small()
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
        theme = current()
        column = QVBoxLayout(self)
        column.setContentsMargins(_MARGIN, theme.size("space.s"), _MARGIN, theme.size("space.s"))
        column.setSpacing(theme.size("space.s"))
        column.addLayout(_labelled(self.tr("Source"), self.source))
        self._first.setContentsMargins(0, 0, 0, 0)
        self._first.setSpacing(6)
        column.addWidget(self._first_host)
        self._rest_column.setContentsMargins(0, 0, 0, 0)
        self._rest_column.setSpacing(6)
        row = QHBoxLayout()
        row.addWidget(self.more)
        row.addStretch(1)
        column.addLayout(row)
        column.addWidget(self._rest)
        row = QHBoxLayout()
        row.addWidget(self.use_last)
        row.addStretch(1)
        column.addLayout(row)
        column.addStretch(1)
        self._rest.hide()

    @Slot()
    def _fill(self) -> None:
        """Show the columns of the event; where only values changed, the fields stay."""
        self.source.setCurrentIndex(self.source.findData(self._test.kind.name))
        columns = self._test.columns
        if [column.name for column in columns] != list(self.fields):
            self._make_fields(columns)
        for column in columns:
            field = self.fields[column.name]
            if field.text() != column.text:
                field.setText(column.text)

    def _make_fields(self, columns: list[Column]) -> None:
        clear_layout(self._first)
        clear_layout(self._rest_column)
        self.fields = {}
        pair = QHBoxLayout()
        for place, column in enumerate(columns):
            field = LineField(column_name(column.name), small=place >= _IN_SIGHT)
            field.setObjectName(column.name)
            field.textEdited.connect(self._take_text)
            self.fields[column.name] = field
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
        more = max(len(columns) - _IN_SIGHT, 0)
        self.more.setText(plural("%n more column (defaults)", "%n more columns (defaults)", more))
        self.more.setVisible(more > 0)

    @Slot(str)
    def _take_text(self, text: str) -> None:
        field = self.sender()
        if isinstance(field, LineField):
            self._test.set_column(field.objectName(), text)

    @Slot(int)
    def _choose(self, place: int) -> None:
        self._test.set_kind(str(self.source.itemData(place)))

    @Slot(bool)
    def _show_rest(self, is_shown: bool) -> None:
        self._rest.setVisible(is_shown)

    @Slot()
    def _use_last(self) -> None:
        self._test.use_last()


class PayloadBox(QWidget):
    """The payload, with what it is at the right.

    Signals:
        foldAsked: The event's form is to be shown or hidden, where it has no room beside.
    """

    foldAsked = Signal()

    def __init__(self, test: RuleTest, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        theme = current()
        self._test = test
        self.edit = CodeEdit(self.tr("Payload"), "json")
        self.fold = LinkButton(self.tr("Event"))
        self.fold.set_small()
        self.fold.clicked.connect(self.foldAsked)
        self._kind = Label(style="small", role="text3")
        head = QHBoxLayout()
        head.addWidget(Label(self.tr("Payload"), style="small", role="text2"))
        head.addWidget(self.fold)
        head.addStretch(1)
        head.addWidget(self._kind)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, theme.size("space.s"), _MARGIN, 12)
        self._column = column
        column.setSpacing(theme.size("space.xs"))
        column.addLayout(head)
        column.addWidget(self.edit, 1)
        self.edit.textChanged.connect(self._take_text)
        test.eventChanged.connect(self._fill)
        self._fill()

    def show_fold(self, *, is_folding: bool, is_open: bool) -> None:
        """Offer the event's form in place of the payload, where both have no room."""
        self.fold.setVisible(is_folding)
        margins = self._column.contentsMargins()
        margins.setLeft(_MARGIN if is_folding and not is_open else 0)
        self._column.setContentsMargins(margins)
        self.fold.setText(self.tr("Show the payload") if is_open else self.tr("Show the event"))

    @Slot()
    def _fill(self) -> None:
        self.edit.setEnabled(self._test.has_payload)
        if self._test.payload != self.edit.toPlainText():
            self.edit.set_text(self._test.payload)
        self._tell_kind()

    @Slot()
    def _take_text(self) -> None:
        self._test.set_payload(self.edit.toPlainText())
        self._tell_kind()

    def _tell_kind(self) -> None:
        self._kind.setText(format_name(self._test.payload_format))


def format_name(name: PayloadFormat) -> str:
    """Say a payload's format in a word."""
    return {"json": tr("JSON"), "text": tr("Text"), "hex": tr("Hex"), "base64": tr("Base64")}[name]


def event_name(name: str) -> str:
    """Say an event's name in words: `client.connected` is "Client connected"."""
    return name.replace(".", " ").replace("_", " ").capitalize()


def column_name(name: str) -> str:
    """Say a column's name as the form's label."""
    known = {"clientid": "Client ID", "username": "User name", "topic": "Topic", "qos": "QoS"}
    return known.get(name, name)


def _labelled(label: str, field: QWidget) -> QVBoxLayout:
    column = QVBoxLayout()
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(2)
    column.addWidget(Label(label, style="small", role="text2"))
    column.addWidget(field)
    return column


def _labelled_widget(label: str, field: QWidget) -> QWidget:
    box = QWidget()
    box.setLayout(_labelled(label, field))
    return box
