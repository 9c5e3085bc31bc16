"""A box that looks like a choice and opens a menu: for choices that are more than a list."""

from __future__ import annotations

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPaintEvent, QWheelEvent
from PySide6.QtWidgets import QMenu, QStyle, QStyleOptionComboBox, QStylePainter, QWidget

from gui.theme import current
from gui.widgets.fields import ComboBox
from gui.widgets.menu import Menu

_LEFT = 9
_RIGHT = 25


class MenuBox(ComboBox):
    """Shows what is chosen; a click, Space, Enter or Alt+Down opens the menu.

    Signals:
        menuAsked: A menu to fill with what there is to choose from.
    """

    menuAsked = Signal(QMenu)

    def __init__(self, name: str, *, small: bool = False, parent: QWidget | None = None) -> None:
        """Make it; `name` is what a screen reader calls it."""
        super().__init__(name, small=small, parent=parent)
        self.addItem("")

    def show_choice(self, text: str) -> None:
        """Show what is chosen."""
        if text != self.itemText(0):
            self.setItemText(0, text)
            self.updateGeometry()

    def needed_width(self) -> int:
        """Tell the room that the whole choice takes."""
        return self.fontMetrics().horizontalAdvance(self.currentText()) + _LEFT + _RIGHT + 2

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint frame and chevron, and the choice in the room between them."""
        del event  # all of it is painted
        painter, option = QStylePainter(self), QStyleOptionComboBox()
        self.initStyleOption(option)
        painter.drawComplexControl(QStyle.ComplexControl.CC_ComboBox, option)
        self.paint_chevron(painter)
        room = self.rect().adjusted(_LEFT, 0, -_RIGHT, 0)
        metrics = self.fontMetrics()
        text = metrics.elidedText(self.currentText(), Qt.TextElideMode.ElideRight, room.width())
        painter.setPen(current().colour("text1" if self.isEnabled() else "text_disabled"))
        painter.drawText(room, Qt.AlignmentFlag.AlignVCenter, text)

    def showPopup(self) -> None:
        """Open the menu below the box."""
        menu = Menu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.setMinimumWidth(self.width())
        self.menuAsked.emit(menu)
        first = next((action for action in menu.actions() if action.isChecked()), None)
        if first is not None:
            menu.setActiveAction(first)
        menu.popup(self.mapToGlobal(QPoint(0, self.height())))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Open the menu by Enter and by the arrows, too."""
        openers = (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Down, Qt.Key.Key_Up)
        if event.key() in openers:
            self.showPopup()
        else:
            super().keyPressEvent(event)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Leave the wheel to what scrolls."""
        event.ignore()
