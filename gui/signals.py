"""Ctrl+C in the terminal and the system's request to end, as calls on the window's loop."""

from __future__ import annotations

import signal
import socket
from collections.abc import Callable
from typing import Final

from PySide6.QtCore import QObject, QSocketNotifier, Slot

_NUMBERS: Final = (signal.SIGINT, signal.SIGTERM)


class EndSignals(QObject):
    """Calls back when the process is asked to end.

    Python runs its handlers between two bytecodes only, and an idle Qt loop runs none: a byte
    through a socket wakes it up.
    """

    def __init__(self, on_end: Callable[[], None], parent: QObject | None = None) -> None:
        """Take over the signals; must be called in the main thread."""
        super().__init__(parent)
        self._on_end = on_end
        self._ours, theirs = socket.socketpair()
        self._theirs = theirs
        self._ours.setblocking(False)
        theirs.setblocking(False)
        self._wakeup_before = signal.set_wakeup_fd(theirs.fileno(), warn_on_full_buffer=False)
        self._before = {number: signal.signal(number, _wake_up_only) for number in _NUMBERS}
        self._notifier = QSocketNotifier(self._ours.fileno(), QSocketNotifier.Type.Read, self)
        self._notifier.activated.connect(self._arrived)

    def close(self) -> None:
        """Give the signals back."""
        self._notifier.setEnabled(False)
        signal.set_wakeup_fd(self._wakeup_before)
        for number, handler in self._before.items():
            signal.signal(number, handler)
        self._ours.close()
        self._theirs.close()

    @Slot()
    def _arrived(self) -> None:
        numbers = self._ours.recv(64)
        if any(number in _NUMBERS for number in numbers):
            self._on_end()


def _wake_up_only(_number: int, _frame: object) -> None:
    """Do nothing: the byte that the interpreter writes for the signal is all that is needed."""
