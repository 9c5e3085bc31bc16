"""Every page, dock, drawer and popover of the window, and how to bring it up.

A new one is a line in `SCENES`: its name, and what shows it on a `Stage` and returns its widget.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

import pytest
from PySide6.QtGui import QContextMenuEvent
from PySide6.QtWidgets import QAbstractScrollArea, QApplication, QWidget
from pytestqt.qtbot import QtBot
from shiboken6 import isValid

from gui.gallery.page import Gallery
from gui.main_window import MainWindow
from gui.pages.connection_test import _FailedStep
from gui.pages.connector import ConnectorPage
from gui.pages.dead_letters import DeadLettersPage
from gui.pages.overview import OverviewPage
from gui.pages.rule import RulePage
from gui.shell.change_commands import COMPARE_APPLIED
from gui.widgets.form_group import FormGroup
from tests.helpers.letters import Writer

from .empty_scenes import EMPTY
from .menu_scenes import MENUS
from .overlay_scenes import OVERLAYS
from .passing_scenes import PASSING
from .state_scenes import STATES
from .trouble_scenes import TROUBLE, wrong_payload
from .wide_scenes import WIDE, in_sizes, with_room, without_docks

if TYPE_CHECKING:
    from gui.editors.action_sheet import ActionSheetPane

BROKEN: Final = "SELECT payload.temp as temp,\n  paylod.hum as hum\nFORM"
LAYOUTS_AROUND: Final = 40


class Stage:
    """A window on a running workspace, one with nothing open, and the gallery.

    Attributes:
        window: The window; its bridge runs on embedded brokers, and devices publish.
        empty: Another one, at its first page.
    """

    def __init__(self, window: MainWindow, empty: MainWindow, qtbot: QtBot) -> None:
        self.window, self.empty, self.qtbot = window, empty, qtbot
        self._gallery: Gallery | None = None
        self._undo: list[Callable[[], object]] = []

    def show(self, name: str) -> QWidget:
        """Bring a scene up, in the active window; returns the widget that it is about."""
        self.clear()
        self._activate(self.window)
        root = SCENES[name](self)
        if not root.window().isActiveWindow():
            self._activate(root.window())
        self.qtbot.wait(20)  # what is laid out in the next turns of the loop
        self._settle()
        return root

    def _settle(self) -> None:
        """Have everything laid out that answers and numbers ask for which have just come.

        A pass sends what was posted before it, and a layout asks the one around it in turn: what
        lies deep in a page needs as many passes as there are layouts around it.
        """
        for _ in range(LAYOUTS_AROUND):
            QApplication.sendPostedEvents()

    def clear(self) -> None:
        """Take away what scenes have put over the pages."""
        while self._undo:
            self._undo.pop()()
        while (popup := QApplication.activePopupWidget()) is not None:
            popup.close()

    def start_over(self) -> None:
        """Have pages made anew and docks where they are at first: order is then no matter."""
        self.clear()
        self.window.documents.close_all()
        self.window.docks.reset()

    def close(self) -> None:
        """Let go of what the scenes have made."""
        self.clear()
        if self._gallery is not None:
            self._gallery.close()
            self._gallery.deleteLater()

    def until(self, condition: Callable[[], Any], timeout_s: float = 40.0) -> Any:
        """Wait for a condition; returns what it gave."""
        self.qtbot.waitUntil(lambda: bool(condition()), timeout=round(timeout_s * 1_000))
        return condition()

    def ask_for_menu(self, widget: QWidget) -> None:
        """Press the key for a widget's menu."""
        area = widget.viewport() if isinstance(widget, QAbstractScrollArea) else widget
        middle = area.rect().center()
        reason = QContextMenuEvent.Reason.Keyboard
        asking = QContextMenuEvent(reason, middle, area.mapToGlobal(middle))
        QApplication.sendEvent(area, asking)

    def afterwards(self, undo: Callable[[], object]) -> None:
        """Have something done before the next scene."""
        self._undo.append(undo)

    def _activate(self, window: QWidget) -> None:
        window.show()
        window.activateWindow()
        window.raise_()
        self.until(window.isActiveWindow)

    # Pages

    def page(self, key: str) -> Any:
        """Show a document."""
        self.window.open_document(key)
        return self.window.documents.page(key)

    def welcome(self) -> QWidget:
        return self.empty.welcome

    def gallery(self) -> QWidget:
        if self._gallery is None:
            self._gallery = Gallery()
            self._gallery.resize(1280, 800)
        return self._gallery

    def whole_window(self) -> QWidget:
        self.page("overview")
        return self.window

    def overview(self, view: str) -> QWidget:
        page = self.page("overview")
        assert isinstance(page, OverviewPage)
        page.views.choose(view)
        return page

    def connector(self, name: str, tab: str) -> QWidget:
        page = self.page(f"connector:{name}")
        assert isinstance(page, ConnectorPage)
        page.tabs.choose(tab)
        for group in page.findChildren(FormGroup):
            group.open()
        return page

    def tested_connector(self, name: str) -> QWidget:
        page = self.page(f"connector:{name}")
        assert isinstance(page, ConnectorPage)
        page.tabs.choose("settings")
        page.test.start()
        self.until(lambda: page.test.phase in ("passed", "failed"))
        for step in page.findChildren(_FailedStep):
            if step.isVisible() and step._cause.text():  # else it is of an earlier test
                step.details.click()
                assert step._cause.isVisible()
        return page

    def rule(self, name: str = "temp_hum", tab: str = "test") -> RulePage:
        page = self.page(f"rule:{name}")
        assert isinstance(page, RulePage)
        page.test.tabs.choose(tab)
        self.until(lambda: page.panel.editor.statement.is_checked)
        return page

    def event_of_a_rule(self) -> RulePage:
        """The form of the event, which takes the payload's place where both have no room."""
        page = self.rule()
        if page.test.payload.fold.isVisible():
            page.test.payload.fold.click()
            self.afterwards(lambda: page.test.event_form.fold.click())
        if not page.test.event_form.more.isChecked():
            page.test.event_form.more.click()
        return page

    def new_rule(self) -> RulePage:
        """A rule with nothing in it yet, and topics that were seen."""
        self.window.commands["new_rule"].trigger()
        key = self.window.documents.current
        self.afterwards(lambda: self.window.drafts.revert(key))
        page = self.window.documents.page(key)
        assert isinstance(page, RulePage)
        ghost = page.panel.ghost
        self.until(lambda: ghost.isVisible() and ghost.topics)
        return page

    def parts(self) -> RulePage:
        """The side of a rule's page, which is a tab of its own where there is little room."""
        page = self.rule()
        page._tabs.choose("parts")
        self.afterwards(lambda: page._tabs.choose("sql"))
        self.until(page.side.isVisible)
        return page

    def whole_rule(self) -> QWidget:
        page = self.rule("temp_hum", "whole")
        page.test.whole.run()
        self.until(lambda: page.test.whole.run_button.isEnabled())
        return page

    def live_trace(self) -> QWidget:
        page = self.rule("too_hot", "trace")
        pane = page.test.trace
        self.until(pane.start_button.isEnabled)
        pane.start_button.click()
        self.until(lambda: pane.table.model().rowCount() == 10, 20)
        pane.banner.say("The payload is no UTF-8 text, so it cannot be edited here.")
        self.afterwards(pane.banner.hide)
        return page

    def wrong_rule(self) -> QWidget:
        page = self.rule("too_hot")
        text = page.panel.editor.toPlainText()
        page.panel.editor.setPlainText(BROKEN)
        self.afterwards(lambda: page.panel.editor.setPlainText(text))
        self.break_payload(page)
        self.until(lambda: page._editor.test.result.outcome == "failed")
        self.until(page.test.payload.problem.isVisible)
        return page

    def break_payload(self, page: RulePage) -> None:
        """Have a payload that is no JSON, on which the rule fails."""
        payload = page.test.payload.edit
        whole = payload.toPlainText()
        payload.setPlainText('{"temp": 1,\n"hum": 2,\nx: 3}')
        self.afterwards(lambda: payload.setPlainText(whole))

    # Trouble that core tells of

    def draft(self, key: str, path: tuple[str, ...], value: object) -> None:
        """Have an edit that is taken back before the next scene."""
        drafts = self.window.drafts
        drafts.set(key, path, value)
        self.afterwards(lambda: drafts.revert(key))
        self.until(lambda: drafts.problems(key))

    def wrong_connector(self) -> QWidget:
        self.draft("connector:cluster", ("bootstrap_hosts",), "cluster:port")
        page = self.connector("cluster", "settings")
        page.fields.show_first_problem()  # as Save does
        return page

    def wrong_certificates(self) -> QWidget:
        path = self.window.session.path
        assert path is not None
        ssl = {"enable": True, "cacertfile": path.name, "certfile": path.name, "keyfile": path.name}
        self.draft("connector:far", ("ssl",), ssl)
        page = self.connector("far", "settings")
        page.fields.show_first_problem()
        page.fields.show_option(("ssl", "keyfile"))
        return page

    def unreadable_file(self) -> QWidget:
        path = self.window.session.path
        assert path is not None
        broken = path.with_name("broken.toml")
        broken.write_text("sluicegate = 1\n[connectors.mqtt.plant\n", "utf-8")
        session = self.empty.session
        session.open(broken)
        self.until(lambda: session.loaded is not None)
        self.afterwards(self._leave_unreadable)
        return self.empty

    def _leave_unreadable(self) -> None:
        session = self.empty.session
        session.close_workspace()
        self.until(lambda: session.loaded is None)

    def wrong_action(self) -> QWidget:
        self.draft("action:to_emqx", ("message", "value"), "${temp")
        self.break_payload(self.rule())
        sheet = self.action("to_emqx")
        self.until(sheet.form._sheet.first_problem)
        sheet.form.show_first_problem()
        assert sheet.preview is not None
        self.until(sheet.preview.reason.isVisible)
        return sheet

    def wrong_simulator(self) -> QWidget:
        self.draft("simulator:sensors", ("topic",), "temp_hum/#")
        page = self.page("simulator:sensors")
        page.options.go_to(("topic",))
        return page

    def refused_message(self) -> QWidget:
        publish = self.publish("mqtt")
        form = self.window.publish.mqtt
        form.connector.setCurrentIndex(form.connector.findText("far"))
        form.connector.activated.emit(form.connector.currentIndex())
        form.topic.setText("a/b")
        self.window.publish.send()
        self.until(lambda: self.window.publish._model.steps)
        return publish

    def examples(self) -> QWidget:
        page = self.rule()
        page.turn_examples()
        self.afterwards(page.close_examples)
        self.until(lambda: page.drawer is not None and page.drawer.isVisible())
        return page

    def finding(self) -> QWidget:
        page = self.rule()
        page.panel.find_bar.open()
        self.afterwards(page.panel.find_bar.close_bar)
        return page

    def action(self, name: str) -> ActionSheetPane:
        page = self.rule()
        page.open_action(f"action:{name}")
        sheet: ActionSheetPane | None = page.sheet
        assert sheet is not None
        self.afterwards(lambda: sheet.close_action.trigger() if isValid(sheet) else None)
        for group in sheet.findChildren(FormGroup):
            group.open()
        return sheet

    def dead_letters(self, tab: str) -> QWidget:
        environment = self.window.session.environment
        assert environment is not None
        writer = Writer(environment.state_dir, "to_alerts", "too_hot")
        for payload in ('{"temp": 41.2}', '{"temp": 44.5}'):
            writer.put(payload, topic="temp_hum/emqx")
        page = self.page("dead_letters:to_alerts")
        assert isinstance(page, DeadLettersPage)
        self.until(lambda: page.model.detail.trial.status)
        page.model.model.check([1], True)
        page.pane.message.payload.setPlainText('{"temp": 43}')
        page.pane.tabs.choose(tab)
        return page

    def reference(self) -> QWidget:
        """A function that tells where it fails."""
        page = self.page("reference")
        page.show_function("date_to_unix_ts")
        self.until(page.errors.isVisible)
        return page

    # Docks and what opens over the window

    def simulator(self) -> QWidget:
        """The page of a simulator that runs, with its preview."""
        page = self.page("simulator:sensors")
        self.until(lambda: page.preview.table.model().rowCount())
        return page

    def burst(self) -> QWidget:
        """A simulator that sends several messages at once."""
        page = self.page("simulator:sensors")
        page.options.schedule.kind.edited.emit("burst")
        self.afterwards(lambda: self.window.drafts.revert("simulator:sensors"))
        return page

    def collision(self) -> QWidget:
        """The settings of shortcuts, where keys were pressed that another command has."""
        page: Any = self.settings("shortcuts")
        section = page.shortcuts
        section.table.record("pause_feed")
        self.afterwards(section.table.cancel)
        section.table.press("Ctrl+Space")
        self.until(lambda: section.strip is not None and section.strip.isVisible())
        return page

    def settings(self, section: str) -> QWidget:
        page = self.page("settings")
        page.show_section(section)
        return page

    def bottom(self, key: str) -> QWidget:
        self.window.bottom.show_page(key)
        return self.window.bottom

    def problems(self) -> QWidget:
        """Problems of the file, one of a statement among them."""
        self.change("WHERE payload", "WHER payload")
        self.afterwards(lambda: self.change("WHER payload", "WHERE payload"))
        bottom = self.bottom("problems")
        self.until(lambda: self.window.bottom_pages.problems.rowCount())
        return bottom

    def publish(self, kind: str) -> QWidget:
        self.window.publish.kind.choose(kind)
        return self.bottom("publish")

    def torn_publish(self) -> QWidget:
        """The form that publishes, in a window of its own."""
        pages = self.window.bottom_pages
        pages.tear()
        self.afterwards(pages.put_back)
        return pages.torn

    def tail(self, tab: str = "value") -> QWidget:
        tail = self.window.tail
        self.until(lambda: tail.rows.rowCount() > 3, 20)
        tail.focus()
        tail.table.setCurrentIndex(tail.table.model().index(1, 0))
        self.until(tail.detail.isVisible)
        tail.detail.tabs.choose(tab)
        return tail

    def message(self, tab: str = "payload") -> QWidget:
        feed = self.window.bottom_pages.feed
        self.bottom("feed")
        self.until(lambda: feed.table.model().rowCount() > 3, 20)
        feed.table.setCurrentIndex(feed.table.model().index(1, 0))
        if not feed.detail.isVisible():
            feed.toggle_detail()
        self.afterwards(feed.toggle_detail)
        feed.detail.tabs.choose(tab)
        return feed

    def change(self, old: str, new: str) -> None:
        """Save another text in the file, as an editor beside the window does."""
        session = self.window.session
        assert session.path is not None
        text = session.path.read_text("utf-8")
        session.path.write_text(text.replace(old, new), "utf-8")
        with self.qtbot.waitSignal(session.workspaceChanged):
            session.read_again()

    def hold_in_flight(self) -> None:
        """Have the number in flight stay as it is, between layout and painting, too."""
        patch = pytest.MonkeyPatch()
        patch.setattr(type(self.window.applying.model), "in_flight", 0)
        self.afterwards(patch.undo)

    def applying(self) -> QWidget:
        self.change("payload.temp > 40", "payload.temp > 30")
        self.afterwards(lambda: self.change("payload.temp > 30", "payload.temp > 40"))
        self.until(self.window.toolbar.apply_button.isVisible)
        self.hold_in_flight()
        self.window.commands["apply"].trigger()
        self.until(lambda: self.window.applying.model.verdict.status != "connecting")
        return self.window.applying.popover

    def compare(self) -> QWidget:
        self.change("payload.temp > 40", "payload.temp > 30")
        self.afterwards(lambda: self.change("payload.temp > 30", "payload.temp > 40"))
        return self.page(COMPARE_APPLIED)

    def toast(self) -> QWidget:
        """The window with what is said of a change, which is not applied yet."""
        self.change("payload.temp > 40", "payload.temp > 30")
        self.afterwards(lambda: self.change("payload.temp > 30", "payload.temp > 40"))
        self.page("overview")
        self.until(self.window.toolbar.apply_button.isVisible)
        self.window.toasts.say("Deleted the rule too_hot.", link="Undo", on_link=lambda: None)
        return self.window

    def palette(self) -> QWidget:
        self.window.go_to_anything()
        return self.window.palette_window

    def finding_in_workspace(self) -> QWidget:
        self.window.commands["find_in_workspace"].trigger()
        self.window.palette_window.field.setText("%temp")
        return self.window.palette_window


SCENES: Final[dict[str, Callable[[Stage], QWidget]]] = {
    "gallery": Stage.gallery,
    "welcome": Stage.welcome,
    "whole window": Stage.whole_window,
    "overview as a map": lambda stage: stage.overview("map"),
    "overview as a table": lambda stage: stage.overview("table"),
    "monitor": lambda stage: stage.page("monitor"),
    "MQTT connector": lambda stage: stage.connector("far", "settings"),
    "Kafka connector": lambda stage: stage.connector("far_cluster", "settings"),
    "connector's users": lambda stage: stage.connector("broker", "users"),
    "connector's activity": lambda stage: stage.connector("cluster", "activity"),
    "tested connector": lambda stage: stage.tested_connector("far_cluster"),
    "tested MQTT connector": lambda stage: stage.tested_connector("broker"),
    "tested Kafka connector": lambda stage: stage.tested_connector("cluster"),
    "rule": Stage.rule,
    "event of a rule": Stage.event_of_a_rule,
    "new rule": Stage.new_rule,
    "parts of a rule": Stage.parts,
    "whole rule": Stage.whole_rule,
    "rule's live trace": Stage.live_trace,
    "wrong rule": Stage.wrong_rule,
    "wrong connector": Stage.wrong_connector,
    "wrong certificates": Stage.wrong_certificates,
    "file that cannot be read": Stage.unreadable_file,
    "wrong action": Stage.wrong_action,
    "wrong simulator": Stage.wrong_simulator,
    "refused message": Stage.refused_message,
    "examples": Stage.examples,
    "find in a rule": Stage.finding,
    "compare": Stage.compare,
    "Kafka action": lambda stage: stage.action("to_emqx"),
    "simulator": Stage.simulator,
    "simulator in bursts": Stage.burst,
    "republish action": lambda stage: stage.action("copy"),
    "dead letters": lambda stage: stage.dead_letters("message"),
    "properties of a dead letter": lambda stage: stage.dead_letters("properties"),
    "record of a dead letter": lambda stage: stage.dead_letters("record"),
    "history of a dead letter": lambda stage: stage.dead_letters("history"),
    "SQL reference": Stage.reference,
    "embedded brokers": lambda stage: stage.page("brokers"),
    "diagnostics": lambda stage: stage.page("diagnostics"),
    "settings": lambda stage: stage.settings("general"),
    "settings of the look": lambda stage: stage.settings("appearance"),
    "settings of live lists": lambda stage: stage.settings("feeds"),
    "settings of editors": lambda stage: stage.settings("editor"),
    "settings of secrets": lambda stage: stage.settings("secrets"),
    "shortcuts": lambda stage: stage.settings("shortcuts"),
    "keys of another command": Stage.collision,
    "apply": Stage.applying,
    "toast": Stage.toast,
    "message in the feed": Stage.message,
    "outcome of a message": lambda stage: stage.message("outcome"),
    "bytes of a message": lambda stage: stage.message("hex"),
    "feed": lambda stage: stage.bottom("feed"),
    "publish a message": lambda stage: stage.publish("mqtt"),
    "publish a record": wrong_payload,
    "publish in a window of its own": Stage.torn_publish,
    "problems": Stage.problems,
    "log": lambda stage: stage.bottom("log"),
    "tail with a record": Stage.tail,
    "palette": Stage.palette,
    "find in the workspace": Stage.finding_in_workspace,
    **OVERLAYS,
    **MENUS,
    **STATES,
    **PASSING,
    **EMPTY,
    **TROUBLE,
    **WIDE,
}
"""What is walked over, by its name."""

ROOMS: Final = with_room(SCENES) | in_sizes(SCENES) | without_docks(SCENES)
"""Scenes of the same pages where they have more room or less, which changes no colour."""

SCENES |= ROOMS

TROUBLES: Final = (
    *("wrong rule", "wrong connector", "wrong action", "wrong simulator"),
    *("wrong certificates", "file that cannot be read"),
    *("refused message", "card of a problem", "tested MQTT connector", "tested Kafka connector"),
)
"""Scenes that show sentences of core."""
