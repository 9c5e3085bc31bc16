"""What a window shows in states that pass: notices above the pages, a name that is typed."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit, QWidget
from shiboken6 import isValid

from gui.widgets.form_group import FormGroup

from .trouble_scenes import type_references

if TYPE_CHECKING:
    from .scenes import Stage


def changed_file(stage: Stage) -> QWidget:
    """The file, which another program has written."""
    session, banner = stage.window.session, stage.window.documents.notices["file"]
    assert session.path is not None
    path, text = session.path, session.path.read_text("utf-8")
    path.write_text(text.replace("payload.temp > 40", "payload.tmep >"), "utf-8")
    stage.afterwards(session.read_again)
    stage.afterwards(lambda: path.write_text(text, "utf-8"))
    stage.page("overview")
    stage.until(banner.isVisible)
    return banner


def recovered_drafts(stage: Stage) -> QWidget:
    """Edits of an earlier start."""
    drafts, journal = stage.window.drafts, stage.window.notices.journal
    drafts.set("rule:off", ("label",), "Not in use")
    stage.afterwards(lambda: drafts.revert("rule:off"))
    journal.recovered, journal.since = ["rule:off"], "12:03"
    journal.changed.emit()
    stage.page("overview")
    return stage.window.documents.notices["drafts"]


def orphans(stage: Stage) -> QWidget:
    """An edited rule that is not in the file any more."""
    drafts = stage.window.drafts
    drafts.set("rule:off", ("label",), "Not in use")
    stage.change("[rules.off]", "[rules.away]")
    stage.afterwards(lambda: drafts.revert("rule:off"))
    stage.afterwards(lambda: stage.change("[rules.away]", "[rules.off]"))
    stage.page("overview")
    banner = stage.window.documents.notices["orphans"]
    stage.until(banner.isVisible)
    return banner


def coach(stage: Stage) -> QWidget:
    """The first record of the demo was read."""
    stage.tail()
    stage.window.coach._is_due = True
    stage.window.coach._show_when_read()
    stage.afterwards(stage.window.coach.banner.hide)
    return stage.window.coach.banner


def dead_engine(stage: Stage) -> QWidget:
    """The engine went, and is not started again."""
    stage.page("overview")
    stage.window.session.engineDied.emit("Out of memory", False)
    stage.afterwards(stage.window.documents.banner.hide)
    return stage.window.documents.banner


def typed_name(stage: Stage) -> QWidget:
    """A rule that gets another name in the navigator."""
    navigator = stage.window.navigator
    navigator.rename("rule:temp_hum")
    field = stage.until(lambda: navigator.view.viewport().findChild(QLineEdit))
    stage.afterwards(lambda: QTest.keyClick(field, Qt.Key.Key_Escape) if isValid(field) else None)
    return navigator


def new_connector(stage: Stage, command: str) -> QWidget:
    stage.window.commands[command].trigger()
    key = stage.window.documents.current
    stage.afterwards(lambda: stage.window.drafts.revert(key))
    return stage.page(key)


def new_password(stage: Stage) -> QWidget:
    """A connector whose password is typed as a reference to it."""
    page = new_connector(stage, "new_mqtt")
    stage.window.drafts.set(stage.window.documents.current, ("username",), "plant")
    for group in page.findChildren(FormGroup):
        group.open()
    type_references(stage, page)
    return page


def new_simulator(stage: Stage) -> QWidget:
    """A simulator that has no name yet."""
    page: Any = new_connector(stage, "new_simulator")
    assert page.header.field.isVisible()
    return page


def typed_payload(stage: Stage) -> QWidget:
    """A payload that is typed before there is a statement."""
    page = stage.new_rule()
    page.test._ask_form()
    assert page.test.result.empty.isVisible()
    return page


def loose_settings(stage: Stage) -> QWidget:
    """The settings where no workspace is open, which have no tab."""
    pages = stage.empty.settings_pages
    stage._activate(stage.empty)
    pages.show()
    stage.afterwards(pages._close)
    assert pages.loose is not None
    assert pages.loose.close_button.isVisible()
    return pages.loose


def strip(stage: Stage) -> QWidget:
    stage.window.tail.hide()
    stage.afterwards(stage.window.tail.show)
    stage.until(stage.window.strip.isVisible)
    return stage.window.strip


STATES: Final[dict[str, Callable[[Stage], QWidget]]] = {
    "file changed elsewhere": changed_file,
    "recovered drafts": recovered_drafts,
    "rule gone from the file": orphans,
    "first record of the demo": coach,
    "dead engine": dead_engine,
    "name in the navigator": typed_name,
    "new MQTT connector": new_password,
    "new Kafka connector": lambda stage: new_connector(stage, "new_kafka"),
    "new simulator": new_simulator,
    "payload before the statement": typed_payload,
    "settings without a workspace": loose_settings,
    "folded tail": strip,
}
"""States of the window, by their names."""
