"""What the feed and the tail have in common: rows that come by themselves, and the whole of one.

Rows are followed, paused, cleared and filtered; the chosen one is seen beside them or in a window
of its own, and there is a menu of what can be done with it.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from PySide6.QtCore import QModelIndex, Qt, Slot
from PySide6.QtWidgets import QMenu, QSplitter, QStackedWidget, QWidget

from gui.docks.detail_pages import DetailPages, DetailWindow
from gui.docks.row_menu import add_with_keys, copy_text
from gui.viewmodels.live_rows import ROW_ROLE, Divider, Empty, LiveRow
from gui.viewmodels.ring import RingModel
from gui.viewmodels.words import number, tr
from gui.widgets.buttons import IconButton
from gui.widgets.empty_list import EmptyList
from gui.widgets.filter_field import FilterField
from gui.widgets.live_table import LiveTable

Row = TypeVar("Row", bound=LiveRow)
Pages = TypeVar("Pages", bound=DetailPages)


@dataclass(frozen=True, slots=True)
class ListWords:
    """What a list calls what it does.

    Attributes:
        pause: Leaving new rows out.
        go_on: Showing them again.
        clear: Forgetting all rows.
        show: Showing the whole of a row.
        hide: The opposite.
        copy: Copying what the row is about.
    """

    pause: str
    go_on: str
    clear: str
    show: str
    hide: str
    copy: str


class LiveList(QWidget, Generic[Row, Pages]):
    """Holds the parts; the two lists lay them out.

    Attributes:
        rows: The rows.
        table: Shows them.
        filter: Says which of them.
        empty: Stands where there are none.
        detail: The whole of the chosen row.
        pause_button: Leaves new rows out.
        clear_button: Forgets all rows.
        can_save: Whether the menu offers to save a row.
    """

    def __init__(
        self,
        rows: RingModel,
        table: LiveTable,
        field: FilterField,
        detail: Pages,
        icon: str,
        words: ListWords,
    ) -> None:
        """Take the parts; `icon` stands where there are no rows."""
        super().__init__()
        self.rows, self.table, self.filter, self.detail = rows, table, field, detail
        self.can_save = False
        self.empty = EmptyList(icon)
        self._words = words
        self.pause_button = IconButton("pause", words.pause)
        self.pause_button.setCheckable(True)
        self.clear_button = IconButton("trash-2", words.clear)
        self._stack = QStackedWidget()
        self._stack.addWidget(table)
        self._stack.addWidget(self.empty)
        table.setModel(rows)
        detail.hide()

    def _connect_list(self) -> None:
        rows, table, detail = self.rows, self.table, self.detail
        rows.dividerShown.connect(table.show_divider)
        rows.pausedChanged.connect(self._show_pause)
        rows.followingChanged.connect(self._show_newer)
        table.followed.connect(self.follow)
        table.unfollowed.connect(self._stay)
        table.detailAsked.connect(self.toggle_detail)
        table.opened.connect(self.open_window)
        table.copyAsked.connect(self._copy_chosen)
        table.menuAsked.connect(self._fill_menu)
        table.selectionModel().currentRowChanged.connect(self._choose)
        detail.asked.connect(self._pass_on)
        detail.menuAsked.connect(self._fill_menu)

    def _split(self, orientation: Qt.Orientation) -> QSplitter:
        """Lay rows and detail side by side; the rows grow."""
        splitter = QSplitter(orientation)
        splitter.setHandleWidth(1)
        splitter.setProperty("kind", "lined")
        splitter.setChildrenCollapsible(False)
        splitter.addWidget(self._stack)
        splitter.addWidget(self.detail)
        splitter.setStretchFactor(0, 1)
        return splitter

    # What the two lists do in their own ways

    def new_detail(self) -> DetailPages:
        """Make the pages of a window."""
        raise NotImplementedError

    def toggle_detail(self) -> None:
        """Show the whole of the chosen row, or hide it."""
        raise NotImplementedError

    def chose(self, row: Row) -> None:
        """Take note that a row was chosen."""
        raise NotImplementedError

    def ask(self, what: str, row: Row) -> None:
        """Have something done with a row: `send_again`, `edit`, `test`, `save` or `link`."""
        raise NotImplementedError

    def add_copies(self, menu: QMenu, row: Row) -> None:
        """Add more ways to copy a row, filters by it, and where it leads to."""
        raise NotImplementedError

    # Following

    @Slot()
    def follow(self) -> None:
        """Stay at the newest row from now on."""
        self.table.follow()
        self.rows.follow()

    @Slot()
    def _stay(self) -> None:
        self.table.stay()
        self.rows.follow(False)

    @Slot()
    def toggle_pause(self) -> None:
        """Leave new rows out, or show them again."""
        self.rows.set_paused(not self.rows.is_paused)

    def find_here(self) -> None:
        """Put the keyboard into the filter."""
        self.filter.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.filter.selectAll()

    @Slot()
    def _show_pause(self) -> None:
        is_paused, button = self.rows.is_paused, self.pause_button
        button.setChecked(is_paused)
        button.set_icon("play" if is_paused else "pause")
        name = self._words.go_on if is_paused else self._words.pause
        button.setAccessibleName(name)
        button.setToolTip(name)

    @Slot()
    def _show_newer(self) -> None:
        new = self.rows.new_below
        self.table.show_newer(tr("{count} new below").format(count=number(new)) if new else "")

    def _show_offer(self, empty: Empty | None) -> None:
        """Show the rows, or what is said where there are none."""
        if empty is not None:
            self.empty.say(empty.sentence, empty.hint, button=empty.button)
        self._stack.setCurrentWidget(self.table if empty is None else self.empty)

    # The chosen row

    def chosen(self) -> Row | None:
        """Give the row that is chosen."""
        return self._row_at(self.table.currentIndex())

    @Slot(QModelIndex, QModelIndex)
    def _choose(self, index: QModelIndex, _before: QModelIndex) -> None:
        if (row := self._row_at(index)) is not None:
            self.chose(row)

    @staticmethod
    def _row_at(index: QModelIndex) -> Any:
        row = index.data(ROW_ROLE) if index.isValid() else None
        return None if isinstance(row, Divider) else row

    @Slot()
    def _copy_chosen(self) -> None:
        if (row := self.chosen()) is not None:
            copy_text(row.document())

    @Slot(str)
    def _pass_on(self, what: str) -> None:
        if (row := self.detail.row) is not None:
            self.ask(what, row)

    @Slot(QMenu)
    def _fill_menu(self, menu: QMenu) -> None:
        row: Row | None = self.chosen() or self.detail.row
        if row is None:
            return
        words = self._words
        name = words.hide if self.detail.isVisible() else words.show
        add_with_keys(menu, name, self.toggle_detail, "Space")
        add_with_keys(menu, tr("Open in a window"), self.open_window, "Return")
        menu.addSeparator()
        self._add_commands(menu, row)

    def _add_commands(self, menu: QMenu, row: Row) -> None:
        commands = [
            ("send_again", tr("Send again")),
            ("edit", tr("Edit and send")),
            ("test", tr("Use as test input")),
        ]
        if self.can_save:
            commands.append(("save", tr("Save...")))
        for what, name in commands:
            menu.addAction(name, lambda what=what: self.ask(what, row))
        menu.addSeparator()
        add_with_keys(menu, self._words.copy, lambda: copy_text(row.document()), "Ctrl+C")
        self.add_copies(menu, row)

    # Windows

    @Slot()
    def open_window(self) -> None:
        """Show the chosen row in a window of its own."""
        if (row := self.chosen()) is not None:
            self.open_row(row)

    @Slot(object)
    def open_row(self, row: Row) -> None:
        """Show a row in a window of its own, whether or not it stands in the list."""
        detail = self.new_detail()
        detail.show_row(row)
        window = DetailWindow(detail, self.window())
        detail.asked.connect(lambda what: self.ask(what, detail.row))
        detail.menuAsked.connect(lambda menu: self._add_commands(menu, detail.row))
        window.stepAsked.connect(lambda by: self._step(window, by))
        window.show()

    def _step(self, window: DetailWindow, by: int) -> None:
        near = self._neighbour(window.detail.row, by)
        if near is not None:
            window.detail.show_row(near)
            window.show_title()

    def _neighbour(self, row: Row, by: int) -> Row | None:
        """Give the row before (-1) or behind (1) one; None at the end, or where it has gone."""
        rows = self.rows
        place = rows.place_of(row)
        while place >= 0 and 0 <= place + by < rows.rowCount():
            place += by
            near = self._row_at(rows.index(place, 0))
            if near is not None:
                return near
        return None


def quoted(text: str) -> str:
    """Write a text as filters take it."""
    return json.dumps(text, ensure_ascii=False)
