"""Fields, switches and segments: by pointer, by keyboard, and for screen readers."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import TypeAlias

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QImage, QTextBlockFormat, QTextOption
from PySide6.QtWidgets import QApplication, QHBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from gui.theme import Theme, current
from gui.widgets.ask_popup import AskPopup
from gui.widgets.buttons import PrimaryButton
from gui.widgets.code_edit import CodeEdit
from gui.widgets.code_view import CodeView, wrap_of
from gui.widgets.field_row import FieldRow
from gui.widgets.fields import CheckBox, ComboBox, Field, LineField
from gui.widgets.fitted_code import FittedCode
from gui.widgets.pairs_table import PairsTable
from gui.widgets.prose import Prose, ProseLine
from gui.widgets.segmented import Segmented
from gui.widgets.switch import Switch

Show: TypeAlias = Callable[..., None]

pytestmark = pytest.mark.usefixtures("theme")


@pytest.fixture
def show(qtbot: QtBot) -> Iterator[Show]:
    """Shows widgets in a row of a window that is active until the end of the test."""
    host = QWidget()
    row = QHBoxLayout(host)
    qtbot.addWidget(host)

    def show(*widgets: QWidget) -> None:
        for widget in widgets:
            row.addWidget(widget)
        with qtbot.waitActive(host):
            host.show()
            host.activateWindow()

    yield show
    host.hide()


def picture(widget: QWidget) -> QImage:
    return widget.grab().toImage()


def test_fields_have_the_drawn_heights_with_and_without_focus_and_problem(show: Show):
    fields = LineField("A"), LineField("B", small=True), ComboBox("C"), ComboBox("D", small=True)
    show(*fields)
    for field, height in zip(fields, (30, 26, 30, 26), strict=True):
        assert field.height() == height
        field.setFocus()
        assert (field.height(), field.hasFocus()) == (height, True)
    for field, height in zip(fields[:2], (30, 26), strict=True):
        field.set_problem("wrong")
        QApplication.processEvents()
        assert field.height() == height


def test_a_field_shows_help_or_its_problem_and_tells_it(show: Show):
    line = LineField("")
    field = Field("Port", line, help_text="Help in one line.", required=True)
    show(field)
    assert line.accessibleName() == "Port"
    assert field.label.buddy() is line
    before = picture(field)

    field.set_problem("Port is 1 to 65535.")
    assert line.accessibleDescription() == "Port is 1 to 65535."
    assert line.property("problem") is True
    assert picture(field) != before

    field.set_problem("")
    assert line.accessibleDescription() == ""
    assert line.property("problem") is False

    said = field.findChildren(Prose)[0]
    for _ in range(2):
        field.set_warning("Few ports are below 1024.")
        assert line.accessibleDescription() == "Few ports are below 1024."
        assert said.whole_text() == "Few ports are below 1024."
    field.set_problem("")
    assert line.accessibleDescription() == ""
    assert said.whole_text() == "Help in one line."


def test_words_of_a_problem_and_its_link_stand_apart(show: Show):
    field = Field("Value", LineField(""))
    field.setFixedWidth(420)
    show(field)
    field.set_problem("`${unit}` is not in SELECT.", "Add", "payload.unit as unit")
    QApplication.processEvents()
    said, link = field.findChildren(Prose)[0], field.link
    (behind,) = field.findChildren(ProseLine)
    gaps = [link.x() - said.geometry().right() - 1, behind.x() - link.geometry().right() - 1]
    assert gaps == [4, 4]


def test_a_link_without_room_behind_its_sentence_stands_below_it(qtbot: QtBot):
    field = Field("Value", LineField(""))
    qtbot.addWidget(field)
    field.show()
    field.set_problem("${nothing} is not in SELECT.", "Add", "payload.nothing")
    field.resize(500, 120)
    qtbot.waitUntil(lambda: 0 < field.link.x() > field._text.x() + field._text.width())

    field.resize(150, 120)

    qtbot.waitUntil(lambda: field.link.y() >= field._text.y() + field._text.height())
    assert field._text.x() == field.link.x()


def test_fields_without_room_beside_each_other_go_below_each_other(qtbot: QtBot):
    fields = [Field(f"The field number {number}", LineField("")) for number in range(2)]
    row, host = FieldRow([(field, 1) for field in fields], gap=12), QWidget()
    row.setParent(host)
    qtbot.addWidget(host)
    row.resize(500, 120)
    host.show()
    first, second = fields
    qtbot.waitUntil(lambda: second.x() > first.x())

    row.resize(150, 120)

    qtbot.waitUntil(lambda: second.y() > first.y())
    assert second.x() == first.x()


def test_a_choice_carries_states_that_are_told_in_words(show: Show, theme: Theme):
    combo = ComboBox("Connector")
    combo.addItems(["plant", "lab"])
    combo.show_status(0, "connected", "Connected")
    show(combo)
    spoken = combo.itemData(0, Qt.ItemDataRole.AccessibleTextRole)
    assert spoken == "plant: Connected"
    connected = picture(combo)
    combo.show_status(0, "failed", "Not connected")
    failed = picture(combo)
    assert failed != connected
    theme.set_preference("dark")
    assert picture(combo) != failed


def test_a_check_box_takes_clicks_on_its_words_and_space(qtbot: QtBot, show: Show):
    box = CheckBox("Retain")
    show(box)
    box.clearFocus()
    empty = picture(box)
    qtbot.mouseClick(box, Qt.MouseButton.LeftButton, pos=QPoint(box.width() - 3, 3))
    assert box.isChecked()
    assert picture(box) != empty
    box.setFocus(Qt.FocusReason.TabFocusReason)
    qtbot.keyClick(box, Qt.Key.Key_Space)
    assert not box.isChecked()
    assert picture(box) != empty, "the ring is seen"


@pytest.mark.parametrize("key", [Qt.Key.Key_Space, Qt.Key.Key_Return])
def test_a_switch_turns_by_key_and_click(qtbot: QtBot, show: Show, key: Qt.Key):
    switch = Switch("On")
    show(switch)
    off = picture(switch)
    qtbot.mouseClick(switch, Qt.MouseButton.LeftButton)
    assert switch.isChecked()
    assert picture(switch) != off
    switch.setFocus(Qt.FocusReason.TabFocusReason)
    qtbot.keyClick(switch, key)
    assert not switch.isChecked()


def test_arrow_keys_choose_a_segment_and_tab_passes_by(qtbot: QtBot, show: Show):
    control = Segmented("View", {"map": "Map", "table": "Table"})
    after = LineField("After")
    show(control, after)
    chosen: list[str] = []
    control.chosen.connect(chosen.append)
    assert control.current_key == "map"
    control.part("map").setFocus(Qt.FocusReason.TabFocusReason)
    qtbot.keyClick(control.part("map"), Qt.Key.Key_Right)
    assert QApplication.focusWidget() is control.part("table")
    assert control.current_key == "table"
    qtbot.keyClick(control.part("table"), Qt.Key.Key_Tab)
    assert QApplication.focusWidget() is after
    qtbot.mouseClick(control.part("map"), Qt.MouseButton.LeftButton)
    assert chosen == ["table", "map"]


def test_code_to_type_settles_undoes_and_lets_tab_go(qtbot: QtBot, show: Show):
    edit, after = CodeEdit("Payload", "json"), LineField("After")
    show(edit, after)
    edit.set_text('{"a": 1}')
    assert not edit.document().isUndoAvailable()
    edit.setFocus()
    edit.moveCursor(edit.textCursor().MoveOperation.End)
    with qtbot.waitSignal(edit.settled):
        qtbot.keyClicks(edit, "x")
    qtbot.keyClick(edit, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert edit.toPlainText() == '{"a": 1}'
    qtbot.keyClick(edit, Qt.Key.Key_Tab)
    assert QApplication.focusWidget() is after


def test_a_long_text_without_spaces_breaks_anywhere(qtbot: QtBot, show: Show):
    """At the bounds of words it took Qt seconds."""
    wrap, long = QTextOption.WrapMode, '{"big": "' + "x" * 8_000 + '"}'
    edit, view = CodeEdit("Payload", "json"), FittedCode("Value", "json")
    show(edit, view)
    for text, wanted in (
        (long, wrap.WrapAnywhere),
        ("word " * 2_000, wrap.WrapAtWordBoundaryOrAnywhere),
    ):
        edit.set_text(text)
        view.show_code(text)
        assert edit.wordWrapMode() == view.wordWrapMode() == wanted
    QApplication.clipboard().setText(long)
    edit.selectAll()
    edit.paste()
    assert edit.wordWrapMode() == wrap.WrapAnywhere
    edit.set_text("")
    assert edit.wordWrapMode() == wrap.WrapAtWordBoundaryOrAnywhere
    edit.setFocus()
    edit.insertPlainText(long)
    with qtbot.waitSignal(edit.settled):
        qtbot.keyClicks(edit, "x")
    assert edit.wordWrapMode() == wrap.WrapAnywhere


def test_a_text_is_put_in_at_once_from_its_beginning(qtbot: QtBot):
    edit = CodeEdit("Payload", "json")
    qtbot.addWidget(edit)
    edit.set_text("the one before")
    changes: list[int] = []
    edit.document().contentsChange.connect(lambda *where: changes.append(where[2]))
    edit.set_text('{\n  "a": 1\n}')

    assert edit.toPlainText() == '{\n  "a": 1\n}'
    assert len([added for added in changes if added]) <= 2, "text and formats, then colours"
    assert edit.textCursor().position() == 0
    assert not edit.document().isUndoAvailable()


def test_looking_for_long_runs_takes_time_by_length_and_not_by_its_square():
    def seconds(run: int) -> float:
        text = ("x" * run + " ") * (200_000 // run)
        began_s = time.process_time()
        assert wrap_of(text) == QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere
        return time.process_time() - began_s

    assert min(seconds(3_999) for _ in range(3)) < 20 * min(seconds(20) for _ in range(3))


def test_every_line_of_code_is_as_high_as_the_first(qtbot: QtBot, show: Show):
    edit = CodeEdit("Payload", "json")
    show(edit)
    edit.set_text("1")
    edit.moveCursor(edit.textCursor().MoveOperation.End)
    qtbot.keyClick(edit, Qt.Key.Key_Return)
    qtbot.keyClicks(edit, "2")
    fixed = QTextBlockFormat.LineHeightTypes.FixedHeight.value
    for number in range(2):
        form = edit.document().findBlockByNumber(number).blockFormat()
        assert (form.lineHeight(), form.lineHeightType()) == (20, fixed)


def test_a_table_of_pairs_shows_two_rows_at_least(show: Show):
    table = PairsTable("Headers")
    show(table)
    assert table.minimumHeight() == 25 + 2 * 24


def colours_of(edit: CodeEdit | CodeView) -> list[tuple[str, str]]:
    """The coloured words and the name of the colour, in order."""
    names = {current().colour(f"syntax.{n}").name(): n for n in ("path", "string", "number")}
    found: list[tuple[str, str]] = []
    block = edit.document().begin()
    while block.isValid():
        units = block.text().encode("utf-16-le")
        for part in block.layout().formats():
            colour = part.format.foreground().color().name()  # type: ignore[attr-defined]
            start, end = 2 * part.start, 2 * (part.start + part.length)  # type: ignore[attr-defined]
            if colour in names:
                found.append((units[start:end].decode("utf-16-le"), names[colour]))
        block = block.next()
    return found


def test_code_is_coloured_at_its_place_in_every_line(show: Show, theme: Theme):
    """Characters that Qt counts as two do not shift what follows."""
    edit = CodeEdit("Payload", "json")
    show(edit)
    wanted = [('"🌡"', "path"), ('"a🌡b"', "string"), ('"c"', "path"), ("1", "number")]
    edit.set_text('{"🌡": "a🌡b", "c":\n 1}')
    assert colours_of(edit) == wanted
    theme.set_preference("dark")
    assert colours_of(edit) == wanted
    edit.set_text("")
    assert colours_of(edit) == []


def test_a_long_text_is_shown_at_once_without_colours(show: Show):
    view = CodeView("Value", "json")
    show(view)
    view.show_code("[" + "1, " * 10_000 + "1]")
    assert colours_of(view) == []
    view.show_code("[1]")
    assert colours_of(view) == [("1", "number")]


def test_colouring_takes_time_by_length_and_not_by_its_square(show: Show):
    edit = CodeEdit("Payload", "json")
    show(edit)

    def seconds(lines: int) -> float:
        edit.set_text("[\n" + "1,\n" * lines + "1]")
        began_s = time.process_time()
        edit.set_text(edit.toPlainText())
        return time.process_time() - began_s

    assert min(seconds(4_000) for _ in range(3)) < 20 * min(seconds(500) for _ in range(3))


def test_a_small_button_stays_small(show: Show, theme: Theme):
    """The style sheet brings fonts back that were set before it had seen the widget."""
    button = PrimaryButton("Send")
    button.set_small()
    show(button)
    assert (button.height(), button.font().pixelSize()) == (26, 12)
    theme.set_preference("dark")
    assert (button.height(), button.font().pixelSize()) == (26, 12)


@pytest.mark.parametrize("help_text", ["", "Numbers, such as 0, 3-5, or 12 to have those alone."])
def test_a_small_question_is_as_high_as_its_words(qtbot: QtBot, help_text: str):
    owner = QWidget()
    qtbot.addWidget(owner)
    owner.show()
    popup = AskPopup(owner, "How many", "Read", help_text=help_text, check=lambda _: "Not that.")
    popup.ask()
    assert popup.field.isVisible()
    assert popup.rect().contains(popup.button.geometry())
    qtbot.keyClick(popup.field, Qt.Key.Key_Return)  # what is wrong takes room, too
    assert "Not that." in popup.field.accessibleDescription()
    qtbot.waitUntil(lambda: popup.rect().contains(popup.button.geometry()))


def test_parts_of_a_segmented_control_are_divided_by_one_crisp_line(theme: Theme, qtbot: QtBot):
    control = Segmented("Time", {"one": "1 min", "five": "5 min"})
    qtbot.addWidget(control)
    control.resize(control.sizeHint())
    picture, edge = control.grab().toImage(), control.part("one").width() - 1
    colours = [picture.pixelColor(x, 5).name() for x in (edge - 1, edge, edge + 1)]

    assert colours == [theme.colour(name).name() for name in ("selection", "border", "surface2")]
