"""Pictures of what a test passes on its way, in the window as the test has led it there."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from PySide6.QtGui import QImage
from pytestqt.qtbot import QtBot

from gui.main_window import MainWindow
from gui.theme import current
from tests.gui.tour.stage import SCHEMES, SIZE, photograph

_APART: Final = 7
"""Every seventh pixel of every seventh row is looked at."""
_FEW_COLOURS: Final = 24
_REPAINTS_MS: Final = 600
"""The test of a rule runs 300 ms after the last key; charts and map repaint four times a second."""


class Album:
    """Takes each picture light and dark, at the scale that Qt runs at.

    Attributes:
        taken: The files, by name and scheme, such as `rule-light`.
    """

    def __init__(self, window: MainWindow, folder: Path, qtbot: QtBot) -> None:
        """Begin without pictures; they go into the folder."""
        self._window, self._folder, self._qtbot = window, folder, qtbot
        self.taken: dict[str, Path] = {}

    def take(self, name: str) -> None:
        """Take a picture of the window, and leave the window as it was."""
        scale = self._window.devicePixelRatio()
        suffix = f"@{scale:g}x" if scale != 1 else ""
        for scheme in SCHEMES:
            self._window.choose_theme(scheme)
            self._qtbot.waitUntil(lambda: current().scheme == scheme)  # noqa: B023
            self._qtbot.wait(_REPAINTS_MS)  # keys are sent faster than anything is laid out
            path = self._folder / f"{name}-{scheme}{suffix}.png"
            assert photograph(self._window).save(str(path))
            self.taken[f"{name}-{scheme}"] = path
        self._window.choose_theme("light")

    def flaws(self) -> list[str]:
        """Look at the files: tell which are of another size, of hardly any colours, or twice."""
        found: list[str] = []
        seen: dict[bytes, str] = {}
        wanted = SIZE * self._window.devicePixelRatio()
        for name, path in self.taken.items():
            picture = QImage(str(path))
            if picture.size() != wanted:
                found.append(f"{name}: {picture.width()} x {picture.height()}")
            if len(_colours(picture)) < _FEW_COLOURS:
                found.append(f"{name}: {len(_colours(picture))} colours")
            if (other := seen.setdefault(path.read_bytes(), name)) != name:
                found.append(f"{name}: the same as {other}")
        return found


def _colours(picture: QImage) -> set[int]:
    rows, columns = range(0, picture.height(), _APART), range(0, picture.width(), _APART)
    return {picture.pixel(x, y) for y in rows for x in columns}
