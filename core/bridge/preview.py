"""The record that an action would send for one output, made by the code that makes real ones."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from core.bridge.rendering import BY_PARTITIONER, Renderer
from core.errors import TemplateError
from core.kafka.partitioner import PARTITIONERS
from core.sql.values import EvalError, Value
from core.workspace.kafka import KafkaAction

_BY_CHANCE: Final = frozenset({"even", "sticky"})


@dataclass(frozen=True, slots=True)
class RecordPreview:
    """A record as it would be sent.

    Attributes:
        action: The action's name.
        topic: Where it would go.
        key: None for no key.
        value: None for a null value, which is a tombstone.
        timestamp_ms: 0 when the moment of sending is taken.
        headers: In their order.
        dropped: Headers that the encode mode `none` leaves out, since their values are no text.
        missing: Extra headers that are left out, each with its placeholder that has no value.
        partition: Its number; -1 where chance or an unknown number of partitions decides.
        partitions: How many its topic has; 0 when that is not known.
        is_by_key: Whether the key decides the partition.
        is_skipped: An empty value is not sent at all.
        error: Why there is no record, and `hint` what to do; empty when there is one.
    """

    action: str
    topic: str = ""
    key: bytes | None = None
    value: bytes | None = None
    timestamp_ms: int = 0
    headers: tuple[tuple[str, bytes | None], ...] = ()
    dropped: tuple[str, ...] = ()
    missing: tuple[tuple[str, str], ...] = ()
    partition: int = -1
    partitions: int = 0
    is_by_key: bool = False
    is_skipped: bool = False
    error: str = ""
    hint: str = ""

    @property
    def size(self) -> int:
        """Bytes of the value, as the size of a record is told everywhere."""
        return len(self.value or b"")


def preview(
    name: str, action: KafkaAction, output: dict[str, Value], *, partitions: int = 0
) -> RecordPreview:
    """Render one record; nothing is sent.

    Args:
        name: The action's name.
        action: Its options.
        output: What the rule gave.
        partitions: How many its topic has; 0 when that is not known.
    """
    try:
        return _render(name, action, output, partitions)
    except TemplateError as exc:
        return RecordPreview(name, error=exc.message, hint=exc.hint)
    except EvalError as exc:
        return RecordPreview(name, error=str(exc))


def _render(
    name: str, action: KafkaAction, output: dict[str, Value], partitions: int
) -> RecordPreview:
    renderer = Renderer(action)
    key, value = renderer.key(output), renderer.value(output)
    partition = renderer.partition(output)
    partitioner = action.effective_partitioner
    if partition == BY_PARTITIONER and partitions and partitioner not in _BY_CHANCE and key:
        partition = PARTITIONERS[partitioner](key, partitions)
    is_null = not value and action.empty_value != "empty"
    return RecordPreview(
        name,
        renderer.topic(output),
        key,
        None if is_null else value,
        renderer.timestamp_ms(output),
        tuple(renderer.headers(output) or ()),
        tuple(renderer.dropped_headers(output)),
        tuple(renderer.missing_headers(output)),
        partition,
        partitions,
        is_by_key=action.partition_strategy == "key_dispatch" and bool(key),
        is_skipped=not value and action.empty_value == "skip",
    )
