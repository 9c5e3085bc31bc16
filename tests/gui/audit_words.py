"""What a walk over a page finds: words that have less room than they need.

Fixed words, which are heads, tabs, buttons, choices, placeholders and counts, have to be seen
whole. What users give, which are names, topics and payloads, and sentences about it may be elided
where a tooltip has them whole.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

from PySide6.QtCore import (
    QModelIndex,
    QPersistentModelIndex,
    QRect,
    QRectF,
    QSize,
    Qt,
)
from PySide6.QtGui import (
    QFontMetrics,
    QPainter,
    QTextDocument,
)
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractScrollArea,
    QCheckBox,
    QComboBox,
    QHeaderView,
    QLabel,
    QLineEdit,
    QMenu,
    QPushButton,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionComboBox,
    QStyleOptionViewItem,
    QTabBar,
    QWidget,
)

from gui.widgets.labels import Label, Paragraph
from gui.widgets.menu_box import MenuBox
from gui.widgets.prose import Prose
from gui.widgets.tab_bar import TabBar

from .audit import described
from .watched import painter_of, watched_calls

_MOST_ROWS: Final = 50
_MENU_BOX: Final = 9 + 25
"""Where a box that opens a menu paints no words: at its left, and at its right."""

_ELLIPSIS: Final = "\u2026"

_ACCENTED: Final = frozenset("áéîöúýžçñÁÉÎÖÚÝŽÇÑ~")
_COUNT: Final = re.compile(r"[\d,.]+[ /]")
"""How a count begins; a time does not."""

_SEEN_WHOLE_ELSEWHERE: Final = frozenset({"FeedDelegate", "TailDelegate", "DiffView"})
"""What paints rows that are seen whole beside them: a message, a record, a line that scrolls."""


def cut(root: QWidget) -> list[str]:
    """Find words that have less room than they need, and no tooltip that holds them whole."""
    found: list[str] = []
    if isinstance(root, QMenu) and root.width() < root.sizeHint().width():
        found.append(f"menu has {root.width()} of {root.sizeHint().width()}")
    for widget in [root, *root.findChildren(QWidget)]:
        if widget.isVisible() and widget.width() and widget.height():
            missing = _missing_room(widget) or _hidden_part(widget, root)
            if missing:
                found.append(f"{missing}: {described(widget)}")
    return found


def _missing_room(widget: QWidget) -> str:
    if isinstance(widget, QLabel):
        return _missing_of_label(widget)
    if isinstance(widget, QTabBar):
        return _missing_of_tabs(widget)
    if isinstance(widget, QHeaderView):
        return _missing_of_header(widget)
    if isinstance(widget, QAbstractItemView):
        return _missing_of_cells(widget)
    if isinstance(widget, QComboBox):
        return _missing_of_combo(widget)
    if isinstance(widget, QLineEdit):
        return _missing_of_placeholder(widget)
    if isinstance(widget, QCheckBox) or (isinstance(widget, QAbstractButton) and widget.text()):
        return _missing(widget, widget.minimumSizeHint().expandedTo(_least(widget)), "button")
    return ""


def _least(widget: QAbstractButton) -> QSize:
    """Tell what a button needs that says nothing about its least size, as Qt's own do."""
    return widget.sizeHint() if isinstance(widget, QPushButton | QCheckBox) else QSize(0, 0)


def _missing(widget: QWidget, need: QSize, what: str) -> str:
    if widget.width() >= need.width() and widget.height() >= need.height():
        return ""
    if isinstance(widget, QAbstractButton) and not widget.text():
        return ""  # nothing but its mark, whose room is looked at elsewhere
    return f"{what} has {widget.width()}x{widget.height()} of {need.width()}x{need.height()}"


def _missing_of_label(label: QLabel) -> str:
    room = label.contentsRect().size()
    if isinstance(label, Label) and not isinstance(label, Paragraph | Prose):
        whole = label.whole_text()
        if label.text() != whole:
            if label.text() in label._shorter and label.toolTip():
                return ""
            if _COUNT.match(whole):
                need = QFontMetrics(label.font()).horizontalAdvance(whole)
                return f"count {whole!r} has {room.width()} of {need}"
            if label.toolTip() != whole:
                return f"cut without tooltip {whole!r}"
            return f"{label.text()!r} is elided though it is ours" if _is_ours(label.text()) else ""
    if not label.text() or label.pixmap():
        return ""
    if label.textFormat() == Qt.TextFormat.RichText:
        document = QTextDocument()
        document.setDefaultFont(label.font())
        document.setHtml(label.text())
        document.setDocumentMargin(0)
        if label.wordWrap():
            document.setTextWidth(room.width())
        need = document.size().toSize()
    else:
        flags = Qt.TextFlag.TextWordWrap if label.wordWrap() else Qt.TextFlag.TextSingleLine
        if "\n" in label.text():
            flags = Qt.TextFlag.TextWordWrap if label.wordWrap() else Qt.TextFlag(0)
        box = QRect(0, 0, room.width() if label.wordWrap() else 1 << 20, 1 << 20)
        need = QFontMetrics(label.font()).boundingRect(box, int(flags), label.text()).size()
    if need.width() > room.width() + 1 or need.height() > room.height() + 2:
        sizes = f"{room.width()}x{room.height()} of {need.width()}x{need.height()}"
        return f"label has {sizes} for {label.text()!r}"
    return ""


def _missing_of_tabs(tabs: QTabBar) -> str:
    """Look at the words; a row that grows with what users open scrolls."""
    scrolls = isinstance(tabs, TabBar) and any(tabs.close_rect(key).isValid() for key in tabs.keys)
    for place in range(tabs.count()):
        text, room = tabs.tabText(place), tabs.tabRect(place).width()
        need = QFontMetrics(tabs.font()).horizontalAdvance(text)
        if room < need:
            return f"tab {text!r} has {room} of {need}"
        if not scrolls and not tabs.rect().contains(tabs.tabRect(place)):
            return f"tab {text!r} is at {tabs.tabRect(place).left()} of {tabs.width()}"
    return ""


def _missing_of_header(header: QHeaderView) -> str:
    model = header.model()
    if model is None or header.orientation() != Qt.Orientation.Horizontal:
        return ""
    margin = 16  # of the style sheet
    for section in range(header.count()):
        text = str(model.headerData(section, header.orientation()) or "")
        need = QFontMetrics(header.font()).horizontalAdvance(text) + margin
        room = _room_of_section(header, section)
        if text and not header.isSectionHidden(section) and room < need:
            return f"header {text!r} has {room} of {need}"
    return ""


def _room_of_section(header: QHeaderView, section: int) -> int:
    """Tell how wide a section is where it can be brought in sight."""
    size, view = header.sectionSize(section), header.parent()
    if isinstance(view, QAbstractScrollArea) and view.horizontalScrollBar().isVisibleTo(view):
        return size
    return min(size, header.viewport().width() - header.sectionViewportPosition(section))


def _missing_of_cells(view: QAbstractItemView) -> str:
    """Look at the rows that Qt paints: it cuts them by itself. Our own tell what they paint."""
    delegate, model = view.itemDelegate(), view.model()
    if model is None or type(delegate).paint is not QStyledItemDelegate.paint:
        return ""
    for row in range(min(model.rowCount(), _MOST_ROWS)):
        for column in range(model.columnCount()):
            index = model.index(row, column)
            room, need = view.visualRect(index).width(), view.sizeHintForIndex(index).width()
            text, tip = str(index.data() or ""), str(index.data(Qt.ItemDataRole.ToolTipRole) or "")
            if text and 0 < room < need and text not in tip:
                return f"cell {text!r} has {room} of {need}"
    return ""


def _missing_of_combo(combo: QComboBox) -> str:
    option = QStyleOptionComboBox()
    combo.initStyleOption(option)
    field = combo.style().subControlRect(
        QStyle.ComplexControl.CC_ComboBox, option, QStyle.SubControl.SC_ComboBoxEditField, combo
    )
    room = combo.width() - _MENU_BOX if isinstance(combo, MenuBox) else field.width()
    icon = combo.iconSize().width() + 4 if not combo.itemIcon(combo.currentIndex()).isNull() else 0
    need = QFontMetrics(combo.font()).horizontalAdvance(combo.currentText()) + icon
    words = combo.currentText()
    if need > room + 1 and (_is_translated(words) or words not in combo.toolTip()):
        return f"choice {combo.currentText()!r} has {room} of {need}"
    return ""


def _missing_of_placeholder(line: QLineEdit) -> str:
    words = line.placeholderText()
    if not words or line.text():
        return ""
    need = QFontMetrics(line.font()).horizontalAdvance(words)
    margins = line.textMargins()
    room = line.contentsRect().width() - margins.left() - margins.right() - 2 * 6
    if need > room:
        return f"placeholder {words!r} has {room} of {need}"
    return ""


def _hidden_part(widget: QWidget, root: QWidget) -> str:
    """Tell what lies outside of the widgets around; what scrolls can be brought in sight."""
    if not isinstance(widget, QLabel | QAbstractButton | QLineEdit | QComboBox):
        return ""
    if isinstance(widget, QLabel) and not widget.text():
        return ""
    rect = widget.rect()
    inner: QWidget = widget
    while inner is not root and (outer := inner.parentWidget()) is not None:
        rect = rect.translated(inner.pos())
        area = outer.parentWidget()
        if isinstance(area, QAbstractScrollArea) and outer is area.viewport():
            return _beyond_sight(rect, area)
        if inner.isWindow():
            return ""
        if not outer.rect().contains(rect):
            return f"reaches out of {type(outer).__name__} {outer.rect()} by {rect}"
        inner = outer
    return ""


def _beyond_sight(rect: QRect, area: QAbstractScrollArea) -> str:
    """Tell what lies beside an area that does not scroll to it; what is above or below may."""
    room = area.viewport().width()
    if area.horizontalScrollBar().maximum() or isinstance(area, QAbstractItemView):
        return ""
    if rect.left() >= 0 and rect.right() < room:
        return ""
    return f"reaches from {rect.left()} to {rect.right()} of {room} in {type(area).__name__}"


def _is_translated(text: str) -> bool:
    """Tell whether there are words of ours in a text, as the longer language writes them."""
    return not _ACCENTED.isdisjoint(text)


def _is_ours(shown: str) -> bool:
    """Tell whether what is seen of an elided text is nothing but fixed words."""
    words = re.findall(r"\w{4,}", shown)
    return bool(words) and all(map(_is_translated, words)) and not re.search(r"[\d\"]", shown)


def _wrongly_elided(text: str) -> str:
    """Tell what is wrong with a text that a widget or delegate paints elided."""
    shown = text.partition(_ELLIPSIS)[0]
    if _is_ours(shown):
        return "though it is ours"
    frame = sys._getframe(3)
    while frame is not None:
        index, painter = frame.f_locals.get("index"), frame.f_locals.get("self")
        if type(painter).__name__ in _SEEN_WHOLE_ELSEWHERE:
            return ""
        if isinstance(index, QModelIndex | QPersistentModelIndex):
            tip = str(index.data(Qt.ItemDataRole.ToolTipRole) or "")
            return "" if shown.strip() in tip else "without tooltip"
        if isinstance(painter, QWidget) and shown.strip() in painter.toolTip():
            return ""
        frame = frame.f_back
    return "without tooltip"


def _beyond_edge(painter: QPainter, place: QRect | QRectF, flags: int, text: str) -> str:
    """Tell what is painted over the edge of its widget or cell, which nobody sees."""
    edge = _edge()
    box = painter.fontMetrics().boundingRect(QRectF(place).toAlignedRect(), flags, text)
    box = painter.worldTransform().mapRect(box)
    if edge is None or edge.adjusted(-2, -4, 2, 4).contains(box):
        return ""
    return f"reaches out of {edge.getRect()} by {box.getRect()}"


def _edge() -> QRect | None:
    """Find what cuts what is painted now; tabs and areas scroll."""
    frame = sys._getframe(4)
    while frame is not None:
        painter, option = frame.f_locals.get("self"), frame.f_locals.get("option")
        if frame.f_code.co_name == "paint" and isinstance(option, QStyleOptionViewItem):
            return option.rect  # type: ignore[attr-defined]
        if frame.f_code.co_name == "paintEvent" and isinstance(painter, QWidget):
            scrolls = isinstance(painter, QTabBar | QAbstractScrollArea)
            return None if scrolls else painter.rect()
        frame = frame.f_back
    return None


@contextmanager
def painted_cut() -> Iterator[list[str]]:
    """Watch what our own widgets paint; yields the texts that were painted into too little room.

    What was elided on purpose needs a tooltip of its row, or a place where it is seen whole; words
    that are all ours may not be elided at all.
    """
    found: list[str] = []

    def look(painter: QPainter, *args: Any) -> None:
        place, text = args[0], args[-1]
        if not isinstance(place, QRect | QRectF) or not isinstance(text, str) or not text:
            return
        flags = int(args[1] if isinstance(args[1], int) else getattr(args[1], "value", 0))
        metrics = painter.fontMetrics()
        if flags & int((Qt.TextFlag.TextShowMnemonic | Qt.TextFlag.TextHideMnemonic).value):
            text = re.sub("&(.)", r"\1", text)
        if flags & int(Qt.TextFlag.TextWordWrap.value):
            box = QRect(0, 0, int(place.width()), 1 << 20)
            width, height = 0, metrics.boundingRect(box, flags, text).height()
        else:
            width, height = (
                metrics.horizontalAdvance(text),
                metrics.tightBoundingRect(text).height(),
            )
        if _ELLIPSIS in text[1:] and (why := _wrongly_elided(text)):
            found.append(f"{text!r} is elided {why} in {painter_of()}")
        elif width > place.width() + 1.5 and not text.endswith(_ELLIPSIS):
            found.append(f"{text!r} has {place.width():.0f} of {width} in {painter_of()}")
        elif height > place.height() + 1.5:
            found.append(f"{text!r} has height {place.height():.0f} of {height} in {painter_of()}")
        elif beyond := _beyond_edge(painter, place, flags, text):
            found.append(f"{text!r} {beyond} in {painter_of()}")

    with watched_calls(QPainter, "drawText", look):
        yield found
