"""The options of actions, in the order of their sheet; defaults are those of the models."""

from __future__ import annotations

from typing import Any, Final

from core.workspace.kafka import Compression
from gui.viewmodels.form_options import Option, OptionGroup, Read
from gui.viewmodels.words import tr

STRATEGY: Final = ("partition_strategy",)
COMPRESSION: Final = ("compression",)
NOT_COMPRESSED: Final = "no_compression"
PARTITIONER: Final = ("partitioner",)
PARTITION: Final = ("partition",)
SPREAD: Final = ("@spread",)
HEADERS: Final = ("kafka_ext_headers",)
FALLBACKS: Final = ("fallback_actions",)
CONNECTOR: Final = ("connector",)
TOPIC: Final = ("topic",)
KEY: Final = ("message", "key")
VALUE: Final = ("message", "value")
PAYLOAD: Final = ("payload",)


def groups_of(kind: str) -> tuple[OptionGroup, ...]:
    """List the groups of a sheet for `kafka` or `republish`."""
    return _kafka() if kind == "kafka" else _republish() if kind == "republish" else ()


def compressions() -> tuple[tuple[Compression, str], ...]:
    """List the ways to compress batches, with their names."""
    return (
        (NOT_COMPRESSED, tr("None")),
        ("snappy", "Snappy"),
        ("gzip", "gzip"),
        ("lz4", "LZ4"),
        ("zstd", "Zstandard"),
    )


def _is_by(*strategies: str) -> Any:
    return lambda read: read(STRATEGY, "random") in strategies


def _kafka() -> tuple[OptionGroup, ...]:
    strategies = (
        ("random", tr("Random")),
        ("key_dispatch", tr("By key")),
        ("explicit", tr("Template")),
    )
    acknowledged = (
        ("all_isr", tr("All in-sync")),
        ("leader_only", tr("Leader only")),
        ("none", tr("Nobody")),
    )
    main = OptionGroup(
        "",
        "",
        (
            (Option(("@name",), tr("Name"), is_required=True),),
            (
                Option(("connector",), tr("Connector"), "connector", is_required=True),
                Option(TOPIC, tr("Topic"), "topic", is_required=True),
            ),
            (Option(KEY, tr("Key"), "template", "${.clientid}"),),
            (Option(VALUE, tr("Value"), "template", "${.}", note=tr("template")),),
            (Option(HEADERS, tr("Extra headers"), "headers", []),),
            (
                Option(STRATEGY, tr("Partition"), "choice", "random", choices=strategies),
                Option(
                    ("required_acks",),
                    tr("Acknowledged by"),
                    "choice",
                    "all_isr",
                    choices=acknowledged,
                ),
                Option(
                    COMPRESSION,
                    tr("Compression"),
                    "choice",
                    NOT_COMPRESSED,
                    choices=compressions(),
                ),
            ),
        ),
    )
    return (main, _kafka_advanced())


def _kafka_advanced() -> OptionGroup:
    return OptionGroup(
        "advanced",
        tr("Advanced"),
        (
            *_placing(),
            *_sending(),
            *_keeping(),
            (Option(FALLBACKS, tr("When delivery fails"), "fallbacks", _DEAD),),
            (
                _time(("resource_opts", "health_check_interval"), tr("Health check every"), "15s"),
                _time(("resource_opts", "health_check_timeout"), tr("Health check timeout"), "60s"),
            ),
            *_words(),
        ),
    )


_DEAD: Final[list[Any]] = [{"kind": "file"}]


def _time(path: tuple[str, ...], label: str, default: str, **more: Any) -> Option:
    return Option(path, label, "measure", default, unit=more.pop("unit", "ms"), **more)


def _size(path: tuple[str, ...], label: str, default: str, **more: Any) -> Option:
    return Option(path, label, "measure", default, unit="B", **more)


def _placing() -> tuple[tuple[Option, ...], ...]:
    """Where a record goes, and what it carries besides key and value."""
    by_key = (
        ("murmur2", tr("murmur2, as Java")),
        ("phash2", tr("phash2, as EMQX")),
        ("crc32", tr("CRC-32, as librdkafka")),
    )
    spread = (("even", tr("Even")), ("sticky", tr("Sticky, by batch")))
    empty = (
        ("null", tr("Null, a tombstone")),
        ("empty", tr("Empty bytes")),
        ("skip", tr("Not sent")),
    )
    encodings = (("none", tr("Text alone")), ("json", tr("As JSON")))
    return (
        (
            Option(
                PARTITIONER,
                tr("Hash of the key"),
                "choice",
                "murmur2",
                choices=by_key,
                is_shown=_is_by("key_dispatch"),
            ),
            Option(
                SPREAD, tr("Spread"), "choice", "even", choices=spread, is_shown=_is_by("random")
            ),
            Option(
                PARTITION,
                tr("Partition number"),
                "template",
                is_required=True,
                help=tr("It yields a number from 0."),
                is_shown=_is_by("explicit"),
            ),
            Option(("empty_value",), tr("An empty value is"), "choice", "null", choices=empty),
        ),
        (
            Option(("partitions_limit",), tr("Partitions used"), "number", "all_partitions"),
            _time(
                ("partition_count_refresh_interval",),
                tr("Look for new ones every"),
                "60s",
                unit="s",
            ),
        ),
        (
            Option(
                ("message", "timestamp"),
                tr("Timestamp"),
                "template",
                "${.timestamp}",
                note=tr("ms since 1970"),
            ),
        ),
        (
            Option(
                ("kafka_headers",),
                tr("Headers from"),
                "template",
                help=tr("One placeholder for an object or a list of pairs, such as ${pub_props}."),
            ),
            Option(
                ("kafka_header_value_encode_mode",),
                tr("Values of headers"),
                "choice",
                "none",
                choices=encodings,
            ),
        ),
    )


def _sending() -> tuple[tuple[Option, ...], ...]:
    """How records are sent."""
    modes = (
        ("at_least_once", tr("At least once")),
        ("async", tr("Async")),
        ("sync", tr("Sync, one at a time")),
    )
    return (
        (
            Option(
                ("query_mode",),
                tr("Query mode"),
                "choice",
                "at_least_once",
                choices=modes,
                help=tr("At least once: a publisher hears of success when Kafka has the record."),
            ),
            _time(
                ("sync_query_timeout",),
                tr("Waits at most"),
                "5s",
                is_shown=lambda read: read(("query_mode",), "at_least_once") == "sync",
            ),
        ),
        (
            _time(("max_linger_time",), tr("Longest linger"), "5ms"),
            _size(("max_linger_bytes",), tr("Linger until it has"), "10MB"),
        ),
        (
            _size(("max_batch_bytes",), tr("Largest batch"), "896KB"),
            Option(
                ("max_inflight",),
                tr("Batches in flight"),
                "number",
                5,
                help=tr("More than 5 switch the idempotent producer off."),
            ),
        ),
        (
            _time(("max_batch_age",), tr("Give up after"), "infinity"),
            Option(("max_retries",), tr("Retries"), "number", "infinity"),
        ),
        (_time(("reconnect_delay",), tr("Reconnect after"), "2s"),),
    )


def _keeping() -> tuple[tuple[Option, ...], ...]:
    """What is kept while Kafka is away."""
    modes = (
        ("memory", tr("Memory")),
        ("disk", tr("Disk, outlives a restart")),
        ("hybrid", tr("Memory, then disk")),
    )
    return (
        (
            Option(("buffer", "mode"), tr("Buffer"), "choice", "memory", choices=modes),
            _size(("buffer", "per_partition_limit"), tr("Limit per partition"), "256MB"),
        ),
        (
            _size(("buffer", "segment_bytes"), tr("Segment"), "10MB"),
            Option(
                ("buffer", "memory_overload_protection"),
                tr("Drop when memory runs out"),
                "switch",
                default=True,
            ),
        ),
    )


def _words() -> tuple[tuple[Option, ...], ...]:
    """What people call it."""
    return (
        (
            Option(("label",), tr("Label"), default=""),
            Option(("tags",), tr("Tags"), "list", [], placeholder=tr("none")),
        ),
        (Option(("description",), tr("Description"), default=""),),
    )


def _republish() -> tuple[OptionGroup, ...]:
    qualities = (
        (0, tr("0, at most once")),
        (1, tr("1, at least once")),
        (2, tr("2, exactly once")),
        ("${qos}", tr("That of the message")),
    )
    retained = ((False, tr("No")), (True, tr("Yes")), ("${retain}", tr("As the message")))
    main = OptionGroup(
        "",
        "",
        (
            (Option(("@name",), tr("Name"), is_required=True),),
            (
                Option(("connector",), tr("Connector"), "connector", is_required=True),
                Option(("topic",), tr("Topic"), "template", is_required=True),
            ),
            (Option(PAYLOAD, tr("Payload"), "template", "${payload}", note=tr("template")),),
            (
                Option(("qos",), tr("QoS"), "choice", 0, choices=qualities),
                Option(("retain",), tr("Retain"), "choice", default=False, choices=retained),
            ),
        ),
    )
    advanced = OptionGroup(
        "advanced",
        tr("Advanced"),
        (
            (
                Option(
                    ("user_properties",),
                    tr("User properties from"),
                    "template",
                    "${user_properties}",
                ),
            ),
            (
                Option(
                    ("mqtt_properties",),
                    tr("Properties"),
                    "pairs",
                    {},
                    help=tr("Of MQTT 5.0: name=value, several with commas."),
                ),
            ),
            (
                Option(
                    ("direct_dispatch",),
                    tr("Deliver directly"),
                    "switch",
                    default=False,
                    help=tr("Kept for EMQX; a client of a broker cannot do it."),
                ),
            ),
            (Option(("label",), tr("Label"), default=""),),
            (Option(("description",), tr("Description"), default=""),),
        ),
    )
    return (main, advanced)


def advanced_note(kind: str, changed: int) -> str:
    """Say in a few words what is folded away, and how many of it differ from their defaults."""
    inside = (
        tr("timestamp, header source, batching, buffer")
        if kind == "kafka"
        else tr("user properties, MQTT 5 properties")
    )
    if not changed:
        return inside
    return tr("{inside}: {count} changed").format(inside=inside, count=changed)


def partitioner_of(read: Read) -> str:
    """Tell which partitioner chooses; even or murmur2 when the file says nothing."""
    written = read(PARTITIONER, None)
    if written is not None:
        return str(written)
    return "murmur2" if read(STRATEGY, "random") == "key_dispatch" else "even"
