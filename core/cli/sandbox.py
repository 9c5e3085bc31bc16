"""`sluicegate sandbox`: the embedded brokers alone."""

from __future__ import annotations

import argparse
import asyncio
import sys
from typing import TYPE_CHECKING

from core.cli.common import Exit, put_json, say
from core.sandbox.host import host
from core.workspace.environment import SandboxAddresses

if TYPE_CHECKING:
    from core.cli.common import Subparsers


def add_parser(subparsers: Subparsers) -> None:
    """Add the command."""
    parser = subparsers.add_parser(
        "sandbox",
        help="the embedded brokers alone",
        description="Run the embedded MQTT broker and the embedded Kafka on loopback. The first "
        "line on stdout is JSON with their addresses. Ends when stdin (a pipe) closes, or on "
        "Ctrl+C; their messages and records end with them.",
    )
    parser.add_argument(
        "--mqtt-port", type=_port, default=0, metavar="N", help="public MQTT port (default: free)"
    )
    parser.set_defaults(handler=run)


def run(args: argparse.Namespace) -> int:
    """Serve until told to stop."""
    asyncio.run(host(args.mqtt_port, _announce))
    return Exit.OK


def _announce(addresses: SandboxAddresses) -> None:
    put_json({"mqtt": addresses.mqtt, "kafka": addresses.kafka})
    if sys.stdin is not None and sys.stdin.isatty():
        say(
            f"MQTT 3.1, 3.1.1 and 5 on {addresses.mqtt}, Kafka on {addresses.kafka} "
            "(always 4 partitions a topic). Ctrl+C ends them."
        )


def _port(text: str) -> int:
    if text.isdigit() and 0 <= int(text) < 65_536:
        return int(text)
    msg = f"{text!r} is no port: a number from 1 to 65535, or 0 for a free one"
    raise argparse.ArgumentTypeError(msg)
