"""The look: tokens, palette, fonts, icons and state shapes. No widget here."""

from gui.theme.look import Look
from gui.theme.theme import (
    Preference,
    Theme,
    current,
    has_figures,
    install,
    refresh_style,
    set_face,
    set_height,
    set_rows,
    set_square,
)

__all__ = [
    "Look",
    "Preference",
    "Theme",
    "current",
    "has_figures",
    "install",
    "refresh_style",
    "set_face",
    "set_height",
    "set_rows",
    "set_square",
]
