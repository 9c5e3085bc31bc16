"""Completion of a field from a list: what holds the typed text is offered below it."""

from __future__ import annotations

from PySide6.QtCore import QAbstractItemModel, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QCompleter, QLineEdit, QListView, QStyledItemDelegate

from gui.theme import set_face
from gui.widgets.round_window import cut_corners, make_round


class _List(QListView):
    """The list, a window of its own with round corners."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.setAccessibleName(name)
        self.setProperty("kind", "popup")
        make_round(self)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the corners round."""
        super().resizeEvent(event)
        cut_corners(self)


def complete_from(field: QLineEdit, model: QAbstractItemModel, *, style: str = "body") -> None:
    """Offer what a list has.

    Args:
        field: Where the text is typed.
        model: The list, which may change.
        style: The text style of the list.
    """
    completer = QCompleter(model, field)
    completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
    completer.setFilterMode(Qt.MatchFlag.MatchContains)
    popup = _List(field.accessibleName())
    completer.setPopup(popup)
    popup.setItemDelegate(QStyledItemDelegate(popup))  # the sheet's rows are for this kind
    set_face(popup, style, figures=False)
    field.setCompleter(completer)
