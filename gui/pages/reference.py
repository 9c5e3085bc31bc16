"""The reference of the rule language: every function, with an example and what it gives."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QModelIndex, Qt, Signal, Slot
from PySide6.QtGui import QGuiApplication, QResizeEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QHeaderView,
    QSplitter,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from gui.theme import current, set_height
from gui.viewmodels.reference import FUNCTION_ROLE, SIGNATURE, ReferenceModel, result_text
from gui.viewmodels.table_roles import TableRole
from gui.widgets.buttons import SecondaryButton
from gui.widgets.empty_list import EmptyList, Icon
from gui.widgets.filter_field import FilterField
from gui.widgets.fitted_code import FittedCode, boxed
from gui.widgets.frames import Line
from gui.widgets.grouped_table import GroupedDelegate, TableRoles
from gui.widgets.labels import Label, Paragraph
from gui.widgets.table_view import TableView

_ICON: Final = 18
_FILTER: Final = 260
_SIGNATURE: Final = 300
_SIGNATURE_SHARE: Final = 0.5
"""Of a narrow table; summaries, which are longer, have the rest."""

_DETAIL: Final = 356


class _Functions(TableView):
    """The table; its columns fit in, and what is cut has a tooltip."""

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Take room from the signatures where there is little."""
        super().resizeEvent(event)
        share = int(_SIGNATURE_SHARE * self.viewport().width())
        header = self.horizontalHeader()
        header.resizeSection(SIGNATURE, min(_SIGNATURE, share))


class ReferencePage(QWidget):
    """A table of functions, and the chosen one beside it.

    Signals:
        copied: The example is on the clipboard.
    """

    copied = Signal()

    def __init__(self, model: ReferenceModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model = model
        self.filter = FilterField(self.tr("Filter the functions"))
        self.count = Label(style="small", role="text3")
        self.table = _Functions(self.tr("Functions"))
        self.empty = EmptyList("square-function")
        self.empty.say(self.tr("No function matches."), button=self.tr("Clear filter"))
        self.name = Label(style="title", elide="end")
        self.summary = Paragraph("")
        self.errors = Paragraph("", style="small", role="text2")
        self.example = FittedCode(self.tr("Example"), "sql")
        self.result = FittedCode(self.tr("Result of the example"), "json")
        self.copy_button = SecondaryButton(self.tr("Copy the example"), "copy")
        self._stack = QStackedWidget()
        self._lay_out()
        self._connect_signals()
        self._show_rows()

    def find_here(self) -> None:
        """Put the keyboard into the filter."""
        self.filter.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.filter.selectAll()

    def show_function(self, name: str) -> None:
        """Choose a function; nothing happens where there is none of this name."""
        for row in range(self._model.rowCount()):
            function = self._model.index(row, 0).data(FUNCTION_ROLE)
            if function is not None and function.name == name:
                self.table.selectRow(row)
                return

    def _lay_out(self) -> None:
        roles = TableRoles(TableRole.HEAD, TableRole.STATUS, TableRole.TONE)
        self.table.setModel(self._model)
        self.table.setItemDelegate(GroupedDelegate(roles, self.table))
        header = self.table.horizontalHeader()
        header.setStretchLastSection(True)
        header.setSectionResizeMode(SIGNATURE, QHeaderView.ResizeMode.Interactive)
        self._stack.addWidget(self.table)
        self._stack.addWidget(self.empty)
        splitter = QSplitter(Qt.Orientation.Horizontal)
        splitter.setHandleWidth(1)
        splitter.setChildrenCollapsible(False)
        splitter.addWidget(self._stack)
        splitter.addWidget(self._detail())
        splitter.setStretchFactor(0, 1)
        splitter.setSizes([2 * _DETAIL, _DETAIL])
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._header())
        column.addWidget(Line())
        column.addWidget(splitter, 1)

    def _header(self) -> QWidget:
        theme = current()
        host = QWidget()
        set_height(host, "height.page_header", -1)
        row = QHBoxLayout(host)
        row.setContentsMargins(theme.size("space.l"), 0, theme.size("space.l"), 0)
        row.setSpacing(theme.size("space.s") + 2)
        self.filter.setFixedWidth(_FILTER)
        row.addWidget(Icon("square-function", _ICON, "text2"))
        row.addWidget(Label(self.tr("SQL reference"), style="title"))
        row.addWidget(self.count, 1)
        row.addWidget(self.filter)
        return host

    def _detail(self) -> QWidget:
        theme = current()
        host = QWidget()
        host.setMinimumWidth(theme.size("width.tail") - 100)
        column = QVBoxLayout(host)
        column.setContentsMargins(*(theme.size("space.l"),) * 4)
        column.setSpacing(theme.size("space.s"))
        for widget in (self.name, self.summary, self.errors):
            column.addWidget(widget)
        column.addSpacing(theme.size("space.s"))
        column.addWidget(Label(self.tr("Example"), style="strong"))
        column.addWidget(boxed(self.example))
        column.addWidget(Label(self.tr("Result"), style="strong"))
        column.addWidget(boxed(self.result))
        column.addWidget(self.copy_button, 0, Qt.AlignmentFlag.AlignLeft)
        column.addStretch(1)
        return host

    def _connect_signals(self) -> None:
        self.filter.textChanged.connect(self._search)
        self.empty.pressed.connect(self.filter.clear)
        self.table.selectionModel().currentRowChanged.connect(self._show)
        self.copy_button.clicked.connect(self._copy)

    @Slot(str)
    def _search(self, text: str) -> None:
        self._model.set_words(text)
        self._show_rows()

    def _show_rows(self) -> None:
        self.count.setText(self._model.count_text)
        has_rows = self._model.rowCount() > 0
        self._stack.setCurrentWidget(self.table if has_rows else self.empty)
        if has_rows:
            self.table.selectRow(1)  # behind the head of the first group

    @Slot(QModelIndex, QModelIndex)
    def _show(self, index: QModelIndex, _before: QModelIndex) -> None:
        function = index.data(FUNCTION_ROLE) if index.isValid() else None
        if function is None:
            return
        self.name.setText(function.signature)
        self.summary.setText(function.summary)
        fails = self.tr("Fails where {reason}.").format(reason=function.errors)
        self.errors.setText(fails)
        self.errors.setVisible(bool(function.errors))
        self.example.show_code(function.example.statement)
        self.result.show_code(result_text(function))

    @Slot()
    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self.example.toPlainText())
        self.copied.emit()
