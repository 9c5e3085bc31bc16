"""A field of simulated devices in one row: its name, how its values are made, their course."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QFocusEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget

from gui.theme import current
from gui.viewmodels.generators import FieldRow, Input, RowInput
from gui.widgets.buttons import FlatButton, IconButton
from gui.widgets.fields import LineField, show_problem
from gui.widgets.form_editors import ChoiceEditor
from gui.widgets.labels import Label
from gui.widgets.measure_field import MeasureEditor
from gui.widgets.popover import Popover
from gui.widgets.sparkline import Course

_NAME: Final = 66
_KIND: Final = 124
_GAP: Final = 8
_PAIR_GAP: Final = 7
_PAIR_LEFT: Final = 3
_BEFORE_END: Final = -4
_POPOVER: Final = 220


class PlaceholderName(LineField):
    """A name as its placeholder, `{{temp}}`; while the keyboard is there, the name to type over.

    Signals:
        renamed: Another name was typed and left.
        typing: Whether another name is being typed, `is_typing`, has changed.
    """

    renamed = Signal(str)
    typing = Signal()

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(self.tr("Name of the field"), style="code_small", parent=parent)
        self.setProperty("kind", "cell")
        self.setMinimumHeight(current().size("height.control_small"))
        self.show_name(name)
        self._was_typing = False  # as it was told
        self.editingFinished.connect(self._end)
        self.textChanged.connect(self._note_typing)

    @property
    def name(self) -> str:
        """The name as it is, whatever is being typed."""
        return self._name

    @property
    def is_typing(self) -> bool:
        """Whether another name is typed that counts once the field is left."""
        return self.text() != self._name

    def show_name(self, name: str) -> None:
        """Show another name, unless one is being typed."""
        self._name = name
        if not self.hasFocus():
            self.setText(name)

    @Slot()
    def _note_typing(self) -> None:
        if self.is_typing != self._was_typing:
            self._was_typing = self.is_typing
            self.typing.emit()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Go back to the placeholder."""
        super().focusOutEvent(event)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the placeholder, or the field while the keyboard is there."""
        if self.hasFocus() or self.property("problem"):
            super().paintEvent(event)
            return
        painter = QPainter(self)
        painter.setFont(self.font())
        painter.setPen(current().colour("syntax.path"))
        text = painter.fontMetrics().elidedText(
            f"{{{{{self.text()}}}}}", Qt.TextElideMode.ElideRight, self.width()
        )
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignVCenter, text)

    @Slot()
    def _end(self) -> None:
        if self.text() != self._name:
            self.renamed.emit(self.text())


class GeneratorRow(QWidget):
    """One row. What is typed is told as text, whatever it means.

    Signals:
        renamed: The name that was, and the new one.
        kindChosen: Name and kind.
        typed: Name, option and text.
        removeAsked: The name.
        left: The keyboard has gone from an input.
    """

    renamed = Signal(str, str)
    kindChosen = Signal(str, str)
    typed = Signal(str, str, str)
    removeAsked = Signal(str)
    left = Signal()

    def __init__(
        self, row: FieldRow, kinds: Sequence[tuple[str, str]], parent: QWidget | None = None
    ) -> None:
        """Make it; `kinds` are the words of the file with ours."""
        super().__init__(parent)
        self._row = row
        self.name = PlaceholderName(row.name)
        self.name.setFixedWidth(_NAME)
        self.kind = ChoiceEditor(
            self.tr("Generator of {name}").format(name=row.name), kinds, small=True
        )
        self.kind.setFixedWidth(max(_KIND, self.kind.sizeHint().width()))
        self.kind.show_value(row.kind)
        self.inputs: dict[str, Any] = {}
        self.course = Course(self.tr("Course of {name}").format(name=row.name))
        self.more_button = IconButton(
            "ellipsis", self.tr("More of {name}").format(name=row.name), size=24
        )
        line = QHBoxLayout(self)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(_GAP)
        line.addWidget(self.name)
        line.addWidget(self.kind)
        for each in row.inputs:
            line.addWidget(self._input(each), 1 if each.asked.kind == "values" else 0)
        end = QHBoxLayout()
        end.setSpacing(0)
        end.addWidget(self.more_button)
        end.addWidget(self.course)
        line.addStretch(0 if any(each.asked.kind == "values" for each in row.inputs) else 1)
        line.addSpacing(_BEFORE_END)
        line.addLayout(end)
        self.name.renamed.connect(self._rename)
        self.kind.edited.connect(self._choose)
        self.more_button.clicked.connect(self._open_more)
        self.show_row(row)

    @property
    def shows(self) -> tuple[str, str]:
        """Name and kind that it was made for."""
        return self._row.name, self._row.kind

    @property
    def stops(self) -> list[QWidget]:
        """What Tab goes through, in its order."""
        return [self.name, self.kind, *self.inputs.values(), self.more_button]

    def show_row(self, row: FieldRow) -> None:
        """Show other texts and problems of the same name and kind."""
        self._row = row
        self.name.show_name(row.name)
        for each in row.inputs:
            _show(self.inputs[each.asked.option], each)
        told = any(each.problem for each in (*row.inputs, *row.more))
        show_problem(self.kind, "" if told else row.problem)

    def _input(self, each: RowInput) -> QWidget:
        editor = self._editor(each.asked)
        self.inputs[each.asked.option] = editor
        pair = QWidget()
        line = QHBoxLayout(pair)
        line.setContentsMargins(_PAIR_LEFT, 0, 0, 0)
        line.setSpacing(_PAIR_GAP)
        label = Label(each.asked.label, style="small", role="text2")
        label.setBuddy(editor)
        line.addWidget(label)
        line.addWidget(editor)
        return pair

    def _editor(self, asked: Input) -> Any:
        """Make the editor of an input; all have `show_value`, `edited` and `left`."""
        name = self.tr("{field}, {input}").format(field=self._row.name, input=asked.label)
        if asked.kind == "choice":
            editor: Any = ChoiceEditor(name, asked.choices, small=True)
        elif asked.unit:
            editor = MeasureEditor(name, asked.unit, small=True)
        else:
            editor = _TextInput(name)
        if asked.placeholder:
            editor.setPlaceholderText(asked.placeholder)
        if asked.kind == "values":
            editor.setMinimumWidth(asked.width // 2)
        else:
            editor.setFixedWidth(asked.width)
        editor.edited.connect(lambda value, option=asked.option: self._take(option, value))
        editor.left.connect(self.left)
        return editor

    def _take(self, option: str, value: object) -> None:
        self.typed.emit(self._row.name, option, "" if value is None else str(value))

    @Slot(str)
    def _rename(self, name: str) -> None:
        self.renamed.emit(self._row.name, name)

    @Slot(object)
    def _choose(self, kind: object) -> None:
        self.kindChosen.emit(self._row.name, str(kind))

    @Slot()
    def _open_more(self) -> None:
        more = Popover(self.more_button, self.more_button.accessibleName(), _POPOVER)
        for each in self._row.more:
            editor = self._editor(each.asked)
            editor.setFixedWidth(84)
            _show(editor, each)
            line = QHBoxLayout()
            label = Label(each.asked.label, role="text2")
            label.setBuddy(editor)
            line.addWidget(label, 1)
            line.addWidget(editor)
            more.column.addLayout(line)
        remove = FlatButton(self.tr("Remove field"), "trash-2")
        remove.set_small()
        remove.clicked.connect(more.close)
        remove.clicked.connect(lambda: self.removeAsked.emit(self._row.name))
        more.column.addWidget(remove)
        more.open()


class _TextInput(LineField):
    """One line that says what was typed, and when it was left."""

    edited = Signal(object)
    left = Signal()

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(name, small=True, parent=parent)
        self.textEdited.connect(self._tell)

    def show_value(self, value: object) -> None:
        """Show a text, unless one is being typed."""
        if str(value) != self.text() and not (self.hasFocus() and self.isModified()):
            self.setText(str(value))
            self.setCursorPosition(0)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Tell that it was left."""
        super().focusOutEvent(event)
        self.setModified(False)
        self.left.emit()

    @Slot(str)
    def _tell(self, text: str) -> None:
        self.edited.emit(text)


def _show(editor: Any, each: RowInput) -> None:
    """Show text and problem of an input."""
    text = each.text
    if isinstance(editor, MeasureEditor):
        editor.show_value(text or None)
    elif isinstance(editor, ChoiceEditor):
        editor.show_value(text or each.asked.choices[0][0])
    else:
        editor.show_value(text)
    show_problem(editor, each.problem)
    editor.setToolTip(each.problem)
