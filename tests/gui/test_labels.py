"""Figures of equal width where there are some, and names that are not torn apart."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import (
    QFont,
    QFontMetrics,
    QImage,
    QPainter,
    QStandardItem,
    QStandardItemModel,
    QTextDocument,
)
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from gui.theme import Theme, current, has_figures
from gui.widgets.frames import Banner
from gui.widgets.grouped_table import GroupedDelegate, TableRoles
from gui.widgets.labels import Label, Paragraph, StateShape
from gui.widgets.prose import Prose, ProseLine, ProseLines
from gui.widgets.table_view import TableView

SENTENCE = "Port is 1 to 65535."
NAME = "dev-12 sends"


def has_equal_figures(widget: QWidget) -> bool:
    return widget.font().featureValue(QFont.Tag("tnum")) == 1


def test_the_mark_of_words_speaks_of_a_problem_and_of_no_state(qtbot: QtBot):
    mark = StateShape("stopped")
    qtbot.addWidget(mark)
    heard = [mark.accessibleName()]
    for status, word in (("failed", ""), ("degraded", ""), ("passed", ""), ("failed", "Away")):
        mark.set_status(status, word)
        heard.append(mark.accessibleName())

    assert heard == ["", "Problem", "Warning", "", "Away"]


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


def inked_width(picture: QImage, row: int) -> int:
    """Tell from where to where a row of a picture is written on, in pixels."""
    lines = range(row + 4, row + 20)
    ground = picture.pixelColor(2, row + 12)
    inked = [
        x for x in range(picture.width()) if any(picture.pixelColor(x, y) != ground for y in lines)
    ]
    return inked[-1] - inked[0] + 1


def test_a_text_whose_width_is_its_room_is_not_elided(theme: Theme, qtbot: QtBot):
    for text in ("last 8 sampled messages", "last 9 sampled messages of many"):
        label = Label(text, style="small", elide="end")
        qtbot.addWidget(label)
        label.show()
        label.resize(QFontMetrics(label.font()).horizontalAdvance(text), 20)
        assert label.text() == text


def test_rows_of_tables_do_not_tear_names(theme: Theme, qtbot: QtBot):
    name = "a-b-c-d-e-f"
    model, view = QStandardItemModel(), TableView("Rows")
    qtbot.addWidget(view)
    model.appendRow(QStandardItem(name))
    view.setModel(model)
    role = int(Qt.ItemDataRole.UserRole)
    view.setItemDelegate(GroupedDelegate(TableRoles(role + 1, role + 2, role + 3), view))
    view.resize(300, 100)
    view.show()
    qtbot.waitExposed(view)
    widths = [
        QFontMetrics(theme.font("small", figures=has)).tightBoundingRect(name).width()
        for has in (False, True)
    ]
    assert widths[1] - widths[0] > 4, "a hyphen is as wide as a figure"
    assert abs(inked_width(view.viewport().grab().toImage(), 0) - widths[0]) <= 2


@pytest.mark.usefixtures("theme")
def test_code_in_a_banner_has_its_own_font_and_no_backticks(qtbot: QtBot):
    banner = Banner()
    qtbot.addWidget(banner)
    banner.say("Write `a < b`.\nThen save.")
    assert banner.label.whole_text() == "Write `a < b`.\nThen save."
    shown = QTextDocument()
    shown.setHtml(banner.label.text())
    assert shown.toPlainText().split() == ["Write", "a", "<", "b.", "Then", "save."]
    assert shown.firstBlock().lineCount() == 1
    assert "\u2028" in shown.firstBlock().text(), "a line of its own stays one"
    assert current().font("code_small").family() in banner.label.text()


@pytest.mark.usefixtures("theme")
def test_painted_prose_is_broken_where_its_room_ends(theme: Theme):
    font = theme.font("small")
    text = "Write `kafka:9092` where the list names the cluster."
    assert ProseLines(text, 2000, font, 16, "text2").height == 16
    assert ProseLines(text, 120, font, 16, "text2").height >= 3 * 16
    picture = QImage(400, 40, QImage.Format.Format_ARGB32)
    pictures: list[QImage] = []
    for said in (text, text.replace("`", "")):
        picture.fill(theme.colour("surface2"))
        painter = QPainter(picture)
        ProseLines(said, 400, font, 16, "text2").paint(painter, QPointF(0, 0))
        painter.end()
        pictures.append(picture.copy())
    assert pictures[0] != pictures[1], "code has a font of its own"
