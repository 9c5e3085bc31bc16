"""A page of the bottom dock in a window of its own, until it is put back."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import QDockWidget, QHBoxLayout, QMainWindow, QVBoxLayout, QWidget

from gui.theme import current
from gui.widgets.frames import Ground, Strip

_WIDTH = 748
_HEIGHT = 340


class TornPage(QDockWidget):
    """A dock that never docks: the main window remembers where it was, and its keys work in it.

    Signals:
        closed: The user has closed it.
    """

    closed = Signal()

    def __init__(self, key: str, title: str, window: QMainWindow) -> None:
        """Make it, hidden.

        Args:
            key: Its id in the layout of the window.
            title: Of its window.
            window: The main window.
        """
        super().__init__(title, window)
        self.setObjectName(key)
        self._tools = QHBoxLayout()
        strip = Strip("height.dock_title")
        row = QHBoxLayout(strip)
        row.setContentsMargins(0, 0, current().size("space.s"), 0)
        row.addStretch(1)
        row.addLayout(self._tools)
        host = Ground("surface1")
        self._column = QVBoxLayout(host)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)
        self._column.addWidget(strip)
        self.setWidget(host)
        window.addDockWidget(Qt.DockWidgetArea.BottomDockWidgetArea, self)
        self.setAllowedAreas(Qt.DockWidgetArea.NoDockWidgetArea)
        self.setFloating(True)
        self.resize(_WIDTH, _HEIGHT)
        self.hide()

    def take(self, page: QWidget, tools: QWidget) -> None:
        """Hold a page, with its tools above it."""
        self._tools.addWidget(tools)
        self._column.addWidget(page, 1)
        tools.show()
        page.show()

    def closeEvent(self, event: QCloseEvent) -> None:
        """Tell it."""
        super().closeEvent(event)
        self.closed.emit()
