"""What the cells of tables tell besides their text."""

from __future__ import annotations

from enum import IntEnum

from PySide6.QtCore import Qt


class TableRole(IntEnum):
    """Roles of a table with groups.

    Attributes:
        HEAD: Whether the row heads a group.
        STATUS: The state whose shape stands before the text; empty for none.
        TONE: The name of the text's colour.
        TARGET: The document that the row opens; empty for none.
    """

    HEAD = int(Qt.ItemDataRole.UserRole) + 1
    STATUS = int(Qt.ItemDataRole.UserRole) + 2
    TONE = int(Qt.ItemDataRole.UserRole) + 3
    TARGET = int(Qt.ItemDataRole.UserRole) + 4
