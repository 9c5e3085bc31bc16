"""The sheet of an action in the window, by keyboard."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractButton, QApplication, QWidget
from pytestqt.qtbot import QtBot

from core.workspace.load import load
from gui.editors.action_form import WhyPopover
from gui.editors.action_sheet import WIDTH, ActionSheetPane
from gui.editors.sql_editor import SqlEditor
from gui.engine_client import InProcessEngine
from gui.main_window import MainWindow
from gui.pages.rule import RulePage
from gui.recent import RecentFiles
from gui.theme import Theme, current
from gui.viewmodels.session import Session
from gui.widgets.labels import Label
from gui.widgets.template_edit import TemplateEdit

from .conftest import Run

CONTROL = Qt.KeyboardModifier.ControlModifier
NOWHERE = "127.0.0.1:9"

WORKSPACE = f"""sluicegate = 1
id = "0a1b2c3d"

[connectors.mqtt.plant]
server = "mqtt://{NOWHERE}"

[connectors.kafka.laptop]
bootstrap_hosts = "{NOWHERE}"

[rules.hot]
sql = '''SELECT clientid, payload.temp as temp FROM "plant/#"'''
actions = ["to_hot"]  # one place

[actions.kafka.to_hot]
connector = "laptop"
topic = "hot"  # the warm ones
message.key = "${{clientid}}"
message.value = '{{"t": ${{temp}}}}'
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    made = tmp_path / "plant.sluicegate.toml"
    made.write_text(WORKSPACE, "utf-8")
    return made


@pytest.fixture
def window(theme: Theme, path: Path, qtbot: QtBot, run: Run) -> Iterator[MainWindow]:
    """A window of 1280 with the workspace open; nothing runs."""
    engine = InProcessEngine()
    session = Session(engine, recent=RecentFiles())
    made = MainWindow(session, theme)
    made.resize(1280, 800)
    with qtbot.waitActive(made):
        made.show()
    with qtbot.waitSignal(session.workspaceChanged):
        session.open(path)
    made.tail.hide()
    made.bottom.fold(True)
    yield made
    made.close()
    run(session.close(), 30)
    made.deleteLater()
    session.deleteLater()
    engine.deleteLater()


@pytest.fixture
def page(window: MainWindow) -> RulePage:
    window.go_to_document("rule:hot")
    found = window.documents.page("rule:hot")
    assert isinstance(found, RulePage)
    return found


def opened(page: RulePage) -> ActionSheetPane:
    assert page.sheet is not None
    return page.sheet


def is_saving(window: MainWindow) -> bool:
    return any(name.startswith("save ") for name in window.session.tasks.names)


def press(qtbot: QtBot, *keys: Qt.Key, modifier: Qt.KeyboardModifier | None = None) -> None:
    for key in keys:
        target = QApplication.focusWidget()
        assert target is not None
        qtbot.keyClick(target, key, modifier or Qt.KeyboardModifier.NoModifier)


def type_text(qtbot: QtBot, text: str) -> None:
    target = QApplication.focusWidget()
    assert target is not None
    qtbot.keyClicks(target, text)


def tab_to(qtbot: QtBot, wanted: QWidget) -> None:
    """Walk there by Tab; out of the statement, where Tab is text, by Esc before it."""
    for _ in range(200):
        focus = QApplication.focusWidget()
        if focus is wanted:
            return
        if isinstance(focus, SqlEditor):
            press(qtbot, Qt.Key.Key_Escape)
        press(qtbot, Qt.Key.Key_Tab)
    pytest.fail(f"Tab does not reach {wanted.accessibleName() or wanted}")


@pytest.fixture
def sheet(page: RulePage, qtbot: QtBot) -> ActionSheetPane:
    """The sheet, opened from the card of the action."""
    row = page.side.action_rows[0]
    row.setFocus(Qt.FocusReason.TabFocusReason)
    press(qtbot, Qt.Key.Key_Return)
    return opened(page)


def test_the_sheet_takes_the_place_of_the_side_column(
    page: RulePage, sheet: ActionSheetPane, qtbot: QtBot
):
    qtbot.waitUntil(lambda: sheet.width() == WIDTH)
    assert not page.side.isVisible()
    assert QApplication.focusWidget() is sheet.form.editor("connector")

    press(qtbot, Qt.Key.Key_Escape)

    assert page.sheet is None
    assert page.side.isVisible()
    assert QApplication.focusWidget() is page.panel.editor


def test_a_template_is_typed_and_saved_with_the_page(
    page: RulePage, sheet: ActionSheetPane, path: Path, window: MainWindow, qtbot: QtBot
):
    topic = sheet.form.editor("topic")
    tab_to(qtbot, topic)
    press(qtbot, Qt.Key.Key_A, modifier=CONTROL)
    type_text(qtbot, "warm")
    press(qtbot, Qt.Key.Key_Return)
    assert topic.toPlainText() == "warm", "a topic has one line"
    assert path.read_text("utf-8") == WORKSPACE

    press(qtbot, Qt.Key.Key_S, modifier=CONTROL)
    qtbot.waitUntil(lambda: not window.drafts.dirty)

    assert 'topic = "warm"  # the warm ones' in path.read_text("utf-8")
    assert page.sheet is sheet


@pytest.mark.parametrize("placeholder", ["${unit}", "${unit.symbol}"])
def test_a_header_that_the_rule_lacks_is_marked_and_selected_by_its_link(
    page: RulePage, sheet: ActionSheetPane, qtbot: QtBot, placeholder: str
):
    field = sheet.form.field("kafka_ext_headers")
    add = next(b for b in field.findChildren(QAbstractButton) if b.text() == "Add header")
    tab_to(qtbot, add)
    press(qtbot, Qt.Key.Key_Space)
    type_text(qtbot, "unit")
    press(qtbot, Qt.Key.Key_Tab)
    type_text(qtbot, placeholder)
    value = sheet.form.editor("kafka_ext_headers").rows[0].value
    assert QApplication.focusWidget() is value

    link = field.link
    qtbot.waitUntil(link.isVisible)
    assert (link.text(), link.accessibleName()) == ("Add", "Add payload.unit as unit")
    assert value.property("problem")
    assert sheet.verdict.label.whole_text() == "1 problem"
    tab_to(qtbot, link)
    press(qtbot, Qt.Key.Key_Return)

    qtbot.waitUntil(lambda: sheet.verdict.label.whole_text() == "Not saved yet")
    assert "payload.temp as temp, payload.unit as unit" in page.panel.editor.toPlainText()
    assert not value.property("problem")


def test_a_key_that_may_be_null_is_said_in_one_line_and_explained_on_demand(
    sheet: ActionSheetPane, window: MainWindow, qtbot: QtBot
):
    field = sheet.form.field("message", "key")
    qtbot.waitUntil(field.link.isVisible)
    said = sheet.form.editor("message", "key").accessibleDescription()
    assert said == "The key is null without the user property clientid."
    tab_to(qtbot, field.link)
    press(qtbot, Qt.Key.Key_Return)
    why = QApplication.activePopupWidget()
    assert isinstance(why, WhyPopover)
    assert why.link.text() == "Open plant"
    assert QApplication.focusWidget() is why.link
    with qtbot.waitSignal(sheet.documentAsked):
        press(qtbot, Qt.Key.Key_Space)
    assert window.documents.current == "connector:plant"


def test_the_preview_shows_the_record_and_a_tombstone(sheet: ActionSheetPane, qtbot: QtBot):
    assert sheet.preview is not None
    preview = sheet.preview
    qtbot.waitUntil(lambda: preview.topic.whole_text() == "hot")
    assert preview.key.whole_text() == "c_emqx"

    value = sheet.form.editor("message", "value")
    tab_to(qtbot, value)
    press(qtbot, Qt.Key.Key_A, modifier=CONTROL)
    press(qtbot, Qt.Key.Key_Delete)

    assert preview.tombstone.isVisible()
    type_text(qtbot, "x")
    assert not preview.tombstone.isVisible()
    assert preview.value.whole_text() == "x"
    assert preview.bytes.whole_text() == "1 B", "of the value"


def test_longer_names_in_the_preview_keep_off_their_values(sheet: ActionSheetPane, qtbot: QtBot):
    preview = sheet.preview
    assert preview is not None
    qtbot.waitUntil(lambda: preview.topic.whole_text() == "hot")
    name = next(each for each in preview.findChildren(Label) if each.text() == "topic")
    name.setText("topic of the record")
    words = name.fontMetrics().horizontalAdvance(name.text())

    def gap() -> int:
        return preview.topic.x() - (name.x() + words)

    qtbot.waitUntil(lambda: gap() >= current().size("space.s"))


def test_what_the_rule_yields_is_inserted_into_the_value(sheet: ActionSheetPane, qtbot: QtBot):
    qtbot.waitUntil(lambda: [b.text() for b in sheet.form.inserts.buttons] == ["clientid", "temp"])
    tab_to(qtbot, sheet.form.inserts.buttons[1])
    press(qtbot, Qt.Key.Key_Return)

    value = sheet.form.editor("message", "value")
    assert isinstance(value, TemplateEdit)
    assert QApplication.focusWidget() is value
    assert value.toPlainText() == '${temp}{"t": ${temp}}'


def test_saving_leads_to_the_first_problem_though_it_is_folded_away(
    page: RulePage, sheet: ActionSheetPane, path: Path, qtbot: QtBot
):
    assert sheet.form.advanced is not None
    sheet.form.advanced.open()
    linger = sheet.form.editor("max_linger_time")
    tab_to(qtbot, linger)
    press(qtbot, Qt.Key.Key_A, modifier=CONTROL)
    type_text(qtbot, "soon")
    sheet.form.advanced.set_open(False)

    sheet.done_button.setFocus(Qt.FocusReason.TabFocusReason)
    press(qtbot, Qt.Key.Key_S, modifier=CONTROL)

    qtbot.waitUntil(lambda: QApplication.focusWidget() is linger)
    assert linger.property("problem")
    assert path.read_text("utf-8") == WORKSPACE


def test_a_problem_that_is_folded_away_is_shown(sheet: ActionSheetPane, qtbot: QtBot):
    advanced = sheet.form.advanced
    assert advanced is not None
    model = sheet.sheet
    buffer = next(each for each in model.options if each.path == ("buffer", "mode"))
    model.set(buffer, "disk")
    field = sheet.form.field("buffer", "mode")
    assert not field.isVisible()

    tab_to(qtbot, sheet.form.editor("topic"))
    press(qtbot, Qt.Key.Key_A, modifier=CONTROL)
    type_text(qtbot, "hot.${temp}")

    qtbot.waitUntil(field.isVisible)
    assert sheet.form.editor("buffer", "mode").property("problem")
    assert advanced.head.accessibleName() == "Advanced, 1 problem"
    advanced.set_open(False)
    sheet.form.show_values()
    assert not field.isVisible(), "it was folded by hand"


def test_an_action_is_added_from_the_head_of_actions(
    page: RulePage, path: Path, window: MainWindow, qtbot: QtBot
):
    add = page.side.add_button
    tab_to(qtbot, add)
    press(qtbot, Qt.Key.Key_Return)
    menu = QApplication.activePopupWidget()
    assert menu is not None
    qtbot.keyClick(menu, Qt.Key.Key_Return)

    sheet = opened(page)
    name = sheet.form.editor("@name")
    assert QApplication.focusWidget() is name
    assert name.text() == "to_hot_2"
    press(qtbot, Qt.Key.Key_A, modifier=CONTROL)
    type_text(qtbot, "copy")
    press(qtbot, Qt.Key.Key_S, modifier=CONTROL)
    qtbot.waitUntil(lambda: not window.drafts.dirty)

    workspace = load(path).workspace
    assert workspace is not None
    assert workspace.rules["hot"].actions == ("to_hot", "copy")
    assert workspace.actions.kafka["copy"].topic == "hot"
    assert opened(page).name.whole_text() == "copy"


def test_every_field_has_a_name_and_tab_reaches_it(sheet: ActionSheetPane, qtbot: QtBot):
    assert sheet.form.advanced is not None
    sheet.form.advanced.open()
    stops = [
        widget
        for widget in sheet.findChildren(QWidget)
        if widget.isVisible()
        and widget.isEnabled()
        and widget.focusPolicy() & Qt.FocusPolicy.TabFocus
        and widget.focusProxy() is None
    ]
    assert len(stops) > 30
    for widget in stops:
        text = widget.text() if isinstance(widget, QAbstractButton) else ""
        assert widget.accessibleName() or text, widget
        tab_to(qtbot, widget)


def test_done_keeps_the_edits_for_the_rule_to_save(
    page: RulePage, sheet: ActionSheetPane, path: Path, window: MainWindow, qtbot: QtBot
):
    tab_to(qtbot, sheet.form.editor("topic"))
    press(qtbot, Qt.Key.Key_A, modifier=CONTROL)
    type_text(qtbot, "warm")
    tab_to(qtbot, sheet.done_button)
    press(qtbot, Qt.Key.Key_Return)

    assert page.sheet is None
    assert page.actions_by_name["save"].isEnabled()
    assert path.read_text("utf-8") == WORKSPACE

    press(qtbot, Qt.Key.Key_S, modifier=CONTROL)
    qtbot.waitUntil(lambda: not window.drafts.dirty)
    assert 'topic = "warm"  # the warm ones' in path.read_text("utf-8")


def test_cancel_takes_back_what_was_edited_since_the_sheet_was_opened(
    page: RulePage, window: MainWindow, qtbot: QtBot
):
    window.drafts.set("action:to_hot", ("topic",), "warm")
    page.open_action("action:to_hot")
    sheet = opened(page)
    tab_to(qtbot, sheet.form.editor("topic"))
    press(qtbot, Qt.Key.Key_A, modifier=CONTROL)
    type_text(qtbot, "cold")
    assert window.drafts.value("action:to_hot", ("topic",)) == "cold"
    tab_to(qtbot, sheet.cancel_button)
    press(qtbot, Qt.Key.Key_Return)

    assert page.sheet is None
    assert window.drafts.value("action:to_hot", ("topic",)) == "warm"


def test_escape_cancels_and_the_cross_keeps(page: RulePage, window: MainWindow, qtbot: QtBot):
    for leave, kept in (("Esc", "hot"), ("cross", "cold")):
        page.open_action("action:to_hot")
        sheet = opened(page)
        tab_to(qtbot, sheet.form.editor("topic"))
        press(qtbot, Qt.Key.Key_A, modifier=CONTROL)
        type_text(qtbot, "cold")
        if leave == "Esc":
            press(qtbot, Qt.Key.Key_Escape)
        else:
            sheet.close_button.click()
        assert page.sheet is None
        assert window.drafts.value("action:to_hot", ("topic",)) == kept


def test_cancel_leaves_what_was_saved_with_the_sheet_open(
    page: RulePage, sheet: ActionSheetPane, path: Path, window: MainWindow, qtbot: QtBot
):
    tab_to(qtbot, sheet.form.editor("topic"))
    type_text(qtbot, "warm-")
    with qtbot.waitSignal(window.drafts.saved):
        press(qtbot, Qt.Key.Key_S, modifier=CONTROL)
    tab_to(qtbot, sheet.form.editor("topic"))
    type_text(qtbot, "x")
    tab_to(qtbot, sheet.cancel_button)
    press(qtbot, Qt.Key.Key_Return)

    assert not window.drafts.dirty
    assert "warm-" in window.drafts.value("action:to_hot", ("topic",))
    assert page.sheet is None


def test_saving_the_rule_opens_the_action_that_keeps_it_from_that(
    page: RulePage, sheet: ActionSheetPane, path: Path, qtbot: QtBot
):
    tab_to(qtbot, sheet.form.editor("topic"))
    press(qtbot, Qt.Key.Key_A, modifier=CONTROL)
    press(qtbot, Qt.Key.Key_Delete)
    tab_to(qtbot, sheet.done_button)
    press(qtbot, Qt.Key.Key_Return)
    assert page.sheet is None

    press(qtbot, Qt.Key.Key_S, modifier=CONTROL)

    qtbot.waitUntil(lambda: page.sheet is not None)
    topic = opened(page).form.editor("topic")
    qtbot.waitUntil(lambda: QApplication.focusWidget() is topic)
    assert topic.property("problem")
    assert path.read_text("utf-8") == WORKSPACE


def save_new_action_as(qtbot: QtBot, page: RulePage, name: str) -> None:
    """Add a Kafka action by the keyboard, give it a name, and save."""
    page.open_action(page._editor.add_action("kafka"), is_added=True)
    tab_to(qtbot, opened(page).form.editor("@name"))
    press(qtbot, Qt.Key.Key_A, modifier=CONTROL)
    type_text(qtbot, name)
    press(qtbot, Qt.Key.Key_S, modifier=CONTROL)


def assert_name_refused(qtbot: QtBot, window: MainWindow, page: RulePage, said: str) -> None:
    """Hold that a sentence stands under the name, where the keyboard is, and nowhere else."""
    name = opened(page).form.editor("@name")
    qtbot.waitUntil(lambda: name.accessibleDescription() == said)
    qtbot.waitUntil(lambda: not is_saving(window))
    assert QApplication.focusWidget() is name
    assert not page.problem.isVisible()


def test_a_new_action_never_takes_the_place_of_another(
    page: RulePage, window: MainWindow, path: Path, qtbot: QtBot
):
    save_new_action_as(qtbot, page, "to_hot")
    assert_name_refused(
        qtbot, window, page, "Another action is called to_hot. Choose another name."
    )
    assert path.read_text("utf-8") == WORKSPACE

    type_text(qtbot, "_too")
    press(qtbot, Qt.Key.Key_S, modifier=CONTROL)
    qtbot.waitUntil(lambda: not window.drafts.dirty, timeout=10_000)
    rule = load(path).partial.rules["hot"]
    assert rule.actions == ("to_hot", "to_hot_too")


def test_saving_the_rule_opens_the_new_action_whose_name_is_taken(
    page: RulePage, path: Path, qtbot: QtBot
):
    key = page._editor.add_action("kafka")
    page.open_action(key, is_added=True)
    name = opened(page).form.editor("@name")
    tab_to(qtbot, name)
    press(qtbot, Qt.Key.Key_A, modifier=CONTROL)
    type_text(qtbot, "to_hot")
    tab_to(qtbot, opened(page).done_button)
    press(qtbot, Qt.Key.Key_Return)
    assert page.sheet is None

    press(qtbot, Qt.Key.Key_S, modifier=CONTROL)

    qtbot.waitUntil(lambda: page.sheet is not None, timeout=10_000)
    assert opened(page).sheet.key == key
    name = opened(page).form.editor("@name")
    said = "Another action is called to_hot. Choose another name."
    qtbot.waitUntil(lambda: name.accessibleDescription() == said, timeout=10_000)
    assert QApplication.focusWidget() is name
    assert path.read_text("utf-8") == WORKSPACE


def test_cancel_leaves_the_action_whose_name_was_typed(page: RulePage, qtbot: QtBot):
    page.open_action(page._editor.add_action("kafka"), is_added=True)
    tab_to(qtbot, opened(page).form.editor("@name"))
    press(qtbot, Qt.Key.Key_A, modifier=CONTROL)
    type_text(qtbot, "to_hot")
    tab_to(qtbot, opened(page).cancel_button)
    press(qtbot, Qt.Key.Key_Return)

    assert [card.action.name for card in page.side.cards.cards] == ["to_hot", "console"]


def test_an_illegal_name_is_said_under_it_and_gone_to(
    page: RulePage, window: MainWindow, qtbot: QtBot
):
    save_new_action_as(qtbot, page, "a b")
    assert_name_refused(qtbot, window, page, "Use letters, digits, - and _.")


def test_the_preview_names_its_message(page: RulePage, sheet: ActionSheetPane, qtbot: QtBot):
    page.test.payload.edit.setPlainText('{"temp": 27.5, "hum": 41.8}')

    preview = sheet.preview
    assert preview is not None
    text = "from the test message, 27.5 and 41.8"
    qtbot.waitUntil(lambda: preview.message.whole_text() == text)


def test_cancel_takes_an_added_action_out_of_the_rule(
    page: RulePage, window: MainWindow, qtbot: QtBot
):
    page.open_action(page._editor.add_action("republish"), is_added=True)
    sheet = opened(page)
    tab_to(qtbot, sheet.cancel_button)
    press(qtbot, Qt.Key.Key_Return)

    assert page.sheet is None
    assert not window.drafts.dirty
    assert [card.action.name for card in page.side.cards.cards] == ["to_hot", "console"]
