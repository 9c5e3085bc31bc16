"""Everything that is wrong now: findings in the workspace file, and conditions of what runs.

A condition goes away by itself when it is over.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import IntEnum
from typing import Any, Final, TypeAlias

from PySide6.QtCore import (
    QAbstractListModel,
    QModelIndex,
    QPersistentModelIndex,
    Qt,
    Signal,
    Slot,
)

from core.workspace.model import Workspace
from core.workspace.problems import Problem
from gui.viewmodels.facts import action_facts
from gui.viewmodels.journal import DraftJournal
from gui.viewmodels.live import Live, State
from gui.viewmodels.words import plural, sentence, tr

Index: TypeAlias = QModelIndex | QPersistentModelIndex

_BAD: Final = ("failed", "disconnected")
_WRONG: Final = (*_BAD, "degraded")
_NO_PARENT: Final = QModelIndex()


class ProblemRole(IntEnum):
    """What a row tells besides its sentence.

    Attributes:
        STATUS: The state whose shape stands in front.
        HINT: What to do.
        PLACE: Where it is: a line of the file, or the name of a part.
        TARGET: The document that the row opens; empty for none.
    """

    STATUS = int(Qt.ItemDataRole.UserRole) + 1
    HINT = int(Qt.ItemDataRole.UserRole) + 2
    PLACE = int(Qt.ItemDataRole.UserRole) + 3
    TARGET = int(Qt.ItemDataRole.UserRole) + 4


@dataclass(frozen=True, slots=True)
class Finding:
    """One row."""

    status: str
    text: str
    hint: str
    place: str
    target: str


class ProblemsModel(QAbstractListModel):
    """Built anew only when something has changed.

    Signals:
        countChanged: How many there are, and the worst one's colour: `bad`, `warn` or none.
    """

    countChanged = Signal(int, str)

    def __init__(self, live: Live) -> None:
        super().__init__(live)
        self._live = live
        self._findings: tuple[Finding, ...] = ()
        self._journal: DraftJournal | None = None
        live.workspaceChanged.connect(self._look)
        live.changed.connect(self._look)
        live.letters.changed.connect(self._look)
        live.publishers.changed.connect(self._look)
        self._look()

    def follow(self, journal: DraftJournal) -> None:
        """Tell also of what keeps unsaved edits from being written down."""
        self._journal = journal
        journal.troubleChanged.connect(self._look)
        self._look()

    @property
    def findings(self) -> tuple[Finding, ...]:
        """The rows."""
        return self._findings

    @property
    def colour(self) -> str:
        """The colour of the worst one: `bad`, `warn`, or empty for none at all."""
        if not self._findings:
            return ""
        return "bad" if any(finding.status in _BAD for finding in self._findings) else "warn"

    def rowCount(self, parent: Index = _NO_PARENT) -> int:
        """Count the problems."""
        return 0 if parent.isValid() else len(self._findings)

    def data(self, index: Index, role: int = int(Qt.ItemDataRole.DisplayRole)) -> Any:
        """Tell about one of them."""
        if not index.isValid() or index.row() >= len(self._findings):
            return None
        finding = self._findings[index.row()]
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return finding.text
            case ProblemRole.STATUS:
                return finding.status
            case ProblemRole.HINT:
                return finding.hint
            case ProblemRole.PLACE:
                return finding.place
            case ProblemRole.TARGET:
                return finding.target
            case Qt.ItemDataRole.AccessibleTextRole:
                return self._spoken(finding)
            case _:
                return None

    @staticmethod
    def _spoken(finding: Finding) -> str:
        kind = tr("Warning") if finding.status == "degraded" else tr("Error")
        return ", ".join(part for part in (kind, finding.place, finding.text, finding.hint) if part)

    @Slot()
    def _look(self) -> None:
        unwritten = self._journal.trouble if self._journal is not None else ""
        found = (*_findings(self._live), *_edits(unwritten))
        if found != self._findings:
            self.beginResetModel()
            self._findings = found
            self.endResetModel()
            self.countChanged.emit(len(found), self.colour)


def _findings(live: Live) -> Iterator[Finding]:
    for problem in live.problems:
        yield _of_file(problem, live.workspace)
    if live.session.state == "died":
        text = tr("The engine stopped unexpectedly; nothing is moved.")
        hint = tr("Start the bridge again; the log has its last words.")
        yield Finding("failed", text, hint, tr("Engine"), "overview")
    if (silence := live.silence) is not None:
        yield Finding("failed", f"{silence.reason}.", "", tr("Engine"), "overview")
    else:
        yield from _connectors(live)
        yield from _actions(live)
    yield from _letters(live)
    yield from _rules(live)
    for name in live.workspace.simulators:
        yield from _of_part(name, live.simulator_state(name), tr("Simulator"), f"simulator:{name}")


def _edits(trouble: str) -> Iterator[Finding]:
    """Tell where unsaved edits cannot be written down, and why."""
    if trouble:
        text = tr("Unsaved edits are kept in this window alone.")
        hint = tr("{trouble}. Save them, or put that right; it is tried again by itself.")
        yield Finding("degraded", text, hint.format(trouble=trouble), tr("Unsaved edits"), "")


def _of_file(problem: Problem, workspace: Workspace) -> Finding:
    status = "failed" if problem.severity == "error" else "degraded"
    place = tr("line {line}").format(line=problem.line) if problem.line else problem.path
    target = target_of(problem.path, workspace)
    return Finding(status, sentence(problem.message), sentence(problem.hint), place, target)


def _connectors(live: Live) -> Iterator[Finding]:
    connectors = live.workspace.connectors
    for name in (*connectors.mqtt, *connectors.kafka):
        state = live.connector_state(name)
        yield from _of_part(name, state, tr("Connector"), f"connector:{name}")


def _actions(live: Live) -> Iterator[Finding]:
    workspace = live.workspace
    for name in (*workspace.actions.kafka, *workspace.actions.republish):
        state = live.action_state(action_facts(workspace, name))
        for found in _of_part(name, state, tr("Action"), _rule_with(name, workspace)):
            yield _with_letters(found, live.letters.of(name), name)


def _with_letters(found: Finding, count: int, action: str) -> Finding:
    """Tell of an action and of what it has put aside as of one problem."""
    if not count:
        return found
    aside = plural("%n message was put aside.", "%n messages were put aside.", count)
    hint = f"{found.hint} {aside}".strip()
    return replace(found, hint=hint, target=f"dead_letters:{action}")


def _letters(live: Live) -> Iterator[Finding]:
    for name in live.letters.actions:
        if live.action_state(action_facts(live.workspace, name)).status in _WRONG:
            continue  # told with the action itself
        count = live.letters.of(name)
        text = plural(
            "{action}: %n message was put aside.", "{action}: %n messages were put aside.", count
        )
        hint = tr("Deliver them after all, or delete them.")
        place, target = tr("Dead letters"), f"dead_letters:{name}"
        yield Finding("degraded", text.format(action=name), hint, place, target)


def _rules(live: Live) -> Iterator[Finding]:
    for name in live.workspace.rules:
        if live.rate("rule.exceptions", name):
            text = tr("Rule {name} fails on messages.").format(name=name)
            hint = tr("The log says why; test the rule with one of those messages.")
            yield Finding("degraded", text, hint, tr("Rule"), f"rule:{name}")


def _of_part(name: str, state: State, kind: str, target: str) -> Iterator[Finding]:
    """Tell of a part that is not as it should be, or tries and says why it does not get there."""
    if state.status in _WRONG or (state.status == "connecting" and state.reason):
        text = f"{name}: {state.word}."
        yield Finding(state.status, text, sentence(state.reason), kind, target)


def target_of(path: str, workspace: Workspace) -> str:
    """Find the document that tells of a place in the file; empty where there is none.

    Args:
        path: TOML path, such as `actions.kafka.to_emqx.topic`.
        workspace: Where actions find a rule that calls them.
    """
    parts = [part.strip('"').partition("[")[0] for part in path.split(".")]
    match parts:
        case ["connectors", "mqtt" as kind, name, *_] | ["connectors", "kafka" as kind, name, *_]:
            known = getattr(workspace.connectors, kind)
            return f"connector:{name}" if name in known else ""
        case ["rules", name, *_]:
            return f"rule:{name}" if name in workspace.rules else ""
        case ["actions", _, name, *_]:
            return _rule_with(name, workspace)
        case ["simulators", name, *_]:
            return f"simulator:{name}" if name in workspace.simulators else ""
        case _:
            return ""


def _rule_with(action: str, workspace: Workspace) -> str:
    """Name the page of the first rule that calls an action."""
    found = (name for name, rule in workspace.rules.items() if action in rule.actions)
    rule = next(found, "")
    return f"rule:{rule}" if rule else ""
