"""What a walk over a page finds: no name, no way by Tab, cut words, colours of nobody."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import groupby
from typing import Any, Final, TypeAlias

from PySide6.QtCore import QPoint, QRect, QRectF, QSize, Qt
from PySide6.QtGui import (
    QAccessible,
    QFontMetrics,
    QImage,
    QPainter,
    QTextDocument,
)
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractScrollArea,
    QAbstractSlider,
    QAbstractSpinBox,
    QApplication,
    QButtonGroup,
    QCheckBox,
    QComboBox,
    QHeaderView,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QPushButton,
    QScrollBar,
    QStyle,
    QStyleOptionComboBox,
    QTabBar,
    QWidget,
)

from gui.shell.palette import Palette
from gui.theme import current
from gui.theme.tokens import tokens
from gui.widgets.flow_card import FlowCard
from gui.widgets.flow_map import FlowMap
from gui.widgets.labels import Label, Paragraph

MOST_STOPS: Final = 400
FLAT_RUN: Final = 24
"""A colour that fills so many pixels side by side is no soft edge of a letter or an outline."""

Run: TypeAlias = tuple[int, int, int]
"""A colour, where it begins in a row, and where it ends."""

_ELLIPSIS: Final = "\u2026"
_CONTROLS: Final = (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSlider,
    QAbstractSpinBox,
    QComboBox,
    QLineEdit,
    QPlainTextEdit,
    QTabBar,
)


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


def controls(root: QWidget) -> list[QWidget]:
    """List what a user works with: visible, enabled, and no part of another control."""
    found = [root, *root.findChildren(QWidget)]
    return [w for w in found if w.isVisible() and w.isEnabled() and _is_control(w)]


def _is_control(widget: QWidget) -> bool:
    if isinstance(widget, QScrollBar | QHeaderView) or widget.objectName().startswith("qt_"):
        return False
    if _is_part(widget):
        return False
    return isinstance(widget, _CONTROLS) or bool(widget.focusPolicy() & Qt.FocusPolicy.TabFocus)


def _is_part(widget: QWidget) -> bool:
    """Whether it belongs to a control that is reached as a whole, such as the arrow of tabs."""
    parent = widget.parentWidget()
    if isinstance(parent, QTabBar):
        return widget.objectName() in ("ScrollLeftButton", "ScrollRightButton")
    return isinstance(parent, QComboBox | QAbstractSpinBox | QLineEdit) or (
        isinstance(parent, QWidget) and isinstance(parent.parentWidget(), QAbstractItemView)
    )


# Names


def unnamed(root: QWidget) -> list[str]:
    """Find the controls that a screen reader has no name for, and icons without explanation."""
    found: list[str] = []
    for widget in controls(root):
        heard = QAccessible.queryAccessibleInterface(widget)
        if not heard.text(QAccessible.Text.Name).strip():
            found.append(f"no name: {described(widget)}")
        is_icon = isinstance(widget, QPushButton) and not widget.text()
        if is_icon and not heard.text(QAccessible.Text.Description).strip():
            found.append(f"no description: {described(widget)}")
    return found


def too_small(root: QWidget) -> list[str]:
    """Find what is clicked and has less than 24 pixels for the pointer."""
    return [
        f"{widget.width()}x{widget.height()}: {described(widget)}"
        for widget in controls(root)
        if isinstance(widget, QAbstractButton) and min(widget.width(), widget.height()) < 24
    ]


# Tab


def unreached(root: QWidget) -> list[str]:
    """Find the controls that neither Tab nor Shift+Tab stops at, from F6 on.

    One of a group stands for all where arrow keys go to the others.
    """
    window = root.window()
    wanted = controls(root)
    seen = _walk(window, root, Qt.Key.Key_Tab)
    if any(not _is_reached(widget, seen) for widget in wanted):
        seen |= _walk(window, root, Qt.Key.Key_Backtab)
    return [f"not reached: {described(w)}" for w in wanted if not _is_reached(w, seen)]


def _is_reached(widget: QWidget, seen: set[QWidget]) -> bool:
    if widget in seen or widget.focusProxy() in seen or isinstance(widget.parent(), Palette):
        return True  # the palette's field moves through its list
    if isinstance(widget, FlowCard):
        return any(isinstance(other, FlowCard) for other in seen) or not _is_in(widget, FlowMap)
    if isinstance(widget, QAbstractButton):
        group = widget.group()
        if isinstance(group, QButtonGroup) and group.exclusive():
            return any(button in seen for button in group.buttons())
    return False


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


# Words


def cut(root: QWidget) -> list[str]:
    """Find words that have less room than they need, and no tooltip that holds them whole."""
    found: list[str] = []
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
    if isinstance(widget, QAbstractButton) and widget.text() in widget.toolTip():
        return ""
    return f"{what} has {widget.width()}x{widget.height()} of {need.width()}x{need.height()}"


def _missing_of_label(label: QLabel) -> str:
    room = label.contentsRect().size()
    if isinstance(label, Label) and not isinstance(label, Paragraph):
        whole = label.whole_text()
        if label.text() != whole:
            return "" if label.toolTip() == whole else f"cut without tooltip {whole!r}"
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
    for place in range(tabs.count()):
        text, room = tabs.tabText(place), tabs.tabRect(place).width()
        need = QFontMetrics(tabs.font()).horizontalAdvance(text)
        if room < need and text not in tabs.tabToolTip(place):
            return f"tab {text!r} has {room} of {need}"
    return ""


def _missing_of_header(header: QHeaderView) -> str:
    model = header.model()
    if model is None or header.orientation() != Qt.Orientation.Horizontal:
        return ""
    margin = 16  # of the style sheet
    for section in range(header.count()):
        text = str(model.headerData(section, header.orientation()) or "")
        tip = str(
            model.headerData(section, header.orientation(), Qt.ItemDataRole.ToolTipRole) or ""
        )
        need = QFontMetrics(header.font()).horizontalAdvance(text) + margin
        room = header.sectionSize(section)
        if text and not header.isSectionHidden(section) and room < need and text not in tip:
            return f"header {text!r} has {room} of {need}"
    return ""


def _missing_of_combo(combo: QComboBox) -> str:
    option = QStyleOptionComboBox()
    combo.initStyleOption(option)
    field = combo.style().subControlRect(
        QStyle.ComplexControl.CC_ComboBox, option, QStyle.SubControl.SC_ComboBoxEditField, combo
    )
    icon = combo.iconSize().width() + 4 if not combo.itemIcon(combo.currentIndex()).isNull() else 0
    need = QFontMetrics(combo.font()).horizontalAdvance(combo.currentText()) + icon
    if need > field.width() + 1 and combo.currentText() not in combo.toolTip():
        return f"choice {combo.currentText()!r} has {field.width()} of {need}"
    return ""


def _missing_of_placeholder(line: QLineEdit) -> str:
    words = line.placeholderText()
    if not words or line.text():
        return ""
    need = QFontMetrics(line.font()).horizontalAdvance(words)
    margins = line.textMargins()
    room = line.contentsRect().width() - margins.left() - margins.right() - 2 * 6
    if need > room and words not in line.toolTip():
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
        if isinstance(outer.parentWidget(), QAbstractScrollArea) or inner.isWindow():
            return ""
        if not outer.rect().contains(rect):
            return f"reaches out of {type(outer).__name__} {outer.rect()} by {rect}"
        inner = outer
    return ""


@contextmanager
def painted_cut() -> Iterator[list[str]]:
    """Watch what our own widgets paint; yields the texts that were painted into too little room.

    What a widget has cut on purpose ends in an ellipsis, and is looked at elsewhere.
    """
    found: list[str] = []
    original = QPainter.drawText

    def draw_text(painter: QPainter, *args: Any) -> Any:
        place, text = args[0], args[-1]
        if isinstance(place, QRect | QRectF) and isinstance(text, str) and text:
            need = painter.fontMetrics().horizontalAdvance(text)
            flags = args[1] if isinstance(args[1], int) else getattr(args[1], "value", 0)
            wraps = int(flags) & int(Qt.TextFlag.TextWordWrap.value)
            if need > place.width() + 1.5 and not wraps and not text.endswith(_ELLIPSIS):
                found.append(f"{text!r} has {place.width():.0f} of {need} in {_painter_of()}")
        return original(painter, *args)

    QPainter.drawText = draw_text  # type: ignore[method-assign, assignment]
    try:
        yield found
    finally:
        QPainter.drawText = original  # type: ignore[method-assign]


def _painter_of() -> str:
    """Name the class that paints now."""
    frame = sys._getframe(2)
    while frame is not None:
        if (itself := frame.f_locals.get("self")) is not None:
            return type(itself).__name__
        frame = frame.f_back
    return "a function"


# Colours


def foreign_colours(root: QWidget) -> list[str]:
    """Find colours of flat areas that are not of the token table, with where they begin.

    Flat is what is the same over some pixels in two rows: soft edges of letters and outlines are
    not. Pictures such as the program's own icon have colours of their own.
    """
    known = {int(value[1:], 16) for value in tokens().colours[current().scheme].values()}
    image = root.grab().toImage().convertToFormat(QImage.Format.Format_RGB32)
    pixels = memoryview(image.constBits()).cast("I")  # type: ignore[call-overload]
    stride, width = image.bytesPerLine() // 4, image.width()
    found: dict[int, QPoint] = {}
    above: list[Run] = []
    for y in range(image.height()):
        row = pixels[y * stride : y * stride + width].tolist()
        here = [run for run in _runs(row) if run[0] & 0xFFFFFF not in known]
        for colour, start, end in here:
            if any(
                colour == other and min(end, its_end) - max(start, its_start) >= FLAT_RUN
                for other, its_start, its_end in above
            ):
                found.setdefault(colour & 0xFFFFFF, QPoint(start, y))
        above = here
    return [
        f"#{colour:06X} at {place.toTuple()}: {described(widget)}"
        for colour, place in found.items()
        if not _is_picture(widget := root.childAt(place) or root)
    ]


def _runs(row: list[int]) -> Iterator[Run]:
    """Find where a colour goes on for a while."""
    start = 0
    for colour, same in groupby(row):
        end = start + sum(1 for _ in same)
        if end - start >= FLAT_RUN:
            yield colour, start, end
        start = end


def _is_picture(widget: QWidget) -> bool:
    return isinstance(widget, QLabel) and not widget.pixmap().isNull()
