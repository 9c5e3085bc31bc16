"""Small windows in which tests plant the defects that the walk over the pages is to find."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QRect, QSize, QStringListModel
from PySide6.QtGui import (
    QPainter,
    QPaintEvent,
    QStandardItem,
    QStandardItemModel,
)
from PySide6.QtWidgets import (
    QAbstractItemView,
    QListView,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from .audit_painted import painted_cut
from .watched import painted_parts

LONG = "A sentence that is longer than the room that it has here"
FOREIGN = "#a1b2c3"

Show = Callable[..., QWidget]


class Painted(QWidget):
    """Paints what a test wants."""

    def __init__(self, paint: Callable[[QPainter], object]) -> None:
        super().__init__()
        self._paint = paint
        self.setFixedSize(120, 40)

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        painter = QPainter(self)
        self._paint(painter)
        painter.end()


class Delegate(QStyledItemDelegate):
    """Paints the rows of a view as a test wants."""

    def __init__(self, paint: Callable[[QPainter, QRect], object], view: QAbstractItemView) -> None:
        super().__init__(view)
        self._paint = paint

    def sizeHint(self, *_: object) -> QSize:  # noqa: N802 - Qt's name
        return QSize(100, 30)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, _index: object) -> None:
        self._paint(painter, option.rect)  # type: ignore[attr-defined]


def named(widget: QWidget, name: str = "A name") -> QWidget:
    widget.setAccessibleName(name)
    return widget


def rows(*texts: str, tip: str = "") -> QStandardItemModel:
    model = QStandardItemModel()
    for text in texts:
        item = QStandardItem(text)
        item.setToolTip(tip)
        model.appendRow(item)
    return model


def painted_list(paint: Callable[[QPainter, QRect], object]) -> QListView:
    view = QListView()
    view.setAccessibleName("Rows")
    view.setModel(QStringListModel(["a row"], view))
    view.setItemDelegate(Delegate(paint, view))
    return view


def painted_by(host: QWidget) -> list[str]:
    with painted_cut() as found:
        for part in painted_parts(host):
            part.grab()
    return found
