"""The first page's groups of rows: navigator, table, menu, tabs, the series of charts."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QStandardItem, QStandardItemModel
from PySide6.QtWidgets import QGridLayout, QHeaderView, QWidget

from gui.gallery.frame import framed
from gui.gallery.parts import column, row
from gui.gallery.poses import PosedRows, RowPose, RowPoses
from gui.theme import current
from gui.viewmodels.table_roles import TableRole
from gui.widgets.chart import Legend, Series
from gui.widgets.frames import Card
from gui.widgets.grouped_table import GroupedDelegate, TableRoles
from gui.widgets.menu import Menu, mark_danger
from gui.widgets.navigator_view import NavigatorDelegate, NavigatorView, RowRoles
from gui.widgets.tab_bar import TabBar
from gui.widgets.table_view import TableView

_ROLES: Final = RowRoles(*(int(Qt.ItemDataRole.UserRole) + n for n in range(1, 5)))
_ROWS: Final[tuple[tuple[str, RowPose], ...]] = (
    ("temp_hum", "normal"),
    ("hover", "hover"),
    ("selected", "selected"),
    ("selected, window elsewhere", "idle"),
    ("keyboard focus", "focus"),
    ("disabled", "normal"),
)
_CELLS: Final[tuple[tuple[str, str, RowPose], ...]] = (
    ("12:04:01.475", "temp_hum/emqx", "normal"),
    ("12:04:01.526", "hover", "hover"),
    ("12:04:01.576", "selected", "selected"),
    ("12:04:01.601", "selected, idle", "idle"),
)
_SERIES: Final = ("blue", "orange", "green", "vermilion", "purple", "sky", "yellow", "grey")


class _Navigator(PosedRows, NavigatorView):
    pass


class _NavigatorRows(RowPoses, NavigatorDelegate):
    pass


class _Table(PosedRows, TableView):
    pass


class _TableRows(RowPoses, GroupedDelegate):
    pass


def navigator() -> QWidget:
    """Show rows of the navigator."""
    model, view = QStandardItemModel(), _Navigator("Navigator rows", _ROLES)
    for name, _pose in _ROWS:
        item = QStandardItem(name)
        is_off = name == "disabled"
        item.setData(name, _ROLES.key)
        item.setData("disabled" if is_off else "running", _ROLES.status)
        item.setData("" if is_off else "20.0/s", _ROLES.detail)
        model.appendRow(item)
    model.setParent(view)
    view.setModel(model)
    delegate = _NavigatorRows(_ROLES, view)
    delegate.show_poses(view, [pose for _name, pose in _ROWS])
    view.setItemDelegate(delegate)
    view.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    view.setFixedHeight(len(_ROWS) * current().size("height.row"))
    return framed(view, outside="surface1", radius="radius.m", pad=5)


def table() -> QWidget:
    """Show rows of a table."""
    model, view = QStandardItemModel(0, 3), _Table("Table")
    model.setHorizontalHeaderLabels(["Time", "Topic", "Size"])
    right = int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
    for time, topic, _pose in _CELLS:
        items = [QStandardItem(text) for text in (time, topic, "27 B")]
        items[0].setData("text3", TableRole.TONE)
        items[2].setData("text2", TableRole.TONE)
        items[2].setData(right, Qt.ItemDataRole.TextAlignmentRole)
        model.appendRow(items)
    model.setHeaderData(2, Qt.Orientation.Horizontal, right, Qt.ItemDataRole.TextAlignmentRole)
    model.setParent(view)
    view.setModel(model)
    roles = TableRoles(TableRole.HEAD, TableRole.STATUS, TableRole.TONE)
    delegate = _TableRows(roles, view)
    delegate.show_poses(view, [pose for *_texts, pose in _CELLS])
    view.setItemDelegate(delegate)
    header = view.header
    header.sorted_by = 0
    header.setSectionResizeMode(1, QHeaderView.ResizeMode.Stretch)
    view.setColumnWidth(0, 105)
    view.setColumnWidth(2, 64)
    view.setFixedHeight(122)
    return framed(view, outside="surface1", radius="radius.m", ground="surface2", pad=1)


def menu() -> QWidget:
    """Show a menu as it is when it is open."""
    made = Menu()
    made.setWindowFlags(Qt.WindowType.Widget)
    theme = current()
    looks = (
        ("Open", "Return", "external-link"),
        ("Duplicate", "Ctrl+D", "copy"),
        ("Rename", "F2", "pencil"),
        ("", "", ""),
        ("Disable", "", "circle-pause"),
        ("Delete", "Del", "trash-2"),
    )
    for text, keys, icon in looks:
        if not text:
            made.addSeparator()
            continue
        action = QAction(theme.icon(icon, "bad" if text == "Delete" else "text2"), text, made)
        action.setShortcut(keys)
        action.setShortcutVisibleInContextMenu(True)
        action.setEnabled(text != "Disable")
        if text == "Delete":
            mark_danger(action)
        made.addAction(action)
    made.setFixedWidth(250)
    made.setActiveAction(made.actions()[1])
    return column(row(made))


def tabs() -> QWidget:
    """Show tabs of documents and docks."""
    bar = TabBar("Tabs")
    for key in ("Feed", "Publish", "Problems"):
        bar.add(key, key)
    bar.add("rule", "temp_hum", closable=True)
    bar.show_state("rule", "running", "Running")
    bar.show_dirty("rule", is_dirty=True)
    bar.show_count("Problems", 1, "warn")
    return bar


def series() -> QWidget:
    """Show the lines of charts."""
    card = Card()
    grid = QGridLayout(card)
    grid.setContentsMargins(12, 8, 12, 8)
    grid.setSpacing(0)
    for look, name in enumerate(_SERIES, 1):
        legend = Legend([Series(f"{look} {name}", look)], piece=52)
        grid.addWidget(legend, (look - 1) // 2, (look - 1) % 2)
        grid.setRowMinimumHeight((look - 1) // 2, 20)
    for place in range(2):
        grid.setColumnMinimumWidth(place, 169)
    card.setFixedHeight(98)
    return card
