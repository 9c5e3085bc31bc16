"""A small floating form that asks how a Kafka topic is to be made."""

from __future__ import annotations

import re
from typing import Final

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from gui.theme import current
from gui.widgets.below import fit_height, place_below
from gui.widgets.buttons import FlatButton, PrimaryButton
from gui.widgets.fields import Field, LineField
from gui.widgets.labels import Label

_WIDTH: Final = 300
_NUMBER: Final = re.compile(r"[1-9][0-9]{0,4}")


class TopicPopup(QFrame):
    """Opens at a button; Enter takes the numbers, Esc does not.

    Attributes:
        boxes: The fields of both numbers, with their labels and what is wrong with them.

    Signals:
        taken: Partitions and replication factor.
    """

    taken = Signal(int, int)

    def __init__(self, topic: str, parent: QWidget) -> None:
        """Make it, hidden; `parent` is what it opens at, and owns it."""
        super().__init__(parent, Qt.WindowType.Popup | Qt.WindowType.FramelessWindowHint)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        theme = current()
        self._anchor = parent
        self.setProperty("kind", "popover")
        self.setFixedWidth(_WIDTH)
        self.partitions = LineField(self.tr("Partitions"))
        self.replication = LineField(self.tr("Replication"))
        self.button = PrimaryButton(self.tr("Create"))
        cancel = FlatButton(self.tr("Cancel"))
        numbers = QHBoxLayout()
        numbers.setSpacing(theme.size("space.l"))
        self.boxes: list[Field] = []
        for field in (self.partitions, self.replication):
            field.setText("1")
            field.textChanged.connect(self._check)
            field.returnPressed.connect(self._take)
            box = Field(field.accessibleName(), field)
            self.boxes.append(box)
            numbers.addWidget(box, 1, Qt.AlignmentFlag.AlignTop)
        foot = QHBoxLayout()
        foot.addStretch(1)
        for button in (cancel, self.button):
            button.set_small()
            foot.addWidget(button)
        column = self._column = QVBoxLayout(self)
        column.setContentsMargins(*(theme.size("space.panel"),) * 4)
        column.setSpacing(theme.size("space.m"))
        title = self.tr("Create topic {name}").format(name=topic)
        column.addWidget(Label(title, style="strong", elide="middle"))
        column.addLayout(numbers)
        column.addLayout(foot)
        cancel.clicked.connect(self.close)
        self.button.clicked.connect(self._take)

    def ask(self) -> None:
        """Open below the button."""
        self._place()
        self.show()
        self.partitions.setFocus(Qt.FocusReason.PopupFocusReason)
        self.partitions.selectAll()

    @property
    def _is_right(self) -> bool:
        return all(_NUMBER.fullmatch(f.text().strip()) for f in (self.partitions, self.replication))

    @Slot()
    def _check(self) -> None:
        for field, box in zip((self.partitions, self.replication), self.boxes, strict=True):
            is_right = _NUMBER.fullmatch(field.text().strip())
            box.set_problem("" if is_right else self.tr("Write a number from 1."))
        self.button.setEnabled(self._is_right)
        if self.isVisible() and self.isWindow():
            self._place()

    def _place(self) -> None:
        fit_height(self, self._column)
        place_below(self, self._anchor)

    @Slot()
    def _take(self) -> None:
        if self._is_right:
            self.close()
            self.taken.emit(int(self.partitions.text()), int(self.replication.text()))
