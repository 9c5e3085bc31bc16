"""The Log page of the bottom dock: the bridge's lines, to follow, filter and copy."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QContextMenuEvent, QPainter, QPaintEvent, QPen, QTextCursor
from PySide6.QtWidgets import (
    QApplication,
    QFrame,
    QHBoxLayout,
    QPlainTextEdit,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from gui.theme import current, set_face
from gui.viewmodels.log import MOST_LINES, LogViewModel
from gui.viewmodels.words import number
from gui.widgets.buttons import IconButton
from gui.widgets.empty_state import SmallEmptyState
from gui.widgets.filter_field import FilterField
from gui.widgets.menu import show_text_menu

_FILTER_WIDTH: Final = 210
_MARGIN: Final = 12


class LogText(QPlainTextEdit):
    """Read-only lines in code; follows the end as long as it is in sight."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        """Make it; `name` is what a screen reader calls it."""
        super().__init__(parent)
        self.setAccessibleName(name)
        self.setProperty("kind", "code")
        self.setReadOnly(True)
        self.setTabChangesFocus(True)
        self.setUndoRedoEnabled(False)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.setMaximumBlockCount(MOST_LINES)
        set_face(self, "code_small")
        self.document().setDocumentMargin(_MARGIN)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Open the usual menu, in our look."""
        show_text_menu(self, event.globalPos())

    def append_lines(self, lines: list[str]) -> None:
        """Add lines; scrolls to them if the end was in sight."""
        bar = self.verticalScrollBar()
        was_at_end = bar.value() >= bar.maximum()
        self.appendPlainText("\n".join(lines))
        if was_at_end:
            bar.setValue(bar.maximum())

    def show_lines(self, lines: list[str]) -> None:
        """Show other lines, from their end."""
        self.setPlainText("\n".join(lines))
        self.moveCursor(QTextCursor.MoveOperation.End)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the lines, and a ring while the keyboard is here."""
        super().paintEvent(event)
        if self.hasFocus():
            painter = QPainter(self.viewport())
            painter.setPen(QPen(current().colour("focus"), current().size("line.focus")))
            painter.drawRect(self.viewport().rect().adjusted(1, 1, -1, -1))


class LogPage(QWidget):
    """The lines; its tools belong into the tab row."""

    def __init__(self, log: LogViewModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._log = log
        self.text = LogText(self.tr("Log"))
        self.empty = SmallEmptyState("")
        self.filter = FilterField(self.tr("Filter the log"))
        self.copy_button = IconButton("copy", self.tr("Copy the selection, or all lines"))
        self.clear_button = IconButton("trash-2", self.tr("Clear the log"))
        self.tools = QWidget()
        row = QHBoxLayout(self.tools)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(current().size("space.xs"))
        self.filter.shrink_from(_FILTER_WIDTH, self.tr("Filter"))
        row.addStretch()
        row.addWidget(self.filter, 1)
        row.addWidget(self.copy_button)
        row.addWidget(self.clear_button)
        self._stack = QStackedWidget()
        self._stack.addWidget(self.text)
        self._stack.addWidget(self.empty)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._stack)
        self._connect_signals()
        self._show_all()

    def _connect_signals(self) -> None:
        self._log.added.connect(self._add)
        self._log.replaced.connect(self._show_all)
        self.filter.textChanged.connect(self._log.set_filter)
        self.copy_button.clicked.connect(self.copy)
        self.clear_button.clicked.connect(self._log.clear)

    @Slot()
    def find_here(self) -> None:
        """Put the keyboard into the filter."""
        self.filter.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.filter.selectAll()

    def copy(self) -> None:
        """Put the selected lines into the clipboard, or all that are shown."""
        selected = self.text.textCursor().selectedText().replace("\u2029", "\n")
        QApplication.clipboard().setText(selected or "\n".join(self._log.lines))

    @Slot(list)
    def _add(self, lines: list[str]) -> None:
        self.text.append_lines(lines)
        self._show_text_or_why_not()

    @Slot()
    def _show_all(self) -> None:
        self.text.show_lines(self._log.lines)
        self._show_text_or_why_not()

    def _show_text_or_why_not(self) -> None:
        is_empty = not self.text.document().characterCount() > 1
        if is_empty and self._log.count:
            count = number(self._log.count)
            self.empty.say(self.tr("0 of {count} lines match.").format(count=count))
        elif is_empty:
            self.empty.say(self.tr("Nothing yet. What the bridge says is listed here."))
        self._stack.setCurrentWidget(self.empty if is_empty else self.text)
