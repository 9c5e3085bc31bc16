"""Menus: round corners, quiet shortcuts at the right edge, icons and marks in one column.

The sizes of rows come from the style sheet; here they are painted.
"""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QPoint, QRect, QRectF, QSize, Qt, Slot
from PySide6.QtGui import (
    QAction,
    QIcon,
    QKeyEvent,
    QKeySequence,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
    QShowEvent,
)
from PySide6.QtWidgets import QLineEdit, QMenu, QPlainTextEdit, QTextEdit, QWidget

from gui.theme import current, set_face
from gui.widgets.menu_bar import MenuBar
from gui.widgets.round_window import cut_corners, make_round

_SIDE: Final = 12
_ICON: Final = 16
_CHEVRON: Final = 14
_GAP: Final = 8
_SPARE: Final = 4
"""What the words of an entry may take of its right side: Qt measures them a little short."""

_EDGE: Final = 1 + 4
"""Outline and padding of a menu, as the style sheet has them."""

_SCROLLER: Final = 12


_DANGER: Final = "danger"
_KEY_NAMES: Final = {"Return": "Enter"}


def mark_danger(action: QAction) -> QAction:
    """Have menus show an entry as one that takes something away; returns it."""
    action.setProperty(_DANGER, True)
    return action


def key_names(keys: str) -> str:
    """Name the keys of a shortcut as their caps do.

    Args:
        keys: As Qt writes them: "Ctrl+D".
    """
    parts = keys[:-1].split("+")
    parts[-1] += keys[-1:]  # which may be a plus
    return " ".join(_KEY_NAMES.get(part, part) for part in parts)


class Menu(QMenu):
    """A menu of the menu bar, of a button, or of what was clicked with the right button."""

    def __init__(self, parent: QWidget | None = None, title: str = "") -> None:
        super().__init__(title, parent)
        self._marks_letters = False
        make_round(self)
        set_face(self, "body", figures=False)
        self.aboutToShow.connect(self._make_room)

    @property
    def marks_letters(self) -> bool:
        """Whether the letters that choose an entry are underlined: once the keyboard is used."""
        return self._marks_letters

    @Slot()
    def _make_room(self) -> None:
        """Have room for the chevrons behind entries that open a menu; Qt counts none here."""
        entries = self.actions()
        metrics, edges = self.fontMetrics(), 2 * _EDGE
        before = _GAP + _ICON + _GAP if any(map(_has_mark, entries)) else _SIDE
        beside = before + _GAP + _CHEVRON + _SIDE + edges
        flag = int(Qt.TextFlag.TextHideMnemonic.value)
        widths = (
            metrics.size(flag, entry.text()).width() + beside
            for entry in entries
            if entry.menu() is not None and entry.isVisible()
        )
        self.setMinimumWidth(max([self.minimumWidth(), *widths]))

    def showEvent(self, event: QShowEvent) -> None:
        """Mark the letters where it was the keyboard that opened the menu."""
        opener = self.parentWidget()
        self._marks_letters = isinstance(opener, MenuBar | Menu) and opener.marks_letters
        super().showEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Mark the letters from the first key on."""
        self._marks_letters = True
        self.update()
        super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the corners round."""
        super().resizeEvent(event)
        cut_corners(self)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint ground, entries, and arrows where there is more than the screen has room for."""
        theme, painter = current(), QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(theme.colour("border_strong"), theme.size("line.hairline")))
        painter.setBrush(theme.colour("surface3"))
        radius = theme.size("radius.l")
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), radius, radius)
        painter.setFont(self.font())
        actions = [action for action in self.actions() if action.isVisible()]
        has_marks = any(_has_mark(action) for action in actions)
        rects = [self.actionGeometry(action) for action in actions]
        painter.setClipRect(self.rect().adjusted(1, 4, -1, -4))
        for action, rect in zip(actions, rects, strict=True):
            if action.isSeparator():
                line = QRect(rect.left(), rect.center().y(), rect.width(), 1)
                painter.fillRect(line, theme.colour("border"))
            elif rect.intersects(self.rect()):
                self._paint_entry(painter, action, rect, has_marks=has_marks)
        if rects:
            self._paint_scrollers(painter, rects[0].top(), rects[-1].bottom())

    def _paint_entry(
        self, painter: QPainter, action: QAction, rect: QRect, *, has_marks: bool
    ) -> None:
        theme = current()
        is_on = action.isEnabled()
        if is_on and action is self.activeAction():
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme.colour("selection"))
            radius = theme.size("radius.s")
            painter.drawRoundedRect(QRectF(rect), radius, radius)
        box = rect.adjusted(_SIDE, 0, -_SIDE, 0)
        if has_marks:
            place = QRect(rect.left() + _GAP, _middle(rect, _ICON), _ICON, _ICON)
            self._mark(action).paint(
                painter, place, mode=QIcon.Mode.Normal if is_on else QIcon.Mode.Disabled
            )
            box.setLeft(place.right() + 1 + _GAP)
        vertical = Qt.AlignmentFlag.AlignVCenter
        letters = (
            Qt.TextFlag.TextShowMnemonic if self._marks_letters else Qt.TextFlag.TextHideMnemonic
        )
        text, _, keys = action.text().partition("\t")
        role = "bad" if action.property(_DANGER) else "text1"
        painter.setPen(theme.colour(role if is_on else "text_disabled"))
        painter.drawText(box.adjusted(0, 0, _SPARE, 0), vertical | letters, text)
        if action.menu() is not None:
            place = QRect(box.right() + 1 - _CHEVRON, _middle(rect, _CHEVRON), _CHEVRON, _CHEVRON)
            role = "text2" if is_on else "text_disabled"
            theme.icon("chevron-right", role, _CHEVRON).paint(painter, place)
            return
        keys = keys or action.shortcut().toString(QKeySequence.SequenceFormat.NativeText)
        painter.setFont(theme.font("small", figures=False))
        painter.setPen(theme.colour("text3" if is_on else "text_disabled"))
        box.setRight(rect.right() - _GAP)
        painter.drawText(box, vertical | Qt.AlignmentFlag.AlignRight, key_names(keys))
        painter.setFont(self.font())

    def _mark(self, action: QAction) -> QIcon:
        if action.isChecked():
            return current().icon("check", "text1", _ICON)
        return action.icon()

    def _paint_scrollers(self, painter: QPainter, first: int, last: int) -> None:
        """Paint arrows over the ends that go on; the pointer there scrolls, as Qt has it."""
        theme = current()
        for name, is_there, top in (
            ("chevron-up", first < 0, 1),
            ("chevron-down", last >= self.height(), self.height() - _SCROLLER - 1),
        ):
            if is_there:
                strip = QRect(1, top, self.width() - 2, _SCROLLER)
                painter.fillRect(strip, theme.colour("surface3"))
                place = QRect(QPoint(), QSize(_SCROLLER, _SCROLLER))
                place.moveCenter(strip.center())
                theme.icon(name, "text2", _SCROLLER).paint(painter, place)


def _has_mark(action: QAction) -> bool:
    return action.isCheckable() or not action.icon().isNull()


def _middle(rect: QRect, size: int) -> int:
    return rect.top() + (rect.height() - size) // 2


def show_text_menu(edit: QLineEdit | QPlainTextEdit | QTextEdit, at: QPoint) -> None:
    """Open the usual menu of a text field: undo, cut, copy and so on.

    Args:
        edit: The field.
        at: A place of the screen.
    """
    usual = edit.createStandardContextMenu()
    if usual is None:
        return
    menu = Menu(edit)
    usual.setParent(menu)
    menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    for action in usual.actions():
        action.setIcon(QIcon())  # the system's icons are of another kind than ours
        menu.addAction(action)
    menu.popup(at)
