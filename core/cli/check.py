"""`sluicegate check`: the staged connection test of a workspace's connectors."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Final

from core.cli.common import Exit, put_json, sandbox_addresses, say
from core.cli.kafka_target import create_command
from core.cli.workspace_file import open_workspace
from core.errors import ConfigError
from core.kafka.check import check_kafka
from core.mqtt.probe import check_mqtt
from core.probe import UNKNOWN_TOPIC

if TYPE_CHECKING:
    from core.cli.common import Subparsers
    from core.probe import Step
    from core.workspace.environment import Environment
    from core.workspace.model import Workspace

_REACHING: Final = frozenset({"resolve", "connect", "tls", "mqtt", "sign_in", "metadata"})
_TOLD: Final = ("step", "ok", "ms", "detail", "cause", "hint")
_NAMES: Final = {
    "resolve": "resolve name",
    "connect": "connect",
    "tls": "TLS",
    "mqtt": "MQTT",
    "sign_in": "sign in",
    "subscribe": "subscribe",
    "receive": "receive",
    "metadata": "metadata",
    "brokers": "brokers",
    "topic": "topic",
    "write": "permission to write",
    "options": "options",
}


def add_parser(subparsers: Subparsers) -> None:
    """Describe the command's arguments."""
    parser = subparsers.add_parser(
        "check",
        help="test every connector of a workspace, step by step",
        description="Test connectors step by step. Exit code 3 if one was not reached or refused "
        "us, 2 if an option cannot be used here, 1 if a later step failed.",
    )
    parser.add_argument("workspace", type=Path, metavar="WORKSPACE")
    parser.add_argument("connectors", nargs="*", metavar="CONNECTOR", help="all for none")
    parser.add_argument("--json", action="store_true", help="one JSON object a connector")
    parser.add_argument(
        "--sandbox", type=sandbox_addresses, help="embedded brokers: mqtt=H:P,kafka=H:P"
    )
    parser.set_defaults(handler=run)


def run(args: argparse.Namespace) -> int:
    """Test the named connectors, or all.

    Raises:
        ConfigError: The workspace has errors, or no connector of a name.
    """
    workspace, environment = open_workspace(
        args.workspace, sandbox=args.sandbox, just_connectors=True
    )
    worst: int = Exit.OK
    for name in _chosen(workspace, args.connectors):
        steps: list[Step] = []
        if not args.json:
            print(f"{name}:", flush=True)
        for step in _steps(workspace, environment, name):
            steps.append(step)
            if not args.json:
                print(_line(step), flush=True)
        if args.json:
            ok = all(step.ok for step in steps)
            told = [{key: getattr(step, key) for key in _TOLD} for step in steps]
            put_json({"connector": name, "ok": ok, "steps": told})
        else:
            _conclude(args.workspace, name, steps)
        worst = max(worst, _verdict(steps))
    return worst


def _chosen(workspace: Workspace, names: list[str]) -> list[str]:
    known = [*workspace.connectors.mqtt, *workspace.connectors.kafka]
    unknown = [name for name in names if name not in known]
    if unknown or not known:
        what = f"no connector {unknown[0]!r}" if unknown else "no connectors"
        raise ConfigError(
            f"The workspace has {what}.",
            path="CONNECTOR",
            value=unknown,
            hint=f"Connectors there: {', '.join(known) or 'none'}.",
        )
    return names or known


def _steps(workspace: Workspace, environment: Environment, name: str) -> Iterator[Step]:
    mqtt = workspace.connectors.mqtt.get(name)
    if mqtt is not None:
        return check_mqtt(mqtt, environment, client_id=workspace.client_id(mqtt))
    topics = [
        action.topic
        for action in workspace.actions.kafka.values()
        if action.connector == name and action.enable and "${" not in action.topic
    ]
    return check_kafka(workspace.connectors.kafka[name], environment, topics)


def _line(step: Step) -> str:
    mark = _mark(step.ok)
    cause = f" ({step.cause})" if step.cause else ""
    return f"  {mark} {_NAMES.get(step.step, step.step)}, {step.ms} ms: {step.detail}{cause}"


def _mark(ok: bool) -> str:
    mark = "\u2713" if ok else "\u2717"
    try:
        mark.encode(sys.stdout.encoding or "ascii")
    except UnicodeEncodeError:
        return "ok:" if ok else "FAILED:"
    return mark


def _conclude(path: Path, name: str, steps: list[Step]) -> None:
    failed = [step for step in steps if not step.ok]
    if not failed:
        say(f"{name} works.")
    for step in failed:
        say(f"{name}: {step.detail}" + (f"\n  {step.hint}" if step.hint else ""))
        if step.cause == UNKNOWN_TOPIC:
            say(f"  {create_command([str(path), name], step.about)}")


def _verdict(steps: list[Step]) -> Exit:
    failed = {step.step for step in steps if not step.ok}
    if failed & _REACHING:
        return Exit.UNREACHABLE
    if "options" in failed:
        return Exit.BAD_INPUT
    return Exit.NO if failed else Exit.OK
