"""Collect the window: `main.py` imports it late."""

from PyInstaller.utils.hooks import collect_submodules

hiddenimports = collect_submodules("gui")
