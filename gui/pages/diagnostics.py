"""The page of diagnostics: versions, paths, engine and brokers, and the report to copy."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QAction, QShowEvent
from PySide6.QtWidgets import QWidget

from gui.pages.parts import PageHeader, column_below
from gui.viewmodels.diagnostics import Diagnostics
from gui.widgets.buttons import SecondaryButton
from gui.widgets.fact_rows import FactRows
from gui.widgets.labels import Paragraph

_WIDTH: Final = 760


class DiagnosticsPage(QWidget):
    """Facts in groups; they follow what happens while the page is seen.

    Signals:
        copied: What was put onto the clipboard, in a word.
    """

    copied = Signal(str)

    def __init__(
        self, model: Diagnostics, copy_report: QAction, parent: QWidget | None = None
    ) -> None:
        """Make it; `copy_report` is the command that copies the report."""
        super().__init__(parent)
        self._model = model
        self.header = PageHeader(self.tr("Diagnostics"))
        self.header.kind.hide()
        self.header.shape.hide()
        self.copy_button = SecondaryButton(self.tr("Copy diagnostics"), "copy")
        self.copy_button.clicked.connect(copy_report.trigger)
        self.header.add_widget(self.copy_button)
        self.groups = [FactRows(title) for title, _ in model.groups]
        for group in self.groups:
            group.copied.connect(self.copied)
        self._lay_out()
        model.changed.connect(self._follow)
        self._show()

    def focus_form(self) -> None:
        """Put the keyboard onto the button that copies the report."""
        self.copy_button.setFocus(Qt.FocusReason.OtherFocusReason)

    def _lay_out(self) -> None:
        column = column_below(self, self.header, width=_WIDTH, gap="space.l")
        about = self.tr(
            "What is copied holds versions, settings, states, counters and the codes of problems; "
            "no secret, no name of yours and no path."
        )
        column.addWidget(Paragraph(about, role="text2"))
        for group in self.groups:
            column.addWidget(group)
        column.addStretch(1)

    @Slot()
    def _follow(self) -> None:
        if self.isVisible():
            self._show()

    def _show(self) -> None:
        for group, (_, facts) in zip(self.groups, self._model.groups, strict=True):
            group.show_facts([(each.name, each.value, each.copies) for each in facts])

    def showEvent(self, event: QShowEvent) -> None:
        """Show what has come meanwhile."""
        super().showEvent(event)
        self._show()
