"""The pages: groups in three columns; the first has each at the place of the drawing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, TypeAlias

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from gui.gallery import (
    bars,
    changes,
    controls,
    flow,
    forms,
    lists,
    parts,
    reading,
    rows,
    simulated,
    watching,
    words,
    writing,
)
from gui.theme import current
from gui.widgets.frames import Ground
from gui.widgets.labels import Label

_TITLE: Final = 16
_BELOW_TITLE: Final = 7
_TOP: Final = 19
_WIDTHS: Final = (452, 364, 368)


@dataclass(frozen=True, slots=True)
class Group:
    """What belongs together.

    Attributes:
        title: Above it; empty for none.
        make: Makes it.
        above: Pixels between it and the group before.
    """

    title: str
    make: Callable[[], QWidget]
    above: int = 17


Columns: TypeAlias = tuple[tuple[Group, ...], ...]
"""The groups of each column."""

FIRST: Final[Columns] = (
    (
        Group("", controls.buttons),
        Group("Fields", controls.fields, 20),
        Group("", controls.switches, 18),
        Group("States: shape, word, colour", words.states),
        Group("", words.chips, 18),
    ),
    (
        Group("Navigator rows", rows.navigator),
        Group("Table", rows.table),
        Group("Menu and popover", rows.menu),
        Group("Tabs", rows.tabs),
        Group("Chart series", rows.series),
    ),
    (
        Group("Toasts, bottom right above the status bar", words.toasts),
        Group("Banners, at the top of a page", words.banners, 25),
        Group("Empty state", words.empty, 25),
        Group("Surfaces and text", words.surfaces),
        Group("Type", words.types),
    ),
)
MORE: Final[Columns] = (
    (
        Group("More fields", parts.fields),
        Group("Code", parts.code),
        Group("Differences", changes.differences),
        Group("Keys that are taken", bars.keys),
    ),
    (
        Group("Boxes that open menus", lists.boxes),
        Group("Loads", lists.loads),
        Group("Results and tokens", parts.results),
        Group("Rates against a target, a generator", simulated.devices),
        Group("Links and focus", parts.focus),
        Group("Radio buttons", changes.choices),
    ),
    (
        Group("Flow map cards", flow.cards),
        Group("Small empty state", parts.empty),
        Group("The whole of a record", lists.record),
        Group("Checked rows", bars.checked),
    ),
)
FORMS: Final[Columns] = (
    (
        Group("Fields of several parts", forms.composed),
        Group("Groups of a form", forms.groups),
        Group("Bars", reading.bars),
    ),
    (
        Group("Lists of rows", forms.lists),
        Group("Sections", forms.sections),
        Group("Code to read", reading.code),
    ),
    (Group("What asks for something", reading.popovers),),
)
PARTS: Final[Columns] = (
    (
        Group("Charts", watching.charts),
        Group("Messages, one of them failed", watching.trace),
        Group("Find and replace", writing.find),
        Group("Test cases", writing.strips),
    ),
    (
        Group("Counters that add up", watching.counters),
        Group("Settings", forms.settings),
    ),
    (
        Group("Examples of statements", writing.examples),
        Group("What Apply changes", writing.blocks),
    ),
)
CHOICES: Final[Columns] = (
    (
        Group("Fields with choices", forms.choices),
        Group("Fields in a row", forms.row),
    ),
    (
        Group("Choices of a field", reading.offer),
        Group("Sentences with code", reading.sentences),
        Group("Card of a tour", words.tours),
    ),
    (
        Group("A list that grows", reading.live),
        Group("Values of a chart", watching.values),
        Group("A question", reading.question),
    ),
)
PAGES: Final[dict[int, Columns]] = {1: FIRST, 2: MORE, 3: FORMS, 4: PARTS, 5: CHOICES}


class Gallery(Ground):
    """Every small widget in its states.

    Attributes:
        groups: Each group by its title, or by its place in its column where it has none.
    """

    def __init__(self, columns: Columns = FIRST, parent: QWidget | None = None) -> None:
        """Make a page of these columns."""
        super().__init__("surface1", parent)
        self.setWindowTitle("Sluicegate widgets")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setFocus()  # here, so that at first no widget has a ring besides those posed
        self.groups: dict[str, QWidget] = {}
        margin = current().size("space.xl")
        line = QHBoxLayout(self)
        line.setContentsMargins(margin, _TOP, margin, 0)
        line.setSpacing(margin)
        for width, groups in zip(_WIDTHS, columns, strict=True):
            line.addWidget(self._column(width, groups))
        line.addStretch(1)

    def _column(self, width: int, groups: tuple[Group, ...]) -> QWidget:
        widget = QWidget()
        widget.setFixedWidth(width)
        widget.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Preferred)
        layout = QVBoxLayout(widget)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        for place, group in enumerate(groups):
            if place:
                layout.addSpacing(group.above)
            if group.title:
                title = Label(group.title, style="caption", weight=600, role="text2")
                title.setFixedHeight(_TITLE)
                layout.addWidget(title)
                layout.addSpacing(_BELOW_TITLE)
            made = group.make()
            self.groups[group.title or f"{width}.{place}"] = made
            layout.addWidget(made)
        layout.addStretch(1)
        return widget
