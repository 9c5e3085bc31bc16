"""Menus and small windows that are asked for from within a page, a dock or another menu."""

from __future__ import annotations

from collections.abc import Callable
from math import isnan
from typing import TYPE_CHECKING, Any, Final

import pytest
from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QMenu, QWidget
from shiboken6 import isValid

from gui.closing import ClosingSheet
from gui.docks.filter_menu import FilterMenu
from gui.editors.action_form import WhyPopover
from gui.pages.settings import SettingsPage
from gui.viewmodels.action_options import TOPIC
from gui.viewmodels.cluster_topics import ClusterTopics, TopicList

from .overlay_scenes import bar_menu, clicked, menu_of, new_menu, opened, tail_choice

if TYPE_CHECKING:
    from gui.docks.tail_bar import TailBar
    from gui.pages.rule import RulePage
    from gui.widgets.filter_field import FilterField

    from .scenes import Stage


def _bar(stage: Stage) -> TailBar:
    stage.tail()
    return stage.window.tail.panel.bar


# Menus


def action_kinds(stage: Stage) -> QWidget:
    stage.parts().side.ask_for_action()
    return opened(stage)


def tab_menu(stage: Stage) -> QWidget:
    stage.page("rule:temp_hum")
    documents = stage.window.documents
    documents.menuAsked.emit("rule:temp_hum", documents.mapToGlobal(QPoint(0, 0)))
    return opened(stage)


def saved_messages(stage: Stage) -> QWidget:
    stage.publish("mqtt")
    return clicked(stage, stage.window.publish.saved_button)


def filter_menu(stage: Stage) -> QWidget:
    _filtered(stage).show_menu()
    return opened(stage)


def _filtered(stage: Stage) -> FilterField:
    field = _bar(stage).filter
    field.setText("temp")
    stage.afterwards(field.clear)
    return field


def text_menu(stage: Stage) -> QWidget:
    return menu_of(stage, stage.rule().panel.editor)


def shortcut_menu(stage: Stage) -> QWidget:
    page = stage.settings("shortcuts")
    assert isinstance(page, SettingsPage)
    view, table = page.shortcuts.view, page.shortcuts.table
    rows = [view.model().index(row, 0) for row in range(view.model().rowCount())]
    view.setCurrentIndex(next(row for row in rows if table.name_at(row) == "pause_feed"))
    return menu_of(stage, view)


def record_commands(stage: Stage) -> QWidget:
    stage.tail()
    return clicked(stage, stage.window.tail.detail.more_button)


def more_connectors(stage: Stage) -> QWidget:
    stage.page("overview")
    return clicked(stage, stage.window.toolbar.more)


def submenu(menu: QWidget, place: int = 0) -> QWidget:
    """Open a menu of a menu, by its place among those."""
    assert isinstance(menu, QMenu)
    action = [action for action in menu.actions() if action.menu()][place]
    menu.setActiveAction(action)
    inner = action.menu()
    assert isinstance(inner, QMenu)
    inner.popup(menu.mapToGlobal(menu.actionGeometry(action).topRight()))
    assert inner.actions()
    return inner


# Small windows


def closing(stage: Stage) -> QWidget:
    sheet = ClosingSheet(stage.window)
    sheet.show_text("")
    sheet.open()
    stage.afterwards(sheet.deleteLater)
    stage.afterwards(sheet.close)
    return sheet


def action_help(stage: Stage) -> QWidget:
    page = stage.new_rule()
    page._tabs.choose("parts")
    stage.afterwards(lambda: page._tabs.choose("sql") if isValid(page) else None)
    stage.until(page.side.no_actions.help_link.isVisible)
    return clicked(stage, page.side.no_actions.help_link)


def why(stage: Stage) -> QWidget:
    sheet = stage.action("to_emqx")
    problem = "The cluster answers, but has no topic of that name, and none may be created."
    WhyPopover(sheet.form._fields[TOPIC].editor, problem, "Open cluster").open()
    return opened(stage)


def chart_values(stage: Stage) -> QWidget:
    page = stage.page("monitor")
    stage.until(lambda: sum(not isnan(values[0]) for _, values in page.rates.points) > 13)
    page._show_rates()  # with a scroll bar, which takes room from its heads
    return opened(stage)


def topics_of_an_action(stage: Stage) -> QWidget:
    """The topics of a cluster that did not make one, which is offered once more."""
    stage.window.drafts.set("action:to_emqx", ("topic",), "plant.new")
    stage.afterwards(lambda: stage.window.drafts.revert("action:to_emqx"))
    picker = stage.action("to_emqx").form._picker
    assert picker is not None
    known = TopicList("known", {"emqx": 3}, True, "The cluster lets nobody make topics.")
    patch = pytest.MonkeyPatch()
    patch.setattr(ClusterTopics, "of", lambda _topics, _connector: known)
    stage.afterwards(patch.undo)
    picker.open()
    popup: Any = opened(stage)
    for part in (popup.rows, popup.note, popup.button):
        stage.until(part.isVisible)
    return popup


def note(stage: Stage) -> QWidget:
    stage.rule().header._ask_note()
    return opened(stage)


def _rule_to_save(stage: Stage) -> RulePage:
    """Show a rule whose test has a result; before, the button is disabled, and what hangs on it."""
    page = stage.rule()
    stage.until(lambda: page.test.cases.save.isEnabled() and not page._editor.test.is_running)
    return page


def case_name(stage: Stage) -> QWidget:
    page = _rule_to_save(stage)
    page.test.cases._ask_name()
    return opened(stage)


def new_case_name(stage: Stage) -> QWidget:
    page = _rule_to_save(stage)
    page.test.cases._renaming.ask("a reading")
    return opened(stage)


def start_popup(stage: Stage, kind: str) -> QWidget:
    _bar(stage)._ask_for_start("offset" if kind == "offset" else "time")
    return opened(stage)


def partitions_popup(stage: Stage) -> QWidget:
    _bar(stage)._ask_for_partitions()
    return opened(stage)


def parts_popup(stage: Stage) -> QWidget:
    _bar(stage)._ask_for_paths()
    return opened(stage)


def topic_name(stage: Stage) -> QWidget:
    stage.tail()
    stage.window.tail.ask_for_topic("cluster")
    return opened(stage)


def kept_filter(stage: Stage) -> QWidget:
    menu = _filtered(stage).findChild(FilterMenu)
    assert menu is not None
    menu._ask()
    return opened(stage)


def gap(stage: Stage) -> QWidget:
    stage.window.saved._ask_for_gap("samples")
    return opened(stage)


def place_of_a_message(stage: Stage) -> QWidget:
    stage.window.saved._rename("message:samples/hot sample")
    return opened(stage)


MENUS: Final[dict[str, Callable[[Stage], QWidget]]] = {
    "menu of kinds of actions": action_kinds,
    "menu of a document's tab": tab_menu,
    "menu of saved messages": saved_messages,
    "menu of a filter": filter_menu,
    "menu of a text": text_menu,
    "menu of a shortcut": shortcut_menu,
    "menu of a record's detail": record_commands,
    "menu of more connectors": more_connectors,
    "menu of recent files": lambda stage: submenu(bar_menu(stage, 0)),
    "menu of themes": lambda stage: submenu(bar_menu(stage, 2), -1),
    "menu of documents": lambda stage: submenu(bar_menu(stage, 2)),
    "menu of decoded keys": lambda stage: submenu(tail_choice(stage, "decode")),
    "menu of services": lambda stage: submenu(new_menu(stage)),
    "closing": closing,
    "help on actions": action_help,
    "why": why,
    "values of a chart": chart_values,
    "topics of an action": topics_of_an_action,
    "note of a rule": note,
    "name of a case": case_name,
    "new name of a case": new_case_name,
    "offset to read from": lambda stage: start_popup(stage, "offset"),
    "time to read from": lambda stage: start_popup(stage, "time"),
    "partitions to read": partitions_popup,
    "parts of values": parts_popup,
    "another topic": topic_name,
    "filter to keep": kept_filter,
    "gap between messages": gap,
    "place of a message": place_of_a_message,
}
"""What opens from within a page, by its name."""
