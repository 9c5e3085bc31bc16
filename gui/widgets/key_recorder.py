"""A field that takes the keys that are pressed in it, and shows them as caps."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from typing import Final

from PySide6.QtCore import QEvent, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QKeySequence, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from gui.theme import current
from gui.widgets.key_caps import paint_keys

_PADDING: Final = 7
_MODIFIERS: Final = {
    Qt.Key.Key_Control: "Ctrl",
    Qt.Key.Key_Shift: "Shift",
    Qt.Key.Key_Alt: "Alt",
    Qt.Key.Key_Meta: "Meta",
}
_HELD: Final = (
    (Qt.KeyboardModifier.ControlModifier, "Ctrl"),
    (Qt.KeyboardModifier.AltModifier, "Alt"),
    (Qt.KeyboardModifier.ShiftModifier, "Shift"),
    (Qt.KeyboardModifier.MetaModifier, "Meta"),
)
_LEAVING: Final = (Qt.Key.Key_Tab, Qt.Key.Key_Backtab)


class KeyRecorder(QWidget):
    """Takes every combination while it has the keyboard, also those that are commands elsewhere.

    Tab leaves, Esc gives up, Backspace takes the keys away: alone, these are never keys of a
    command.

    Signals:
        recorded: What was pressed, in Qt's portable writing.
        altGrPressed: AltGr was part of what was pressed, so that it is none that can be had.
        cleared: The command shall have no keys.
        cancelled: It shall be as it was.
        left: The keyboard has gone elsewhere.
    """

    recorded = Signal(str)
    altGrPressed = Signal()
    cleared = Signal()
    cancelled = Signal()
    left = Signal()

    def __init__(
        self, name: str, shown: Callable[[str], Sequence[str]], parent: QWidget | None = None
    ) -> None:
        """Make it.

        Args:
            name: What a screen reader calls it.
            shown: Parts keys into the words of their caps.
            parent: Qt's owner.
        """
        super().__init__(parent)
        self._shown, self._keys = shown, ""
        self._held: list[str] = []
        self.hint = self.tr("press keys")
        self.setAccessibleName(name)
        self.setAccessibleDescription(
            self.tr("Press the keys. Esc gives up, Backspace takes the keys away.")
        )
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        current().changed.connect(self.update)

    @property
    def keys(self) -> str:
        """What is shown."""
        return self._keys

    def show_keys(self, keys: str) -> None:
        """Show keys that were pressed before; empty for none."""
        self._keys, self._held = keys, []
        self.update()

    def sizeHint(self) -> QSize:
        """Take the room of a small field."""
        return QSize(160, current().size("height.control_small"))

    def event(self, event: QEvent) -> bool:
        """Keep what is pressed from being a command of the window."""
        if event.type() == QEvent.Type.ShortcutOverride:
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Take a combination."""
        key, modifiers = Qt.Key(event.key()), event.modifiers()
        plain = modifiers == Qt.KeyboardModifier.NoModifier
        if key in _LEAVING and not modifiers & ~Qt.KeyboardModifier.ShiftModifier:
            super().keyPressEvent(event)
        elif key == Qt.Key.Key_Escape and plain:
            self.cancelled.emit()
        elif key in (Qt.Key.Key_Backspace, Qt.Key.Key_Delete) and plain:
            self.cleared.emit()
        elif key == Qt.Key.Key_AltGr or _has_alt_gr(event):
            self.altGrPressed.emit()
        elif key in _MODIFIERS:
            self._show_held(_names(modifiers) | {_MODIFIERS[key]})
        elif key != Qt.Key.Key_unknown:
            self.show_keys(_sequence(event))
            self.recorded.emit(self._keys)

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        """Show what is still held."""
        if self._held:
            released = _MODIFIERS.get(Qt.Key(event.key()), "")
            self._show_held(_names(event.modifiers()) - {released})
        super().keyReleaseEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Tell that it was left."""
        super().focusOutEvent(event)
        self._held = []
        self.update()
        if event.reason() != Qt.FocusReason.ActiveWindowFocusReason:
            self.left.emit()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the field, the caps, and what to do."""
        theme, painter = current(), QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        rect, radius = QRectF(self.rect()), theme.size("radius.m")
        painter.setBrush(theme.colour("surface2"))
        if self.hasFocus():
            painter.setPen(QPen(theme.colour("focus"), theme.size("line.focus")))
            painter.drawRoundedRect(rect.adjusted(1, 1, -1, -1), radius - 1, radius - 1)
        else:
            painter.setPen(QPen(theme.colour("border_control"), 1))
            painter.drawRoundedRect(rect.adjusted(0.5, 0.5, -0.5, -0.5), radius, radius)
        inner = rect.adjusted(_PADDING, 0, -_PADDING, 0)
        parts = self._held or (self._shown(self._keys) if self._keys else [])
        left = paint_keys(painter, inner, parts) + (_PADDING if parts else 0)
        painter.setFont(theme.font("caption"))
        painter.setPen(theme.colour("text3"))
        inner.setLeft(left)
        if parts and painter.fontMetrics().horizontalAdvance(self.hint) > inner.width():
            return  # the keys are seen, so that the hint is known
        side = Qt.AlignmentFlag.AlignRight if parts else Qt.AlignmentFlag.AlignLeft
        painter.drawText(inner, Qt.AlignmentFlag.AlignVCenter | side, self.hint)

    def _show_held(self, names: set[str]) -> None:
        self._held = [name for _, name in _HELD if name in names]
        self.update()


def _names(modifiers: Qt.KeyboardModifier) -> set[str]:
    return {name for modifier, name in _HELD if modifiers & modifier}


def _has_alt_gr(event: QKeyEvent) -> bool:
    """Tell whether AltGr is held, which Windows reports as Ctrl and Alt with a character."""
    modifiers = event.modifiers()
    if modifiers & Qt.KeyboardModifier.GroupSwitchModifier:
        return True
    both = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier
    return sys.platform == "win32" and modifiers & both == both and event.text().isprintable()


def _sequence(event: QKeyEvent) -> str:
    """Write what was pressed; Shift counts where it is not what makes the character."""
    key, modifiers, text = event.key(), event.modifiers(), event.text()
    is_symbol = text.isprintable() and text and not text.isalnum() and not text.isspace()
    kept = ~(Qt.KeyboardModifier.KeypadModifier | Qt.KeyboardModifier.GroupSwitchModifier)
    if is_symbol:
        kept &= ~Qt.KeyboardModifier.ShiftModifier
    combination = (modifiers & kept).value | key
    return QKeySequence(combination).toString(QKeySequence.SequenceFormat.PortableText)
