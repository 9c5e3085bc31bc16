"""What stands in a list without rows: an icon, one sentence, and what can be done about it."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from gui.theme import current, set_face
from gui.widgets.buttons import LinkButton, PrimaryButton
from gui.widgets.frames import Ground
from gui.widgets.labels import Icon, Paragraph

_ICON: Final = 28
_WIDEST: Final = 320


class EmptyList(Ground):
    """Centred in the room of a list.

    Signals:
        pressed: The button.
        linkPressed: The link.
    """

    pressed = Signal()
    linkPressed = Signal()

    def __init__(
        self,
        icon: str,
        ground: str = "surface2",
        *,
        large: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        """Make it.

        Args:
            icon: File name of the icon.
            ground: The surface below it.
            large: Whether it has a page to itself: a button of full height, the link beside it.
            parent: Qt's owner.
        """
        super().__init__(ground, parent)
        theme = current()
        self.sentence = _centred(Paragraph(""))
        set_face(self.sentence, "body", 500)
        self.hint = _centred(Paragraph("", style="small", role="text3"))
        self.button = PrimaryButton()
        if not large:
            self.button.set_small()
        self.link = LinkButton()
        self.button.clicked.connect(self.pressed)
        self.link.clicked.connect(self.linkPressed)
        column = QVBoxLayout(self)
        column.setContentsMargins(*(theme.size("space.m"),) * 4)
        column.setSpacing(theme.size("space.m" if large else "space.s"))
        column.addStretch(1)
        for widget in (Icon(icon, _ICON), self.sentence, self.hint):
            column.addWidget(widget, 0, Qt.AlignmentFlag.AlignHCenter)
        ways = QHBoxLayout() if large else QVBoxLayout()
        ways.setSpacing(theme.size("space.s"))
        for button in (self.button, self.link):
            ways.addWidget(button, 0, Qt.AlignmentFlag.AlignHCenter)
            button.hide()  # until there are words for it
        ways.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        column.addLayout(ways)
        column.addStretch(1)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Break lines within the room there is, and not wider than reads well."""
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        width = max(min(self.width() - 2 * current().size("space.m"), _WIDEST), 0)
        for label in (self.sentence, self.hint):
            label.setFixedWidth(width)
            label.setMinimumHeight(max(label.heightForWidth(width), 0))

    def say(self, sentence: str, hint: str = "", *, button: str = "", link: str = "") -> None:
        """Show what there is to say; parts without a text are left out."""
        self.sentence.setText(sentence)
        self.hint.setText(hint)
        self.button.setText(button)
        self.link.setText(link)
        self.hint.setVisible(bool(hint))
        self.button.setVisible(bool(button))
        self.link.setVisible(bool(link))
        self.setAccessibleName(f"{sentence} {hint}".strip())
        self._fit()


def _centred(label: Paragraph) -> Paragraph:
    label.setAlignment(Qt.AlignmentFlag.AlignHCenter)
    return label
