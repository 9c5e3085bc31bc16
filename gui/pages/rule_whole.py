"""The whole rule on the test message: statement and actions, one card each."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QSize, Qt, Signal, Slot
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from gui.pages.parts import clear_layout, name_value_grid, scrolling
from gui.pages.record_card import record_grid
from gui.theme import current
from gui.viewmodels.whole_rule import WholeRule, WholeStep
from gui.widgets.buttons import LinkButton, PrimaryButton
from gui.widgets.code_label import CodeLabel
from gui.widgets.fitted_code import FittedCode, boxed
from gui.widgets.frames import Banner, Card, Line
from gui.widgets.labels import Label, Paragraph, StateShape
from gui.widgets.segmented import Segmented

_SIDE: Final = 282
_EDGE: Final = 14
_GAP: Final = 8
_NAMES: Final = 64
_LEAST_HEAD: Final = 120
_LEAST_NAME: Final = 40


class WholeRulePane(QWidget):
    """At the left what is done, at the right what each part of the rule makes of it.

    Signals:
        messageAsked: The message is to be changed.
    """

    messageAsked = Signal()

    def __init__(self, model: WholeRule, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model = model
        words = {"dry": self.tr("Render only"), "real": self.tr("Send for real")}
        self.mode = Segmented(self.tr("What is done"), words, small=True)
        self.run_button = PrimaryButton(self.tr("Run the whole rule"), "play")
        self.banner = Banner()
        self._message = Label(style="small", role="text2", elide="middle")
        self._hint = Paragraph("", style="small", role="text3")
        self._steps = QVBoxLayout()
        self._lay_out()
        self.mode.chosen.connect(self._take_mode)
        self.run_button.clicked.connect(self.run)
        self.banner.linkClicked.connect(self._confirm)
        model.changed.connect(self._show)
        self._take_mode()
        self._show()

    def run(self) -> None:
        """Run it; the first time for real only after a yes."""
        is_real = self.mode.current_key == "real"
        if is_real and not self._model.is_confirmed:
            text = self.tr(
                "This sends to Kafka and MQTT for real and cannot be taken back. It is asked once."
            )
            self.banner.say(text, status="degraded", link=self.tr("Send"))
            self.banner.link.setFocus(Qt.FocusReason.TabFocusReason)
            return
        self._model.run(for_real=is_real)

    def _lay_out(self) -> None:
        does = QWidget()
        column = QVBoxLayout(does)
        column.setContentsMargins(_EDGE, 10, _EDGE, 0)
        column.setSpacing(_GAP)
        edit = LinkButton(self.tr("Change"))
        edit.set_small()
        edit.clicked.connect(self.messageAsked)
        head = QHBoxLayout()
        head.addWidget(Label(self.tr("Test message"), style="strong"), 1)
        head.addWidget(edit)
        column.addLayout(head)
        for widget in (self._message, self.mode, self._hint):
            column.addWidget(widget)
        column.addStretch(1)
        area = scrolling(does, self.tr("What is done"))
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # its controls bring it along
        run = QVBoxLayout()
        run.setContentsMargins(_EDGE, 0, _EDGE, 10)
        run.addWidget(self.run_button)
        side = QWidget()
        side.setFixedWidth(_SIDE)
        both = QVBoxLayout(side)
        both.setContentsMargins(0, 0, 0, 0)
        both.setSpacing(_GAP)
        both.addWidget(area, 1)
        both.addLayout(run)
        steps = QWidget()
        self._steps.setContentsMargins(_EDGE, 10, 16, 10)
        self._steps.setSpacing(_GAP)
        outer = QVBoxLayout(steps)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addLayout(self._steps)
        outer.addStretch(1)
        right = QVBoxLayout()
        right.setSpacing(0)
        right.addWidget(self.banner)
        cards = scrolling(steps, self.tr("Steps of the rule"))
        cards.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAsNeeded)
        right.addWidget(cards, 1)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(side)
        row.addWidget(Line(Qt.Orientation.Vertical))
        row.addLayout(right, 1)

    @Slot()
    def _take_mode(self) -> None:
        is_real = self.mode.current_key == "real"
        self._hint.setText(
            self.tr("Every enabled action sends what it makes; delivery reports are shown.")
            if is_real
            else self.tr("Shows what every action would send. Nothing leaves this window.")
        )
        self.banner.hide()

    @Slot()
    def _confirm(self) -> None:
        self.banner.hide()
        self._model.confirm()
        self.run()

    @Slot()
    def _show(self) -> None:
        """Show the statement's outcome, and a card for each action."""
        model = self._model
        self._message.setText(model.message_text)
        self.run_button.setEnabled(not model.is_busy)
        clear_layout(self._steps)
        result = model.result
        words = {
            "passed": self.tr("Passed"),
            "no_match": self.tr("No match, so no action gets anything"),
            "failed": self.tr("Failed, so no action gets anything"),
        }
        if result.outcome == "empty":
            text = self.tr("Run it to see what every action makes of the test message.")
            self._steps.addWidget(Paragraph(text, role="text2"))
            return
        status = {"passed": "passed", "no_match": "no_result", "failed": "failed"}[result.outcome]
        shorter = {"no_match": self.tr("No match"), "failed": self.tr("Failed")}
        short = shorter.get(result.outcome, "")
        card, column = step_card(status, self.tr("SQL"), "", words[result.outcome], short)
        if result.outcome == "passed":
            output = FittedCode(self.tr("Output of the rule"), "json", margin=4)
            output.show_code(result.json)
            self._steps.addWidget(card)
            self._steps.addWidget(boxed(output))
        else:
            column.addWidget(Paragraph(f"{result.sentence} {result.advice}".strip()))
            self._steps.addWidget(card)
        for step in model.steps:
            self._steps.addWidget(self._step_card(step))

    def _step_card(self, step: WholeStep) -> Card:
        card, column = step_card(step.status, step.action.name, step.action.kind_word, step.text)
        publication = step.message.publication if step.message is not None else None
        if step.record is not None:
            column.addLayout(record_grid(step.record))
        elif publication is not None:
            grid = name_value_grid(_NAMES)
            pairs = publication.properties.user_properties
            shown = (
                (self.tr("topic"), publication.topic),
                (self.tr("payload"), publication.payload.decode("utf-8", "replace")),
                (self.tr("QoS"), str(publication.qos)),
                (self.tr("properties"), ", ".join(f"{name}: {value}" for name, value in pairs)),
            )
            for place, (name, value) in enumerate(shown):
                grid.addWidget(Label(name, style="small", role="text2"), place, 0)
                grid.addWidget(CodeLabel(value, name=name), place, 1)
            column.addLayout(grid)
        elif step.output:
            column.addWidget(CodeLabel(step.output, "json", name=self.tr("Output")))
        return card


def step_card(
    status: str, name: str, kind: str, text: str, short: str = ""
) -> tuple[Card, QVBoxLayout]:
    """Make a card with shape, name, kind, and what became of it, if need be shorter."""
    card = Card()
    column = QVBoxLayout(card)
    side = current().size("space.panel")
    column.setContentsMargins(side, 6, side, 6)
    column.setSpacing(4)
    became = Label(style="small", role="text2", elide="end")
    became.setText(text, *([short] if short else []))
    card.setAccessibleName(", ".join(part for part in (name, kind, text) if part))
    column.addWidget(_StepHead(status, name, kind, became))
    return card, column


class _StepHead(QWidget):
    """Shape, name, kind and what became of it; kind and name give way, in this order."""

    def __init__(self, status: str, name: str, kind: str, became: Label) -> None:
        super().__init__()
        self._shape = StateShape(status, ground="surface2")
        self._name = Label(name, weight=500, elide="middle")
        self._name_width = QLabel.sizeHint(self._name).width()
        self._kind, self._became = Label(kind, style="small", role="text3"), became
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(_GAP)
        for widget in (self._shape, self._name, self._kind):
            row.addWidget(widget)
        row.addWidget(became, 1)
        self._fit(self._name_width)

    def minimumSizeHint(self) -> QSize:
        """Do with a part of the name."""
        return QSize(_LEAST_HEAD, super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Show what there is room for."""
        super().resizeEvent(event)
        room = self.width() - self._shape.sizeHint().width() - self._became.needed_width()
        self._fit(room - 2 * _GAP)

    def _fit(self, room: int) -> None:
        """Share the room of name and kind."""
        kind = self._kind.sizeHint().width() + _GAP
        self._kind.setVisible(bool(self._kind.text()) and self._name_width + kind <= room)
        self._name.setFixedWidth(min(self._name_width, max(room, _LEAST_NAME)))
