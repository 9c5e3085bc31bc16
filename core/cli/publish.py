"""`sluicegate publish`: publish MQTT messages and wait for the broker's answers."""

from __future__ import annotations

import argparse
import os
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Final
from urllib.parse import unquote, urlsplit, urlunsplit

from pydantic import ValidationError

from core.cli.common import Exit, sandbox_addresses, say
from core.cli.workspace_file import open_workspace
from core.errors import ConfigError, NotConnected
from core.log import remember_secret
from core.mqtt.publisher import Publisher, PublishProperties, Receipt
from core.mqtt.topics import check_topic
from core.workspace.environment import Environment
from core.workspace.mqtt import MqttConnector
from core.workspace.secrets import resolver
from core.workspace.units import SecretRef

if TYPE_CHECKING:
    from core.cli.common import Subparsers

_WITH_URL: Final = "--url URL TOPIC [PAYLOAD | -]"
_WITH_WORKSPACE: Final = "WORKSPACE CONNECTOR TOPIC [PAYLOAD | -]"
_PROGRESS_S: Final = 0.5
_ANSWER_S: Final = 10.0


def add_parser(subparsers: Subparsers) -> None:
    """Describe the command's arguments."""
    parser = subparsers.add_parser(
        "publish",
        help="publish MQTT messages",
        description="Publish MQTT messages and wait for the broker's answers.",
        usage=f"sluicegate publish {_WITH_WORKSPACE} [options]\n"
        f"       sluicegate publish {_WITH_URL} [options]",
    )
    parser.add_argument(
        "words",
        nargs="+",
        metavar="ARGUMENT",
        help=f"{_WITH_WORKSPACE}; - reads the payload from stdin, none is an empty payload",
    )
    parser.add_argument("--url", help="broker in place of a workspace: mqtt://user@host:port")
    parser.add_argument(
        "--password-ref",
        type=_secret_ref,
        help="with --url: the password as env:NAME, file:PATH or secret:NAME",
    )
    parser.add_argument(
        "--protocol", choices=("5.0", "3.1.1"), help="with --url: MQTT version (5.0)"
    )
    parser.add_argument("--cacert", metavar="FILE", help="with --url: trusted authority, PEM")
    parser.add_argument("--qos", type=int, choices=(0, 1, 2), default=0)
    parser.add_argument("--retain", action="store_true", help="have the broker keep it")
    parser.add_argument(
        "--property",
        action="append",
        default=[],
        type=_property,
        metavar="NAME=VALUE",
        help="MQTT 5 user property; may be given several times",
    )
    parser.add_argument("--repeat", type=_positive, default=1, metavar="N", help="how often (1)")
    parser.add_argument("--rate", type=_rate, metavar="N", help="messages a second")
    parser.add_argument(
        "--sandbox", type=sandbox_addresses, help="embedded brokers: mqtt=H:P,kafka=H:P"
    )
    parser.set_defaults(handler=run)


def run(args: argparse.Namespace) -> int:
    """Publish and report.

    Raises:
        ConfigError: Arguments or workspace are wrong.
        ConnectorError: The broker is not reached, or refuses us or a message.
    """
    connector, client_id, environment, rest = _target(args)
    topic, payload = _topic_and_payload(rest)
    check_topic(topic)
    if args.property and connector.protocol != "5.0":
        raise ConfigError(
            "--property needs MQTT 5: MQTT 3.1.1 has no user properties",
            path="--property",
            hint='set protocol = "5.0" on the connector, or leave --property out',
        )
    publisher = Publisher(connector, client_id=client_id, environment=environment)
    properties = PublishProperties(user_properties=tuple(args.property))
    receipts: list[Receipt] = []
    try:
        _publish_all(publisher, topic, payload, properties, args, receipts)
    except NotConnected:
        if not any(receipt.error for receipt in receipts):
            raise
    finally:
        publisher.close()
    return _report(receipts, topic, args.qos)


def _publish_all(
    publisher: Publisher,
    topic: str,
    payload: bytes,
    properties: PublishProperties,
    args: argparse.Namespace,
    receipts: list[Receipt],
) -> None:
    """Publish at the rate asked for, filling `receipts`; unanswered messages may overlap."""
    publisher.connect()
    start = shown = time.monotonic()
    for number in range(args.repeat):
        if args.rate:
            due = start + number / args.rate
            while (left_s := due - time.monotonic()) > 0:
                publisher.pump(left_s)
        receipts.append(
            publisher.submit(
                topic, payload, qos=args.qos, retain=args.retain, properties=properties
            )
        )
        publisher.pump(0)
        if sys.stderr.isatty() and time.monotonic() - shown > _PROGRESS_S:
            shown = time.monotonic()
            sys.stderr.write(f"\r{number + 1} of {args.repeat} ")
            sys.stderr.flush()
    publisher.wait(_ANSWER_S)


def _report(receipts: list[Receipt], topic: str, qos: int) -> int:
    failed = [receipt for receipt in receipts if receipt.error is not None]
    if failed and failed[0].error is not None:
        raise failed[0].error
    count = "1 message" if len(receipts) == 1 else f"{len(receipts)} messages"
    unheard = sum(not receipt.has_subscribers for receipt in receipts)
    note = "" if not unheard else f"; nobody is subscribed to it ({unheard} of {len(receipts)})"
    say(f'Published {count} to "{topic}" with QoS {qos}{note}.')
    return Exit.OK


def _target(
    args: argparse.Namespace,
) -> tuple[MqttConnector, str, Environment, list[str]]:
    """Find the connector: of the workspace, or made from the URL."""
    words: list[str] = args.words
    if args.url is not None:
        connector = _connector_of_url(args)
        here = Path.cwd()
        environment = Environment(here, here, resolver(here, remember_secret), args.sandbox)
        return connector, "sluicegate", environment, words
    if args.password_ref is not None or args.protocol is not None or args.cacert is not None:
        raise ConfigError(
            "--password-ref, --protocol and --cacert belong to --url",
            hint="a workspace's connector has its own options",
        )
    if len(words) < 3:
        raise ConfigError(
            "publish needs a workspace, a connector and a topic",
            hint=f"write: sluicegate publish {_WITH_WORKSPACE}, or {_WITH_URL}",
        )
    workspace, environment = open_workspace(words[0], sandbox=args.sandbox, just_connectors=True)
    connector = workspace.connectors.mqtt.get(words[1])
    if connector is None:
        names = ", ".join(workspace.connectors.mqtt) or "none"
        raise ConfigError(
            f"{words[0]} has no MQTT connector {words[1]!r}",
            value=words[1],
            hint=f"MQTT connectors there: {names}",
        )
    return connector, workspace.client_id(connector), environment, words[2:]


def _connector_of_url(args: argparse.Namespace) -> MqttConnector:
    url: str = args.url
    try:
        parts = urlsplit(url)
        username = unquote(parts.username) if parts.username else None
        has_password = parts.password is not None
    except ValueError as exc:
        raise ConfigError(f"--url is no address: {exc}", path="--url", hint=_url_hint()) from exc
    if has_password:
        raise ConfigError(
            "--url holds a password, which other users of this machine could read",
            path="--url",
            hint="write mqtt://user@host:port and --password-ref env:NAME",
        )
    server = urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2]))
    try:
        return MqttConnector.model_validate(
            {
                "name": "--url",
                "server": server,
                "username": username,
                "password": args.password_ref,
                "protocol": args.protocol or "5.0",
                "ssl": {"cacertfile": args.cacert},
            }
        )
    except ValidationError as exc:
        reason = exc.errors()[0]["msg"].removeprefix("Value error, ")
        raise ConfigError(f"--url {reason}", path="--url", value=url, hint=_url_hint()) from exc


def _url_hint() -> str:
    return "write --url mqtt://user@host:port"


def _topic_and_payload(words: list[str]) -> tuple[str, bytes]:
    if len(words) > 2:
        raise ConfigError(
            f"publish takes one payload, and there is more: {words[2]!r}",
            hint="put the payload in quotes",
        )
    if len(words) == 1:
        return words[0], b""
    if words[1] == "-":
        return words[0], sys.stdin.buffer.read()
    return words[0], os.fsencode(words[1])


def _property(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not name or not equals:
        raise argparse.ArgumentTypeError(f"{text!r} is not NAME=VALUE")
    return name, value


def _secret_ref(text: str) -> SecretRef:
    try:
        return SecretRef.parse(text)
    except ValueError as exc:
        raise argparse.ArgumentTypeError(str(exc)) from exc


def _positive(text: str) -> int:
    number = int(text) if text.isdigit() else 0
    if number < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is no number from 1 up")
    return number


def _rate(text: str) -> float:
    try:
        rate = float(text)
    except ValueError:
        rate = 0.0
    if not 0 < rate < float("inf"):
        raise argparse.ArgumentTypeError(f"{text!r} is no number above 0")
    return rate
