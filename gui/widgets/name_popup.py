"""A small floating form that asks for a name."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from gui.theme import current
from gui.widgets.below import place_below
from gui.widgets.buttons import FlatButton, PrimaryButton
from gui.widgets.fields import Field, LineField

_INNER: Final = 274  # 300 with what is around it


class NamePopup(QFrame):
    """Opens at a widget; Enter takes the name, Esc does not.

    Signals:
        taken: The name, without blanks around it.
    """

    taken = Signal(str)

    def __init__(
        self,
        label: str,
        button: str,
        parent: QWidget,
        *,
        may_be_empty: bool = False,
        problem: Callable[[str], str] = lambda _name: "",
    ) -> None:
        """Make it, hidden.

        Args:
            label: What is asked for.
            button: What happens then.
            parent: What it opens at; owns it.
            may_be_empty: Whether no text at all is an answer.
            problem: Says what is wrong with a name, which is not taken then; empty for nothing.
        """
        super().__init__(parent, Qt.WindowType.Popup)
        self._anchor, self._may_be_empty, self._problem = parent, may_be_empty, problem
        theme = current()
        self.setProperty("kind", "popover")
        self.field = LineField(label)
        self.row = Field(label, self.field)
        self.row.setFixedWidth(_INNER)
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
        column.setSizeConstraint(QVBoxLayout.SizeConstraint.SetFixedSize)  # it follows what is said
        column.addWidget(self.row)
        column.addLayout(foot)

    def ask(self, proposal: str) -> None:
        """Open below what it belongs to, with a name to take or to write over."""
        self.field.setText(proposal)
        self.field.selectAll()
        self._check(proposal)
        self.adjustSize()
        place_below(self, self._anchor, ends_with_owner=True)
        self.show()
        self.field.setFocus(Qt.FocusReason.PopupFocusReason)

    @Slot(str)
    def _check(self, text: str) -> None:
        name = text.strip()
        self.row.set_problem(self._problem(name) if name else "")
        self.button.setEnabled(self._is_good(name))

    def _is_good(self, name: str) -> bool:
        return not self._problem(name) if name else self._may_be_empty

    @Slot()
    def _take(self) -> None:
        name = self.field.text().strip()
        if self._is_good(name):
            self.close()
            self.taken.emit(name)
