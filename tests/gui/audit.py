"""What a walk over a page finds: no name, no way by Tab, cut words, colours of nobody."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from PySide6.QtCore import QAbstractListModel, QModelIndex, Qt
from PySide6.QtGui import (
    QAccessible,
    QAction,
)
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSlider,
    QAbstractSpinBox,
    QApplication,
    QButtonGroup,
    QComboBox,
    QHeaderView,
    QLabel,
    QLineEdit,
    QMenu,
    QPlainTextEdit,
    QPushButton,
    QScrollBar,
    QTabBar,
    QTextEdit,
    QWidget,
)

from gui.editors.completion_popup import CompletionPopup
from gui.editors.hover_card import HoverCard
from gui.editors.sql_editor import SqlEditor
from gui.shell.palette import Palette
from gui.widgets.flow_card import FlowCard
from gui.widgets.flow_map import FlowMap

MOST_STOPS: Final = 400
_MOST_ROWS: Final = 50
_CONTROLS: Final = (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSlider,
    QAbstractSpinBox,
    QComboBox,
    QLineEdit,
    QPlainTextEdit,
    QTabBar,
    QTextEdit,
)
_BY_TAB: Final = Qt.FocusPolicy.TabFocus
_ON_CLICK: Final = ("mousePressEvent", "mouseReleaseEvent", "mouseDoubleClickEvent")


def described(widget: QWidget) -> str:
    """Say which widget it is: its class, its words, and in what it lies."""
    words = widget.accessibleName() or widget.objectName()
    if not words and isinstance(widget, QAbstractButton | QLabel):
        words = widget.text()
    around: list[str] = []
    parent = widget.parentWidget()
    while parent is not None and len(around) < 3:
        if type(parent) is not QWidget:
            around.append(type(parent).__name__)
        parent = parent.parentWidget()
    return f"{type(widget).__name__} {words!r} in {' < '.join(around)}"


def first_cells(view: QAbstractItemView) -> Iterator[QModelIndex]:
    """Give the cells of the first rows; those of lists have one column."""
    if (model := view.model()) is None:
        return
    columns = 1 if isinstance(model, QAbstractListModel) else model.columnCount()
    for row in range(min(model.rowCount(), _MOST_ROWS)):
        yield from (model.index(row, column) for column in range(columns))


def controls(root: QWidget, *, disabled: bool = False) -> list[QWidget]:
    """List what a user works with: visible, no part of another control, enabled or any."""
    found = [root, *root.findChildren(QWidget)]
    return [w for w in found if w.isVisible() and (disabled or w.isEnabled()) and _is_control(w)]


def _is_control(widget: QWidget) -> bool:
    if isinstance(widget, QScrollBar | QHeaderView) or widget.objectName().startswith("qt_"):
        return False
    if _is_part(widget):
        return False
    can_tab = bool(widget.focusPolicy() & _BY_TAB)
    return isinstance(widget, _CONTROLS) or can_tab or _takes_clicks(widget)


def _takes_clicks(widget: QWidget) -> bool:
    """Whether something of our own happens when it is clicked, or it has links for the mouse."""
    if isinstance(widget, QLabel) and "<a " in widget.text().lower():
        return bool(widget.textInteractionFlags() & Qt.TextInteractionFlag.LinksAccessibleByMouse)
    kinds = [kind for kind in type(widget).__mro__ if not kind.__module__.startswith("PySide6")]
    names = {name for kind in kinds for name in vars(kind)}
    return not names.isdisjoint(_ON_CLICK) or ("contextMenuEvent" in names and _is_bare(widget))


def _is_bare(widget: QWidget) -> bool:
    """Whether nothing within takes the keyboard, from where the key for menus would come up."""
    return not any(each.focusPolicy() & _BY_TAB for each in widget.findChildren(QWidget))


def _is_part(widget: QWidget) -> bool:
    """Whether it belongs to a control that is reached as a whole, such as the arrow of tabs."""
    parent = widget.parentWidget()
    if isinstance(parent, QTabBar):
        return widget.objectName() in ("ScrollLeftButton", "ScrollRightButton")
    if isinstance(widget, QAbstractButton):
        return False  # whatever it stands in, it does something of its own
    if isinstance(parent, QComboBox | QAbstractSpinBox | QLineEdit):
        return True
    if isinstance(parent, QTextEdit | QPlainTextEdit):
        return not isinstance(widget, _CONTROLS)  # its viewport, the numbers of its lines
    is_in_view = parent is not None and isinstance(parent.parentWidget(), QAbstractItemView)
    return is_in_view and widget.focusPolicy() == Qt.FocusPolicy.NoFocus  # editors have the focus


# Names


def unnamed(root: QWidget) -> list[str]:
    """Find the controls that a screen reader has no name for, and icons without explanation."""
    found: list[str] = []
    for widget in controls(root, disabled=True):
        heard = QAccessible.queryAccessibleInterface(widget)
        if not heard.text(QAccessible.Text.Name).strip() or _is_named_by_choice(widget):
            found.append(f"no name: {described(widget)}")
        is_icon = isinstance(widget, QPushButton) and not widget.text()
        if is_icon and not heard.text(QAccessible.Text.Description).strip():
            found.append(f"no description: {described(widget)}")
    found += [f"no words: entry {number}" for number, a in _entries(root) if not a.text().strip()]
    return found


def _is_named_by_choice(widget: QWidget) -> bool:
    """Whether all that is heard of a choice or of tabs is which one is chosen."""
    if not isinstance(widget, QComboBox | QTabBar) or widget.accessibleName().strip():
        return False
    return all(label.buddy() is not widget for label in widget.window().findChildren(QLabel))


def too_small(root: QWidget) -> list[str]:
    """Find what is clicked and has less than 24 pixels for the pointer."""
    found = [
        f"{widget.width()}x{widget.height()}: {described(widget)}"
        for widget in controls(root)
        if isinstance(widget, QAbstractButton) and min(widget.width(), widget.height()) < 24
    ]
    if isinstance(root, QMenu):
        heights = [(root.actionGeometry(a).height(), a.text()) for _, a in _entries(root)]
        found += [f"{height} high: {text!r}" for height, text in heights if height < 24]
    return found


def _entries(root: QWidget) -> list[tuple[int, QAction]]:
    """List the entries of a menu, with their places."""
    if not isinstance(root, QMenu):
        return []
    return [(n, a) for n, a in enumerate(root.actions()) if a.isVisible() and not a.isSeparator()]


# Tab


def unreached(root: QWidget) -> list[str]:
    """Find the controls that neither Tab nor Shift+Tab stops at, from F6 on.

    One of a group stands for all where arrow keys go to the others.
    """
    if isinstance(root, QMenu):
        return _unreached_entries(root)
    window = root.window()
    wanted = controls(root)
    seen = _walk(window, root, Qt.Key.Key_Tab)
    if any(not _is_reached(widget, seen) for widget in wanted):
        seen |= _walk(window, root, Qt.Key.Key_Backtab)
    return [f"not reached: {described(w)}" for w in wanted if not _is_reached(w, seen)]


def _unreached_entries(menu: QMenu) -> list[str]:
    """Find the entries that the arrow down does not come by."""
    wanted = [action for _, action in _entries(menu) if action.isEnabled()]
    seen: list[QAction] = []
    for _ in range(2 * len(wanted) + 2):
        QTest.keyClick(menu, Qt.Key.Key_Down)
        seen.append(menu.activeAction())
    return [f"not reached: {action.text()!r}" for action in wanted if action not in seen]


def _is_reached(widget: QWidget, seen: set[QWidget]) -> bool:
    if widget in seen or widget.focusProxy() in seen or _has_keys_elsewhere(widget):
        return True
    if isinstance(widget, FlowMap):
        return True  # two clicks on its ground are the command New rule, which has keys
    if isinstance(widget, FlowCard):
        return any(isinstance(other, FlowCard) for other in seen) or not _is_in(widget, FlowMap)
    if isinstance(widget, QAbstractButton):
        group = widget.group()
        if isinstance(group, QButtonGroup) and group.exclusive():
            return any(button in seen for button in group.buttons())
    return False


def _has_keys_elsewhere(widget: QWidget) -> bool:
    """Whether keys of a field or an editor do the same, which keeps the keyboard."""
    window = widget.window()
    if isinstance(window, Palette):
        return widget is window.list
    card = widget.parentWidget()
    if isinstance(card, HoverCard):  # as the tests of the rule's page show
        return widget in (card.button, card.help)
    return _is_in(widget, CompletionPopup)


def _is_in(widget: QWidget, kind: type[QWidget]) -> bool:
    parent = widget.parentWidget()
    return parent is not None and (isinstance(parent, kind) or _is_in(parent, kind))


def _walk(window: QWidget, root: QWidget, key: Qt.Key) -> set[QWidget]:
    """Press a key until the focus has gone round; returns where it has been."""
    _enter(window, root)
    seen: set[QWidget] = set()
    for _ in range(MOST_STOPS):
        focused = QApplication.focusWidget()
        if focused is None or focused in seen:
            break
        seen.add(focused)
        if isinstance(focused, SqlEditor):  # where Tab writes, unless Esc was before it
            for _ in range(2):  # the first one may close what hangs on the editor
                QTest.keyClick(focused, Qt.Key.Key_Escape)
        QTest.keyClick(focused, key)
        if QApplication.focusWidget() is focused:  # an editor that takes Tab lets it go after Esc
            QTest.keyClick(focused, Qt.Key.Key_Escape)
            QTest.keyClick(focused, key)
    return seen


def _enter(window: QWidget, root: QWidget) -> None:
    """Have the keyboard in the region that holds the root."""
    for _ in range(12):
        focused = QApplication.focusWidget()
        if focused is not None and (focused is root or root.isAncestorOf(focused)):
            return
        QTest.keyClick(focused or window, Qt.Key.Key_F6)
