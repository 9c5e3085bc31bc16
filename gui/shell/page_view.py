"""How a page is looked at, so that the page that takes its place can be looked at alike."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QLineEdit, QPlainTextEdit, QScrollArea, QWidget

from gui.widgets.form_group import FormGroup
from gui.widgets.tab_bar import TabBar


@dataclass(frozen=True, slots=True)
class Keyboard:
    """Where the keyboard is in a page: the widget's kind, its name, and which of those it is.

    `cursor` is the place in its text; -1 without any. The page itself has no kind.
    """

    kind: type[QWidget] | None = None
    name: str = ""
    number: int = 0
    cursor: int = -1


@dataclass(frozen=True, slots=True)
class PageView:
    """What is open in a page, and where the keyboard is.

    Attributes:
        groups: Whether each group of its forms is open.
        tabs: The tab that each of its bars shows.
        action: The key of the action that is edited beside a rule; empty for none.
        keyboard: None while it is elsewhere.
    """

    groups: tuple[bool, ...]
    tabs: tuple[str, ...]
    action: str
    keyboard: Keyboard | None

    @classmethod
    def of(cls, page: QWidget) -> PageView:
        """Look at a page that is shown."""
        sheet: Any = getattr(page, "sheet", None)
        return cls(
            tuple(group.head.isChecked() for group in page.findChildren(FormGroup)),
            tuple(bar.current_key for bar in page.findChildren(TabBar)),
            sheet.sheet.key if sheet is not None else "",
            _keyboard_in(page),
        )

    def restore(self, page: Any) -> None:
        """Have another page of the same kind look alike, with the keyboard where it was."""
        if self.action:
            page.open_action(self.action)
        groups, bars = page.findChildren(FormGroup), page.findChildren(TabBar)
        if len(groups) == len(self.groups):
            for group, is_open in zip(groups, self.groups, strict=True):
                group.set_open(is_open)
        if len(bars) == len(self.tabs):
            for bar, key in zip(bars, self.tabs, strict=True):
                bar.choose(key)
        if self.keyboard is not None:
            _put_keyboard(page, self.keyboard)


def _keyboard_in(page: QWidget) -> Keyboard | None:
    widget = page.window().focusWidget()
    if widget is page:
        return Keyboard()
    if widget is None or not page.isAncestorOf(widget):
        return None
    alike = _alike(page, type(widget), widget.accessibleName())
    cursor = -1
    if isinstance(widget, QLineEdit):
        cursor = widget.cursorPosition()
    elif isinstance(widget, QPlainTextEdit):
        cursor = widget.textCursor().position()
    return Keyboard(type(widget), widget.accessibleName(), alike.index(widget), cursor)


def _put_keyboard(page: QWidget, place: Keyboard) -> None:
    if place.kind is None:
        page.setFocus(Qt.FocusReason.OtherFocusReason)
        return
    alike = _alike(page, place.kind, place.name)
    widget = alike[place.number] if place.number < len(alike) else None
    if widget is None or not (widget.isVisible() and widget.isEnabled()):
        page.setFocus(Qt.FocusReason.OtherFocusReason)
        return
    widget.setFocus(Qt.FocusReason.OtherFocusReason)
    if isinstance(widget, QLineEdit):
        widget.setCursorPosition(place.cursor)
    elif isinstance(widget, QPlainTextEdit):
        cursor = widget.textCursor()
        cursor.setPosition(min(place.cursor, len(widget.toPlainText())))
        widget.setTextCursor(cursor)
    QTimer.singleShot(0, widget, lambda: _bring(widget, page))  # when the page has been laid out


def _alike(page: QWidget, kind: type[QWidget], name: str) -> list[QWidget]:
    return [each for each in page.findChildren(kind) if each.accessibleName() == name]


def _bring(widget: QWidget, page: QWidget) -> None:
    """Have a widget in sight, however far its page is scrolled."""
    area = widget.parentWidget()
    while area is not None and area is not page:
        if isinstance(area, QScrollArea):
            area.ensureWidgetVisible(widget)
        area = area.parentWidget()
