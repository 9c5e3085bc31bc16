"""Every command of the window: one action each, with its keys; menus and palette show them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QObject
from PySide6.QtGui import QAction, QActionGroup, QKeySequence
from PySide6.QtWidgets import QMenu, QMenuBar, QWidget


@dataclass(frozen=True, slots=True)
class Entry:
    """A command as the palette lists it."""

    name: str
    menu: str
    keys: str
    action: QAction


class Commands(QObject):
    """Makes actions and keeps them by id. Their keys work wherever the focus is in the window."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self._actions: dict[str, QAction] = {}
        self._menus: dict[str, QMenu] = {}

    def add(
        self,
        name: str,
        text: str,
        slot: Callable[[], object],
        keys: str | list[str] = "",
        *,
        menu_role: QAction.MenuRole = QAction.MenuRole.NoRole,
    ) -> QAction:
        """Make an action.

        Args:
            name: Its id.
            text: What menus and the palette call it.
            slot: What it does.
            keys: Its keys, in Qt's portable writing; the first is the one that is shown.
            menu_role: Where macOS puts it.
        """
        action = QAction(text, self._window)
        action.setObjectName(name)
        action.setMenuRole(menu_role)
        sequences = [keys] if isinstance(keys, str) else keys
        action.setShortcuts([QKeySequence(sequence) for sequence in sequences if sequence])
        action.triggered.connect(lambda _checked=False: slot())
        self._window.addAction(action)
        self._actions[name] = action
        return action

    def add_choice(
        self, group: QActionGroup, name: str, text: str, slot: Callable[[], object]
    ) -> QAction:
        """Make an action that is one of several, with a mark at the chosen one."""
        action = self.add(name, text, slot)
        action.setCheckable(True)
        group.addAction(action)
        return action

    def __getitem__(self, name: str) -> QAction:
        """Find an action by its id."""
        return self._actions[name]

    @property
    def actions(self) -> dict[str, QAction]:
        """All of them, by id."""
        return dict(self._actions)

    def fill_menu(self, bar: QMenuBar, title: str, names: list[str | QMenu | None]) -> QMenu:
        """Add a menu with these commands and submenus, None for a line; it stays out if empty."""
        menu = QMenu(title, bar)
        for name in names:
            if name is None:
                menu.addSeparator()
            elif isinstance(name, QMenu):
                menu.addMenu(name)
            else:
                menu.addAction(self._actions[name])
        if menu.actions():
            bar.addMenu(menu)
        self._menus[title] = menu
        return menu

    def entries(self) -> list[Entry]:
        """List what can be done now, in the order of the menus."""
        found: list[Entry] = []
        for title, menu in self._menus.items():
            found += _entries(menu, title.replace("&", ""))
        return found


def _entries(menu: QMenu, title: str) -> list[Entry]:
    found: list[Entry] = []
    for action in menu.actions():
        below = action.menu()
        if isinstance(below, QMenu):
            found += _entries(below, f"{title}, {plain(below.title())}")
        elif action.isEnabled() and not action.isSeparator():
            keys = action.shortcut().toString(QKeySequence.SequenceFormat.NativeText)
            found.append(Entry(plain(action.text()), title, keys, action))
    return found


def plain(text: str) -> str:
    """Take the mark of the mnemonic out of a menu's text."""
    return text.replace("&", "").removesuffix("...")
