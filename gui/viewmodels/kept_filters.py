"""Filters of live lists that were kept under a name; feed and tail share them."""

from __future__ import annotations

from typing import Final, Protocol

from PySide6.QtCore import QObject, Signal

from gui.viewmodels.row_filter import parse_filter
from gui.viewmodels.words import tr

MOST: Final = 50


class FilterStore(Protocol):
    """Where filters are kept, by name."""

    @property
    def filters(self) -> dict[str, str]:
        """Give them all."""
        ...

    def set_filters(self, filters: dict[str, str]) -> None:
        """Keep these and no others."""
        ...


class KeptFilters(QObject):
    """Keeps and forgets; without a store for as long as the program runs.

    Signals:
        changed: One was kept or forgotten.
    """

    changed = Signal()

    def __init__(self, store: FilterStore | None = None, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._store = store
        self._filters = store.filters if store is not None else {}

    @property
    def filters(self) -> dict[str, str]:
        """The texts by name, in the order of the names."""
        return dict(sorted(self._filters.items(), key=lambda item: item[0].casefold()))

    def problem(self, name: str, text: str) -> str:
        """Say what keeps a filter from being kept under a name; empty for nothing."""
        if not name.strip():
            return tr("Write a name.")
        if parse_filter(text).problem:
            return tr("This is no filter yet.")
        if name.strip() not in self._filters and len(self._filters) >= MOST:
            return tr("{count} filters are kept; forget one first.").format(count=MOST)
        return ""

    def keep(self, name: str, text: str) -> None:
        """Keep a filter; another one of the same name makes room."""
        if not self.problem(name, text):
            self._filters[name.strip()] = text.strip()
            self._tell()

    def forget(self, name: str) -> None:
        """Keep a filter no more."""
        if self._filters.pop(name, None) is not None:
            self._tell()

    def _tell(self) -> None:
        if self._store is not None:
            self._store.set_filters(self._filters)
        self.changed.emit()
