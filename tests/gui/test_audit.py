"""The walk over the pages finds what it is for: defects planted in small windows."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, QPointF, QRect, QSize, QStringListModel, Qt
from PySide6.QtGui import (
    QBrush,
    QColor,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPixmap,
    QStandardItem,
    QStandardItemModel,
    QTextCharFormat,
    QTextCursor,
    QTextLayout,
)
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractItemView,
    QComboBox,
    QFrame,
    QLabel,
    QLineEdit,
    QListView,
    QMenu,
    QPlainTextEdit,
    QPushButton,
    QScrollArea,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTabBar,
    QTableView,
    QTextBrowser,
    QTextEdit,
    QVBoxLayout,
    QWidget,
)
from pytestqt.qtbot import QtBot

from gui.theme import Theme
from gui.theme.icons import IconCache
from gui.theme.tokens import tokens
from gui.widgets.buttons import FlatButton, PrimaryButton, SecondaryButton
from gui.widgets.labels import Label

from .audit import described, too_small, unnamed, unreached
from .audit_colours import FLAT_SIDE, foreign_colours
from .audit_words import cut, painted_cut
from .watched import painted_parts

LONG = "A sentence that is longer than the room that it has here"
GUI = Path(__file__).parents[2] / "gui"
FOREIGN = "#a1b2c3"

Show = Callable[..., QWidget]


@pytest.fixture
def show(theme: Theme, qtbot: QtBot) -> Iterator[Show]:
    """Shows widgets below each other in an active window of a fixed width."""
    host = QWidget()
    host.setObjectName("host")
    qtbot.addWidget(host)
    column = QVBoxLayout(host)

    def show(*widgets: QWidget, width: int = 200) -> QWidget:
        for widget in widgets:
            column.addWidget(widget)
        host.setFixedWidth(width)
        with qtbot.waitActive(host):
            host.show()
            host.activateWindow()
        return host

    yield show
    host.hide()


class Painted(QWidget):
    """Paints what a test wants."""

    def __init__(self, paint: Callable[[QPainter], object]) -> None:
        super().__init__()
        self._paint = paint
        self.setFixedSize(120, 40)

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        painter = QPainter(self)
        self._paint(painter)
        painter.end()


class Delegate(QStyledItemDelegate):
    """Paints the rows of a view as a test wants."""

    def __init__(self, paint: Callable[[QPainter, QRect], object], view: QAbstractItemView) -> None:
        super().__init__(view)
        self._paint = paint

    def sizeHint(self, *_: object) -> QSize:  # noqa: N802 - Qt's name
        return QSize(100, 30)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, _index: object) -> None:
        self._paint(painter, option.rect)  # type: ignore[attr-defined]


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


def named(widget: QWidget, name: str = "A name") -> QWidget:
    widget.setAccessibleName(name)
    return widget


def rows(*texts: str, tip: str = "") -> QStandardItemModel:
    model = QStandardItemModel()
    for text in texts:
        item = QStandardItem(text)
        item.setToolTip(tip)
        model.appendRow(item)
    return model


def painted_list(paint: Callable[[QPainter, QRect], object]) -> QListView:
    view = QListView()
    view.setAccessibleName("Rows")
    view.setModel(QStringListModel(["a row"], view))
    view.setItemDelegate(Delegate(paint, view))
    return view


def painted_by(host: QWidget) -> list[str]:
    with painted_cut() as found:
        for part in painted_parts(host):
            part.grab()
    return found


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


@pytest.mark.parametrize("kind", [ClickedOnly, LetGoOnly, ClickedTwiceOnly])
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


def test_everything_that_tab_reaches_is_no_defect(show: Show):
    host = show(QPushButton("One"), named(QLineEdit()), named(QComboBox()))

    assert unreached(host) == []


# Words


@pytest.mark.parametrize("has_tip", [False, True])
def test_an_elided_label_needs_its_words_in_a_tooltip(show: Show, has_tip: bool):
    label = Label(LONG, elide="end")
    host = show(label, width=120)
    assert label.text() != LONG
    label.setToolTip(LONG if has_tip else "")

    assert bool(cut(host)) is not has_tip


def test_a_label_that_is_too_narrow_or_too_low_is_found(show: Show):
    narrow, low, fair = QLabel(LONG), QLabel("Low"), QLabel("Fair")
    narrow.setFixedWidth(60)
    low.setFixedHeight(6)
    host = show(narrow, low, fair)

    assert len(cut(host)) == 2
    assert LONG in cut(host)[0]
    assert "'Low'" in cut(host)[1]


def test_a_wrapped_label_whose_last_line_is_missing_is_found(show: Show):
    label = QLabel(LONG)
    label.setWordWrap(True)
    label.setFixedSize(100, 20)

    assert len(cut(show(label))) == 1


def test_a_button_a_choice_and_a_tab_that_are_too_narrow_are_found(show: Show):
    button, combo, tabs = QPushButton(LONG), QComboBox(), QTabBar()
    combo.addItem(LONG)
    tabs.addTab(LONG)
    tabs.setElideMode(Qt.TextElideMode.ElideRight)
    for widget in (button, combo, tabs):
        widget.setFixedWidth(80)
    found = cut(show(button, combo, tabs))

    assert [text.split(" ", 1)[0] for text in found] == ["button", "choice", "tab"]


def test_a_placeholder_that_is_cut_is_found_even_with_a_tooltip(show: Show):
    field, told, filled = QLineEdit(), QLineEdit(), QLineEdit("text")
    for line in (field, told, filled):
        line.setPlaceholderText(LONG)
    told.setToolTip(LONG)
    found = cut(show(field, told, filled))

    assert [text.split(" ", 1)[0] for text in found] == ["placeholder", "placeholder"]


def test_a_tooltip_does_not_excuse_fixed_words(show: Show):
    button, combo, tabs = QPushButton(LONG), QComboBox(), QTabBar()
    combo.addItems(["Frööm: Lîîvé and much more than fits in here", "a-topic/of-somebody/" * 4])
    tabs.addTab(LONG)
    tabs.setTabToolTip(0, LONG)
    tabs.setElideMode(Qt.TextElideMode.ElideRight)
    count = Label("28 messages, of which more is told than there is room for", elide="end")
    for widget in (button, combo, tabs):
        widget.setFixedWidth(80)
        widget.setToolTip(LONG + combo.itemText(0) + combo.itemText(1))
    host = show(button, combo, tabs, count, width=150)

    assert [text.split(" ", 1)[0] for text in cut(host)] == ["button", "choice", "tab", "count"]
    combo.setCurrentIndex(1)
    assert [text.split(" ", 1)[0] for text in cut(host)] == ["button", "tab", "count"], "a value"


def test_a_head_that_its_view_hides_is_found_unless_it_scrolls(show: Show):
    table = QTableView()
    table.setModel(rows("short"))
    table.model().setHeaderData(0, Qt.Orientation.Horizontal, "A head of some length")
    table.setColumnWidth(0, 400)
    table.setFixedWidth(100)
    table.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)
    host = show(table)
    assert cut(host) == []
    table.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)

    assert [text.split(" ", 1)[0] for text in cut(host)] == ["header"]


@pytest.mark.parametrize("has_tip", [False, True])
def test_a_value_that_a_delegate_elides_needs_a_tooltip(show: Show, has_tip: bool):
    class Elided(Delegate):
        def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: object) -> None:
            painter.drawText(option.rect, 0, "plant/line\u2026")  # type: ignore[attr-defined]

    view = QListView()
    view.setAccessibleName("Rows")
    view.setModel(rows("plant/line-7", tip="plant/line-7" if has_tip else ""))
    view.setItemDelegate(Elided(lambda *_: None, view))

    assert [bool(painted_by(show(view)))] == [not has_tip]


def test_words_of_ours_that_are_painted_elided_are_found(show: Show):
    words, natural = (
        Painted(lambda painter, text=text: painter.drawText(QRect(0, 0, 120, 30), 0, text))
        for text in ("Frööm Lîîvé\u2026", "\u2026")
    )

    assert [text.partition(" is ")[2] for text in painted_by(show(words, natural))] == [
        "elided though it is ours in Painted"
    ]


def test_a_head_and_a_cell_that_qt_cuts_are_found(show: Show):
    table = QTableView()
    table.setModel(rows("short", LONG))
    table.model().setHeaderData(0, Qt.Orientation.Horizontal, LONG)
    table.setColumnWidth(0, 70)
    found = cut(show(table))

    assert sorted(text.split(" ", 1)[0] for text in found) == ["cell", "header"]
    table.setModel(rows("short", LONG, tip=LONG))  # a value, below a head that fits
    table.setColumnWidth(0, 70)
    assert cut(table.window()) == []


def test_what_reaches_out_of_what_it_lies_in_is_found(show: Show):
    frame = QWidget()
    frame.setFixedSize(100, 30)
    button = QPushButton("Out", frame)
    button.setGeometry(60, 0, 80, 30)

    assert cut(show(frame))[0].startswith("reaches out")


def test_text_that_a_delegate_paints_into_too_little_room_is_found(show: Show):
    def narrow(painter: QPainter, box: QRect) -> None:
        painter.drawText(box.adjusted(0, 0, -box.width() + 30, 0), 0, LONG)

    def low(painter: QPainter, box: QRect) -> None:
        painter.drawText(QRect(box.left(), box.top(), 200, 5), 0, "Ag")

    def fair(painter: QPainter, box: QRect) -> None:
        painter.drawText(box, 0, "Ag")

    found = painted_by(show(*(painted_list(paint) for paint in (narrow, low, fair))))

    assert len(found) == 2
    assert found[0].startswith(repr(LONG))
    assert "height 5" in found[1]
    assert all("Delegate" in text for text in found)


# Colours


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

    assert [text.partition(" ")[0] for text in foreign_colours(show(square))] == ["#A1B2C3"]


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
