"""A secret in a form: where it is kept, never itself; it can be changed and forgotten."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QEvent, QRect, QSize, Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QApplication, QFrame, QHBoxLayout, QLineEdit, QStackedWidget, QWidget

from gui.theme import current, refresh_style, set_height
from gui.widgets.buttons import FlatButton, IconButton, SecondaryButton
from gui.widgets.fields import LineField
from gui.widgets.labels import Label

_KEY = 16


class _Kept(QFrame):
    """The words that stand in place of the secret."""

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("kind", "secret")
        set_height(self, "height.control")
        self.label = Label(elide="end")
        row = QHBoxLayout(self)
        row.setContentsMargins(9 + _KEY + 6, 0, 9, 0)
        row.addWidget(self.label)
        current().changed.connect(self.update)

    def sizeHint(self) -> QSize:
        return QSize(140, self.height())

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        icon = current().icon("key-round", "text2", _KEY)
        icon.paint(QPainter(self), QRect(9, (self.height() - _KEY) // 2, _KEY, _KEY))


class SecretEditor(QWidget):
    """Shows a reference in words. What is typed is told once, by `typed`, and not kept here.

    A reference, `env:NAME` or `file:PATH`, may be typed in place of a secret. While a text looks
    like one, a button beside it takes it as the secret itself.

    Signals:
        edited: Another reference, or None for no secret.
        typed: A secret to be kept.
        typing: Whether something is typed that is not told yet, `is_typing`, has changed.
        left: The keyboard has gone elsewhere.
    """

    edited = Signal(object)
    typed = Signal(str)
    typing = Signal()
    left = Signal()

    def __init__(
        self, name: str, parent: QWidget | None = None, *, is_narrow: bool = False
    ) -> None:
        """Make it.

        Args:
            name: What a screen reader calls it.
            parent: Qt's owner.
            is_narrow: Whether there is room for the words of one button only.
        """
        super().__init__(parent)
        self._reference: str | None = None
        self._is_changing = False  # the line is open for another secret
        self._was_typing = False  # as it was told
        self._kept = _Kept()
        self.line = LineField(name, placeholder=self.tr("type it, or env:NAME"))
        self.line.setEchoMode(QLineEdit.EchoMode.Password)
        self.line.installEventFilter(self)
        self.change_button = SecondaryButton(self.tr("Change"))
        self.change_button.setAccessibleName(self.tr("Change {name}").format(name=name))
        forget = self.tr("Forget {name}").format(name=name)
        self.forget_button = (
            IconButton("trash-2", forget, size=30) if is_narrow else FlatButton(self.tr("Forget"))
        )
        self.forget_button.setAccessibleName(forget)
        literally = self.tr("Use as the secret")
        self.literal_button = (
            IconButton("key-round", literally, size=30) if is_narrow else FlatButton(literally)
        )
        self.literal_button.setAccessibleName(literally)
        self.literal_button.setAccessibleDescription(
            self.tr("The text looks like a reference to where the secret is kept.")
        )
        self.literal_button.installEventFilter(self)
        self.literal_button.hide()
        self._stack = QStackedWidget()
        set_height(self._stack, "height.control")
        self._stack.addWidget(self._kept)
        self._stack.addWidget(self.line)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(current().size("space.s"))
        row.addWidget(self._stack, 1)
        row.addWidget(self.literal_button)
        row.addWidget(self.change_button)
        row.addWidget(self.forget_button)
        self.change_button.clicked.connect(self._change)
        self.forget_button.clicked.connect(self._forget)
        self.literal_button.clicked.connect(self._take_literally)
        self.line.textChanged.connect(self._look_for_reference)
        self.line.textEdited.connect(self._note_typing)
        self.show_value(None)

    @property
    def is_typing(self) -> bool:
        """Whether something is typed that counts once the field is left."""
        return bool(self.line.text())

    def forget_typing(self) -> None:
        """Take back what is typed and not told yet."""
        self.line.clear()
        self._note_typing()

    def show_value(self, value: Any, words: str = "") -> None:
        """Show where the secret is kept.

        Args:
            value: Its reference; None for no secret.
            words: The reference in words.
        """
        if self.line.text() and self._stack.currentWidget() is self.line:
            return  # it is being typed
        reference = str(value) if value else None
        if self._is_changing and reference == self._reference:
            return  # it is about to be typed
        self._reference, self._is_changing = reference, False
        is_kept, had_focus = reference is not None, self.line.hasFocus()
        has_name = reference is not None and not reference.startswith("secret:")
        self._kept.label.setText(words, *([str(reference)] if has_name else []))
        self._stack.setCurrentWidget(self._kept if is_kept else self.line)
        self.change_button.setVisible(is_kept)
        self.forget_button.setVisible(is_kept)
        self.setFocusProxy(self.change_button if is_kept else self.line)
        if is_kept and had_focus:  # Qt gives the keyboard to the words, which take no key
            self.change_button.setFocus(Qt.FocusReason.TabFocusReason)

    def set_problem(self, problem: str) -> None:
        """Say what is wrong; empty when it is right."""
        self.line.set_problem(problem)
        self._kept.setProperty("problem", bool(problem))
        refresh_style(self._kept)

    def eventFilter(self, watched: object, event: QEvent) -> bool:
        """Take what was typed by Enter or when the field is left; Escape takes it back."""
        if watched not in (self.line, self.literal_button):
            return False
        if event.type() == QEvent.Type.FocusOut:
            self._leave()
        elif (
            watched is self.line
            and isinstance(event, QKeyEvent)
            and event.type() == QEvent.Type.KeyPress
        ):
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.line.text():
                self._take()
                return True
            if event.key() == Qt.Key.Key_Escape and self._reference is not None:
                self.line.clear()
                self._show_kept()
                self._note_typing()
                return True
        return False

    def _leave(self) -> None:
        """Take what was typed, unless the keyboard is still at the line or at its button."""
        if QApplication.focusWidget() in (self.line, self.literal_button):
            return
        if self.line.text():
            self._take()
        elif self._reference is not None:
            self._show_kept()
        self.left.emit()

    @Slot()
    def _take_literally(self) -> None:
        self.line.setFocus(Qt.FocusReason.OtherFocusReason)  # the button goes with the text
        self._take(is_literal=True)

    def _take(self, *, is_literal: bool = False) -> None:
        text = self.line.text()
        self._is_changing = False
        self.line.clear()
        if _is_reference(text) and not is_literal:
            self.edited.emit(text)
        else:
            self.typed.emit(text)
        self._note_typing()

    @Slot()
    def _note_typing(self) -> None:
        if self.is_typing != self._was_typing:
            self._was_typing = self.is_typing
            self.typing.emit()

    def _show_kept(self) -> None:
        """Show what there is, which has not been changed."""
        self._is_changing = False
        self.show_value(self._reference, self._kept.label.whole_text())

    @Slot()
    def _change(self) -> None:
        self._is_changing = True
        self._stack.setCurrentWidget(self.line)
        self.change_button.hide()
        self.forget_button.hide()
        self.line.setFocus(Qt.FocusReason.TabFocusReason)

    @Slot()
    def _forget(self) -> None:
        self.edited.emit(None)
        self.line.setFocus(Qt.FocusReason.TabFocusReason)

    @Slot(str)
    def _look_for_reference(self, text: str) -> None:
        """Show a reference while it is typed: it is no secret, unless the button says so."""
        is_reference = _is_reference(text)
        modes = QLineEdit.EchoMode
        self.line.setEchoMode(modes.Normal if is_reference else modes.Password)
        self.literal_button.setVisible(is_reference)


def _is_reference(text: str) -> bool:
    return text.startswith(("env:", "file:", "secret:")) and not text.endswith(":")
