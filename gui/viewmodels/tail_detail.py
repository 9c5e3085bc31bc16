"""The whole of one record as texts: value, key, headers, where and when, and bytes."""

from __future__ import annotations

import base64
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

import msgspec

from gui.viewmodels.tail_reader import TailRow, shown_text
from gui.viewmodels.words import byte_size, number, plural, tr

if TYPE_CHECKING:
    from core.kafka.records import Text

_MOST: Final = 32 << 10
_MOST_LINES: Final = 1_000
"""Characters and lines of a value that are shown: to lay out more would hold the window up."""

_MOST_READ: Final = 1 << 20
"""Characters of a value that is tried as JSON."""

_MOST_DUMPED: Final = 16 << 10
_PER_LINE: Final = 8
"""What fits into the dock at its usual width."""


def value_text(row: TailRow) -> str:
    """Lay a value out: JSON over several lines, other text as it is."""
    value = row.record.value
    if value is None:
        return tr("This record has no value: in a compacted topic it deletes its key.")
    if not isinstance(value, str):
        size = byte_size(row.size)
        return tr("{size} that are no text; the page Hex shows them.").format(size=size)
    return _laid_out(value)


def key_text(row: TailRow) -> str:
    """Lay a key out; it may be JSON, too."""
    key = row.record.key
    if key is None:
        return tr("This record has no key.")
    return _laid_out(key) if isinstance(key, str) else shown_text(key)


def headers_text(row: TailRow) -> str:
    """List names and values of the headers below each other."""
    headers = row.record.headers
    if not headers:
        return tr("This record has no headers.")
    return _columns([(name, shown_text(value)) for name, value in headers])


def metadata_text(row: TailRow) -> str:
    """List where the record is, when it was written, and how large it is."""
    record = row.record
    times = [(tr("Timestamp"), tr("none"))]
    if record.timestamp is not None:
        moment = datetime.fromtimestamp(record.timestamp / 1_000, UTC).astimezone()
        times = [
            (tr("Timestamp"), str(record.timestamp)),
            ("", moment.isoformat(sep=" ", timespec="milliseconds")),
        ]
    return _columns(
        [
            (tr("Topic"), record.topic),
            (tr("Partition"), str(record.partition)),
            (tr("Offset"), str(record.offset)),
            *times,
            (tr("Key"), byte_size(len(_bytes(record.key)))),
            (tr("Value"), byte_size(row.size)),
            (tr("Headers"), number(len(record.headers))),
        ]
    )


def hex_text(row: TailRow) -> str:
    """Dump the bytes of a value: offset, bytes, and what is ASCII among them."""
    data = _bytes(row.record.value)
    lines = [
        _dump_line(at, data[at : at + _PER_LINE])
        for at in range(0, min(len(data), _MOST_DUMPED), _PER_LINE)
    ]
    if (rest := len(data) - _MOST_DUMPED) > 0:
        lines.append(plural("and %n byte more", "and %n bytes more", rest))
    return "\n".join(lines) or tr("No bytes.")


def as_json(row: TailRow) -> str:
    """Write the record as one JSON object, in the form of `sluicegate tail`."""
    return msgspec.json.format(msgspec.json.encode(row.record).decode(), indent=2)


def _laid_out(text: str) -> str:
    try:
        if len(text) <= _MOST_READ:
            msgspec.json.decode(text)
            text = msgspec.json.format(text, indent=2)
    except (msgspec.DecodeError, UnicodeEncodeError):
        pass  # no JSON: shown as it is
    lines = text.split("\n", _MOST_LINES)
    if len(lines) > _MOST_LINES:
        count = lines.pop().count("\n") + 1
        lines.append(plural("… and %n line more", "… and %n lines more", count))
        text = "\n".join(lines)
    if (rest := len(text) - _MOST) > 0:
        more = plural("… and %n character more", "… and %n characters more", rest)
        text = f"{text[:_MOST]}\n{more}"
    return text


def _columns(pairs: list[tuple[str, str]]) -> str:
    width = max(len(name) for name, _ in pairs) + 2
    return "\n".join(f"{name:<{width}}{value}" for name, value in pairs)


def _bytes(text: Text) -> bytes:
    if text is None:
        return b""
    if isinstance(text, str):
        return text.encode("utf-8", "replace")
    return base64.b64decode(text.base64)


def _dump_line(at: int, data: bytes) -> str:
    numbers = data.hex(" ")
    letters = "".join(chr(byte) if 0x20 <= byte < 0x7F else "." for byte in data)
    return f"{at:04x}  {numbers:<{3 * _PER_LINE - 1}}  {letters}"
