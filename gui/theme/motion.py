"""Whether the system asks for less motion, which Qt does not tell."""

from __future__ import annotations

import ctypes
import sys
from typing import Any, Final

from PySide6.QtCore import QObject, QProcess, Signal, Slot
from PySide6.QtGui import QGuiApplication

_CLIENT_AREA_ANIMATION: Final = 0x1042  # SPI_GETCLIENTAREAANIMATION
_UTF8: Final = 0x0800_0100  # kCFStringEncodingUTF8
_FRAMEWORK: Final = "/System/Library/Frameworks/CoreFoundation.framework/CoreFoundation"
_GSETTINGS: Final = ("get", "org.gnome.desktop.interface", "enable-animations")


class SystemMotion(QObject):
    """Asks the system once: Windows and macOS answer at once, a Linux desktop a moment later.

    Attributes:
        is_less: Whether less motion is asked for.

    Signals:
        changed: It is.
    """

    changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.is_less = False
        if sys.platform == "win32":
            self.is_less = _windows_asks()
        elif sys.platform == "darwin":
            self.is_less = _mac_asks()
        elif QGuiApplication.platformName() in ("xcb", "wayland"):
            self._ask_desktop()

    def _ask_desktop(self) -> None:
        """Ask as desktops of GTK keep it; others have no such tool, and ask for nothing."""
        self._process = process = QProcess(self)
        process.finished.connect(self._take_answer)
        process.start("gsettings", list(_GSETTINGS))

    @Slot()
    def _take_answer(self) -> None:
        if bytes(self._process.readAllStandardOutput().data()).strip() == b"false":
            self.is_less = True
            self.changed.emit()


def _windows_asks() -> bool:
    """Read "Animation effects" of the accessibility settings."""
    moves = ctypes.c_int(1)
    library: Any = ctypes
    library.windll.user32.SystemParametersInfoW(_CLIENT_AREA_ANIMATION, 0, ctypes.byref(moves), 0)
    return not moves.value


def _mac_asks() -> bool:
    """Read "Reduce motion" of the accessibility settings."""
    library = ctypes.CDLL(_FRAMEWORK)
    make, read = library.CFStringCreateWithCString, library.CFPreferencesGetAppBooleanValue
    make.restype = ctypes.c_void_p
    make.argtypes = (ctypes.c_void_p, ctypes.c_char_p, ctypes.c_uint32)
    read.restype = ctypes.c_ubyte
    read.argtypes = (ctypes.c_void_p, ctypes.c_void_p, ctypes.c_void_p)
    name = make(None, b"reduceMotion", _UTF8)
    domain = make(None, b"com.apple.universalaccess", _UTF8)
    return bool(read(name, domain, None))
