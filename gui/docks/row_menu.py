"""What the menus of rows have in common."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QMenu


def add_with_keys(menu: QMenu, name: str, slot: Callable[[], object], keys: str) -> None:
    """Add an entry that tells the keys which do the same in the list."""
    action = menu.addAction(name)
    action.setShortcut(keys)
    action.triggered.connect(lambda _checked=False: slot())


def copy_text(text: str) -> None:
    """Put a text on the clipboard."""
    QGuiApplication.clipboard().setText(text)
