"""A person at the keyboard: presses keys where the focus is, and walks by Tab."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import QObject, Qt, QTimer
from PySide6.QtWidgets import QApplication, QFileDialog, QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from gui.editors.sql_editor import SqlEditor

Key = Qt.Key
NONE = Qt.KeyboardModifier.NoModifier
CTRL = Qt.KeyboardModifier.ControlModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier
_LONGEST_WALK = 250
_LOOK_MS = 20


class Keyboard:
    """Knows no widget but the one that has the focus."""

    def __init__(self, qtbot: QtBot, window: QWidget) -> None:
        """Take the window, which is made the active one wherever nothing is.

        That is a window manager's work, and Qt's platform without a screen has none.
        """
        self._qtbot, self._window = qtbot, window

    @property
    def focus(self) -> QWidget:
        """Where the keyboard is: in an open popup, or in the window."""
        active = QApplication.activeWindow()
        if active is None or not active.isVisible():  # a menu that has closed, for one
            self._window.activateWindow()
            self._qtbot.waitUntil(self._window.isActiveWindow)
        popup = QApplication.activePopupWidget()
        if popup is None:  # nobody types within the moment in which a page is laid out anew
            self._qtbot.waitUntil(lambda: QApplication.focusWidget() is not None)
        found = QApplication.focusWidget()
        if popup is not None and (found is None or not popup.isAncestorOf(found)):
            return popup
        assert found is not None, "nothing has the focus"
        return found

    @property
    def name(self) -> str:
        """What a screen reader calls the widget with the focus."""
        return self.focus.accessibleName() or str(self.focus.property("text") or "")

    def press(self, *keys: Qt.Key, modifier: Qt.KeyboardModifier = NONE) -> None:
        """Press keys one after the other."""
        for key in keys:
            self._qtbot.keyClick(self.focus, key, modifier)

    def type(self, text: str) -> None:
        """Type a text."""
        self._qtbot.keyClicks(self.focus, text)

    def replace(self, text: str) -> None:
        """Type a text in place of what a field holds."""
        self.press(Key.Key_A, modifier=CTRL)
        self.press(Key.Key_Delete)
        self.type(text)

    def walk_to(self, name: str, key: Qt.Key = Key.Key_Tab) -> None:
        """Press Tab until something of this name has the focus."""
        seen: list[str] = []
        for _ in range(_LONGEST_WALK):
            if self.name.startswith(name):
                return
            seen.append(self.name)
            if isinstance(self.focus, SqlEditor):
                self.press(Key.Key_Escape)  # the next Tab leaves the statement
            self.press(key)
        pytest.fail(f"Tab does not reach {name!r}; it reaches {dict.fromkeys(seen)}")

    def fill(self, name: str, text: str) -> None:
        """Walk to a field and write into it."""
        self.walk_to(name)
        self.replace(text)

    def go_to(self, text: str) -> None:
        """Go to a page or a command by Ctrl+K."""
        self.press(Key.Key_K, modifier=CTRL)
        self.type(text)
        self.press(Key.Key_Return)

    def answer_file_dialog(self, path: str) -> QObject:
        """Type a path into the file dialog that opens next, and confirm; it blocks who opens it."""
        timer = QTimer(QApplication.instance())
        timer.setInterval(_LOOK_MS)

        def look() -> None:
            dialog = QApplication.activeModalWidget()
            line = QApplication.focusWidget()
            if isinstance(dialog, QFileDialog) and isinstance(line, QLineEdit):
                timer.stop()
                self._qtbot.keyClick(line, Key.Key_A, CTRL)
                self._qtbot.keyClicks(line, path)
                self._qtbot.keyClick(line, Key.Key_Return)

        timer.timeout.connect(look)
        timer.start()
        return timer

    def until(self, condition: Callable[[], object], timeout_s: float = 20) -> None:
        """Wait for what the window shows."""
        self._qtbot.waitUntil(lambda: bool(condition()), timeout=round(timeout_s * 1_000))
