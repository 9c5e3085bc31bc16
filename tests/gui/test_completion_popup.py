"""The list of completions: names are whole, samples have what is left."""

from __future__ import annotations

from typing import Any

import pytest
from PySide6.QtCore import QRect
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from gui.editors.completion_popup import CompletionPopup
from gui.theme import Theme
from gui.viewmodels.completion import Candidate, Completions

from .watched import watched_calls

SHORT = "payload"
MANY = tuple(Candidate("column", f"column_{at}", "x", detail="string") for at in range(12))


@pytest.fixture
def popup(theme: Theme, qtbot: QtBot) -> CompletionPopup:
    del theme  # it is in force
    window = QWidget()
    window.resize(900, 600)
    qtbot.addWidget(window)
    window.show()
    return CompletionPopup(window)


def painted(popup: CompletionPopup, *candidates: Candidate) -> list[str]:
    """Give all texts of the rows as they are painted."""
    texts: list[str] = []

    def look(_painter: QPainter, *args: Any) -> None:
        texts.extend(each for each in args if isinstance(each, str))

    popup.show_at(Completions(0, "", candidates), QRect(0, 0, 10, 20))
    with watched_calls(QPainter, "drawText", look):
        popup.list.viewport().grab()
    return texts


@pytest.mark.parametrize("more", [(), MANY])
def test_a_long_name_is_whole_beside_the_long_sample_of_another_row(
    popup: CompletionPopup, more: tuple[Candidate, ...]
):
    name = "publish_received_at_x"
    texts = painted(
        popup,
        Candidate("column", name, name, detail="number"),
        Candidate("column", "clientid", "clientid", detail="string", sample='"dev-01-of-it'),
        *more,
    )
    assert name in texts
    assert "clientid" in texts
    assert "number" in texts
    assert any(text.startswith('"dev-') for text in texts)


@pytest.mark.parametrize(
    ("name", "is_shown"), [("a_name_that_takes_nearly_all", True), (f"a_name_of_{'x' * 22}", False)]
)
def test_samples_give_way_to_names(popup: CompletionPopup, name: str, is_shown: bool):
    texts = painted(
        popup,
        Candidate("column", name, name, detail="string"),
        Candidate("column", "clientid", "clientid", detail="string", sample='"dev-01-of-it'),
        *MANY,
    )
    assert name in texts
    assert '"dev-01-of-it' not in texts
    assert any(text.startswith('"') for text in texts) is is_shown


def test_short_rows_take_the_drawn_width(popup: CompletionPopup):
    texts = painted(popup, Candidate("column", SHORT, SHORT, detail="string"))
    assert SHORT in texts
    assert popup.width() == 268 + 240
