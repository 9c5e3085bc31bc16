"""What a walk over a page finds: words that have less room than they need.

Fixed words, which are heads, tabs, buttons, choices, placeholders and counts, have to be seen
whole. What users give, which are names, topics and payloads, and sentences about it may be elided
where a tooltip has them whole.
"""

from __future__ import annotations

import re
from typing import Final

from PySide6.QtCore import QModelIndex, QRect, QSize, Qt
from PySide6.QtGui import QFontMetrics, QTextDocument
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
    QTabBar,
    QWidget,
)

from gui.widgets.labels import Label, Paragraph
from gui.widgets.menu_box import MenuBox
from gui.widgets.prose import Prose
from gui.widgets.tab_bar import TabBar

from .audit import described, first_cells

_MENU_BOX: Final = 9 + 25
"""Where a box that opens a menu paints no words: at its left, and at its right."""

_ACCENTED: Final = frozenset("áéîöúýžçñÁÉÎÖÚÝŽÇÑ~")
_COUNT: Final = re.compile(r"[\d,.]+[ /]")
"""How a count begins; a time does not."""

_NUMBER: Final = re.compile(r"\d")
_LONG_WORD: Final = re.compile(r"(?=\d*[^\W\d])\w{4,}")
"""A word that tells by its letters whether it is ours."""


def cut(root: QWidget) -> list[str]:
    """Find words that have less room than they need, and no tooltip that holds them whole."""
    found: list[str] = []
    if isinstance(root, QMenu) and root.width() < root.sizeHint().width():
        found.append(f"menu has {root.width()} of {root.sizeHint().width()}")
    for widget in [root, *root.findChildren(QWidget)]:
        if widget.isVisible() and widget.width() and widget.height():
            missing = _missing_room(widget) or _hidden_part(widget)
            if missing:
                found.append(f"{missing}: {described(widget)}")
    return found


def _missing_room(widget: QWidget) -> str:
    return _missing_width(widget) or _missing_height(widget)


def _missing_height(widget: QWidget) -> str:
    """Look at what has one line of words, and at the rows that Qt paints."""
    if isinstance(widget, QHeaderView):
        is_across = widget.orientation() == Qt.Orientation.Horizontal
        rooms = [widget.height()] if is_across and widget.count() else []
    elif isinstance(widget, QTabBar):
        rooms = [widget.tabRect(place).height() for place in range(widget.count())]
    elif isinstance(widget, QComboBox | QLineEdit):
        rooms = [widget.height()]
    elif isinstance(widget, QAbstractItemView) and _is_painted_by_qt(widget):
        rooms = [rect.height() for index in _worded(widget) if (rect := _in_sight(widget, index))]
    else:
        return ""
    need = QFontMetrics(widget.font()).height()
    return next((f"words have {room} of {need} in height" for room in rooms if room < need), "")


def _missing_width(widget: QWidget) -> str:
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
            is_ours = is_ours_of(label.text(), whole)
            return f"{label.text()!r} is elided though it is ours" if is_ours else ""
    if not label.text() or label.pixmap():
        return ""
    shown, ellipsis, _ = label.text().partition("\u2026")
    if ellipsis and not isinstance(label, Label) and shown.strip() not in label.toolTip():
        return f"elided without tooltip {label.text()!r}"
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
    if not _is_painted_by_qt(view):
        return ""
    for index in _worded(view):
        room, need = view.visualRect(index).width(), view.sizeHintForIndex(index).width()
        text, tip = str(index.data()), str(index.data(Qt.ItemDataRole.ToolTipRole) or "")
        if 0 < room < need and text not in tip:
            return f"cell {text!r} has {room} of {need}"
    return ""


def _is_painted_by_qt(view: QAbstractItemView) -> bool:
    return type(view.itemDelegate()).paint is QStyledItemDelegate.paint


def _worded(view: QAbstractItemView) -> list[QModelIndex]:
    return [index for index in first_cells(view) if index.data()]


def _in_sight(view: QAbstractItemView, index: QModelIndex) -> QRect | None:
    rect = view.visualRect(index)
    return None if rect.isEmpty() else rect


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


def _hidden_part(widget: QWidget) -> str:
    """Tell what lies outside of the widgets around; what scrolls can be brought in sight."""
    if not isinstance(widget, QLabel | QAbstractButton | QLineEdit | QComboBox):
        return ""
    if isinstance(widget, QLabel) and not widget.text():
        return ""
    rect = widget.rect()
    inner: QWidget = widget
    while not inner.isWindow() and (outer := inner.parentWidget()) is not None:
        rect = rect.translated(inner.pos())
        area = outer.parentWidget()
        if isinstance(area, QAbstractScrollArea) and outer is area.viewport():
            return _beyond_sight(rect, area)
        if not outer.rect().contains(rect):
            return f"reaches out of {type(outer).__name__} {outer.rect()} by {rect}"
        inner = outer
    return ""


def _beyond_sight(rect: QRect, area: QAbstractScrollArea) -> str:
    """Tell what lies beside an area that does not scroll to it; what is above or below may."""
    room = area.viewport().width()
    is_scrolled = area.horizontalScrollBarPolicy() != Qt.ScrollBarPolicy.ScrollBarAlwaysOff
    if isinstance(area, QAbstractItemView) or (
        is_scrolled and area.horizontalScrollBar().maximum()
    ):
        return ""
    if rect.left() >= 0 and rect.right() < room:
        return ""
    return f"reaches from {rect.left()} to {rect.right()} of {room} in {type(area).__name__}"


def _is_translated(text: str) -> bool:
    """Tell whether there are words of ours in a text, as the longer language writes them."""
    return not _ACCENTED.isdisjoint(text)


def _is_ours(shown: str) -> bool:
    """Tell whether what is seen of an elided text is nothing but fixed words.

    Numbers stand in sentences of ours; a text that begins with one is a time or a row of values.
    """
    words = _LONG_WORD.findall(shown)
    is_said = not _NUMBER.search(shown) or _is_translated(shown.split()[0])
    return bool(words) and is_said and all(map(_is_translated, words)) and '"' not in shown


def is_ours_of(shown: str, whole: str) -> bool:
    """Tell whether fixed words are elided; of what is too short for that all of the text tells."""
    if _LONG_WORD.search(shown):
        return _is_ours(shown)
    return not _NUMBER.search(whole) and _is_ours(whole)
