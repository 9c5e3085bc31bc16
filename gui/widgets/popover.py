"""A small window below what opened it, for a few fields; a click elsewhere or Esc closes it."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from gui.theme import current
from gui.widgets.below import place_below
from gui.widgets.round_window import cut_corners, make_round


class Popover(QWidget):
    """Destroys itself when it is closed.

    Attributes:
        column: Where its content goes.
    """

    def __init__(self, owner: QWidget, name: str, width: int) -> None:
        """Make it; `open` shows it.

        Args:
            owner: What it stands below; it belongs to it.
            name: What a screen reader calls it.
            width: In pixels.
        """
        super().__init__(owner, Qt.WindowType.Popup | Qt.WindowType.FramelessWindowHint)
        self._owner = owner
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        make_round(self)
        self.setAccessibleName(name)
        self.setFixedWidth(width)
        self.column = QVBoxLayout(self)
        margin = current().size("space.panel")
        self.column.setContentsMargins(margin, margin, margin, margin)
        self.column.setSpacing(current().size("space.s"))

    def open(self) -> None:
        """Show it below its owner, its right edge there, within the screen."""
        self.place()
        self.show()
        self.focusNextChild()

    def place(self) -> None:
        """Fit it to its content where it belongs."""
        self.adjustSize()
        place_below(self, self._owner, ends_with_owner=True)

    def sizeHint(self) -> QSize:
        """Be as high as the words need at this width."""
        if not self.column.hasHeightForWidth():
            return super().sizeHint()
        self.column.activate()
        return QSize(self.width(), self.column.totalHeightForWidth(self.width()))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the corners round."""
        super().resizeEvent(event)
        cut_corners(self)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the ground with its outline."""
        theme, painter = current(), QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        radius = theme.size("radius.l")
        painter.setPen(QPen(theme.colour("border_strong"), 1))
        painter.setBrush(theme.colour("surface3"))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), radius, radius)
