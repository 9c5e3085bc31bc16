"""One record as a row of the tail."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final, cast

import msgspec

from core.kafka.records import TailRecord, Text
from gui.viewmodels.content import PREVIEW, Decode, misfit
from gui.viewmodels.packed import Packer
from gui.viewmodels.value_parts import parts_of

_ROW_BYTES: Final = 80
_PACKED_BYTES: Final = 2_048
_packer: Final = Packer(TailRecord)


class TailRow(msgspec.Struct, eq=False, gc=False):
    """One record; it is never changed.

    A short one is kept as packed bytes and read when it is looked at: of 50,000 rows forty are
    seen, and the others as objects would take three times the memory.
    """

    _kept: bytes | TailRecord
    _kept_bytes: int = 0
    _misfit: tuple[Decode, str] = ("auto", "")
    _parts: tuple[tuple[str, ...], str] = ((), "")

    @property
    def record(self) -> TailRecord:
        """The record as it was read."""
        kept = self._kept
        return kept if isinstance(kept, TailRecord) else _packer.unpack(kept)

    @property
    def weight(self) -> int:
        """About how many bytes the row takes."""
        return _ROW_BYTES + (self._kept_bytes or len(cast("bytes", self._kept)))

    @property
    def key(self) -> str:
        """The key as text; bytes that are none as Base64."""
        return shown_text(self.record.key)

    @property
    def value(self) -> str:
        """The value as text; empty for bytes that are none."""
        value = self.record.value
        return value if isinstance(value, str) else ""

    @property
    def size(self) -> int:
        """Bytes of the value."""
        value = self.record.value
        if value is None or isinstance(value, str):
            text = value or ""
            return len(text) if text.isascii() else len(text.encode("utf-8", "replace"))
        return len(value.base64) * 3 // 4 - value.base64[-2:].count("=")

    def misfit(self, decode: Decode) -> str:
        """Say why the value is not what it is to be shown as; it is looked at once."""
        if self._misfit[0] != decode:
            self._misfit = (decode, misfit(self.record.value, decode))
        return self._misfit[1]

    def parts(self, paths: tuple[str, ...]) -> str:
        """Write the parts of a JSON value out, cut like a value; it is read once for them."""
        if self._parts[0] != paths:
            self._parts = (paths, parts_of(self.value, paths)[:PREVIEW])
        return self._parts[1]

    def texts(self) -> Iterable[str]:
        """List what words of a filter are looked for in."""
        record = self.record
        yield shown_text(record.key)
        yield record.value if isinstance(record.value, str) else ""
        for name, value in record.headers:
            yield name
            yield shown_text(value)

    def field(self, name: str) -> str | int | None:
        """Give a field that a filter names."""
        record = self.record
        match name:
            case "key":
                return shown_text(record.key) if record.key is not None else None
            case "topic":
                return record.topic
            case "partition":
                return record.partition
            case "offset":
                return record.offset
            case "size":
                return self.size
            case _:
                found = name.removeprefix("properties.")
                values = [value for header, value in record.headers if header == found]
                return shown_text(values[-1]) if values and found != name else None

    def document(self) -> str:
        """Give the value."""
        return self.value


def row_of(record: TailRecord) -> TailRow:
    """Make a row of a record."""
    packed = _packer.pack(record)
    size = len(packed)
    return TailRow(packed) if size <= _PACKED_BYTES else TailRow(record, size)


def shown_text(text: Text) -> str:
    """Give a text as it is shown: bytes that are none as Base64."""
    if text is None or isinstance(text, str):
        return text or ""
    return text.base64
