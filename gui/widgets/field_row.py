"""Fields side by side, those without room in lines below."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from gui.theme import current
from gui.widgets.fields import Field


class FieldRow(QWidget):
    """One line of fields where it has the room, and as many as they take where not.

    A field of `halves` that stands alone for now keeps the width that it has beside others.
    """

    def __init__(
        self, fields: Sequence[tuple[Field, int]], gap: int, halves: Collection[Field] = ()
    ) -> None:
        """Make it.

        Args:
            fields: In their order, each with its share of the row.
            gap: Pixels between those of one line.
            halves: Those that leave the room of hidden ones free.
        """
        super().__init__()
        self._fields, self._gap, self._halves = fields, gap, halves
        self._lines: list[QHBoxLayout] = []
        self._line_of: dict[Field, int] = {}
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(current().size("space.m"))
        for _ in fields:
            line = QHBoxLayout()
            line.setSpacing(gap)
            column.addLayout(line)
            self._lines.append(line)
        self._filler = QWidget()
        self._put({field: 0 for field, _ in fields})

    def fit(self) -> None:
        """Go with the last of the fields, and give the room of those that are not shown away."""
        shown = [(field, share) for field, share in self._fields if not field.isHidden()]
        self.setVisible(bool(shown))
        is_alone = len(shown) == 1 < len(self._fields) and shown[0][0] in self._halves
        self._filler.setVisible(is_alone)
        if is_alone:
            self._lines[0].setStretchFactor(self._filler, shown[0][1])
        self._break()

    def minimumSizeHint(self) -> QSize:
        """Do with the width of one field."""
        widths = [f.minimumSizeHint().width() for f, _ in self._fields if not f.isHidden()]
        margins = self.contentsMargins()
        width = max(widths, default=0) + margins.left() + margins.right()
        return QSize(width, super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Put below what has no room any more, and back what has."""
        super().resizeEvent(event)
        if event.oldSize().width() != self.width():
            self._break()

    def _break(self) -> None:
        line, taken = 0, 0
        line_of = {field: 0 for field, _ in self._fields}
        for field, _ in self._fields:
            if field.isHidden():
                continue
            width = field.minimumSizeHint().width()
            if taken and taken + self._gap + width > self.width():
                line, taken = line + 1, 0
            taken += width + (self._gap if taken else 0)
            line_of[field] = line
        if line_of != self._line_of:
            self._put(line_of)

    def _put(self, line_of: dict[Field, int]) -> None:
        for line in self._lines:
            while line.takeAt(0) is not None:
                pass
        for field, share in self._fields:
            self._lines[line_of[field]].addWidget(field, share, Qt.AlignmentFlag.AlignTop)
        self._lines[0].addWidget(self._filler)
        self._line_of = line_of
