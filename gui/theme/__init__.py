"""The look: tokens, palette, fonts, icons and state shapes. No widget here."""

from gui.theme.theme import Preference, Theme, current, install, refresh_style

__all__ = ["Preference", "Theme", "current", "install", "refresh_style"]
