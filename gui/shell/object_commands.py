"""Commands on the objects of the workspace: new, duplicate, rename, delete, save, revert."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from PySide6.QtCore import QObject, QPoint, Qt, Slot
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QApplication, QMenu, QMenuBar, QWidget

from core.kafka.presets import PRESETS, Preset, is_local
from gui.shell.documents import Spot
from gui.shell.page_view import PageView
from gui.viewmodels.facts import users_of_connector
from gui.viewmodels.file_changes import FileChanges, described
from gui.viewmodels.navigator import OVERVIEW
from gui.viewmodels.object_drafts import Drafts
from gui.viewmodels.words import plural, tr
from gui.widgets.confirm_popup import ConfirmPopup
from gui.widgets.menu import Menu, mark_danger

if TYPE_CHECKING:
    from gui.main_window import MainWindow

_STARTS: Final[dict[str, dict[str, Any]]] = {
    "mqtt": {"server": "mqtt://127.0.0.1:1883"},
    "kafka": {"bootstrap_hosts": "127.0.0.1:9092"},
}
_NEW: Final = ("new_rule", "new_mqtt", "new_kafka", "new_simulator", "new_message")
"""The commands that make something, as far as the window has them."""
_MOST_USERS: Final = 3
_OBJECTS: Final = ("connector", "rule", "simulator")
_Before: TypeAlias = tuple[Spot, PageView | None]
"""Where a document was under its other name, and what its page showed if it was in front."""

OF_OBJECTS: Final = ("rename", "duplicate", "enable", "delete", "copy_json")
"""What can be done with an object as a whole, in the order of the menus."""


class ObjectCommands(QObject):
    """Makes these commands for a window, and keeps their enabled state right.

    They go to the row of the navigator or the object of the overview's card that has the keyboard,
    else to the document that is shown.
    """

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self._drafts: Drafts = window.drafts
        self._changes: FileChanges = window.file_changes
        self._awaited: dict[str, _Before] = {}  # documents of other names, until the file is read
        add, tr = window.commands.add, window.tr
        add("save", tr("&Save"), self.save, "Ctrl+S")
        add("revert", tr("&Revert"), self.revert)
        add("new_connector", tr("New &connector..."), self.ask_for_kind, "Ctrl+Shift+N")
        add("new_mqtt", tr("New &MQTT connector"), lambda: self.new_connector("mqtt"))
        add("new_kafka", tr("New &Kafka connector"), lambda: self.new_connector("kafka"))
        add("rename", tr("Re&name"), self.rename, "F2")
        add("duplicate", tr("&Duplicate"), self.duplicate, "Ctrl+D")
        add("enable", tr("&Enable or disable"), self.toggle)
        mark_danger(add("delete", tr("De&lete"), self.delete, "Del", area="lists"))
        add("copy_json", tr("Copy as &JSON"), self.copy_json)
        self._do: dict[str, Callable[[str], None]] = {
            "rename": self.rename,
            "duplicate": self.duplicate,
            "enable": self.toggle,
            "delete": self.delete,
            "copy_json": self.copy_json,
        }

    def connect_signals(self) -> None:
        """Follow the window's documents, once they are there."""
        window, drafts, changes = self._window, self._drafts, self._changes
        window.documents.currentChanged.connect(self.refresh)
        window.navigator.newAsked.connect(self.ask_for_new)
        window.session.workspaceChanged.connect(self._take_workspace)
        window.navigator.view.selectionModel().currentChanged.connect(self.refresh)
        window.navigator.menuAsked.connect(self._show_menu)
        window.navigator.renamed.connect(changes.rename)
        overview: Any = window.documents.page(OVERVIEW)
        for action in (window.navigator.delete_action, overview.map.delete_action):
            window.commands.adopt("delete", action, "", "lists")
        window.navigator.deleteAsked.connect(self.delete)
        drafts.changed.connect(self.refresh)
        app = QApplication.instance()
        if isinstance(app, QApplication):
            app.focusChanged.connect(self._take_focus)
        drafts.renamed.connect(self._take_name)
        changes.removed.connect(window.documents.close_document)
        changes.made.connect(self._show_made)
        changes.done.connect(self._tell_done)
        changes.undone.connect(self._tell_undone)
        changes.failed.connect(window.show_failure)
        self.refresh()

    @property
    def target(self) -> str:
        """The key of what a command would go to: a row, a card, or the document shown."""
        navigator = self._window.navigator
        if navigator.view.hasFocus() and navigator.current_key:
            return navigator.current_key
        documents = self._window.documents
        return getattr(documents.shown_page, "object_key", "") or documents.current

    # Commands

    def save(self) -> None:
        """Save the document that is shown."""
        page: Any = self._window.documents.page(self._window.documents.current)
        if hasattr(page, "save"):
            page.save()

    def revert(self) -> None:
        """Forget the edits of the document that is shown."""
        key = self._window.documents.current
        was_new = self._drafts.is_new(key)
        self._drafts.revert(key)
        if was_new:
            self._window.documents.close_document(key)

    def ask_for_kind(self) -> None:
        """Ask which kind of connector it shall be, by a menu in the middle of the window."""
        window = self._window
        menu = self._menu(("new_mqtt", "new_kafka"))
        menu.addMenu(self._presets(menu))
        menu.setActiveAction(menu.actions()[0])
        size = menu.sizeHint()
        middle = QPoint((window.width() - size.width()) // 2, window.height() // 3)
        menu.popup(window.mapToGlobal(middle))

    @Slot(QPoint)
    def ask_for_new(self, place: QPoint) -> None:
        """Ask what shall be made, by a menu at a place of the screen."""
        known = self._window.commands.actions
        menu = self._menu(tuple(name for name in _NEW if name in known))
        menu.addMenu(self._presets(menu))
        menu.setActiveAction(menu.actions()[0])
        menu.popup(place)

    def new_connector(self, kind: str) -> None:
        """Start a connector with a name that is free, and show its form."""
        key = f"connector:{self._free('connector', kind)}"
        self._drafts.create(key, kind, _STARTS[kind])
        self._show(key)

    def new_from_preset(self, preset: Preset) -> None:
        """Start a Kafka connector as a well-known service has it, and say what is to be filled in.

        Addresses on this computer are filled in; what differs from account to account is not.
        """
        local = {each.path: each.example for each in preset.fields if is_local(each)}
        key = f"connector:{self._free('connector', 'kafka')}"
        self._drafts.create(key, "kafka", preset.connector(local))
        self._show(key)
        page: Any = self._window.documents.page(key)
        page.show_preset(preset)

    def preset_name(self, preset: Preset) -> str:
        """Name the command that starts from a preset, where its menu is not seen."""
        return self._window.tr("New Kafka connector for {service}").format(service=preset.title)

    def _presets(self, parent: QMenu) -> QMenu:
        menu = Menu(parent, self._window.tr("New Kafka connector &for"))
        for preset in PRESETS:
            action = menu.addAction(preset.title)
            action.setToolTip(preset.help)
            action.triggered.connect(
                lambda _checked=False, preset=preset: self.new_from_preset(preset)
            )
        menu.setToolTipsVisible(True)
        return menu

    def duplicate(self, key: str = "") -> None:
        """Add a copy of an object, by default of the target; its secrets are shared."""
        key = key or self.target
        kind = key.partition(":")[0]
        name = self._free(kind, self._drafts.name(key))
        if not self._drafts.is_new(key):
            self._changes.duplicate(key, name)
            return
        copy = f"{kind}:{name}"
        self._drafts.create(copy, self._drafts.kind(key), self._drafts.values(key))
        self._show(copy)

    def rename(self, key: str = "") -> None:
        """Have the name typed in the navigator."""
        self._window.navigator.rename(key or self.target)

    def toggle(self, key: str = "") -> None:
        """Enable what is disabled, and the other way round."""
        key = key or self.target
        self._changes.set_enabled(key, enabled=not self._is_enabled(key))

    def delete(self, key: str = "") -> None:
        """Take an object out of the file, which can be undone; ask first where others use it."""
        key = key or self.target
        if not self._drafts.exists(key):
            return
        kind, _, name = key.partition(":")
        is_saved = kind == "connector" and not self._drafts.is_new(key)
        users = users_of_connector(self._window.live.workspace, name) if is_saved else []
        if not users:
            self._changes.remove(key)
            return
        question = self._window.tr("Delete {what}?").format(what=described(key))
        popup = ConfirmPopup(question, _in_use(users), self._window.tr("Delete"), self._window)
        popup.confirmed.connect(lambda: self._changes.remove(key))
        popup.ask()

    def copy_json(self, key: str = "") -> None:
        """Put an object into the clipboard, as plain data; secrets are references in it."""
        key = key or self.target
        text = json.dumps(self._drafts.values(key), indent=2, ensure_ascii=False, default=str)
        QApplication.clipboard().setText(text)
        what = described(key)
        self._window.toasts.say(self._window.tr("Copied {what} as JSON").format(what=what))

    @Slot(QWidget, QWidget)
    def _take_focus(self, _before: QWidget | None, now: QWidget | None) -> None:
        """Follow the keyboard; menus and the palette are about what had it before."""
        if now is None or isinstance(now, QMenuBar):
            return
        if now.window().windowType() != Qt.WindowType.Popup:
            self.refresh()

    @Slot()
    def refresh(self) -> None:
        """Enable what can be done now."""
        window, drafts, commands = self._window, self._drafts, self._window.commands
        shown = window.documents.current
        is_open = window.session.loaded is not None
        is_dirty = is_open and drafts.is_dirty(shown)
        # A rule's page saves the actions that are edited beside it, too.
        has_more = is_open and bool(getattr(window.documents.shown_page, "is_dirty", False))
        commands["save"].setEnabled(is_dirty or has_more)
        commands["revert"].setEnabled(is_dirty)
        key = self.target
        for name in OF_OBJECTS:
            commands[name].setEnabled(is_open and self._can(key, name))
        for name in ("new_connector", "new_mqtt", "new_kafka"):
            commands[name].setEnabled(is_open)
        window.setWindowModified(bool(drafts.dirty))

    # Menus

    @Slot(str, QPoint)
    def _show_menu(self, key: str, place: QPoint) -> None:
        """Show what can be done with a row of the navigator."""
        window, menu = self._window, self._menu(())
        if key.partition(":")[0] in window.documents.kinds:
            menu.addAction(window.tr("Open"), lambda: window.open_document(key))
            menu.addAction(window.tr("Open to the side"), lambda: window.beside.open(key))
            below = menu.addAction(window.tr("Open below"))
            below.triggered.connect(lambda _checked=False: window.beside.open(key, below=True))
        kind, _, connector = key.partition(":")
        if kind == "connector" and self._drafts.kind(key) == "mqtt":
            new = menu.addAction(window.tr("New rule"))
            new.triggered.connect(lambda _checked=False: window.rules.new_rule(connector))
        if self._can(key, "delete"):
            menu.addSeparator()
        for name in OF_OBJECTS:
            if not self._can(key, name):
                continue
            if name == "copy_json":
                menu.addSeparator()
            do = self._do[name]
            action = menu.addAction(self._menu_text(key, name))
            action.triggered.connect(lambda _checked=False, do=do: do(key))
            if name == "delete":
                mark_danger(action)
        menu.popup(place)

    def _menu_text(self, key: str, name: str) -> str:
        """Name a command for one object, with its keys; the menu itself takes none."""
        window = self._window
        command = window.commands[name]
        text, keys = command.text().partition("\t")[0], command.shortcut()
        if name == "enable":
            text = window.tr("Disable") if self._is_enabled(key) else window.tr("Enable")
        if name == "delete":
            keys = window.navigator.delete_action.shortcut()
        shown = keys.toString(QKeySequence.SequenceFormat.NativeText)
        return f"{text}\t{shown}" if shown else text

    def _menu(self, names: tuple[str, ...]) -> QMenu:
        menu = Menu(self._window)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for name in names:
            menu.addAction(self._window.commands[name])
        return menu

    # Objects

    def _can(self, key: str, name: str) -> bool:
        """Tell whether a command can be done with an object."""
        kind = key.partition(":")[0]
        if kind not in _OBJECTS or not self._drafts.exists(key):
            return False
        if name == "enable":  # MQTT connectors have no such option
            return kind == "rule" or self._drafts.kind(key) == "kafka"
        return name != "rename" or not self._drafts.is_new(key)

    def _is_enabled(self, key: str) -> bool:
        return bool(self._drafts.value(key, ("enable",), True))

    def _free(self, kind: str, stem: str) -> str:
        """Propose a name: the stem with the first number that is free."""
        base, _, number = stem.rpartition("-")
        stem = base if base and number.isdigit() else stem
        at = 1
        while self._drafts.exists(f"{kind}:{stem}-{at}"):
            at += 1
        return f"{stem}-{at}"

    def _show(self, key: str) -> None:
        self._window.documents.open(key)
        page: Any = self._window.documents.page(key)
        if hasattr(page, "focus_form"):
            page.focus_form()

    @Slot(str)
    def _show_made(self, key: str) -> None:
        if self._window.documents.exists(key):
            self._window.documents.open(key)

    @Slot(str, str)
    def _take_name(self, before: str, after: str) -> None:
        """Have the document of an object go on under its other name."""
        documents = self._window.documents
        if before not in documents:
            return
        view = PageView.of(documents.page(before)) if documents.is_shown(before) else None
        found = documents.take_out(before), view
        if documents.exists(after):
            self._put_back(after, found)
        else:
            self._awaited[after] = found

    def _put_back(self, key: str, before: _Before) -> None:
        documents, (spot, view) = self._window.documents, before
        documents.put_back(key, spot)
        if view is not None:
            view.restore(documents.page(key))

    @Slot()
    def _take_workspace(self) -> None:
        awaited, self._awaited = self._awaited, {}
        for key, before in awaited.items():
            if self._window.documents.exists(key) and key not in self._window.documents:
                self._put_back(key, before)
        self.refresh()

    @Slot(str)
    def _tell_done(self, text: str) -> None:
        undo = self._window.tr("Undo")
        self._window.toasts.say(text, link=undo, on_link=self._changes.undo)

    @Slot(str)
    def _tell_undone(self, text: str) -> None:
        self._window.toasts.say(self._window.tr("Undone: {what}").format(what=text))


def _in_use(users: list[str]) -> str:
    """Say what uses an object, a few by name, and what comes of its deletion."""
    named, more = users[:_MOST_USERS], len(users) - _MOST_USERS
    parts = [described(key) for key in named]
    if more > 0:
        parts.append(plural("%n more", "%n more", more))
    text = tr("In use by {users}, which cannot run without it. This can be undone.")
    return text.format(users=", ".join(parts))
