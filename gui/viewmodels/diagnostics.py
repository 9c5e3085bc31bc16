"""What there is to know about this window, and what of it the developers need, as a text.

No secret, and no payload; in the text no path either.
"""

from __future__ import annotations

import platform
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, TypeAlias

import msgspec
import PySide6
from PySide6.QtCore import QObject, Signal

from core.cli.app import app_version
from core.log import mask_secrets
from gui.viewmodels.live import Live, State
from gui.viewmodels.settings import Settings
from gui.viewmodels.words import tr

_MOST_LINES: Final = 100


@dataclass(frozen=True, slots=True)
class Fact:
    """One fact; its value is empty where there is none now."""

    name: str
    value: str
    copies: bool = False
    """Whether it is worth copying alone."""


Group: TypeAlias = tuple[str, list[Fact]]
"""A title and the facts below it."""


class Diagnostics(QObject):
    """Lists versions, paths, and what the engine and the embedded brokers do.

    Signals:
        changed: Any of it.
    """

    changed = Signal()

    def __init__(self, live: Live, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session = live.session
        for signal in (session.stateChanged, session.workspaceChanged, session.brokers.changed):
            signal.connect(self.changed)

    @property
    def groups(self) -> list[Group]:
        """Everything that is shown."""
        return [
            (tr("Versions"), self._versions()),
            (tr("Paths"), self._paths()),
            (tr("Engine"), self._engine()),
            (tr("Embedded brokers"), self._brokers()),
        ]

    def _versions(self) -> list[Fact]:
        return [
            Fact("Sluicegate", app_version()),
            Fact("Python", platform.python_version()),
            Fact("Qt", PySide6.__version__),
            Fact(tr("System"), platform.platform()),
        ]

    def _paths(self) -> list[Fact]:
        session = self._session
        environment = session.environment
        state = environment.state_dir if environment is not None else None
        return [
            Fact(tr("Workspace file"), _path(session.path), copies=True),
            Fact(tr("State folder"), _path(state), copies=True),
            Fact(tr("Settings file"), _path(session.settings.file), copies=True),
        ]

    def _engine(self) -> list[Fact]:
        engine = self._session.engine
        runs = tr("in this process") if engine.is_in_process else tr("as a process of its own")
        return [
            Fact(tr("State"), engine.state),
            Fact(tr("Runs"), runs),
            Fact(tr("Process id"), str(engine.pid or "")),
        ]

    def _brokers(self) -> list[Fact]:
        brokers = self._session.brokers
        found = brokers.addresses
        return [
            Fact(tr("MQTT broker"), found.mqtt if found is not None else "", copies=True),
            Fact(tr("Kafka cluster"), found.kafka if found is not None else "", copies=True),
            Fact(tr("Process id"), str(brokers.pid or "")),
        ]


def _path(path: Path | None) -> str:
    return str(path.absolute()) if path is not None else ""


def diagnostics(live: Live, log_lines: Sequence[str]) -> str:
    """Write versions, settings, states, counters and problems; in English, as logs are.

    Args:
        live: What is open, and how it is.
        log_lines: The log; it may hold payloads, so it is told only where the user lets it.
    """
    session = live.session
    parts = [_versions(), _chosen(session.settings.values), *_workspace(live)]
    if session.settings.values.secrets.hide_in_reports:
        parts.append("log: left out, since payloads are hidden in reports")
    else:
        parts.append("\n".join(["log:", *(f"  {line}" for line in log_lines[-_MOST_LINES:])]))
    return mask_secrets("\n".join(parts)) + "\n"


def _versions() -> str:
    return (
        f"sluicegate {app_version()}, Python {platform.python_version()}, "
        f"Qt {PySide6.__version__}, {platform.platform()}"
    )


def _chosen(values: Settings) -> str:
    """Tell the settings that differ from the usual ones."""
    now, usual = msgspec.to_builtins(values), msgspec.to_builtins(Settings())
    found = [
        f"{section}.{name} = {value}"
        for section, names in now.items()
        for name, value in names.items()
        if value != usual[section].get(name)
    ]
    return "settings: " + (", ".join(found) or "all at their defaults")


def _workspace(live: Live) -> list[str]:
    session = live.session
    if session.loaded is None:
        return ["workspace: none is open"]
    workspace, snapshot = live.workspace, live.snapshot
    connectors = workspace.connectors
    lines = [
        f"workspace: {len(connectors.mqtt)} MQTT connectors, {len(connectors.kafka)} of Kafka, "
        f"{len(workspace.rules)} rules; the bridge is {session.state}",
        _engine_and_brokers(live),
        *_states("connector", [*connectors.mqtt, *connectors.kafka], live.connector_state),
        *_states("rule", list(workspace.rules), live.rule_state),
    ]
    if snapshot is not None:
        lines.append(f"up for {snapshot.uptime_s:.0f} s")
        lines += [f"action {n}: {each}" for n, each in enumerate(snapshot.actions.values(), 1)]
    lines += [
        f"problem: {each.code} in line {each.line}: {each.severity}" for each in session.problems
    ]
    return lines


def _engine_and_brokers(live: Live) -> str:
    session = live.session
    place = "in the window's process" if session.engine.is_in_process else "a process of its own"
    brokers = "run" if session.sandbox is not None else "do not run"
    return f"engine: {place}; the embedded brokers {brokers}"


def _states(kind: str, names: list[str], state: Callable[[str], State]) -> list[str]:
    """Tell states by number: names are the user's own."""
    return [f"{kind} {number}: {state(name).status}" for number, name in enumerate(names, 1)]
