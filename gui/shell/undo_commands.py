"""Undo and redo: of the text that has the keyboard, of the document that is shown, of the file."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final, Literal, TypeAlias

from PySide6.QtCore import QEvent, QObject, Slot
from PySide6.QtGui import QKeyEvent, QKeySequence
from PySide6.QtWidgets import (
    QApplication,
    QDockWidget,
    QLineEdit,
    QPlainTextEdit,
    QTextEdit,
    QWidget,
)
from shiboken6 import isValid

from gui.viewmodels.edit_words import edit_words

if TYPE_CHECKING:
    from gui.main_window import MainWindow

Turn: TypeAlias = Literal["undo", "redo"]

_KEYS: Final[dict[Turn, QKeySequence.StandardKey]] = {
    "undo": QKeySequence.StandardKey.Undo,
    "redo": QKeySequence.StandardKey.Redo,
}


class UndoCommands(QObject):
    """Makes both commands for a window, says what each would do, and enables them.

    A text that has something of its own to undo keeps the keys. Else they go to the edits of the
    document that is shown, and where it has none, to the changes of the file; with the keyboard in
    the navigator to those alone.
    """

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self._text: QWidget | None = None  # what has the keyboard, if it is a text
        add, tr = window.commands.add_fixed, window.tr
        add("undo", tr("&Undo"), lambda: self.turn("undo"), "Ctrl+Z", area="everywhere")
        add("redo", tr("&Redo"), lambda: self.turn("redo"), "Ctrl+Shift+Z", area="everywhere")

    def connect_signals(self) -> None:
        """Follow the window's documents and the keyboard, once they are there."""
        window = self._window
        window.drafts.historyChanged.connect(self.refresh)
        window.drafts.turned.connect(self._show_turned)
        window.file_changes.stacksChanged.connect(self.refresh)
        window.documents.currentChanged.connect(self.refresh)
        app = QApplication.instance()
        if isinstance(app, QApplication):
            app.focusChanged.connect(self._take_focus)
        self.refresh()

    def turn(self, name: Turn) -> None:
        """Undo or redo what comes next."""
        found = self._next(name)
        if found is not None:
            found[1]()

    @Slot()
    def refresh(self) -> None:
        """Say what would be undone and done again; for the menu, too, as it opens."""
        tr = self._window.tr
        words = {"undo": tr("&Undo"), "redo": tr("&Redo")}
        for name in _KEYS:
            found = self._next(name)
            what = found[0].replace("&", "&&") if found is not None else ""
            action = self._window.commands[name]
            action.setText(f"{words[name]}{what}")
            action.setEnabled(found is not None)

    def _next(self, name: Turn) -> tuple[str, Callable[[], object]] | None:
        """Tell what would be done next: in words that follow Undo, and what does it."""
        window, text, is_undo = self._window, self._text, name == "undo"
        if text is not None and isValid(text) and can_turn(text, name):
            return window.tr(" typing"), lambda: self._turn_text(text, name)
        drafts, keys = window.drafts, self._keys
        place = drafts.next_undo(keys) if is_undo else drafts.next_redo(keys)
        if place is not None:
            words = edit_words(drafts, *place)
            said = window.tr(" change of {what}").format(what=words) if words else ""
            turn = drafts.undo if is_undo else drafts.redo
            return said or window.tr(" change"), lambda: turn(keys)
        changes = window.file_changes
        done = changes.undo_text if is_undo else changes.redo_text
        if done and window.session.loaded is not None:
            return f": {done}", changes.undo if is_undo else changes.redo
        return None

    @property
    def _keys(self) -> list[str]:
        """The objects that the document is made of; none while the navigator has the keyboard."""
        window = self._window
        if window.navigator.view.hasFocus():
            return []
        documents = window.documents
        return getattr(documents.shown_page, "undo_keys", [documents.current])

    @Slot(str, object)
    def _show_turned(self, key: str, path: object) -> None:
        """Have the keyboard where something was undone."""
        show = getattr(self._window.documents.shown_page, "show_edit", None)
        if callable(show):
            show(key, path)

    # The keyboard

    @Slot(QWidget, QWidget)
    def _take_focus(self, _before: QWidget | None, now: QWidget | None) -> None:
        """Watch the keys of the text that has the keyboard; menus and the palette do not count."""
        if now is None or not self._has(now.window()):
            return
        if self._text is not None and isValid(self._text):
            self._text.removeEventFilter(self)
        self._text = now if isinstance(now, QLineEdit | QPlainTextEdit | QTextEdit) else None
        if self._text is not None:
            self._text.installEventFilter(self)
        self.refresh()

    def _has(self, top: QWidget) -> bool:
        """Tell whether a window is this one, or one of its docks that floats."""
        return top is self._window or (
            isinstance(top, QDockWidget) and top.parent() is self._window
        )

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Have a text that has nothing to undo leave the keys to the window."""
        if not isinstance(event, QKeyEvent) or watched is not self._text:
            return False
        for name, keys in _KEYS.items():
            if not event.matches(keys):
                continue
            if event.type() == QEvent.Type.ShortcutOverride and not can_turn(watched, name):
                event.ignore()
                return True
            if event.type() == QEvent.Type.KeyPress and can_turn(watched, name):
                self._turn_text(watched, name)
                return True
        return False

    def _turn_text(self, text: Any, name: Turn) -> None:
        if name == "redo":
            text.redo()
            return
        with self._window.drafts.text_undo():
            text.undo()


def can_turn(widget: QObject | None, name: Turn) -> bool:
    """Tell whether a text has something of its own to undo or redo."""
    if isinstance(widget, QLineEdit):
        has_some = widget.isUndoAvailable() if name == "undo" else widget.isRedoAvailable()
        return has_some and not widget.isReadOnly()
    if isinstance(widget, QPlainTextEdit | QTextEdit):
        text = widget.document()
        has_some = text.isUndoAvailable() if name == "undo" else text.isRedoAvailable()
        return has_some and not widget.isReadOnly()
    return False
