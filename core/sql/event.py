"""One message or client event as rules see it: its columns, and the payload decoded once."""

from __future__ import annotations

from typing import Final

from core.sql.json_text import decode_json
from core.sql.values import UNDEFINED, EvalError, Value, bytes_to_str


class NotDecoded:
    """The type of NOT_DECODED: nothing has asked for the decoded payload yet."""

    __slots__ = ()


NOT_DECODED: Final = NotDecoded()


class Event:
    """The input of a rule's evaluation, shared by all rules that run on one message.

    Rules never change an event. Whoever makes one supplies the columns that its rules read (see
    `CompiledRule.columns`); a column that is not there is undefined. The payload may be given as
    the column `payload`, or as bytes in `raw`, which become text only if a rule reads the text.

    Attributes:
        columns: Column values by name. Without `payload` as long as only `raw` was needed.
        decoded: The payload decoded from JSON, or NOT_DECODED. Read it, and call `decode` if it is
            not there yet.
    """

    __slots__ = ("_failure", "_raw", "columns", "decoded")

    def __init__(self, columns: dict[str, Value], raw: bytes | None = None) -> None:
        self.columns = columns
        self.decoded: Value | NotDecoded = NOT_DECODED
        self._raw = raw
        self._failure: str | None = None

    def payload(self) -> Value:
        """Return the column `payload`, undefined if the event has none."""
        payload = self.columns.get("payload", UNDEFINED)
        if payload is UNDEFINED and self._raw is not None:
            payload = self.columns["payload"] = bytes_to_str(self._raw)
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
        if self._failure is not None:
            raise EvalError(self._failure)
        source = self.columns.get("payload", UNDEFINED) if self._raw is None else self._raw
        if isinstance(source, str | bytes):
            try:
                self.decoded = decoded = decode_json(source)
            except EvalError as exc:
                self._failure = f"the payload cannot be read as JSON: {exc}"
                raise EvalError(self._failure) from exc
            return decoded
        self.decoded = source
        return source
