"""What pages of single objects share: the header of 52, headings, and rows that lead elsewhere."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import (
    QAbstractButton,
    QGridLayout,
    QHBoxLayout,
    QScrollArea,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from gui.theme import current, has_figures, set_height
from gui.viewmodels.live import State
from gui.widgets.chips import Tag
from gui.widgets.frames import Line
from gui.widgets.labels import Label, StateShape

_ROW: Final = 30
_SHAPE: Final = 12
_GOOD: Final = ("running", "connected", "stopped", "disabled", "passed")


class PageHeader(QWidget):
    """Shape, name, kind, state and reason of what the page is about."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        theme = current()
        set_height(self, "height.page_header")
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(0)
        body = QWidget()  # not a bare layout, which would be no higher than its buttons
        row = QHBoxLayout(body)
        row.setContentsMargins(theme.size("space.l"), 1, theme.size("space.l"), 0)
        row.setSpacing(theme.size("space.s") + 2)
        self.shape = StateShape()
        self.name = Label(name, style="title")
        self.kind = Tag()
        self.state = Label(role="text2", elide="end")
        self.label = Label(role="text3", elide="end")
        for widget in (self.shape, self.name, self.kind):
            row.addWidget(widget)
        row.addWidget(self.state, 1)
        row.addWidget(self.label)
        self._row = row
        outer.addWidget(body, 1)
        outer.addWidget(Line())

    def set_right_margin(self, pixels: int) -> None:
        """Begin nearer to the right edge: a flat button has room around its icon itself."""
        margins = self._row.contentsMargins()
        margins.setRight(pixels)
        self._row.setContentsMargins(margins)

    def insert_beside_name(self, widget: QWidget) -> None:
        """Put a small button behind the name."""
        self._row.insertWidget(2, widget)

    def add_widget(self, widget: QWidget) -> None:
        """Put a button or a switch at the right end."""
        self._row.addWidget(widget)

    def show_state(self, state: State) -> None:
        """Show another state with its reason."""
        reason = state.reason.rstrip(".")
        self.shape.set_status(state.status, state.word)
        self.state.setText(f"{state.word}. {reason}." if reason else state.word)
        self.state.set_role("text2" if state.status in _GOOD else "text1")


class Heading(QWidget):
    """A heading within a page, with a quiet note at the right."""

    def __init__(self, text: str, note: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.addWidget(Label(text, style="strong"), 1)
        self.note = Label(note, style="small", role="text3")
        self._row.addWidget(self.note)

    def add_widget(self, widget: QWidget) -> None:
        """Put a small button at the right end."""
        self._row.addWidget(widget)


class LinkRow(QAbstractButton):
    """A row with shape, name and detail that opens what it names."""

    def __init__(self, name: str, detail: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._detail, self._status, self._right = detail, "stopped", ""
        self.setText(name)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        current().changed.connect(self.update)

    def show_state(self, state: State, right: str = "") -> None:
        """Show another state, and a number at the right end."""
        self._status, self._right = state.status, right
        parts = [self.text(), self._detail, state.word, right]
        self.setAccessibleName(", ".join(part for part in parts if part))
        what = ", ".join(part for part in (self.text(), self._detail) if part)
        says = f"{state.word}. {state.reason}" if state.reason else state.word
        self.setToolTip(f"{what}\n{says}")
        self.update()

    def sizeHint(self) -> QSize:
        """Take one row."""
        return QSize(120, _ROW)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Open by Enter."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.click()
        else:
            super().keyPressEvent(event)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint shape, name, detail and number."""
        theme, painter = current(), QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        rect, radius = QRectF(self.rect()), theme.size("radius.s")
        ground = "hover_content" if self.underMouse() and self.isEnabled() else "surface2"
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.colour(ground))
        painter.drawRoundedRect(rect.adjusted(2, 2, -2, -2), radius, radius)
        if self.hasFocus():
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(theme.colour("focus"), theme.size("line.focus")))
            painter.drawRoundedRect(rect.adjusted(2, 2, -2, -2), radius, radius)
        left = float(theme.size("space.panel") - 2)
        top = (self.height() - _SHAPE) / 2
        theme.paint_state(painter, QRectF(left, top, _SHAPE, _SHAPE), self._status, ground)
        left += _SHAPE + theme.size("space.s") - 1
        right = self._paint_right(painter, rect)
        painter.setFont(theme.font("body", 500))
        painter.setPen(theme.colour("text1"))
        left = self._paint_text(painter, left, right, self.text(), Qt.TextElideMode.ElideMiddle)
        painter.setFont(theme.font("small", figures=has_figures(self._detail)))
        painter.setPen(theme.colour("text3"))
        self._paint_text(painter, left + 7, right, self._detail, Qt.TextElideMode.ElideRight)

    def _paint_right(self, painter: QPainter, rect: QRectF) -> float:
        """Paint the number and return where the room for names ends."""
        theme = current()
        right = rect.right() - theme.size("space.panel") + 2
        if self._right:
            painter.setFont(theme.font("small"))
            painter.setPen(theme.colour("text3"))
            width = painter.fontMetrics().horizontalAdvance(self._right)
            box = QRectF(right - width, 0, width + 1, self.height())
            painter.drawText(box, Qt.AlignmentFlag.AlignVCenter, self._right)
            right -= width + theme.size("space.s")
        return right

    def _paint_text(
        self, painter: QPainter, left: float, right: float, text: str, mode: Qt.TextElideMode
    ) -> float:
        """Paint a text and return where it ends."""
        metrics = painter.fontMetrics()
        room = max(int(right - left), 0)
        shown = metrics.elidedText(text, mode, room)
        box = QRectF(left, 0, room, self.height())
        painter.drawText(box, Qt.AlignmentFlag.AlignVCenter, shown)
        return left + metrics.horizontalAdvance(shown)


def name_value_grid(label_width: int) -> QGridLayout:
    """Make a grid for names at the left and values at the right."""
    grid = QGridLayout()
    grid.setContentsMargins(0, 0, 0, 0)
    grid.setHorizontalSpacing(current().size("space.m"))
    grid.setVerticalSpacing(current().size("space.s"))
    grid.setColumnMinimumWidth(0, label_width)
    grid.setColumnStretch(1, 1)
    return grid


def room_of(page: QWidget) -> int:
    """Tell the width of what scrolls a page, with its bar, or of a page that nothing scrolls.

    What depends on it does not change the room that it depends on.
    """
    area = page.parentWidget()
    while area is not None and not isinstance(area, QScrollArea):
        area = area.parentWidget()
    return page.width() if area is None else area.width()


def scrolling(widget: QWidget, name: str) -> QScrollArea:
    """Put a widget into an area that scrolls vertically, by keyboard, too."""
    area = QScrollArea()
    area.setAccessibleName(name)
    area.setFrameShape(QScrollArea.Shape.NoFrame)
    area.setWidgetResizable(True)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    area.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    area.setWidget(widget)
    return area


def keep_bar_in_margin(area: QScrollArea, column: QVBoxLayout, margin: int) -> None:
    """Have the scroll bar of an area take its pixels from the right margin of what is inside."""
    margins = column.contentsMargins()
    margins.setRight(max(margin - (area.width() - area.viewport().width()), 0))
    column.setContentsMargins(margins)


def clear_layout(layout: QVBoxLayout | QGridLayout | QHBoxLayout) -> None:
    """Take everything out of a layout and delete it."""
    while (item := layout.takeAt(0)) is not None:
        widget = item.widget()
        if widget is not None:
            widget.hide()
            widget.deleteLater()


def column_below(page: QWidget, header: PageHeader, *, width: int, gap: str) -> QVBoxLayout:
    """Lay a page out as its header and a column that scrolls; returns the column.

    Args:
        page: Which has no layout yet.
        header: Stays where it is.
        width: Of the column at most, in pixels.
        gap: Between its parts, by the name of the token.
    """
    theme = current()
    body = QWidget()
    body.setMaximumWidth(width)
    column = QVBoxLayout(body)
    column.setContentsMargins(*(theme.size("space.l"),) * 4)
    column.setSpacing(theme.size(gap))
    outer = QVBoxLayout(page)
    outer.setContentsMargins(0, 0, 0, 0)
    outer.setSpacing(0)
    outer.addWidget(header)
    outer.addWidget(scrolling(body, header.name.text()), 1)
    return column
