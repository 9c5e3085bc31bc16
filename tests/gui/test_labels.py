"""Figures of equal width where there are some, and names that are not torn apart."""

from __future__ import annotations

import pytest
from PySide6.QtGui import QFont
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from gui.theme import Theme, has_figures
from gui.widgets.labels import Label, Paragraph
from gui.widgets.prose import Prose, ProseLine

SENTENCE = "Port is 1 to 65535."
NAME = "dev-12 sends"


def has_equal_figures(widget: QWidget) -> bool:
    return widget.font().featureValue(QFont.Tag("tnum")) == 1


def test_a_hyphen_keeps_figures_as_they_are():
    assert [has_figures(text) for text in (SENTENCE, NAME, "none")] == [True, False, False]


@pytest.mark.parametrize("kind", ["label", "paragraph", "prose", "line"])
def test_sentences_have_figures_of_equal_width_and_names_keep_theirs(
    kind: str, theme: Theme, qtbot: QtBot
):
    made = {
        "label": Label,
        "paragraph": lambda: Paragraph(""),
        "prose": Prose,
        "line": ProseLine,
    }[kind]()
    qtbot.addWidget(made)
    for text, wanted in ((SENTENCE, True), (NAME, False), (SENTENCE, True)):
        if isinstance(made, Prose | ProseLine):
            made.say(text, {})
        else:
            made.setText(text)
        assert has_equal_figures(made) == wanted
