"""Finds words in a statement, and replaces them: a row above the text that Esc closes."""

from __future__ import annotations

import re
from typing import Final

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from gui.editors.sql_editor import SqlEditor
from gui.theme import current
from gui.widgets.buttons import IconButton, SecondaryButton
from gui.widgets.fields import LineField
from gui.widgets.frames import Ground, Line
from gui.widgets.labels import Label

_BESIDE_WORDS: Final = 18
_HEIGHT: Final = 36
_COUNT: Final = 72
_MOST: Final = 1_000


class FindBar(Ground):
    """36 high. Enter goes to the next place, Shift+Enter to the one before.

    Capital letters in what is looked for make it look at them; else they do not matter.

    Signals:
        closed: Enough of it: the keyboard belongs into the text.
    """

    closed = Signal()

    def __init__(self, editor: SqlEditor, parent: QWidget | None = None) -> None:
        super().__init__("surface_alt", parent)
        self._editor = editor
        self._places: list[tuple[int, int]] = []
        self._at = -1
        self.field = LineField(self.tr("Find"), style="code_small", small=True)
        self.field.setPlaceholderText(self.tr("Find"))
        self.count = Label(style="small", role="text3")
        self.previous = IconButton("chevron-up", self.tr("Previous place"))
        self.next = IconButton("chevron-down", self.tr("Next place"))
        self.replacement = LineField(self.tr("Replace by"), style="code_small", small=True)
        self.replacement.setPlaceholderText(self.tr("Replace by"))
        self.replacement.setToolTip(self.tr("Replace by"))
        words = self.replacement.fontMetrics().horizontalAdvance(self.replacement.placeholderText())
        self.replacement.setMinimumWidth(words + _BESIDE_WORDS)
        self.replace_one = SecondaryButton(self.tr("Replace"))
        self.replace_all = SecondaryButton(self.tr("All"))
        self.replace_all.setAccessibleName(self.tr("Replace all"))
        self.close_button = IconButton("x", self.tr("Close"))
        self._lay_out()
        self._connect_signals()
        self.hide()

    def _lay_out(self) -> None:
        self.setFixedHeight(_HEIGHT)
        row = QHBoxLayout()
        row.setContentsMargins(14, 0, current().size("space.s"), 0)
        row.setSpacing(current().size("space.xs"))
        for button in (self.replace_one, self.replace_all):
            button.set_small()
        self.count.setMinimumWidth(_COUNT)
        row.addWidget(self.field, 3)
        row.addWidget(self.count)
        for widget in (self.previous, self.next):
            row.addWidget(widget)
        row.addSpacing(current().size("space.s"))
        row.addWidget(self.replacement, 3)
        for widget in (self.replace_one, self.replace_all, self.close_button):
            row.addWidget(widget)
        row.addStrut(_HEIGHT - 1)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(0)
        outer.addLayout(row)
        outer.addWidget(Line())

    def _connect_signals(self) -> None:
        self.field.textChanged.connect(self._look)
        self.next.clicked.connect(lambda: self.go(1))
        self.previous.clicked.connect(lambda: self.go(-1))
        self.replace_one.clicked.connect(self._replace)
        self.replace_all.clicked.connect(self._replace_all)
        self.replacement.returnPressed.connect(self._replace)
        self.close_button.clicked.connect(self.close_bar)
        self._editor.textChanged.connect(self._take_text)

    def open(self) -> None:
        """Show it, with what is selected in the text as what is looked for."""
        chosen = self._editor.textCursor().selectedText()
        if chosen and "\u2029" not in chosen:
            self.field.setText(chosen)
        self.show()
        self.field.selectAll()
        self.field.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self._look()

    @Slot()
    def close_bar(self) -> None:
        """Hide it and its marks."""
        self.hide()
        self._editor.show_found([], -1)
        self.closed.emit()

    def go(self, step: int) -> None:
        """Go to the next place (1) or the one before (-1), around the ends."""
        if self._places:
            self._at = (self._at + step) % len(self._places)
            self._show()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Close by Esc, go on by Enter."""
        if event.key() == Qt.Key.Key_Escape:
            self.close_bar()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.field.hasFocus():
            is_back = event.modifiers() & Qt.KeyboardModifier.ShiftModifier
            self.go(-1 if is_back else 1)
        else:
            super().keyPressEvent(event)

    @Slot()
    def _look(self) -> None:
        """Find all places, and begin at the first one from the cursor on."""
        self._find()
        here = self._editor.textCursor().selectionStart()
        ahead = (n for n, (start, _) in enumerate(self._places) if start >= here)
        self._at = next(ahead, 0) if self._places else -1
        self._show()

    def _find(self) -> None:
        wanted = self.field.text()
        flags = re.NOFLAG if wanted != wanted.lower() else re.IGNORECASE
        found = re.finditer(re.escape(wanted), self._editor.toPlainText(), flags) if wanted else ()
        self._places = [match.span() for match in found][:_MOST]

    @Slot()
    def _take_text(self) -> None:
        """Follow what is written meanwhile; the cursor stays where it is."""
        if self.isVisible():
            self._find()
            self._at = min(self._at, len(self._places) - 1)
            self._editor.show_found(self._places, self._at)
            self._tell()

    def _show(self) -> None:
        self._editor.show_found(self._places, self._at)
        if self._at >= 0:
            self._editor.choose(*self._places[self._at])
        self._tell()

    def _tell(self) -> None:
        has_some = bool(self._places)
        text = self.tr("{place} of {count}").format(place=self._at + 1, count=len(self._places))
        nothing = self.tr("nothing found") if self.field.text() else ""
        self.count.setText(text if has_some else nothing)
        for button in (self.previous, self.next, self.replace_one, self.replace_all):
            button.setEnabled(has_some)

    @Slot()
    def _replace(self) -> None:
        """Replace the place that is marked, and go on."""
        if self._at >= 0:
            start, end = self._places[self._at]
            self._editor.replace(start, end, self.replacement.text())
            self._look()

    @Slot()
    def _replace_all(self) -> None:
        """Replace all places in one step of undo."""
        text, parts, at = self._editor.toPlainText(), [], 0
        for start, end in self._places:
            parts += [text[at:start], self.replacement.text()]
            at = end
        self._editor.replace_all("".join([*parts, text[at:]]))
