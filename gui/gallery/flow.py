"""The gallery's cards of the flow map: running, chosen, failing, disabled."""

from __future__ import annotations

import math
from typing import Final

from PySide6.QtWidgets import QGridLayout, QWidget

from gui.gallery.poses import posed
from gui.viewmodels.flow import Card
from gui.viewmodels.live import State
from gui.widgets.flow_card import FlowCard

_GAP: Final = 8
_HEIGHT: Final = 92
_CARDS: Final = (
    Card("a", "rule", "temp_hum", "Running", State("running"), 20.0, ""),
    Card("b", "rule", "chosen", "Running", State("running"), 12.0, ""),
    Card("c", "action", "to_alarms", "Degraded, 2 failed", State("degraded"), 4.1, ""),
    Card("d", "rule", "archive_all", "Disabled", State("disabled"), 0.0, ""),
)


def cards() -> QWidget:
    """Show cards of the flow map; the second has the keyboard."""
    widget = QWidget()
    grid = QGridLayout(widget)
    grid.setContentsMargins(0, 0, 0, 0)
    grid.setSpacing(_GAP)
    for place, card in enumerate(_CARDS):
        made = posed(FlowCard, "focus" if card.name == "chosen" else "normal", card)
        made.setFixedHeight(_HEIGHT)
        course = [card.rate * (1 + 0.1 * math.sin(n / 4 + place)) for n in range(120)]
        made.show_card(card, course)
        grid.addWidget(made, place // 2, place % 2)
    return widget
