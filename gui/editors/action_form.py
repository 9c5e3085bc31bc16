"""The form of an action's sheet, laid out from options as data."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from gui.editors.insert_links import InsertLinks
from gui.editors.topic_picker import TopicPicker
from gui.theme import current
from gui.viewmodels.action_findings import Finding
from gui.viewmodels.action_options import HEADERS, PAYLOAD, VALUE
from gui.viewmodels.action_sheet import ActionSheet
from gui.viewmodels.form_options import Option, OptionGroup
from gui.viewmodels.live import State
from gui.viewmodels.plain_values import Path
from gui.viewmodels.words import tr
from gui.widgets.buttons import LinkButton
from gui.widgets.choice_template import ChoiceTemplate
from gui.widgets.field_row import FieldRow
from gui.widgets.fields import BESIDE_ABOVE, Field
from gui.widgets.form_editors import ChoiceEditor, SwitchEditor, TextEditor
from gui.widgets.form_group import FormGroup
from gui.widgets.labels import Paragraph
from gui.widgets.popover import Popover
from gui.widgets.row_editors import FallbacksEditor, HeadersEditor, RowsEditor
from gui.widgets.template_edit import TemplateEdit

_TOP: Final = 0
_ROWS: Final = 10
_BELOW_LINK: Final = 4
"""A link below a field is so much higher than words, and takes that from the gap behind it."""
_GROUP: Final = 12
_BELOW: Final = 4
_BESIDE: Final = 12
_MOST_LINES: Final = 6
_WHY_WIDTH: Final = 340
_LONG: Final = (VALUE, PAYLOAD)


class WhyPopover(Popover):
    """More sentences about what a field says, and a link to where it can be put right.

    Signals:
        linkClicked: The way there is wanted.
    """

    linkClicked = Signal()

    def __init__(self, owner: QWidget, text: str, link: str) -> None:
        super().__init__(owner, owner.tr("Why"), _WHY_WIDTH)
        self.column.addWidget(Paragraph(text, role="text2"))
        self.link = LinkButton(link)
        self.link.clicked.connect(self._follow)
        row = QHBoxLayout()
        row.addWidget(self.link)
        row.addStretch(1)
        self.column.addLayout(row)
        self.link.setVisible(bool(link))  # here it has a parent, and is no window of its own

    @Slot()
    def _follow(self) -> None:
        self.close()
        self.linkClicked.emit()


class ConnectorEditor(ChoiceEditor):
    """A connector, with the shape of its state."""

    def show_connectors(self, connectors: Sequence[tuple[str, State]]) -> None:
        """Offer these."""
        names = [name for name, _ in connectors]
        if names != [self.itemData(place) for place in range(self.count())]:
            chosen = self.currentData()
            self.clear()
            for name in names:
                self.addItem(name, name)
            if chosen is not None:
                self.show_value(chosen)
        for place, (_, state) in enumerate(connectors):
            self.show_status(place, state.status, state.word)


class ActionForm(QScrollArea):
    """Fields that tell their problem once they were left, or once saving was refused.

    Signals:
        documentAsked: The key of a page where what is said can be put right.
    """

    documentAsked = Signal(str)

    def __init__(self, sheet: ActionSheet, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._sheet = sheet
        self._editors: dict[Path, Any] = {}
        self._fields: dict[Path, Field] = {}
        self._group: FormGroup | None = None
        self._rows: list[FieldRow] = []
        self._above: list[tuple[FieldRow, tuple[Option, ...], int]] = []
        self._left: set[Path] = set()
        self._told: set[Path] = set()
        self.inserts = InsertLinks()
        self._template: TemplateEdit | None = None
        self._picker: TopicPicker | None = None
        self.setFrameShape(QScrollArea.Shape.NoFrame)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.verticalScrollBar().rangeChanged.connect(self._keep_width)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setAccessibleName(self.tr("Options of the action"))
        self._lay_out()
        self._left = set() if sheet.is_new else set(self._editors)
        self.inserts.chosen.connect(self._take_insert)
        sheet.changed.connect(self.show_values)
        sheet.problemsChanged.connect(self._show_findings)
        sheet.refused.connect(self.show_first_problem)
        sheet.drafts.live.changed.connect(self._show_connectors)
        self.show_values()

    def editor(self, *path: str) -> Any:
        """Find the editor of an option."""
        return self._editors[path]

    def field(self, *path: str) -> Field:
        """Find the field around an editor."""
        return self._fields[path]

    @property
    def advanced(self) -> FormGroup | None:
        """The group that is folded at first."""
        return self._group

    def focus_first(self) -> None:
        """Have the keyboard in the first field."""
        shown = (option for option in self._sheet.options if self._sheet.is_shown(option))
        first = next(shown, None)
        if first is not None:
            self._editors[first.path].setFocus(Qt.FocusReason.TabFocusReason)

    def show_inserts(self, names: Sequence[str]) -> None:
        """Offer what the rule yields for the templates."""
        self.inserts.show_names(names)

    # How it is laid out

    def _lay_out(self) -> None:
        host = QWidget()
        column = self._column = QVBoxLayout(host)
        self._keep_width()
        column.setSpacing(0)
        for group in self._sheet.groups:
            self._add_group(group, column)
        column.addStretch(1)
        self.setWidget(host)

    @Slot()
    def _keep_width(self) -> None:
        """Leave the fields as wide as they are when the scroll bar comes: it takes the margin."""
        page, bar = current().size("space.l"), self.verticalScrollBar()
        taken = bar.sizeHint().width() if bar.maximum() else 0
        self._column.setContentsMargins(page, _TOP, max(page - taken, 0), _BELOW)

    def _add_group(self, group: OptionGroup, column: QVBoxLayout) -> None:
        rows = column
        if group.title:
            self._group = FormGroup(group.title)
            column.addSpacing(_GROUP)
            column.addWidget(self._group)
            rows = self._group.rows
        for options in group.rows:
            row = FieldRow(
                [(self._field_of(option), option.stretch) for option in options], _BESIDE
            )
            is_higher = any(option.path in (*_LONG, HEADERS) for option in options)
            above = 0 if group.title else _ROWS - (BESIDE_ABOVE if is_higher else 0)
            rows.addWidget(row)
            self._rows.append(row)
            self._above.append((row, options, above))

    def _field_of(self, option: Option) -> Field:
        editor = self._editor_of(option)
        field = Field(
            option.label,
            editor,
            help_text=option.help,
            note=option.note,
            required=option.is_required,
        )
        path = option.path
        self._editors[path], self._fields[path] = editor, field
        editor.edited.connect(lambda value, option=option: self._sheet.set(option, value))
        editor.left.connect(lambda path=path: self._leave(path))
        field.linkClicked.connect(lambda option=option: self._solve(option))
        if isinstance(editor, RowsEditor):
            field.add_beside(editor.add_button)
        if path in _LONG and isinstance(editor, TemplateEdit):
            self._template = editor
            field.add_beside(self.inserts, stretch=100)
        return field

    def _editor_of(self, option: Option) -> Any:
        """Make the editor of an option's kind; all of them have the same signals."""
        match option.kind:
            case "choice":
                return ChoiceEditor(option.label, option.choices)
            case "connector":
                return ConnectorEditor(option.label, ())
            case "switch":
                return SwitchEditor(option.label)
            case "headers":
                return HeadersEditor(option.label, self.tr("Add header"))
            case "fallbacks":
                return FallbacksEditor(option.label, self.tr("Add another way"))
            case "topic":
                tip = self.tr("Choose one of the cluster's topics by Alt+Down, or type a template")
                editor = ChoiceTemplate(option.label, tip)
                self._picker = TopicPicker(self._sheet, editor)
                return editor
            case "template":
                lines = _MOST_LINES if option.path in _LONG else 1
                return TemplateEdit(option.label, lines=lines)
            case kind:
                hint = option.placeholder
                return TextEditor(option.label, kind, unit=option.unit, placeholder=hint)

    # What is shown

    @Slot()
    def show_values(self) -> None:
        """Show the values as they are now."""
        sheet = self._sheet
        self._show_connectors()
        for option in sheet.options:
            self._fields[option.path].setVisible(sheet.is_shown(option))
            self._editors[option.path].show_value(sheet.value(option))
        for row in self._rows:
            row.fit()
        self._show_findings()

    @Slot()
    def show_first_problem(self) -> None:
        """Tell everything that is wrong, and put the keyboard into the first such field."""
        self._left = set(self._editors)
        self._show_findings()
        first = self._sheet.first_problem()
        if first is not None:
            self._focus(first.path)

    def show_edit(self, path: Path) -> None:
        """Have the keyboard where something was edited; what is being typed there is over."""
        option = self._sheet.option_at(path)
        if option is None:
            return
        editor = self._editors[option.path]
        if isinstance(editor, TextEditor):
            editor.setModified(False)
            editor.show_value(self._sheet.value(option))
        self._focus(option.path)

    def _focus(self, path: Path) -> None:
        if self._group is not None and self._group.isAncestorOf(self._fields[path]):
            self._group.open()
        self._editors[path].setFocus(Qt.FocusReason.TabFocusReason)
        self.ensureWidgetVisible(self._fields[path])

    @Slot()
    def _show_findings(self) -> None:
        self._show_note()
        told: set[Path] = set()
        for option in self._sheet.options:
            found = self._sheet.finding(option)
            field, editor = self._fields[option.path], self._editors[option.path]
            if found is None or (found.is_bad and option.path not in self._left):
                field.set_problem("")
            elif found.is_bad:
                told.add(option.path)
                field.set_problem(found.text, self.tr("Add") if found.field else "", found.field)
                if isinstance(editor, RowsEditor):
                    editor.mark_row(found.row, found.text)
            else:
                field.set_warning(found.text, self._link_of(found))
        self._close_up()
        new, self._told = told - self._told, told
        if self._group is not None and any(
            self._group.isAncestorOf(self._fields[path]) for path in new
        ):
            self._group.open()  # what is wrong there may come of a field that is not folded away

    def _close_up(self) -> None:
        """Have the rows as far from each other as they look best, whatever stands below them."""
        has_link = False
        for row, options, above in self._above:
            if row.isHidden():
                continue
            row.setContentsMargins(0, max(above - _BELOW_LINK * has_link, 0), 0, 0)
            has_link = any(self._fields[each.path].link.text() for each in options)

    def _show_note(self) -> None:
        """Say what is folded away."""
        for group in self._sheet.groups:
            if group.title and self._group is not None:
                note, is_bad = self._sheet.note(group)
                self._group.head.set_note(note, "bad" if is_bad else "text3")

    @Slot()
    def _show_connectors(self) -> None:
        editor = self._editors[("connector",)]
        editor.show_connectors(self._sheet.connectors)

    def _link_of(self, found: Finding) -> str:
        if found.creates:
            return self.tr("Create topic")
        if found.why:
            return self.tr("Show why")
        return _open_words(found.opens)

    def _leave(self, path: Path) -> None:
        if path not in self._left:
            self._left.add(path)
            self._show_findings()

    def _solve(self, option: Option) -> None:
        found, link = self._sheet.finding(option), self._fields[option.path].link
        if found is None:
            return
        if found.field:
            self._sheet.add_to_select(found.field)
        elif found.creates and self._picker is not None:
            self._picker.ask(link)
        elif found.why:
            why = WhyPopover(link, found.why, _open_words(found.opens))
            why.linkClicked.connect(lambda: self.documentAsked.emit(found.opens))
            why.open()
        elif found.opens:
            self.documentAsked.emit(found.opens)

    @Slot(str)
    def _take_insert(self, placeholder: str) -> None:
        if self._template is not None:
            self._template.insert(placeholder)
            self._template.setFocus(Qt.FocusReason.OtherFocusReason)


def _open_words(key: str) -> str:
    """Name the way to a page."""
    name = key.partition(":")[2]
    return tr("Open {name}").format(name=name) if name else ""
