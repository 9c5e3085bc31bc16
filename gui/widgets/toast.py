"""Short words about what was done, each with one thing that can be done about it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from PySide6.QtCore import (
    QEasingCurve,
    QEvent,
    QObject,
    QPoint,
    QPropertyAnimation,
    QTimer,
    Signal,
    Slot,
)
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QWidget

from gui.theme import current, set_face
from gui.viewmodels.words import sentence
from gui.widgets.buttons import IconButton, LinkButton
from gui.widgets.chips import Tag
from gui.widgets.labels import Label, StateShape

_HEIGHT: Final = 40
_WIDEST: Final = 420
_MARGIN: Final = 12
_GAP: Final = 8
_BEFORE_LINK: Final = 20
_BEHIND_LINK: Final = 2
_MOST: Final = 3
_SHOWN_MS: Final = 6_000


class Toast(QFrame):
    """One of them. It goes after six seconds, later while the pointer or the keyboard is on it.

    Signals:
        linkClicked: What it offers was asked for.
        ended: It is to be shown no longer.
    """

    linkClicked = Signal()
    ended = Signal()

    def __init__(self, window: QWidget | None = None) -> None:
        """Make it; `window` is what it stands in, and owns it."""
        super().__init__(window)
        self._count = 0
        self._on_link: Callable[[], object] | None = None
        self.setProperty("kind", "toast")
        self.setFixedHeight(_HEIGHT)
        self.setMaximumWidth(_WIDEST)
        self.shape = StateShape("passed", size=14, ground="surface3")
        self.label = Label(elide="end")
        self.times = Tag()
        self.link = LinkButton()
        set_face(self.link, "body", 500, figures=False)
        self.close_button = IconButton("x", self.tr("Close"), size=24)
        row = QHBoxLayout(self)
        row.setContentsMargins(_MARGIN, 0, 8, 0)
        row.setSpacing(current().size("space.s"))
        row.addWidget(self.shape)
        row.addWidget(self.label)
        row.addWidget(self.times)
        row.addSpacing(_BEFORE_LINK)
        row.addStretch(1)
        row.addWidget(self.link)
        row.addSpacing(_BEHIND_LINK)
        row.addWidget(self.close_button)
        self._rising = QPropertyAnimation(self, b"pos", self)
        self._rising.setEasingCurve(QEasingCurve.Type.OutCubic)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_SHOWN_MS)
        self._timer.timeout.connect(self._end)
        self.link.clicked.connect(self._follow)
        self.close_button.clicked.connect(self.ended)

    @property
    def text(self) -> str:
        """What it says."""
        return self.label.whole_text()

    @property
    def count(self) -> int:
        """How often it was said."""
        return self._count

    def say(
        self,
        text: str,
        *,
        status: str = "passed",
        link: str = "",
        on_link: Callable[[], object] | None = None,
    ) -> None:
        """Have a sentence to show; the same one once more is counted.

        Args:
            text: What was done.
            status: A state, whose shape stands in front.
            link: What can be done about it; empty for nothing.
            on_link: Does that.
        """
        self._count = self._count + 1 if text == self.text else 1
        self._on_link = on_link
        self.shape.set_status(status)
        self.label.setText(text)
        colour = current().state(status).colour
        self.times.set_text(self.tr("x {count}").format(count=self._count), colour)
        self.times.setVisible(self._count > 1)
        self.link.setText(link)
        self.link.setVisible(bool(link))
        spoken = f"{text} {self.times.text}" if self._count > 1 else text
        self.setAccessibleName(spoken)
        self.adjustSize()
        self._timer.start()
        if self._count == 1:
            QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(self, text))

    def rise(self) -> None:
        """Come up into the place where it stands, if anything is to move."""
        if duration_ms := current().duration_ms("normal"):
            place = self.pos()
            self._rising.setDuration(duration_ms)
            self._rising.setStartValue(QPoint(place.x(), place.y() + _MARGIN))
            self._rising.setEndValue(place)
            self._rising.start()

    def stand(self, place: QPoint) -> None:
        """Stand in a place, at once."""
        self._rising.stop()
        self.move(place)

    def stop_clock(self) -> None:
        """Stay until it is closed."""
        self._timer.stop()

    @Slot()
    def _follow(self) -> None:
        on_link = self._on_link
        self.ended.emit()
        self.linkClicked.emit()
        if on_link is not None:
            on_link()

    @Slot()
    def _end(self) -> None:
        if self.underMouse() or self.link.hasFocus() or self.close_button.hasFocus():
            self._timer.start()
        else:
            self.ended.emit()


class Toasts(QObject):
    """Those of one window, in its lower right corner: the newest lowest, three at most.

    Signals:
        said: What a new one says.
    """

    said = Signal(str)

    def __init__(self, window: QWidget, above: Callable[[], int] = lambda: 0) -> None:
        """Watch a window.

        Args:
            window: Where they stand.
            above: Gives the height of what they stand above, such as a status bar.
        """
        super().__init__(window)
        self._window, self._above = window, above
        self._shown: list[Toast] = []
        window.installEventFilter(self)

    @property
    def shown(self) -> list[Toast]:
        """What is seen now, the oldest first."""
        return list(self._shown)

    def say(
        self,
        text: str,
        *,
        status: str = "passed",
        link: str = "",
        on_link: Callable[[], object] | None = None,
    ) -> None:
        """Say something; what is said already is counted, and comes to the lowest place.

        Args:
            text: What was done; it is shown as a sentence, with its full stop.
            status: A state, whose shape stands in front.
            link: What can be done about it; empty for nothing.
            on_link: Does that.
        """
        text = sentence(text)
        toast = next((each for each in self._shown if each.text == text), None)
        if toast is None:
            toast = Toast(self._window)
            toast.ended.connect(self._take_end)
        else:
            self._shown.remove(toast)
        self._shown.append(toast)
        toast.say(text, status=status, link=link, on_link=on_link)
        for old in self._shown[:-_MOST]:
            self._drop(old)
        self._place()
        is_new = not toast.isVisible()
        toast.show()  # in its place: the pointer may be where it was made
        toast.raise_()
        if is_new:
            toast.rise()
        self.said.emit(text)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Keep them in the corner when the window gets another size."""
        if watched is self._window and event.type() == QEvent.Type.Resize:
            self._place()
        return super().eventFilter(watched, event)

    @Slot()
    def _take_end(self) -> None:
        toast = self.sender()
        if isinstance(toast, Toast) and toast in self._shown:
            self._drop(toast)
            self._place()

    def _drop(self, toast: Toast) -> None:
        self._shown.remove(toast)
        toast.hide()
        toast.deleteLater()

    def _place(self) -> None:
        size = self._window.size()
        bottom = size.height() - self._above() - _MARGIN
        for toast in reversed(self._shown):
            left = size.width() - toast.width() - _MARGIN
            toast.stand(QPoint(left, bottom - toast.height()))
            bottom -= toast.height() + _GAP
