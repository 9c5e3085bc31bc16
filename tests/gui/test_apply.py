"""What Apply would change, why it may not, and how it is done: by keyboard, on real engines."""

from __future__ import annotations

from functools import partialmethod
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from core.bridge.engine import Engine
from core.workspace.compare import DiffLine
from core.workspace.load import load
from gui.main_window import MainWindow
from gui.pages.compare import ComparePage
from gui.theme.tokens import tokens
from tests.helpers.engine import run_publish

pytestmark = pytest.mark.timeout(60)  # starts embedded brokers and an engine

Key = Qt.Key
CTRL = Qt.KeyboardModifier.ControlModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier
TEST = """
[[rules.all.tests]]
name = "any"
context = {{ topic = "{topic}", payload = "x" }}
expect.output = {{ payload = "x" }}
"""


@pytest.fixture
def window(window: MainWindow, qtbot: QtBot, workspace: Path) -> MainWindow:
    """A window with a running bridge, whose rule has a test that passes."""
    add_test(workspace)
    window.session.open(workspace)
    window.session.start()
    qtbot.waitUntil(lambda: window.session.state == "running", timeout=30_000)
    return window


def add_test(workspace: Path) -> None:
    text = workspace.read_text("utf-8")
    topic = f"gui/{workspace.parent.name}/a"
    added = TEST.format(topic=topic)
    text = text.replace("[actions.kafka.to_kafka]", f"{added}\n[actions.kafka.to_kafka]")
    workspace.write_text(text, "utf-8")


def change(window: MainWindow, qtbot: QtBot, old: str, new: str) -> None:
    path = window.session.path
    assert path is not None
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new), "utf-8")
    with qtbot.waitSignal(window.session.workspaceChanged):
        window.session.read_again()


def ask(window: MainWindow, qtbot: QtBot) -> None:
    """Open the popover, and wait for what the tests say."""
    qtbot.waitUntil(window.toolbar.apply_button.isVisible)
    qtbot.keyClick(window, Key.Key_A, CTRL | SHIFT)
    popover = window.applying.popover
    assert popover.isVisible()
    model = window.applying.model
    qtbot.waitUntil(lambda: model.verdict.status != "connecting", timeout=20_000)


def is_applied(window: MainWindow) -> bool:
    return window.session.running is not None and window.session.running == window.live.workspace


def check_drawn_lines(popover: QWidget) -> None:
    """Compare the popover with its drawing: the upper parts from above, the others from below."""
    picture, colours = popover.grab().toImage(), tokens().colours["light"]
    last = popover.height() - 1
    drawn = {
        (17, 90): "border",  # at the left of the first comparison
        (502, 90): "border",  # and at its right
        (300, 67): "border",  # and above it
        (300, last - 151): "border",  # above the choice
        (300, last - 100): "surface3",
        (300, last - 52): "border",  # above the foot
        (10, last - 30): "surface_alt",
        (300, last): "border_strong",
    }
    assert popover.width() == 520
    found = {place: picture.pixelColor(*place).name() for place in drawn}
    assert found == {place: colours[token].lower() for place, token in drawn.items()}


def test_the_popover_shows_what_would_change_and_enter_applies_it(window: MainWindow, qtbot: QtBot):
    change(window, qtbot, "SELECT topic, payload", "SELECT topic, payload, qos")
    change(
        window,
        qtbot,
        "[actions.kafka.to_kafka]",
        '[actions.kafka.to_kafka]\nmax_linger_time = "9ms"',
    )
    ask(window, qtbot)
    popover = window.applying.popover

    assert popover.title.text() == "Apply 2 changes"
    first, second = window.applying.model.blocks
    assert (first.name, first.what) == ("all", "SQL")
    assert [line.sign for line in first.lines] == ["removed", "added"]
    assert second.lines == (DiffLine("added", 'max_linger_time = "9ms"'),)
    assert popover.verdict.whole_text() == "1 of 1 tests passed, no problems"
    assert popover.drain.isChecked()
    assert window.toolbar.apply_button.isDown()
    button = window.toolbar.apply_button
    below = popover.pos() - button.mapToGlobal(button.rect().bottomLeft())
    assert (abs(below.x()), below.y()) <= (2, 8), "left-aligned, 5 below; offscreen adds a frame"
    check_drawn_lines(popover)
    with qtbot.waitSignal(window.session.applied, timeout=20_000) as applied:
        qtbot.keyClick(QApplication.focusWidget(), Key.Key_Return)
    assert applied.args == [2, 0]
    assert is_applied(window)
    assert popover.isHidden()
    assert not window.toolbar.apply_button.isDown()
    qtbot.waitUntil(window.toolbar.apply_button.isHidden)
    assert window.toasts.shown[-1].text == "Applied 2 changes."


def test_enter_before_the_tests_have_run_applies_when_they_pass(window: MainWindow, qtbot: QtBot):
    change(window, qtbot, "SELECT topic, payload", "SELECT topic, payload, qos")
    qtbot.waitUntil(window.toolbar.apply_button.isVisible)
    with qtbot.waitSignal(window.session.applied, timeout=20_000):
        window.commands["apply"].trigger()
        assert window.applying.model.verdict.status == "connecting"
        qtbot.keyClick(window.applying.popover, Key.Key_Return)
    assert is_applied(window)


@pytest.mark.parametrize("drains", [True, False])
def test_what_is_in_flight_is_counted_and_the_choice_is_kept_to(
    window: MainWindow, qtbot: QtBot, drains: bool
):
    slow = '[actions.kafka.to_kafka]\nmax_linger_time = "3s"'
    change(window, qtbot, "[actions.kafka.to_kafka]", slow)
    ask(window, qtbot)
    with qtbot.waitSignal(window.session.applied, timeout=20_000):
        window.applying.model.apply()
    topic = f"gui/{window.session.path.parent.name}/a"  # type: ignore[union-attr]
    run_publish(
        *(str(window.session.path), "plant", topic, "x"),
        *("--qos", "1", "--repeat", "2", "--sandbox", str(window.session.sandbox)),
    )
    qtbot.waitUntil(lambda: window.applying.model.in_flight == 2)
    change(window, qtbot, "SELECT topic, payload", "SELECT topic, payload, qos")
    ask(window, qtbot)
    popover = window.applying.popover
    assert popover.drain.help.startswith("The 2 messages in flight finish")
    assert "The 2 in flight end" in popover.now.help
    (popover.drain if drains else popover.now).click()
    busy: list[str] = []
    window.session.busyChanged.connect(busy.append)
    with qtbot.waitSignal(window.session.applied, timeout=20_000) as applied:
        popover.apply.click()

    assert applied.args == [1, 0 if drains else 2]
    assert ("Waiting for what is in flight: 2 left" in busy) == drains
    assert is_applied(window)


def test_stop_ends_the_waiting_at_once(
    window: MainWindow, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(Engine, "stop", partialmethod(Engine.stop, 1.0))  # for the rest
    slow = '[actions.kafka.to_kafka]\nmax_linger_time = "5s"'
    change(window, qtbot, "[actions.kafka.to_kafka]", slow)
    window.session.apply(drain_first=True)
    qtbot.waitUntil(lambda: is_applied(window))
    topic = f"gui/{window.session.path.parent.name}/a"  # type: ignore[union-attr]
    run_publish(
        *(str(window.session.path), "plant", topic, "x"),
        *("--qos", "1", "--sandbox", str(window.session.sandbox)),
    )
    qtbot.waitUntil(lambda: window.applying.model.in_flight == 1)
    change(window, qtbot, "SELECT topic, payload", "SELECT topic, payload, qos")
    window.session.apply(drain_first=True)
    qtbot.waitUntil(lambda: "Waiting for" in window.session.busy)
    window.session.stop()
    qtbot.waitUntil(lambda: window.session.state == "draining")
    assert not window.session.is_draining_first
    qtbot.waitUntil(lambda: window.session.state == "stopped", timeout=20_000)


def test_a_failing_test_refuses_and_says_which(window: MainWindow, qtbot: QtBot):
    change(window, qtbot, "SELECT topic, payload", "SELECT topic")
    ask(window, qtbot)
    popover = window.applying.popover

    assert popover.verdict.whole_text() == "1 of 1 tests failed"
    assert popover.why.whole_text().startswith("all, any: ")
    assert not popover.apply.isEnabled()
    assert "all, any" in popover.apply.accessibleDescription()
    qtbot.keyClick(popover, Key.Key_Return)
    assert popover.isVisible()
    qtbot.mouseClick(popover.show_link, Qt.MouseButton.LeftButton)
    assert window.documents.current == "rule:all"
    assert not is_applied(window)


def test_an_error_refuses_and_leads_to_the_problems(window: MainWindow, qtbot: QtBot):
    change(window, qtbot, 'connector = "laptop"', 'connector = "nowhere"')
    ask(window, qtbot)
    popover = window.applying.popover

    assert popover.verdict.whole_text() == "1 error keeps it from running"
    assert "nowhere" in popover.why.whole_text()
    assert not popover.apply.isEnabled()
    qtbot.mouseClick(popover.show_link, Qt.MouseButton.LeftButton)
    assert window.bottom.current_key == "problems"


def test_one_object_is_reverted_to_what_runs(window: MainWindow, qtbot: QtBot):
    change(window, qtbot, "SELECT topic, payload", "SELECT topic, payload, qos")
    change(
        window,
        qtbot,
        "[actions.kafka.to_kafka]",
        '[actions.kafka.to_kafka]\nmax_linger_time = "9ms"  # slow',
    )
    ask(window, qtbot)
    popover = window.applying.popover
    with qtbot.waitSignal(window.file_changes.done):
        popover.blocks[0].link.click()

    assert popover.title.text() == "Apply 1 change"
    path = window.session.path
    assert path is not None
    assert load(path).partial.rules["all"].sql.startswith("SELECT topic, payload FROM")
    assert "# slow" in path.read_text("utf-8")
    with qtbot.waitSignal(window.file_changes.done):
        popover.blocks[0].link.click()
    qtbot.waitUntil(popover.isHidden)
    qtbot.waitUntil(window.toolbar.apply_button.isHidden)


def test_all_differences_are_seen_on_a_page_until_they_run(window: MainWindow, qtbot: QtBot):
    change(window, qtbot, "SELECT topic, payload", "SELECT topic, payload, qos")
    ask(window, qtbot)
    window.applying.popover.compare.click()
    page = window.documents.page("compare:apply")
    assert isinstance(page, ComparePage)

    assert [view.key for view in page.blocks] == ["rule:all"]
    assert page.blocks[0].diff.spoken().startswith("removed SELECT topic, payload FROM")
    with qtbot.waitSignal(window.session.applied, timeout=20_000):
        window.session.apply(drain_first=False)
    assert page.blocks == []
    assert page.stack.currentWidget() is page.empty


def test_a_file_changed_elsewhere_is_not_applied_unseen(window: MainWindow, qtbot: QtBot):
    change(window, qtbot, "SELECT topic, payload", "SELECT topic, payload, qos")
    path = window.session.path
    assert path is not None
    path.write_text(path.read_text("utf-8").replace("payload, qos", "retain"), "utf-8")
    with qtbot.waitSignal(window.session.failed) as failed:
        window.session.apply(drain_first=False)

    assert "changed elsewhere" in failed.args[0]
    assert window.session.running is not None
    assert "retain" not in window.session.running.rules["all"].sql


def test_tests_and_labels_are_nothing_to_apply(window: MainWindow, qtbot: QtBot):
    change(window, qtbot, "[rules.all]", '[rules.all]\nlabel = "Everything"')
    change(window, qtbot, 'name = "any"', 'name = "some"')

    assert window.toolbar.apply_button.isHidden()
    assert not window.commands["apply"].isEnabled()
