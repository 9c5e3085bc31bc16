"""The walk finds words that are cut."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, QPointF, QRect, Qt
from PySide6.QtGui import (
    QPainter,
)
from PySide6.QtWidgets import (
    QApplication,
    QComboBox,
    QLabel,
    QLineEdit,
    QListView,
    QPushButton,
    QScrollArea,
    QStyleOptionViewItem,
    QTabBar,
    QTableView,
    QWidget,
)

from gui.widgets.code_spot import CodeSpot
from gui.widgets.labels import Label
from gui.widgets.radio import Radio

from .audit import described
from .audit_words import cut
from .planted import LONG, Delegate, Painted, Show, painted_by, painted_list, rows


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


def test_heads_tabs_fields_choices_and_rows_that_are_too_low_are_found(show: Show):
    table, tabs, line, combo = QTableView(), QTabBar(), QLineEdit("Low"), QComboBox()
    table.setModel(rows("short"))
    table.setColumnWidth(0, 150)
    table.verticalHeader().hide()
    tabs.addTab("Low")
    combo.addItem("Low")
    for widget in (table.horizontalHeader(), tabs):
        widget.setFixedHeight(10)
    for field in (line, combo):  # the style sheet of the program has them high enough
        field.setStyleSheet("min-height: 10px; max-height: 10px; padding: 0; border: none")
    table.verticalHeader().setMinimumSectionSize(9)
    host = show(table, tabs, line, combo)

    assert {text.rpartition(": ")[2].partition(" ")[0] for text in cut(host)} == {
        *("QHeaderView", "QTabBar", "QLineEdit", "QComboBox")
    }
    table.horizontalHeader().setFixedHeight(40)
    table.setRowHeight(0, 9)
    assert [text for text in cut(host) if "QTableView" in text] != []


def test_a_choice_with_help_is_as_high_as_its_lines_need(show: Show):
    choice = Radio("Drain first", LONG)
    host = show(choice)
    host.resize(host.width(), 200)
    QApplication.sendPostedEvents()

    assert choice.height() >= choice.heightForWidth(choice.width())
    assert painted_by(host) == []


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


def test_words_of_ours_of_which_too_little_is_left_are_found(show: Show):
    label = Label("Stáártîîñg", elide="end")
    host = show(label)
    label.setFixedWidth(36)
    QApplication.sendPostedEvents()
    assert label.text() in ("S…", "St…", "Stá…", "Stáá…")
    label.setToolTip(label.whole_text())

    assert ["though it is ours" in text for text in cut(host)] == [True]


def test_a_number_does_not_excuse_a_sentence_of_ours_that_is_elided(show: Show):
    ours = Label("Ñööt váálîîd JSÖÖÑ: lîîñéé 4, çöölúmñ 1, ééxpééçtééd á ñáámé", elide="end")
    values = Label("07:08:15.766, dev-11, Qööúálîîtý 1", elide="end")
    host = show(ours, values)
    ours.setFixedWidth(250)
    values.setFixedWidth(180)
    QApplication.sendPostedEvents()
    assert (ours.text()[-1], values.text()[-1]) == ("…", "…")
    assert "4" in ours.text()

    assert ["though it is ours" in text for text in cut(host)] == [True]


def test_words_that_were_elided_by_hand_are_found_unless_a_tooltip_has_them(show: Show):
    bare, told = QLabel("plant/line\u2026"), QLabel("plant/line\u2026")
    told.setToolTip("plant/line-7")

    assert cut(show(bare, told)) == [
        f"elided without tooltip 'plant/line\u2026': {described(bare)}"
    ]


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


def test_text_that_is_painted_over_the_edge_of_its_widget_or_cell_is_found(show: Show):
    beside, below, within, turned = (
        Painted(lambda painter, place=place: painter.drawText(place, 0, "Words"))
        for place in (QRect(100, 0, 80, 20), QRect(0, 30, 80, 20), QRect(0, 0, 200, 20), None)
    )
    turned._paint = lambda painter: (
        painter.rotate(90),
        painter.drawText(QRect(0, -40, 200, 20), 0, "Words"),
    )
    cell = painted_list(lambda painter, box: painter.drawText(box.translated(180, 0), 0, "Words"))

    found = painted_by(show(beside, below, within, turned, cell))

    assert [" reaches out of " in text for text in found] == [True] * 3
    assert [text.rpartition(" ")[2] for text in found] == ["Painted", "Painted", "Delegate"]


@pytest.mark.parametrize("policy", Qt.ScrollBarPolicy)
def test_what_no_bar_scrolls_to_is_found(show: Show, policy: Qt.ScrollBarPolicy):
    inner, area = QWidget(), QScrollArea()
    inner.setFixedSize(800, 40)
    QPushButton("Out", inner).move(700, 0)
    area.setHorizontalScrollBarPolicy(policy)
    area.setWidget(inner)
    found = cut(show(area))

    assert bool(found) is (policy == Qt.ScrollBarPolicy.ScrollBarAlwaysOff)


def test_what_reaches_out_of_its_window_is_found_from_itself_on(show: Show):
    host = show(QLabel("Ground"))
    card = QWidget(host)
    QLabel("Words", card).resize(60, 20)
    card.setGeometry(host.width() + 20, 0, 80, 20)
    card.show()

    assert [text.partition(" by ")[0] for text in cut(card)] == [
        f"reaches out of QWidget {host.rect()}"
    ]


@pytest.mark.parametrize("place", [(100, 20), (QPoint(100, 20),), (QPointF(100, 20),)])
def test_text_that_is_painted_from_a_point_out_of_its_widget_is_found(
    show: Show, place: tuple[int, int] | tuple[QPoint]
):
    wrong = Painted(lambda painter: painter.drawText(*place, "Some words"))
    right = Painted(lambda painter: painter.drawText(5, 20, "Some words"))

    found = painted_by(show(wrong, right))
    assert len(found) == 1
    assert " reaches out of " in found[0]


def test_text_that_is_painted_upright_has_the_room_of_its_widget(show: Show):
    def upright(painter: QPainter) -> None:
        painter.translate(10, 0)
        painter.rotate(90)
        painter.drawText(0, 0, "Word")

    assert painted_by(show(Painted(upright))) == []


@pytest.mark.parametrize("text", ["Stáártîîñg", "plant/line-7"])
def test_text_that_is_elided_to_nothing_is_found(show: Show, text: str):
    def paint(painter: QPainter) -> None:
        shown = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, 16)
        assert shown == "…"
        painter.drawText(QRect(0, 0, 120, 30), 0, shown)

    assert len(painted_by(show(Painted(paint)))) == 1


def test_all_carets_below_a_place_of_code_are_seen(show: Show):
    assert painted_by(show(CodeSpot(1, "SELECT a FROM b", 0, 12))) == []


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
