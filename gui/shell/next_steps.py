"""After something new was saved: what comes next, in the banner."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Slot

from gui.viewmodels.starter import next_step

if TYPE_CHECKING:
    from gui.main_window import MainWindow


class NextSteps(QObject):
    """Offers the next step once for each new connector and rule."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self._new: set[str] = set()
        self._saved = ""
        drafts = window.drafts
        drafts.changed.connect(self._take_change)
        drafts.renamed.connect(self._take_name)
        drafts.saved.connect(self._take_saved)
        window.live.factsChanged.connect(self._offer)

    @Slot(str)
    def _take_change(self, key: str) -> None:
        if self._window.drafts.is_new(key):
            self._new.add(key)

    @Slot(str, str)
    def _take_name(self, before: str, after: str) -> None:
        if before in self._new:
            self._new.add(after)

    @Slot(str)
    def _take_saved(self, key: str) -> None:
        if key in self._new:
            self._new.discard(key)
            self._saved = key  # until the file has been read again
            self._offer()

    @Slot()
    def _offer(self) -> None:
        kind, _, name = self._saved.partition(":")
        if kind == "connector" and self._window.live.connector_kind(name):
            self._saved = ""
            self._offer_what_is_missing(name)
        elif kind == "rule" and name in self._window.live.workspace.rules:
            self._saved = ""
            self._offer_for_rule(name)

    def _offer_what_is_missing(self, name: str) -> None:
        window, step = self._window, next_step(self._window.live)
        if step is not None:
            text = window.tr("{name} is saved. {sentence}")
            text = text.format(name=name, sentence=step.sentence)
            command = window.commands[step.command]
            window.documents.say(text, status="passed", link=step.label, do=command.trigger)

    def _offer_for_rule(self, name: str) -> None:
        from gui.pages.rule import RulePage  # loaded with the first rule

        window, session = self._window, self._window.session
        page = window.documents.page(window.documents.current)
        if not window.live.workspace.rules[name].actions and isinstance(page, RulePage):
            text = window.tr("{name} is saved. It passes messages, but sends them nowhere yet.")
            link, do = window.tr("Add an action"), page.ask_for_action
        elif session.state == "stopped" and not window.live.has_errors:
            text = window.tr("{name} is saved and ready to run.")
            link, do = window.tr("Start the bridge"), session.start
        else:
            return
        window.documents.say(text.format(name=name), status="passed", link=link, do=do)
