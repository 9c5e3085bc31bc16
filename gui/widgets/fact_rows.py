"""Rows of facts: what it is, its value, and a button that copies it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from gui.theme import current
from gui.widgets.buttons import IconButton
from gui.widgets.labels import Label

_NAME: Final = 160
_ROW: Final = 26


class FactRow(QWidget):
    """One fact.

    Signals:
        copied: Its name; the value is on the clipboard.
    """

    copied = Signal(str)

    def __init__(
        self, name: str, value: str = "", *, copies: bool = False, parent: QWidget | None = None
    ) -> None:
        """Make it; `copies` gives it the button."""
        super().__init__(parent)
        self._name = name
        label = Label(name, role="text2", elide="end")
        label.setFixedWidth(_NAME)
        self.value = Label(style="code", elide="middle") if copies else Label(elide="end")
        self.button = IconButton("copy", self.tr("Copy: {name}").format(name=name))
        self.button.clicked.connect(self._copy)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(current().size("space.m"))
        row.addWidget(label)
        row.addWidget(self.value, 1)
        row.addWidget(self.button)
        if not copies:  # shown before it is laid out, it would be a window
            self.button.hide()
        self.setMinimumHeight(_ROW)
        self.show_value(value)

    def show_value(self, value: str) -> None:
        """Show another value; there is nothing to copy of an empty one."""
        self.value.setText(value or "\N{EN DASH}")
        self.button.setEnabled(bool(value))

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self.value.whole_text())
        self.copied.emit(self._name)


class FactRows(QWidget):
    """Facts below each other, below their heading.

    Signals:
        copied: The name of a fact; its value is on the clipboard.
    """

    copied = Signal(str)

    def __init__(self, title: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.rows: dict[str, FactRow] = {}
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(2)
        self._column.addWidget(Label(title, style="strong"))

    def add(self, name: str, *, copies: bool = False) -> FactRow:
        """Add a fact."""
        row = self.rows[name] = FactRow(name, copies=copies)
        row.copied.connect(self.copied)
        self._column.addWidget(row)
        return row

    def show_facts(self, facts: Sequence[tuple[str, str, bool]]) -> None:
        """Show names, values, and whether each can be copied; rows that there are stay."""
        names = [name for name, _, _ in facts]
        for gone in [name for name in self.rows if name not in names]:
            self.rows.pop(gone).deleteLater()
        for name, value, copies in facts:
            row = self.rows.get(name) or self.add(name, copies=copies)
            row.show_value(value)
