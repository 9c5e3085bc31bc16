"""Commands on rules: a new one, and what the keyboard does in a statement and its test."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from PySide6.QtCore import QObject, Slot

from core.workspace.problems import Unsupplied

if TYPE_CHECKING:
    from gui.main_window import MainWindow
    from gui.pages.rule import RulePage

RULE_MENU: Final[tuple[str | None, ...]] = (
    "new_rule",
    None,
    "test_rule",
    "run_cases",
    "trace_rule",
    None,
    "format_sql",
    "toggle_comment",
    None,
    "next_problem",
    "previous_problem",
    None,
    "insert_example",
)
"""What the Rule menu lists; None is a line."""

_OF_PAGE: Final = {
    "test_rule": "run",
    "format_sql": "format",
    "toggle_comment": "comment",
    "insert_example": "examples",
    "run_cases": "run_cases",
    "trace_rule": "trace",
    "next_problem": "next_problem",
    "previous_problem": "previous_problem",
}


class RuleCommands(QObject):
    """Makes these commands for a window; those of a page can be used while a rule is shown."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        add = window.commands.add
        add("new_rule", window.tr("&New rule"), self.new_rule, "Ctrl+N")
        add("test_rule", window.tr("&Test rule"), self.test_rule)
        add("format_sql", window.tr("&Format SQL"), lambda: self._do("format_sql"), "Ctrl+Shift+I")
        text = window.tr("Toggle &comment")
        add("toggle_comment", text, lambda: self._do("toggle_comment"), "Ctrl+/")
        add("insert_example", window.tr("Insert e&xample"), lambda: self._do("insert_example"))
        text, keys = window.tr("Run &all test cases"), ["Ctrl+Shift+Return", "Ctrl+Shift+Enter"]
        add("run_cases", text, lambda: self._do("run_cases"), keys)
        add("trace_rule", window.tr("Live t&race"), lambda: self._do("trace_rule"))
        text = window.tr("Ne&xt problem")
        add("next_problem", text, lambda: self.go_to_problem("next_problem"), "F8")
        text = window.tr("&Previous problem")
        add("previous_problem", text, lambda: self.go_to_problem("previous_problem"), "Shift+F8")
        window.documents.currentChanged.connect(self.refresh)
        window.documents.keysChanged.connect(self.refresh)
        window.session.workspaceChanged.connect(self.refresh)
        self.refresh()

    @property
    def page(self) -> RulePage | None:
        """The rule that is shown."""
        documents = self._window.documents
        if not documents.current.startswith("rule:"):
            return None
        from gui.pages.rule import RulePage  # here: it has been loaded to be shown

        page = documents.page(documents.current)
        return page if isinstance(page, RulePage) else None

    def test_rule(self) -> None:
        """Run the test of the rule that is shown; elsewhere, show the last one first."""
        window = self._window
        if self.page is None:
            names, opened = list(window.live.workspace.rules), self._opened
            window.go_to_document(opened[-1] if opened else f"rule:{names[0]}")
        self._do("test_rule")

    def go_to_problem(self, name: str) -> None:
        """Go to the next or previous problem of the rule shown, or of the one opened last."""
        if self.page is None and self._opened:
            self._window.go_to_document(self._opened[-1])
        self._do(name)

    @property
    def _opened(self) -> list[str]:
        return [key for key in self._window.documents.keys if key.startswith("rule:")]

    def new_rule(self, source: str = "") -> None:
        """Start a rule with a name that is free, with the keyboard in its statement.

        Args:
            source: The MQTT connector that it listens to; empty leaves it open.
        """
        window, drafts = self._window, self._window.drafts
        number = 1
        while drafts.exists(f"rule:rule_{number}"):
            number += 1
        key = f"rule:rule_{number}"
        values: dict[str, Any] = {"sql": "", "actions": []}
        drafts.create(key, "", {"source": source, **values} if source else values)
        window.open_document(key)
        page = self.page
        if page is not None:
            page.focus_editor()

    @Slot(object)
    def show_source(self, what: Unsupplied) -> None:
        """Show the connector that a column comes from, at the option that says where from."""
        from gui.pages.connector import ConnectorPage  # here: it is loaded to be shown

        key = f"connector:{what.source}"
        self._window.open_document(key)
        page = self._window.documents.shown_page
        if isinstance(page, ConnectorPage):
            page.show_option(("identity", what.column))

    @Slot()
    def refresh(self) -> None:
        """Enable what can be done now."""
        commands = self._window.commands
        is_open = self._window.session.loaded is not None
        commands["new_rule"].setEnabled(is_open)
        for name in _OF_PAGE:
            commands[name].setEnabled(is_open and self.page is not None)
        for name in ("next_problem", "previous_problem"):
            commands[name].setEnabled(is_open and bool(self._opened))
        has_rule = self.page is not None or bool(self._window.live.workspace.rules)
        commands["test_rule"].setEnabled(is_open and has_rule)

    def _do(self, name: str) -> None:
        page = self.page
        if page is not None:
            page.actions_by_name[_OF_PAGE[name]].trigger()
