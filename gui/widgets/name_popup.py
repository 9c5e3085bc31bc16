"""A small floating form that asks for a name."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QPoint, Qt, Signal, Slot
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from gui.theme import current
from gui.widgets.buttons import FlatButton, PrimaryButton
from gui.widgets.fields import LineField
from gui.widgets.labels import Label

_WIDTH: Final = 300


class NamePopup(QFrame):
    """Opens at a widget; Enter takes the name, Esc does not.

    Signals:
        taken: The name, without blanks around it.
    """

    taken = Signal(str)

    def __init__(
        self, label: str, button: str, parent: QWidget, *, may_be_empty: bool = False
    ) -> None:
        """Make it, hidden.

        Args:
            label: What is asked for.
            button: What happens then.
            parent: What it opens at; owns it.
            may_be_empty: Whether no text at all is an answer.
        """
        super().__init__(parent, Qt.WindowType.Popup)
        self._anchor, self._may_be_empty = parent, may_be_empty
        theme = current()
        self.setProperty("kind", "popover")
        self.setFixedWidth(_WIDTH)
        self.field = LineField(label)
        self.label = Label(label, weight=500)
        self.label.setBuddy(self.field)
        self.button = PrimaryButton(button)
        self.button.set_small()
        cancel = FlatButton(self.tr("Cancel"))
        cancel.set_small()
        cancel.clicked.connect(self.close)
        self.button.clicked.connect(self._take)
        self.field.returnPressed.connect(self._take)
        self.field.textChanged.connect(self._check)
        foot = QHBoxLayout()
        foot.addStretch(1)
        foot.addWidget(cancel)
        foot.addWidget(self.button)
        column = QVBoxLayout(self)
        column.setContentsMargins(*(theme.size("space.panel"),) * 4)
        column.setSpacing(theme.size("space.s"))
        column.addWidget(self.label)
        column.addWidget(self.field)
        column.addLayout(foot)

    def ask(self, proposal: str) -> None:
        """Open below what it belongs to, with a name to take or to write over."""
        self.field.setText(proposal)
        self.field.selectAll()
        self.adjustSize()
        anchor = self._anchor
        corner = QPoint(anchor.width() - self.width(), anchor.height() + 4)
        self.move(anchor.mapToGlobal(corner))
        self.show()
        self.field.setFocus(Qt.FocusReason.PopupFocusReason)

    @Slot(str)
    def _check(self, text: str) -> None:
        self.button.setEnabled(bool(text.strip()) or self._may_be_empty)

    @Slot()
    def _take(self) -> None:
        name = self.field.text().strip()
        if name or self._may_be_empty:
            self.close()
            self.taken.emit(name)
