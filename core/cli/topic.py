"""`sluicegate topic`: what is needed before the first record, no more."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Final

from core.cli.common import Exit, put_json, say
from core.cli.kafka_target import add_target, find_target
from core.errors import ConfigError
from core.kafka.admin import Admin

if TYPE_CHECKING:
    from core.cli.common import Subparsers

_CREATE: Final = "sluicegate topic create WORKSPACE CONNECTOR TOPIC"
_LIST: Final = "sluicegate topic list WORKSPACE CONNECTOR"


def add_parser(subparsers: Subparsers) -> None:
    """Describe the command's arguments."""
    parser = subparsers.add_parser(
        "topic",
        help="create or list Kafka topics",
        usage=f"{_CREATE} [--partitions N] [--replication N]\n       {_LIST} [--json]",
    )
    parser.add_argument("verb", choices=("create", "list"))
    parser.add_argument("words", nargs="*", metavar="ARGUMENT", help="WORKSPACE CONNECTOR [TOPIC]")
    add_target(parser)
    parser.add_argument("--partitions", type=int, default=1, metavar="N", help="create (1)")
    parser.add_argument("--replication", type=int, default=1, metavar="N", help="create (1)")
    parser.add_argument("--json", action="store_true", help="JSON Lines on stdout")
    parser.set_defaults(handler=run)


def run(args: argparse.Namespace) -> int:
    """Create or list.

    Raises:
        ConfigError: Arguments or workspace are wrong, or the cluster does not accept the topic.
        ConnectorError: The cluster is not reached or refuses us.
    """
    usage = _CREATE if args.verb == "create" else _LIST
    connector, environment, words = find_target(args, args.words, usage)
    if len(words) != (args.verb == "create"):
        raise ConfigError(f"topic {args.verb} takes other arguments.", hint=f"Write: {usage}")
    admin = Admin(connector, environment)
    if args.verb == "list":
        topics = list(admin.describe().topics.values())
    else:
        topics = [
            admin.create_topic(words[0], partitions=args.partitions, replication=args.replication)
        ]
        created = topics[0]
        note = ""
        if created.partitions != args.partitions:
            note = f"; the embedded Kafka always makes {created.partitions}"
        say(f"Created topic {created.name} with {created.partitions} partition(s){note}.")
    for topic in topics:
        if args.json:
            put_json(
                {
                    "topic": topic.name,
                    "partitions": topic.partitions,
                    "replication": topic.replication,
                }
            )
        elif args.verb == "list":
            print(f"{topic.name}  partitions {topic.partitions}  replication {topic.replication}")
    if args.verb == "list" and not topics:
        say("The cluster has no topics.")
    return Exit.OK
