"""Finding a text in the whole workspace, and going to where it stands."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from PySide6.QtCore import QObject
from PySide6.QtGui import QTextCursor
from PySide6.QtWidgets import QLineEdit, QPlainTextEdit, QTextEdit, QWidget

from gui.editors.positions import to_qt
from gui.shell.goal import Goal
from gui.shell.palette import TEXTS
from gui.viewmodels.draft_form import NAME
from gui.viewmodels.workspace_search import Hit, WorkspaceSearch

if TYPE_CHECKING:
    from gui.main_window import MainWindow

_ICONS: Final = {
    "connector": "plug",
    "rule": "filter",
    "action": "send",
    "simulator": "cpu",
    "message": "bookmark",
}


class FindInWorkspace(QObject):
    """Makes the command, gives the palette what it lists, and goes where a hit is."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self._search: WorkspaceSearch | None = None
        text = window.tr("Find in &workspace")
        window.commands.add("find_in_workspace", text, self.ask, "Ctrl+Shift+F")

    def ask(self) -> None:
        """Open the palette for texts."""
        self._window.open_palette(TEXTS)

    def forget(self) -> None:
        """Look at the workspace anew with the next search."""
        self._search = None

    def goals(self, text: str) -> list[Goal]:
        """List the lines that hold a text, under their objects."""
        if self._window.session.loaded is None:
            return []
        if self._search is None:
            self._search = WorkspaceSearch(self._window.drafts)
        return [self._goal(hit) for hit in self._search.find(text)]

    def _goal(self, hit: Hit) -> Goal:
        icon = _ICONS[hit.source.key.partition(":")[0]]
        return Goal(
            hit.text,
            "",
            lambda: self._go(hit),
            icon=icon,
            group=hit.title,
            rate=hit.place,
            kind="text",
            document=hit.source.document,
        )

    def _go(self, hit: Hit) -> None:
        """Open the object, with the keyboard where the text stands and the text chosen."""
        if hit.source.key.startswith("message:"):
            self._go_to_message(hit)
            return
        window, source = self._window, hit.source
        window.go_to_document(source.document)
        page: Any = window.documents.shown_page
        if source.key.startswith("action:"):
            page.open_action(source.key)
        if source.key.startswith("rule:") and source.path == ("sql",):
            page.focus_editor()
        elif source.key.startswith("rule:") and source.path[:1] == ("tests",):
            page.open_case(int(source.path[1]))
        elif source.path != NAME:
            page.show_edit(source.key, source.path)
        _choose(window.focusWidget(), hit)

    def _go_to_message(self, hit: Hit) -> None:
        window = self._window
        window.saved.open(hit.source.key)
        publish = window.publish
        publish.focus_text(hit.source.path[0], hit.source.text)
        _choose(publish.window().focusWidget(), hit)


def _choose(widget: QWidget | None, hit: Hit) -> None:
    """Choose the text that was found, where a field or an editor with it has the keyboard."""
    if isinstance(widget, QPlainTextEdit | QTextEdit):
        block = widget.document().findBlockByNumber(hit.line - 1)
        text, first = block.text(), block.position()
    elif isinstance(widget, QLineEdit) and widget.echoMode() == QLineEdit.EchoMode.Normal:
        text, first = widget.text(), 0
    else:
        return
    at = text.lower().find(hit.wanted)
    if at < 0:
        return
    start, end = first + to_qt(text, at), first + to_qt(text, at + len(hit.wanted))
    if isinstance(widget, QLineEdit):
        widget.setSelection(start, end - start)
        return
    cursor = QTextCursor(widget.document())
    cursor.setPosition(start)
    cursor.setPosition(end, QTextCursor.MoveMode.KeepAnchor)
    widget.setTextCursor(cursor)
    widget.ensureCursorVisible()
