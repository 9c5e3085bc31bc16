"""What an action is, in a few sentences below the link that asks."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QWidget

from gui.theme import current
from gui.widgets.buttons import SecondaryButton
from gui.widgets.labels import Label, Paragraph
from gui.widgets.popover import Popover

_WIDTH: Final = 340


class ActionHelp(Popover):
    """Explains the kinds of actions, and leads to adding one.

    Signals:
        addAsked: An action is to be added.
    """

    addAsked = Signal()

    def __init__(self, owner: QWidget) -> None:
        title = owner.tr("An action is where a rule sends its output")
        super().__init__(owner, title, _WIDTH)
        self.column.addWidget(Label(title, style="strong"))
        for text in (
            self.tr("A Kafka action makes a record of it: topic, key, value and headers."),
            self.tr("A republish action sends it over MQTT, under another topic."),
            self.tr(
                "The console action writes it to the log, which is handy while you try a rule."
            ),
            self.tr("A rule may have several; each gets the same output, in their order."),
        ):
            self.column.addWidget(Paragraph(text, role="text2"))
        self.add_button = SecondaryButton(self.tr("Add action"), "plus")
        self.add_button.set_small()
        self.add_button.clicked.connect(self._add)
        row = QHBoxLayout()
        row.setContentsMargins(0, current().size("space.xs"), 0, 0)
        row.addWidget(self.add_button)
        row.addStretch(1)
        self.column.addLayout(row)

    @Slot()
    def _add(self) -> None:
        self.close()
        self.addAsked.emit()
