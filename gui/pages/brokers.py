"""The page of the embedded brokers: start and stop, addresses, who uses them, their limits."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QWidget

from gui.pages.parts import PageHeader, column_below
from gui.theme import current
from gui.viewmodels.brokers import EmbeddedBrokers
from gui.widgets.buttons import PrimaryButton, SecondaryButton
from gui.widgets.fact_rows import FactRows
from gui.widgets.labels import Label, Paragraph

_WIDTH: Final = 640


class BrokersPage(QWidget):
    """What there is to know about them, and two buttons.

    Signals:
        copied: What was put onto the clipboard, in a word.
    """

    copied = Signal(str)

    def __init__(self, model: EmbeddedBrokers, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model = model
        self.header = PageHeader(self.tr("Embedded brokers"))
        self.header.kind.hide()
        self.start_button = PrimaryButton(self.tr("Start"), "play")
        self.stop_button = SecondaryButton(self.tr("Stop"), "square")
        for button in (self.start_button, self.stop_button):
            self.header.add_widget(button)
        self.addresses = FactRows(self.tr("Addresses"))
        self.mqtt = self.addresses.add(self.tr("MQTT broker"), copies=True)
        self.kafka = self.addresses.add(self.tr("Kafka cluster"), copies=True)
        self.option = self.addresses.add(self.tr("For commands"), copies=True)
        self.users = Paragraph("", role="text2")
        self.note = Paragraph("", role="text2")
        self._lay_out()
        self.start_button.clicked.connect(model.start)
        self.stop_button.clicked.connect(model.stop)
        self.addresses.copied.connect(self.copied)
        model.changed.connect(self._show)
        self._show()

    def focus_form(self) -> None:
        """Put the keyboard onto the button that can be pressed, else onto the first address."""
        buttons = (self.start_button, self.stop_button, self.mqtt.button)
        found = next((each for each in buttons if each.isEnabled()), self.mqtt.button)
        found.setFocus(Qt.FocusReason.OtherFocusReason)

    def _lay_out(self) -> None:
        theme = current()
        column = column_below(self, self.header, width=_WIDTH, gap="space.s")
        about = self.tr(
            "An MQTT broker and a Kafka cluster inside this program, to try things out with. "
            "A connector stands on them when its server is sandbox."
        )
        column.addWidget(Paragraph(about, role="text2"))
        column.addWidget(self.note)
        column.addSpacing(theme.size("space.s"))
        column.addWidget(self.addresses)
        column.addSpacing(theme.size("space.m"))
        column.addWidget(Label(self.tr("Used by"), style="strong"))
        column.addWidget(self.users)
        column.addSpacing(theme.size("space.m"))
        column.addWidget(Label(self.tr("Limits"), style="strong"))
        for text in self._model.limits:
            column.addWidget(Paragraph(text, role="text2"))
        column.addStretch(1)

    @Slot()
    def _show(self) -> None:
        model = self._model
        had_keyboard = self.window().focusWidget() in (self.start_button, self.stop_button)
        self.header.show_state(model.state)
        self.start_button.setEnabled(model.can_start)
        self.stop_button.setEnabled(model.can_stop)
        if had_keyboard:  # the button that was pressed is off now
            self.focus_form()
        self.note.setText(model.note)
        self.note.setVisible(bool(model.note))
        found = model.addresses
        self.mqtt.show_value(found.mqtt if found is not None else "")
        self.kafka.show_value(found.kafka if found is not None else "")
        self.option.show_value(f"--sandbox {found}" if found is not None else "")
        none = self.tr("No connector of this workspace.")
        self.users.setText(", ".join(model.users) or none)
