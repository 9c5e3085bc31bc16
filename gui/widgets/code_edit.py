"""A field for code of several lines, in colours: payloads, values and templates."""

from __future__ import annotations

from functools import partial
from typing import Final

from PySide6.QtCore import QMimeData, QTimer, Signal, Slot
from PySide6.QtGui import QContextMenuEvent, QTextBlockFormat, QTextCursor, QTextOption
from PySide6.QtWidgets import QFrame, QTextEdit, QWidget

from gui.theme import current, set_face
from gui.theme.look import EDITOR
from gui.widgets.code_view import CodeColours, Language, show_broken, wrap_of
from gui.widgets.fields import show_problem
from gui.widgets.menu import show_text_menu

_PAUSE_MS: Final = 150
_ABOVE: Final = 3


class CodeEdit(QTextEdit):
    """Plain text to type into. Tab leaves it.

    Signals:
        settled: The text has not changed for a moment; what is slow may look at it now.
        longPasted: What the text would be by a paste that would make it longer than `longest`,
            which has not been done.

    Attributes:
        longest: Characters that a paste may lead to; None for any number.
    """

    settled = Signal()
    longPasted = Signal(str)

    longest: int | None = None

    style_name = EDITOR

    def __init__(self, name: str, language: Language, parent: QWidget | None = None) -> None:
        """Make it.

        Args:
            name: What a screen reader calls it.
            language: Whose colours.
            parent: Qt's owner.
        """
        super().__init__(parent)
        self.setAccessibleName(name)
        self.setProperty("kind", "field")
        self.setAcceptRichText(False)
        self.setTabChangesFocus(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        set_face(self, self.style_name)
        self.document().setDocumentMargin(current().size("space.s") - 1)
        self._colours = CodeColours(self, language)
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(_PAUSE_MS)
        self._pause.timeout.connect(self._settle)
        self._text = ""
        self.set_text("")
        self.textChanged.connect(self._notice)
        current().changed.connect(self._take_look)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Open the usual menu, in our look."""
        show_text_menu(self, event.globalPos())

    def insertFromMimeData(self, source: QMimeData) -> None:
        """Paste; lines of a text that has long ones break where they may."""
        pasted = source.text()
        if self.longest is not None and len(pasted) + len(self._text) > self.longest:
            whole = self._with_pasted(pasted)
            if len(whole) > self.longest:
                self.longPasted.emit(whole)
                return
        self._break_long(pasted)
        super().insertFromMimeData(source)

    def set_text(self, text: str) -> None:
        """Show another text; what was done before cannot be undone. Cost: 0.1 s a megabyte."""
        cursor = QTextCursor(self.document())
        cursor.beginEditBlock()  # without it a long text is laid out five times over
        show_broken(self, text, partial(_replace, cursor))
        self._space_lines()
        frame = self.document().rootFrame().frameFormat()
        frame.setTopMargin(_ABOVE)
        frame.setBottomMargin(_ABOVE)
        self.document().rootFrame().setFrameFormat(frame)
        cursor.endEditBlock()
        self.moveCursor(QTextCursor.MoveOperation.Start)
        self.document().clearUndoRedoStacks()
        self._settle()

    def set_problem(self, problem: str) -> None:
        """Say what is wrong with the text; empty when it is right."""
        show_problem(self, problem)

    def _with_pasted(self, pasted: str) -> str:
        """Give the text as it would be with another in place of what is selected."""
        cursor = QTextCursor(self.textCursor())
        start, end = cursor.selectionStart(), cursor.selectionEnd()
        cursor.setPosition(0)
        cursor.setPosition(start, QTextCursor.MoveMode.KeepAnchor)
        before = cursor.selection().toPlainText()
        cursor.setPosition(end)
        cursor.movePosition(QTextCursor.MoveOperation.End, QTextCursor.MoveMode.KeepAnchor)
        return before + pasted + cursor.selection().toPlainText()

    def _break_long(self, text: str) -> None:
        """Break lines anywhere from now on if a text needs it; undoing may bring it back."""
        if wrap_of(text) == QTextOption.WrapMode.WrapAnywhere:
            self.setWordWrapMode(QTextOption.WrapMode.WrapAnywhere)

    @Slot()
    def _take_look(self) -> None:
        line = current().face(self.style_name).line
        if self.document().firstBlock().blockFormat().lineHeight() != line:
            self._space_lines()

    def _space_lines(self) -> None:
        """Give every line the height of the text style."""
        line = current().face(self.style_name).line
        height = QTextBlockFormat()
        height.setLineHeight(line, QTextBlockFormat.LineHeightTypes.FixedHeight.value)
        cursor = QTextCursor(self.document())
        cursor.select(QTextCursor.SelectionType.Document)
        cursor.mergeBlockFormat(height)

    @Slot()
    def _notice(self) -> None:
        if self.toPlainText() != self._text:  # colours alone are no change
            self._pause.start()

    @Slot()
    def _settle(self) -> None:
        self._pause.stop()
        self._text = self.toPlainText()
        self._break_long(self._text)
        self._colours.apply()
        self.settled.emit()


def _replace(cursor: QTextCursor, text: str) -> None:
    cursor.select(QTextCursor.SelectionType.Document)
    cursor.insertText(text)
