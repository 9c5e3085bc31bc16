"""`sluicegate tail`: a Kafka topic as JSON Lines."""

from __future__ import annotations

import argparse
import math
import time
from typing import TYPE_CHECKING, Final

from core.cli.common import Exit, duration_s, put_json, say
from core.cli.kafka_target import add_target, create_command, find_target
from core.errors import ConfigError, TopicMissing
from core.kafka.records import Base64
from core.kafka.tail import Start, Tail

if TYPE_CHECKING:
    from core.cli.common import Subparsers
    from core.kafka.records import TailRecord

_USAGE: Final = "sluicegate tail WORKSPACE CONNECTOR TOPIC"
_USAGE_ADDRESS: Final = "sluicegate tail --bootstrap HOST:PORT TOPIC"
_POLL_S: Final = 0.2
_POLL_RECORDS: Final = 500


def add_parser(subparsers: Subparsers) -> None:
    """Describe the command's arguments."""
    parser = subparsers.add_parser(
        "tail",
        help="read a Kafka topic as JSON Lines",
        description="Print the records of a topic as they come, one JSON object a line. Joins no "
        "consumer group and commits nothing.",
        usage=f"{_USAGE} [options]\n       {_USAGE_ADDRESS} [options]",
    )
    parser.add_argument("words", nargs="+", metavar="ARGUMENT", help="WORKSPACE CONNECTOR TOPIC")
    add_target(parser)
    parser.add_argument(
        "--from",
        dest="start",
        default="end",
        metavar="beginning|end|-N|TIME",
        help="where to begin (end); --from=-10 for the last 10 records",
    )
    parser.add_argument(
        "--partition",
        type=int,
        action="append",
        default=[],
        metavar="N",
        help="read only this partition; may be given several times",
    )
    parser.add_argument("--count", type=_count, metavar="N", help="end after this many records")
    parser.add_argument(
        "--for", dest="for_s", type=duration_s, metavar="DURATION", help="end after this time"
    )
    parser.add_argument(
        "--filter", metavar="TEXT", help="only records with this text in key, value or a header"
    )
    parser.set_defaults(handler=run)


def run(args: argparse.Namespace) -> int:
    """Print records until the count, the time or Ctrl+C.

    Raises:
        ConfigError: Arguments, workspace or topic are wrong.
        ConnectorError: The cluster is not reached or refuses us.
    """
    connector, environment, words = find_target(args, args.words, _USAGE)
    if len(words) != 1:
        raise ConfigError(
            "tail takes one topic.", value=words, hint=f"Write: {_USAGE}, or {_USAGE_ADDRESS}"
        )
    start = Start.parse(args.start)
    try:
        tail = Tail(connector, environment, words[0], start=start, partitions=args.partition)
    except TopicMissing as exc:
        target = ["--bootstrap", args.bootstrap] if args.bootstrap else args.words[:-1]
        exc.hint = f"{exc.hint} Create it: {create_command(target, words[0])}".strip()
        raise
    try:
        _print_records(tail, args)
    finally:
        tail.close()
    return Exit.OK


def _print_records(tail: Tail, args: argparse.Namespace) -> None:
    left: float = math.inf if args.count is None else args.count
    deadline = math.inf if args.for_s is None else time.monotonic() + args.for_s
    said = ""
    while left > 0 and (now := time.monotonic()) < deadline:
        for record in tail.poll(_POLL_RECORDS, min(_POLL_S, deadline - now)):
            if left > 0 and (args.filter is None or _holds(record, args.filter)):
                put_json(record)
                left -= 1
        reason = tail.status_reason
        if reason and reason != said:
            say(f"{reason} Reading goes on when the cluster is back.")
        said = reason


def _holds(record: TailRecord, text: str) -> bool:
    """Tell whether a record shows a text in its key, value or headers."""
    parts = [record.key, record.value]
    for name, value in record.headers:
        parts += (name, value)
    shown = (part.base64 if isinstance(part, Base64) else part for part in parts)
    return any(text in part for part in shown if part)


def _count(text: str) -> int:
    if not text.isdigit() or not int(text):
        raise argparse.ArgumentTypeError(f"{text!r} is no number from 1")
    return int(text)
