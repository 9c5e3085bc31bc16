"""The pseudo language: everything that is translated comes back longer, what stands in it stays."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QCoreApplication, QObject
from PySide6.QtWidgets import QApplication

from gui.translation import VARIABLE, install_language, lengthened
from gui.viewmodels.words import plural, tr


@pytest.fixture
def pseudo(qapp: QApplication) -> Iterator[None]:
    translator = install_language(qapp, {VARIABLE: "pseudo"})
    assert translator is not None
    yield
    qapp.removeTranslator(translator)
    translator.deleteLater()


@pytest.mark.parametrize("text", ["Start", "Keep both", "Rows kept in the feed", "SQL", "x"])
def test_words_grow_by_fifteen_percent_at_least(text: str):
    assert len(lengthened(text)) >= 1.15 * len(text)
    assert len(lengthened(text)) <= 1.15 * len(text) + 1


@pytest.mark.parametrize(
    "kept", ["{name}", "{left:,}", "%n", "%1", "&S", "<b>", "</b>"], ids=lambda kept: kept
)
def test_what_stands_for_something_else_stays(kept: str):
    assert kept in lengthened(f"Deleted {kept} once")


def test_a_text_stays_what_can_be_filled_in():
    filled = lengthened("Apply {count} changes of {name}").format(count=2, name="rule")
    assert "2" in filled
    assert "rule" in filled


def test_nothing_stays_nothing():
    assert lengthened("") == ""


@pytest.mark.usefixtures("pseudo")
def test_every_way_to_translate_gives_longer_words(qapp: QApplication):
    assert tr("Stopped") == lengthened("Stopped")
    assert QObject(qapp).tr("Stopped") == lengthened("Stopped")
    assert QCoreApplication.translate("anywhere", "Stopped") == lengthened("Stopped")
    assert plural("%n day", "%n days", 3) == lengthened("%n days").replace("%n", "3")


def test_without_the_variable_the_language_is_english(qapp: QApplication):
    assert install_language(qapp, {}) is None
    assert tr("Stopped") == "Stopped"
