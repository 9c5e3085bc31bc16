"""Two versions of the workspace side by side, object by object."""

from __future__ import annotations

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from gui.pages.parts import PageHeader, clear_layout, scrolling
from gui.theme import current
from gui.viewmodels.comparison import Block, shortened
from gui.viewmodels.comparisons import Comparison
from gui.widgets.buttons import LinkButton
from gui.widgets.diff_view import DiffView
from gui.widgets.empty_list import EmptyList
from gui.widgets.frames import Ground
from gui.widgets.labels import Icon, Label

_ICON = 16


class BlockView(QWidget):
    """One object: icon, name, what has changed, and its lines.

    Signals:
        linkClicked: The key of the object that its link was clicked of.
    """

    linkClicked = Signal(str)

    def __init__(
        self, block: Block, link: str = "", most_lines: int = 0, parent: QWidget | None = None
    ) -> None:
        """Make it.

        Args:
            block: The object.
            link: What can be done with it; empty for nothing.
            most_lines: Beyond, lines are left out; 0 leaves out none.
            parent: Qt's owner.
        """
        super().__init__(parent)
        self.key = block.key
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(3)
        row = QHBoxLayout()
        row.setSpacing(6)
        self.link = LinkButton(link)
        self.link.set_small()
        self.link.setAccessibleName(f"{link} {block.name}")
        row.addWidget(Icon(block.icon, _ICON, "text2"))
        row.addWidget(Label(block.name, weight=500))
        row.addWidget(Label(block.what, role="text2", elide="end"), 1)
        row.addWidget(self.link)
        column.addLayout(row)
        self.link.setVisible(bool(link))
        self.diff = DiffView(block.name)
        lines = shortened(block.lines, most_lines) if most_lines else block.lines
        self.diff.show_rows(lines)
        self.link.setAccessibleDescription(self.diff.spoken())
        lines_row = QHBoxLayout()
        lines_row.setContentsMargins(0, 0, 0, 0)
        lines_row.addWidget(self.diff)
        column.addLayout(lines_row)
        self.diff.setVisible(bool(lines))
        self.link.clicked.connect(self._tell)

    @Slot()
    def _tell(self) -> None:
        self.linkClicked.emit(self.key)


class ComparePage(Ground):
    """All differences, in full."""

    def __init__(self, comparison: Comparison, parent: QWidget | None = None) -> None:
        super().__init__("surface1", parent)
        self._comparison = comparison
        comparison.setParent(self)
        self._shown: list[Block] | None = None
        self.header = PageHeader(comparison.title)
        self.header.shape.hide()
        self.header.kind.hide()
        self.blocks: list[BlockView] = []
        self.empty = EmptyList("check")
        self.empty.say(self.tr("There is no difference any more."))
        self._column = QVBoxLayout()
        self.stack = QStackedWidget()
        self._lay_out()
        comparison.changed.connect(self._show)
        self._show()

    def _lay_out(self) -> None:
        theme = current()
        body = Ground("surface1")
        outer = QHBoxLayout(body)
        page = theme.size("space.page")
        outer.setContentsMargins(page, page, page, page)
        host = QWidget()
        self._column = QVBoxLayout(host)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(theme.size("space.xl"))
        outer.addWidget(host)
        self.area = scrolling(body, self.tr("Differences"))
        self.stack.addWidget(self.area)
        self.stack.addWidget(self.empty)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.header)
        column.addWidget(self.stack, 1)

    @Slot()
    def _show(self) -> None:
        comparison = self._comparison
        self.header.state.setText(comparison.note)
        if comparison.blocks == self._shown:
            return
        self._shown = list(comparison.blocks)
        clear_layout(self._column)
        self.blocks = []
        for block in self._shown:
            view = BlockView(block, comparison.link)
            view.linkClicked.connect(comparison.follow)
            self._column.addWidget(view)
            self.blocks.append(view)
        self._column.addStretch(1)
        self.stack.setCurrentWidget(self.area if self._shown else self.empty)
