"""The strips at both edges: what is left of a dock that is folded."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import QFontMetrics, QKeyEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QDockWidget, QSizePolicy, QToolBar, QWidget

from gui.theme import current, set_face

NARROW: Final = 1_100
"""A window under this width has no room for the dock beside its pages."""

_ICON: Final = 14
_ABOVE: Final = 9
_BESIDE: Final = 3
_TOP: Final = 6
_GAP: Final = 7
_NAME_RIGHT: Final = 2
"""How far right of the middle the name stands, whose letters have more below their middle."""


class StripButton(QAbstractButton):
    """An icon, and below it a name that is read from top to bottom."""

    def __init__(self, name: str, icon: str, parent: QWidget | None = None) -> None:
        """Make it; `icon` is the file name of an icon."""
        super().__init__(parent)
        self._icon = icon
        self.setText(name)
        self.setAccessibleName(name)
        set_face(self, "small", 500)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        current().changed.connect(self.update)

    def sizeHint(self) -> QSize:
        """Take the room of icon and name."""
        text = QFontMetrics(self.font()).horizontalAdvance(self.text())
        width = current().size("width.side_strip") - 1
        return QSize(width, _ABOVE + 2 * _TOP + _ICON + _GAP + text)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Press by Enter, too."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.click()
        else:
            super().keyPressEvent(event)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint ground, icon, name and ring."""
        theme, painter = current(), QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        rect = QRectF(self.rect()).adjusted(_BESIDE, _ABOVE, -_BESIDE, 0)
        radius = theme.size("radius.m")
        if self.isDown() or self.underMouse():
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme.colour("pressed" if self.isDown() else "hover"))
            painter.drawRoundedRect(rect, radius, radius)
        if self.hasFocus():
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(theme.colour("focus"), theme.size("line.focus")))
            painter.drawRoundedRect(rect.adjusted(1, 1, -1, -1), radius, radius)
        place = QRectF((self.width() - _ICON) / 2, rect.top() + _TOP, _ICON, _ICON)
        theme.icon(self._icon, "text2", _ICON).paint(painter, place.toRect())
        painter.setFont(self.font())
        painter.setPen(theme.colour("text2"))
        painter.translate(self.width() + _NAME_RIGHT, place.bottom() + _GAP)
        painter.rotate(90)
        box = QRectF(0, 0, rect.height(), self.width())
        painter.drawText(box, Qt.AlignmentFlag.AlignVCenter, self.text())


class SideStrip(QToolBar):
    """Stands in for a dock at one side: by the user's wish, or where the window is narrow.

    Signals:
        opened: The dock is shown again.
    """

    opened = Signal()

    def __init__(
        self,
        dock: QDockWidget,
        icon: str,
        side: Qt.ToolBarArea = Qt.ToolBarArea.RightToolBarArea,
        parent: QWidget | None = None,
    ) -> None:
        """Make it for a dock.

        Args:
            dock: At the right it gives way in a narrow window, at the left it stays.
            icon: The file name of the dock's icon.
            side: Left or right.
            parent: Its owner; the window takes it over.
        """
        super().__init__(parent)
        self.side = side
        self._dock = dock
        self._is_left = side == Qt.ToolBarArea.LeftToolBarArea
        self._is_open = False
        self._is_narrow = False
        self._was_folded = False
        self.setObjectName("left_strip" if self._is_left else "side_strip")
        self.setWindowTitle(dock.windowTitle())
        self.setMovable(False)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.PreventContextMenu)
        self.setFixedWidth(current().size("width.side_strip"))
        self.button = StripButton(dock.windowTitle(), icon)
        self.addWidget(self.button)
        self.button.clicked.connect(self._unfold)
        dock.visibilityChanged.connect(self.refresh)
        self.hide()

    def set_open(self, is_open: bool, width: int) -> None:
        """Take over whether a workspace is open, whose layout may be another, and the window."""
        self._is_open = is_open
        self._is_narrow = self._was_folded = False
        self.fit(width)

    def fit(self, width: int) -> None:
        """Fold the dock where the window has become narrow, and unfold it where it has room."""
        is_narrow = width < NARROW and not self._is_left
        if is_narrow != self._is_narrow and self._is_open:
            self._is_narrow = is_narrow
            if is_narrow and not self._dock.isHidden():
                self._was_folded = True
                self._dock.hide()
            elif not is_narrow and self._was_folded:
                self._was_folded = False
                self._dock.show()
        self.refresh()

    @Slot()
    def refresh(self) -> None:
        """Be there when the dock is not."""
        self.setVisible(self._is_open and self._dock.isHidden())

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the frame's ground, and the line between it and the pages."""
        theme, painter = current(), QPainter(self)
        painter.fillRect(self.rect(), theme.colour("surface0"))
        line = theme.size("line.hairline")
        at = self.width() - line if self._is_left else 0
        painter.fillRect(at, 0, line, self.height(), theme.colour("border"))

    @Slot()
    def _unfold(self) -> None:
        self._was_folded = False
        self.hide()  # first, or the pages would be narrow for a moment
        self._dock.show()
        self.opened.emit()
