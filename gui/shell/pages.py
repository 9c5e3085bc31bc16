"""The kinds of documents: what the page of each is, its title, and whether it is there.

The module of a page, with all that it needs, is loaded when the first of its kind is opened: the
window is shown before.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from PySide6.QtWidgets import QWidget

from gui.shell.follow_settings import FollowEditorSettings
from gui.shell.page_commands import adopt_rule_page
from gui.shell.settings_pages import SETTINGS
from gui.viewmodels.facts import action_facts
from gui.viewmodels.live import State
from gui.viewmodels.navigator import MONITOR, OVERVIEW
from gui.viewmodels.rule_actions import dirty_actions

if TYPE_CHECKING:
    from gui.main_window import MainWindow

BROKERS: Final = "brokers"
DIAGNOSTICS: Final = "diagnostics"
REFERENCE: Final = "reference"


@dataclass(frozen=True, slots=True)
class DocumentKind:
    """One kind of document, by the part of its key before the colon.

    Attributes:
        make: Makes the page of the document of a name; the name is empty where there is one alone.
        title: What the tab of a name says.
        exists: Whether the open workspace has a document of a name.
        state: The state of a name, whose shape its tab shows; None for kinds with an icon.
        icon: File name of the icon of a kind without states.
        edited_parts: The keys of other objects with edits that the page of a name saves, too.
        is_lasting: Whether it is opened again with the workspace.
    """

    make: Callable[[str], QWidget]
    title: Callable[[str], str]
    exists: Callable[[str], bool]
    state: Callable[[str], State] | None = None
    icon: str = ""
    edited_parts: Callable[[str], Sequence[str]] = lambda _name: ()
    is_lasting: bool = True


class PageMaker:
    """Knows every kind of document of a window, and connects the pages that it makes."""

    def __init__(self, window: MainWindow) -> None:
        self._window = window
        live = window.live
        self.kinds: Final[dict[str, DocumentKind]] = {
            "compare": DocumentKind(
                self._compare,
                lambda _name: window.tr("Compare"),
                lambda name: name in ("apply", "file", "drafts"),
                icon="file-diff",
                is_lasting=False,
            ),
            OVERVIEW: self._single(self._overview, window.tr("Overview"), "workflow"),
            MONITOR: self._single(self._monitor, window.tr("Monitor"), "activity"),
            REFERENCE: self._single(self._reference, window.tr("SQL reference"), "square-function"),
            BROKERS: self._single(self._brokers, window.tr("Embedded brokers"), "server"),
            DIAGNOSTICS: self._single(self._diagnostics, window.tr("Diagnostics"), "stethoscope"),
            SETTINGS: self._single(self._settings, window.tr("Settings"), "settings"),
            "connector": DocumentKind(
                self._connector,
                str,
                lambda name: bool(live.connector_kind(name)),
                live.connector_state,
            ),
            "rule": DocumentKind(
                self._rule,
                str,
                lambda name: name in live.workspace.rules,
                live.rule_state,
                edited_parts=lambda name: dirty_actions(window.drafts, f"rule:{name}"),
            ),
            "dead_letters": DocumentKind(
                self._dead_letters,
                lambda name: window.tr("{action}, dead letters").format(action=name),
                lambda name: name in live.workspace.actions.kafka,
                lambda name: live.action_state(action_facts(live.workspace, name)),
            ),
            "simulator": DocumentKind(
                self._simulator,
                live.simulator_label,
                lambda name: name in live.workspace.simulators,
                live.simulator_state,
            ),
        }

    @staticmethod
    def _single(make: Callable[[], QWidget], title: str, icon: str) -> DocumentKind:
        """A document that is there once in every workspace."""
        return DocumentKind(
            lambda _name: make(), lambda _name: title, lambda name: not name, icon=icon
        )

    def _overview(self) -> QWidget:
        from gui.pages.overview import OverviewPage
        from gui.viewmodels.flow import FlowModel
        from gui.viewmodels.overview import OverviewModel

        window = self._window
        page = OverviewPage(OverviewModel(window.live), FlowModel(window.live), window.history)
        page.documentAsked.connect(window.open_document)
        page.commandAsked.connect(window.run_command)
        return page

    def _compare(self, name: str) -> QWidget:
        from gui.pages.compare import ComparePage
        from gui.viewmodels import comparisons as made

        window = self._window
        match name:
            case "file":
                pair = made.FileComparison(window.live, window.notices.watch)
            case "drafts":
                pair = made.DraftComparison(window.live, window.drafts)
            case _:
                pair = made.AppliedComparison(window.live, window.file_changes)
        return ComparePage(pair)

    def _monitor(self) -> QWidget:
        from gui.pages.monitor import MonitorPage

        window = self._window
        page = MonitorPage(window.monitor)
        page.documentAsked.connect(window.open_document)
        page.messagesAsked.connect(window.show_messages)
        page.told.connect(lambda text, status: window.toasts.say(text, status=status))
        return page

    def _reference(self) -> QWidget:
        from gui.pages.reference import ReferencePage
        from gui.viewmodels.reference import ReferenceModel

        window = self._window
        model = ReferenceModel()
        page = ReferencePage(model)
        model.setParent(page)
        page.copied.connect(lambda: window.toasts.say(window.tr("Copied the example")))
        return page

    def _brokers(self) -> QWidget:
        from gui.pages.brokers import BrokersPage
        from gui.viewmodels.brokers import EmbeddedBrokers

        model = EmbeddedBrokers(self._window.live)
        page = BrokersPage(model)
        model.setParent(page)
        page.copied.connect(self._tell_copied)
        return page

    def _diagnostics(self) -> QWidget:
        from gui.pages.diagnostics import DiagnosticsPage
        from gui.viewmodels.diagnostics import Diagnostics

        model = Diagnostics(self._window.live)
        page = DiagnosticsPage(model, self._window.commands["copy_diagnostics"])
        model.setParent(page)
        page.copied.connect(self._tell_copied)
        return page

    def _tell_copied(self, what: str) -> None:
        self._window.toasts.say(self._window.tr("Copied: {what}").format(what=what))

    def _settings(self) -> QWidget:
        return self._window.settings_pages.make()

    def _connector(self, name: str) -> QWidget:
        from gui.pages.connector import ConnectorPage
        from gui.viewmodels.connector import ConnectorViewModel

        window = self._window
        model = ConnectorViewModel(window.live, name)
        page = ConnectorPage(model, window.drafts, window.commands.actions)
        page.documentAsked.connect(window.open_document)
        page.ruleAsked.connect(window.rules.new_rule)
        return page

    def _dead_letters(self, name: str) -> QWidget:
        from gui.pages.dead_letters import DeadLettersPage
        from gui.viewmodels.dead_letters import DeadLetters

        window = self._window
        page = DeadLettersPage(DeadLetters(window.live, name))
        page.documentAsked.connect(window.open_document)
        page.topicAsked.connect(window.show_topic)
        page.done.connect(
            lambda text, link: window.toasts.say(text, link=link, on_link=page.undo_delete)
        )
        return page

    def _rule(self, name: str) -> QWidget:
        from gui.pages.rule import RulePage
        from gui.viewmodels.rule_editor import RuleEditor

        window = self._window
        editor = RuleEditor(window.live, window.drafts, window.fields, name)
        page = RulePage(editor, window.commands.actions)
        page.documentAsked.connect(window.open_document)
        page.sourceAsked.connect(window.rules.show_source)
        adopt_rule_page(window, page)
        settings = window.session.settings
        FollowEditorSettings(settings, page.panel.completer, editor.test, page)
        test = editor.test
        window.notices.forms.follow(f"test:{name}", test, test.typed, test.eventChanged)
        return page

    def _simulator(self, name: str) -> QWidget:
        from gui.pages.simulator import SimulatorPage
        from gui.viewmodels.simulator import SimulatorViewModel

        window = self._window
        model = SimulatorViewModel(window.live, window.drafts, name)
        page = SimulatorPage(model, window.commands.actions)
        page.told.connect(window.simulators.tell)
        page.keepAsked.connect(lambda: window.saved.keep(page))
        return page
