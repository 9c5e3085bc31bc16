"""The dock of the Kafka tail, with real records."""

from __future__ import annotations

import json

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QAction, QGuiApplication, QMouseEvent
from PySide6.QtWidgets import QAbstractSlider, QApplication, QMenu, QWidget
from pytestqt.qtbot import QtBot

from gui.docks.detail_pages import DetailWindow
from gui.docks.tail import TailDock
from gui.theme import Theme
from gui.viewmodels.live import Live
from gui.viewmodels.session import Session
from gui.viewmodels.tail_row import TailRow
from gui.viewmodels.tail_table import COLUMNS
from gui.widgets.ask_popup import AskPopup
from gui.widgets.live_table import LiveTable
from tests.helpers.records import produce

pytestmark = pytest.mark.timeout(60)  # embedded brokers start first


@pytest.fixture
def dock(opened: Session, theme: Theme, qtbot: QtBot) -> TailDock:
    dock = TailDock(Live(opened, opened))
    qtbot.addWidget(dock)
    dock.resize(324, 600)
    dock.show()
    qtbot.waitUntil(lambda: dock.model.state.status == "connected")
    return dock


def fill(dock: TailDock, session: Session, qtbot: QtBot, count: int = 30) -> None:
    values = [json.dumps({"n": number}) for number in range(count)]
    before = dock.rows.rowCount()
    topic = dock.model.chosen
    assert topic is not None
    assert session.sandbox is not None
    headers = [("site", b"roof")]
    produce(session.sandbox.kafka, topic.topic, values, key="dev-3", partition=0, headers=headers)
    qtbot.waitUntil(lambda: dock.rows.rowCount() == before + count)


# The dock


def test_records_are_followed_until_the_user_scrolls_up(
    dock: TailDock, opened: Session, qtbot: QtBot
):
    fill(dock, opened, qtbot)
    bar = dock.table.verticalScrollBar()
    bar.triggerAction(bar.SliderAction.SliderPageStepSub)
    top = bar.value()
    assert top < bar.maximum()
    fill(dock, opened, qtbot, 5)

    assert bar.value() == top
    assert dock.table.newer.text() == "5 new below"
    bar.triggerAction(bar.SliderAction.SliderToMaximum)
    fill(dock, opened, qtbot, 5)
    assert bar.value() == bar.maximum()


def test_records_are_followed_until_one_is_chosen(dock: TailDock, opened: Session, qtbot: QtBot):
    fill(dock, opened, qtbot)
    bar = dock.table.verticalScrollBar()
    assert bar.maximum() > 0
    assert bar.value() == bar.maximum()
    assert dock.panel.state.label.whole_text() == "Following"
    dock.model._set_shown_in(7)
    assert dock.panel.state.label.whole_text() == "Following, showing 1 in 7"
    dock.model._set_shown_in(1)
    dock.table.setFocus()
    qtbot.keyClick(dock.table, Qt.Key.Key_Up)
    chosen, top = dock.table.currentIndex().row(), bar.value()
    fill(dock, opened, qtbot, 5)

    assert dock.table.currentIndex().row() == chosen
    assert bar.value() == top
    assert dock.table.newer.isVisible()
    assert dock.table.newer.text() == "5 new below"
    row = dock.table.visualRect(dock.table.currentIndex())
    row.translate(dock.table.viewport().pos())
    assert not row.intersects(dock.table.newer.geometry()), "the chosen row can be read"
    qtbot.mouseClick(dock.table.newer, Qt.MouseButton.LeftButton)
    assert not dock.table.newer.isVisible()
    assert bar.value() == bar.maximum()
    fill(dock, opened, qtbot, 5)
    assert bar.value() == bar.maximum()


def test_a_longer_choice_has_the_room_that_the_others_can_spare(dock: TailDock, qtbot: QtBot):
    bar = dock.panel.bar
    dock.model.set_partitions((0, 2, 4))
    box = bar.partitions
    qtbot.waitUntil(lambda: box.width() >= box.needed_width())
    assert box.needed_width() > 112, "the drawn share would be too little"
    assert bar.start.width() >= bar.start.needed_width()
    assert bar.decode.width() >= bar.decode.needed_width()


def point_at(table: LiveTable, place: QPoint) -> None:
    """Move the pointer over the rows; Qt itself is told of none, so that it does not leave."""
    none = Qt.MouseButton.NoButton
    keys = Qt.KeyboardModifier.NoModifier
    at = QPointF(place)
    move = QMouseEvent(
        QEvent.Type.MouseMove, at, table.viewport().mapToGlobal(at), none, none, keys
    )
    QApplication.sendEvent(table.viewport(), move)


def test_rows_hold_still_under_the_pointer(dock: TailDock, opened: Session, qtbot: QtBot):
    fill(dock, opened, qtbot)
    table, bar = dock.table, dock.table.verticalScrollBar()
    table._still.setInterval(60_000)  # only leaving ends it here
    point_at(table, QPoint(40, 100))
    below = table.rowAt(100)
    fill(dock, opened, qtbot, 5)
    assert dock.rows.is_following
    qtbot.waitUntil(lambda: bar.value() < bar.maximum())  # once the new rows are laid out
    assert table.rowAt(100) == below
    dock.panel.follow()
    assert bar.value() == bar.maximum()
    point_at(table, QPoint(40, 120))
    fill(dock, opened, qtbot, 5)
    qtbot.waitUntil(lambda: bar.value() < bar.maximum())
    QApplication.sendEvent(table, QEvent(QEvent.Type.Leave))
    assert bar.value() == bar.maximum()


def test_the_bar_over_the_rows_scrolls_them(dock: TailDock, opened: Session, qtbot: QtBot):
    fill(dock, opened, qtbot)
    table = dock.table
    assert table.bar.isVisible()
    assert table.bar.value() == table.bar.maximum()
    assert table.viewport().width() == table.width()
    table.bar.setSliderPosition(0)
    table.bar.triggerAction(QAbstractSlider.SliderAction.SliderMove)
    assert table.rowAt(0) == 0
    assert not dock.rows.is_following
    table.bar.triggerAction(QAbstractSlider.SliderAction.SliderToMaximum)
    assert dock.rows.is_following


@pytest.mark.parametrize("key", [Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_PageUp])
def test_the_keyboard_begins_at_the_newest_row(
    dock: TailDock, opened: Session, qtbot: QtBot, key: Qt.Key
):
    fill(dock, opened, qtbot, 60)
    dock.focus()
    assert dock.rows.is_following  # coming by is no choice
    qtbot.keyClick(dock.table, key)
    assert not dock.rows.is_following
    assert dock.table.currentIndex().row() == dock.rows.rowCount() - 1
    qtbot.keyClick(dock.table, Qt.Key.Key_Up)
    assert dock.table.currentIndex().row() == dock.rows.rowCount() - 2
    qtbot.keyClick(dock.table, Qt.Key.Key_Home)
    assert dock.table.currentIndex().row() == 0


def test_rows_keep_their_place_while_older_ones_go(dock: TailDock, opened: Session, qtbot: QtBot):
    dock.rows._most_rows = 40  # fifty thousand would take longer than they tell
    fill(dock, opened, qtbot, 40)
    dock.table.selectRow(30)
    place = dock.table.visualRect(dock.table.currentIndex()).top()
    assert opened.sandbox is not None
    assert dock.model.chosen is not None
    produce(opened.sandbox.kafka, dock.model.chosen.topic, ["later"] * 10, partition=0)
    qtbot.waitUntil(lambda: dock.rows.gone == 10)

    assert dock.table.currentIndex().row() == 20
    assert dock.table.visualRect(dock.table.currentIndex()).top() == place
    assert dock.detail.row is not None
    assert dock.detail.row.record.offset == 30
    assert not dock.table.isSortingEnabled()


def test_the_whole_record_is_shown_below(dock: TailDock, opened: Session, qtbot: QtBot):
    fill(dock, opened, qtbot)
    assert not dock.detail.isVisible()
    dock.table.setFocus()
    dock.table.selectRow(7)
    assert dock.detail.isVisible()
    pages = dock.detail.pages
    assert pages["value"].toPlainText() == '{\n  "n": 7\n}'
    expected = {
        "key": "dev-3",
        "headers": "site  roof",
        "metadata": "Offset     7",
        "hex": "7b 22 6e 22 3a 20 37 7d",
    }
    for page, text in expected.items():
        dock.detail.tabs.choose(page)
        assert text in pages[page].toPlainText()
    qtbot.keyClick(dock.table, Qt.Key.Key_Space)
    assert not dock.detail.isVisible()
    qtbot.keyClick(dock.table, Qt.Key.Key_Down)
    assert not dock.detail.isVisible()  # it stays away until it is asked for again
    qtbot.keyClick(dock.table, Qt.Key.Key_Space)
    assert dock.detail.isVisible()
    qtbot.keyClick(dock.table, Qt.Key.Key_End)
    assert dock.rows.is_following


def test_the_filter_box_filters_and_says_what_is_wrong(
    dock: TailDock, opened: Session, qtbot: QtBot
):
    fill(dock, opened, qtbot)
    qtbot.keyClicks(dock.filter, "payload.n > 24")
    assert dock.rows.rowCount() == 5
    assert dock.panel.count.text() == "5 of 30"
    dock.filter.setText("payload.n >")
    assert dock.panel.trouble.isVisible()
    assert "A value is missing" in dock.panel.trouble.label.whole_text()
    dock.filter.setText("nowhere")
    assert not dock.panel.trouble.isVisible()
    assert dock.panel.empty.isVisible()
    assert dock.panel.empty.sentence.accessibleName() == "0 of 30 rows match."
    qtbot.mouseClick(dock.panel.empty.button, Qt.MouseButton.LeftButton)
    assert dock.filter.text() == ""
    assert dock.rows.rowCount() == 30


def popup_of(owner: QWidget) -> AskPopup:
    popup = owner.findChild(AskPopup)
    assert popup is not None
    assert popup.isVisible()
    return popup


def entries(menu: QMenu) -> dict[str, QAction]:
    return {action.text(): action for action in menu.actions()}


def opened_menu(owner: QWidget) -> QMenu:
    """Give the menu that was just opened below something."""
    return next(each for each in owner.findChildren(QMenu) if each.isVisible())


def test_a_topic_that_no_action_names_is_opened_by_its_name(
    dock: TailDock, opened: Session, qtbot: QtBot
):
    first = dock.model
    qtbot.mouseClick(dock.add_button, Qt.MouseButton.LeftButton)
    menu = opened_menu(dock)
    entries(menu)["Another topic..."].trigger()
    menu.close()
    popup = popup_of(dock.add_button)
    qtbot.keyClicks(popup.field, "no topic!")
    qtbot.keyClick(popup.field, Qt.Key.Key_Return)
    assert "at most 249 characters" in popup.field.accessibleDescription()
    popup.field.clear()
    qtbot.keyClicks(popup.field, "gui-tail-by-name")
    assert popup.field.accessibleDescription() == ""
    qtbot.keyClick(popup.field, Qt.Key.Key_Return)
    assert dock.model is not first
    qtbot.waitUntil(lambda: dock.model.state.status == "connected")
    fill(dock, opened, qtbot, 2)

    assert [dock.tabs.tabText(place) for place in range(2)][1] == "gui-tail-by-name"
    assert dock.tabs.current_key == dock.tabs.keys[1]
    assert first.rows.kept == 0
    dock.tabs.closeAsked.emit(dock.tabs.current_key)
    assert dock.model is first
    assert dock.tabs.count() == 1


def test_the_last_tab_that_is_closed_leaves_an_offer_to_open_one(dock: TailDock, qtbot: QtBot):
    dock.tabs.closeAsked.emit(dock.tabs.current_key)
    assert dock.tabs.count() == 0
    assert dock.panel.empty.isVisible()
    assert dock.panel.empty.sentence.accessibleName() == "No topic is open."
    qtbot.mouseClick(dock.panel.empty.button, Qt.MouseButton.LeftButton)
    menu = opened_menu(dock)
    menu.actions()[0].trigger()
    menu.close()
    assert dock.tabs.count() == 1
    qtbot.waitUntil(lambda: dock.model.state.status == "connected")


def test_where_to_begin_is_chosen_and_typed(dock: TailDock, opened: Session, qtbot: QtBot):
    fill(dock, opened, qtbot)
    bar = dock.panel.bar
    bar.start.showPopup()
    menu = opened_menu(bar.start)
    assert [text for text, action in entries(menu).items() if action.isChecked()] == ["Live"]
    entries(menu)["Offset..."].trigger()
    menu.close()
    popup = popup_of(bar.start)
    qtbot.keyClicks(popup.field, "many")
    qtbot.keyClick(popup.field, Qt.Key.Key_Return)
    assert "Write a number" in popup.field.accessibleDescription()
    popup.field.setText("25")
    qtbot.mouseClick(popup.button, Qt.MouseButton.LeftButton)
    assert bar.start.toolTip() == "From: Offset 25"
    assert bar.start.currentText() == "Offset 25", "the row has no room for more words"
    qtbot.waitUntil(lambda: dock.rows.matching == 5)


def test_partitions_are_chosen_and_typed(dock: TailDock, qtbot: QtBot):
    bar = dock.panel.bar
    assert bar.partitions.currentText() == "Partitions: all"
    bar.partitions.showPopup()
    menu = opened_menu(bar.partitions)
    assert list(entries(menu))[:3] == ["All", "", "p0"]
    entries(menu)["p2"].trigger()
    menu.close()
    assert dock.model.partitions == (2,)
    bar._ask_for_partitions()
    popup = popup_of(bar.partitions)
    assert popup.field.text() == "2"
    popup.field.setText("0, 2-9")
    popup.answer()
    assert popup.field.accessibleDescription() == "Partitions are 0 to 3."
    popup.field.setText("0, 2-3")
    popup.answer()
    assert bar.partitions.currentText() == "Partitions: 0, 2-3"


def test_values_are_shown_as_they_are_wanted(dock: TailDock, opened: Session, qtbot: QtBot):
    fill(dock, opened, qtbot, 2)
    dock.table.selectRow(1)
    bar = dock.panel.bar
    bar.decode.showPopup()
    menu = opened_menu(bar.decode)
    entries(menu)["Hex"].trigger()
    menu.close()
    assert bar.decode.currentText() == "Hex"
    assert dock.rows.index(1, COLUMNS.index("value")).data() == "7b 22 6e 22 3a 20 31 7d"
    assert dock.detail.pages["value"].toPlainText().startswith("0000  7b 22")


def test_a_filter_is_kept_under_a_name_and_forgotten(dock: TailDock, opened: Session, qtbot: QtBot):
    fill(dock, opened, qtbot)
    dock.filter.setText("payload.n > 24")
    qtbot.keyClick(dock.filter, Qt.Key.Key_Down)
    menu = opened_menu(dock.filter)
    entries(menu)["Keep this filter..."].trigger()
    menu.close()
    popup = popup_of(dock.filter)
    qtbot.keyClick(popup.field, Qt.Key.Key_Return)
    assert popup.field.accessibleDescription() == "Write a name."
    qtbot.keyClicks(popup.field, "high ones")
    qtbot.keyClick(popup.field, Qt.Key.Key_Return)
    dock.filter.clear()
    qtbot.mouseClick(dock.filter, Qt.MouseButton.LeftButton, pos=QPoint(15, 12))
    menu = opened_menu(dock.filter)
    entries(menu)["high ones"].trigger()
    qtbot.waitUntil(lambda: dock.rows.matching == 5)  # looked through in slices of time
    forget = entries(menu)["Forget"].menu()
    assert isinstance(forget, QMenu)
    entries(forget)["high ones"].trigger()
    menu.close()
    dock.filter.show_menu()
    assert "high ones" not in entries(opened_menu(dock.filter))
    opened_menu(dock.filter).close()


def test_a_load_is_stopped_and_goes_on(dock: TailDock, opened: Session, qtbot: QtBot):
    count = 15_000
    assert opened.sandbox is not None
    assert dock.model.chosen is not None
    values = [str(number) for number in range(count)]
    produce(opened.sandbox.kafka, dock.model.chosen.topic, values, partition=0)
    dock.model.set_start("beginning")
    strip = dock.panel.loading
    qtbot.waitUntil(lambda: strip.isVisible() and dock.rows.taken > 0)
    assert strip.link.text() == "Stop"
    qtbot.mouseClick(strip.link, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: strip.link.text() == "Go on")
    assert strip.label.whole_text().startswith("Stopped: ")
    qtbot.mouseClick(strip.link, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: not strip.isVisible(), timeout=20_000)
    assert dock.rows.taken == count


def test_records_stay_open_in_windows_of_their_own(dock: TailDock, opened: Session, qtbot: QtBot):
    fill(dock, opened, qtbot, 3)
    dock.table.setFocus()
    for place in (0, 2):
        dock.table.selectRow(place)
        qtbot.keyClick(dock.table, Qt.Key.Key_Return)
    windows = dock.findChildren(DetailWindow)
    assert [window.detail.pages["value"].toPlainText() for window in windows] == [
        '{\n  "n": 0\n}',
        '{\n  "n": 2\n}',
    ]
    assert windows[0].windowTitle().endswith(" p0 #0")
    asked: list[tuple[str, int]] = []
    dock.asked.connect(lambda what, row, _connector: asked.append((what, row.record.offset)))
    qtbot.mouseClick(windows[0].detail.send_button, Qt.MouseButton.LeftButton)
    qtbot.mouseClick(dock.detail.test_button, Qt.MouseButton.LeftButton)
    assert asked == [("send_again", 0), ("test", 2)]
    qtbot.keyClick(windows[1], Qt.Key.Key_Escape)
    assert [window.isVisible() for window in windows] == [True, False]
    windows[0].close()


def test_a_rows_menu_copies_and_filters(dock: TailDock, opened: Session, qtbot: QtBot):
    fill(dock, opened, qtbot)
    dock.table.selectRow(3)
    menu = QMenu()
    qtbot.addWidget(menu)
    dock.table.menuAsked.emit(menu)
    actions = entries(menu)
    actions["Copy value"].trigger()
    assert QGuiApplication.clipboard().text() == '{"n": 3}'
    actions["Copy as JSON"].trigger()
    assert json.loads(QGuiApplication.clipboard().text())["offset"] == 3
    actions["Filter by this key"].trigger()
    assert dock.filter.text() == 'key = "dev-3"'
    assert dock.rows.rowCount() == 30
    assert opened.sandbox is not None
    actions["Copy as kcat line"].trigger()
    assert f"| kcat -P -b {opened.sandbox.kafka} -t " in QGuiApplication.clipboard().text()


def test_a_pause_is_a_line_between_rows(dock: TailDock, opened: Session, qtbot: QtBot):
    fill(dock, opened, qtbot, 3)
    qtbot.mouseClick(dock.panel.pause_button, Qt.MouseButton.LeftButton)
    assert dock.panel.state.label.whole_text() == "Paused"
    assert opened.sandbox is not None
    assert dock.model.chosen is not None
    produce(opened.sandbox.kafka, dock.model.chosen.topic, ["unseen"], partition=0)
    qtbot.waitUntil(lambda: dock.rows.left_out == 1)
    qtbot.mouseClick(dock.panel.pause_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: dock.rows.rowCount() == 4)

    assert dock.table.rowHeight(3) == 28
    assert dock.table.rowHeight(2) == 44
    qtbot.mouseClick(dock.panel.clear_button, Qt.MouseButton.LeftButton)
    assert dock.rows.rowCount() == 0


def test_a_wide_dock_is_a_table(dock: TailDock, opened: Session, qtbot: QtBot):
    fill(dock, opened, qtbot, 3)
    assert not dock.table.horizontalHeader().isVisible()
    dock.resize(700, 600)
    qtbot.waitUntil(lambda: dock.table.horizontalHeader().isVisible())
    assert dock.table.rowHeight(0) == 24
    assert not dock.table.isColumnHidden(4)
    dock.resize(324, 600)
    qtbot.waitUntil(lambda: not dock.table.horizontalHeader().isVisible())
    assert dock.table.rowHeight(0) == 44


def test_everything_in_the_dock_that_takes_the_focus_has_a_name(
    dock: TailDock, opened: Session, qtbot: QtBot
):
    fill(dock, opened, qtbot, 3)
    dock.table.selectRow(1)
    reached: list[str] = []
    dock.activateWindow()
    dock.tabs.setFocus()
    for _ in range(30):
        focused = QGuiApplication.focusObject()
        widget = dock.window().focusWidget() if focused is None else focused
        name = getattr(widget, "accessibleName", str)() or getattr(widget, "text", str)()
        assert name, widget
        if name in reached:
            break
        reached.append(name)
        qtbot.keyClick(widget, Qt.Key.Key_Tab)
    assert {
        "Topics",
        "Open a topic",
        "From",
        "Partitions",
        "Show as",
        "Filter the records",
        "Records",
        "Record",
        "Value",
        "Send again",
        "Use in test",
        "More",
    } <= set(reached)


def test_a_record_in_a_window_leads_to_those_before_and_behind_it(
    dock: TailDock, opened: Session, qtbot: QtBot
):
    fill(dock, opened, qtbot, 3)
    dock.table.selectRow(1)
    qtbot.keyClick(dock.table, Qt.Key.Key_Return)
    [window] = dock.findChildren(DetailWindow)
    window.activateWindow()
    qtbot.waitUntil(lambda: QApplication.activeWindow() is window)
    places = [dock.rows.row_at(place) for place in range(3)]
    titles = [window.windowTitle()]
    for key in (Qt.Key.Key_Up, Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_Down, Qt.Key.Key_Down):
        qtbot.keyClick(window, key, Qt.KeyboardModifier.AltModifier)
        titles.append(window.windowTitle())

    ends = [title.rpartition("#")[2] for title in titles]
    offsets = [str(row.record.offset) for row in places if isinstance(row, TailRow)]
    assert ends == [offsets[place] for place in (1, 0, 0, 1, 2, 2)]
    assert dock.table.currentIndex().row() == 1, "the list stays where it is"
    dock.filter.setText("nothing like it")
    qtbot.keyClick(window, Qt.Key.Key_Up, Qt.KeyboardModifier.AltModifier)
    assert window.windowTitle() == titles[-1], "it is in the list no more"
    qtbot.keyClick(window, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: not dock.findChildren(DetailWindow))
