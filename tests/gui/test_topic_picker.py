"""The topic of an action: picked from those of its cluster, typed, or made where it is missing."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from gui.editors.action_sheet import ActionSheetPane
from gui.editors.topic_picker import TopicPicker
from gui.main_window import MainWindow
from gui.pages.rule import RulePage
from gui.widgets.choice_list import ChoiceList
from gui.widgets.choice_template import ChoiceTemplate
from gui.widgets.topic_popup import TopicPopup
from tests.helpers.kafka import Kafka
from tests.helpers.workspaces import write_workspace

NOWHERE = "127.0.0.1:1"


def opened(
    window: MainWindow, qtbot: QtBot, folder: Path, kafka: str, topic: str
) -> ActionSheetPane:
    path = write_workspace(folder, mqtt=f"mqtt://{NOWHERE}", kafka=kafka, topic=topic)
    with qtbot.waitSignal(window.session.workspaceChanged, timeout=20_000):
        window.session.open(path)
    window.open_document("rule:all")
    page = window.documents.page("rule:all")
    assert isinstance(page, RulePage)
    page.open_action("action:to_kafka")
    assert page.sheet is not None
    return page.sheet


def field_of(sheet: ActionSheetPane) -> ChoiceTemplate:
    field = sheet.form.editor("topic")
    assert isinstance(field, ChoiceTemplate)
    return field


def open_list(sheet: ActionSheetPane, qtbot: QtBot) -> ChoiceList:
    """Open it by the keyboard."""
    field = field_of(sheet)
    field.setFocus(Qt.FocusReason.TabFocusReason)
    qtbot.keyClick(field, Qt.Key.Key_Down, Qt.KeyboardModifier.AltModifier)
    picker = sheet.findChild(TopicPicker)
    assert picker is not None
    assert picker.list is not None
    return picker.list


def texts(shown: ChoiceList) -> list[str]:
    model = shown.rows.model()
    return [str(model.index(row, 0).data()) for row in range(model.rowCount())]


def test_a_cluster_out_of_reach_says_so_in_the_list_and_the_field_stays_free(
    window: MainWindow, qtbot: QtBot, tmp_path: Path
):
    sheet = opened(window, qtbot, tmp_path, NOWHERE, "t")

    shown = open_list(sheet, qtbot)

    assert shown.note.accessibleName() == "Asking laptop…"
    qtbot.waitUntil(lambda: NOWHERE in shown.note.accessibleName())
    assert texts(shown) == []
    qtbot.keyClick(shown, Qt.Key.Key_Escape)
    qtbot.keyClicks(field_of(sheet), "hot.${clientid}")
    assert sheet.sheet.place == ("laptop", "hot.${clientid}t")


@pytest.mark.broker
@pytest.mark.timeout(90)
def test_a_topic_is_picked_by_keyboard(
    window: MainWindow, qtbot: QtBot, tmp_path: Path, kafka: Kafka
):
    first, last = sorted([kafka.topic(2), kafka.topic(2)])
    sheet = opened(window, qtbot, tmp_path, kafka.bootstrap, last)

    shown = open_list(sheet, qtbot)
    qtbot.waitUntil(lambda: first in texts(shown), timeout=20_000)
    assert not any(name.startswith("__") for name in texts(shown)), "the cluster's own"
    row = shown.rows.currentIndex()
    assert row.data(Qt.ItemDataRole.AccessibleTextRole) == f"{last}, 2 partitions"
    assert not shown.button.isVisible()
    for _ in range(row.row() - texts(shown).index(first)):
        qtbot.keyClick(shown.rows, Qt.Key.Key_Up)
    qtbot.keyClick(shown.rows, Qt.Key.Key_Return)

    assert field_of(sheet).toPlainText() == first
    assert sheet.sheet.place == ("laptop", first)
    assert sheet.form.field("topic").link.isHidden()


@pytest.mark.broker
@pytest.mark.timeout(90)
def test_a_missing_topic_is_said_and_made(
    window: MainWindow, qtbot: QtBot, tmp_path: Path, kafka: Kafka
):
    topic = f"new-{tmp_path.name}"
    sheet = opened(window, qtbot, tmp_path, kafka.bootstrap, topic)
    link, description = sheet.form.field("topic").link, field_of(sheet).accessibleDescription
    sheet.sheet.topics.look("laptop")
    qtbot.waitUntil(link.isVisible, timeout=20_000)
    assert (link.text(), description()) == ("Create topic", "laptop has no such topic.")

    sheet.sheet.topics.create("laptop", topic, 1, 9)
    qtbot.waitUntil(lambda: "more replicas" in description(), timeout=20_000)

    link.setFocus(Qt.FocusReason.TabFocusReason)
    qtbot.keyClick(link, Qt.Key.Key_Return)
    popup = QApplication.activePopupWidget()
    assert isinstance(popup, TopicPopup)
    popup.partitions.setText("3")
    with qtbot.waitSignal(sheet.sheet.topics.created, timeout=20_000):
        qtbot.keyClick(popup.partitions, Qt.Key.Key_Return)
    assert sheet.sheet.topics.of("laptop").topics[topic] == 3
    qtbot.waitUntil(link.isHidden)
    assert window.focusWidget() is field_of(sheet), "where the keyboard goes on"
