"""Finds the Kafka connector that a command is about: of a workspace, or an address."""

from __future__ import annotations

import argparse
import shlex
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import ValidationError

from core.cli.common import sandbox_addresses
from core.cli.workspace_file import open_workspace
from core.errors import ConfigError
from core.log import remember_secret
from core.workspace.environment import Environment
from core.workspace.kafka import KafkaConnector
from core.workspace.secrets import resolver

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


def add_target(parser: argparse.ArgumentParser) -> None:
    """Add `--bootstrap` and `--sandbox`."""
    parser.add_argument(
        "--bootstrap",
        metavar="HOST:PORT",
        help="address of a cluster in place of WORKSPACE and CONNECTOR",
    )
    parser.add_argument(
        "--sandbox", type=sandbox_addresses, help="embedded brokers: mqtt=H:P,kafka=H:P"
    )


def find_target(
    args: argparse.Namespace, words: Sequence[str], usage: str
) -> tuple[KafkaConnector, Environment, list[str]]:
    """Find connector and environment, and the words that are left.

    Args:
        args: With `bootstrap` and `sandbox`.
        words: WORKSPACE and CONNECTOR before the rest, unless `--bootstrap` is given.
        usage: Said when words are missing.

    Raises:
        ConfigError: The workspace or its connector cannot be used, or the address is wrong.
    """
    if args.bootstrap is not None:
        here = Path.cwd()
        environment = Environment(here, here, resolver(here, remember_secret), args.sandbox)
        return _connector_at(args.bootstrap), environment, list(words)
    if len(words) < 2:
        missing = "A connector is" if words else "A workspace and a connector are"
        raise ConfigError(f"{missing} missing.", hint=f"Write: {usage}")
    workspace, environment = open_workspace(words[0], sandbox=args.sandbox, just_connectors=True)
    return connector_named(workspace.connectors.kafka, words[1]), environment, list(words[2:])


def create_command(target: Sequence[str], topic: str) -> str:
    """Write the command that makes a topic; `target` is what finds the cluster."""
    return f"sluicegate topic create {shlex.join([*target, topic])}"


def connector_named(connectors: Mapping[str, KafkaConnector], name: str) -> KafkaConnector:
    """Find a connector by its name.

    Raises:
        ConfigError: There is none of that name.
    """
    found = connectors.get(name)
    if found is None:
        raise ConfigError(
            f"The workspace has no Kafka connector {name!r}.",
            path="CONNECTOR",
            value=name,
            hint=f"Kafka connectors there: {', '.join(connectors) or 'none'}.",
        )
    return found


def _connector_at(address: str) -> KafkaConnector:
    try:
        return KafkaConnector(name=address, bootstrap_hosts=address)
    except ValidationError as exc:
        raise ConfigError(
            f"--bootstrap {address!r} is no address.",
            path="--bootstrap",
            value=address,
            hint='Write HOST:PORT, several separated by commas, or "sandbox" with --sandbox.',
        ) from exc
