"""Steps that several scenes take."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from gui.pages.rule import RulePage
from gui.viewmodels.live_rows import ROW_ROLE
from gui.viewmodels.tail_row import TailRow
from gui.widgets.live_table import LiveTable
from tests.gui.tour.stage import SIZE, Stage

_USUAL_RATE: Final = 28
"""Messages per second."""
_NEWEST: Final = 20


async def open_rule(stage: Stage) -> RulePage:
    """Open the rule that most scenes are about."""
    await fold(stage)
    stage.open_only("rule:temp_hum", "connector:kafka-lab", "rule:temp_hum")
    page = stage.window.documents.page("rule:temp_hum")
    assert isinstance(page, RulePage)
    await stage.settle()
    return page


async def open_saved_rule(stage: Stage) -> RulePage:
    """Open the rule; its statement and its action are saved otherwise than they run."""
    page = await open_rule(stage)
    window = stage.window
    text = page.panel.editor.toPlainText()
    if "> 15" in text:
        page.panel.editor.selectAll()
        page.panel.editor.insertPlainText(text.replace("> 15", "> 20"))
        window.drafts.set("action:to_emqx", ("max_linger_time",), "5ms")
        await stage.until(lambda: window.commands["save"].isEnabled(), "an edit")
        window.drafts.save("action:to_emqx")
        await stage.until(lambda: not window.drafts.is_dirty("action:to_emqx"), "the action")
        window.commands["save"].trigger()
        await stage.until(lambda: not window.drafts.is_dirty("rule:temp_hum"), "the rule")
        button = window.toolbar.apply_button
        await stage.until(lambda: "2" in button.text(), "two changes to apply")
    return page


async def run_cases(stage: Stage, page: RulePage) -> None:
    """Choose the first case and run all."""
    page.test.cases.choice.activated.emit(1)
    await stage.settle()
    page.test.cases.run.click()
    await stage.until(lambda: page.test.cases.run.isEnabled(), "the cases")
    await stage.settle()


async def write_statement(stage: Stage, page: RulePage, first: str, second: str) -> None:
    """Change the conditions of the statement, with the caret behind the last."""
    editor = page.panel.editor
    head = editor.toPlainText().partition("WHERE")[0]
    editor.selectAll()
    editor.insertPlainText(f"{head}WHERE {first}\n  AND {second}")
    caret = editor.textCursor()
    place = caret.position()
    if second.count("(") > second.count(")"):
        editor.insertPlainText(") > 20 ")  # one space more than is saved
        caret.setPosition(place)
        editor.setTextCursor(caret)
    else:
        editor.insertPlainText(" > 20")
    await stage.settle()


async def show_all(stage: Stage) -> None:
    """The window as it is at first: all docks."""
    window = stage.window
    await _put_back(stage)
    window.palette_window.hide()
    window.resize(SIZE)
    window.tail.show()
    for table in (window.tail.table, window.bottom_pages.feed.table):
        table.followed.emit()  # as when End is pressed
    window.tail.model.set_decode("json", "auto")
    window.bottom.fold(False)
    window.bottom.show_page("feed")
    await stage.settle()


async def fold(stage: Stage) -> None:
    """Leave the room to the page."""
    window = stage.window
    await _put_back(stage)
    window.resize(SIZE)
    window.tail.hide()
    window.bottom.fold(True)
    await stage.settle()


async def _put_back(stage: Stage) -> None:
    """Take back what a scene has edited or deleted, and do not tell of it."""
    window = stage.window
    window.tour.end()
    for key in window.drafts.dirty:
        window.drafts.revert(key)
    messages = window.live.workspace.messages
    if not any(each.name == "hot sample" for each in messages):
        window.file_changes.undo()
        await stage.until(lambda: len(window.live.workspace.messages) > len(messages), "undoing")
    close_toasts(stage)


def close_toasts(stage: Stage) -> None:
    """Take away what is told in the corner."""
    for toast in stage.window.toasts.shown:
        toast.close_button.click()


async def fail_one(stage: Stage) -> None:
    """Have one more record refused, and wait until the window says so."""
    live = stage.window.live
    before = live.total("action.failed", "to_alarms")
    await stage.house.devices.send_too_large()
    await stage.until(lambda: live.total("action.failed", "to_alarms") > before, "a failure")


async def usual_rates(stage: Stage) -> None:
    """Wait for the rates, which begin anew whenever the file has changed."""
    await stage.until(lambda: stage.window.live.in_rate() > _USUAL_RATE, "rates")


def newest_keys(table: LiveTable) -> set[str]:
    """List the keys of the newest records in the tail."""
    model = table.model()
    count = model.rowCount()
    found = (model.index(row, 0).data(ROW_ROLE) for row in range(max(count - _NEWEST, 0), count))
    return {row.key for row in found if isinstance(row, TailRow)}


def choose_last(table: LiveTable) -> None:
    """Choose the newest row of a list that nothing comes into any more."""
    table.followed.emit()  # as when End is pressed
    table.selectRow(table.model().rowCount() - 1)


def choose_known(stage: Stage) -> None:
    """Choose the newest record of the tail whose message is in the feed; else the newest."""
    window = stage.window
    table, lineage = window.tail.table, window.bottom_pages.messages.lineage
    choose_last(table)
    model = table.model()
    for row in range(model.rowCount() - 1, max(model.rowCount() - _NEWEST, 0), -1):
        record = model.index(row, 0).data(ROW_ROLE)
        if isinstance(record, TailRow) and lineage.message_of(record) is not None:
            table.selectRow(row)
            return


async def choose_card(stage: Stage, key: str) -> None:
    """Choose a card of the map, and take the keyboard off it."""
    page = stage.window.documents.page("overview")
    page.map.card(key).setFocus(Qt.FocusReason.MouseFocusReason)
    focused = QApplication.focusWidget()
    if focused is not None:
        focused.clearFocus()
