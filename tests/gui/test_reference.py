"""The reference lists every function with an example whose result is true."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from pytestqt.qtbot import QtBot

from core.sql.functions import FUNCTIONS
from gui.pages.reference import ReferencePage
from gui.theme import Theme
from gui.viewmodels.reference import FUNCTION_ROLE, SIGNATURE, SUMMARY, ReferenceModel, result_text


@pytest.fixture
def page(theme: Theme, qtbot: QtBot) -> ReferencePage:
    model = ReferenceModel()
    made = ReferencePage(model)
    model.setParent(made)
    qtbot.addWidget(made)
    made.resize(900, 600)
    made.show()
    return made


def listed(page: ReferencePage) -> list[str]:
    model = page.table.model()
    found = (model.index(row, 0).data(FUNCTION_ROLE) for row in range(model.rowCount()))
    return [function.name for function in found if function is not None]


def test_every_function_is_listed_once_under_its_family(page: ReferencePage):
    assert sorted(listed(page)) == sorted(FUNCTIONS)
    assert page.count.text() == f"{len(FUNCTIONS)} functions"


def test_words_leave_what_holds_all_of_them(page: ReferencePage, qtbot: QtBot):
    page.find_here()
    qtbot.keyClicks(page.filter, "dotted path")
    assert "map_get" in listed(page)
    assert len(listed(page)) < 20
    page.filter.setText("no such thing")
    assert page.empty.isVisible()
    page.empty.button.click()
    assert len(listed(page)) == len(FUNCTIONS)


def test_a_function_is_shown_with_its_example_to_copy(page: ReferencePage, qtbot: QtBot):
    page.show_function("map_get")
    assert page.name.whole_text() == "map_get(path, m[, default])"
    assert page.example.toPlainText().startswith("SELECT map_get(")
    assert page.result.toPlainText() == "1"
    assert page.errors.accessibleName() == "Fails where path is not a string."
    with qtbot.waitSignal(page.copied):
        qtbot.keyClick(page.copy_button, Qt.Key.Key_Return)
    assert QGuiApplication.clipboard().text() == page.example.toPlainText()


@pytest.mark.parametrize("name", list(FUNCTIONS))
def test_every_result_can_be_written(name: str):
    assert isinstance(result_text(FUNCTIONS[name]), str)


@pytest.mark.parametrize(("width", "signatures"), [(1280, 300), (640, 0)])
def test_both_columns_fit_into_the_table(page: ReferencePage, width: int, signatures: int):
    page.resize(width, 600)
    header, room = page.table.horizontalHeader(), page.table.viewport().width()
    assert header.length() == room
    assert header.sectionSize(SIGNATURE) == (signatures or room // 2)
    index = page.table.model().index(1, SUMMARY)
    assert index.data(Qt.ItemDataRole.ToolTipRole) == index.data()


def test_rows_go_to_the_edge_below_the_scroll_bar(page: ReferencePage, qtbot: QtBot):
    page.resize(1280, 400)
    qtbot.waitUntil(page.table.bar.isVisible)
    assert page.table.viewport().width() == page.table.width()
    assert page.table.bar.geometry().right() == page.table.rect().right()
    page.table.bar.setValue(page.table.bar.maximum())
    assert page.table.verticalScrollBar().value() == page.table.verticalScrollBar().maximum() > 0
