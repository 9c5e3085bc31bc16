"""What runs of what is saved: the parts of the engine's version, by the names of the file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from dataclasses import replace

from core.workspace.model import Rule, Workspace
from gui.viewmodels.facts import ActionFacts, RuleFacts, action_facts


class AtWork:
    """One version of a workspace as it runs beside the file; never changed once it is made.

    Names are those of the file, unless something else is said: what was renamed since the version
    was taken over runs under its name of before.

    Attributes:
        workspace: The version that runs, under the names that the engine has.
    """

    def __init__(
        self, workspace: Workspace, names: Mapping[str, str], facts: Mapping[str, RuleFacts]
    ) -> None:
        """Take the version.

        Args:
            workspace: What runs.
            names: The engine's names by key, such as `rule:hot`, where the file has others.
            facts: What is known of statements, by statement.
        """
        self.workspace = workspace
        self._names = names
        self._saved = {f"{key.partition(':')[0]}:{old}": key for key, old in names.items()}
        self._callers = users_of(workspace)
        self._heard = {name: self._heard_by(rule, facts) for name, rule in workspace.rules.items()}
        self._filters = dict.fromkeys(pair for heard in self._heard.values() for pair in heard)

    def name(self, kind: str, name: str) -> str:
        """Tell under which name the engine has a `connector`, `rule` or `action` of the file."""
        return self._names.get(f"{kind}:{name}", name) if self._names else name

    def saved_name(self, kind: str, name: str) -> str:
        """Tell under which name the file has what the engine has."""
        key = self._saved.get(f"{kind}:{name}", "") if self._names else ""
        return key.partition(":")[2] or name

    @property
    def filters(self) -> Set[tuple[str, str]]:
        """The topic filters that enabled rules listen to, as (source, filter), in order."""
        return self._filters.keys()

    def rule(self, name: str) -> Rule | None:
        """Find a rule; None where it does not run, as one that is not applied yet."""
        return self.workspace.rules.get(self.name("rule", name))

    def heard(self, rule: str) -> Sequence[tuple[str, str]]:
        """List the topic filters that a rule listens to; none for a disabled one."""
        return self._heard.get(self.name("rule", rule), ())

    def called(self, rule: str) -> list[str]:
        """Name the actions that a rule hands messages to; none for a disabled one."""
        found = self.rule(rule)
        if found is None or not found.enable:
            return []
        return list(dict.fromkeys(self.saved_name("action", name) for name in found.actions))

    def action(self, name: str) -> ActionFacts:
        """Look an action up; it is of no kind where it does not run."""
        found = action_facts(self.workspace, self.name("action", name))
        return replace(found, name=name, connector=self.saved_name("connector", found.connector))

    def has_callers(self, action: str) -> bool:
        """Tell whether a rule calls an action, enabled or not."""
        return self.name("action", action) in self._callers

    def is_fed(self, action: str) -> bool:
        """Tell whether an enabled rule hands messages to an action."""
        rules = self.workspace.rules
        return any(rules[n].enable for n in self._callers.get(self.name("action", action), ()))

    def _heard_by(self, rule: Rule, facts: Mapping[str, RuleFacts]) -> list[tuple[str, str]]:
        source, found = self.workspace.source_of(rule), facts.get(rule.sql)
        if not rule.enable or source is None or found is None:
            return []
        source = self.saved_name("connector", source)
        return [(source, topic) for topic in found.topics]


def users_of(workspace: Workspace) -> dict[str, list[str]]:
    """List by action the rules that call it."""
    users: dict[str, list[str]] = {}
    for name, rule in workspace.rules.items():
        for each in dict.fromkeys(rule.actions):
            users.setdefault(each, []).append(name)
    return users
