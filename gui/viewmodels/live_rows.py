"""What all live lists have: rows, gaps between them, and words where there are none."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Protocol

from PySide6.QtCore import Qt

from gui.viewmodels.row_filter import Filterable

ROW_ROLE: Final = int(Qt.ItemDataRole.UserRole) + 20
"""Under this role the models of live lists give the row itself."""


class LiveRow(Filterable, Protocol):
    """A row of a live list; `weight` is about how many bytes it takes."""

    @property
    def weight(self) -> int:
        """Tell its bytes."""
        ...


@dataclass(frozen=True, slots=True)
class Divider:
    """A gap in the list, such as a pause."""

    text: str


@dataclass(frozen=True, slots=True)
class Empty:
    """What is said where there are no rows.

    Attributes:
        sentence: What is waited for.
        hint: What may be the reason.
        button: What can be done about it; empty for nothing.
        does: What the button does: `start`, `clear_filter`, `beginning`, `open`, `create`.
    """

    sentence: str
    hint: str = ""
    button: str = ""
    does: str = ""
