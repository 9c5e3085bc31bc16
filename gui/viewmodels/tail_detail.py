"""The whole of one record as texts: value, key, headers, where and when, and bytes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from gui.viewmodels.content import MOST, Decode, bytes_of, columns, dump, laid_out, moment_lines
from gui.viewmodels.tail_row import TailRow, shown_text
from gui.viewmodels.words import byte_size, number, tr

if TYPE_CHECKING:
    from core.kafka.single import Record


def value_text(row: TailRow, decode: Decode = "auto", most: int = MOST) -> str:
    """Lay a value out: JSON over several lines, other text as it is, up to so many characters."""
    value = row.record.value
    if value is None:
        return tr("This record has no value: in a compacted topic it deletes its key.")
    if decode in ("auto", "json") and not isinstance(value, str):
        size = byte_size(row.size)
        return tr("{size} that are no text; the page Hex shows them.").format(size=size)
    return laid_out(value, decode, most)


def key_text(row: TailRow, decode: Decode = "auto") -> str:
    """Lay a key out; it may be JSON, too."""
    key = row.record.key
    if key is None:
        return tr("This record has no key.")
    if decode in ("auto", "json") and not isinstance(key, str):
        return shown_text(key)
    return laid_out(key, decode)


def headers_text(row: TailRow) -> str:
    """List names and values of the headers below each other."""
    headers = row.record.headers
    if not headers:
        return tr("This record has no headers.")
    return columns([(name, shown_text(value)) for name, value in headers])


def metadata_text(row: TailRow) -> str:
    """List where the record is, when it was written, and how large it is."""
    record = row.record
    times = [(tr("Timestamp"), tr("none"))]
    if record.timestamp is not None:
        times = [(tr("Timestamp"), str(record.timestamp)), *moment_lines(record.timestamp)]
    return columns(
        [
            (tr("Topic"), record.topic),
            (tr("Partition"), str(record.partition)),
            (tr("Offset"), str(record.offset)),
            *times,
            (tr("Key"), byte_size(len(bytes_of(record.key)))),
            (tr("Value"), byte_size(row.size)),
            (tr("Headers"), number(len(record.headers))),
        ]
    )


def hex_text(row: TailRow) -> str:
    """Dump the bytes of a value: offset, bytes, and what is ASCII among them."""
    return dump(bytes_of(row.record.value)) or tr("No bytes.")


def as_json(row: TailRow) -> str:
    """Write the record as one JSON object, in the form of `sluicegate tail`."""
    return msgspec.json.format(msgspec.json.encode(row.record).decode(), indent=2)


def again(row: TailRow) -> Record:
    """Make the record that is the same, for the partition that its key falls to."""
    from core.kafka.single import Record  # the client library is loaded with the first record

    record = row.record
    return Record(
        record.topic,
        None if record.value is None else bytes_of(record.value),
        None if record.key is None else bytes_of(record.key),
        tuple((name, None if value is None else bytes_of(value)) for name, value in record.headers),
    )
