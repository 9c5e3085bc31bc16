"""What widgets share: icons that follow the theme, state shapes as icons, focus by keyboard."""

from __future__ import annotations

from PySide6.QtCore import QObject, QRectF, Qt, Slot
from PySide6.QtGui import QIcon, QPainter, QPixmap
from PySide6.QtWidgets import QAbstractButton

from gui.theme import current

KEYBOARD_REASONS = (
    Qt.FocusReason.TabFocusReason,
    Qt.FocusReason.BacktabFocusReason,
    Qt.FocusReason.ShortcutFocusReason,
)
"""Why a widget shows where the focus is: the keyboard brought it."""

_RATIOS = (1.0, 2.0)


class IconFollower(QObject):
    """Gives a button its icon, and again whenever the theme changes; owned by the button."""

    def __init__(self, button: QAbstractButton, name: str, role: str, size: int) -> None:
        """Take a button.

        Args:
            button: Where the icon goes.
            name: File name of the icon, without its ending.
            role: Name of its colour.
            size: Edge in pixels.
        """
        super().__init__(button)
        self._button, self._name, self._role, self._size = button, name, role, size
        self._gap = 0
        current().changed.connect(self._tint)
        self._tint()

    def show(self, name: str, role: str) -> None:
        """Show another icon."""
        self._name, self._role = name, role
        self._tint()

    def resize(self, size: int, gap: int = 0) -> None:
        """Show it in another size, with pixels at its right besides Qt's own before a text."""
        self._size, self._gap = size, gap
        self._tint()

    @Slot()
    def _tint(self) -> None:
        self._button.setIcon(current().icon(self._name, self._role, self._size, self._gap))


def state_icon(status: str, size: int = 12, ground: str = "surface0") -> QIcon:
    """Make an icon of a state's shape; ask again when the theme changes."""
    icon = QIcon()
    for ratio in _RATIOS:
        pixmap = QPixmap(round(size * ratio), round(size * ratio))
        pixmap.fill(Qt.GlobalColor.transparent)
        painter = QPainter(pixmap)
        current().paint_state(painter, QRectF(pixmap.rect()), status, ground)
        painter.end()
        pixmap.setDevicePixelRatio(ratio)
        icon.addPixmap(pixmap)
    return icon
