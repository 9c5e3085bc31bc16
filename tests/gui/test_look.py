"""Density, fonts and sizes reach every widget that is there, and can be taken back."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from PySide6.QtGui import QFontDatabase
from PySide6.QtWidgets import QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from gui.editors.sql_editor import SqlEditor
from gui.gallery.page import Gallery
from gui.tasks import Tasks
from gui.theme import Look, Theme
from gui.viewmodels.sql_document import SqlDocument
from gui.widgets.buttons import IconButton, SecondaryButton
from gui.widgets.code_edit import CodeEdit
from gui.widgets.fields import ComboBox, LineField
from gui.widgets.labels import Label
from gui.widgets.row_editors import FallbacksEditor
from gui.widgets.segmented import Segmented
from gui.widgets.table_view import TableView
from gui.widgets.template_edit import TemplateEdit


@pytest.fixture
def plain(theme: Theme) -> Iterator[Theme]:
    yield theme
    theme.set_look(Look())


@pytest.fixture
def host(plain: Theme, qtbot: QtBot) -> QWidget:
    made = QWidget()
    QVBoxLayout(made)
    qtbot.addWidget(made)
    made.show()
    return made


def shown(host: QWidget, widget: QWidget) -> QWidget:
    layout = host.layout()
    assert layout is not None
    layout.addWidget(widget)
    return widget


@pytest.mark.parametrize(
    "make",
    [
        lambda: SecondaryButton("Test"),
        lambda: LineField("Name"),
        lambda: ComboBox("Kind"),
        lambda: Segmented("Kind", {"a": "A", "b": "B"}),
        lambda: TemplateEdit("Topic"),
        lambda: IconButton("x", "Close", size=30),
    ],
    ids=["button", "field", "combo", "segments", "template", "icon button"],
)
def test_controls_are_30_high_and_26_where_it_is_dense(
    host: QWidget, plain: Theme, qtbot: QtBot, make: Callable[[], QWidget]
):
    widget = shown(host, make())
    qtbot.waitUntil(lambda: widget.height() == 30)
    plain.set_look(Look(density="compact"))
    qtbot.waitUntil(lambda: widget.height() == 26)
    plain.set_look(Look())
    qtbot.waitUntil(lambda: widget.height() == 30)


def test_text_grows_and_keeps_its_size_when_the_scheme_changes(host: QWidget, plain: Theme):
    label, button = shown(host, Label("Name", style="small")), shown(host, SecondaryButton("Test"))
    plain.set_look(Look(text_percent=150))
    assert (label.font().pixelSize(), button.font().pixelSize()) == (18, 20)
    plain.set_preference("dark")
    assert (label.font().pixelSize(), button.font().pixelSize()) == (18, 20)
    plain.set_look(Look())
    plain.set_preference("light")
    assert (label.font().pixelSize(), button.font().pixelSize()) == (12, 13)


def test_controls_grow_with_large_text_and_never_shrink_below_their_density():
    assert Look(text_percent=150).size("height.control") == 45
    assert Look(text_percent=80).size("height.control") == 30
    assert Look(density="compact", text_percent=80).size("height.control") == 26


def test_the_heads_of_tables_grow_with_the_text(host: QWidget, plain: Theme):
    table = shown(host, TableView("Rows"))
    assert isinstance(table, TableView)
    plain.set_look(Look(text_percent=150))
    assert table.horizontalHeader().viewport().font().pixelSize() == 18


@pytest.mark.usefixtures("gui_loop")
def test_editors_have_a_size_and_a_zoom_of_their_own(host: QWidget, plain: Theme):
    sql, payload = (
        SqlEditor(SqlDocument(Tasks(lambda _name, _error: None))),
        CodeEdit("Payload", "json"),
    )
    payload.set_text("{}\n{}")
    shown(host, sql)
    shown(host, payload)
    plain.set_look(Look(editor_px=14, zoom_percent=200))
    assert (sql.font().pixelSize(), payload.font().pixelSize()) == (28, 28)
    assert payload.document().lastBlock().blockFormat().lineHeight() == round(20 / 13 * 28)
    assert plain.font("body").pixelSize() == 13
    assert plain.font("code").pixelSize() == 13


def test_zoom_is_no_step_of_undo_where_nothing_was_typed(host: QWidget, plain: Theme):
    field = shown(host, TemplateEdit("Topic"))
    assert isinstance(field, TemplateEdit)
    field.set_text("a")
    plain.set_preference("dark")
    assert not field.document().isUndoAvailable()


def test_the_fonts_of_the_system_can_be_had(host: QWidget, plain: Theme):
    label = shown(host, Label("Name"))
    plain.set_look(Look(family="system"))
    system = QFontDatabase.systemFont(QFontDatabase.SystemFont.GeneralFont).family()
    assert label.font().family() == system
    plain.set_look(Look())
    assert label.font().family() == "Inter"


def test_every_widget_of_the_gallery_takes_every_look(plain: Theme, qtbot: QtBot):
    gallery = Gallery()
    qtbot.addWidget(gallery)
    gallery.show()
    before = gallery.grab().toImage()
    for look in (Look(density="compact"), Look(text_percent=130), Look(family="system")):
        plain.set_look(look)
        assert gallery.grab().toImage() != before
    plain.set_look(Look())
    qtbot.waitUntil(lambda: gallery.grab().toImage() == before)


def test_a_label_keeps_figures_of_equal_width_below_another_parent(
    plain: Theme, host: QWidget, qtbot: QtBot
) -> None:
    first = QWidget()
    QVBoxLayout(first)
    qtbot.addWidget(first)
    first.show()
    label = Label()
    shown(first, label)
    label.setText("12 of 12")
    shown(host, label)
    assert label.font() == plain.font("body")


def test_limits_of_a_fallback_have_words_before_them(host: QWidget) -> None:
    editor = FallbacksEditor("Fallbacks", "Add another way")
    shown(host, editor)
    editor.show_value([{"kind": "file"}, {"kind": "topic", "topic": "spare"}])
    file, topic = editor.rows
    assert [word.text() for word in file.words] == ["max", "for"]
    assert [word.buddy() for word in file.words] == file.texts
    assert all(word.isVisible() for word in file.words)
    assert not any(word.isVisible() for word in topic.words)
