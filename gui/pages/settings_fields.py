"""The sections of settings that are forms: two columns of rows, label left, control right."""

from __future__ import annotations

from typing import Any, Final

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QFocusEvent, QKeyEvent, QResizeEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from gui.theme import current, set_face
from gui.viewmodels.settings import Section
from gui.viewmodels.settings_form import SECTIONS, Option, SettingsForm
from gui.widgets.fields import ComboBox
from gui.widgets.form_editors import TextEditor
from gui.widgets.frames import Line
from gui.widgets.labels import Label, StateShape
from gui.widgets.segmented import Segmented
from gui.widgets.switch import Switch

_LEFT_COLUMN: Final[frozenset[Section]] = frozenset({"general", "appearance"})
_TWO_COLUMNS_FROM: Final = 700
"""Of the form; the centre is 184 wider and has then 884: under 900 there is one column."""

_COLUMN: Final = 382
_GAP: Final = 40
_ROW: Final = 38
_ROW_WITH_HELP: Final = 42
_TOP: Final = 21
_BETWEEN: Final = 19
_CHOICE: Final = 148
_NUMBER: Final = 104
_SHORT_NUMBER: Final = 84
_SHAPE: Final = 12


class NumberField(TextEditor):
    """A number with its unit; it counts when Enter is pressed or the field is left.

    Signals:
        finished: What was typed.
    """

    finished = Signal(str)

    def __init__(self, option: Option, parent: QWidget | None = None) -> None:
        super().__init__(option.label, "number", unit=option.unit, parent=parent)
        self.setProperty("dense", True)
        set_face(self, "small")
        self.setFixedWidth(_NUMBER if option.section == "feeds" else _SHORT_NUMBER)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Take what was typed."""
        was_modified = self.isModified()
        super().focusOutEvent(event)
        if was_modified:
            self.finished.emit(self.text())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Take what was typed by Enter."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.setModified(False)
            self.finished.emit(self.text())
        else:
            super().keyPressEvent(event)


class SettingRow(QWidget):
    """A label with its sentence at the left, the control at the right."""

    def __init__(self, form: SettingsForm, option: Option, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._form, self.option = form, option
        self.label = Label(option.label, elide="end")
        self.label.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.help = Label(style="small", role="text3", elide="end")
        self.shape = StateShape("failed", size=_SHAPE)
        self.control = self._make()
        self.label.setBuddy(self.control)
        self._problem = ""
        words = QVBoxLayout()
        words.setSpacing(1)
        words.addStretch(1)
        words.addWidget(self.label)
        below = QHBoxLayout()
        below.setSpacing(6)
        below.addWidget(self.shape)
        below.addWidget(self.help, 1)
        words.addLayout(below)
        words.addStretch(1)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(current().size("space.m"))
        row.addLayout(words, 1)
        row.addWidget(self.control)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.show_help()
        self.show_value()

    @Slot()
    def show_value(self) -> None:
        """Show what is chosen now."""
        control, value = self.control, self._form.value(self.option)
        if isinstance(control, ComboBox):
            control.setCurrentIndex(control.findData(value))
        elif isinstance(control, Segmented):
            control.choose(value)
        elif isinstance(control, Switch):
            control.setChecked(value)
        elif isinstance(control, NumberField) and not control.isModified():
            control.setText(self._form.text(self.option))

    def show_help(self) -> None:
        """Show what is told about the setting, or what is wrong with it."""
        text = self._problem or self._form.help_of(self.option)
        self.help.set_role("bad" if self._problem else "text3")
        self.help.setText(text)
        self.help.setVisible(bool(text))
        self.shape.setVisible(bool(self._problem))
        self.control.setAccessibleDescription(text)
        lines = 2 if text else 1
        needed = current().face("body").line + (lines - 1) * (current().face("small").line + 1)
        self.setFixedHeight(max(_ROW_WITH_HELP if text else _ROW, needed + 4))

    def _make(self) -> QWidget:
        option, form = self.option, self._form
        if option.kind == "choice":
            combo = ComboBox(option.label, small=True)
            for value, word in option.choices:
                combo.addItem(word, value)
            combo.setMinimumWidth(_CHOICE)
            combo.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
            combo.activated.connect(lambda place: self._choose(combo.itemData(place)))
            return combo
        if option.kind == "segments":
            parts = Segmented(option.label, dict(option.choices), small=True)
            parts.choose(form.value(option))
            parts.chosen.connect(self._choose)
            return parts
        if option.kind == "switch":
            switch = Switch("")
            switch.setAccessibleName(option.label)
            switch.clicked.connect(self._choose)
            return switch
        field = NumberField(option)
        field.finished.connect(self.type_text)
        return field

    def _choose(self, value: Any) -> None:
        self._form.choose(self.option, value)

    @Slot(str)
    def type_text(self, text: str) -> None:
        """Take a number as it was typed."""
        self._problem = self._form.type_number(self.option, text)
        if isinstance(self.control, NumberField):
            self.control.set_problem(self._problem)
            if not self._problem:
                self.show_value()
        self.show_help()


class SettingsFields(QWidget):
    """All sections that are forms, on one page.

    Attributes:
        rows: The rows by section and name.
        heads: The headings by section.
    """

    def __init__(self, form: SettingsForm, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._form = form
        self.rows = {
            (option.section, option.name): SettingRow(form, option) for option in form.options
        }
        self.heads: dict[Section, QWidget] = {}
        self._columns = QHBoxLayout()
        self._sides = (QVBoxLayout(), QVBoxLayout())
        self._is_wide = True
        self._lay_out()
        form.changed.connect(self._show_values)
        form.helpChanged.connect(self._show_help)
        current().changed.connect(self._show_all_help)

    def first_control(self, section: str) -> QWidget:
        """Give the control that one types into first."""
        return next(row.control for (at, _), row in self.rows.items() if at == section)

    def _lay_out(self) -> None:
        theme = current()
        self._columns.setContentsMargins(0, 0, 0, 0)
        self._columns.setSpacing(_GAP)
        for side, is_left in zip(self._sides, (True, False), strict=True):
            side.setSpacing(0)
            host = QWidget()
            host.setLayout(side)
            side.setContentsMargins(0, 0, 0, 0)
            host.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
            host.setMaximumWidth(theme.size("width.form_max"))
            for section in SECTIONS:
                if (section in _LEFT_COLUMN) == is_left:
                    self._add_section(side, section)
            side.addStretch(1)
            self._columns.addWidget(host, 1)
        outer = QVBoxLayout(self)
        margin = theme.size("space.page")
        outer.setContentsMargins(margin, _TOP, margin, margin)
        outer.addLayout(self._columns)
        outer.addStretch(1)

    def _add_section(self, side: QVBoxLayout, section: Section) -> None:
        if side.count():
            side.addSpacing(_BETWEEN)
        head = Label(self._form.titles[section], style="strong")
        self.heads[section] = head
        side.addWidget(head)
        side.addSpacing(5)
        side.addWidget(Line())
        side.addSpacing(4)
        for (at, _), row in self.rows.items():
            if at == section:
                side.addWidget(row)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Have one column where there is no room for two."""
        super().resizeEvent(event)
        is_wide = self.width() >= _TWO_COLUMNS_FROM
        if is_wide != self._is_wide:
            self._is_wide = is_wide
            direction = QHBoxLayout.Direction
            self._columns.setDirection(direction.LeftToRight if is_wide else direction.TopToBottom)
            self._columns.setSpacing(_GAP if is_wide else _BETWEEN)

    @Slot()
    def _show_values(self) -> None:
        for row in self.rows.values():
            row.show_value()

    @Slot(str, str)
    def _show_help(self, section: Any, name: str) -> None:
        self.rows[section, name].show_help()

    @Slot()
    def _show_all_help(self) -> None:
        for row in self.rows.values():
            row.show_help()
