"""Completion in an editor: when the list opens, which keys it takes, what a choice writes."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QEvent, QObject, Qt, Signal, Slot
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent, QKeyEvent

from gui.editors.completion_popup import CompletionPopup
from gui.editors.snippet import Snippet
from gui.editors.sql_editor import SqlEditor
from gui.viewmodels.completion import Candidate, complete
from gui.viewmodels.payload_fields import PayloadFields

_PAGE: Final = 8
_STEPS: Final = {
    Qt.Key.Key_Up: -1,
    Qt.Key.Key_Down: 1,
    Qt.Key.Key_PageUp: -_PAGE,
    Qt.Key.Key_PageDown: _PAGE,
}
_ACCEPTING: Final = (Qt.Key.Key_Tab, Qt.Key.Key_Return, Qt.Key.Key_Enter)
_OPENING: Final = frozenset("._\"'")
_GOES_ON: Final = frozenset({"FROM ", "SELECT ", "WHERE "})


class Completer(QObject):
    """Opens the list while words are typed and at Ctrl+Space; owned by its editor.

    Attributes:
        suggests: Whether it opens while words are typed.

    Signals:
        functionWritten: The cursor is between the brackets of a call.
    """

    functionWritten = Signal()

    def __init__(self, editor: SqlEditor, fields: PayloadFields) -> None:
        super().__init__(editor)
        self._editor, self._fields = editor, fields
        self._popup: CompletionPopup | None = None
        self._cursor = 0
        self.suggests = True
        self._snippet = Snippet(editor)
        editor.installEventFilter(self)
        editor.keyTyped.connect(self._take_key)
        editor.cursorPositionChanged.connect(self._take_move)
        editor.verticalScrollBar().valueChanged.connect(self.close)
        editor.destroyed.connect(self._forget)

    @property
    def popup(self) -> CompletionPopup:
        """The list; it is made for the window that the editor is in when it is first needed."""
        if self._popup is None:
            self._popup = CompletionPopup(self._editor.window())
            self._popup.chosen.connect(self.accept)
            self._popup.announced.connect(self._announce)
        return self._popup

    @property
    def is_open(self) -> bool:
        """Whether the list is shown."""
        return self._popup is not None and self._popup.isVisible()

    @Slot()
    def open(self) -> None:
        """Show everything that fits at the cursor."""
        self._show(is_asked=True)

    @Slot()
    def close(self) -> None:
        """Hide the list."""
        if self._popup is not None:
            self._popup.hide()

    @Slot(object)
    def accept(self, candidate: Candidate) -> None:
        """Write a candidate in place of the word."""
        completions = self.popup.model.completions
        self.close()
        editor = self._editor
        text, back = candidate.text, candidate.back
        behind = editor.toPlainText()[editor.offset : editor.offset + 1]
        if candidate.kind == "function" and behind == "(":
            text, back = candidate.label, 0
        end = editor.offset + (candidate.kind == "topic" and behind == '"')
        editor.replace(completions.start, end, text, back)
        if candidate.stops:
            self._snippet.begin(completions.start, candidate.stops)
        if candidate.kind == "function":
            self.functionWritten.emit()
        if text in _GOES_ON:
            self._show(is_asked=True)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Take the keys that move in the list while it is open; close it with the focus gone."""
        if event.type() == QEvent.Type.FocusOut:
            self.close()
        elif event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent) and self.is_open:
            return self._take_list_key(Qt.Key(event.key()))
        return super().eventFilter(watched, event)

    def _take_list_key(self, key: Qt.Key) -> bool:
        candidate = self.popup.candidate
        if key in _STEPS:
            self.popup.move_choice(_STEPS[key])
        elif key in _ACCEPTING and candidate is not None:
            self.accept(candidate)
        elif key == Qt.Key.Key_Escape:
            self.close()
        else:
            return False
        return True

    @Slot()
    def _take_key(self) -> None:
        """Look for what fits behind letters, points and quotes; elsewhere nobody waits for it."""
        before = self._editor.toPlainText()[: self._editor.offset][-1:]
        if self.suggests and (before.isalnum() or before in _OPENING):
            self._show(is_asked=False)
        else:
            self.close()

    @Slot()
    def _take_move(self) -> None:
        """Follow a word that becomes shorter; close when the cursor leaves it."""
        if not self.is_open:
            return
        place = self._editor.offset
        if place < self.popup.model.completions.start or abs(place - self._cursor) > 1:
            self.close()
        elif place < self._cursor:
            self._show(is_asked=True)

    def _show(self, *, is_asked: bool) -> None:
        editor = self._editor
        text, self._cursor = editor.toPlainText(), editor.offset
        found = complete(text, self._cursor, self._fields)
        if found is None or not (is_asked or found.prefix or found.is_at_once):
            self.close()
            return
        self.popup.show_at(found, editor.place_in_window(found.start))

    @Slot(str)
    def _announce(self, text: str) -> None:
        """Have a screen reader say it: the list never has the focus, which would be said else."""
        QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(self._editor, text))

    @Slot()
    def _forget(self) -> None:
        if self._popup is not None:
            self._popup.deleteLater()
