"""Lays a form out of options as data: rows, folded groups, help and problems under the fields."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from core.workspace.mqtt import DEFAULT_PORTS, SANDBOX
from gui.theme import current
from gui.viewmodels.connector_form import NAME, ConnectorForm
from gui.viewmodels.form_options import Option, OptionGroup
from gui.viewmodels.plain_values import Path
from gui.widgets.fields import Field
from gui.widgets.form_editors import (
    ChoiceEditor,
    HostsEditor,
    PlaceEditor,
    ServerEditor,
    SwitchEditor,
    TextEditor,
)
from gui.widgets.form_group import FormGroup
from gui.widgets.secret_field import SecretEditor

_TOP: Final = 20
_GAP: Final = 16


class OptionForm(QScrollArea):
    """The form. A field tells its problem once it was left, or once saving was refused."""

    def __init__(self, form: ConnectorForm, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._form = form
        self._editors: dict[tuple[str, ...], Any] = {}
        self._fields: dict[tuple[str, ...], Field] = {}
        self._groups: dict[str, FormGroup] = {}
        self._left: set[tuple[str, ...]] = set()
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

    def focus_first(self) -> None:
        """Have the keyboard in the first field that takes it."""
        for option in self._form.options:
            editor = self._editors[option.path]
            if editor.isEnabled() and self._form.is_shown(option):
                editor.setFocus(Qt.FocusReason.TabFocusReason)
                return

    def _lay_out(self) -> None:
        page = current().size("space.page")
        host = QWidget()
        host.setMaximumWidth(current().size("width.form_max") + 2 * page)
        column = QVBoxLayout(host)
        column.setContentsMargins(page, _TOP, page, page)
        column.setSpacing(_GAP)
        for group in self._form.groups:
            self._add_group(group, column)
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
                column.addLayout(self._folded)
            self._folded.addWidget(folded)
            rows = folded.rows
        for options in group.rows:
            host = QWidget()
            row = QHBoxLayout(host)
            row.setContentsMargins(0, 0, 0, 0)
            row.setSpacing(_GAP)
            for option in options:
                stretch = max(option.stretch, 0)
                row.addWidget(self._field_of(option), stretch, Qt.AlignmentFlag.AlignTop)
            rows.addWidget(host)

    def _field_of(self, option: Option) -> Field:
        editor = self._editor_of(option)
        path = option.path
        field = Field(
            option.label,
            editor,
            help_text=option.help,
            note=option.note,
            required=option.is_required,
        )
        self._editors[path], self._fields[path] = editor, field
        editor.edited.connect(lambda value, option=option: self._form.set(option, value))
        editor.left.connect(lambda path=path: self._leave(path))
        if isinstance(editor, SecretEditor):
            editor.typed.connect(lambda text, option=option: self._form.set_secret(option, text))
        return field

    def _editor_of(self, option: Option) -> Any:
        """Make the editor of an option's kind; all of them have the same signals."""
        match option.kind:
            case "choice":
                return ChoiceEditor(option.label, option.choices)
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
                return SecretEditor(option.label)
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
            if isinstance(editor, TextEditor):
                editor.setPlaceholderText(form.placeholder(option))
            if option.path == NAME:
                editor.setEnabled(form.is_new)
        for host in {field.parentWidget() for field in self._fields.values()}:
            if host is not None:
                fields = (f for f in self._fields.values() if f.parentWidget() is host)
                host.setVisible(any(not field.isHidden() for field in fields))
        for group in form.groups:
            if group.title:
                self._groups[group.key].head.set_note(form.note(group))
        self._show_problems()

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
            self.show_values()
            self.show_option(option.path)

    @Slot()
    def _show_problems(self) -> None:
        for option in self._form.options:
            problem = self._form.problem(option) if option.path in self._left else ""
            self._fields[option.path].set_problem(problem)

    @Slot()
    def _forget(self) -> None:
        self._left = set()
        self._forget_typing()

    def _forget_typing(self) -> None:
        for editor in self._editors.values():
            if isinstance(editor, TextEditor):
                editor.setModified(False)

    def _leave(self, path: tuple[str, ...]) -> None:
        self._left.add(path)
        self.show_values()
