"""The walk finds controls without a name, and what Tab or a pointer cannot use."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QContextMenuEvent, QMouseEvent
from PySide6.QtWidgets import (
    QComboBox,
    QLabel,
    QLineEdit,
    QListView,
    QMenu,
    QPlainTextEdit,
    QPushButton,
    QStyledItemDelegate,
    QTabBar,
    QTextBrowser,
    QTextEdit,
    QVBoxLayout,
    QWidget,
)
from pytestqt.qtbot import QtBot

from gui.editors.sql_editor import SqlEditor
from gui.shell.palette import Palette
from gui.tasks import Tasks
from gui.theme import Theme
from gui.viewmodels.sql_document import SqlDocument

from .audit import described, too_small, unnamed, unreached
from .planted import Show, named, painted_list

GUI = Path(__file__).parents[2] / "gui"
SEE_ALL = ("eventFilter", "event", "viewportEvent")
"""Methods of Qt that are handed clicks, too."""


class ClickedOnly(QWidget):
    """Does something when it is clicked, and nobody else can have it done."""

    def mousePressEvent(self, _event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        self.hide()


class LetGoOnly(QWidget):
    """Does something when the button of the mouse is let go over it."""

    def mouseReleaseEvent(self, _event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        self.hide()


class ClickedTwiceOnly(QWidget):
    """Does something when it is clicked twice."""

    def mouseDoubleClickEvent(self, _event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        self.hide()


class WithMenuOnly(QWidget):
    """Opens a menu where the keyboard never is."""

    def contextMenuEvent(self, _event: QContextMenuEvent) -> None:  # noqa: N802 - Qt's name
        self.hide()


# Names


def test_a_control_without_a_name_is_found(show: Show):
    host = show(QLineEdit(), QPushButton("Save"), named(QLineEdit()))

    assert len(unnamed(host)) == 1
    assert "QLineEdit" in unnamed(host)[0]


@pytest.mark.parametrize("kind", [QComboBox, QTabBar])
def test_what_is_heard_of_a_choice_alone_is_no_name_of_it(
    show: Show, kind: type[QComboBox | QTabBar]
):
    bare, told, beside = kind(), kind(), kind()
    for each in (bare, told, beside):
        _ = each.addItem("One") if isinstance(each, QComboBox) else each.addTab("One")
    label = QLabel("Which")
    label.setBuddy(beside)
    host = show(bare, named(told), label, beside)

    assert len(unnamed(host)) == 1
    assert described(bare) in unnamed(host)[0]


def test_an_editor_of_a_cell_without_a_name_is_found(show: Show):
    view = painted_list(lambda *_: None)
    view.setItemDelegate(QStyledItemDelegate(view))
    host = show(view)
    assert unnamed(host) == []

    view.edit(view.model().index(0, 0))

    assert len(unnamed(host)) == 1
    assert unnamed(host)[0].startswith("no name: Q")
    assert "QListView" in unnamed(host)[0]


def test_an_icon_without_an_explanation_is_found(show: Show, theme: Theme):
    bare = QPushButton(theme.icon("play"), "")
    told = QPushButton(theme.icon("play"), "")
    for button in (bare, told):
        button.setAccessibleName("Play")
    told.setAccessibleDescription("Starts the bridge")
    host = show(bare, told)

    assert [text.partition(":")[0] for text in unnamed(host)] == ["no description"]


def test_a_menu_entry_without_words_is_found(show: Show):
    host = show(named(QLineEdit()))
    menu = QMenu(host)
    menu.addAction("Copy")
    menu.addSeparator()
    menu.addAction("")
    menu.popup(host.mapToGlobal(QPoint(0, 0)))

    assert unnamed(menu) == ["no words: entry 2"]
    menu.close()


def test_a_button_that_is_hard_to_hit_is_found(show: Show):
    small, fair = QPushButton("x"), QPushButton("x")
    small.setFixedSize(23, 30)
    fair.setFixedSize(24, 24)
    host = show(small, fair)

    assert [text.partition(":")[0] for text in too_small(host)] == ["23x30"]


# Tab


def test_a_button_that_tab_passes_by_is_found(show: Show):
    passed_by = QPushButton("Passed by")
    passed_by.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
    host = show(QPushButton("One"), passed_by, QPushButton("Two"))

    assert [text for text in unreached(host) if "Passed by" in text] == unreached(host)
    assert len(unreached(host)) == 1


@pytest.mark.parametrize("kind", [ClickedOnly, LetGoOnly, ClickedTwiceOnly, WithMenuOnly])
def test_what_only_the_mouse_can_use_is_found(show: Show, kind: type[QWidget]):
    host = show(QPushButton("One"), kind(), QPushButton("Two"))

    assert len(unreached(host)) == 1
    assert kind.__name__ in unreached(host)[0]


@pytest.mark.parametrize("kind", [QTextEdit, QTextBrowser])
def test_a_text_that_tab_passes_by_is_found(show: Show, kind: type[QTextEdit]):
    text = named(kind())
    text.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
    host = show(QPushButton("One"), text)

    assert [found.partition(" 'A name'")[0] for found in unreached(host)] == [
        f"not reached: {kind.__name__}"
    ]


def test_a_button_within_a_text_that_tab_passes_by_is_found(show: Show):
    text = named(QPlainTextEdit())
    inner = QPushButton("Inner", text)
    inner.setFocusPolicy(Qt.FocusPolicy.ClickFocus)

    assert [each.partition(" in ")[0] for each in unreached(show(text))] == [
        "not reached: QPushButton 'Inner'"
    ]


def test_a_menu_that_the_key_for_menus_reaches_from_within_is_no_defect(show: Show):
    card = WithMenuOnly()
    QVBoxLayout(card).addWidget(QPushButton("Within"))

    assert unreached(show(card)) == []


@pytest.mark.parametrize("kind", [QLineEdit, QComboBox, QListView])
def test_a_button_within_a_control_that_tab_passes_by_is_found(show: Show, kind: type[QWidget]):
    outer = named(kind())
    inner = QPushButton("Inner", outer.viewport() if isinstance(outer, QListView) else outer)
    inner.setFocusPolicy(Qt.FocusPolicy.NoFocus)

    assert [each.partition(" in ")[0] for each in unreached(show(outer))] == [
        "not reached: QPushButton 'Inner'"
    ]


def test_of_the_palette_nothing_but_its_list_is_excused(qtbot: QtBot, theme: Theme):
    host = QWidget()
    qtbot.addWidget(host)
    palette = Palette(host)
    extra = QPushButton("Extra", palette)
    extra.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    palette.ask([], QPoint(300, 100))

    assert [each.partition(" in ")[0] for each in unreached(palette)] == [
        "not reached: QPushButton 'Extra'"
    ]
    palette.close()


def test_nothing_that_sees_all_events_does_what_the_mouse_alone_can():
    found = {
        path.relative_to(GUI).as_posix()
        for path in GUI.rglob("*.py")
        for part in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(part, ast.FunctionDef) and part.name in SEE_ALL
        if "MouseButton" in ast.unparse(part)
    }

    assert found == {"editors/hover.py"}  # which closes its card, as keys do


def test_a_link_for_the_mouse_alone_is_found(show: Show):
    flags = Qt.TextInteractionFlag
    mouse, both = QLabel('<a href="a">Mouse</a>'), QLabel('<a href="b">Both</a>')
    both.setTextInteractionFlags(flags.LinksAccessibleByMouse | flags.LinksAccessibleByKeyboard)
    host = show(QPushButton("One"), mouse, both, QLabel("No link"))

    assert len(unreached(host)) == 1
    assert "Mouse" in unreached(host)[0]


def test_a_field_behind_one_that_keeps_the_keyboard_is_found(show: Show):
    class Trap(QLineEdit):
        def focusNextPrevChild(self, _next: bool) -> bool:  # noqa: N802 - Qt's name
            return True  # it has taken the key, and stays

    host = show(named(Trap()), QPushButton("Behind it"))

    assert any("Behind it" in text for text in unreached(host))


@pytest.mark.usefixtures("gui_loop")
@pytest.mark.parametrize("text", ["", 'SELECT * FROM "a"'])
def test_the_walk_writes_nothing_into_a_statement(show: Show, text: str):
    editor = SqlEditor(SqlDocument(Tasks(lambda _name, _error: None), text))
    editor.ghost = "SELECT *"
    host = show(editor, QPushButton("Behind it"))

    assert unreached(host) == []
    assert editor.toPlainText() == text
    assert not editor.document().isUndoAvailable()


def test_everything_that_tab_reaches_is_no_defect(show: Show):
    host = show(QPushButton("One"), named(QLineEdit()), named(QComboBox()))

    assert unreached(host) == []
