"""A scroll bar that lies over what it scrolls, and takes no room of it."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QAbstractScrollArea, QScrollBar

BAR: Final = 12
"""The width that the mouse has of it."""


class OverlayBar(QScrollBar):
    """Stands at the right edge of a view in place of its own bar, which it moves."""

    def __init__(self, view: QAbstractScrollArea) -> None:
        """Make it; the view's own bar goes on to work, unseen."""
        super().__init__(Qt.Orientation.Vertical, view)
        self._view = view
        view.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        own = view.verticalScrollBar()
        own.rangeChanged.connect(self._take_range)
        own.valueChanged.connect(self.setValue)
        self.valueChanged.connect(own.setValue)
        self._take_range()

    def place(self, top: int) -> None:
        """Stand at the right edge below something; to be called when the view has another size."""
        view = self._view
        self.setGeometry(view.width() - BAR, top, BAR, max(view.height() - top, 0))
        self._take_range()

    @Slot()
    def _take_range(self) -> None:
        own = (
            self._view.verticalScrollBar()
        )  # asked for anew: its wrapper ends with a moved parent's
        self.setPageStep(own.pageStep())
        self.setSingleStep(own.singleStep())
        self.setRange(own.minimum(), own.maximum())
        self.setValue(own.value())
        self.setVisible(own.maximum() > own.minimum())
        self.raise_()
