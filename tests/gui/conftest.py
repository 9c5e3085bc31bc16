"""Tests of the window run without a display."""

from __future__ import annotations

import os

import pytest
from PySide6.QtWidgets import QApplication

from gui.theme import Theme, install

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")


@pytest.fixture
def theme(qapp: QApplication) -> Theme:
    """The application's theme, light at the start of each test."""
    made = install(qapp)
    made.set_preference("light")
    return made
