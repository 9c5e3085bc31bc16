"""What the user chose of the look besides the scheme: density, fonts and sizes of text."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

from PySide6.QtGui import QFontDatabase

from gui.theme.tokens import Face, tokens

Density: TypeAlias = Literal["comfortable", "compact"]
Family: TypeAlias = Literal["bundled", "system"]

EDITOR: Final = "editor"
"""The text style of editors: that of code, at the size and the zoom of the user's."""

_FAMILIES: Final = {"ui": "Inter", "code": "JetBrains Mono"}
_SYSTEM_FONTS: Final = {
    "ui": QFontDatabase.SystemFont.GeneralFont,
    "code": QFontDatabase.SystemFont.FixedFont,
}


@dataclass(frozen=True, slots=True)
class Look:
    """Sizes and fonts, as chosen.

    Attributes:
        density: How high controls and rows are.
        family: The fonts that come with the program, or the system's.
        text_percent: Of the sizes in the table. Above 100, rows and controls grow with the text.
        editor_px: Text of editors at a zoom of 100.
        zoom_percent: Of editors.
        moves: Whether anything moves: what comes and goes, such as toasts and docks.
    """

    density: Density = "comfortable"
    family: Family = "bundled"
    text_percent: int = 100
    editor_px: int = 13
    zoom_percent: int = 100
    moves: bool = True

    def face(self, name: str) -> Face:
        """Give a text style at its size."""
        if name == EDITOR:
            face = tokens().faces["code"]
            return _scaled(face, self.editor_px / face.size * self.zoom_percent / 100)
        return _scaled(tokens().faces[name], self.text_percent / 100)

    def size(self, name: str) -> int:
        """Give a size in device-independent pixels."""
        if not name.startswith("height."):
            return tokens().sizes[name]
        height = tokens().heights[self.density][name]
        return round(height * max(self.text_percent, 100) / 100)

    def duration_ms(self, name: str) -> int:
        """Give how long a motion takes; nothing where nothing is to move."""
        return tokens().durations_ms[name] if self.moves else 0

    def font_family(self, name: str) -> str:
        """Give the font family of a text style."""
        kind = "code" if is_code(name) else "ui"
        if self.family == "system":
            return QFontDatabase.systemFont(_SYSTEM_FONTS[kind]).family()
        return _FAMILIES[kind]


def is_code(name: str) -> bool:
    """Tell whether a text style is one of code."""
    return name == EDITOR or name.startswith("code")


def _scaled(face: Face, factor: float) -> Face:
    return Face(max(round(face.size * factor), 6), face.weight, max(round(face.line * factor), 8))
