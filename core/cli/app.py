"""Collects the commands, and turns what they raise into one sentence and an exit code."""

from __future__ import annotations

import argparse
import importlib
import platform
import sys
import traceback
from collections.abc import Callable
from importlib.metadata import PackageNotFoundError, version
from typing import Final

from core.cli.common import Exit, say
from core.cli.window import USAGE, WindowOptions, has_display, is_for_window, window_options
from core.errors import AppError, ConnectorError

COMMANDS: Final = {
    "demo": "the demo in the terminal, on embedded brokers",
    "run": "run a workspace: the engine",
    "validate": "list every problem of a workspace",
    "sql": "evaluate one rule on one event, or a batch of cases",
    "test": "run the rule tests of a workspace",
    "check": "test every connector of a workspace, step by step",
    "publish": "publish MQTT messages",
    "tail": "read a Kafka topic as JSON Lines",
    "topic": "create or list Kafka topics",
    "sandbox": "the embedded brokers alone",
    "self-check": "does this installation work",
}
"""Command name to its line in the help; each lives in the module of its name."""

_CHILD_MODES: Final = {
    "sandbox-mqtt": "core.sandbox.mqtt_child",
    "jq-worker": "core.jq_worker",
    "simulators": "core.cli.simulators",
}
"""What the program starts itself as; not for people."""

_HELP: Final = ("-h", "--help", "--version")


def run_command(args: list[str], open_window: Callable[[WindowOptions], int] | None = None) -> int:
    """Run one command, or the window, and return its exit code; never raises.

    Args:
        args: Without the program's name.
        open_window: Shows the window until it is closed.
    """
    if args and args[0] in _CHILD_MODES:
        return int(importlib.import_module(_CHILD_MODES[args[0]]).main(args[1:]))
    try:
        if not args or args[0] not in (*COMMANDS, *_HELP):
            return _window(args, open_window)
        parsed = _parser(args[0]).parse_args(args)
        return int(parsed.handler(parsed))
    except SystemExit as exc:  # argparse has said what is wrong
        return int(exc.code or 0) if not isinstance(exc.code, str) else Exit.BAD_INPUT
    except AppError as exc:
        say(_sentence(exc))
        return Exit.UNREACHABLE if isinstance(exc, ConnectorError) else Exit.BAD_INPUT
    except KeyboardInterrupt:
        return Exit.ABORTED
    except BrokenPipeError:
        sys.stderr.close()  # the reader of our output has gone: nobody is left to tell
        return Exit.OK
    except Exception:  # noqa: BLE001 - the one place that turns a bug into a report
        say(_bug_report(args))
        return Exit.INTERNAL


def _window(args: list[str], open_window: Callable[[WindowOptions], int] | None) -> int:
    """Open the window; where it cannot be shown, run the demo in the terminal instead."""
    if not is_for_window(args):
        names = ", ".join(COMMANDS)
        say(f"No command or file {args[0]!r}. Commands: {names}. Help: sluicegate --help")
        return Exit.BAD_INPUT
    options = window_options(args)
    if options.workspace is not None and not options.workspace.is_file():
        say(f"There is no file {options.workspace}. Check its name, or start without one.")
        return Exit.BAD_INPUT
    if open_window is not None and has_display():
        return open_window(options)
    if options.workspace is not None:
        say(
            "There is no display to show the window on. Run the workspace without one: "
            f"sluicegate run {options.workspace}"
        )
        return Exit.BAD_INPUT
    say("There is no display to show the window on; here is the demo in the terminal.")
    return run_command(["demo"])


def _parser(command: str) -> argparse.ArgumentParser:
    """Build the parser; only the chosen command's module is imported, so that starting is fast."""
    parser = argparse.ArgumentParser(
        prog="sluicegate",
        description="Stream MQTT data into Apache Kafka with SQL rules.",
        epilog=f"Without a command: the window, sluicegate {USAGE}",
    )
    parser.add_argument("--version", action="version", version=f"sluicegate {app_version()}")
    subparsers = parser.add_subparsers(metavar="COMMAND", required=True)
    for name, line in COMMANDS.items():
        if name == command:
            module = importlib.import_module(f"core.cli.{name.replace('-', '_')}")
            module.add_parser(subparsers)
        else:
            subparsers.add_parser(name, help=line)
    return parser


def app_version() -> str:
    """Tell the installed version; `(checkout)` when the program runs from its source tree."""
    try:
        return version("sluicegate")
    except PackageNotFoundError:
        return "(checkout)"


def _sentence(error: AppError) -> str:
    return f"{error.message}\n  {error.hint}" if error.hint else error.message


def _bug_report(args: list[str]) -> str:
    command = args[0] if args else ""
    return (
        "Sluicegate stopped on an error of its own; this is a bug. Please report these lines:\n"
        f"sluicegate {app_version()}, Python {platform.python_version()}, {platform.platform()}, "
        f"command {command}\n{traceback.format_exc()}"
    )
