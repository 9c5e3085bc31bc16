"""What can be done with a record of the tail or a message of the feed, wherever it is shown."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Slot

from core.errors import CodecError
from gui.docks.record_seeker import RecordSeeker
from gui.shell.lineage import Lineage
from gui.viewmodels.feed_rows import FeedRow
from gui.viewmodels.journey import Place
from gui.viewmodels.replay import Replay, message_draft, message_of, record_draft
from gui.viewmodels.tail_row import TailRow

if TYPE_CHECKING:
    from gui.docks.feed import FeedPage
    from gui.docks.publish import PublishPage
    from gui.main_window import MainWindow
    from gui.pages.rule import RulePage


class MessageCommands(QObject):
    """Sends again, fills the form and the test of a rule, and leads from one to the other."""

    def __init__(self, window: MainWindow, feed: FeedPage, publish: PublishPage) -> None:
        super().__init__(window)
        self._window, self._publish = window, publish
        self._bottom, self._tail = window.bottom, window.tail
        self.replay = Replay(window.live, self)
        self.lineage = Lineage(window.tail, window.bottom, feed, window.session)
        self.seeker = RecordSeeker(window.tail)
        self._place: Place | None = None
        self._feed, self._of_feed = feed, False
        for name, text, what in (
            ("send_again", window.tr("Send &again"), "send_again"),
            ("edit_again", window.tr("&Edit and send"), "edit"),
            ("test_again", window.tr("&Use as test input"), "test"),
        ):
            window.commands.add(name, text, partial(self._do, what))
        window.tail.recordShown.connect(lambda _detail: self._stand_in(of_feed=False))
        feed.table.unfollowed.connect(lambda: self._stand_in(of_feed=True))
        publish.recordAsked.connect(self.seeker.seek)
        publish.answerAsked.connect(feed.open_row)
        window.tail.asked.connect(self._take_record)
        feed.asked.connect(self._take_message)
        self.replay.done.connect(self._tell)
        self.replay.failed.connect(self._tell_failure)

    def _stand_in(self, *, of_feed: bool) -> None:
        """Note in which list a row was chosen last."""
        self._of_feed = of_feed

    def _do(self, what: str) -> None:
        """Do something with the row that was chosen last, of whichever list."""
        message, panel = self._feed.chosen(), self._tail.panel
        record = panel.chosen()
        if message is not None and (self._of_feed or record is None):
            self._take_message(what, message)
        elif record is not None:
            topic = panel.model.chosen
            self._take_record(what, record, topic.connector if topic is not None else "")
        else:
            text = self.tr("Choose a message of the feed or a record of the tail first.")
            self._window.toasts.say(text)

    # Records

    @Slot(str, object, str)
    def _take_record(self, what: str, row: TailRow, connector: str) -> None:
        match what:
            case "send_again":
                self.replay.send_record(row, connector)
            case "edit":
                try:
                    self._edit(record_draft(row, connector))
                except CodecError as exc:
                    self._tell_failure(exc.message, exc.hint)
            case "test":
                self._test_record(row, connector)
            case "link":
                self.lineage.show_message(row)
            case _:
                try:
                    self._window.saved.ask(record_draft(row, connector), self._window.tail)
                except CodecError as exc:
                    self._tell_failure(exc.message, exc.hint)

    def _test_record(self, row: TailRow, connector: str) -> None:
        """Try the message that made the record; its value where that is not known."""
        message = self.lineage.message_of(row)
        rules = self.replay.rules_that_write(row.record.topic, connector)
        if message is not None and message.payload is not None:
            self._test_message(message, rules)
            return
        rule = self._rule_for("", rules)
        if rule:
            record = self.replay.test_of_record(row, rule)
            self._page_of(rule).take_message(record, row.key)

    # Messages

    @Slot(str, object)
    def _take_message(self, what: str, row: FeedRow) -> None:
        try:
            match what:
                case "send_again":
                    message_of(row)
                    self.replay.send_message(row)
                case "edit":
                    self._edit(message_draft(row))
                case "test":
                    self._test_message(row, [])
                case "link":
                    self._show_record(row)
                case _:
                    self._window.saved.ask(message_draft(row), self._feed)
        except CodecError as exc:
            self._tell_failure(exc.message, exc.hint)

    def _test_message(self, row: FeedRow, rules: list[str]) -> None:
        passed = [each.rule for each in row.sample.outcomes if each.result == "passed"]
        others = [each.rule for each in row.sample.outcomes]
        message = message_of(row)
        rule = self._rule_for(row.sample.topic, [*rules, *passed, *others])
        if rule:
            self._page_of(rule).take_message(message, row.sample.client)

    def _show_record(self, row: FeedRow) -> None:
        """Show the first record that a message has made, in the tail."""
        actions = self._window.live.workspace.actions.kafka
        for record in row.records:
            action = actions.get(record.action)
            if not record.error and record.offset >= 0 and action is not None:
                self.seeker.seek(action.connector, record.topic, record.partition, record.offset)
                return

    # What both need

    def _edit(self, draft: object) -> None:
        self._bottom.show_page("publish")
        self._publish.show_draft(draft)
        self._window.saved.forget_opened()

    def _rule_for(self, topic: str, rules: list[str]) -> str:
        """Choose the rule that is shown, else the likeliest; says so where there is none."""
        documents = self._window.documents
        kind, _, name = documents.current.partition(":")
        rule = name if kind == "rule" else self.replay.rule_for(topic, rules)
        if not rule:
            self._tell_failure(self.tr("There is no rule to try it on."), "")
        return rule

    def _page_of(self, rule: str) -> RulePage:
        from gui.pages.rule import RulePage  # loaded with the first rule

        documents = self._window.documents
        documents.open(f"rule:{rule}")
        page = documents.page(f"rule:{rule}")
        assert isinstance(page, RulePage)  # noqa: S101 - what the kind makes
        return page

    @Slot(str, object)
    def _tell(self, text: str, place: Place | None) -> None:
        self._place = place
        link = self.tr("Show it") if place is not None else ""
        self._window.toasts.say(text, link=link, on_link=self._show_place)

    @Slot(str, str)
    def _tell_failure(self, message: str, hint: str) -> None:
        self._window.show_failure(message, hint)

    @Slot()
    def _show_place(self) -> None:
        if self._place is not None:
            self.seeker.seek(*self._place)
