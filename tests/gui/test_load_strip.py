"""The row that tells how far a load is."""

from __future__ import annotations

import pytest
from pytestqt.qtbot import QtBot

from gui.theme import Theme
from gui.widgets.load_strip import LoadStrip


@pytest.mark.parametrize("share", [0.0, 0.25, 1.0])
def test_the_line_grows_with_what_is_loaded(theme: Theme, qtbot: QtBot, share: float):
    strip = LoadStrip()
    qtbot.addWidget(strip)
    strip.resize(200, strip.height())
    strip.say("Loading 1 of 4, 1 KiB", "Stop", share)
    image = strip.grab().toImage()
    line = [image.pixelColor(x, image.height() - 2) for x in range(image.width())]

    assert line.count(theme.colour("chart.s1")) == round(share * image.width())
