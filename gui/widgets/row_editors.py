"""Editors of lists, a row each: extra headers, and what to do with records that cannot be sent.

They have the signals and methods of the other editors of a form (see `form_editors`).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from gui.widgets.buttons import IconButton, LinkButton
from gui.widgets.fields import LineField, show_problem
from gui.widgets.form_editors import ChoiceEditor
from gui.widgets.labels import Label
from gui.widgets.template_edit import TemplateEdit

_NAME: Final = "kafka_ext_header_key"
_VALUE: Final = "kafka_ext_header_value"
_NAME_WIDTH: Final = 112
_KIND_WIDTH: Final = 132
_GAP: Final = 6
_BETWEEN: Final = 4
_SHARES: Final = (4, 3)
_CLOSE: Final = 4
"""Between the many parts of a fallback."""


class _Row(QWidget):
    """One item of a list, with a button that takes it out."""

    edited = Signal()
    left = Signal()
    removeAsked = Signal()

    def __init__(self, item: Mapping[str, Any]) -> None:
        super().__init__()
        self._item = dict(item)
        self.row = QHBoxLayout(self)
        self.row.setContentsMargins(0, 0, 0, 0)
        self.row.setSpacing(_GAP)

    @property
    def item(self) -> dict[str, Any]:
        """What it says now, with the keys that it does not know."""
        return self._item

    @property
    def first(self) -> QWidget:
        """Where the keyboard goes in a new row."""
        raise NotImplementedError

    @property
    def stops(self) -> list[QWidget]:
        """What Tab goes through, in its order."""
        items = (self.row.itemAt(at) for at in range(self.row.count()))
        found = (item.widget() for item in items if item is not None)
        return [widget for widget in found if widget is not None]

    def mark(self, problem: str) -> None:
        """Say what is wrong; empty when it is right."""
        raise NotImplementedError

    def _end(self, name: str) -> None:
        button = IconButton("trash-2", name, size=26)
        button.clicked.connect(self.removeAsked)
        self.row.addWidget(button)


class _HeaderRow(_Row):
    """Name and value of a header."""

    def __init__(self, item: Mapping[str, Any]) -> None:
        super().__init__(item)
        self.name = LineField(self.tr("Name of the header"), small=True)
        self.name.setFixedWidth(_NAME_WIDTH)
        self.name.setText(str(item.get(_NAME, "")))
        self.value = TemplateEdit(self.tr("Value of the header"), small=True)
        self.value.show_value(item.get(_VALUE, ""))
        self.row.addWidget(self.name)
        self.row.addWidget(self.value, 1)
        self._end(self.tr("Remove the header"))
        self.name.textEdited.connect(self._take)
        self.value.edited.connect(self._take)
        self.name.editingFinished.connect(self.left)
        self.value.left.connect(self.left)

    @property
    def first(self) -> QWidget:
        return self.name

    def mark(self, problem: str) -> None:
        self.value.set_problem(problem)

    @Slot()
    def _take(self) -> None:
        self._item[_NAME], self._item[_VALUE] = self.name.text(), self.value.toPlainText()
        self.edited.emit()


_FIELDS: Final = {
    "file": (("max_size",), ("max_age",)),
    "topic": (("topic",),),
    "reference": (("name",),),
    "republish": (("args", "topic"), ("args", "connector")),
}


class _FallbackRow(_Row):
    """A kind of fallback, and at most two texts that say more, with words before them."""

    def __init__(self, item: Mapping[str, Any]) -> None:
        super().__init__(item)
        words = (
            ("file", self.tr("Into a file")),
            ("topic", self.tr("To a topic")),
            ("reference", self.tr("Another action")),
            ("republish", self.tr("Publish")),
        )
        self.row.setSpacing(_CLOSE)
        self.kind = ChoiceEditor(self.tr("What is done"), words)
        self.kind.setProperty("dense", True)
        self.kind.setFixedWidth(_KIND_WIDTH)
        self.kind.show_value(item.get("kind", "file"))
        self.texts = [LineField("", style="code", small=True) for _ in range(2)]
        self.row.addWidget(self.kind)
        self.words = [Label(style="small", role="text2") for _ in self.texts]
        for word, text, share in zip(self.words, self.texts, _SHARES, strict=True):
            word.setBuddy(text)
            self.row.addWidget(word)
            self.row.addWidget(text, share)
            text.textEdited.connect(self._take)
            text.editingFinished.connect(self.left)
        self._end(self.tr("Remove the fallback"))
        self.kind.edited.connect(self._choose)
        self._show()

    @property
    def first(self) -> QWidget:
        return self.kind

    def mark(self, problem: str) -> None:
        show_problem(self.texts[0], problem)

    def _show(self) -> None:
        names = {
            "max_size": (self.tr("max"), self.tr("Largest size of the file"), "64MB"),
            "max_age": (self.tr("for"), self.tr("Longest age in the file"), "7d"),
            "topic": ("", self.tr("Topic"), "emqx.dead"),
            "name": ("", self.tr("Name of the action"), "to_archive"),
            "connector": (self.tr("by"), self.tr("MQTT connector"), "plant"),
        }
        places = _FIELDS.get(str(self._item.get("kind", "file")), ())
        for at, (label, text) in enumerate(zip(self.words, self.texts, strict=True)):
            word, name, example = names[places[at][-1]] if at < len(places) else ("", "", "")
            label.setText(word)
            label.setVisible(bool(word))
            text.setVisible(at < len(places))
            if at < len(places):
                text.setAccessibleName(name)
                text.setToolTip(name)
                text.setPlaceholderText(example)
                text.setText(_text_at(self._item, places[at]))

    @Slot(object)
    def _choose(self, kind: object) -> None:
        self._item = {"kind": str(kind)}
        self._show()
        self.edited.emit()

    @Slot()
    def _take(self) -> None:
        places = _FIELDS.get(str(self._item.get("kind", "file")), ())
        for text, place in zip(self.texts, places, strict=False):
            table: Any = self._item
            for part in place[:-1]:
                table = table.setdefault(part, {})
            if text.text().strip():
                table[place[-1]] = text.text().strip()
            else:
                table.pop(place[-1], None)
        self.edited.emit()


def _text_at(item: Mapping[str, Any], place: tuple[str, ...]) -> str:
    found: Any = item
    for part in place:
        found = found.get(part) if isinstance(found, Mapping) else None
    return "" if found is None else str(found)


class RowsEditor(QWidget):
    """A list of one kind of rows.

    Attributes:
        add_button: Adds a row; it belongs beside the label.
    """

    edited = Signal(object)
    left = Signal()

    row_class: type[_Row] = _Row
    new_item: Mapping[str, Any] = {}

    def __init__(self, name: str, add: str, parent: QWidget | None = None) -> None:
        """Make it.

        Args:
            name: What a screen reader calls the whole.
            add: What adding a row is called.
            parent: Qt's owner.
        """
        super().__init__(parent)
        self.setAccessibleName(name)
        self.add_button = LinkButton(add)
        self.add_button.set_small()
        self.add_button.clicked.connect(self.add)
        self.rows: list[Any] = []
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(_BETWEEN)
        self.hide()

    @property
    def items(self) -> list[dict[str, Any]]:
        """What the rows say."""
        return [dict(row.item) for row in self.rows]

    def show_value(self, value: Any) -> None:
        """Show a list, unless the rows say the same already."""
        wanted = [dict(item) for item in value or []]
        if wanted != self.items:
            while self.rows:
                self._take_out(self.rows[-1])
            for item in wanted:
                self._put(item)
        self.setVisible(bool(self.rows))

    @Slot()
    def add(self) -> None:
        """Add a row and go there."""
        row = self._put(self.new_item)
        self.show()
        self.edited.emit(self.items)
        row.first.setFocus(Qt.FocusReason.TabFocusReason)

    def set_problem(self, problem: str) -> None:
        """Say what is wrong with the list; empty when it is right."""
        self.setAccessibleDescription(problem)
        if not problem:
            self.mark_row(-1, "")

    def mark_row(self, at: int, problem: str) -> None:
        """Say what is wrong with one row; the others are right."""
        for number, row in enumerate(self.rows):
            row.mark(problem if number == at else "")

    def _put(self, item: Mapping[str, Any]) -> _Row:
        row = self.row_class(item)
        self._column.addWidget(row)
        before = self.rows[-1].stops[-1] if self.rows else self.add_button
        for stop in row.stops:
            QWidget.setTabOrder(before, stop)
            before = stop
        self.rows.append(row)
        row.edited.connect(self._tell)
        row.left.connect(self.left)
        row.removeAsked.connect(self._remove)
        return row

    def _take_out(self, row: _Row) -> None:
        self.rows.remove(row)
        self._column.removeWidget(row)
        row.hide()
        row.deleteLater()

    @Slot()
    def _remove(self) -> None:
        row = self.sender()
        if isinstance(row, _Row) and row in self.rows:
            at = self.rows.index(row)
            self._take_out(row)
            if self.rows:
                self.rows[min(at, len(self.rows) - 1)].first.setFocus()
            else:
                self.add_button.setFocus()
            self._tell()

    @Slot()
    def _tell(self) -> None:
        self.setVisible(bool(self.rows))
        self.edited.emit(self.items)


class HeadersEditor(RowsEditor):
    """Names and values of headers."""

    row_class = _HeaderRow
    new_item: Mapping[str, Any] = {_NAME: "", _VALUE: ""}


class FallbacksEditor(RowsEditor):
    """What is done with a record that cannot be delivered, in this order."""

    row_class = _FallbackRow
    new_item: Mapping[str, Any] = {"kind": "file"}
