"""The page: groups in three columns, at the places of the drawing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, TypeAlias

from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from gui.gallery import changes, flow, lists, parts, simulated
from gui.theme import current
from gui.widgets.frames import Ground
from gui.widgets.labels import Label

Group: TypeAlias = tuple[str, Callable[[], QWidget]]

COLUMNS: Final[tuple[tuple[int, tuple[Group, ...]], ...]] = (
    (
        452,
        (
            ("Buttons: normal, hover, pressed, focus, disabled", parts.buttons),
            ("Fields", parts.fields),
            ("Switches, check boxes, segments", parts.switches),
            ("Code", parts.code),
        ),
    ),
    (
        364,
        (
            ("Navigator rows", parts.navigator),
            ("Table", parts.table),
            ("Tabs", parts.tabs),
            ("Chart series", parts.series),
            ("Chips and tags", parts.chips),
            ("States: shape, word, colour", parts.states),
            ("Rates against a target, a generator", simulated.devices),
        ),
    ),
    (
        368,
        (
            ("Banners, at the top of a page", parts.banners),
            ("Empty state", parts.empty),
            ("Flow map cards", flow.cards),
            ("Surfaces and text", parts.surfaces),
            ("Type", parts.types),
        ),
    ),
)
"""Width in pixels of each column, and its groups."""

MORE: Final[tuple[tuple[int, tuple[Group, ...]], ...]] = (
    (
        452,
        (
            ("Differences", changes.differences),
            ("Radio buttons", changes.choices),
        ),
    ),
    (364, (("Toasts", changes.toasts),)),
    (
        368,
        (
            ("Boxes that open menus", lists.boxes),
            ("Loads", lists.loads),
            ("The whole of a record", lists.record),
        ),
    ),
)
"""A second page, of what came later."""


class Gallery(Ground):
    """Every small widget in its states.

    Attributes:
        groups: Each group by its title.
    """

    def __init__(
        self,
        columns: tuple[tuple[int, tuple[Group, ...]], ...] = COLUMNS,
        parent: QWidget | None = None,
    ) -> None:
        """Make a page of these columns."""
        super().__init__("surface1", parent)
        self.setWindowTitle("Sluicegate widgets")
        self.groups: dict[str, QWidget] = {}
        margin = current().size("space.xl")
        line = QHBoxLayout(self)
        line.setContentsMargins(margin, 20, margin, margin)
        line.setSpacing(margin)
        for width, groups in columns:
            line.addWidget(self._column(width, groups))
        line.addStretch(1)

    def _column(self, width: int, groups: tuple[Group, ...]) -> QWidget:
        widget = QWidget()
        widget.setFixedWidth(width)
        widget.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Preferred)
        layout = QVBoxLayout(widget)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        for title, make in groups:
            if layout.count():
                layout.addSpacing(16)
            layout.addWidget(Label(title, style="caption", weight=600, role="text2"))
            made = make()
            self.groups[title] = made
            layout.addWidget(made)
        layout.addStretch(1)
        return widget
