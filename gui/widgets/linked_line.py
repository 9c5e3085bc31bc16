"""A sentence with a link right behind its words, whichever wording there is room for."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QEvent, QRect, QSize
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from gui.widgets.buttons import LinkButton
from gui.widgets.labels import StateLine

_GAP: Final = 4


class LinkedLine(QWidget):
    """Takes the room that there is; the link stands at its end only where the words need it.

    Attributes:
        sentence: The state and its words.
        link: What can be done about it.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.sentence, self.link = StateLine(parent=self), LinkButton(parent=self)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)

    def sizeHint(self) -> QSize:
        """Ask for room for the whole sentence."""
        return self._beside(self.sentence.sizeHint())

    def minimumSizeHint(self) -> QSize:
        """Do with a few letters of it."""
        return self._beside(self.sentence.minimumSizeHint())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Choose the wording anew."""
        super().resizeEvent(event)
        self._place()

    def event(self, event: QEvent) -> bool:
        """Take other words, or a link that comes or goes."""
        if event.type() == QEvent.Type.LayoutRequest:
            self.updateGeometry()
            self._place()
        return super().event(event)

    def _link_size(self) -> QSize:
        """Give the room of the link, with the gap before it."""
        if self.link.isHidden():
            return QSize(0, 0)
        size = self.link.sizeHint()
        return QSize(_GAP + size.width(), size.height())

    def _beside(self, words: QSize) -> QSize:
        link = self._link_size()
        return QSize(words.width() + link.width(), max(words.height(), link.height()))

    def _place(self) -> None:
        link, label = self._link_size(), self.sentence.label
        beside = self.sentence.sizeHint().width() - label.sizeHint().width()  # the shape
        room = self.width() - link.width()
        width = beside + label.width_in(room - beside)
        self.sentence.setGeometry(0, 0, width, self.height())
        top = (self.height() - link.height()) // 2
        self.link.setGeometry(QRect(width + _GAP, top, link.width() - _GAP, link.height()))
