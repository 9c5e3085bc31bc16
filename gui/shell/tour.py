"""A walk through the window in five steps, which anybody may leave at any time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

from PySide6.QtCore import QEvent, QObject, QPoint, Slot
from PySide6.QtWidgets import QWidget

from gui.viewmodels.navigator import MONITOR, OVERVIEW
from gui.viewmodels.words import tr
from gui.widgets.tour_card import TourCard

if TYPE_CHECKING:
    from gui.main_window import MainWindow

_MARGIN: Final = 12

Place = Literal["overview", "rule", "publish", "tail", "monitor"]


@dataclass(frozen=True, slots=True)
class Step:
    """What is shown, and what is said of it."""

    place: Place
    title: str
    text: str


def steps() -> tuple[Step, ...]:
    """List the steps in their order, in the language of the window."""
    return (
        Step(
            "overview",
            tr("Overview"),
            tr("Messages flow from left to right: topic filters, rules, actions, Kafka topics."),
        ),
        Step(
            "rule",
            tr("Rule"),
            tr(
                "A statement picks messages and shapes them. The test below shows what it makes"
                " of one, while you type."
            ),
        ),
        Step(
            "publish",
            tr("Publish"),
            tr("Send a test message to the broker here, and see what became of it."),
        ),
        Step(
            "tail",
            tr("Kafka tail"),
            tr("What comes out: the records of a topic, as they arrive in Kafka."),
        ),
        Step(
            "monitor",
            tr("Monitor"),
            tr("Counters that add up: they tell of every message what became of it."),
        ),
    )


class Tour(QObject):
    """Shows the steps on a card in the lower right corner of the pages."""

    def __init__(self, window: MainWindow, area: QWidget) -> None:
        """Take the window, and the part of it in whose corner the card stands."""
        super().__init__(window)
        self._window, self._area = window, area
        self._steps = steps()
        self._at = 0
        self._card: TourCard | None = None
        window.session.workspaceChanged.connect(self._take_workspace)

    @property
    def card(self) -> TourCard | None:
        """The card while the tour goes on; else None."""
        return self._card

    def start(self) -> None:
        """Show the first step, with the keyboard on the card; nothing where nothing is open."""
        if self._window.session.loaded is None:
            return
        if self._card is None:
            self._card = self._made_card()
        self._show(0)
        self._card.show()
        self._card.raise_()
        self._card.focus()

    @Slot()
    def end(self) -> None:
        """Take the card away; the keyboard goes to the page if the card had it."""
        card, self._card = self._card, None
        if card is None:
            return
        self._area.removeEventFilter(self)
        had_keyboard = card.has_keyboard
        card.hide()
        card.deleteLater()
        if had_keyboard and self._window.session.loaded is not None:
            self._window.documents.focus_page()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Keep the card in its corner when the pages get another size or place."""
        if event.type() in (QEvent.Type.Resize, QEvent.Type.Move):
            self._place()
        return super().eventFilter(watched, event)

    def _made_card(self) -> TourCard:
        card = TourCard(self._window)  # not of the pages: F6 has it as a region of its own
        card.nextAsked.connect(self._go_on)
        card.backAsked.connect(self._go_back)
        card.skipped.connect(self.end)
        self._area.installEventFilter(self)
        return card

    @Slot()
    def _go_on(self) -> None:
        if self._at + 1 < len(self._steps):
            self._show(self._at + 1)
        else:
            self.end()

    @Slot()
    def _go_back(self) -> None:
        self._show(max(self._at - 1, 0))

    def _show(self, at: int) -> None:
        if self._card is None:
            return
        self._at = at
        step = self._steps[at]
        self._bring_up(step.place)
        self._card.show_step(at + 1, len(self._steps), step.title, step.text)
        self._place()

    def _bring_up(self, place: Place) -> None:
        """Show what a step is about; the keyboard stays where it is."""
        window = self._window
        match place:
            case "overview":
                window.open_document(OVERVIEW)
            case "rule":
                if rule := next(iter(window.live.workspace.rules), None):
                    window.open_document(f"rule:{rule}")
            case "publish":
                window.bottom.show_page("publish")
            case "tail":
                window.tail.show()
                window.tail.raise_()
            case "monitor":
                window.open_document(MONITOR)

    def _place(self) -> None:
        card, area = self._card, self._area
        if card is not None:
            corner = area.mapTo(self._window, QPoint(area.width(), area.height()))
            left, top = corner.x() - card.width(), corner.y() - card.height()
            card.move(left - _MARGIN, top - _MARGIN)

    @Slot()
    def _take_workspace(self) -> None:
        if self._window.session.loaded is None:
            self.end()
