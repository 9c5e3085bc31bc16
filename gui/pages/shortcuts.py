"""The section of shortcuts: every command with its keys, which can be changed in place."""

from __future__ import annotations

from itertools import pairwise
from typing import Final

from PySide6.QtCore import QEvent, QModelIndex, QObject, QPoint, Qt, Signal, Slot
from PySide6.QtGui import QContextMenuEvent, QKeyEvent, QResizeEvent
from PySide6.QtWidgets import (
    QApplication,
    QHBoxLayout,
    QHeaderView,
    QSizePolicy,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from gui.pages.shortcut_rows import STRIP, CollisionStrip, ShortcutDelegate
from gui.theme import current, set_rows
from gui.viewmodels.shortcut_table import (
    AREA,
    COMMAND,
    KEYS,
    ROW_ROLE,
    USUAL,
    Collision,
    ShortcutRow,
    ShortcutTable,
    caps,
)
from gui.viewmodels.words import tr
from gui.widgets.buttons import FlatButton, IconButton
from gui.widgets.empty_list import EmptyList
from gui.widgets.fields import ComboBox
from gui.widgets.filter_field import FilterField
from gui.widgets.frames import Line
from gui.widgets.key_recorder import KeyRecorder
from gui.widgets.labels import StateLine
from gui.widgets.menu import Menu
from gui.widgets.table_view import TableView

_WIDTHS: Final = {KEYS: 176, AREA: 128, USUAL: 150}
_ROOM_FOR_AREAS: Final = 700
_FILTER: Final = 230
_LEAST_FILTER: Final = 100
_AREAS: Final = 116
_BEFORE_COUNTS: Final = 100
"""How the filter grows to its width before the counts beside it take what is left."""

_TOOL_ROW: Final = 44


class ShortcutView(TableView):
    """The table; Enter or a click on the keys changes them, Del takes them away.

    Signals:
        resetAsked: The id of a command that shall have its usual keys.
        clearAsked: The id of a command that shall have no keys.
        menuAsked: The place on the screen where a row's menu is wanted.
    """

    resetAsked = Signal(str)
    clearAsked = Signal(str)
    menuAsked = Signal(QPoint)

    def __init__(self, table: ShortcutTable, parent: QWidget | None = None) -> None:
        super().__init__(tr("Shortcuts"), parent)
        self._table = table
        self._names_width = 0
        self.rows = ShortcutDelegate(self)
        self.setModel(table)
        self.setItemDelegate(self.rows)
        set_rows(self, "height.row")
        self.setVerticalScrollMode(TableView.ScrollMode.ScrollPerPixel)
        self.setAccessibleDescription(
            tr("Enter changes the keys, Del takes them away, Backspace brings the usual ones back.")
        )
        header = self.horizontalHeader()
        header.setSectionResizeMode(COMMAND, QHeaderView.ResizeMode.Stretch)
        for column, width in _WIDTHS.items():
            header.setSectionResizeMode(column, QHeaderView.ResizeMode.Fixed)
            header.resizeSection(column, width)
        current().changed.connect(self._take_look)
        self.clicked.connect(self._press)
        self.entered.connect(self._hover)
        self._take_look()

    @Slot()
    def _take_look(self) -> None:
        commands = self._table.shortcuts.commands
        self._names_width = self.rows.names_width(each.text for each in commands)
        self._fit_columns()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Fit the columns into another width."""
        super().resizeEvent(event)
        self._fit_columns()

    def _fit_columns(self) -> None:
        """Leave out the places, and then the usual keys, where names would have no room."""
        without_areas = self._names_width + _WIDTHS[KEYS] + _WIDTHS[USUAL]
        needed = max(_ROOM_FOR_AREAS, without_areas + _WIDTHS[AREA])
        self.setColumnHidden(AREA, self.width() < needed)
        self.setColumnHidden(USUAL, self.width() < without_areas)

    def leaveEvent(self, event: QEvent) -> None:
        """Note that the pointer is over no row."""
        super().leaveEvent(event)
        self._hover(QModelIndex())

    @Slot(QModelIndex)
    def _hover(self, index: QModelIndex) -> None:
        if index.row() != self.rows.hovered:
            self.rows.hovered = index.row()
            self.viewport().update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Take keys away by Del, bring the usual ones back by Backspace."""
        name = self._table.name_at(self.currentIndex())
        if name and event.key() == Qt.Key.Key_Delete:
            self.clearAsked.emit(name)
        elif name and event.key() == Qt.Key.Key_Backspace:
            self.resetAsked.emit(name)
        else:
            super().keyPressEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Offer what can be done with a row, by mouse or by key."""
        place = event.globalPos()
        if event.reason() == QContextMenuEvent.Reason.Mouse:
            self.setCurrentIndex(self.indexAt(event.pos()))
        else:
            below = self.visualRect(self.currentIndex()).bottomLeft()
            place = self.viewport().mapToGlobal(below)
        self.menuAsked.emit(place)

    @Slot(QModelIndex)
    def _press(self, index: QModelIndex) -> None:
        """Change keys by a click on them, and reset by a click on the word."""
        row = index.data(ROW_ROLE)
        if not isinstance(row, ShortcutRow):
            return
        if index.column() == KEYS:
            self.open_row(index)
        elif index.column() == USUAL and row.usual is not None:
            self.resetAsked.emit(row.command.name)


class ShortcutsSection(QWidget):
    """Tool row, table, and in it the field that records keys and what it has met.

    Signals:
        resetDone: All keys are the usual ones; what had been chosen before, to be restored.
    """

    resetDone = Signal(object)

    def __init__(self, table: ShortcutTable, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.table = table
        self.view = ShortcutView(table)
        self.filter = FilterField(self.tr("Filter the commands"))
        self.filter.show_example(self.tr("Filter: words or press keys"), self.tr("Filter"))
        self.pressed = KeyRecorder(self.tr("Filter by keys"), lambda keys: caps((keys,)))
        self.by_keys = IconButton("keyboard", self.tr("Filter by pressing keys"))
        self.area = ComboBox(self.tr("Areas"), small=True)
        self.counts = StateLine(ground="surface1")
        self.reset_button = FlatButton(self.tr("Reset all"), "undo-2")
        self.empty = EmptyList("keyboard")
        self.empty.say(self.tr("No command matches."), button=self.tr("Clear filter"))
        self.recorder: KeyRecorder | None = None
        self.strip: CollisionStrip | None = None
        self._had_focus = False
        self._current, self._scrolled = "", 0
        self._filters, self._body = QStackedWidget(), QStackedWidget()
        self._lay_out()
        self._connect_signals()
        self._show_counts()

    def find_here(self) -> None:
        """Put the keyboard into the filter."""
        self.by_keys.setChecked(False)
        self.filter.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.filter.selectAll()

    def _lay_out(self) -> None:
        theme = current()
        self._filters.setMinimumWidth(_LEAST_FILTER)
        self._filters.setMaximumWidth(_FILTER)
        self._filters.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._filters.addWidget(self.filter)
        self._filters.addWidget(self.pressed)
        self.by_keys.setCheckable(True)
        self.area.addItem(self.tr("All areas"), "")
        for area, word in self.table.areas:
            self.area.addItem(word[:1].upper() + word[1:], area)
        self.area.view().setMinimumWidth(self.area.sizeHint().width())  # its list is wider
        self.area.setFixedWidth(_AREAS)
        self.reset_button.set_small()
        row = QHBoxLayout()
        row.setContentsMargins(theme.size("space.l"), 0, theme.size("space.l"), 0)
        row.setSpacing(theme.size("space.s"))
        row.addWidget(self._filters, _BEFORE_COUNTS)
        row.addWidget(self.by_keys)
        row.addWidget(self.area)
        row.addSpacing(theme.size("space.m"))
        row.addWidget(self.counts, 1)
        row.addWidget(self.reset_button)
        row.addStrut(_TOOL_ROW - 1)
        self._body.addWidget(self.view)
        self._body.addWidget(self.empty)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(row)
        column.addWidget(Line())
        column.addWidget(self._body, 1)

    def _connect_signals(self) -> None:
        table, view = self.table, self.view
        self.filter.textChanged.connect(table.set_words)
        self.by_keys.toggled.connect(self._show_filter)
        self.pressed.recorded.connect(table.set_keys)
        for signal in (self.pressed.cleared, self.pressed.cancelled):
            signal.connect(self._leave_keys)
        self.area.activated.connect(self._choose_area)
        self.reset_button.clicked.connect(self._reset_all)
        self.empty.pressed.connect(self._clear_filter)
        view.opened.connect(self._record)
        view.resetAsked.connect(table.reset)
        view.clearAsked.connect(table.clear_keys)
        view.menuAsked.connect(self._open_menu)
        table.countsChanged.connect(self._show_counts)
        table.modelAboutToBeReset.connect(self._note_row)
        table.modelReset.connect(self._take_rows)
        table.recordingChanged.connect(self._take_recording)
        table.collided.connect(self._take_collision)

    # What is listed

    @Slot(bool)
    def _show_filter(self, is_by_keys: bool) -> None:
        self._filters.setCurrentWidget(self.pressed if is_by_keys else self.filter)
        self.table.set_words("" if is_by_keys else self.filter.text())
        self.pressed.show_keys("")
        self.table.set_keys("")
        stop = self.pressed if is_by_keys else self.filter
        stop.setFocus(Qt.FocusReason.ShortcutFocusReason)

    @Slot()
    def _leave_keys(self) -> None:
        if self.pressed.keys:
            self.pressed.show_keys("")
            self.table.set_keys("")
        else:
            self.by_keys.setChecked(False)

    @Slot(int)
    def _choose_area(self, place: int) -> None:
        self.table.set_area(str(self.area.itemData(place)))

    @Slot()
    def _clear_filter(self) -> None:
        self.filter.clear()
        self.area.setCurrentIndex(0)
        self.table.set_area("")
        self.by_keys.setChecked(False)
        self.table.set_keys("")
        self.view.setFocus(Qt.FocusReason.ShortcutFocusReason)

    @Slot()
    def _show_counts(self) -> None:
        counts = self.table.counts
        has_conflict = bool(self.table.conflict_count)
        self.counts.setVisible(bool(counts))
        self.counts.shape.setVisible(has_conflict)
        status = "degraded" if has_conflict else "passed"
        self.counts.set_state(status, ", ".join(counts), "text2", shorter=counts[:1])
        self.counts.label.setMinimumWidth(self.counts.label.needed_width())
        self.reset_button.setEnabled(self.table.shortcuts.changed_count > 0)

    @Slot()
    def _note_row(self) -> None:
        focused = QApplication.focusWidget()
        self._had_focus = focused is not None and self.view.isAncestorOf(focused)
        self.recorder = self.strip = None  # they go with their rows
        self._current = self.table.name_at(self.view.currentIndex())
        self._scrolled = self.view.verticalScrollBar().value()

    @Slot()
    def _take_rows(self) -> None:
        """Stand where one stood, at the same place of the list."""
        view = self.view
        view.clearSpans()
        is_empty = not self.table.rowCount()
        self._body.setCurrentWidget(self.empty if is_empty else view)
        for row in range(self.table.rowCount()):
            if not isinstance(self.table.index(row, 0).data(ROW_ROLE), ShortcutRow):
                view.setSpan(row, 0, 1, 4)
        row = self.table.row_of(self._current) if self._current else -1
        if row >= 0:
            view.setCurrentIndex(self.table.index(row, 0))
        view.verticalScrollBar().setValue(self._scrolled)

    # Changing keys

    @Slot(QModelIndex)
    def _record(self, index: QModelIndex) -> None:
        self.table.record(self.table.name_at(index))

    @Slot()
    def _take_recording(self) -> None:
        name = self.table.recording
        if not name:
            if self._had_focus:
                self.view.setFocus(Qt.FocusReason.ShortcutFocusReason)
            return
        self._show_recorder(name)
        if self.recorder is not None:
            self.recorder.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def _show_recorder(self, name: str) -> None:
        row = self.table.row_of(name)
        if row < 0:
            return
        text = self.table.shortcuts[name].text
        recorder = KeyRecorder(
            self.tr("Keys of {command}").format(command=text), lambda keys: caps((keys,))
        )
        recorder.show_keys(self.table.pressed)
        recorder.recorded.connect(self.table.press)
        recorder.altGrPressed.connect(self.table.press_alt_gr)
        recorder.cleared.connect(lambda: self.table.clear_keys(name))
        recorder.cancelled.connect(self.table.cancel)
        recorder.left.connect(lambda: self._leave(recorder))
        host = QWidget()
        box = QHBoxLayout(host)
        box.setContentsMargins(8, 1, 8, 1)
        box.addWidget(recorder)
        self.view.setIndexWidget(self.table.index(row, KEYS), host)
        self.view.selectRow(row)
        self.recorder = recorder

    def _leave(self, recorder: KeyRecorder) -> None:
        """Give up when the keyboard goes elsewhere and nothing is to be decided."""
        if recorder is self.recorder and not self.table.pressed:
            self.table.cancel()

    @Slot(object)
    def _take_collision(self, collision: Collision | None) -> None:
        if collision is None:
            return
        name, row = self.table.recording, self.table.strip
        if row < 0:
            return
        usual = " ".join(caps(self.table.shortcuts.keys(name)))
        note = self.tr("Esc brings {keys} back") if usual else self.tr("Esc leaves it without keys")
        strip = CollisionStrip(collision, note.format(keys=usual))
        strip.decided.connect(self.table.decide)
        strip.installEventFilter(self)
        for button in strip.buttons.values():
            button.installEventFilter(self)
        self.view.verticalHeader().resizeSection(row, STRIP)
        self.view.setSpan(row, 0, 1, 4)
        self.view.setIndexWidget(self.table.index(row, 0), strip)
        self._show_recorder(name)
        self.strip = strip
        self.view.scrollTo(self.table.index(row, 0))
        stops = [self.recorder, *strip.buttons.values()]
        for stop, following in pairwise(stop for stop in stops if stop is not None):
            QWidget.setTabOrder(stop, following)
        if self.recorder is not None:
            self.recorder.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Give up by Esc in the strip, too."""
        if not isinstance(event, QKeyEvent) or event.type() != QEvent.Type.KeyPress:
            return super().eventFilter(watched, event)
        if event.key() == Qt.Key.Key_Escape:
            self.table.cancel()
            return True
        return super().eventFilter(watched, event)

    @Slot()
    def _reset_all(self) -> None:
        before = self.table.shortcuts.chosen
        self.table.cancel()
        self.table.shortcuts.reset_all()
        self.resetDone.emit(before)

    @Slot(QPoint)
    def _open_menu(self, place: QPoint) -> None:
        name = self.table.name_at(self.view.currentIndex())
        if not name or self.table.shortcuts.is_fixed(name):
            return
        menu = Menu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.addAction(self.tr("Change keys"), lambda: self.table.record(name))
        away = menu.addAction(self.tr("Take keys away"), lambda: self.table.clear_keys(name))
        away.setEnabled(bool(self.table.shortcuts.keys(name)))
        back = menu.addAction(self.tr("Reset"), lambda: self.table.reset(name))
        back.setEnabled(self.table.shortcuts.is_changed(name))
        menu.popup(place)
