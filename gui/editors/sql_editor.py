"""The editor of a statement: numbers, colours, brackets, squiggles, and keys that help to write."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import QEvent, QPoint, QRect, QRectF, Qt, Signal, Slot
from PySide6.QtGui import (
    QContextMenuEvent,
    QFocusEvent,
    QKeyEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
    QTextBlock,
    QTextCursor,
)
from PySide6.QtWidgets import QFrame, QPlainTextEdit, QTextEdit, QWidget

from gui.editors.brackets import bracket_pair
from gui.editors.comments import toggled
from gui.editors.line_layout import LineLayout
from gui.editors.positions import from_qt, to_qt
from gui.editors.squiggle import paint_squiggle
from gui.theme import current, set_face
from gui.theme.look import EDITOR
from gui.viewmodels.sql_document import EditorProblem, SqlDocument
from gui.widgets.code_view import CodeColours
from gui.widgets.menu import show_text_menu

_GUTTER: Final = 44
_MARGIN: Final = 7
_SHAPE: Final = 10
_CARET: Final = 2
_INDENT: Final = "  "
_GHOST_LINES: Final = 4


class SqlEditor(QPlainTextEdit):
    """Plain text with the colours of the language; what is wrong comes from the document.

    Tab indents. Esc sets Tab free for once, so that the keyboard can leave; Ctrl+M sets it free
    until it is pressed again. Shift+Tab leaves at once.

    Attributes:
        statement: What is written; the editor and it hold the same text.
        ghost: What an empty statement may begin with; Tab takes it.

    Signals:
        placeChanged: The cursor is elsewhere: line and column, from 1.
        keyTyped: A character was typed.
        escaped: Esc was pressed.
    """

    placeChanged = Signal(int, int)
    keyTyped = Signal()
    escaped = Signal()

    def __init__(self, statement: SqlDocument, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.statement = statement
        self.ghost = ""
        self._is_tab_free = self._leaves_by_tab = False
        self._found: list[tuple[int, int, bool]] = []
        self._coloured = ""
        self._layout = LineLayout(self.document(), current().face(EDITOR).line)
        self.document().setDocumentLayout(self._layout)
        self.document().setDocumentMargin(_MARGIN)
        self._colours = CodeColours(self, "sql")
        self._gutter = _Gutter(self)
        self.setAccessibleName(self.tr("SQL of the rule"))
        self.setAccessibleDescription(
            self.tr("Tab indents; press Esc, then Tab, to leave. Ctrl+Space completes.")
        )
        self.setProperty("kind", "code")
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.setCursorWidth(_CARET)
        self.setViewportMargins(_GUTTER - _MARGIN, 0, 0, 0)
        self.viewport().setMouseTracking(True)
        self._set_font()
        self.setPlainText(statement.text)
        self._recolour()
        self._connect_signals()

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Open the usual menu, in our look."""
        show_text_menu(self, event.globalPos())

    def _connect_signals(self) -> None:
        self.textChanged.connect(self._take_text)
        self.cursorPositionChanged.connect(self._take_place)
        self.updateRequest.connect(self._scroll_gutter)
        self.statement.textChanged.connect(self._take_statement)
        self.statement.checked.connect(self._take_check)
        current().changed.connect(self._take_theme)

    # Places

    @property
    def offset(self) -> int:
        """Where the cursor is, in characters of the text."""
        return from_qt(self.toPlainText(), self.textCursor().position())

    def go_to(self, offset: int) -> None:
        """Put the cursor there, in sight."""
        cursor = self.textCursor()
        cursor.setPosition(to_qt(self.toPlainText(), offset))
        self.setTextCursor(cursor)
        self.ensureCursorVisible()

    def choose(self, start: int, end: int) -> None:
        """Select a part of the text, in sight."""
        text, cursor = self.toPlainText(), self.textCursor()
        cursor.setPosition(to_qt(text, start))
        cursor.setPosition(to_qt(text, end), QTextCursor.MoveMode.KeepAnchor)
        self.setTextCursor(cursor)
        self.ensureCursorVisible()

    def show_found(self, places: Sequence[tuple[int, int]], chosen: int) -> None:
        """Mark places, one of them more than the others; none for -1."""
        self._found = [(*place, number == chosen) for number, place in enumerate(places)]
        self._mark()

    def replace(self, start: int, end: int, text: str, back: int = 0) -> None:
        """Replace a part of the text in one step of undo; the cursor goes behind it.

        Args:
            start: In characters of the text.
            end: Behind the last character that goes.
            text: What comes.
            back: How far before its end the cursor goes.
        """
        whole = self.toPlainText()
        cursor = self.textCursor()
        cursor.setPosition(to_qt(whole, start))
        cursor.setPosition(to_qt(whole, end), QTextCursor.MoveMode.KeepAnchor)
        cursor.insertText(text)
        if back:
            cursor.movePosition(QTextCursor.MoveOperation.Left, n=back)
        self.setTextCursor(cursor)

    def replace_all(self, text: str) -> None:
        """Replace the whole text in one step of undo."""
        self.replace(0, len(self.toPlainText()), text)

    def rect_of(self, offset: int) -> QRect:
        """Tell where a character is: its left edge, and its line's top and height, in pixels."""
        cursor = QTextCursor(self.document())
        cursor.setPosition(to_qt(self.toPlainText(), offset))
        rect = self.cursorRect(cursor)
        height = round(self._layout.line_height)
        top = rect.top() - self._above()
        return QRect(self.viewport().x() + rect.left(), self.viewport().y() + top, 1, height)

    def place_in_window(self, offset: int) -> QRect:
        """Tell where a character is as `rect_of` does, in the pixels of the window."""
        rect = self.rect_of(offset)
        return QRect(self.mapTo(self.window(), rect.topLeft()), rect.size())

    def offset_at(self, point: QPoint) -> int:
        """Tell the character under a point of the viewport."""
        return from_qt(self.toPlainText(), self.cursorForPosition(point).position())

    # Commands

    def toggle_comment(self) -> None:
        """Make the chosen lines comments, or take the marks off; one step of undo."""
        cursor = self.textCursor()
        first = self.document().findBlock(cursor.selectionStart())
        last = self.document().findBlock(cursor.selectionEnd())
        lines = [
            self._line(number) for number in range(first.blockNumber(), last.blockNumber() + 1)
        ]
        made = toggled(lines, is_at_end=not last.next().isValid())
        cursor.setPosition(first.position())
        end = last.position() + last.length() - 1
        cursor.setPosition(end, QTextCursor.MoveMode.KeepAnchor)
        cursor.insertText("\n".join(made))
        self.setTextCursor(cursor)

    def _line(self, number: int) -> str:
        return self.document().findBlockByNumber(number).text()

    # Keys

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Indent by Tab, leave by it after Esc, keep the indent on Enter."""
        key, plain = event.key(), event.modifiers() == Qt.KeyboardModifier.NoModifier
        if key == Qt.Key.Key_Escape:
            self._is_tab_free = True
            self.escaped.emit()
            return
        if key == Qt.Key.Key_M and event.modifiers() == Qt.KeyboardModifier.ControlModifier:
            self._leaves_by_tab = not self._leaves_by_tab
            return
        was_free, self._is_tab_free = self._is_tab_free or self._leaves_by_tab, False
        if key == Qt.Key.Key_Backtab or (key == Qt.Key.Key_Tab and was_free):
            self.focusNextPrevChild(key == Qt.Key.Key_Tab)
        elif key == Qt.Key.Key_Tab and plain:
            self._indent()
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and plain:
            line = self.textCursor().block().text()
            self.insertPlainText("\n" + line[: len(line) - len(line.lstrip())])
            self.ensureCursorVisible()
        else:
            super().keyPressEvent(event)
            if event.text() and event.text().isprintable():
                self.keyTyped.emit()

    def focusNextPrevChild(self, forwards: bool) -> bool:
        """Leave, from what lies over the text as well: Qt's editors keep the focus otherwise."""
        self.setTabChangesFocus(True)
        has_left = super().focusNextPrevChild(forwards)
        self.setTabChangesFocus(False)
        return has_left

    def _indent(self) -> None:
        if not self.toPlainText() and self.ghost:
            self.replace_all(self.ghost)
        else:
            self.insertPlainText(_INDENT)

    def event(self, event: QEvent) -> bool:
        """Take Tab before Qt moves the focus by it."""
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            is_tab = event.key() in (Qt.Key.Key_Tab, Qt.Key.Key_Backtab)
            if is_tab:
                self.keyPressEvent(event)
                return True
        return super().event(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Begin with Tab as an indent."""
        self._is_tab_free = False
        super().focusInEvent(event)

    # What changes

    @Slot()
    def _take_text(self) -> None:
        text = self.toPlainText()
        if text != self._coloured:
            self._recolour()
            self.statement.set_text(text)

    @Slot()
    def _take_statement(self) -> None:
        if self.statement.text != self.toPlainText():
            self.replace_all(self.statement.text)

    @Slot()
    def _take_check(self) -> None:
        self.viewport().update()
        self._gutter.update()

    @Slot()
    def _take_place(self) -> None:
        cursor = self.textCursor()
        self._mark()
        self.viewport().update()
        self._gutter.update()
        self.placeChanged.emit(cursor.blockNumber() + 1, cursor.positionInBlock() + 1)

    @Slot()
    def _take_theme(self) -> None:
        if self._layout.line_height != current().face(EDITOR).line:
            self._set_font()
        self._mark()
        self.viewport().update()
        self._gutter.update()

    def _recolour(self) -> None:
        self._coloured = self.toPlainText()
        self._colours.apply()

    def _mark(self) -> None:
        """Give brackets that belong together, and found text, another ground."""
        text = self.toPlainText()
        marks = [
            (start, end, "find_match" if is_it else "bracket") for start, end, is_it in self._found
        ]
        marks += [(place, place + 1, "bracket") for place in bracket_pair(text, self.offset)]
        self.setExtraSelections([self._selection(text, *mark) for mark in marks])

    def _selection(self, text: str, start: int, end: int, colour: str) -> QTextEdit.ExtraSelection:
        selection = QTextEdit.ExtraSelection()
        cursor = QTextCursor(self.document())
        cursor.setPosition(to_qt(text, start))
        cursor.setPosition(to_qt(text, end), QTextCursor.MoveMode.KeepAnchor)
        selection.cursor = cursor  # pyright: ignore[reportAttributeAccessIssue] - Qt's struct
        selection.format.setBackground(current().colour(colour))  # pyright: ignore[reportAttributeAccessIssue] - Qt's struct
        return selection

    def _set_font(self) -> None:
        set_face(self, EDITOR)
        self._layout.set_line_height(current().face(EDITOR).line)
        self.document().markContentsDirty(0, self.document().characterCount())
        self._gutter.update()

    # Painting

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the numbers at the left edge."""
        super().resizeEvent(event)
        self._gutter.setGeometry(QRect(0, 0, _GUTTER, self.height()))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the current line below the text, squiggles and the ghost over it."""
        painter = QPainter(self.viewport())
        top = self.cursorRect().top() - self._above()
        line = QRect(0, top, self.viewport().width(), round(self._layout.line_height))
        painter.fillRect(line, current().colour("current_line"))
        self._paint_guides(painter)
        painter.end()
        super().paintEvent(event)
        painter = QPainter(self.viewport())
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self.ghost and not self.toPlainText():
            self._paint_ghost(painter)
        elif self.statement.is_checked:
            for problem in self.statement.problems:
                self._paint_problem(painter, problem)

    def paint_gutter(self, painter: QPainter) -> None:
        """Paint the numbers of the lines that can be seen, and the shapes of problems."""
        theme, height = current(), round(self._layout.line_height)
        painter.fillRect(QRect(0, 0, _GUTTER, self.height()), theme.colour("surface2"))
        painter.setFont(self.font())
        wrong = self._worst_by_line()
        block, here = self.firstVisibleBlock(), self.textCursor().blockNumber()
        while block.isValid():
            top = self._top_of(block) - self._above()
            if top > self.height():
                break
            is_here = block.blockNumber() == here
            ground = "current_line" if is_here else "surface2"
            if is_here:
                painter.fillRect(QRect(0, top, _GUTTER, height), theme.colour(ground))
            painter.setPen(theme.colour("text1" if is_here else "syntax.gutter"))
            number = str(block.blockNumber() + 1)
            left = _GUTTER - 10 - self.fontMetrics().horizontalAdvance(number)
            painter.drawText(left, self._top_of(block) + self.fontMetrics().ascent(), number)
            status = wrong.get(block.blockNumber() + 1)
            if status:
                shape = QRectF(6, top + (height - _SHAPE) / 2, _SHAPE, _SHAPE)
                theme.paint_state(painter, shape, status, ground)
            block = block.next()

    def _paint_problem(self, painter: QPainter, problem: EditorProblem) -> None:
        """Paint the wave under each line of a problem."""
        text = self.toPlainText()
        start, end = to_qt(text, problem.start), to_qt(text, min(problem.end, len(text)))
        block = self.document().findBlock(start)
        colour = current().colour(f"syntax.{problem.severity}")
        while block.isValid() and block.position() < end:
            line = block.layout().lineAt(0)
            if not line.isValid():
                break
            first = max(start - block.position(), 0)
            last = min(end - block.position(), max(block.length() - 1, first + 1))
            left = self.contentOffset().x() + _x(line.cursorToX(first))
            right = self.contentOffset().x() + _x(line.cursorToX(last))
            baseline = self._top_of(block) + line.ascent()
            paint_squiggle(painter, left, max(right, left + 6), baseline + 3, colour)
            block = block.next()

    def _paint_guides(self, painter: QPainter) -> None:
        """Paint a line down each step of an indent that is deeper than one."""
        step = self.fontMetrics().horizontalAdvance(_INDENT)
        left = round(self.contentOffset().x() + self.document().documentMargin())
        height, block = round(self._layout.line_height), self.firstVisibleBlock()
        while block.isValid():
            top = self._top_of(block) - self._above()
            if top > self.height():
                break
            text = block.text()
            depth = (len(text) - len(text.lstrip(" "))) // len(_INDENT)
            for number in range(1, depth):
                guide = QRect(left + number * step, top, 1, height)
                painter.fillRect(guide, current().colour("border"))
            block = block.next()

    def _paint_ghost(self, painter: QPainter) -> None:
        painter.setFont(self.font())
        painter.setPen(current().colour("syntax.comment"))
        left, top = round(self.cursorRect().left()), self.cursorRect().top() - self._above()
        height = round(self._layout.line_height)
        for number, line in enumerate(self.ghost.split("\n")[:_GHOST_LINES]):
            box = QRect(left, top + number * height, self.viewport().width(), height)
            painter.drawText(box, Qt.AlignmentFlag.AlignVCenter, line)

    def _above(self) -> int:
        """Tell by how much a line begins above its text, so that the text stands in its middle."""
        return round((self._layout.line_height - self.fontMetrics().height()) / 2)

    def _top_of(self, block: QTextBlock) -> int:
        return round(self.blockBoundingGeometry(block).translated(self.contentOffset()).top())

    def _worst_by_line(self) -> dict[int, str]:
        found: dict[int, str] = {}
        if self.statement.is_checked:
            for problem in self.statement.problems:
                if problem.severity == "error" or problem.line not in found:
                    found[problem.line] = "failed" if problem.severity == "error" else "degraded"
        return found

    @Slot(QRect, int)
    def _scroll_gutter(self, _rect: QRect, _dy: int) -> None:
        self._gutter.update()


class _Gutter(QWidget):
    """Where the numbers are; the editor paints it."""

    def __init__(self, editor: SqlEditor) -> None:
        super().__init__(editor)
        self._editor = editor

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Have the editor paint."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(current().colour("syntax.gutter")))
        self._editor.paint_gutter(painter)


def _x(found: object) -> float:
    """Take the x of `cursorToX`, which PySide gives with the position that it used."""
    return float(found[0]) if isinstance(found, tuple) else float(found)  # type: ignore[arg-type]
