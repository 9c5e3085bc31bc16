"""Commands on the objects of the workspace: new, duplicate, delete, save, revert."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from PySide6.QtCore import QObject, QPoint, Qt, Slot
from PySide6.QtWidgets import QMenu

from gui.viewmodels.object_drafts import Drafts
from gui.viewmodels.removal import Removal
from gui.widgets.toast import Toast

if TYPE_CHECKING:
    from gui.main_window import MainWindow

_STARTS: Final[dict[str, dict[str, Any]]] = {
    "mqtt": {"server": "mqtt://127.0.0.1:1883"},
    "kafka": {"bootstrap_hosts": "127.0.0.1:9092"},
}
_NEW: Final = ("new_rule", "new_mqtt", "new_kafka", "new_simulator", "new_message")
"""The commands that make something, as far as the window has them."""


class ObjectCommands(QObject):
    """Makes these commands for a window, and keeps their enabled state right."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self._drafts: Drafts = window.drafts
        self._removal = Removal(window.drafts, self)
        self.toast = Toast(window)
        add = window.commands.add
        add("save", window.tr("&Save"), self.save, "Ctrl+S")
        add("revert", window.tr("&Revert"), self.revert)
        add("new_connector", window.tr("New &connector..."), self.ask_for_kind, "Ctrl+Shift+N")
        add("new_mqtt", window.tr("New &MQTT connector"), lambda: self.new_connector("mqtt"))
        add("new_kafka", window.tr("New &Kafka connector"), lambda: self.new_connector("kafka"))
        add("duplicate", window.tr("&Duplicate"), self.duplicate, "Ctrl+D")
        add("delete", window.tr("De&lete"), self.delete)

    def connect_signals(self) -> None:
        """Follow the window's documents, once they are there."""
        window, drafts = self._window, self._drafts
        window.documents.currentChanged.connect(self.refresh)
        window.navigator.newAsked.connect(self.ask_for_new)
        window.session.workspaceChanged.connect(self.refresh)
        drafts.changed.connect(self.refresh)
        drafts.renamed.connect(self._take_name)
        self._removal.removed.connect(self._tell_removed)
        self._removal.failed.connect(self._tell_failure)
        self.toast.linkClicked.connect(self._removal.undo)
        self.refresh()

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
        menu = QMenu(window)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for name in ("new_mqtt", "new_kafka"):
            menu.addAction(window.commands[name])
        menu.setActiveAction(menu.actions()[0])
        size = menu.sizeHint()
        middle = QPoint((window.width() - size.width()) // 2, window.height() // 3)
        menu.popup(window.mapToGlobal(middle))

    @Slot(QPoint)
    def ask_for_new(self, place: QPoint) -> None:
        """Ask what shall be made, by a menu at a place of the screen."""
        menu = QMenu(self._window)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        commands = self._window.commands.actions
        for name in _NEW:
            if name in commands:
                menu.addAction(commands[name])
        menu.setActiveAction(menu.actions()[0])
        menu.popup(place)

    def new_connector(self, kind: str) -> None:
        """Start a connector with a name that is free, and show its form."""
        key = f"connector:{self._free(kind)}"
        self._drafts.create(key, kind, _STARTS[kind])
        self._show(key)

    def duplicate(self) -> None:
        """Start a copy of the connector that is shown; its secrets are shared."""
        key = self._window.documents.current
        if not key.startswith("connector:"):
            return
        copy = f"connector:{self._free(self._drafts.name(key))}"
        values = self._drafts.values(key)
        values.pop("client_id", None)  # two clients of one id would throw each other out
        self._drafts.create(copy, self._drafts.kind(key), values)
        self._show(copy)

    def delete(self) -> None:
        """Take what is shown out of the file; it can be undone."""
        key = self._window.documents.current
        if self._drafts.exists(key):
            self._removal.remove(key)

    @Slot()
    def refresh(self) -> None:
        """Enable what can be done now."""
        window, drafts = self._window, self._drafts
        key = window.documents.current
        is_open = window.session.loaded is not None
        is_connector = is_open and key.startswith("connector:") and drafts.exists(key)
        is_dirty = is_open and drafts.is_dirty(key)
        # A rule's page saves the actions that are edited beside it, too.
        has_more = is_open and bool(getattr(window.documents.page(key), "is_dirty", False))
        window.commands["save"].setEnabled(is_dirty or has_more)
        window.commands["revert"].setEnabled(is_dirty)
        for name in ("duplicate", "delete"):
            window.commands[name].setEnabled(is_connector)
        for name in ("new_connector", "new_mqtt", "new_kafka"):
            window.commands[name].setEnabled(is_open)
        window.setWindowModified(bool(drafts.dirty))

    def _free(self, stem: str) -> str:
        """Propose a name: the stem with the first number that is free."""
        base, _, number = stem.rpartition("-")
        stem = base if base and number.isdigit() else stem
        taken = self._window.live.connector_kind
        at = 1
        while taken(f"{stem}-{at}") or self._drafts.exists(f"connector:{stem}-{at}"):
            at += 1
        return f"{stem}-{at}"

    def _show(self, key: str) -> None:
        self._window.documents.open(key)
        page: Any = self._window.documents.page(key)
        page.focus_form()

    @Slot(str, str)
    def _take_name(self, before: str, after: str) -> None:
        documents = self._window.documents
        if before in documents.keys:
            was_current = documents.current == before
            documents.close_document(before)
            if was_current:
                documents.open(after)

    @Slot(str)
    def _tell_removed(self, key: str) -> None:
        documents = self._window.documents
        documents.close_document(key)
        text = self._window.tr("Deleted {name}").format(name=key.partition(":")[2])
        height = self._window.statusBar().height()
        self.toast.say(text, link=self._window.tr("Undo"), above=height)

    @Slot(str, str)
    def _tell_failure(self, message: str, hint: str) -> None:
        self._window.documents.banner.say(f"{message} {hint}".strip())
