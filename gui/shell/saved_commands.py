"""Saved messages in the window: from wherever they are saved, to where they are sent again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QPoint, Slot
from PySide6.QtWidgets import QWidget

from core.workspace.units import Duration
from gui.docks.save_message import SaveMessagePopover
from gui.viewmodels.drafts import MESSAGE, KafkaDraft, MqttDraft
from gui.viewmodels.saved_messages import SavedMessages
from gui.viewmodels.words import tr
from gui.widgets.ask_popup import AskPopup
from gui.widgets.menu import Menu, mark_danger

if TYPE_CHECKING:
    from pathlib import Path

    from gui.main_window import MainWindow
    from gui.pages.simulator import SimulatorPage


class SavedCommands(QObject):
    """Joins the saved messages to the navigator and to the publish dock.

    Attributes:
        model: The saved messages.
    """

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self.model = SavedMessages(window.live, window.file_changes, self)
        self._opened = ("", "")  # name and folder of what the form was filled with last
        self._path: Path | None = None  # of the workspace that it belongs to
        window.commands.add("save_message", window.tr("Save &message..."), self.save_shown)
        navigator, publish = window.navigator, window.publish
        navigator.documentAsked.connect(self.open)
        navigator.menuAsked.connect(self._show_menu)
        navigator.deleteAsked.connect(self._delete)
        publish.saveAsked.connect(self.save_shown)
        publish.openAsked.connect(self.open)
        publish.sequence.ended.connect(window.toasts.say)
        window.tail.allow_save()
        window.bottom_pages.feed.can_save = True
        window.session.workspaceChanged.connect(self._refresh)
        self._refresh()

    @Slot()
    def save_shown(self) -> None:
        """Save what the form of the publish dock holds, if it could be sent."""
        publish = self._window.publish
        self._window.bottom.show_page("publish")
        if publish.is_right():
            self.ask(publish.draft, publish.save_button, *self._opened)

    @Slot()
    def forget_opened(self) -> None:
        """Take the form for a new message: it no longer holds a saved one."""
        self._opened = ("", "")

    def ask(self, draft: object, owner: QWidget, name: str = "", folder: str = "") -> None:
        """Ask for name and folder, and save; over the old message where the name stays.

        What the file has no word for, such as a record without a value, is refused.
        """
        if not isinstance(draft, MqttDraft | KafkaDraft):
            return
        problem, advice = self.model.refusal(draft)
        if problem:
            self._window.show_failure(problem, advice)
            return

        def check(new: str, where: str) -> str:
            if name and (new, where) == (name, folder):
                return ""
            return self.model.name_problem(new, where)

        def save(new: str, where: str) -> None:
            self._opened = (new, where)
            self.model.save(draft, new, where)

        popover = SaveMessagePopover(owner, self.model.folders, check, name, folder)
        popover.answered.connect(save)
        popover.open()

    @Slot(str)
    def open(self, key: str) -> None:
        """Fill the form of the publish dock with a saved message."""
        saved = self.model.find(key)
        if saved is not None:
            self._opened = (saved.name, saved.folder)
            self._window.bottom.show_page("publish")
            self._window.publish.choose(saved)

    def keep(self, page: SimulatorPage) -> None:
        """Save the messages of a simulator's preview."""
        simulator, made = page.form.simulator, page.simulator.preview.made
        if simulator is not None and made.messages:
            self.model.save_made(simulator, made.messages)

    @Slot(str, QPoint)
    def _show_menu(self, key: str, place: QPoint) -> None:
        """Show what can be done with a message of the navigator."""
        saved = self.model.find(key)
        if saved is None:
            return
        window = self._window
        menu = Menu(window)
        menu.addAction(window.tr("Open")).triggered.connect(lambda: self.open(key))
        menu.addAction(window.tr("Send")).triggered.connect(lambda: self._send(key))
        if saved.folder:
            text = window.tr("Send folder {name}...").format(name=saved.folder)
            folder = saved.folder
            menu.addAction(text).triggered.connect(lambda: self._ask_for_gap(folder))
        menu.addSeparator()
        menu.addAction(window.tr("Rename or move...")).triggered.connect(lambda: self._rename(key))
        delete = mark_danger(menu.addAction(window.tr("Delete")))
        delete.triggered.connect(lambda: self.model.remove(key))
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(place)

    def _send(self, key: str) -> None:
        self.open(key)
        self._window.publish.send()

    def _ask_for_gap(self, folder: str) -> None:
        """Ask how long to wait between two messages of a folder, and send them."""
        window = self._window

        def send(text: str) -> None:
            found = [saved for saved in window.publish.saved if saved.folder == folder]
            window.bottom.show_page("publish")
            window.publish.sequence.start(found, Duration.parse(text.replace(" ", "")).ms)

        popup = AskPopup(
            window.navigator.title,
            window.tr("Gap between two messages"),
            window.tr("Send"),
            text="1s",
            help_text=window.tr("A number with a unit: 500ms, 5s, 2min; 0s for none."),
            check=_gap_problem,
        )
        popup.answered.connect(send)
        popup.ask()

    def _rename(self, key: str) -> None:
        saved = self.model.find(key)
        if saved is None:
            return

        def check(new: str, where: str) -> str:
            is_same = (new, where) == (saved.name, saved.folder)
            return "" if is_same else self.model.name_problem(new, where)

        popover = SaveMessagePopover(
            self._window.navigator.title, self.model.folders, check, saved.name, saved.folder
        )
        popover.answered.connect(lambda new, where: self.model.place(key, new, where))
        popover.open()

    @Slot(str)
    def _delete(self, key: str) -> None:
        if key.startswith(f"{MESSAGE}:"):
            self.model.remove(key)

    @Slot()
    def _refresh(self) -> None:
        path = self._window.session.path
        if path != self._path:  # the same file comes again with each change of it
            self._path = path
            self.forget_opened()
        self._window.commands["save_message"].setEnabled(path is not None)


def _gap_problem(text: str) -> str:
    try:
        Duration.parse(text.replace(" ", ""))
    except ValueError:
        return tr("Write a number with a unit: 500 ms, 5 s, 2 min.")
    return ""
