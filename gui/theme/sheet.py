"""The one application style sheet, generated from the tokens: outlines, radii and padding only."""

from __future__ import annotations

from collections.abc import Callable
from string import Template

_SMALLEST_SQUARE = 24
_SIDES = ("width", "height")
_HEIGHTS = (
    ("control", "control", 2),
    ("control_focus", "control", 4),
    ("small", "control_small", 2),
    ("small_focus", "control_small", 4),
    ("row", "row", 0),
)
"""Names in the sheet: a height of the table, less what its outline takes."""
_SHEET = Template("""
QToolTip { background: $surface3; color: $text1; border: 1px solid $border_strong; padding: 4px 8px; }
QMainWindow::separator { background: $border; width: 1px; height: 1px; }
QMenuBar { background: $surface0; border: 0; padding: 0 6px; spacing: 0; }
QMenuBar::item { padding: ${menubar}px 8px; background: transparent; }
QMenu { background: $surface3; border: 1px solid $border_strong; padding: 4px; }
QMenu::item { padding: 0 12px; min-height: ${row}px; border-radius: 4px; }
QMenu::icon { padding-left: 8px; }
QMenu::item:selected { background: $selection; }
QMenu::item:disabled { color: $text_disabled; }
QMenu::separator { height: 1px; background: $border; margin: 4px 0; }
QToolBar { background: $surface0; border: 0; border-bottom: 1px solid $border; padding: 0; spacing: 4px; }
QStatusBar { background: $surface0; border-top: 1px solid $border; }
QStatusBar::item { border: 0; }
QDockWidget { border: 0; }
QPushButton, QToolButton[kind="secondary"] { background: $surface2; color: $text1; outline: 0; border: 1px solid $border_control; border-radius: 6px; padding: 0 11px; min-height: ${control}px; max-height: ${control}px; }
QPushButton:hover { background: $hover; }
QPushButton:pressed { background: $pressed; }
QPushButton:focus { border: 2px solid $focus; padding: 0 10px; min-height: ${control_focus}px; max-height: ${control_focus}px; }
QPushButton[pictured="true"] { padding: 0 8px 0 12px; }
QPushButton[pictured="true"]:focus { padding: 0 7px 0 11px; }
QPushButton:disabled { color: $text_disabled; background: transparent; border: 1px solid $border; }
QPushButton[kind="primary"] { background: $accent; color: $on_accent; border: 1px solid $accent; }
QPushButton[kind="primary"]:hover { background: $accent_hover; }
QPushButton[kind="primary"]:pressed { background: $accent_pressed; }
QPushButton[kind="primary"]:focus { border: 2px solid $accent; }
QPushButton[kind="primary"]:disabled { background: transparent; color: $text_disabled; border: 1px solid $border; }
QPushButton[kind="danger"] { background: $bad_fill; color: $on_bad; border: 1px solid $bad_fill; }
QPushButton[kind="danger"]:focus { border: 2px solid $focus; }
QPushButton[kind="danger"]:disabled { background: transparent; color: $text_disabled; border: 1px solid $border; }
QPushButton[kind="flat"], QToolButton { background: transparent; color: $text1; outline: 0; border: 1px solid transparent; border-radius: 6px; padding: 0 11px; min-height: ${control}px; }
QPushButton[tone="quiet"] { color: $text3; }
QPushButton[kind="flat"]:hover, QToolButton:hover { background: $hover; }
QPushButton[kind="flat"]:pressed, QPushButton[kind="flat"]:checked, QToolButton:pressed, QToolButton:checked { background: $pressed; }
QPushButton[kind="flat"]:focus, QToolButton:focus { border: 2px solid $focus; padding: 0 10px; min-height: ${control_focus}px; }
QPushButton[kind="flat"]:disabled { color: $text_disabled; background: transparent; border: 1px solid transparent; }
QPushButton[kind="link"], QPushButton[kind="link"]:focus { background: transparent; border: 0; color: $accent_text; padding: 1px 0; text-align: left; min-height: ${control}px; max-height: ${control}px; }
QLineEdit, QComboBox, QPlainTextEdit, QSpinBox { background: $surface2; color: $text1; border: 1px solid $border_control; border-radius: 6px; selection-background-color: $text_selection; selection-color: $text1; placeholder-text-color: $text3; }
QLineEdit, QComboBox, QSpinBox { padding: 0 6px; min-height: ${control}px; max-height: ${control}px; }
QComboBox { padding: 0 9px; combobox-popup: 0; }
QLineEdit:focus, QComboBox:focus, QSpinBox:focus { border: 2px solid $focus; padding: 0 5px; min-height: ${control_focus}px; max-height: ${control_focus}px; }
QComboBox:focus { padding: 0 8px; }
QComboBox[kind="typed"] { padding: 0 0 0 9px; }
QComboBox[kind="typed"]:focus { padding: 0 0 0 8px; }
QLineEdit:disabled, QComboBox:disabled, QTextEdit[kind="field"]:disabled { background: transparent; color: $text_disabled; border: 1px solid $border; }
QLineEdit[problem="true"], QComboBox[problem="true"] { border: 2px solid $bad; padding: 0 5px; min-height: ${control_focus}px; max-height: ${control_focus}px; }
QComboBox[problem="true"] { padding: 0 8px; }
QLineEdit[dense="true"], QComboBox[dense="true"] { min-height: ${small}px; max-height: ${small}px; }
QLineEdit[dense="true"]:focus, QComboBox[dense="true"]:focus, QLineEdit[dense="true"][problem="true"] { min-height: ${small_focus}px; max-height: ${small_focus}px; }
QLineEdit[kind="cell"] { border: 1px solid transparent; border-radius: 0; padding: 0 5px; min-height: 0; max-height: 22px; }
QLineEdit[kind="cell"]:focus { border: 2px solid $focus; padding: 0 4px; }
QLineEdit[kind="cell"][problem="true"] { border: 2px solid $bad; padding: 0 4px; }
QFrame[kind="field"] { background: $surface2; border: 1px solid $border_control; border-radius: 6px; }
QFrame[kind="field"][active="true"] { border: 2px solid $focus; }
QFrame[kind="field"][problem="true"] { border: 2px solid $bad; }
QFrame[kind="toast"], QFrame[kind="popover"] { background: $surface3; border: 1px solid $border_strong; border-radius: 8px; }
QFrame[kind="secret"] { background: $surface_alt; border: 1px solid $border_control; border-radius: 6px; }
QFrame[kind="secret"][problem="true"] { border: 2px solid $bad; }
QLineEdit[kind="inside"] { border: 0; padding: 0; min-height: 0; background: transparent; }
QLineEdit[kind="bare"] { border: 0; padding: 0 4px; min-height: 0; max-height: 22px; }
QTextEdit[kind="field"] { background: $surface2; color: $text1; border: 1px solid $border_control; border-radius: 6px; padding: 2px; selection-background-color: $text_selection; selection-color: $text1; }
QTextEdit[kind="field"]:focus { border: 2px solid $focus; padding: 1px; }
QTextEdit[kind="field"][problem="true"] { border: 2px solid $bad; padding: 1px; }
QPushButton[dense="true"] { padding: 0 9px; min-height: ${small}px; max-height: ${small}px; }
QPushButton[dense="true"]:focus { padding: 0 8px; min-height: ${small_focus}px; max-height: ${small_focus}px; }
QPushButton[pictured="true"][dense="true"] { padding: 0 7px 0 9px; }
QPushButton[pictured="true"][dense="true"]:focus { padding: 0 6px 0 8px; }
QPushButton[kind="flat"][dense="true"] { padding: 0 8px; }
QPushButton[kind="flat"][dense="true"]:focus { padding: 0 7px; }
QPushButton[kind="flat"][dense="true"][pictured="true"] { padding: 0 5px 0 8px; }
QPushButton[kind="flat"][dense="true"][pictured="true"]:focus { padding: 0 4px 0 7px; }
QPlainTextEdit:focus { border: 2px solid $focus; }
QPlainTextEdit[kind="code"] { border: 0; border-radius: 0; }
QComboBox::drop-down { border: 0; width: 22px; }
QComboBox::down-arrow { image: none; }
QComboBox QAbstractItemView::item { min-height: ${row}px; padding: 0 8px; border-radius: 4px; }
QComboBox QAbstractItemView::item:selected, QComboBox QAbstractItemView::item:hover { background: $selection; }
QComboBox QAbstractItemView { background: $surface3; color: $text1; border: 1px solid $border_strong; border-radius: 8px; padding: 4px; }
QTabBar { background: $surface0; border: 0; }
QTabWidget::pane { border: 0; }
QHeaderView { background: $surface_alt; }
QHeaderView::section { background: $surface_alt; color: $text2; border: 0; border-bottom: 1px solid $border; padding: 0 8px; height: 25px; }
QHeaderView::section:first { padding-left: 16px; }
QTableView[kind="page"] QHeaderView::section:first { padding-left: 24px; }
QHeaderView[kind="counters"]::section:first { padding-left: 14px; }
QHeaderView[kind="counters"]::section:last { padding-right: 15px; }
QSplitter[kind="lined"]::handle { background: $border; }
QTableView, QTreeView, QListView { background: $surface2; border: 0; outline: 0; gridline-color: $border; selection-background-color: $selection; selection-color: $text1; }
QTableView[kind="pairs"] QHeaderView::section { padding: 0 7px; height: 24px; }
QTableView[kind="pairs"] QHeaderView::section:first { padding: 0 7px; }
QTableView[kind="letters"] QHeaderView::section:last, QTableView[kind="page"] QHeaderView::section:last { padding-right: 16px; }
QPushButton[kind="link"][dense="true"], QPushButton[kind="link"][dense="true"]:focus { padding: 1px 0; min-height: 22px; max-height: 22px; }
QTableView[kind="pairs"]::item { padding: 0 5px; }
QListView[kind="popup"] { background: $surface3; border: 1px solid $border_strong; border-radius: 8px; padding: 4px; }
QListView[kind="popup"]::item { min-height: 26px; padding: 0 8px; border-radius: 4px; }
QListView[kind="popup"]::item:selected, QListView[kind="popup"]::item:hover { background: $selection; color: $text1; }
QTreeView[kind="navigator"], QListView[kind="plain"] { background: $surface1; }
QListView[kind="goals"] { background: $surface3; }
QFrame[kind="popover"] QLineEdit[kind="bare"] { background: $surface3; }
QFrame[kind="card"] { background: $surface2; border: 1px solid $border; border-radius: 8px; }
QFrame[kind="card_head"] { background: $surface_alt; border: 0; border-bottom: 1px solid $border; border-top-left-radius: 7px; border-top-right-radius: 7px; }
QFrame[kind="well"] { background: $accent_subtle; border: 1px solid $border; border-radius: 8px; }
QFrame[kind="sample"] { background: $accent_subtle; border: 0; border-radius: 6px; }
QFrame[kind="line"] { background: $border; border: 0; }
QFrame[kind="band"] { background: $surface_alt; border: 0; border-bottom: 1px solid $border; }
QFrame[kind="frame"] { background: $surface0; border: 0; border-bottom: 1px solid $border; }
QLabel[kind="secondary"] { color: $text2; }
QCheckBox { spacing: 8px; outline: 0; }
QScrollBar:vertical { background: transparent; width: 12px; margin: 0; }
QScrollBar::handle:vertical { background: $border_control; border-radius: 3px; min-height: 24px; margin: 0 3px; }
QScrollBar:horizontal { background: transparent; height: 12px; margin: 0; }
QScrollBar::handle:horizontal { background: $border_control; border-radius: 3px; min-width: 24px; margin: 3px 0; }
QAbstractScrollArea::corner { background: transparent; border: 0; }
QScrollBar::add-line, QScrollBar::sub-line, QScrollBar::add-page, QScrollBar::sub-page { background: transparent; border: 0; width: 0; height: 0; }
""")  # noqa: E501 - one rule a line reads best


def build_sheet(colour: Callable[[str], str], size: Callable[[str], int], line: int) -> str:
    """Fill the rules with a scheme's colours and a look's heights.

    Args:
        colour: Token name to `#RRGGBB`.
        size: Token name to pixels.
        line: Height of a line of text, in pixels.
    """
    heights = {name: str(size(f"height.{token}") - less) for name, token, less in _HEIGHTS}
    heights["menubar"] = str((size("height.menubar") - line + 2) // 2)
    names = [name for name in _SHEET.get_identifiers() if name not in heights]
    edges = {_SMALLEST_SQUARE, size("height.control_small"), size("height.control")}
    squares = "".join(_square(edge) for edge in sorted(edges))
    return _SHEET.substitute({name: colour(name) for name in names} | heights) + squares


def _square(edge: int) -> str:
    """Write the rules of buttons with an icon alone; the outline, wide with focus, is inside."""
    return "".join(
        f'QPushButton[square="{edge}"]{state} {{ padding: 0; '
        + "; ".join(f"{limit}-{side}: {inner}px" for limit in ("min", "max") for side in _SIDES)
        + "; }\n"
        for state, inner in (("", edge - 2), (":focus", edge - 4))
    )
