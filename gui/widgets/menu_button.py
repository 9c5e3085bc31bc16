"""A word with a chevron that opens a menu of choices: quieter than a combo box."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QPoint, QRect, QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import QActionGroup, QFontMetrics, QKeyEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QWidget

from gui.theme import current, set_face
from gui.widgets.menu import Menu

_HEIGHT: Final = 24
_PADDING: Final = 4
_CHEVRON: Final = 14
_GAP: Final = 4
_TITLE_LOWER: Final = 2


class MenuButton(QAbstractButton):
    """Shows the choice; small, for a label row above a field.

    Signals:
        chosen: The key of what was chosen.
    """

    chosen = Signal(str)

    def __init__(
        self,
        name: str,
        choices: dict[str, str],
        parent: QWidget | None = None,
        *,
        is_title: bool = False,
    ) -> None:
        """Make it; the first one is chosen.

        Args:
            name: What a screen reader calls it.
            choices: Key to word, in order.
            parent: Qt's owner.
            is_title: It heads what is below, and looks so.
        """
        super().__init__(parent)
        self._name, self._choices, self._is_title = name, choices, is_title
        self._role = "text1" if is_title else "text2"
        set_face(self, "strong" if is_title else "small")
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self._menu = Menu(self)
        group = QActionGroup(self)
        for key, word in choices.items():
            action = self._menu.addAction(word)
            action.setCheckable(True)
            action.setData(key)
            group.addAction(action)
        group.triggered.connect(lambda action: self.chosen.emit(str(action.data())))
        self.clicked.connect(self._open)
        current().changed.connect(self.update)
        self.show_choice(next(iter(choices)))

    def show_choice(self, key: str) -> None:
        """Show what is chosen."""
        self.setText(self._choices[key])
        self.setAccessibleName(f"{self._name}: {self._choices[key]}")
        for action in self._menu.actions():
            action.setChecked(action.data() == key)
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        """Take the room of the word and the chevron."""
        words = QFontMetrics(self.font()).horizontalAdvance(self.text())
        return QSize(words + _GAP + _CHEVRON + 2 * _PADDING, _HEIGHT)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Open by Enter and the arrow down, too."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Down):
            self.click()
        else:
            super().keyPressEvent(event)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint word and chevron, and a ring while the keyboard is here."""
        theme, painter = current(), QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        radius = theme.size("radius.s")
        if self.hasFocus():
            painter.setPen(QPen(theme.colour("focus"), theme.size("line.focus")))
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), radius, radius)
        elif self.underMouse():
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme.colour("hover"))
            painter.drawRoundedRect(QRectF(self.rect()), radius, radius)
        painter.setPen(theme.colour(self._role if self.isEnabled() else "text_disabled"))
        painter.setFont(self.font())
        lower = _TITLE_LOWER if self._is_title else 0
        box = self.rect().adjusted(_PADDING, lower, 0, 0)
        painter.drawText(box, Qt.AlignmentFlag.AlignVCenter, self.text())
        left = self.width() - _PADDING - _CHEVRON
        place = QRect(left, (self.height() + lower - _CHEVRON) // 2, _CHEVRON, _CHEVRON)
        theme.icon("chevron-down", "text2", _CHEVRON).paint(painter, place)

    @Slot()
    def _open(self) -> None:
        left = 0 if self._is_title else self.width() - self._menu.sizeHint().width()
        corner = QPoint(left, self.height())
        checked = next((a for a in self._menu.actions() if a.isChecked()), None)
        if checked is not None:
            self._menu.setActiveAction(checked)
        self._menu.popup(self.mapToGlobal(corner))
