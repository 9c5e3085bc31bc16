"""Lines of one height for a plain text editor, whatever the font's own height is."""

from __future__ import annotations

from PySide6.QtCore import QRectF
from PySide6.QtGui import QTextBlock, QTextDocument
from PySide6.QtWidgets import QPlainTextDocumentLayout


class LineLayout(QPlainTextDocumentLayout):
    """Gives every line the same height; the text stands at its top.

    Attributes:
        line_height: In pixels; `set_line_height` changes it.
    """

    def __init__(self, document: QTextDocument, line_height: float) -> None:
        super().__init__(document)
        self.line_height = line_height

    def set_line_height(self, height: float) -> None:
        """Give the lines another height."""
        self.line_height = height
        self.requestUpdate()

    def blockBoundingRect(self, block: QTextBlock) -> QRectF:
        """Give a block the height of its lines, and the last one the margin below."""
        rect = super().blockBoundingRect(block)
        if block.isValid():
            margin = 0.0 if block.next().isValid() else self.document().documentMargin()
            rect.setHeight(self.line_height * max(block.layout().lineCount(), 1) + margin)
        return rect
