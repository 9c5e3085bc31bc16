"""Code to read: rule SQL or JSON in colours, with line numbers where it is a document."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from typing import Any, Final, Literal, TypeAlias

from PySide6.QtCore import QPoint, QRect, QSize, Qt, Slot
from PySide6.QtGui import (
    QFont,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
    QSyntaxHighlighter,
    QTextBlockFormat,
    QTextCharFormat,
    QTextCursor,
    QTextDocument,
)
from PySide6.QtWidgets import QFrame, QTextEdit, QWidget

from gui.theme import current
from gui.theme.tokens import tokens

Language: TypeAlias = Literal["sql", "json", "text"]

_GUTTER: Final = 44
_LONGEST: Final = 200_000
"""Characters that are coloured; beyond, plain text is shown at once instead of late."""

_COLOURS: Final = (
    ("Token.Comment", "comment"),
    ("Token.Keyword", "keyword"),
    ("Token.Operator.Word", "keyword"),
    ("Token.Operator", "operator"),
    ("Token.Punctuation", "operator"),
    ("Token.Name.Function", "function"),
    ("Token.Name.Attribute", "path"),
    ("Token.Name.Tag", "path"),
    ("Token.Literal.String.Symbol", "path"),
    ("Token.Literal.String", "string"),
    ("Token.Literal.Number", "number"),
    ("Token.Name", "column"),
)


class CodeView(QTextEdit):
    """Read-only code. Tab leaves it; arrow keys scroll it; its text can be selected and copied."""

    def __init__(
        self,
        name: str,
        language: Language,
        *,
        numbered: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        """Make it.

        Args:
            name: What a screen reader calls it.
            language: Whose colours.
            numbered: Whether lines carry their numbers.
            parent: Qt's owner.
        """
        super().__init__(parent)
        self.setAccessibleName(name)
        self.setReadOnly(True)
        self.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse
            | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self.setTabChangesFocus(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setLineWrapMode(QTextEdit.LineWrapMode.NoWrap)
        self.setFont(current().font("code" if numbered else "code_small"))
        self.document().setDocumentMargin(current().size("space.s"))
        self._numbers = _Numbers(self) if numbered else None
        if numbered:
            self.setViewportMargins(_GUTTER, 0, 0, 0)
            self.verticalScrollBar().valueChanged.connect(self._repaint_numbers)
            self.cursorPositionChanged.connect(self._repaint_numbers)
            self.document().documentLayout().documentSizeChanged.connect(self._repaint_numbers)
        self._colours = CodeColours(self.document(), language)

    def show_code(self, text: str) -> None:
        """Show a text; the place that is scrolled to stays if it is the same."""
        if text != self.toPlainText():
            self._colours.lex(text)
            self.setPlainText(text)
            self._space_lines()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the numbers at the left edge."""
        super().resizeEvent(event)
        if self._numbers is not None:
            self._numbers.setGeometry(QRect(0, 0, _GUTTER, self.height()))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the text, and a ring while the keyboard is here."""
        super().paintEvent(event)
        if self.hasFocus():
            painter = QPainter(self.viewport())
            width = current().size("line.focus")
            painter.setPen(QPen(current().colour("focus"), width))
            painter.drawRect(self.viewport().rect().adjusted(1, 1, -1, -1))

    def paint_numbers(self, painter: QPainter) -> None:
        """Paint the numbers of the lines that can be seen."""
        theme, layout = current(), self.document().documentLayout()
        painter.fillRect(QRect(0, 0, _GUTTER, self.height()), theme.colour("surface2"))
        painter.setFont(self.font())
        top = self.verticalScrollBar().value()
        block = self.cursorForPosition(QPoint(0, 0)).block()
        current_line = self.textCursor().blockNumber()
        while block.isValid():
            rect = layout.blockBoundingRect(block).translated(0, -top)
            if rect.top() > self.height():
                break
            role = "text1" if block.blockNumber() == current_line else "syntax.gutter"
            painter.setPen(theme.colour(role))
            box = QRect(0, round(rect.top()), _GUTTER - 10, round(rect.height()))
            painter.drawText(
                box,
                Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter,
                str(block.blockNumber() + 1),
            )
            block = block.next()

    def _space_lines(self) -> None:
        """Give every line the height of the text style."""
        style = "code" if self._numbers is not None else "code_small"
        height = QTextBlockFormat()
        height.setLineHeight(
            tokens().faces[style].line, QTextBlockFormat.LineHeightTypes.FixedHeight.value
        )
        cursor = QTextCursor(self.document())
        cursor.select(QTextCursor.SelectionType.Document)
        cursor.mergeBlockFormat(height)

    @Slot()
    def _repaint_numbers(self) -> None:
        if self._numbers is not None:
            self._numbers.update()


class _Numbers(QWidget):
    """The gutter; the view paints it."""

    def __init__(self, view: CodeView) -> None:
        super().__init__(view)
        self._view = view

    def sizeHint(self) -> QSize:
        """Take the gutter's width."""
        return QSize(_GUTTER, 0)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Have the view paint."""
        self._view.paint_numbers(QPainter(self))


class CodeColours(QSyntaxHighlighter):
    """Colours a document from one pass of a lexer over its whole text."""

    def __init__(self, document: QTextDocument, language: Language) -> None:
        super().__init__(document)
        self._language: Language = language
        self._starts: list[int] = []
        self._pieces: list[tuple[int, int, str]] = []
        self._formats: dict[str, QTextCharFormat] = {}
        current().changed.connect(self._forget)

    def lex(self, text: str) -> None:
        """Take the text that the document will have."""
        is_plain = self._language == "text" or len(text) > _LONGEST
        self._pieces = [] if is_plain else list(_pieces(text, self._language))
        self._starts = [at for at, _, _ in self._pieces]

    def highlightBlock(self, text: str) -> None:
        """Colour one line."""
        start = self.currentBlock().position()
        place = max(bisect_right(self._starts, start) - 1, 0)
        for number in range(place, len(self._pieces)):
            at, length, colour = self._pieces[number]
            if at >= start + len(text):
                break
            left, right = max(at, start), min(at + length, start + len(text))
            if left < right:
                self.setFormat(left - start, right - left, self._format(colour))

    def _format(self, colour: str) -> QTextCharFormat:
        if colour not in self._formats:
            made = QTextCharFormat()
            made.setForeground(current().colour(f"syntax.{colour}"))
            if colour == "keyword":
                made.setFontWeight(QFont.Weight.DemiBold)
            if colour == "comment":
                made.setFontItalic(True)
            self._formats[colour] = made
        return self._formats[colour]

    @Slot()
    def _forget(self) -> None:
        self._formats = {}
        self.rehighlight()


def _pieces(text: str, language: Language) -> Iterator[tuple[int, int, str]]:
    """Give start, length and colour of each coloured piece."""
    for at, kind, piece in _lexer(language).get_tokens_unprocessed(text):
        name = str(kind)
        colour = next((colour for start, colour in _COLOURS if name.startswith(start)), "")
        if colour:
            yield at, len(piece), colour


def _lexer(language: Language) -> Any:
    if language == "sql":
        from core.sql.highlight import RuleSqlLexer

        return RuleSqlLexer()
    from pygments.lexers.data import JsonLexer

    return JsonLexer()
