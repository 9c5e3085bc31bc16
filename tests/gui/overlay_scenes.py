"""What opens over a page: menus, lists to choose from, small windows, cards, and how.

Each entry of `OVERLAYS` opens one on a `Stage` and returns it; the next scene closes it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QComboBox, QMenu, QMessageBox, QWidget
from shiboken6 import isValid

from gui.docks.detail_pages import DetailWindow
from gui.docks.problems import ProblemsPage
from gui.docks.save_message import SaveMessagePopover
from gui.faults import Faults
from gui.pages.dead_letters import DeadLettersPage
from gui.pages.rule_actions import ActionCard
from gui.widgets.confirm_popup import ConfirmPopup
from gui.widgets.toast import Toast
from gui.widgets.topic_popup import TopicPopup

if TYPE_CHECKING:
    from .scenes import Stage

MISSPELT: Final = 'SELECT flaot(payload.temp) as temp FROM "temp_hum/emqx"'
_MENUS: Final = ("File", "Edit", "View", "Bridge", "Rule", "Message", "Tools", "Help")


def opened(stage: Stage) -> QWidget:
    """Wait for the small window that stands over everything now."""
    popup = stage.until(QApplication.activePopupWidget)
    assert isinstance(popup, QWidget)
    assert popup.isVisible()
    assert min(popup.width(), popup.height()) >= 24, "there is nothing to see of it"
    return popup


def menu_of(stage: Stage, table: QWidget) -> QWidget:
    """Open the menu of the chosen row by the key for it."""
    table.setFocus(Qt.FocusReason.OtherFocusReason)
    stage.ask_for_menu(table)
    return opened(stage)


def _choices(stage: Stage, combo: QComboBox) -> QWidget:
    """Open the list of a choice."""
    combo.showPopup()
    stage.afterwards(combo.hidePopup)
    stage.until(combo.view().isVisible)
    return combo.view()


def clicked(stage: Stage, button: QWidget) -> QWidget:
    """Press a button that opens something; it is there when it returns."""
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    return opened(stage)


# Menus


def bar_menu(stage: Stage, place: int) -> QWidget:
    stage.page("rule:temp_hum")
    bar = stage.window.menuBar()
    menu = bar.actions()[place].menu()
    assert isinstance(menu, QMenu)
    menu.popup(bar.mapToGlobal(QPoint(0, bar.height())))
    return menu


def navigator_menu(stage: Stage, key: str) -> QWidget:
    navigator = stage.window.navigator
    navigator.view.setCurrentIndex(navigator.model.index_of(key))
    return menu_of(stage, navigator.view)


def new_menu(stage: Stage) -> QWidget:
    stage.window.commands["new_connector"].trigger()
    return opened(stage)


def feed_menu(stage: Stage) -> QWidget:
    stage.message()
    return menu_of(stage, stage.window.bottom_pages.feed.table)


def tail_menu(stage: Stage) -> QWidget:
    stage.tail()
    return menu_of(stage, stage.window.tail.table)


def tail_topics(stage: Stage) -> QWidget:
    stage.window.tail.focus()
    stage.window.tail.show_topics()
    return opened(stage)


def tail_choice(stage: Stage, which: str) -> QWidget:
    stage.tail()
    getattr(stage.window.tail.panel.bar, which).showPopup()
    return opened(stage)


def problems_menu(stage: Stage) -> QWidget:
    stage.change("WHERE payload", "WHER payload")
    stage.afterwards(lambda: stage.change("WHER payload", "WHERE payload"))
    stage.bottom("problems")
    page = stage.window.bottom.page("problems")
    assert isinstance(page, ProblemsPage)
    view = page.view
    stage.until(lambda: view.model().rowCount() > 0)
    view.setCurrentIndex(view.model().index(0, 0))
    return menu_of(stage, view)


def letter_menu(stage: Stage) -> QWidget:
    page = stage.dead_letters("message")
    assert isinstance(page, DeadLettersPage)
    return menu_of(stage, page.table)


def letters_menu(stage: Stage) -> QWidget:
    page = stage.dead_letters("message")
    assert isinstance(page, DeadLettersPage)
    return clicked(stage, page.more_button)


def simulator_menu(stage: Stage) -> QWidget:
    return clicked(stage, stage.page("simulator:sensors").more_button)


def card_menu(stage: Stage) -> QWidget:
    side = stage.parts().side

    def rows() -> list[QWidget]:
        return [card.row for card in side.findChildren(ActionCard) if card.isVisible()]

    stage.ask_for_menu(stage.until(rows)[0])
    return opened(stage)


# Small windows


def name_popup(stage: Stage) -> QWidget:
    return clicked(stage, stage.rule().header.pencil)


def number_popup(stage: Stage) -> QWidget:
    stage.tail()
    stage.window.tail.panel.bar._ask_for_start("newest")
    popup = opened(stage)
    QTest.keyClicks(popup.focusWidget(), "many")
    QTest.keyClick(popup.focusWidget(), Qt.Key.Key_Return)  # what is wrong with it is said
    return popup


def save_popup(stage: Stage) -> QWidget:
    stage.publish("mqtt")
    stage.window.commands["save_message"].trigger()
    popup = opened(stage)
    assert isinstance(popup, SaveMessagePopover)
    return popup


def properties_popup(stage: Stage) -> QWidget:
    page = stage.page("simulator:sensors")
    page.options.open_properties(page.more_button)
    return opened(stage)


def topic_popup(stage: Stage) -> QWidget:
    page = stage.tested_connector("far_cluster")
    popup = TopicPopup("plant.alerts", page)
    popup.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    popup.ask()
    popup.partitions.setText("none")
    return popup


def confirm_popup(stage: Stage) -> QWidget:
    users = "rule temp_hum, rule hot_plant, simulator sensors, 2 more"
    reason = f"In use by {users}, which cannot run without it. This can be undone."
    popup = ConfirmPopup("Delete connector plant?", reason, "Delete", stage.window)
    popup.ask()
    return popup


# Windows of their own


def record_window(stage: Stage) -> QWidget:
    stage.tail()
    stage.window.tail.panel.open_window()
    return _window(stage, "hex")


def message_window(stage: Stage, tab: str) -> QWidget:
    stage.message()
    stage.window.bottom_pages.feed.open_window()
    return _window(stage, tab)


def _window(stage: Stage, tab: str) -> QWidget:
    found = stage.window.findChildren(DetailWindow)[-1]
    found.detail.tabs.choose(tab)
    stage.afterwards(found.close)
    return found


def fault_sheet(stage: Stage) -> QWidget:
    faults = Faults(lambda text: text, stage.window)
    faults.window = stage.window
    faults.report(LookupError("row 7"))
    faults.report(LookupError("row 8"))
    sheet = stage.window.findChildren(QMessageBox)[-1]
    stage.afterwards(sheet.close)
    return sheet


def about(stage: Stage) -> QWidget:
    stage.window.commands["about"].trigger()
    sheet = stage.window.findChildren(QMessageBox)[-1]
    stage.afterwards(lambda: sheet.close() if isValid(sheet) else None)
    return sheet


# Over an editor, where the keyboard stays


def completions(stage: Stage, start: str) -> QWidget:
    """What an editor offers behind the start of a statement, the last of it chosen."""
    page = stage.rule()
    editor, completer = page.panel.editor, page.panel.completer
    text = editor.toPlainText()
    editor.setFocus(Qt.FocusReason.OtherFocusReason)
    editor.setPlainText(start)
    stage.afterwards(lambda: editor.setPlainText(text))
    editor.go_to(len(start))
    completer.open()
    stage.afterwards(completer.close)
    stage.until(lambda: completer.is_open)
    completer.popup.move_choice(completer.popup.model.rowCount())
    return completer.popup


def hover_card(stage: Stage, *, helps: bool) -> QWidget:
    page = stage.rule("too_hot")
    editor = page.panel.editor
    text = editor.toPlainText()
    editor.setPlainText(MISSPELT)
    stage.afterwards(lambda: editor.setPlainText(text))
    stage.until(lambda: editor.statement.is_checked and editor.statement.problems)
    editor.setFocus(Qt.FocusReason.OtherFocusReason)
    QTest.keyClick(editor, Qt.Key.Key_F8)
    stage.until(lambda: page.panel.hover.is_open)
    if helps:
        QTest.keyClick(editor, Qt.Key.Key_F1)
    stage.afterwards(page.panel.hover.close)
    return page.panel.hover.card


# Said in the corner


def repeated_failure(stage: Stage) -> QWidget:
    stage.page("overview")
    for _ in range(3):
        stage.window.toasts.say(
            "The topic plant.alerts of the cluster far_cluster cannot be reached any more.",
            status="failed",
            link="Show problems",
            on_link=lambda: None,
        )
    toast = next(t for t in stage.window.findChildren(Toast) if t.count == 3)
    stage.afterwards(lambda: toast.ended.emit() if isValid(toast) else None)
    return toast


def tour(stage: Stage) -> QWidget:
    stage.window.commands["tour"].trigger()
    card = stage.window.tour.card
    assert card is not None
    stage.afterwards(stage.window.tour.end)
    card.nextAsked.emit()
    return card


OVERLAYS: Final[dict[str, Callable[[Stage], QWidget]]] = {
    **{
        f"menu {title}": lambda stage, place=place: bar_menu(stage, place)
        for place, title in enumerate(_MENUS)
    },
    "menu of a rule": lambda stage: navigator_menu(stage, "rule:temp_hum"),
    "menu of a connector": lambda stage: navigator_menu(stage, "connector:broker"),
    "menu of a saved message": lambda stage: navigator_menu(stage, "message:samples/hot sample"),
    "menu of what is new": new_menu,
    "menu of a message": feed_menu,
    "menu of a record": tail_menu,
    "menu of a problem": problems_menu,
    "menu of a dead letter": letter_menu,
    "menu of dead letters": letters_menu,
    "menu of an action": card_menu,
    "menu of a rule's page": lambda stage: clicked(stage, stage.rule().header.more),
    "menu of exports": lambda stage: clicked(stage, stage.page("monitor").export),
    "menu of a simulator": simulator_menu,
    "menu of the settings": lambda stage: clicked(stage, stage.page("settings").more),
    "topics to tail": tail_topics,
    "places to read from": lambda stage: tail_choice(stage, "start"),
    "partitions": lambda stage: tail_choice(stage, "partitions"),
    "ways to decode": lambda stage: tail_choice(stage, "decode"),
    "formats of a payload": lambda stage: clicked(stage, stage.rule().test.payload.formats),
    "themes": lambda stage: _choices(stage, stage.settings("general").findChildren(QComboBox)[0]),
    "name of a rule": name_popup,
    "number of records": number_popup,
    "name of a message": save_popup,
    "user properties": properties_popup,
    "topic to create": topic_popup,
    "connector to delete": confirm_popup,
    "window of a record": record_window,
    "window of a message": lambda stage: message_window(stage, "properties"),
    "metadata of a message": lambda stage: message_window(stage, "metadata"),
    "fault": fault_sheet,
    "completions": lambda stage: completions(stage, "SELECT "),
    "functions": lambda stage: completions(stage, "SELECT date"),
    "card of a problem": lambda stage: hover_card(stage, helps=False),
    "card of a function": lambda stage: hover_card(stage, helps=True),
    "repeated failure": repeated_failure,
    "tour": tour,
    "about": about,
}
"""What opens over the pages, by its name."""
