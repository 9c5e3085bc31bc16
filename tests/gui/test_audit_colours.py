"""The walk finds colours from outside the token table."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QPointF, QRect, Qt
from PySide6.QtGui import (
    QBrush,
    QColor,
    QPainter,
    QPainterPath,
    QPen,
    QPixmap,
    QTextCharFormat,
    QTextCursor,
    QTextLayout,
)
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QComboBox,
    QFrame,
    QLabel,
    QLineEdit,
    QListView,
    QPlainTextEdit,
    QPushButton,
    QScrollArea,
    QTabBar,
    QTableView,
    QTextEdit,
    QWidget,
)

from gui.theme import Theme
from gui.theme.icons import IconCache
from gui.theme.tokens import tokens
from gui.widgets.buttons import FlatButton, PrimaryButton, SecondaryButton

from .audit_colours import FLAT_SIDE, foreign_colours
from .planted import FOREIGN, LONG, Painted, Show, named, painted_by, painted_list, rows

GUI = Path(__file__).parents[2] / "gui"


def clear(painter: QPainter, box: QRect, colour: QColor | None = None) -> None:
    """Paint a ground with what is not watched: its pixels alone tell of it."""
    painter.setBackground(colour or QColor(FOREIGN))
    painter.eraseRect(box)


def test_a_ground_in_a_foreign_colour_is_found(show: Show, theme: Theme):
    box = QRect(0, 0, 120, 40)
    wrong = Painted(lambda painter: clear(painter, box))
    right = Painted(lambda painter: clear(painter, box, theme.colour("accent")))
    found = foreign_colours(show(wrong, right))

    assert len(found) == 1
    assert found[0].startswith("#A1B2C3")


def test_a_row_that_a_delegate_fills_in_a_foreign_colour_is_found(show: Show):
    view = painted_list(clear)

    assert [text.partition(" ")[0] for text in foreign_colours(show(view))] == ["#A1B2C3"]


@pytest.mark.parametrize("box", [QRect(5, 5, 60, 1), QRect(5, 5, 1, 30)], ids=["across", "down"])
def test_a_line_of_one_pixel_in_a_foreign_colour_is_found(show: Show, box: QRect):
    found = foreign_colours(show(Painted(lambda painter: clear(painter, box))))

    assert [text.partition(" ")[0] for text in found] == ["#A1B2C3"]


@pytest.mark.parametrize("place", range(FLAT_SIDE))
def test_a_small_square_in_a_foreign_colour_is_found(show: Show, place: int):
    box = QRect(place, place, 2 * FLAT_SIDE, 2 * FLAT_SIDE)
    found = foreign_colours(show(Painted(lambda painter: clear(painter, box))))

    assert [text.partition(" ")[0] for text in found] == ["#A1B2C3"]


def test_a_small_ground_of_the_style_sheet_in_a_foreign_colour_is_found(show: Show):
    square = QFrame()
    square.setFixedSize(20, 20)
    square.setStyleSheet(f"background: {FOREIGN}")

    found = foreign_colours(show(square))
    assert [text.partition(" ")[0] for text in found] == ["#A1B2C3", "style"]


@pytest.mark.parametrize("kind", [QPushButton, QComboBox, QLineEdit, QTableView])
def test_a_style_sheet_of_a_widgets_own_is_found(show: Show, kind: type[QWidget]):
    widget = named(kind(), "Words")
    widget.setStyleSheet("QHeaderView::section { color: rgb(200, 0, 0) }")

    assert foreign_colours(show(widget)) == [f"style sheet of {kind.__name__} 'Words' in "]


def test_a_small_pixmap_in_a_foreign_colour_is_found(show: Show):
    pixmap = QPixmap(20, 20)
    pixmap.fill(QColor(FOREIGN))
    found = foreign_colours(show(Painted(lambda painter: painter.drawPixmap(3, 3, pixmap))))

    assert [text.partition(" ")[0] for text in found] == ["#A1B2C3"]


@pytest.mark.parametrize("fill", [QColor(FOREIGN), QBrush(QColor(FOREIGN)), Qt.GlobalColor.red])
def test_a_foreign_fill_is_found_however_small(
    show: Show, theme: Theme, fill: QColor | QBrush | Qt.GlobalColor
):
    def draw(painter: QPainter) -> None:
        painter.fillRect(QRect(2, 2, 3, 3), fill)
        painter.fillRect(8, 2, 3, 3, theme.colour("accent"))

    name = QBrush(fill).color().name()
    assert foreign_colours(show(Painted(draw))) == [f"{name} of an area in Painted"]


def test_colours_and_cut_words_that_must_be_scrolled_to_are_found(show: Show):
    def draw(painter: QPainter) -> None:
        clear(painter, QRect(0, 0, 60, 40))
        painter.drawText(QRect(70, 0, 30, 30), 0, LONG)

    inner = QWidget()
    inner.setFixedSize(120, 2_000)
    painted = Painted(draw)
    painted.setParent(inner)
    painted.move(0, 1_900)
    area = QScrollArea()
    area.setFrameShape(QFrame.Shape.NoFrame)
    area.setWidget(inner)
    area.setFixedHeight(100)
    host = show(area)

    assert [text.partition(" ")[0] for text in foreign_colours(host)] == ["#A1B2C3"]
    assert len(painted_by(host)) == 1


def test_a_foreign_pen_is_found_however_short_and_soft_its_line(show: Show):
    def draw(painter: QPainter) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QColor(FOREIGN))
        painter.drawLine(2, 2, 9, 7)

    assert foreign_colours(show(Painted(draw))) == [f"{FOREIGN} of a line in Painted"]


def test_a_foreign_brush_is_found_however_small_its_area(show: Show, theme: Theme):
    def draw(painter: QPainter) -> None:
        painter.setPen(theme.colour("border"))
        painter.setBrush(QColor(FOREIGN))
        painter.drawEllipse(2, 2, 5, 5)

    assert foreign_colours(show(Painted(draw))) == [f"{FOREIGN} of an area in Painted"]


@pytest.mark.parametrize(
    ("draw", "what"),
    [
        (lambda painter, path: painter.fillPath(path, QBrush(QColor(FOREIGN))), "an area"),
        (lambda painter, path: painter.strokePath(path, QPen(QColor(FOREIGN))), "a line"),
        (lambda painter, _: painter.drawPie(2, 2, 4, 4, 0, 900), "a line"),
        (lambda painter, _: painter.drawChord(2, 2, 4, 4, 0, 900), "a line"),
    ],
    ids=["fillPath", "strokePath", "drawPie", "drawChord"],
)
def test_a_small_shape_in_a_foreign_colour_is_found(
    show: Show, draw: Callable[[QPainter, QPainterPath], None], what: str
):
    path = QPainterPath()
    path.addEllipse(2, 2, 3, 3)

    def paint(painter: QPainter) -> None:
        painter.setPen(QColor(FOREIGN))
        draw(painter, path)

    assert foreign_colours(show(Painted(paint))) == [f"{FOREIGN} of {what} in Painted"]


def test_a_foreign_colour_under_the_mouse_is_found(show: Show, theme: Theme):
    def paint(painter: QPainter) -> None:
        painter.fillRect(2, 2, 3, 3, QColor(FOREIGN) if host.underMouse() else theme.colour("bad"))

    host = Painted(paint)

    assert foreign_colours(show(host)) == [f"{FOREIGN} of an area in Painted"]
    assert not host.underMouse()


def test_a_foreign_colour_around_what_has_the_keyboard_is_found(show: Show, theme: Theme):
    def paint(painter: QPainter) -> None:
        painter.fillRect(2, 2, 3, 3, QColor(FOREIGN) if host.hasFocus() else theme.colour("focus"))

    host = Painted(paint)
    shown = show(host)

    assert foreign_colours(shown) == []
    assert foreign_colours(shown, with_keyboard=True) == [f"{FOREIGN} of an area in Painted"]
    assert not host.hasFocus()


def in_colour(colour: str, *, behind: bool = False) -> QTextCharFormat:
    made = QTextCharFormat()
    made.setBackground(QColor(colour)) if behind else made.setForeground(QColor(colour))
    return made


def coloured_line(edit: QTextEdit | QPlainTextEdit) -> None:
    piece = QTextLayout.FormatRange()
    piece.start, piece.length, piece.format = 0, 2, in_colour(FOREIGN)  # pyright: ignore[reportAttributeAccessIssue] - Qt's struct
    edit.document().begin().layout().setFormats([piece])


def formatted_text(edit: QTextEdit | QPlainTextEdit) -> None:
    cursor = QTextCursor(edit.document())
    cursor.insertText("ab", in_colour(FOREIGN))


def selected_text(edit: QTextEdit | QPlainTextEdit) -> None:
    selection = QTextEdit.ExtraSelection()
    selection.cursor = QTextCursor(edit.document())  # pyright: ignore[reportAttributeAccessIssue] - Qt's struct
    selection.format = in_colour(FOREIGN, behind=True)  # pyright: ignore[reportAttributeAccessIssue] - Qt's struct
    edit.setExtraSelections([selection])


@pytest.mark.parametrize("kind", [QPlainTextEdit, QTextEdit])
@pytest.mark.parametrize("colour", [coloured_line, formatted_text, selected_text])
def test_a_foreign_colour_within_a_text_is_found(
    show: Show,
    kind: type[QTextEdit | QPlainTextEdit],
    colour: Callable[[QTextEdit | QPlainTextEdit], None],
):
    edit = named(kind("cd"), "Text")
    edit.setFrameShape(QFrame.Shape.NoFrame)  # type: ignore[attr-defined]
    colour(edit)  # type: ignore[arg-type]

    assert foreign_colours(show(edit)) == [f"{FOREIGN}: text of {kind.__name__} 'Text' in "]


def test_a_foreign_colour_within_a_label_is_found(show: Show):
    label = named(QLabel(f"<p>a <span style='color:{FOREIGN}'>b</span></p>"), "Words")
    label.setTextFormat(Qt.TextFormat.RichText)  # type: ignore[attr-defined]

    assert foreign_colours(show(label)) == [f"{FOREIGN}: text of QLabel 'Words' in "]


def test_a_foreign_colour_in_words_that_are_laid_out_by_a_delegate_is_found(show: Show):
    def write(painter: QPainter, box: QRect) -> None:
        layout = QTextLayout("Ag")
        piece = QTextLayout.FormatRange()
        piece.start, piece.length, piece.format = 0, 2, in_colour(FOREIGN)  # pyright: ignore[reportAttributeAccessIssue] - Qt's struct
        layout.setFormats([piece])
        layout.beginLayout()
        layout.createLine()
        layout.endLayout()
        layout.draw(painter, QPointF(box.topLeft()))

    assert foreign_colours(show(painted_list(write))) == [f"{FOREIGN} of 'Ag' in Delegate"]


def test_a_button_that_has_the_keyboard_shows_our_ring_and_no_other(show: Show):
    buttons = [SecondaryButton("Save"), PrimaryButton("Start"), FlatButton("Open", "play")]
    host = show(*buttons)
    for button in buttons:
        QTest.keyClick(host, Qt.Key.Key_Tab)
        assert any(each.hasFocus() for each in buttons), button.text()
        assert foreign_colours(host) == []


def test_words_in_a_foreign_colour_are_found(show: Show):
    def write(painter: QPainter, box: QRect) -> None:
        painter.setPen(QColor(FOREIGN))
        painter.drawText(box, 0, "Ag")

    found = foreign_colours(show(painted_list(write)))

    assert found == [f"{FOREIGN} of 'Ag' in Delegate"]


def test_a_label_in_a_foreign_colour_is_found(show: Show):
    label = QLabel("Words")
    palette = label.palette()
    palette.setColor(label.foregroundRole(), QColor(FOREIGN))
    label.setPalette(palette)
    found = foreign_colours(show(label, QLabel("Right")))

    assert len(found) == 1
    assert found[0].startswith(FOREIGN)


def test_an_icon_in_a_foreign_tint_is_found(show: Show, theme: Theme):
    def button(colour: QColor) -> QWidget:
        return QPushButton(IconCache().icon("play", 16, colour, colour), "")

    found = foreign_colours(show(button(QColor(FOREIGN)), button(theme.colour("text2"))))

    assert len(found) == 1
    assert FOREIGN in found[0]


def test_an_icon_that_is_painted_in_a_foreign_tint_is_found(show: Show, theme: Theme):
    icons, colour = IconCache(), QColor(FOREIGN)

    def paint(painter: QPainter) -> None:
        icons.icon("play", 16, colour, colour).paint(painter, QRect(0, 0, 16, 16))
        theme.icon("play", "text2").paint(painter, 20, 0, 16, 16)

    assert foreign_colours(show(Painted(paint))) == [f"{FOREIGN} of the icon play in Painted"]


@pytest.mark.parametrize(
    "role",
    [Qt.ItemDataRole.DecorationRole, Qt.ItemDataRole.ForegroundRole],
    ids=["icon", "words"],
)
def test_a_row_in_a_foreign_colour_is_found(show: Show, role: Qt.ItemDataRole):
    wrong = QColor(FOREIGN)
    is_icon = role == Qt.ItemDataRole.DecorationRole
    view = named(QListView(), "Rows")
    model = rows("right", "wrong")
    model.setData(
        model.index(1, 0), IconCache().icon("play", 16, wrong, wrong) if is_icon else wrong, role
    )
    view.setModel(model)  # type: ignore[attr-defined]

    assert foreign_colours(show(view)) == [f"{FOREIGN}: row 1 of QListView 'Rows' in "]


@pytest.mark.parametrize("kind", [QComboBox, QTabBar])
def test_an_icon_of_a_choice_or_tab_in_a_foreign_tint_is_found(
    show: Show, kind: type[QComboBox | QTabBar]
):
    icon, widget = IconCache().icon("play", 16, QColor(FOREIGN), QColor(FOREIGN)), kind()
    _ = widget.addItem(icon, "One") if isinstance(widget, QComboBox) else widget.addTab(icon, "One")

    assert any(text.startswith(f"{FOREIGN}: icon") for text in foreign_colours(show(widget)))


def test_icons_that_are_painted_come_from_the_theme():
    makers = re.compile(r"\b(QIcon|QSvgRenderer|QSvgWidget)\([^)]")

    assert found_in_gui(makers) == {"theme/icons.py", "theme/theme.py"}


MAKERS = re.compile(
    r"\bQColor(\.from\w+)?\(\s*[\"'\d]|GlobalColor\.(?!transparent)|QColorConstants"
    r"|\.(lighter|darker|setNamedColor|setRgb\w*|setHs[vl]\w*|setCmyk\w*)\("
)
"""What makes a colour that is not looked up in the table."""


@pytest.mark.parametrize(
    "planted",
    [
        "QColor(255, 0, 0)",
        'QColor("red")',
        "QColor.fromRgb(255, 0, 0)",
        "Qt.GlobalColor.red",
        'theme.colour("accent").lighter(120)',
        'theme.colour("accent").darker()',
        "colour.setRgb(1, 2, 3)",
    ],
)
def test_what_makes_a_colour_is_found(planted: str):
    assert MAKERS.search(planted)


def test_colours_that_are_painted_come_from_the_theme():
    assert found_in_gui(MAKERS) == set()


def test_only_the_theme_sets_a_style_sheet():
    assert found_in_gui(re.compile(r"\bsetStyleSheet\b")) == {"theme/theme.py"}


def found_in_gui(pattern: re.Pattern[str]) -> set[str]:
    """Tell which modules of the window have such words."""
    return {
        path.relative_to(GUI).as_posix()
        for path in GUI.rglob("*.py")
        if pattern.search(path.read_text("utf-8"))
    }


def test_the_colours_of_the_other_theme_are_foreign(show: Show, theme: Theme):
    light, dark = (set(tokens().colours[scheme].values()) for scheme in ("light", "dark"))
    colour = QColor(min(light - dark))
    theme.set_preference("dark")
    wrong = Painted(lambda painter: clear(painter, QRect(0, 0, 120, 40), colour))

    assert len(foreign_colours(show(wrong))) == 1


def test_a_picture_has_colours_of_its_own(show: Show):
    pixmap = QPixmap(60, 60)
    pixmap.fill(QColor(FOREIGN))
    picture = QLabel()
    picture.setPixmap(pixmap)

    assert foreign_colours(show(picture)) == []
