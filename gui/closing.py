"""Closing the window: what is in flight is delivered first, and the user sees it happen."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Final

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal, Slot
from PySide6.QtWidgets import QDialog, QLabel, QPushButton, QVBoxLayout, QWidget

from gui.tasks import Tasks
from gui.viewmodels.session import Session

_SHOWN_AFTER_MS: Final = 300
_TEXT_WIDTH: Final = 360


class ClosingSheet(QDialog):
    """Says what closing waits for. Esc and the button end the waiting."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self.setWindowTitle(self.tr("Closing"))
        self.text = QLabel()
        self.text.setMinimumWidth(_TEXT_WIDTH)
        note = QLabel(self.tr("Whatever is left at QoS 1 comes again after the next start."))
        note.setProperty("kind", "secondary")
        self.end_now = QPushButton(self.tr("End now"))
        self.end_now.clicked.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(24, 20, 24, 20)
        layout.setSpacing(8)
        layout.addWidget(self.text)
        layout.addWidget(note)
        layout.addSpacing(8)
        layout.addWidget(self.end_now, 0, Qt.AlignmentFlag.AlignRight)

    @Slot(str)
    def show_text(self, text: str) -> None:
        """Say what is going on; an empty text stands for the last steps."""
        self.text.setText(text or self.tr("Stopping the bridge"))


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
        self,
        window: QWidget,
        session: Session,
        on_fault: Callable[[str, Exception], None],
        do_last: Callable[[], Awaitable[object]] | None = None,
    ) -> None:
        """Watch a window.

        Args:
            window: The window, which owns this.
            session: What is closed before it.
            on_fault: Is told what fails while closing, which ends it too.
            do_last: What is left to do when nothing runs any more.
        """
        super().__init__(window)
        self._do_last = do_last
        self.was_forced = False
        self._window = window
        self._session = session
        self._tasks = Tasks(on_fault)
        self._sheet: ClosingSheet | None = None
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
        if self._sheet is not None or self._is_over:
            return
        sheet = ClosingSheet(self._window)
        sheet.show_text(self._session.busy)
        sheet.rejected.connect(self._force)
        self._session.busyChanged.connect(sheet.show_text)
        QTimer.singleShot(_SHOWN_AFTER_MS, sheet, sheet.open)
        self._sheet = sheet
        self._tasks.start(self._close(), "close the session")

    async def _close(self) -> None:
        try:
            await self._session.close()
            if self._do_last is not None:
                await self._do_last()
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
        if self._sheet is not None:
            self._sheet.rejected.disconnect(self._force)
            self._sheet.deleteLater()
        self._window.close()
        self.finished.emit()
