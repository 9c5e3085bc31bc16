"""The menu of a filter box: filters that are kept, keeping one, and forgetting one."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QObject, Slot
from PySide6.QtWidgets import QMenu

from gui.viewmodels.kept_filters import KeptFilters
from gui.widgets.ask_popup import AskPopup
from gui.widgets.filter_field import FilterField
from gui.widgets.menu import Menu


class FilterMenu(QObject):
    """Belongs to the box."""

    def __init__(self, field: FilterField, kept: KeptFilters) -> None:
        super().__init__(field)
        self._field, self._kept = field, kept
        field.menuAsked.connect(self._fill)

    @Slot(QMenu)
    def _fill(self, menu: QMenu) -> None:
        kept, text = self._kept.filters, self._field.text().strip()
        for name, each in kept.items():
            action = menu.addAction(name, partial(self._field.setText, each))
            action.setToolTip(each)
            action.setCheckable(True)
            action.setChecked(each == text)
        if kept:
            menu.addSeparator()
        menu.setToolTipsVisible(True)
        keep = menu.addAction(self.tr("Keep this filter..."), self._ask)
        keep.setEnabled(bool(text))
        if kept:
            forget = Menu(menu, self.tr("Forget"))
            menu.addMenu(forget)
            for name in kept:
                forget.addAction(name, partial(self._kept.forget, name))

    @Slot()
    def _ask(self) -> None:
        text = self._field.text().strip()
        popup = AskPopup(
            self._field,
            self.tr("Name of the filter"),
            self.tr("Keep"),
            help_text=text,
            check=lambda name: self._kept.problem(name, text),
        )
        popup.answered.connect(lambda name: self._kept.keep(name, text))
        popup.ask()
