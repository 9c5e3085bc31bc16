"""The commands of the Edit menu, which go to the text or the list that has the keyboard."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from PySide6.QtCore import QCoreApplication, QEvent, QObject, Qt, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication, QLineEdit, QPlainTextEdit, QTextEdit, QWidget

if TYPE_CHECKING:
    from gui.main_window import MainWindow

TEXT_COMMANDS: Final = ("cut", "copy", "paste", "select_all")
"""What fields do by themselves, in the order of the menu."""

_METHODS: Final = {"select_all": "selectAll"}
_CHANGING: Final = frozenset({"cut", "paste"})


class EditCommands(QObject):
    """Makes these commands for a window."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        tr = window.tr
        for name, text, keys in (
            ("cut", tr("Cu&t"), "Ctrl+X"),
            ("copy", tr("&Copy"), "Ctrl+C"),
            ("paste", tr("&Paste"), "Ctrl+V"),
            ("select_all", tr("Select &all"), "Ctrl+A"),
        ):
            window.commands.add_fixed(name, text, lambda name=name: self.do(name), keys)
        window.commands.add("find", tr("&Find"), self.find, "Ctrl+F")

    def do(self, name: str) -> None:
        """Do it where the keyboard is; lists can only be copied from."""
        widget = QApplication.focusWidget()
        if isinstance(widget, QLineEdit | QPlainTextEdit | QTextEdit):
            getattr(widget, _METHODS.get(name, name))()
        elif widget is not None and name == "copy":
            keys = (Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
            QCoreApplication.sendEvent(widget, QKeyEvent(QEvent.Type.KeyPress, *keys))

    def find(self) -> None:
        """Have the keyboard in the search of the part of the window that has it now."""
        widget: QWidget | None = QApplication.focusWidget()
        while widget is not None:
            found: Any = getattr(widget, "find_here", None)
            if callable(found):
                found()
                return
            widget = widget.parentWidget()
        documents = self._window.documents
        found = getattr(documents.page(documents.current), "find_here", None)
        if callable(found):
            found()

    @Slot()
    def refresh(self) -> None:
        """Enable what can be done with what has the keyboard; for the menu as it opens."""
        widget = QApplication.focusWidget()
        for name in TEXT_COMMANDS:
            self._window.commands[name].setEnabled(_can(widget, name))


def _can(widget: QWidget | None, name: str) -> bool:
    if widget is None:
        return False
    if isinstance(widget, QLineEdit):
        is_open = not widget.isReadOnly()
        chosen = widget.hasSelectedText() and widget.echoMode() == QLineEdit.EchoMode.Normal
    elif isinstance(widget, QPlainTextEdit | QTextEdit):
        is_open = not widget.isReadOnly()
        chosen = widget.textCursor().hasSelection()
    else:
        return name == "copy"
    if name in _CHANGING and not is_open:
        return False
    return chosen if name in ("cut", "copy") else True
