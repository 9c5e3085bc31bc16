"""A field for a template: text with its placeholders in colours, on one line or a few."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QMimeData, QSize, Qt, Signal, Slot
from PySide6.QtGui import QFocusEvent, QKeyEvent, QResizeEvent, QTextOption
from PySide6.QtWidgets import QSizePolicy, QWidget

from gui.theme import current
from gui.widgets.code_edit import CodeEdit
from gui.widgets.code_view import Language

_AROUND: Final = 6
"""Outline and padding above and below what the document takes."""


class TemplateEdit(CodeEdit):
    """Grows with its text up to some lines. Tab leaves it; Enter is text only where lines are.

    Signals:
        edited: The text, after each change by the user.
        left: The keyboard has gone elsewhere.
        entered: The keyboard is here.
    """

    edited = Signal(object)
    left = Signal()
    entered = Signal()

    style_name = "code_small"

    def __init__(
        self,
        name: str,
        *,
        lines: int = 1,
        small: bool = False,
        language: Language = "template",
        parent: QWidget | None = None,
    ) -> None:
        """Make it.

        Args:
            name: What a screen reader calls it.
            lines: How many it has at most before it scrolls.
            small: Whether one line is 26 high instead of 30.
            language: Whose placeholders, `template` or `simulated`.
            parent: Qt's owner.
        """
        self._lines, self._value = lines, ""  # the base shows a first text already
        self._height = "height.control_small" if small else "height.control"
        super().__init__(name, language, parent)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        if lines == 1:
            self.setWordWrapMode(QTextOption.WrapMode.NoWrap)
        self.set_text("")
        self.textChanged.connect(self._take_text)
        current().changed.connect(self._centre)

    def set_text(self, text: str) -> None:
        """Show another text, in the middle of the field's height."""
        self._value = text
        super().set_text(text)
        self._centre()
        self.document().clearUndoRedoStacks()

    @Slot()
    def _centre(self) -> None:
        frame = self.document().rootFrame().frameFormat()
        above = max(self._space // 2 - 1, 0)
        below = max(self._space - above, 0)
        if (frame.topMargin(), frame.bottomMargin()) != (above, below):
            frame.setTopMargin(above)
            frame.setBottomMargin(below)
            self.document().rootFrame().setFrameFormat(frame)
        self._fit()

    def show_value(self, value: object) -> None:
        """Show a value, unless it is there already."""
        text = "" if value is None else str(value)
        if text != self.toPlainText():
            self.set_text(text)

    def insert(self, text: str) -> None:
        """Put a text where the caret is."""
        self.textCursor().insertText(text)

    def sizeHint(self) -> QSize:
        """Ask for the lines there are."""
        shown = max(min(self._shown_lines(), self._lines), 1)
        return QSize(120, shown * self._line + self._space + _AROUND)

    def minimumSizeHint(self) -> QSize:
        """Do with little width."""
        return QSize(40, self.sizeHint().height())

    def insertFromMimeData(self, source: QMimeData) -> None:
        """Paste; on one line, line ends become blanks."""
        text = source.text()
        self.insert(" ".join(text.splitlines()) if self._lines == 1 else text)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Leave Enter to the form where there is one line."""
        if self._lines == 1 and event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            event.ignore()
        else:
            super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Tell that it was entered."""
        super().focusInEvent(event)
        self.entered.emit()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Tell that it was left."""
        super().focusOutEvent(event)
        self.left.emit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Fit the height to the lines that the new width makes."""
        super().resizeEvent(event)
        self._fit()

    @property
    def _line(self) -> int:
        return current().face(self.style_name).line

    @property
    def _space(self) -> int:
        return current().size(self._height) - _AROUND - self._line

    def _shown_lines(self) -> int:
        height = self.document().size().height() - self._space
        return round(height / self._line)

    def _fit(self) -> None:
        wanted = self.sizeHint().height()
        if wanted != self.height() or wanted != self.maximumHeight():
            self.setFixedHeight(wanted)
        has_more = self._lines > 1 and self._shown_lines() > self._lines
        policy = Qt.ScrollBarPolicy
        self.setVerticalScrollBarPolicy(
            policy.ScrollBarAsNeeded if has_more else policy.ScrollBarAlwaysOff
        )

    @Slot()
    def _take_text(self) -> None:
        text = self.toPlainText()
        if text != self._value:  # colours alone are no change
            self._value = text
            self._fit()
            self.edited.emit(text)
