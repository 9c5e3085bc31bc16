"""The payload of a simulator beside the generators of its fields."""

from __future__ import annotations

from itertools import pairwise
from typing import Any, Final

from PySide6.QtCore import QSize, Qt, Signal, Slot
from PySide6.QtGui import QFocusEvent
from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from core.lab.simulate import BUILT_IN
from gui.pages.simulator_options import NARROW
from gui.theme import current
from gui.viewmodels.simulator_form import SimulatorForm
from gui.viewmodels.simulator_preview import SimulatorPreview
from gui.widgets.buttons import LinkButton
from gui.widgets.code_edit import CodeEdit
from gui.widgets.generator_row import GeneratorRow
from gui.widgets.labels import Label, StateShape
from gui.widgets.menu import Menu
from gui.widgets.token_button import TokenButton

_BAND: Final = 145
"""Of the 146 the last is the line below."""

_TEMPLATE: Final = 376
_HEAD: Final = 24
_ABOVE: Final = 7
_BELOW: Final = 14
_ROW_GAP: Final = 8
_MOST_ROWS: Final = 4
_FIRST: Final = 74
_LEAST_TEXT: Final = 76


class PayloadEdit(CodeEdit):
    """The text with placeholders.

    Signals:
        edited: The text, after each change by the user.
        entered: The keyboard is here.
    """

    edited = Signal(str)
    entered = Signal()

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        """Make it; `name` is what a screen reader calls it."""
        self._shown = ""
        super().__init__(name, "simulated", parent)
        self.textChanged.connect(self._take)

    def show_value(self, text: str) -> None:
        """Show a text, unless it is there already."""
        if text != self.toPlainText():
            self._shown = text
            self.set_text(text)

    def insert(self, text: str) -> None:
        """Put a text where the caret is."""
        self.textCursor().insertText(text)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Tell that the keyboard is here."""
        super().focusInEvent(event)
        self.entered.emit()

    @Slot()
    def _take(self) -> None:
        text = self.toPlainText()
        if text != self._shown:  # colours alone are no change
            self._shown = text
            self.edited.emit(text)


class TemplateBand(QWidget):
    """Payload at the left, fields at the right; below each other where there is little room."""

    def __init__(
        self, form: SimulatorForm, preview: SimulatorPreview, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._form, self._preview = form, preview
        self._target: Any = None
        self.rows: list[GeneratorRow] = []
        self._make()
        self._lay_out()
        form.changed.connect(self.show_values)
        form.problemsChanged.connect(self._show_problems)
        preview.changed.connect(self._show_preview)
        self.show_values()
        self._show_preview()

    def minimumSizeHint(self) -> QSize:
        """Take the height of the drawing, or more where the fields need it."""
        return QSize(0, max(_BAND, super().minimumSizeHint().height()))

    def focus_payload(self) -> None:
        """Have the keyboard in the payload."""
        self.payload.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def go_to(self, name: str, option: str = "") -> None:
        """Put the keyboard into a field's row: into an input, or where something is wrong."""
        for row in self.rows:
            if row.name.name == name:
                wrong = [each for each in row.stops if each.accessibleDescription()]
                stop = row.inputs.get(option) or (wrong or row.stops)[0]
                stop.setFocus(Qt.FocusReason.TabFocusReason)
                self._area.ensureWidgetVisible(row)

    def fit(self, width: int) -> None:
        """Arrange the two parts for a width of the page."""
        is_narrow = width < NARROW
        direction = QBoxLayout.Direction
        self._sides.setDirection(direction.TopToBottom if is_narrow else direction.LeftToRight)
        if is_narrow:
            self._left.setMaximumWidth(16_777_215)
            self._left.setMinimumWidth(0)
        else:
            self._left.setFixedWidth(_TEMPLATE)

    @Slot(object)
    def take_target(self, text: object) -> None:
        """Put placeholders into this text from now on."""
        self._target = text

    # How it is made

    def _make(self) -> None:
        tr = self.tr
        self.payload = PayloadEdit(tr("Payload template"))
        self.payload.setMinimumHeight(_LEAST_TEXT)
        self.formats = {
            "json": tr("JSON"),
            "text": tr("Text"),
            "hex": tr("Hex"),
            "base64": tr("Base64"),
        }
        self.format = LinkButton()
        self.format.set_small()
        self.verdict_shape, self.verdict = StateShape("passed"), Label(style="small")
        self.problem = Label(style="small", role="text2", elide="end")
        self.add_missing = LinkButton()
        self.add_missing.set_small()
        self.add_link = LinkButton(tr("Add field"))
        self.add_link.set_small()
        self.empty = Label(
            tr("No fields yet. A field makes the value of a {{name}}."), role="text2", elide="end"
        )
        self.tokens = [
            TokenButton(f"{{{{{name}}}}}", tr("Insert {name}").format(name=name))
            for name in BUILT_IN
        ]
        self.payload.edited.connect(self._take_payload)
        self.payload.entered.connect(self._take_entered)
        self.format.clicked.connect(self._choose_format)
        self.add_link.clicked.connect(self._add)
        self.add_missing.clicked.connect(self._add_missing)
        for token in self.tokens:
            token.clicked.connect(lambda _checked=False, token=token: self._insert(token.text()))

    def _lay_out(self) -> None:
        page = current().size("space.page")
        self._sides = QBoxLayout(QBoxLayout.Direction.LeftToRight, self)
        self._sides.setContentsMargins(page, _ABOVE, page, _BELOW)
        self._sides.setSpacing(current().size("space.page"))
        self._left = QWidget()
        self._left.setFixedWidth(_TEMPLATE)
        left = QVBoxLayout(self._left)
        left.setContentsMargins(0, 0, 0, 0)
        left.setSpacing(1)
        head = _head(self.tr("Payload template"), self.payload)
        head.insertWidget(1, self.format)
        head.addWidget(self.verdict_shape)
        head.addWidget(self.verdict)
        left.addLayout(head)
        left.addWidget(self.payload, 1)
        foot = QHBoxLayout()
        foot.setSpacing(6)
        foot.addWidget(self.problem, 1)
        foot.addWidget(self.add_missing)
        left.addLayout(foot)
        self._sides.addWidget(self._left)
        self._sides.addWidget(self._right_side(), 1)

    def _right_side(self) -> QWidget:
        right = QWidget()
        column = QVBoxLayout(right)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        head = _head(
            self.tr("Fields"), None, self.tr("one generator for each {{name}}, per device")
        )
        head.addWidget(self.add_link)
        column.addLayout(head)
        host = QWidget()
        self._column = QVBoxLayout(host)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(_ROW_GAP)
        self._column.addWidget(self.empty)
        self._column.addStretch(1)
        self._area = QScrollArea()
        self._area.setFrameShape(QScrollArea.Shape.NoFrame)
        self._area.setWidgetResizable(True)
        self._area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._area.setAccessibleName(self.tr("Fields"))
        self._area.setWidget(host)
        column.addSpacing(2)
        column.addWidget(self._area, 1)
        column.addSpacing(_ROW_GAP)
        column.addWidget(self._built_in())
        column.addSpacing(2)
        return right

    def _built_in(self) -> QWidget:
        host = QWidget()
        row = QHBoxLayout(host)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(6)
        label = Label(self.tr("Built in"), style="small", role="text3")
        label.setMinimumWidth(_FIRST - 6)
        row.addWidget(label)
        for token in self.tokens:
            row.addWidget(token)
        row.addSpacing(4)
        row.addWidget(
            Label(self.tr("click to insert"), style="small", role="text3", elide="end"), 1
        )
        return host

    # What is shown

    @Slot()
    def show_values(self) -> None:
        """Show the values as they are now."""
        form = self._form
        self.payload.show_value(str(form.value(("payload",))))
        word = self.formats.get(str(form.value(("format",))), "")
        self.format.setText(word)
        self.format.setAccessibleName(self.tr("Format of the payload: {word}").format(word=word))
        self._show_rows()

    def _show_rows(self) -> None:
        rows = self._form.rows
        wanted = [(row.name, row.kind) for row in rows]
        if wanted != [row.shows for row in self.rows]:
            self._make_rows()
        for made, row in zip(self.rows, rows, strict=True):
            made.show_row(row)
        self.empty.setVisible(not rows)

    def _make_rows(self) -> None:
        focused = next(
            (row.name.name for row in self.rows if row.isAncestorOf(self.focusWidget())), ""
        )
        for row in self.rows:
            self._column.removeWidget(row)
            row.hide()
            row.deleteLater()
        kinds = [(kind, one.label) for kind, one in self._form.kinds.items()]
        self.rows = [GeneratorRow(row, kinds) for row in self._form.rows]
        for at, row in enumerate(self.rows):
            self._column.insertWidget(at, row)
            row.kindChosen.connect(self._form.set_kind)
            row.typed.connect(self._form.set_input)
            row.removeAsked.connect(self._form.remove_field)
            row.renamed.connect(self._rename)
            row.name.typing.connect(self._form.note_typing)
            if row.name.name == focused:
                row.kind.setFocus(Qt.FocusReason.OtherFocusReason)
        self._order_stops()
        height = current().size("height.control_small") + _ROW_GAP
        shown = min(max(len(self.rows), 2), _MOST_ROWS)
        self._area.setMinimumHeight(shown * height - _ROW_GAP)
        self._show_courses()

    def _order_stops(self) -> None:
        """Have Tab go as one reads."""
        rows = [stop for row in self.rows for stop in row.stops]
        stops: list[QWidget] = [self.format, self.payload, self.add_missing, self.add_link]
        for before, after in pairwise([*stops, *rows, *self.tokens]):
            QWidget.setTabOrder(before, after)

    @Slot()
    def _show_problems(self) -> None:
        for made, row in zip(self.rows, self._form.rows, strict=False):
            made.show_row(row)
        self._show_verdict()

    @Slot()
    def _show_preview(self) -> None:
        self._show_courses()
        self._show_verdict()

    def _show_courses(self) -> None:
        courses = self._preview.made.courses
        for row in self.rows:
            row.course.show_values(courses.get(row.name.name, ()))

    def _show_verdict(self) -> None:
        made, form = self._preview.made, self._form
        wrong = form.problem(("payload",))
        check = made.check
        for widget in (self.verdict_shape, self.verdict):
            widget.setVisible(check is not None and bool(check.status) and not wrong)
        if check is not None and check.status:
            self.verdict_shape.set_status(check.status, check.word)
            self.verdict.setText(check.word)
            self.verdict.set_role("ok" if check.status == "passed" else "warn")
        text = wrong or (check.problem if check is not None else "")
        self.payload.set_problem(wrong)
        self.payload.setAccessibleDescription(text)
        missing = form.unknown_names
        self.problem.setText(text)
        self.problem.set_role("bad" if wrong else "text2")
        self.problem.setVisible(bool(text))
        self.add_missing.setVisible(bool(missing))
        if missing:
            self.add_missing.setText(self.tr("Add field {name}").format(name=missing[0]))

    # What is done

    @Slot(str)
    def _take_payload(self, text: str) -> None:
        self._form.set(("payload",), text)

    @Slot()
    def _choose_format(self) -> None:
        menu = Menu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for value, word in self.formats.items():
            action = menu.addAction(word)
            action.setCheckable(True)
            action.setChecked(word == self.format.text())
            action.triggered.connect(
                lambda _checked=False, value=value: self._form.set(("format",), value)
            )
        menu.popup(self.format.mapToGlobal(self.format.rect().bottomLeft()))

    @Slot()
    def _take_entered(self) -> None:
        self._target = self.payload

    @Slot()
    def _add(self) -> None:
        self._focus_row(self._form.add_field())

    @Slot()
    def _add_missing(self) -> None:
        missing = self._form.unknown_names
        if missing:
            self._focus_row(self._form.add_field(missing[0]))

    def _focus_row(self, name: str) -> None:
        for row in self.rows:
            if row.name.name == name:
                row.name.setFocus(Qt.FocusReason.TabFocusReason)
                row.name.selectAll()
                self._area.ensureWidgetVisible(row)

    @Slot(str, str)
    def _rename(self, old: str, new: str) -> None:
        problem = self._form.name_problem(new, old)
        for row in self.rows:
            if row.name.name == old:
                row.name.set_problem(problem)
                row.name.setToolTip(problem)
        if not problem:
            self._form.rename_field(old, new)

    def _insert(self, text: str) -> None:
        target = self._target or self.payload
        target.insert(text)
        target.setFocus(Qt.FocusReason.OtherFocusReason)


def _head(title: str, buddy: QWidget | None, note: str = "") -> QHBoxLayout:
    """Make the row above a part: its title, a note, and room at the right."""
    row = QHBoxLayout()
    row.setSpacing(6)
    label = Label(title, weight=500)
    if buddy is not None:
        label.setBuddy(buddy)
    row.addWidget(label)
    row.addWidget(Label(note, style="small", role="text3", elide="end"), 1)
    row.addStrut(_HEAD)
    return row
