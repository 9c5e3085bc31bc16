"""A field that filters what is shown while it is typed into."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QPoint, QRect, Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QMenu, QSizePolicy, QWidget

from gui.theme import current
from gui.widgets.fields import LineField
from gui.widgets.menu import Menu

_ICON: Final = 14
_LEFT: Final = 9
_TEXT: Final = 20
_SIDES: Final = 12
"""What the style sheet keeps free at both sides together."""

_LEAST: Final = 96

_FUNNEL: Final = 26
"""Width of the part that takes clicks on the funnel."""


class FilterField(LineField):
    """A small field with a funnel in front; Esc empties it.

    Where filters can be kept, the funnel and the Down key open a menu of them.

    Signals:
        menuAsked: A menu to fill with the filters that are kept.
    """

    menuAsked = Signal(QMenu)

    def __init__(self, name: str, *, has_menu: bool = False, parent: QWidget | None = None) -> None:
        """Make it.

        Args:
            name: What is filtered.
            has_menu: Whether filters can be kept.
            parent: Qt's owner.
        """
        super().__init__(name, small=True, placeholder=name, parent=parent)
        self._has_menu = has_menu
        self._examples = (name, name)
        self.setTextMargins(_TEXT, 0, 0, 0)
        self.setMouseTracking(True)
        if has_menu:
            self.setToolTip(self.tr("Down opens the filters that are kept"))
        current().changed.connect(self._fit_example)

    def show_example(self, words: str, short: str = "") -> None:
        """Show what may be typed while the field is empty; its tooltip has all of it.

        Args:
            words: All of it.
            short: What is shown where that has no room.
        """
        self._examples = (words, short or words)
        self._fit_example()
        self.setToolTip("\n".join(part for part in (words, self.toolTip()) if part))

    def shrink_from(self, width: int, short: str) -> None:
        """Be that wide where there is room, and narrower with a shorter example elsewhere."""
        self.setMinimumWidth(_LEAST)
        self.setMaximumWidth(width)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self._examples = (self._examples[0], short)
        self._fit_example()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Show as much of the example as has room."""
        super().resizeEvent(event)
        self._fit_example()

    @Slot()
    def _fit_example(self) -> None:
        words, short = self._examples
        room = self.contentsRect().width() - _TEXT - _SIDES
        has_room = self.fontMetrics().horizontalAdvance(words) <= room
        self.setPlaceholderText(words if has_room else short)
        self.update()

    def show_menu(self) -> None:
        """Open the menu of the filters that are kept."""
        menu = Menu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.menuAsked.emit(menu)
        menu.popup(self.mapToGlobal(QPoint(0, self.height())))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Empty the field by Esc, open the menu by Down."""
        if event.key() == Qt.Key.Key_Escape and self.text():
            self.clear()
        elif event.key() == Qt.Key.Key_Down and self._has_menu:
            self.show_menu()
        else:
            super().keyPressEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Tell by the pointer what a click would do."""
        is_on_funnel = self._is_on_funnel(event)
        shape = Qt.CursorShape.PointingHandCursor if is_on_funnel else Qt.CursorShape.IBeamCursor
        self.setCursor(shape)
        super().mouseMoveEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Open the menu by the funnel."""
        if self._is_on_funnel(event):
            self.show_menu()
        else:
            super().mousePressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the funnel over what the style has painted."""
        super().paintEvent(event)
        place = QRect(_LEFT, (self.height() - _ICON) // 2, _ICON, _ICON)
        current().icon("filter", "text2", _ICON).paint(QPainter(self), place)

    def _is_on_funnel(self, event: QMouseEvent) -> bool:
        return self._has_menu and event.position().x() < _FUNNEL
