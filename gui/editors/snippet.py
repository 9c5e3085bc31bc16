"""The parts of a statement that was written at once, to be gone through by Tab."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent, QTextCursor

from gui.editors.positions import to_qt
from gui.editors.sql_editor import SqlEditor


class Snippet(QObject):
    """Tab goes to the next part and chooses it, Shift+Tab to the one before.

    It ends with the last part, by Esc, and when the cursor leaves the statement that was written.
    Owned by its editor.
    """

    def __init__(self, editor: SqlEditor) -> None:
        super().__init__(editor)
        self._editor = editor
        self._stops: list[QTextCursor] = []
        self._at = 0
        editor.installEventFilter(self)

    def begin(self, start: int, stops: tuple[tuple[int, int], ...]) -> None:
        """Go to the first part.

        Args:
            start: Where the text was written, in characters.
            stops: Its parts from there, from and to.
        """
        text, self._stops = self._editor.toPlainText(), []
        for first, last in stops:
            cursor = QTextCursor(self._editor.document())
            cursor.setPosition(to_qt(text, start + first))
            cursor.setPosition(to_qt(text, start + last), QTextCursor.MoveMode.KeepAnchor)
            self._stops.append(cursor)
        self._go(0)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Take Tab while there are parts."""
        if self._stops and event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            key = event.key()
            if key == Qt.Key.Key_Escape:
                self._stops = []
            elif key in (Qt.Key.Key_Tab, Qt.Key.Key_Backtab) and self._is_inside():
                self._go(self._at + (1 if key == Qt.Key.Key_Tab else -1))
                return True
        return super().eventFilter(watched, event)

    def _is_inside(self) -> bool:
        """Tell whether the cursor is still where the parts are; if not, there are none any more."""
        place = self._editor.textCursor().position()
        ends = [cursor.selectionEnd() for cursor in self._stops]
        if not self._stops[0].selectionStart() <= place <= max(ends):
            self._stops = []
        return bool(self._stops)

    def _go(self, at: int) -> None:
        self._at = max(at, 0)
        self._editor.setTextCursor(self._stops[self._at])
        self._editor.ensureCursorVisible()
        if self._at == len(self._stops) - 1:
            self._stops = []
