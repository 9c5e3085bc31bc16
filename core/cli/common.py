"""What the commands share: exit codes, output, and reading a workspace."""

from __future__ import annotations

import argparse
import sys
from enum import IntEnum
from typing import TypeAlias

import msgspec

from core.errors import ConfigError
from core.workspace.environment import SandboxAddresses
from core.workspace.units import Duration

Subparsers: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"  # pyright: ignore[reportPrivateUsage]
"""What `add_parser` gets; argparse has no public name for it."""


class Exit(IntEnum):
    """Exit codes, the same for every command."""

    OK = 0
    NO = 1
    BAD_INPUT = 2
    UNREACHABLE = 3
    INTERNAL = 4
    ABORTED = 130


def say(text: str) -> None:
    """Tell a person something: one or more lines on stderr."""
    print(text, file=sys.stderr, flush=True)


def put_json(value: object) -> None:
    """Print one result as a line of JSON on stdout, at once."""
    sys.stdout.buffer.write(msgspec.json.encode(value) + b"\n")
    sys.stdout.buffer.flush()


def duration_s(text: str) -> float:
    """Read a duration argument (`15s`, `500ms`, `2min`) as seconds; for argparse's `type=`."""
    try:
        return Duration.parse(text).s
    except ValueError as exc:
        raise argparse.ArgumentTypeError(f"{text!r} {exc}") from exc


def sandbox_addresses(text: str) -> SandboxAddresses:
    """Read `--sandbox mqtt=HOST:PORT,kafka=HOST:PORT`; for argparse's `type=`."""
    try:
        return SandboxAddresses.parse(text)
    except ConfigError as exc:
        raise argparse.ArgumentTypeError(f"{exc.message}; {exc.hint}") from exc
