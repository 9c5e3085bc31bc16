"""A short word about what was done, with one thing that can be done about it."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QTimer, Signal
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QWidget

from gui.theme import current, set_face
from gui.widgets.buttons import IconButton, LinkButton
from gui.widgets.labels import Label, StateShape

_HEIGHT: Final = 40
_WIDEST: Final = 420
_MARGIN: Final = 12
_SHOWN_MS: Final = 6_000


class Toast(QFrame):
    """Stands in the corner of a window for six seconds, longer while the pointer is on it.

    Signals:
        linkClicked: What it offers was asked for.
    """

    linkClicked = Signal()

    def __init__(self, window: QWidget) -> None:
        """Make it; `window` is what it stands in, and owns it."""
        super().__init__(window)
        self._window, self._above = window, 0
        self.setProperty("kind", "toast")
        self.setFixedHeight(_HEIGHT)
        self.setMaximumWidth(_WIDEST)
        self.shape = StateShape("passed", ground="surface3")
        self.label = Label(elide="end")
        self.link = LinkButton()
        set_face(self.link, "body", 500, figures=False)
        self.close_button = IconButton("x", self.tr("Close"), size=24)
        row = QHBoxLayout(self)
        row.setContentsMargins(_MARGIN, 0, 8, 0)
        row.setSpacing(current().size("space.s"))
        for widget in (self.shape, self.label, self.link, self.close_button):
            row.addWidget(widget)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_SHOWN_MS)
        self._timer.timeout.connect(self._end)
        self.link.clicked.connect(self.linkClicked)
        self.link.clicked.connect(self.hide)
        self.close_button.clicked.connect(self.hide)
        self.hide()

    def say(self, text: str, *, link: str = "", above: int = 0) -> None:
        """Show a sentence.

        Args:
            text: What was done.
            link: What can be done about it; empty for nothing.
            above: Height of what it stands above, such as the status bar.
        """
        self._above = above
        self.label.setText(text)
        self.link.setText(link)
        self.link.setVisible(bool(link))
        self.setAccessibleName(text)
        self.adjustSize()
        self.place()
        self.show()
        self.raise_()
        self._timer.start()
        QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(self, text))

    def place(self) -> None:
        """Stand in the corner; to be called when the window has another size."""
        size = self._window.size()
        self.move(
            size.width() - self.width() - _MARGIN,
            size.height() - self._above - self.height() - _MARGIN,
        )

    def _end(self) -> None:
        if self.underMouse() or self.link.hasFocus():
            self._timer.start()
        else:
            self.hide()
