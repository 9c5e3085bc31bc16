"""A small window below something that asks for one text: a name, a number, a time."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from PySide6.QtCore import QRectF, QStringListModel, Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from gui.theme import current
from gui.widgets.below import fit_height, place_below
from gui.widgets.buttons import PrimaryButton
from gui.widgets.completion_list import complete_from
from gui.widgets.fields import Field, LineField
from gui.widgets.round_window import cut_corners, make_round

_WIDTH: Final = 300


class AskPopup(QWidget):
    """Enter answers, Esc and a click elsewhere leave; it destroys itself when it is closed.

    Signals:
        answered: The text, once it is one that can be taken.
    """

    answered = Signal(str)

    def __init__(
        self,
        owner: QWidget,
        label: str,
        button: str,
        *,
        text: str = "",
        help_text: str = "",
        choices: list[str] | None = None,
        style: str = "body",
        check: Callable[[str], str] = lambda _text: "",
    ) -> None:
        """Make it; `ask` shows it.

        Args:
            owner: What it stands below; it belongs to it.
            label: What is asked for.
            button: What answering does.
            text: What stands in the field at first.
            help_text: What can be written.
            choices: What the field completes to.
            style: The text style of the field.
            check: Says what is wrong with a text; empty when it can be taken.
        """
        super().__init__(owner, Qt.WindowType.Popup)
        self._owner = owner
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        make_round(self)
        self.setAccessibleName(label)
        self._check = check
        self.field = LineField(label, style=style)
        self.field.setText(text)
        self.field.selectAll()
        self.box = Field(label, self.field, help_text=help_text)
        self.button = PrimaryButton(button)
        if choices:
            self._complete(choices)
        theme = current()
        row = QHBoxLayout()
        row.addStretch(1)
        row.addWidget(self.button)
        column = self._column = QVBoxLayout(self)
        column.setContentsMargins(*(theme.size("space.m"),) * 4)
        column.setSpacing(theme.size("space.m"))
        column.addWidget(self.box)
        column.addLayout(row)
        self.setFixedWidth(_WIDTH)
        self.button.clicked.connect(self.answer)
        self.field.returnPressed.connect(self.answer)
        self.field.textEdited.connect(self._forget_problem)

    def ask(self) -> None:
        """Show it below its owner, or above where there is no room."""
        fit_height(self, self._column)
        place_below(self, self._owner)
        self.show()
        self.field.setFocus(Qt.FocusReason.PopupFocusReason)

    @Slot()
    def answer(self) -> None:
        """Take the text, unless something is wrong with it, which is said then."""
        text = self.field.text().strip()
        problem = self._check(text)
        self.box.set_problem(problem)
        if problem:
            fit_height(self, self._column)
            self.field.setFocus(Qt.FocusReason.OtherFocusReason)
            return
        self.close()
        self.answered.emit(text)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the corners round."""
        super().resizeEvent(event)
        cut_corners(self)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the ground with its outline."""
        theme, painter = current(), QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setBrush(theme.colour("surface3"))
        painter.setPen(QPen(theme.colour("border_strong"), theme.size("line.hairline")))
        radius = theme.size("radius.l")
        rect = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        painter.drawRoundedRect(rect, radius, radius)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Leave it by Esc."""
        if event.key() == Qt.Key.Key_Escape:
            self.close()
        else:
            super().keyPressEvent(event)

    def _complete(self, choices: list[str]) -> None:
        complete_from(self.field, QStringListModel(choices, self))

    @Slot()
    def _forget_problem(self) -> None:
        if self.field.accessibleDescription():
            self.box.set_problem("")
            fit_height(self, self._column)
