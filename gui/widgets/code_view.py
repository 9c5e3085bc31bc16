"""Code to read: rule SQL or JSON in colours, with line numbers where it is a document."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from itertools import accumulate
from typing import Any, Final, Literal, TypeAlias

from PySide6.QtCore import QObject, QPoint, QRect, QSize, Qt, Slot
from PySide6.QtGui import (
    QContextMenuEvent,
    QFont,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
    QTextBlockFormat,
    QTextCharFormat,
    QTextCursor,
    QTextLayout,
    QTextOption,
)
from PySide6.QtWidgets import QFrame, QPlainTextEdit, QTextEdit, QWidget

from gui.theme import current, set_face
from gui.theme.look import EDITOR
from gui.widgets.menu import show_text_menu

Language: TypeAlias = Literal["sql", "json", "template", "simulated", "text"]
"""`template` has `${name}` in it, `simulated` has `{{name}}`."""

_GUTTER: Final = 44
_LONGEST: Final = 20_000
"""Characters that are coloured; beyond, plain text is shown at once instead of late."""

_LONG_RUN: Final = re.compile(r"(?<!\S)\S{4000}")

_PLACEHOLDERS: Final = {"template": r"\$\{[^}]*\}", "simulated": r"\{\{[^{}]*\}\}"}
_KEYS: Final = {"template": "", "simulated": r'|"(?:[^"\\\n]|\\.)*"(?=\s*:)'}
"""Names in an object: a payload is read like those that it makes, a template is a text."""

_PLACEHOLDER: Final = {kind: re.compile(text) for kind, text in _PLACEHOLDERS.items()}
_TEMPLATE: Final = {
    kind: re.compile(
        rf"(?P<path>{text}{_KEYS[kind]})"
        r'|(?P<string>"(?:[^"\\\n]|\\.)*")'
        r"|(?P<number>(?<![\w.-])-?[0-9]+(?:\.[0-9]+)?(?![\w.-]))"
    )
    for kind, text in _PLACEHOLDERS.items()
}

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


def wrap_of(text: str) -> QTextOption.WrapMode:
    """Choose where the lines of a text break: anywhere if it is long and has few spaces.

    Qt looks for the words of such a line again for every line of the window that it is broken
    into, which takes seconds from 60 KB on.
    """
    wrap = QTextOption.WrapMode
    return wrap.WrapAnywhere if _LONG_RUN.search(text) else wrap.WrapAtWordBoundaryOrAnywhere


def show_broken(edit: QTextEdit, text: str, show: Callable[[str], object]) -> None:
    """Have an editor show another text, with its lines broken where that is fast."""
    wrap = wrap_of(text)
    if wrap == QTextOption.WrapMode.WrapAnywhere:
        edit.setWordWrapMode(wrap)
    show(text)
    edit.setWordWrapMode(wrap)  # now: a long text that was here is gone


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
        self._style = EDITOR if numbered else "code_small"
        set_face(self, self._style)
        self.document().setDocumentMargin(current().size("space.s"))
        self._numbers = _Numbers(self) if numbered else None
        if numbered:
            self.setViewportMargins(_GUTTER, 0, 0, 0)
            self.verticalScrollBar().valueChanged.connect(self._repaint_numbers)
            self.cursorPositionChanged.connect(self._repaint_numbers)
            self.document().documentLayout().documentSizeChanged.connect(self._repaint_numbers)
        self._colours = CodeColours(self, language)
        current().changed.connect(self._take_look)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Open the usual menu, in our look."""
        show_text_menu(self, event.globalPos())

    def set_language(self, language: Language) -> None:
        """Take the colours of another language."""
        self._colours.set_language(language)

    def show_code(self, text: str) -> None:
        """Show a text; the place that is scrolled to stays if it is the same."""
        if text != self.toPlainText():
            self.setPlainText(text)
            self._space_lines()
            self._colours.apply()

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

    @Slot()
    def _take_look(self) -> None:
        line = current().face(self._style).line
        if self.document().firstBlock().blockFormat().lineHeight() != line:
            self._space_lines()

    def _space_lines(self) -> None:
        """Give every line the height of the text style."""
        line = current().face(self._style).line
        height = QTextBlockFormat()
        height.setLineHeight(line, QTextBlockFormat.LineHeightTypes.FixedHeight.value)
        cursor = QTextCursor(self.document())
        cursor.beginEditBlock()  # without it choosing the text lays all of it out, one time more
        cursor.select(QTextCursor.SelectionType.Document)
        cursor.mergeBlockFormat(height)
        cursor.endEditBlock()

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


class CodeColours(QObject):
    """Colours an editor's document from one pass of a lexer over its whole text.

    Not a QSyntaxHighlighter: that has the document laid out once for every line it looks at again,
    which takes a second for a thousand lines. The document is asked for anew each time: a Python
    object of it may be cut off by whoever walks along the window's widgets.
    """

    def __init__(self, editor: QTextEdit | QPlainTextEdit, language: Language) -> None:
        super().__init__(editor)
        self._editor = editor
        self._language: Language = language
        self._formats: dict[str, QTextCharFormat] = {}
        self._has_colours = False
        current().changed.connect(self._forget)

    def set_language(self, language: Language) -> None:
        """Colour by another language."""
        if language != self._language:
            self._language = language
            self.apply()

    @Slot()
    def apply(self) -> None:
        """Colour the text as it is now. Cost: about 3 us a character, up to `_LONGEST`."""
        document = self._editor.document()
        text = document.toPlainText()
        is_plain = self._language == "text" or len(text) > _LONGEST
        if is_plain and not self._has_colours:
            return  # a long text has tens of thousands of lines to look at
        self._has_colours = not is_plain
        found = _by_line(text, [] if is_plain else coloured_pieces(text, self._language))
        is_changed = False
        block = document.begin()
        while block.isValid():
            layout, ranges = block.layout(), found.get(block.blockNumber(), [])
            if ranges or layout.formats():
                layout.setFormats([self._range(*piece) for piece in ranges])
                is_changed = True
            block = block.next()
        if is_changed:  # plain text is not laid out once more
            document.markContentsDirty(0, document.characterCount())

    def _range(self, start: int, length: int, colour: str) -> QTextLayout.FormatRange:
        made = QTextLayout.FormatRange()
        made.start, made.length, made.format = start, length, self._format(colour)  # pyright: ignore[reportAttributeAccessIssue] - fields of Qt's struct
        return made

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
        self.apply()


def _by_line(
    text: str, pieces: Iterable[tuple[int, int, str]]
) -> dict[int, list[tuple[int, int, str]]]:
    """Cut pieces at line ends: line number to start, length and colour, in Qt's UTF-16 units."""
    lines = text.split("\n")
    starts = list(accumulate((len(line) + 1 for line in lines), initial=0))
    found: dict[int, list[tuple[int, int, str]]] = {}
    for at, length, colour in pieces:
        end, number = at + length, bisect_right(starts, at) - 1
        while number < len(lines) and starts[number] < end:
            line = lines[number]
            left = max(at - starts[number], 0)
            right = min(end - starts[number], len(line))
            if left < right:
                start = _units(line[:left])
                found.setdefault(number, []).append((start, _units(line[left:right]), colour))
            number += 1
    return found


def _units(text: str) -> int:
    """Count what Qt counts: characters beyond the basic plane are two."""
    return len(text) if text.isascii() else len(text.encode("utf-16-le", "surrogatepass")) // 2


def coloured_pieces(text: str, language: Language) -> Iterator[tuple[int, int, str]]:
    """Give start, length and colour of each coloured piece of a text, in its order."""
    if language in _TEMPLATE:
        yield from _template_pieces(text, language)
        return
    for at, kind, piece in _lexer(language).get_tokens_unprocessed(text):
        colour = _colour_of(kind)
        if colour:
            yield at, len(piece), colour


@cache  # each key in an editor asks for every token of its text
def _colour_of(kind: Any) -> str:
    """Name the colour of a kind of token; empty for that of plain text."""
    name = str(kind)
    return next((colour for start, colour in _COLOURS if name.startswith(start)), "")


def _template_pieces(text: str, language: str) -> Iterator[tuple[int, int, str]]:
    """Colour placeholders, and texts and numbers of JSON around them."""
    for found in _TEMPLATE[language].finditer(text):
        colour = found.lastgroup or ""
        if colour != "string":
            yield found.start(), len(found[0]), colour
            continue
        start = found.start()
        for inner in _PLACEHOLDER[language].finditer(text, found.start(), found.end()):
            yield start, inner.start() - start, "string"
            yield inner.start(), len(inner[0]), "path"
            start = inner.end()
        yield start, found.end() - start, "string"


def _lexer(language: Language) -> Any:
    if language == "sql":
        from core.sql.highlight import RuleSqlLexer

        return RuleSqlLexer()
    from pygments.lexers.data import JsonLexer

    return JsonLexer()
