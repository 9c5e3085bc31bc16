"""The pages of the bottom dock: feed, publish, problems, log."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject, Slot

from gui.docks.feed import FeedPage
from gui.docks.log import LogPage
from gui.docks.problems import ProblemsPage
from gui.docks.publish import PublishPage
from gui.docks.torn_page import TornPage
from gui.shell.message_commands import MessageCommands
from gui.shell.page_commands import adopt_publish_page
from gui.viewmodels.log import LogViewModel
from gui.viewmodels.problems import ProblemsModel
from gui.viewmodels.publish import PublishViewModel
from gui.widgets.empty_state import SmallEmptyState

if TYPE_CHECKING:
    from gui.main_window import MainWindow

_PUBLISH_SHARE: Final = 0.43


class BottomPages(QObject):
    """Makes the pages with the commands that show them.

    Attributes:
        feed: The messages that the bridge has received.
        publish: The form that sends by hand.
        log: What engine and window have said.
        messages: What can be done with a message or a record.
        is_torn: Whether the form is in a window of its own.
    """

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window, self._bottom = window, window.bottom
        self.is_torn = False
        bottom, commands, live = window.bottom, window.commands, window.live
        self.feed = FeedPage(live, commands, window.filters)
        bottom.add_page("feed", window.tr("Feed"), self.feed, tools=self.feed.tools)
        self.publish = PublishPage(PublishViewModel(live, window))
        self.torn = TornPage("publish", window.tr("Publish"), window)
        # Kept while it is not shown: the window crashed soon after it was deleted (Qt 6.11).
        self._stand_in = SmallEmptyState(window.tr("Publish is in a window of its own."))
        self._stand_in.setParent(window)
        self._stand_in.hide()
        self._stand_in.add_button(window.tr("Put it back")).clicked.connect(self.turn_torn)
        tools = self.publish.tools
        title = window.tr("Publish")
        bottom.add_page("publish", title, self.publish, tools=tools, share=_PUBLISH_SHARE)
        self.messages = MessageCommands(window, self.feed, self.publish)
        adopt_publish_page(window, self.publish)
        problems = self.problems = ProblemsModel(live)
        page = ProblemsPage(problems)
        page.documentAsked.connect(window.open_document)
        bottom.add_page("problems", window.tr("Problems"), page)
        problems.countChanged.connect(self._show_problem_count)
        lines = LogViewModel(window.session, window)
        window.toasts.said.connect(lines.note)
        self.log = lines
        log = LogPage(lines)
        bottom.add_page("log", window.tr("Log"), log, tools=log.tools)
        commands.add("publish", window.tr("&Publish"), self.show_publish, "Ctrl+P")
        self.tear_off = commands.add(
            "tear_off", window.tr("Publish in a window of its o&wn"), self.turn_torn
        )
        self.tear_off.setCheckable(True)
        self.publish.tear_button.clicked.connect(self.tear_off.trigger)
        self.torn.closed.connect(self.put_back)
        bottom.lentAsked.connect(self._raise_torn)
        for key, text in (
            ("feed", window.tr("&Feed")),
            ("problems", window.tr("&Problems")),
            ("log", window.tr("&Log")),
        ):
            commands.add(f"show_{key}", text, lambda key=key: bottom.show_page(key))

    @Slot()
    def show_publish(self) -> None:
        """Show the form that publishes, with the keyboard in it."""
        self._bottom.show_page("publish")
        self.publish.focus_form()

    # The form in a window of its own

    @Slot()
    def turn_torn(self) -> None:
        """Have the form in a window of its own, or put it back into the dock."""
        if self.is_torn:
            self.put_back()
            self.show_publish()
        else:
            self.tear()
            self._raise_torn()

    def tear(self) -> None:
        """Have the form in a window of its own, which is shown."""
        if not self.is_torn:
            self.is_torn = True
            self._bottom.lend("publish", self._stand_in)
            self.torn.take(self.publish, self.publish.tools)
            self._show_torn()
        self.torn.show()

    @Slot()
    def put_back(self) -> None:
        """Have the form in the dock again."""
        if self.is_torn:
            self.is_torn = False
            self._bottom.take_back("publish")
            self._show_torn()
        self.torn.hide()

    def restore_torn(self) -> None:
        """Have the form where the layout, which was restored just now, has it."""
        if self.torn.isHidden():
            self.put_back()
        else:
            self.tear()

    def _show_torn(self) -> None:
        self.publish.order_stops()
        self.publish.show_torn(is_torn=self.is_torn)
        self.tear_off.setChecked(self.is_torn)

    @Slot()
    def _raise_torn(self) -> None:
        self.torn.show()
        self.torn.raise_()
        self.torn.activateWindow()
        self.publish.focus_form()

    @Slot(str)
    def show_messages(self, text: str) -> None:
        """Show the messages of the feed that pass a filter."""
        self._bottom.show_page("feed")
        self.feed.filter.setText(text)

    @Slot(int, str)
    def _show_problem_count(self, count: int, colour: str) -> None:
        self._bottom.tabs.show_count("problems", count, colour)
