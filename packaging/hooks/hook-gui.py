"""Collect the window: `main.py` imports it late, and charts are imported on first use."""

from PyInstaller.utils.hooks import collect_submodules

hiddenimports = [*collect_submodules("gui"), "pyqtgraph", "pyqtgraph.graphicsItems.PlotItem"]
