"""One message or client event as rules see it: its columns, and the payload decoded once."""

from __future__ import annotations

from typing import Final

import msgspec

from core.sql.json_text import FAST_DECODE, NOT_JSON, decode_json
from core.sql.values import UNDEFINED, EvalError, Value, bytes_to_str


class NotDecoded:
    """The type of NOT_DECODED: nothing has asked for the decoded payload yet."""

    __slots__ = ()


NOT_DECODED: Final = NotDecoded()


class _Broken:
    """Stands for a payload that could not be decoded."""

    __slots__ = ("reason",)

    def __init__(self, reason: str) -> None:
        self.reason = reason


class Event(msgspec.Struct, eq=False, gc=False):
    """The input of a rule's evaluation, shared by all rules that run on one message.

    Rules never change an event. Whoever makes one supplies the columns that its rules read (see
    `CompiledRule.columns`); a column that is not there is undefined. The payload may be given as
    the column `payload`, or as bytes in `raw`, which become text only if a rule reads the text.

    Attributes:
        columns: Column values by name. Without `payload` as long as only `raw` was needed.
        raw: The payload's bytes if it was given so; not for reading.
        decoded: The payload decoded from JSON, or NOT_DECODED. Read it, and call `decode` if it is
            not there yet.
    """

    # gc=False: made for every message, and nothing it holds refers back to it.
    columns: dict[str, Value]
    raw: bytes | _Broken | None = None
    decoded: Value | NotDecoded = NOT_DECODED

    def payload(self) -> Value:
        """Return the column `payload`, undefined if the event has none."""
        payload = self.columns.get("payload", UNDEFINED)
        if payload is UNDEFINED and isinstance(self.raw, bytes):
            payload = self.columns["payload"] = bytes_to_str(self.raw)
        return payload

    def full(self) -> dict[str, Value]:
        """Return the columns with the payload among them."""
        self.payload()
        return self.columns

    def decode(self) -> Value:
        """Decode the payload and keep the result for the other rules of this message.

        A payload that is no string is its own result; an event without payload gives undefined.

        Raises:
            EvalError: `decode_json_failed`: the payload is not valid JSON.
        """
        source = self.raw
        if type(source) is not bytes:
            if isinstance(source, _Broken):
                raise EvalError(source.reason)
            source = self.columns.get("payload", UNDEFINED)
            if type(source) is not str:
                self.decoded = source
                return source
        try:
            self.decoded = decoded = FAST_DECODE(source)
            return decoded
        except NOT_JSON:
            self.payload()  # the bytes are about to be forgotten
            self.raw = _Broken(_why_not_json(source))
            raise EvalError(self.raw.reason) from None


def _why_not_json(source: str | bytes) -> str:
    try:
        decode_json(source)
    except EvalError as exc:
        return f"the payload cannot be read as JSON: {exc}"
    return "the payload cannot be read as JSON"  # nested as deep as there was stack left
