"""Every command of the window: one action each, with its keys; menus and palette show them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final

from PySide6.QtCore import QObject, Slot
from PySide6.QtGui import QAction, QActionGroup, QKeySequence
from PySide6.QtWidgets import QApplication, QMenu, QMenuBar, QWidget
from shiboken6 import isValid

from gui.viewmodels.shortcuts import EVERYWHERE, Area, Command, Shortcuts, inner
from gui.widgets.menu import Menu

FULL_NAME: Final = "fullName"
"""A property of an action: what it is called where its menu is not seen."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A command as the palette lists it; its name is clear without its menu."""

    name: str
    keys: str
    action: QAction


class Commands(QObject):
    """Makes actions and keeps them by id. Their keys work wherever the focus is in the window.

    Attributes:
        shortcuts: The keys of all commands, also of those whose actions belong to pages.
    """

    def __init__(self, window: QWidget, shortcuts: Shortcuts) -> None:
        super().__init__(window)
        self.shortcuts = shortcuts
        self._window = window
        self._actions: dict[str, QAction] = {}
        self._of_pages: dict[str, list[QAction]] = {}
        self._menus: dict[str, QMenu] = {}
        self._shared: dict[str, list[str]] | None = None
        shortcuts.changed.connect(self._take_keys)
        app = QApplication.instance()
        if isinstance(app, QApplication):
            app.focusChanged.connect(self._give_way)

    def add(
        self,
        name: str,
        text: str,
        slot: Callable[[], object],
        keys: str | list[str] = "",
        *,
        group: str = "",
        area: Area = EVERYWHERE,
        menu_role: QAction.MenuRole = QAction.MenuRole.NoRole,
    ) -> QAction:
        """Make an action.

        Args:
            name: Its id.
            text: What menus and the palette call it.
            slot: What it does.
            keys: Its usual keys, in Qt's portable writing; the first is the one that is shown.
            group: Where it is listed among the shortcuts; by default under its menu.
            area: Where its keys work. Unless that is everywhere, they belong to actions of pages,
                which adopt it, and the menu just shows them.
            menu_role: Where macOS puts it.

        Raises:
            ValueError: There is a command of this id.
        """
        if name in self._actions:
            msg = f"there is a command {name} already"  # both would lose their keys
            raise ValueError(msg)
        action = QAction(text, self._window)
        action.setObjectName(name)
        action.setMenuRole(menu_role)
        usual = tuple(each for each in ([keys] if isinstance(keys, str) else keys) if each)
        self.shortcuts.declare(Command(name, plain(text), group, area, usual))
        action.triggered.connect(lambda _checked=False: slot())
        self._window.addAction(action)
        self._actions[name] = action
        self._set_keys(name)
        return action

    def add_fixed(
        self,
        name: str,
        text: str,
        slot: Callable[[], object],
        keys: str,
        *,
        area: Area = "text",
    ) -> QAction:
        """Make an action whose keys text fields know by themselves, and nobody may change.

        The fields take the keys. In the area `text` nothing else does, and the menu just shows
        them; with another area the action has them where no field takes them.
        """
        shown = QKeySequence(keys).toString(QKeySequence.SequenceFormat.NativeText)
        action = self.add(name, text if area != "text" else f"{text}\t{shown}", slot)
        self.shortcuts.declare(Command(name, plain(text), "", area, (keys,), is_fixed=True))
        action.setShortcuts([] if area == "text" else [QKeySequence(keys)])
        return action

    def add_choice(
        self, group: QActionGroup, name: str, text: str, slot: Callable[[], object]
    ) -> QAction:
        """Make an action that is one of several, with a mark at the chosen one."""
        action = self.add(name, text, slot)
        action.setCheckable(True)
        group.addAction(action)
        return action

    def adopt(self, name: str, action: QAction, group: str, area: Area) -> None:
        """Have an action of a page follow the keys of a command that works there alone.

        Args:
            name: The command's id; it is declared if it is not yet, with the keys the action has.
            action: It may be deleted with its page.
            group: Where the command is listed.
            area: Where its keys work.
        """
        if name not in self.shortcuts:
            usual = tuple(each.toString() for each in action.shortcuts())
            self.shortcuts.declare(Command(name, plain(action.text()), group, area, usual))
        self._of_pages.setdefault(name, []).append(action)
        action.setShortcuts(_sequences(self.shortcuts.keys(name)))
        self._shared = None

    def __getitem__(self, name: str) -> QAction:
        """Find an action by its id."""
        return self._actions[name]

    @property
    def actions(self) -> dict[str, QAction]:
        """All of them, by id."""
        return dict(self._actions)

    def fill_menu(self, bar: QMenuBar, title: str, names: list[str | QMenu | None]) -> QMenu:
        """Add a menu with these commands and submenus, None for a line; it stays out if empty."""
        menu = Menu(bar, title)
        for name in names:
            if name is None:
                menu.addSeparator()
            elif isinstance(name, QMenu):
                menu.addMenu(name)
            else:
                menu.addAction(self._actions[name])
        self.shortcuts.groups.append(plain(title))
        for action in _actions_in(menu):
            name = action.objectName()
            if name in self.shortcuts and not self.shortcuts[name].group:
                self.shortcuts.declare(replace(self.shortcuts[name], group=plain(title)))
        if menu.actions():
            bar.addMenu(menu)
        self._menus[title] = menu
        return menu

    def entries(self, page: QWidget | None = None) -> list[Entry]:
        """List what can be done now, in the order of the menus.

        Args:
            page: The one that a command is about where several that are seen have it.
        """
        found: dict[QAction, Entry] = {}
        for menu in self._menus.values():
            for entry in _entries(menu):
                found.setdefault(entry.action, entry)
        return [*found.values(), *self._entries_of_pages(page)]

    def _entries_of_pages(self, page: QWidget | None) -> list[Entry]:
        """List what the pages can do that are seen now: each command once."""
        found: list[Entry] = []
        for name, actions in self._of_pages.items():
            if name in self._actions:
                continue  # it is listed with the menus
            seen = [action for action in actions if isValid(action) and _is_seen(action)]
            action = max(seen, key=lambda each: _is_in(each, page), default=None)
            if action is not None and action.isEnabled():
                found.append(Entry(self.shortcuts[name].text, _keys_of(action), action))
        return found

    # Keys

    @Slot()
    def _take_keys(self) -> None:
        self._shared = None
        for name in self._actions:
            self._set_keys(name)
        for name, actions in self._of_pages.items():
            self._of_pages[name] = [action for action in actions if isValid(action)]
            for action in self._of_pages[name]:
                action.setShortcuts(_sequences(self.shortcuts.keys(name)))
        self._give_way(None, QApplication.focusWidget())

    def _has_keys(self, name: str) -> bool:
        """Tell whether the keys of a command are those of its action here."""
        return not self.shortcuts[name].is_fixed and self.shortcuts[name].area == EVERYWHERE

    def _set_keys(self, name: str) -> None:
        """Give an action the keys of its command, or have its text show them."""
        action, sequences = self._actions[name], _sequences(self.shortcuts.keys(name))
        if self._has_keys(name):
            action.setShortcuts(sequences)
        elif not self.shortcuts[name].is_fixed:
            shown = [each.toString(QKeySequence.SequenceFormat.NativeText) for each in sequences]
            action.setText("\t".join([action.text().partition("\t")[0], *shown[:1]]))

    @Slot(QWidget, QWidget)
    def _give_way(self, _before: QWidget | None, now: QWidget | None) -> None:
        """Have keys that two commands share do what they do at the place of the focus.

        Qt would do nothing, as it could not tell which is meant.
        """
        shortcuts = self.shortcuts
        if self._shared is None:
            self._shared = shortcuts.conflicts()
        for name, others in self._shared.items():
            if name not in self._actions or not self._has_keys(name):
                continue
            lost = {
                keys
                for other in others
                if inner(shortcuts[name].area, shortcuts[other].area) == shortcuts[other].area
                and self._is_there(other, now)
                for keys in shortcuts.keys(other)
            }
            kept = tuple(keys for keys in shortcuts.keys(name) if keys not in lost)
            self._actions[name].setShortcuts(_sequences(kept))

    def _is_there(self, name: str, focus: QWidget | None) -> bool:
        """Tell whether the focus is where a command of a page works."""
        actions = (action for action in self._of_pages.get(name, []) if isValid(action))
        hosts = (host for action in actions if isinstance(host := action.parent(), QWidget))
        return focus is not None and any(
            host is focus or host.isAncestorOf(focus) for host in hosts
        )


def _is_seen(action: QAction) -> bool:
    """Whether the page of an action is seen."""
    host = action.parent()
    return isinstance(host, QWidget) and host.isVisible()


def _is_in(action: QAction, page: QWidget | None) -> bool:
    """Whether an action belongs to a page, or to a widget on it."""
    host = action.parent()
    return page is not None and (
        host is page or (isinstance(host, QWidget) and page.isAncestorOf(host))
    )


def _sequences(keys: tuple[str, ...]) -> list[QKeySequence]:
    return [QKeySequence(each) for each in keys]


def _actions_in(menu: QMenu) -> list[QAction]:
    found: list[QAction] = []
    for action in menu.actions():
        below = action.menu()
        found += _actions_in(below) if isinstance(below, QMenu) else [action]
    return found


def _entries(menu: QMenu) -> list[Entry]:
    found: list[Entry] = []
    for action in menu.actions():
        below = action.menu()
        if isinstance(below, QMenu):
            found += _entries(below)
        elif action.isEnabled() and not action.isSeparator():
            name = str(action.property(FULL_NAME) or plain(action.text()))
            found.append(Entry(name, _keys_of(action), action))
    return found


def _keys_of(action: QAction) -> str:
    shown = action.shortcut().toString(QKeySequence.SequenceFormat.NativeText)
    return shown or action.text().partition("\t")[2]


def plain(text: str) -> str:
    """Take the mark of the mnemonic and a key's name out of a menu's text."""
    return text.partition("\t")[0].replace("&", "").removesuffix("...")
