"""Closing the window: what is in flight is delivered first, and the user sees it happen."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from PySide6.QtCore import QEvent, QObject, Signal, Slot
from PySide6.QtWidgets import QProgressDialog, QWidget

from gui.tasks import Tasks
from gui.viewmodels.session import Session

_SHOWN_AFTER_MS: Final = 300


class Closing(QObject):
    """Holds the window's close button back until everything has ended in order.

    Attributes:
        was_forced: The user did not wait. Children then notice by themselves that the window has
            gone, and drain without it.

    Signals:
        finished: The window may go.
    """

    finished = Signal()

    def __init__(
        self, window: QWidget, session: Session, on_fault: Callable[[str, Exception], None]
    ) -> None:
        """Watch a window; `on_fault` is told what fails while closing, which ends it too."""
        super().__init__(window)
        self.was_forced = False
        self._window = window
        self._session = session
        self._tasks = Tasks(on_fault)
        self._progress: QProgressDialog | None = None
        self._is_over = False
        window.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Turn a close event into the beginning of an orderly end."""
        if watched is self._window and event.type() == QEvent.Type.Close and not self._is_over:
            event.ignore()
            self.begin()
            return True
        return super().eventFilter(watched, event)

    @Slot()
    def begin(self) -> None:
        """Start closing, once."""
        if self._progress is not None or self._is_over:
            return
        self._progress = self._make_progress()
        self._session.busyChanged.connect(self._progress.setLabelText)
        self._tasks.start(self._close(), "close the session")

    def _make_progress(self) -> QProgressDialog:
        text = self._session.busy or self.tr("Stopping the bridge")
        progress = QProgressDialog(text, self.tr("End now"), 0, 0, self._window)
        progress.setWindowTitle(self.tr("Closing"))
        progress.setModal(True)
        progress.setMinimumDuration(_SHOWN_AFTER_MS)
        progress.canceled.connect(self._force)
        return progress

    async def _close(self) -> None:
        try:
            await self._session.close()
        finally:
            self._end()

    @Slot()
    def _force(self) -> None:
        self.was_forced = True
        self._end()

    def _end(self) -> None:
        if self._is_over:
            return
        self._is_over = True
        if self._progress is not None:
            self._progress.canceled.disconnect(self._force)
            self._progress.close()
        self._window.close()
        self.finished.emit()
