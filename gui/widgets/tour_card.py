"""The small card of a tour: what is shown, and the way on, back and out."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent, QKeyEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from gui.theme import current
from gui.widgets.buttons import FlatButton, PrimaryButton, SecondaryButton
from gui.widgets.labels import Label, Paragraph

_WIDTH: Final = 340


class TourCard(QFrame):
    """Shows one step of several. It takes the keyboard only when it is asked to.

    Signals:
        nextAsked: The next step is wanted, or the end at the last one.
        backAsked: The step before is wanted.
        skipped: The tour is to end.
    """

    nextAsked = Signal()
    backAsked = Signal()
    skipped = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("kind", "popover")
        self.setFixedWidth(_WIDTH)
        self.place = Label(style="small", role="text2")
        self.title = Label(style="strong", elide="end")
        self.text = Paragraph("")
        # In this order Tab and F6 reach them: the way on first.
        self.next_button = PrimaryButton(self.tr("Next"), parent=self)
        self.back_button = SecondaryButton(self.tr("Back"), parent=self)
        self.skip_button = FlatButton(self.tr("Skip"), parent=self)
        self._lay_out()
        self.next_button.clicked.connect(self.nextAsked)
        self.back_button.clicked.connect(self.backAsked)
        self.skip_button.clicked.connect(self.skipped)

    def show_step(self, number: int, count: int, title: str, text: str) -> None:
        """Show a step, and have a screen reader say it.

        Args:
            number: Which one, from 1.
            count: How many there are.
            title: What it is about.
            text: One sentence or two.
        """
        place = self.tr("Step {number} of {count}").format(number=number, count=count)
        is_last = number == count
        self.place.setText(place)
        self.title.setText(title)
        self.text.setText(text)
        self.next_button.setText(self.tr("Done") if is_last else self.tr("Next"))
        if number == 1 and self.back_button.hasFocus():
            self.next_button.setFocus(Qt.FocusReason.OtherFocusReason)
        self.back_button.setEnabled(number > 1)
        self.skip_button.setVisible(not is_last)
        spoken = f"{place}. {title}. {text}"
        self.setAccessibleName(spoken)
        self._fit()
        QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(self, spoken))

    @property
    def has_keyboard(self) -> bool:
        """Whether one of its buttons has the keyboard."""
        buttons = (self.skip_button, self.back_button, self.next_button)
        return any(button.hasFocus() for button in buttons)

    def focus(self) -> None:
        """Have the keyboard at the way on."""
        self.next_button.setFocus(Qt.FocusReason.OtherFocusReason)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """End the tour by Esc."""
        if event.key() == Qt.Key.Key_Escape:
            self.skipped.emit()
        else:
            super().keyPressEvent(event)

    def _lay_out(self) -> None:
        theme = current()
        column = QVBoxLayout(self)
        margin = theme.size("space.panel")
        column.setContentsMargins(margin, margin, margin, margin)
        column.setSpacing(theme.size("space.xs"))
        head = QHBoxLayout()
        head.setSpacing(theme.size("space.s"))
        head.addWidget(self.title, 1)
        head.addWidget(self.place)
        column.addLayout(head)
        column.addWidget(self.text)
        column.addSpacing(theme.size("space.s"))
        row = QHBoxLayout()
        row.setSpacing(theme.size("space.s"))
        row.addWidget(self.skip_button)
        row.addStretch(1)
        row.addWidget(self.back_button)
        row.addWidget(self.next_button)
        column.addLayout(row)
        current().changed.connect(self._fit)

    @Slot()
    def _fit(self) -> None:
        """Be as high as the text needs; the words wrap at the width that is fixed."""
        layout = self.layout()
        if layout is not None:
            layout.activate()
            self.setFixedHeight(layout.totalHeightForWidth(_WIDTH))
