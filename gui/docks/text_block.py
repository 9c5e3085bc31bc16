"""A payload or value to type, with its size, its format and whether it is right in that."""

from __future__ import annotations

from typing import Final, cast

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from core.errors import CodecError
from core.workspace.lab import PayloadFormat
from gui.theme import current
from gui.viewmodels.payload_check import LARGEST, check_message, formats, rewritten_message
from gui.viewmodels.words import number, sentences
from gui.widgets.buttons import LinkButton
from gui.widgets.code_edit import CodeEdit
from gui.widgets.labels import Label, StateShape
from gui.widgets.menu_button import MenuButton

_HEAD: Final = 24
_BELOW_HEAD: Final = 1
"""Characters that are all shown at once."""
_BEGINNING: Final = 4_000


class TextBlock(QWidget):
    """A payload or value with its size and format, and whether it is right in that.

    Of a long one, also of one that is pasted, the beginning is shown, to be read, until the whole
    is asked for: Qt takes tenths of a second for each key in a line of a megabyte.
    """

    def __init__(self, title: str, formats_name: str, parent: QWidget | None = None) -> None:
        """Make it; `title` stands above and names the field, `formats_name` names the formats."""
        super().__init__(parent)
        self._format: PayloadFormat = "json"
        self._whole: str | None = None  # of which the beginning is shown
        self._before = ""  # it was pasted
        self.edit = CodeEdit(title, "json")
        self.edit.longest = LARGEST
        self.formats = MenuButton(formats_name, formats())
        self.size_label = Label(style="small", role="text3")
        self.verdict = Label(style="small")
        self._shape = StateShape("passed")
        self.problem = Label(style="small", role="text2", elide="end")
        self.problem.setContentsMargins(0, current().size("space.label_gap"), 0, 0)
        self.part_label = Label(style="small", role="text2", elide="end")
        self.undo_link = LinkButton(self.tr("Undo the paste"))
        self.whole_link = LinkButton(self.tr("Edit anyway"))
        self._part = QWidget()
        part = QHBoxLayout(self._part)
        part.setContentsMargins(0, 0, 0, 0)
        part.addWidget(self.part_label, 1)
        part.addWidget(self.undo_link)
        part.addWidget(self.whole_link)
        head = head_row(title, self.edit, self.size_label)
        head.insertWidget(2, self.formats)
        head.addWidget(self._shape)
        head.addWidget(self.verdict)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(head)
        column.addSpacing(_BELOW_HEAD)
        column.addWidget(self.edit, 1)
        column.addWidget(self._part)
        column.addWidget(self.problem)
        self.edit.settled.connect(self.check)
        self.formats.chosen.connect(self._choose_format)
        self.edit.longPasted.connect(self._take_paste)
        self.undo_link.clicked.connect(self._undo_paste)
        self.whole_link.clicked.connect(self._edit_whole)
        self._show_part(None)
        self.check()

    @property
    def text(self) -> str:
        """The whole of what was shown or typed."""
        return self.edit.toPlainText() if self._whole is None else self._whole

    @property
    def format(self) -> PayloadFormat:
        """How it is written."""
        return self._format

    def show_text(self, text: str, payload_format: PayloadFormat) -> None:
        """Show another text, in its format."""
        self._format = payload_format
        self.formats.show_choice(payload_format)
        self._show_part(text if len(text) > LARGEST else None)
        self.edit.set_text(text if self._whole is None else text[:_BEGINNING])

    def _show_part(self, whole: str | None) -> None:
        """Have the editor show the beginning of a text, to be read; None for all that it holds."""
        self._whole = whole
        self._part.setVisible(whole is not None)
        self.undo_link.hide()
        self.edit.setReadOnly(whole is not None)
        text = self.tr("The first {shown} of {count} characters; all of them are sent.")
        count = len(whole or "")
        shown = text.format(shown=number(_BEGINNING), count=number(count))
        shorter = self.tr("The first {shown} are shown").format(shown=number(_BEGINNING))
        self.part_label.setText(shown, shorter, "")

    @Slot(str)
    def _take_paste(self, whole: str) -> None:
        """Take a long text that is pasted; the way back is a link, since the editor has none."""
        self._before = self.text
        self.show_text(whole, self._format)
        self.undo_link.show()

    @Slot()
    def _undo_paste(self) -> None:
        self.show_text(self._before, self._format)
        self.edit.setFocus(Qt.FocusReason.OtherFocusReason)

    @Slot()
    def _edit_whole(self) -> None:
        """Show all of it, to be edited, however long that takes."""
        text = self.text
        self._show_part(None)
        self.edit.set_text(text)
        self.edit.setFocus(Qt.FocusReason.OtherFocusReason)

    @Slot(str)
    def _choose_format(self, name: str) -> None:
        """Write it in another format; bytes that are no text stay, and that is said."""
        new = cast("PayloadFormat", name)
        try:
            self.show_text(rewritten_message(self.text, self._format, new), new)
        except CodecError as exc:
            self.formats.show_choice(self._format)
            self._say(sentences(exc.message, exc.hint))

    @Slot()
    def check(self) -> None:
        """Look at what is typed, and say below what is wrong with it."""
        found = check_message(self.text, self._format)
        self.size_label.setText(found.size)
        self.size_label.setVisible(bool(found.size))  # what is no hex has none
        for widget in (self._shape, self.verdict):
            widget.setVisible(bool(found.status))
        if found.status:
            self._shape.set_status(found.status, found.word)
        self.verdict.setText(found.word)
        self.verdict.set_role("ok" if found.status == "passed" else "warn")
        self._say(found.problem, found.brief)
        self.edit.setAccessibleDescription(found.problem or found.word)

    def _say(self, problem: str, brief: str = "") -> None:
        self.problem.setText(problem, *filter(None, [brief]))
        self.problem.setVisible(bool(problem))


def head_row(title: str, buddy: QWidget, note: Label) -> QHBoxLayout:
    """Make the row above a block: its title, a note, and room at the right."""
    row = QHBoxLayout()
    row.setSpacing(6)
    label = Label(title, weight=500)
    label.setBuddy(buddy)
    row.addWidget(label)
    row.addWidget(note)
    row.addStretch(1)
    row.addStrut(_HEAD)
    return row
