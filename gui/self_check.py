"""Child mode `self-check-qt`: does Qt work here?

A process of its own, since a broken Qt does not raise but abort: a build that miscounts
references, or a platform plugin whose libraries are missing. Prints the names of its checks as
one JSON line, then a line for each that finished; what is missing is where it aborted.
"""

from __future__ import annotations

import importlib
import json
import sys
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtGui import QGuiApplication

OLDEST: Final = (6, 8, 3)
BELOW: Final = (6, 12)
"""PySide6 6.12.0 miscounts references on Python 3.11."""

_EMITS: Final = 10_000
"""A thousand are enough to abort a build that miscounts; they cost next to nothing."""


class CheckError(Exception):
    """A check's answer is no: the text says why, `hint` what to do.

    `is_fatal` is False where only the window suffers.
    """

    def __init__(self, text: str, hint: str, *, is_fatal: bool = True) -> None:
        super().__init__(text)
        self.hint = hint
        self.is_fatal = is_fatal


class QtProbe:
    """The checks, in the order of `checks`; later ones need the application of earlier ones."""

    def __init__(self) -> None:
        self._application: QGuiApplication | None = None
        self.checks: dict[str, Callable[[], str]] = {
            "Qt": self.version,
            "Qt signals": self.signals,
            "Qt platform": self.platform,
            "fonts": self.fonts,
            "window parts": self.parts,
        }

    def version(self) -> str:
        """Tell Qt's version, which must be one that works."""
        import PySide6

        parts = tuple(int(part) for part in PySide6.__version__.split(".")[:3])
        if parts < OLDEST or parts[:2] >= BELOW:
            raise CheckError(
                f"PySide6 {PySide6.__version__} is installed",
                "Install PySide6-Essentials from 6.8.3 and below 6.12, as requirements.lock does.",
            )
        return PySide6.__version__

    def signals(self) -> str:
        """Emit signals until a build that miscounts references has aborted."""
        from PySide6.QtCore import QObject, Signal

        class Emitter(QObject):
            fired = Signal(bool, object)

        heard = 0

        def hear(_flag: bool, _value: object) -> None:
            nonlocal heard
            heard += 1

        emitter = Emitter()
        emitter.fired.connect(hear)
        for _ in range(_EMITS):
            emitter.fired.emit(True, None)
        if heard != _EMITS:
            raise CheckError(
                f"{heard:,} of {_EMITS:,} arrived", "Install the PySide6 of requirements.lock."
            )
        return f"{_EMITS:,} emitted"

    def platform(self) -> str:
        """Start a Qt application, which loads the platform plugin and its libraries."""
        from PySide6.QtGui import QGuiApplication

        self._application = QGuiApplication(["sluicegate"])
        return QGuiApplication.platformName()

    def fonts(self) -> str:
        """Find fonts that can show text: a proportional and a fixed-pitch one."""
        from PySide6.QtGui import QFontDatabase, QFontInfo, QFontMetrics

        advice = "Install one; on Debian and Ubuntu: apt install fonts-dejavu-core"
        if not QFontDatabase.families():
            raise CheckError("Qt finds no font", advice, is_fatal=False)
        text = QFontInfo(QFontDatabase.systemFont(QFontDatabase.SystemFont.GeneralFont))
        fixed = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont)
        family, metrics = QFontInfo(fixed).family(), QFontMetrics(fixed)
        if metrics.horizontalAdvance("iiii") != metrics.horizontalAdvance("WWWW"):
            raise CheckError(f"{family} is not of fixed pitch", advice, is_fatal=False)
        return f"{text.family()}, {family}"

    def parts(self) -> str:
        """Import what the window builds on besides Qt."""
        names = ("qasync", "pygments")
        for name in names:
            importlib.import_module(name)
        return ", ".join(names)


def main() -> int:
    """Run the checks; 0 if all that matter are good."""
    probe = QtProbe()
    _put({"checks": list(probe.checks)})
    is_good = True
    for name, check in probe.checks.items():
        result = {"name": name, "state": "ok", "detail": "", "hint": ""}
        try:
            result["detail"] = check()
        except CheckError as exc:
            state = "failed" if exc.is_fatal else "warning"
            result |= {"state": state, "detail": str(exc), "hint": exc.hint}
        except ImportError as exc:
            hint = "Install what requirements.lock lists, and the system packages of the README."
            result |= {"state": "failed", "detail": str(exc), "hint": hint}
        is_good = is_good and result["state"] != "failed"
        _put(result)
    return 0 if is_good else 1


def _put(value: dict[str, object] | dict[str, str]) -> None:
    sys.stdout.write(json.dumps(value) + "\n")
    sys.stdout.flush()
