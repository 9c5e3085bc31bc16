"""What kept records from being delivered, in the user's words: by the kinds of `Record.kind`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from gui.viewmodels.words import byte_size, plural, tr


@dataclass(frozen=True, slots=True)
class _Words:
    """One kind.

    Attributes:
        title: Of one such record, with a capital letter.
        short: Behind "failed, " or "dropped, ".
        said: A sentence without full stop about so many of them.
    """

    title: Callable[[], str]
    short: Callable[[], str]
    said: Callable[[int], str]


_WORDS: Final[dict[str, _Words]] = {
    "too_large": _Words(
        lambda: tr("Record too large"),
        lambda: tr("too large"),
        lambda n: plural("%n record was too large", "%n records were too large", n),
    ),
    "unknown_topic": _Words(
        lambda: tr("Kafka topic missing"),
        lambda: tr("topic missing"),
        lambda n: plural(
            "%n record was for a missing topic", "%n records were for a missing topic", n
        ),
    ),
    "unknown_partition": _Words(
        lambda: tr("Partition missing"),
        lambda: tr("partition missing"),
        lambda n: plural(
            "%n record was for a missing partition", "%n records were for a missing partition", n
        ),
    ),
    "topic_name": _Words(
        lambda: tr("Topic name not allowed"),
        lambda: tr("bad topic name"),
        lambda n: plural(
            "%n record had a topic name that is not allowed",
            "%n records had a topic name that is not allowed",
            n,
        ),
    ),
    "not_authorized": _Words(
        lambda: tr("Not allowed to write"),
        lambda: tr("not allowed"),
        lambda n: plural("%n record was not allowed", "%n records were not allowed", n),
    ),
    "cluster_not_authorized": _Words(
        lambda: tr("Idempotence not allowed"),
        lambda: tr("not allowed"),
        lambda n: plural("%n record was not allowed", "%n records were not allowed", n),
    ),
    "needs_key": _Words(
        lambda: tr("Key missing"),
        lambda: tr("without key"),
        lambda n: plural("%n record had no key", "%n records had no key", n),
    ),
    "timestamp": _Words(
        lambda: tr("Timestamp refused"),
        lambda: tr("bad timestamp"),
        lambda n: plural("%n record had a bad timestamp", "%n records had a bad timestamp", n),
    ),
    "policy": _Words(
        lambda: tr("Refused by a policy"),
        lambda: tr("refused by a policy"),
        lambda n: plural(
            "%n record was refused by a policy", "%n records were refused by a policy", n
        ),
    ),
    "too_old_broker": _Words(
        lambda: tr("Broker too old"),
        lambda: tr("broker too old"),
        lambda n: plural(
            "%n record was too new for the broker", "%n records were too new for the broker", n
        ),
    ),
    "expired": _Words(
        lambda: tr("Waited too long"),
        lambda: tr("expired"),
        lambda n: plural("%n record waited too long", "%n records waited too long", n),
    ),
    "queue_full": _Words(
        lambda: tr("Buffer was full"),
        lambda: tr("queue full"),
        lambda n: plural("%n record found the buffer full", "%n records found the buffer full", n),
    ),
    "replicas": _Words(
        lambda: tr("Too few replicas"),
        lambda: tr("too few replicas"),
        lambda n: plural("%n record had too few replicas", "%n records had too few replicas", n),
    ),
    "leader": _Words(
        lambda: tr("No leader"),
        lambda: tr("no leader"),
        lambda n: plural("%n record found no leader", "%n records found no leader", n),
    ),
    "template": _Words(
        lambda: tr("Record not rendered"),
        lambda: tr("not rendered"),
        lambda n: plural("%n record could not be rendered", "%n records could not be rendered", n),
    ),
    "refused": _Words(
        lambda: tr("Refused by the broker"),
        lambda: tr("refused"),
        lambda n: plural(
            "%n message was refused by the broker", "%n messages were refused by the broker", n
        ),
    ),
}
_OTHER: Final = _Words(
    lambda: tr("Not delivered"),
    lambda: "",
    lambda n: plural("%n record was not delivered", "%n records were not delivered", n),
)


def title(kind: str) -> str:
    """Name a kind."""
    return _WORDS.get(kind, _OTHER).title()


def brief(kind: str, size: int = 0) -> str:
    """Name what kept one record, for a line of a list: `record too large, 1.2 MB`.

    Args:
        kind: Of the record; an unknown one gives no words.
        size: Of its key and value, in bytes; said where that is what was wrong.
    """
    if kind not in _WORDS:
        return ""
    words = title(kind)
    words = words[0].lower() + words[1:]
    return f"{words}, {byte_size(size)}" if kind == "too_large" and size else words


def told(what: str, kinds: Mapping[str, int], count: int) -> str:
    """Add to `failed` or `dropped` why, where there is one reason for all: `failed, too large`."""
    short = ""
    if len(kinds) == 1 and sum(kinds.values()) == count:
        short = _WORDS.get(next(iter(kinds)), _OTHER).short()
    return tr("{what}, {why}").format(what=what, why=short) if short else what


def lost_records(count: int, kinds: Mapping[str, int]) -> str:
    """Say how many records were not delivered and what kept them, without a full stop.

    Args:
        count: All of them.
        kinds: How many by kind, as far as that is known.
    """
    if len(kinds) == 1 and sum(kinds.values()) == count:
        return _WORDS.get(next(iter(kinds)), _OTHER).said(count)
    parts = [
        tr("{count} {why}").format(count=kinds[kind], why=_WORDS[kind].short())
        for kind in sorted(kinds, key=lambda kind: -kinds[kind])
        if kind in _WORDS
    ]
    said = _OTHER.said(count)
    return tr("{lost} ({why})").format(lost=said, why=", ".join(parts)) if parts else said


def too_large(size: int, topic: str, limit: int) -> str:
    """Say how much too large a record is for its topic.

    Args:
        size: Of its value, in bytes.
        topic: Where it was to go.
        limit: How large a record the topic takes, in bytes; 0 if that is not known.
    """
    what = tr("The record has {size}; the topic {topic} takes less (its `max.message.bytes`).")
    if limit:
        what = tr(
            "The record has {size}; the topic {topic} takes {limit} at most (`max.message.bytes`)."
        )
    return what.format(size=byte_size(size), topic=topic, limit=byte_size(limit))
