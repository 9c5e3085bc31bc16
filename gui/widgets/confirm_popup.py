"""A small floating sheet that asks before something is deleted which others use."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QPoint, Qt, Signal, Slot
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from gui.theme import current
from gui.widgets.buttons import DangerButton, FlatButton
from gui.widgets.labels import Label, Paragraph

_WIDTH: Final = 340


class ConfirmPopup(QFrame):
    """Stands in the upper part of its window; Enter does it, Esc and a click elsewhere do not.

    Signals:
        confirmed: It shall be done.
    """

    confirmed = Signal()

    def __init__(self, question: str, reason: str, button: str, parent: QWidget) -> None:
        """Make it, hidden.

        Args:
            question: What is asked.
            reason: Why it is asked.
            button: What doing it is called.
            parent: What owns it; it opens over its window.
        """
        super().__init__(parent, Qt.WindowType.Popup)
        self._owner = parent
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setAccessibleName(question)
        self.setAccessibleDescription(reason)
        theme = current()
        self.setProperty("kind", "popover")
        self.setFixedWidth(_WIDTH)
        self.reason = Paragraph(reason, role="text2")
        self.button = DangerButton(button)
        self.button.setAutoDefault(True)  # so that Enter presses it
        self.cancel = FlatButton(self.tr("Cancel"))
        foot = QHBoxLayout()
        foot.addStretch(1)
        for each in (self.cancel, self.button):
            each.set_small()
            foot.addWidget(each)
        column = QVBoxLayout(self)
        column.setContentsMargins(*(theme.size("space.panel"),) * 4)
        column.setSpacing(theme.size("space.s"))
        column.addWidget(Label(question, style="strong", elide="middle"))
        column.addWidget(self.reason)
        column.addSpacing(theme.size("space.xs"))
        column.addLayout(foot)
        self.cancel.clicked.connect(self.close)
        self.button.clicked.connect(self._take)

    def ask(self) -> None:
        """Open it, with the keyboard on what does it: that can be undone."""
        window = self._owner.window()
        self.adjustSize()
        place = QPoint((window.width() - self.width()) // 2, window.height() // 4)
        self.move(window.mapToGlobal(place))
        self.show()
        self.button.setFocus(Qt.FocusReason.PopupFocusReason)

    @Slot()
    def _take(self) -> None:
        self.close()
        self.confirmed.emit()
