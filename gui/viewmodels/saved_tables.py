"""What the open workspace file holds, object by object, also while others have it broken."""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy
from typing import Any

from core.workspace.load import Loaded
from core.workspace.objects import table_at
from core.workspace.problems import Problem
from gui.viewmodels.draft import place_in
from gui.viewmodels.names import name_problem
from gui.viewmodels.plain_values import Path
from gui.viewmodels.session import Session


class SavedTables:
    """Reads from the file as it could be read last.

    A version that cannot be read says nothing of any object, not even that it is gone. Another file
    begins anew.
    """

    def __init__(self, session: Session) -> None:
        self._session = session
        self._last: Loaded | None = None
        self.look()

    @property
    def is_current(self) -> bool:
        """Whether the file can be read as it is now."""
        loaded = self._session.loaded
        return loaded is not None and loaded.is_readable

    def look(self) -> None:
        """Remember the file as it is now, if it can be read; to be called for each version."""
        loaded = self._session.loaded
        if loaded is None or (self._last is not None and loaded.path != self._last.path):
            self._last = None
        if loaded is not None and loaded.is_readable:
            self._last = loaded

    @property
    def workspace_id(self) -> str:
        """The id of the workspace; empty where the file could never be read."""
        self.look()
        return self._last.partial.id if self._last is not None else ""

    def place_of(self, key: str) -> Path | None:
        """Find the table of an object; None where the file has none."""
        return place_in(self._data, key)

    def values(self, place: Path) -> dict[str, Any]:
        """Give a copy of a table; empty where there is none."""
        return deepcopy(table_at(self._data, place) or {})

    def name_problem(self, place: Path, *, is_new: bool) -> Problem | None:
        """Find what keeps an object from being called as its place says."""
        return name_problem(self._data, place, is_new=is_new)

    @property
    def _data(self) -> Mapping[str, Any]:
        self.look()
        return self._last.data if self._last is not None else {}
