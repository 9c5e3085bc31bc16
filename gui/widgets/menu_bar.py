"""The menu bar: quiet words; the letters that open a menu are marked only while Alt is held."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QRectF, Qt
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QMenuBar, QWidget

from gui.theme import current, set_face

_INSET = 2


class MenuBar(QMenuBar):
    """A row of menus, painted here; on macOS the system shows it."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._is_alt_held = False
        set_face(self, "body", figures=False)
        current().changed.connect(self.update)

    @property
    def marks_letters(self) -> bool:
        """Whether the letters that open a menu are underlined now."""
        return self._is_alt_held or self.hasFocus()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Notice Alt in the window; Qt has the bar watch it for the same key."""
        kinds = (QEvent.Type.ShortcutOverride, QEvent.Type.KeyPress, QEvent.Type.KeyRelease)
        if event.type() in kinds and isinstance(event, QKeyEvent):
            if event.key() == Qt.Key.Key_Alt:
                self._mark(event.type() != QEvent.Type.KeyRelease)
        elif event.type() == QEvent.Type.WindowDeactivate:
            self._mark(False)
        return super().eventFilter(watched, event)

    def _mark(self, is_alt_held: bool) -> None:
        if is_alt_held != self._is_alt_held:
            self._is_alt_held = is_alt_held
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the words, and a ground under the one that is open or pointed at."""
        theme, painter = current(), QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.fillRect(event.rect(), theme.colour("surface0"))
        painter.setFont(self.font())
        mark = Qt.TextFlag.TextShowMnemonic if self.marks_letters else Qt.TextFlag.TextHideMnemonic
        for action in self.actions():
            rect = QRectF(self.actionGeometry(action))
            if action is self.activeAction():
                painter.setPen(Qt.PenStyle.NoPen)
                painter.setBrush(theme.colour("hover"))
                radius = theme.size("radius.s")
                ground = QRectF(rect.left(), _INSET, rect.width(), self.height() - 2 * _INSET)
                painter.drawRoundedRect(ground, radius, radius)
            painter.setPen(theme.colour("text1" if action.isEnabled() else "text_disabled"))
            box = QRectF(rect.left(), 0, rect.width(), self.height())
            painter.drawText(box, Qt.AlignmentFlag.AlignCenter | mark, action.text())
