"""One record as a row of the tail."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from gui.viewmodels.content import Decode, misfit

if TYPE_CHECKING:
    from core.kafka.records import TailRecord, Text

_ROW_BYTES: Final = 400


@dataclass(eq=False, slots=True)
class TailRow:
    """One record; it is never changed.

    Attributes:
        record: As it was read.
        key: As text; bytes that are none as Base64.
        value: As text; empty for bytes that are none.
        size: Bytes of the value.
        weight: About how many bytes the row takes.
    """

    record: TailRecord
    key: str
    value: str
    size: int
    weight: int
    _misfit: tuple[Decode, str] = ("auto", "")

    def misfit(self, decode: Decode) -> str:
        """Say why the value is not what it is to be shown as; it is looked at once."""
        if self._misfit[0] != decode:
            self._misfit = (decode, misfit(self.record.value, decode))
        return self._misfit[1]

    def texts(self) -> Iterable[str]:
        """List what words of a filter are looked for in."""
        yield self.key
        yield self.value
        for name, value in self.record.headers:
            yield name
            yield shown_text(value)

    def field(self, name: str) -> str | int | None:
        """Give a field that a filter names."""
        record = self.record
        match name:
            case "key":
                return self.key if record.key is not None else None
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
    value = record.value
    if value is None or isinstance(value, str):
        text = value or ""
        size = len(text) if text.isascii() else len(text.encode("utf-8", "replace"))
    else:
        text, size = "", len(value.base64) * 3 // 4 - value.base64[-2:].count("=")
    key = shown_text(record.key)
    weight = _ROW_BYTES + size + len(key) + sum(len(name) + 80 for name, _ in record.headers)
    return TailRow(record, key, text, size, weight)


def shown_text(text: Text) -> str:
    """Give a text as it is shown: bytes that are none as Base64."""
    if text is None or isinstance(text, str):
        return text or ""
    return text.base64
