"""A simulator's page in the window, by keyboard, on a real Mosquitto."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from core.lab.simulate import SimulatedMessage
from core.workspace.load import load
from gui.main_window import MainWindow
from gui.pages.simulator import SimulatorPage
from gui.shell.goals import page_goals
from gui.theme import Theme
from gui.viewmodels.made_messages import MadeMessages
from tests.helpers.mosquitto import Mosquitto

from .audit_painted import painted_cut
from .test_simulator_viewmodels import FILE

Key = Qt.Key
CTRL = Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def path(tmp_path: Path, mosquitto: Mosquitto) -> Path:
    made = tmp_path / "plant.sluicegate.toml"
    made.write_text(FILE.format(port=mosquitto.port), "utf-8")
    return made


def open_page(window: MainWindow, qtbot: QtBot, path: Path) -> SimulatorPage:
    with qtbot.waitSignal(window.session.workspaceChanged, timeout=20_000):
        window.session.open(path)
    window.tail.hide()
    window.bottom.fold(True)
    goal = next(goal for goal in page_goals(window) if goal.name == "12 sensors")
    goal.go()
    page = window.documents.page("simulator:sensors")
    assert isinstance(page, SimulatorPage)
    return page


def type_into(qtbot: QtBot, field: QWidget, text: str) -> None:
    """Replace what a field holds, as a person does, and go on by Tab."""
    field.setFocus(Qt.FocusReason.TabFocusReason)
    qtbot.keyClick(field, Key.Key_A, CTRL)
    qtbot.keyClick(field, Key.Key_Delete)
    qtbot.keyClicks(field, text)
    qtbot.keyClick(field, Key.Key_Tab)


def test_options_are_typed_and_saved(window: MainWindow, qtbot: QtBot, path: Path, theme: Theme):
    page = open_page(window, qtbot, path)
    options = page.options
    assert options.schedule.every.text() == "600"
    type_into(qtbot, options.topic, "t/{{device}}")
    type_into(qtbot, options.devices, "3")
    type_into(qtbot, options.schedule.every, "2 s")
    assert options.schedule.every.text() == "2"
    type_into(qtbot, options.schedule.jitter, "5")
    type_into(qtbot, options.stop, "90 messages")
    type_into(qtbot, options.seed, "")
    qtbot.keyClick(options.start, Key.Key_Space)
    qtbot.keyClick(window, Key.Key_S, CTRL)
    qtbot.waitUntil(lambda: not page.form.is_dirty)

    saved = load(path).partial.simulators["sensors"]
    assert (saved.topic, saved.devices, saved.every.ms) == ("t/{{device}}", 3, 2_000)
    assert (saved.jitter, saved.stop_after, saved.seed) == ("5%", 90, None)
    assert saved.autostart


def test_a_number_behind_a_word_that_was_wrong_has_its_unit_again(
    window: MainWindow, qtbot: QtBot, path: Path
):
    page = open_page(window, qtbot, path)
    jitter = page.options.schedule.jitter
    type_into(qtbot, jitter, "abc")
    qtbot.waitUntil(lambda: jitter.accessibleDescription() == "Jitter is 0 to 100 %.")
    assert jitter.text() == "abc"
    type_into(qtbot, jitter, "10")

    assert page.form.value(("jitter",)) == "10%"
    qtbot.waitUntil(lambda: jitter.accessibleDescription() == "")


def test_a_name_that_still_stands_in_its_field_is_saved(
    window: MainWindow, qtbot: QtBot, path: Path
):
    page = open_page(window, qtbot, path)
    name = page.template.rows[0].name
    name.setFocus(Qt.FocusReason.TabFocusReason)
    qtbot.keyClick(name, Key.Key_A, CTRL)
    qtbot.keyClicks(name, "another")
    with qtbot.waitSignal(window.drafts.saved, timeout=10_000):
        qtbot.mouseClick(page.save_button, Qt.MouseButton.LeftButton)
    assert "another" in load(path).partial.simulators["sensors"].fields


def test_a_problem_shows_when_its_field_is_left_and_saving_leads_to_the_first(
    window: MainWindow, qtbot: QtBot, path: Path
):
    page = open_page(window, qtbot, path)
    page.options.topic.setFocus(Qt.FocusReason.TabFocusReason)
    qtbot.keyClicks(page.options.topic, "/#")
    assert page.options.topic.accessibleDescription() == ""
    qtbot.keyClick(page.options.topic, Key.Key_Tab)
    described = page.options.topic.accessibleDescription
    qtbot.waitUntil(lambda: "cannot contain + or #" in described())
    type_into(qtbot, page.options.devices, "0")
    with qtbot.waitSignal(page.form.refused):
        qtbot.keyClick(window, Key.Key_S, CTRL)

    assert QApplication.focusWidget() is page.options.topic


def test_fields_are_added_named_changed_and_removed_by_keyboard(
    window: MainWindow, qtbot: QtBot, path: Path
):
    page = open_page(window, qtbot, path)
    template = page.template
    qtbot.keyClick(template.add_link, Key.Key_Return)
    row = template.rows[-1]
    assert QApplication.focusWidget() is row.name
    qtbot.keyClick(row.name, Key.Key_A, CTRL)
    qtbot.keyClicks(row.name, "mode")
    qtbot.keyClick(row.name, Key.Key_Tab)
    assert page.form.rows[-1].name == "mode"
    kind = template.rows[-1].kind
    kind.setFocus(Qt.FocusReason.TabFocusReason)
    qtbot.keyClicks(kind, "pick")
    kind.activated.emit(kind.currentIndex())
    row = template.rows[-1]
    assert QApplication.focusWidget() is row.kind
    type_into(qtbot, row.inputs["values"], "on 9 %, off 1 %")
    template.payload.setFocus(Qt.FocusReason.TabFocusReason)
    qtbot.keyClick(template.payload, Key.Key_A, CTRL)
    qtbot.keyClicks(template.payload, '{"mode": "')
    qtbot.mouseClick(template.tokens[0], Qt.MouseButton.LeftButton)
    assert template.payload.toPlainText() == '{"mode": "{{device}}'
    template.rows[0].removeAsked.emit("temp")
    assert [each.name.name for each in template.rows] == ["hum", "mode"]

    assert page.form.drafts.value(page.form.key, ("fields", "mode")) == {
        "kind": "choice",
        "values": ["on", "off"],
        "weights": [9, 1],
    }


def test_a_placeholder_without_a_field_offers_one(window: MainWindow, qtbot: QtBot, path: Path):
    page = open_page(window, qtbot, path)
    template = page.template
    template.payload.setFocus(Qt.FocusReason.TabFocusReason)
    qtbot.keyClick(template.payload, Key.Key_End, CTRL)
    qtbot.keyClicks(template.payload, " {{pressure}}")
    qtbot.waitUntil(template.add_missing.isVisible)
    qtbot.keyClick(template.add_missing, Key.Key_Return)

    assert template.rows[-1].name.name == "pressure"
    qtbot.waitUntil(lambda: not template.add_missing.isVisible())


def test_it_runs_from_its_page_and_the_preview_is_what_comes(
    window: MainWindow, qtbot: QtBot, path: Path
):
    page = open_page(window, qtbot, path)
    qtbot.waitUntil(lambda: page.preview.table.model().rowCount() == 10)
    assert page.run_button.text() == "Start"
    qtbot.keyClick(page.run_button, Key.Key_Return)
    qtbot.waitUntil(lambda: page.header.word.text() == "Running")
    qtbot.waitUntil(lambda: page.rate.verdict.text() == "On target")

    assert page.run_button.text() == "Stop"
    qtbot.waitUntil(lambda: page.rate.meter.filled > 0.5)
    assert page.rate.target.text() == "of 20.0 messages per second"
    page.rate.setFixedWidth(260)  # as in a narrow page
    qtbot.waitUntil(lambda: page.rate.target.text() == "of 20.0/s")
    window.commands["toggle_simulator"].trigger()
    qtbot.waitUntil(lambda: page.header.word.text() == "Stopped")
    assert page.run_button.text() == "Start"
    window.commands["send_one"].trigger()
    qtbot.waitUntil(lambda: bool(window.toasts.shown))
    assert window.toasts.shown[-1].text.startswith("Sent to temp_hum/emqx")


def test_times_of_later_messages_are_seen_whole_in_the_preview(
    window: MainWindow, qtbot: QtBot, path: Path
):
    page = open_page(window, qtbot, path)
    table = page.preview.table
    qtbot.waitUntil(lambda: table.model().rowCount() == 10)
    model = table.model()
    assert isinstance(model, MadeMessages)
    with painted_cut() as found:
        model.show([SimulatedMessage(at_s, 0, "t", b"1", ()) for at_s in (0.0, 86_400.0)])
        table.grab()

    assert found == []


def test_a_new_one_is_named_saved_and_then_can_be_started(
    window: MainWindow, qtbot: QtBot, path: Path
):
    open_page(window, qtbot, path)
    window.commands["new_simulator"].trigger()
    page = window.simulators.page
    assert page is not None
    assert QApplication.focusWidget() is page.header.field
    assert not page.run_button.isEnabled()
    qtbot.keyClick(page.header.field, Key.Key_A, CTRL)
    qtbot.keyClicks(page.header.field, "second")
    qtbot.keyClick(window, Key.Key_S, CTRL)
    qtbot.waitUntil(lambda: window.documents.current == "simulator:second")

    page = window.simulators.page
    assert page is not None
    qtbot.waitUntil(page.run_button.isEnabled)
    assert window.navigator.model.index_of("simulator:second").isValid()


@pytest.mark.parametrize("width", [1280, 1024])
def test_nothing_is_wider_than_the_page(window: MainWindow, qtbot: QtBot, path: Path, width: int):
    page = open_page(window, qtbot, path)
    window.resize(width, 700)
    page.options.schedule.kind.edited.emit("burst")
    widgets = (page.options.client, page.template.add_link, page.rate.meter)

    def is_inside() -> bool:
        right = page.mapToGlobal(page.rect().topRight()).x()
        return page.width() < width - 200 and all(
            widget.mapToGlobal(widget.rect().topRight()).x() <= right for widget in widgets
        )

    qtbot.waitUntil(is_inside)
