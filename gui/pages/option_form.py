"""Lays a form out of options as data: rows, folded groups, help and problems under the fields."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from core.workspace.mqtt import DEFAULT_PORTS, SANDBOX
from gui.pages.parts import keep_bar_in_margin
from gui.theme import current
from gui.viewmodels.connector_form import NAME, SERVER, ConnectorForm
from gui.viewmodels.form_options import Option, OptionGroup
from gui.viewmodels.plain_values import Path
from gui.widgets.button_field import ButtonEditor
from gui.widgets.field_row import FieldRow
from gui.widgets.fields import Field
from gui.widgets.form_editors import (
    ChoiceEditor,
    HostsEditor,
    PlaceEditor,
    SegmentsEditor,
    SwitchEditor,
    TextEditor,
)
from gui.widgets.form_group import FormGroup
from gui.widgets.frames import Line
from gui.widgets.measure_field import MeasureEditor
from gui.widgets.secret_field import SecretEditor
from gui.widgets.server_field import ServerEditor

_TOP: Final = 20
_GAP: Final = 16
_SIDE: Final = 70
_ABOVE_GROUPS: Final = 14
_TYPED: Final = (TextEditor, MeasureEditor)


class OptionForm(QScrollArea):
    """The form. A field tells its problem once it was left, or once saving was refused.

    What is wrong with a file that is named as it is saved is told at once.

    Signals:
        renameAsked: The object, which the file has, is to be called otherwise.
        problemsShown: How many fields tell that something is wrong, and the colour of the worst:
            `bad`, `warn` or none.
    """

    renameAsked = Signal()
    problemsShown = Signal(int, str)

    def __init__(self, form: ConnectorForm, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._form = form
        self._editors: dict[tuple[str, ...], Any] = {}
        self._fields: dict[tuple[str, ...], Field] = {}
        self._groups: dict[str, FormGroup] = {}
        self._rows: list[FieldRow] = []
        self._notes: dict[str, str] = {}
        self._notices: dict[tuple[str, ...], tuple[str, str]] = {}
        self._left: set[tuple[str, ...]] = set()
        self.problems = 0, ""
        """What `problemsShown` told last."""
        self.setFrameShape(QScrollArea.Shape.NoFrame)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setAccessibleName(self.tr("Settings"))
        self._lay_out()
        form.reverted.connect(self._forget)
        form.changed.connect(self.show_values)
        form.problemsChanged.connect(self._show_problems)
        form.refused.connect(self.show_first_problem)
        self.show_values()

    def editor(self, *path: str) -> Any:
        """Find the editor of an option."""
        return self._editors[path]

    def field(self, *path: str) -> Field:
        """Find the field around an editor."""
        return self._fields[path]

    def group(self, key: str) -> FormGroup:
        """Find a group that can be folded."""
        return self._groups[key]

    @property
    def is_typing(self) -> bool:
        """Whether a secret is typed that counts once its field is left."""
        secrets = (each for each in self._editors.values() if isinstance(each, SecretEditor))
        return any(each.is_typing for each in secrets)

    def put_below(self, widget: QWidget) -> None:
        """Have a widget scroll with the form, below a line."""
        self._below.addWidget(widget)
        widget.show()
        self._line.show()

    def take_below(self, widget: QWidget) -> None:
        """End with the fields again."""
        self._below.removeWidget(widget)
        self._line.hide()

    def focus_first(self) -> None:
        """Have the keyboard in the first field that takes it."""
        for option in self._form.options:
            editor = self._editors[option.path]
            is_typed = editor.isEnabled() and not (option.path == NAME and editor.isReadOnly())
            if is_typed and self._form.is_shown(option):
                editor.setFocus(Qt.FocusReason.TabFocusReason)
                return

    def _lay_out(self) -> None:
        page = current().size("space.page")
        host = QWidget()
        host.setMaximumWidth(current().size("width.form_max") + 2 * page)
        column = QVBoxLayout(host)
        column.setContentsMargins(page, _TOP, page, page)
        column.setSpacing(self._form.groups[0].gap if self._form.groups else _GAP)
        self._column = column
        for group in self._form.groups:
            self._add_group(group, column)
        self._line = Line()
        self._line.hide()
        self._below = QVBoxLayout()
        self._below.setSpacing(_GAP)
        self._below.addWidget(self._line)
        column.addLayout(self._below)
        column.addStretch(1)
        outer = QWidget()
        row = QHBoxLayout(outer)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(host, 1)
        row.addStretch(0)
        self.setWidget(outer)

    def _add_group(self, group: OptionGroup, column: QVBoxLayout) -> None:
        rows = column
        if group.title:
            folded = FormGroup(group.title)
            folded.set_open(group.is_open(self._form.read))
            self._groups[group.key] = folded
            if len(self._groups) == 1:
                self._folded = QVBoxLayout()
                self._folded.setSpacing(0)
                above = max(_ABOVE_GROUPS - column.spacing(), 0)
                self._folded.setContentsMargins(0, above, 0, 0)
                column.addLayout(self._folded)
            self._folded.addWidget(folded)
            rows = folded.rows
            margins = rows.contentsMargins()
            margins.setTop(0)
            rows.setContentsMargins(margins)
        for options in group.rows:
            fields = {option.path: self._field_of(option) for option in options}
            if options[0].kind == "place":
                continue  # laid out by the part of the page that shows what they find
            shares = [(fields[option.path], max(option.stretch, 0)) for option in options]
            choices = [fields[option.path] for option in options if option.kind == "choice"]
            made = FieldRow(shares, _GAP, halves=choices)
            self._rows.append(made)
            rows.addWidget(made)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Let the scroll bar lie in the margin, so that nothing moves when it comes."""
        super().resizeEvent(event)
        keep_bar_in_margin(self, self._column, current().size("space.page"))

    def _field_of(self, option: Option) -> Field:
        editor = self._editor_of(option)
        path = option.path
        field = Field(
            option.label,
            editor,
            help_text=option.help,
            note=option.note,
            required=option.is_required,
            side=_SIDE if option.kind == "place" else 0,
            parent=self,
        )
        self._editors[path], self._fields[path] = editor, field
        editor.edited.connect(lambda value, option=option: self._set(option, value))
        editor.left.connect(lambda path=path: self._leave(path))
        if isinstance(editor, SecretEditor):
            editor.typed.connect(lambda text, option=option: self._form.set_secret(option, text))
            editor.typing.connect(self._form.note_typing)
        if isinstance(editor, ButtonEditor):
            if path == NAME:
                editor.pressed.connect(self.renameAsked)
            else:
                editor.pressed.connect(lambda: self._form.renew_client_id(option))
        if isinstance(editor, ServerEditor):
            editor.takenApart.connect(self._tell_taken_apart)
            field.linkClicked.connect(editor.restore)
        return field

    def _editor_of(self, option: Option) -> Any:
        """Make the editor of an option's kind; all of them have the same signals."""
        match option.kind:
            case "choice":
                return ChoiceEditor(option.label, option.choices)
            case "segments":
                return SegmentsEditor(option.label, option.choices)
            case "measure":
                return MeasureEditor(option.label, option.unit)
            case "client_id":
                return ButtonEditor(option.label, "rotate-cw", self.tr("Another client ID"))
            case "text" if option.path == NAME:
                return ButtonEditor(option.label, "pencil", self.tr("Rename"))
            case "switch":
                return SwitchEditor(option.label)
            case "hosts":
                return HostsEditor(option.label, option.placeholder)
            case "server":
                ports: Mapping[str, int] = DEFAULT_PORTS
                return ServerEditor(option.label, ports, (SANDBOX, self.tr("embedded")))
            case "place":
                kinds = [(str(value), word) for value, word in option.choices]
                return PlaceEditor(option.label, kinds)
            case "secret":
                return SecretEditor(option.label, is_narrow=option.stretch > 1)
            case kind:
                return TextEditor(option.label, kind, unit=option.unit)

    @Slot()
    def show_values(self) -> None:
        """Show the values as they are now."""
        form = self._form
        for option in form.options:
            editor, field = self._editors[option.path], self._fields[option.path]
            field.setVisible(form.is_shown(option))
            value = form.value(option)
            if isinstance(editor, SecretEditor):
                editor.show_value(value, form.secret_words(option))
            else:
                editor.show_value(value)
            if isinstance(editor, _TYPED):
                editor.setPlaceholderText(form.placeholder(option))
            if option.path == NAME and isinstance(editor, ButtonEditor):
                editor.offer(is_offered=not form.is_new)
        for row in self._rows:
            row.fit()
        for group in form.groups:
            if group.title:
                note = self._notes.get(group.key) or form.note(group)
                self._groups[group.key].head.set_note(note)
        self._show_problems()

    def set_note(self, key: str, note: str) -> None:
        """Say something else of what is inside a group."""
        if self._notes.get(key) != note:
            self._notes[key] = note
            self._groups[key].head.set_note(note)

    @Slot()
    def show_first_problem(self) -> None:
        """Tell everything that is wrong, and put the keyboard into the first such field."""
        self._left = set(self._editors)
        self._show_problems()
        first = self._form.first_problem()
        if first is not None:
            self.show_option(first.path)

    def show_option(self, path: Path) -> None:
        """Put the keyboard into the field of an option, in sight."""
        for group in self._form.groups:
            if group.title and any(option.path == path for option in group.options):
                self._groups[group.key].open()
        self._editors[path].setFocus(Qt.FocusReason.TabFocusReason)
        self.ensureWidgetVisible(self._fields[path])

    def show_edit(self, path: Path) -> None:
        """Have the keyboard where something was edited; what is being typed there is over."""
        option = self._form.option_at(path)
        if option is not None:
            self._forget_typing()
            self._notices.pop(option.path, None)  # of a value that was there before
            self.show_values()
            self.show_option(option.path)

    @Slot()
    def _show_problems(self) -> None:
        problems = warnings = 0
        for option in self._form.options:
            path = option.path
            was_left = path in self._left
            problem = self._form.problem(option) if was_left else ""
            is_due = was_left or not self._form.is_edited(option)
            warning = self._form.warning(option) if is_due and not problem else ""
            if path in self._notices and not problem:
                self._fields[path].set_notice(*self._notices[path])
            elif warning:
                self._fields[path].set_warning(warning)
            else:
                self._fields[path].set_problem(problem)
            problems += bool(problem)
            warnings += bool(warning)
        colour = "bad" if problems else "warn" if warnings else ""
        self.problems = problems + warnings, colour
        self.problemsShown.emit(*self.problems)

    @Slot()
    def _forget(self) -> None:
        self._left, self._notices = set(), {}
        self._forget_typing()

    def _forget_typing(self) -> None:
        for editor in self._editors.values():
            if isinstance(editor, _TYPED):
                editor.setModified(False)
            elif isinstance(editor, SecretEditor):
                editor.forget_typing()

    def _set(self, option: Option, value: Any) -> None:
        self._notices.pop(option.path, None)
        self._form.set(option, value)

    def _leave(self, path: tuple[str, ...]) -> None:
        self._left.add(path)
        self.show_values()

    @Slot(str, object)
    def _tell_taken_apart(self, address: str, credentials: tuple[str, str] | None) -> None:
        text = self.tr("Taken apart: {address}.").format(address=address)
        if credentials is not None:
            self._form.take_credentials(*credentials)
            text = self.tr("Taken apart. User name and password are in their own fields now.")
        self._notices[SERVER] = text, self.tr("Undo")
        self._show_problems()
