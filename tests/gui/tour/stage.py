"""The window in front of the camera: waits for what is to be seen, and takes pictures of it."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, TypeAlias

from PySide6.QtCore import QModelIndex, QPoint, QSize, Qt
from PySide6.QtGui import QPainter, QPixmap
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from gui.app import App
from gui.main_window import MainWindow
from gui.theme.tokens import Scheme
from gui.viewmodels.drafts import key_of
from gui.viewmodels.ring import RingModel
from gui.viewmodels.tail_row import TailRow
from gui.viewmodels.tail_table import TailModel
from tests.gui.tour.greenhouse import Greenhouse

Play: TypeAlias = "Callable[[Stage], Awaitable[None]]"
SIZE: Final = QSize(1280, 800)
SCHEMES: Final[tuple[Scheme, ...]] = ("light", "dark")
_LIMIT_S: Final = 90.0
_POLL_S: Final = 0.05
_REPAINTS_S: Final = 0.4
"""The lists repaint ten times a second, charts and map four times."""


@dataclass(frozen=True, slots=True)
class Scene:
    """One picture.

    Attributes:
        name: Of its file, without scheme.
        play: Leads there.
        size: Of the window.
        again: What is done once more whenever the colours have changed.
    """

    name: str
    play: Play
    size: QSize = SIZE
    again: Play | None = None


@dataclass
class Stage:
    """The window, the greenhouse, and where pictures go.

    Attributes:
        app: The program, put together as it always is.
        house: The brokers and devices.
        folder: Of the pictures.
        suffix: Of their names, before the ending: tells the scale.
        taken: The pictures by name and scheme, such as `overview-light`.
        missing: The scenes that could not be played, and why.
    """

    app: App
    house: Greenhouse
    folder: Path
    suffix: str = ""
    taken: dict[str, Path] = field(default_factory=dict)
    missing: dict[str, str] = field(default_factory=dict)
    _is_frozen: bool = False
    _held: TailModel | None = None
    _waiting: list[TailRow] = field(default_factory=list)

    @property
    def window(self) -> MainWindow:
        """The window."""
        window = self.app.window
        assert isinstance(window, MainWindow)
        return window

    async def until(self, condition: Callable[[], object], what: str = "") -> None:
        """Wait for a condition while the window goes on."""
        deadline = time.monotonic() + _LIMIT_S
        while not condition():
            if time.monotonic() > deadline:
                raise TimeoutError(what or condition)
            await asyncio.sleep(_POLL_S)

    async def settle(self) -> None:
        """Let everything be painted that is to be painted."""
        await asyncio.sleep(_REPAINTS_S)

    async def pause(self) -> None:
        """Let the window go on for a moment."""
        await asyncio.sleep(_POLL_S)

    def close_popups(self) -> None:
        """Close what stands over the window."""
        for other in QApplication.topLevelWidgets():
            if other is not self.window and other.isVisible():
                other.close()

    def press(self, key: Qt.Key, *modifiers: Qt.KeyboardModifier) -> None:
        """Press a key where the keyboard is."""
        held = Qt.KeyboardModifier.NoModifier
        for modifier in modifiers:
            held |= modifier
        QTest.keyClick(self._keyboard(), key, held)

    def type(self, text: str) -> None:
        """Type a text where the keyboard is."""
        QTest.keyClicks(self._keyboard(), text)

    def _keyboard(self) -> QWidget:
        popup = QApplication.activePopupWidget()
        return QApplication.focusWidget() or popup or self.window

    def open_only(self, *keys: str) -> None:
        """Have these documents open beside the overview, and the last one shown."""
        documents = self.window.documents
        documents.close_all()
        documents.banner.hide()
        for key in keys:
            if not documents.exists(key):
                raise KeyError(key)
            self.window.open_document(key)

    async def take(
        self,
        name: str,
        subject: Callable[[], QWidget] | None = None,
        again: Play | None = None,
    ) -> None:
        """Take a picture of the window, light and dark; nothing new comes in meanwhile.

        Args:
            name: Of the picture, without scheme and scale.
            subject: Makes another widget than the window, once for each scheme.
            again: What is done whenever the colours have changed.
        """
        self._fold_messages()
        await self.settle()
        self.freeze()
        for scheme in SCHEMES:
            self.window.choose_theme(scheme)  # as a user does, so that the settings show it
            if again is not None:
                await again(self)
            await self.settle()
            path = self.folder / f"{name}-{scheme}{self.suffix}.png"
            if subject is None:
                picture = photograph(self.window)
            else:
                made = subject()
                picture = made.grab()
                made.deleteLater()
            picture.save(str(path))
            self.taken[f"{name}-{scheme}"] = path
        self.window.choose_theme("light")
        self.thaw()

    def _fold_messages(self) -> None:
        """Fold the saved messages: every change of the file unfolds them."""
        dock, messages = self.window.navigator, self.window.live.workspace.messages
        index = dock.model.index_of(key_of(messages[0])) if messages else QModelIndex()
        while index.parent().isValid():
            index = index.parent()
        dock.view.collapse(index)

    def freeze(self) -> None:
        """Let nothing new into the window until the picture has been taken.

        Records wait outside the tail's list: it goes on telling its view what it does, and shows
        what has come in already a moment later.
        """
        if not self._is_frozen:
            self._is_frozen = True
            self.app.session.blockSignals(True)
            rows = self._held = self.window.tail.rows
            rows.add = self._waiting.extend

    async def hold(self) -> None:
        """Let nothing new in, and wait until the lists show what has come in before that."""
        self.freeze()
        for rows in (self.window.tail.rows, self.window.bottom_pages.feed.rows):
            await self.until(lambda: _is_all_shown(rows), "all rows")  # noqa: B023
        await self.settle()

    def thaw(self) -> None:
        """Let in what has waited, and all that comes."""
        if self._held is not None:
            del self._held.add  # the list's own is used again
            self._held.add(self._waiting)
            self._held, self._waiting = None, []
        self.app.session.blockSignals(False)
        self._is_frozen = False


def _is_all_shown(rows: RingModel) -> bool:
    """Tell whether nothing waits to be shown, where no filter leaves anything out."""
    return rows.matching == rows.kept == rows.taken - rows.gone - rows.left_out


def photograph(window: QWidget) -> QPixmap:
    """Take a picture of a window with the popups that are open over it."""
    picture = window.grab()
    painter = QPainter(picture)
    origin = window.mapToGlobal(QPoint())
    for other in QApplication.topLevelWidgets():
        if other is not window and other.isVisible() and other.isWindow():
            painter.drawPixmap(other.mapToGlobal(QPoint()) - origin, other.grab())
    painter.end()
    return picture
