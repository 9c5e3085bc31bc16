"""Commands whose actions belong to pages: they can have other keys as those of the window can."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from gui.shell.commands import plain
from gui.viewmodels.shortcuts import Area, Command

if TYPE_CHECKING:
    from gui.docks.publish import PublishPage
    from gui.main_window import MainWindow
    from gui.pages.rule import RulePage

_RUN_KEYS: Final = ("Ctrl+Return", "Ctrl+Enter")
_RULE_NAMES: Final = {
    "run": "run_test",
    "complete": "suggest",
    "fix": "fix_problem",
    "explain": "rule_explain",
    "signature": "signature",
}


def declare_page_commands(window: MainWindow) -> None:
    """List the commands of pages that may not be open yet."""
    tr = window.tr
    rows: tuple[tuple[str, str, str, Area, tuple[str, ...]], ...] = (
        ("run_test", tr("Run test"), tr("&Rule"), "rule", _RUN_KEYS),
        ("suggest", tr("Suggest"), tr("&Rule"), "sql_editor", ("Ctrl+Space",)),
        ("signature", tr("Show the arguments"), tr("&Rule"), "sql_editor", ("Ctrl+Shift+Space",)),
        ("fix_problem", tr("Solve this problem"), tr("&Rule"), "sql_editor", ("Alt+Return",)),
        ("rule_explain", tr("Explain this word"), tr("&Rule"), "sql_editor", ("F1",)),
        ("send", tr("Send"), tr("&Message"), "publish", _RUN_KEYS),
    )
    for name, text, menu, area, keys in rows:
        window.shortcuts.declare(Command(name, text, plain(menu), area, keys))


def adopt_rule_page(window: MainWindow, page: RulePage) -> None:
    """Have the actions of a rule's page that have keys of their own follow their commands."""
    group = plain(window.tr("&Rule"))
    for name, action in page.actions_by_name.items():
        if action.shortcuts():
            window.commands.adopt(_RULE_NAMES.get(name, f"rule_{name}"), action, group, "rule")


def adopt_publish_page(window: MainWindow, page: PublishPage) -> None:
    """Have the action that sends follow the keys of its command."""
    window.commands.adopt("send", page.send_action, plain(window.tr("&Message")), "publish")
