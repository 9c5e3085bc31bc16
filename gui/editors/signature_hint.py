"""The signature of the function whose arguments are being written, above the line."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QEvent, QObject, QRect, QRectF, Qt, Slot
from PySide6.QtGui import (
    QAccessible,
    QAccessibleAnnouncementEvent,
    QFontMetrics,
    QPainter,
    QPaintEvent,
    QPen,
)
from PySide6.QtWidgets import QWidget

from core.sql.completion import call_at
from gui.editors.sql_editor import SqlEditor
from gui.theme import current
from gui.viewmodels.signatures import Signature, signature_of

_WIDEST: Final = 440
_GAP: Final = 3
_OPENING: Final = ("(", ",")


class SignatureHint(QWidget):
    """One line of code with the present argument in another colour and bold; a sentence below."""

    def __init__(self, parent: QWidget) -> None:
        """Make it, hidden; `parent` is the window that it lies on."""
        super().__init__(parent)
        self._window = parent
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.signature: Signature | None = None
        current().changed.connect(self.update)
        self.hide()

    def show_at(self, signature: Signature, place: QRect) -> None:
        """Show a signature above a line.

        Args:
            signature: With its present argument.
            place: The start of the call, its line's top and height, in the window's pixels.
        """
        self.signature = signature
        self.setAccessibleName(signature.spoken)
        theme = current()
        code = QFontMetrics(theme.font("code_small", 600)).horizontalAdvance(signature.text)
        brief = QFontMetrics(theme.font("small")).horizontalAdvance(signature.brief)
        side = theme.size("space.m")
        width = min(max(code, brief) + 2 * side, _WIDEST)
        lines = theme.face("code_small").line + theme.face("small").line
        height = lines + 2 * theme.size("space.s")
        left = max(0, min(place.left() - side, self._window.width() - width - 4))
        self.setGeometry(left, max(0, place.top() - _GAP - height), width, height)
        self.show()
        self.raise_()
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the floating ground and both lines."""
        signature = self.signature
        if signature is None:
            return
        theme, painter = current(), QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setBrush(theme.colour("surface3"))
        painter.setPen(QPen(theme.colour("border_strong"), 1))
        radius = theme.size("radius.l")
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), radius, radius)
        side, top = theme.size("space.m"), theme.size("space.s")
        line = theme.face("code_small").line
        left = side
        for text, is_present in signature.pieces:
            painter.setFont(theme.font("code_small", 600 if is_present else None))
            painter.setPen(theme.colour("accent_text" if is_present else "text1"))
            width = painter.fontMetrics().horizontalAdvance(text)
            room = QRect(left, top, min(width, self.width() - side - left) + 1, line)
            painter.drawText(room, Qt.AlignmentFlag.AlignVCenter, text)
            left += width
        painter.setFont(theme.font("small"))
        painter.setPen(theme.colour("text2"))
        room = QRect(side, top + line, self.width() - 2 * side, theme.face("small").line)
        brief = painter.fontMetrics().elidedText(
            signature.brief, Qt.TextElideMode.ElideRight, room.width()
        )
        painter.drawText(room, Qt.AlignmentFlag.AlignVCenter, brief)


class SignatureHelp(QObject):
    """Opens the hint behind `(` and `,` and when it is asked for; follows the cursor in the call.

    Owned by its editor.
    """

    def __init__(self, editor: SqlEditor) -> None:
        super().__init__(editor)
        self._editor = editor
        self._hint: SignatureHint | None = None
        editor.installEventFilter(self)
        editor.keyTyped.connect(self._take_key)
        editor.escaped.connect(self.close)
        editor.cursorPositionChanged.connect(self._follow)
        editor.verticalScrollBar().valueChanged.connect(self.close)
        editor.destroyed.connect(self._forget)

    @property
    def hint(self) -> SignatureHint:
        """The hint; it is made for the window that the editor is in when it is first needed."""
        if self._hint is None:
            self._hint = SignatureHint(self._editor.window())
        return self._hint

    @property
    def is_open(self) -> bool:
        """Whether the hint is shown."""
        return self._hint is not None and self._hint.isVisible()

    @Slot()
    def open(self) -> None:
        """Show the signature of the call that the cursor is in; none elsewhere."""
        editor = self._editor
        call = call_at(editor.toPlainText(), editor.offset)
        found = signature_of(call) if call is not None else None
        if call is None or found is None:
            self.close()
            return
        is_new = not self.is_open or self.hint.signature != found
        self.hint.show_at(found, editor.place_in_window(call.start))
        if is_new:  # the hint never has the focus, so that nothing else says it
            QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(editor, found.spoken))

    @Slot()
    def close(self) -> None:
        """Hide the hint."""
        if self._hint is not None:
            self._hint.hide()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Close with the focus gone."""
        if event.type() in (QEvent.Type.FocusOut, QEvent.Type.Hide):
            self.close()
        return super().eventFilter(watched, event)

    @Slot()
    def _take_key(self) -> None:
        editor = self._editor
        if editor.toPlainText()[: editor.offset].endswith(_OPENING):
            self.open()

    @Slot()
    def _follow(self) -> None:
        if self.is_open:
            self.open()

    @Slot()
    def _forget(self) -> None:
        if self._hint is not None:
            self._hint.deleteLater()
