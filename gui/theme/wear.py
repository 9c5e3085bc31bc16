"""Fonts and heights that widgets wear by the names of the table, so that another look reaches them.

What a widget wears is kept in properties of it: a look that changes goes over all widgets once.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Qt
from PySide6.QtGui import QFont
from PySide6.QtWidgets import (
    QAbstractItemView,
    QApplication,
    QHeaderView,
    QTableView,
    QWidget,
)

if TYPE_CHECKING:
    from gui.theme.theme import Theme

_FACE: Final = "wornFace"
_NAMES: Final = " names"
_HEIGHT: Final = "wornHeight"
_ROWS: Final = "wornRows"
_SQUARE: Final = "wornSquare"


def wear_face(
    theme: Theme, widget: QWidget, name: str, weight: int | None, *, figures: bool
) -> None:
    """Give a widget the font of a text style."""
    widget.setProperty(_FACE, f"{name} {weight or 0}{'' if figures else _NAMES}")
    _put_font(widget, theme.font(name, weight, figures=figures))


def wear_height(theme: Theme, widget: QWidget, name: str, more: int) -> None:
    """Give a widget a fixed height by its name, and some pixels more."""
    widget.setProperty(_HEIGHT, f"{name} {more}")
    widget.setFixedHeight(theme.size(name) + more)


def wear_rows(theme: Theme, view: QTableView, name: str) -> None:
    """Give the rows of a table a height by its name."""
    view.setProperty(_ROWS, f"{name} 0")
    height = theme.size(name)
    rows = view.verticalHeader()
    rows.setMinimumSectionSize(min(height, rows.minimumSectionSize()))
    rows.setDefaultSectionSize(height)


def wear_square(theme: Theme, widget: QWidget, name: str) -> None:
    """Give a button with an icon alone an edge by the name of a height."""
    edge = theme.size(name)
    widget.setProperty(_SQUARE, f"{name} 0")
    widget.setProperty("square", str(edge))
    widget.setFixedSize(edge, edge)
    polish_again(theme, widget)


def polish_again(theme: Theme, widget: QWidget) -> None:
    """Have the style sheet look at a changed property of a widget that it has seen before."""
    if widget.testAttribute(Qt.WidgetAttribute.WA_WState_Polished):
        widget.style().unpolish(widget)
        widget.style().polish(widget)
        wear_face_again(theme, widget)


def wear_face_again(theme: Theme, widget: QWidget) -> None:
    """Give a widget its font; a sheet that is taken off brings back the first one it has seen."""
    if found := widget.property(_FACE):
        name, weight = _parts(found.removesuffix(_NAMES))
        font = theme.font(name, weight or None, figures=not found.endswith(_NAMES))
        _put_font(widget, font)


def _put_font(widget: QWidget, font: QFont) -> None:
    widget.setFont(font)
    if isinstance(widget, QHeaderView):
        widget.viewport().setFont(font)  # which the sheet has parted from its header's


def dress(theme: Theme) -> None:
    """Give all widgets what they wear once more, in the look that has changed."""
    for widget in QApplication.allWidgets():
        wear_face_again(theme, widget)
        if found := widget.property(_HEIGHT):
            name, more = _parts(found)
            widget.setFixedHeight(theme.size(name) + more)
        if found := widget.property(_SQUARE):
            wear_square(theme, widget, _parts(found)[0])
        if isinstance(widget, QTableView) and (found := widget.property(_ROWS)):
            wear_rows(theme, widget, _parts(found)[0])
        if isinstance(widget, QAbstractItemView):
            widget.doItemsLayout()
        widget.updateGeometry()


def _parts(text: str) -> tuple[str, int]:
    name, _, number = text.partition(" ")
    return name, int(number)
