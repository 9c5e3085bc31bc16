"""Links that put what a rule yields into a template; those that have no room are left out."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Final

from PySide6.QtCore import QSize, Qt, Signal, Slot
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QWidget

from gui.theme import set_face
from gui.widgets.buttons import LinkButton
from gui.widgets.labels import Label

_GAP: Final = 10
_HEIGHT: Final = 24


class InsertLinks(QWidget):
    """At the right end of the room there is.

    Signals:
        chosen: The placeholder to insert.
    """

    chosen = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.buttons: list[LinkButton] = []
        self._names: tuple[str, ...] = ()
        self._label = Label(self.tr("Insert"), style="small", role="text3")
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(_GAP)
        self._row.addStretch(1)
        self._row.addWidget(self._label)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.show_names(())

    def show_names(self, names: Sequence[str]) -> None:
        """Offer these; the links stay, and with them the focus, when they are the same."""
        if tuple(names) != self._names or not names:
            self._names = tuple(names)
            for button in self.buttons:
                self._row.removeWidget(button)
                button.hide()
                button.deleteLater()
            self.buttons = [self._make(name) for name in self._names]
            for before, after in pairwise([self, *self.buttons]):
                QWidget.setTabOrder(before, after)  # here, not behind all that there is
        self._fit()

    def sizeHint(self) -> QSize:
        """Take any width; the height of the links, though none may be shown."""
        return QSize(0, _HEIGHT)

    def minimumSizeHint(self) -> QSize:
        """Do without any link."""
        return self.sizeHint()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Show as many as there is room for."""
        super().resizeEvent(event)
        self._fit()

    def _make(self, name: str) -> LinkButton:
        button = LinkButton(name)
        button.set_small()
        set_face(button, "code_small")
        button.setAccessibleName(self.tr("Insert {name}").format(name=f"${{{name}}}"))
        button.clicked.connect(self._take)
        self._row.addWidget(button, 0, Qt.AlignmentFlag.AlignVCenter)
        return button

    def _fit(self) -> None:
        room = self.width() - self._label.sizeHint().width()
        for button in self.buttons:
            room -= button.sizeHint().width() + _GAP
            button.setVisible(room >= 0)
        self._label.setVisible(any(not button.isHidden() for button in self.buttons))

    @Slot()
    def _take(self) -> None:
        button = self.sender()
        if isinstance(button, LinkButton):
            self.chosen.emit(f"${{{button.text()}}}")
