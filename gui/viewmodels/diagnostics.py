"""What the developers need to know about this window, as a text: no secret, and no payload."""

from __future__ import annotations

import platform
from collections.abc import Callable, Sequence
from typing import Final

import msgspec
import PySide6

from core.cli.app import app_version
from core.log import mask_secrets
from gui.viewmodels.live import Live, State
from gui.viewmodels.settings import Settings

_MOST_LINES: Final = 100


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


def _states(kind: str, names: list[str], state: Callable[[str], State]) -> list[str]:
    """Tell states by number: names are the user's own."""
    return [f"{kind} {number}: {state(name).status}" for number, name in enumerate(names, 1)]
