"""Durations, sizes, names and secret references as the workspace file spells them."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any, ClassVar, Final, Literal

from pydantic import AfterValidator, BeforeValidator, GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic_core import CoreSchema, core_schema

_NUMBER_WITH_UNIT: Final = re.compile(r"\s*(\d+(?:\.\d+)?)\s*([A-Za-z]+)\s*")
_DURATION_MS: Final = {
    "ms": 1,
    "s": 1_000,
    "m": 60_000,
    "min": 60_000,
    "h": 3_600_000,
    "d": 86_400_000,
}
_SIZE_BYTES: Final = {"B": 1, "KB": 1 << 10, "MB": 1 << 20, "GB": 1 << 30}
LONGEST_WAIT_MS: Final = 2_147_483_647
"""What systems and librdkafka count a wait with."""

_DURATION_FORM: Final = 'a number with a unit: "500ms", "5s", "2min", "1h", "1d"'
_SIZE_FORM: Final = 'a number with a unit: "896KB", "256MB", "1GB"'


class CodedError(ValueError):
    """A value is not accepted, of a kind that others tell apart; the text says what is.

    Attributes:
        code: The kind, as the code of a `Problem`.
    """

    def __init__(self, code: str, text: str) -> None:
        super().__init__(text)
        self.code = code


class UnitError(CodedError):
    """A value is no duration, or no size."""

    def __init__(self, code: Literal["duration", "size"], form: str) -> None:
        super().__init__(code, f"is no {code}; write {form}")


class _FromText:
    """A value that the file holds as text: read with `parse`, written with `str`."""

    __slots__ = ()

    parse: ClassVar[Callable[[object], Any]]

    @classmethod
    def __get_pydantic_core_schema__(
        cls, source: type[Any], handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        """Validate with `parse`, write with `str`."""
        return core_schema.no_info_plain_validator_function(
            cls.parse, serialization=core_schema.to_string_ser_schema()
        )


@dataclass(frozen=True, slots=True, order=True)
class Duration(_FromText):
    """A length of time in whole milliseconds; prints in the largest unit that is exact."""

    ms: int

    @property
    def s(self) -> float:
        """The same in seconds."""
        return self.ms / 1_000

    @classmethod
    def parse(cls, value: object, bare_unit: str = "ms") -> Duration:
        """Read `"5s"`, or a bare integer in `bare_unit`.

        Raises:
            UnitError: Neither.
        """
        if isinstance(value, Duration):
            return value
        if isinstance(value, int) and not isinstance(value, bool) and value >= 0:
            return cls(value * _DURATION_MS[bare_unit])
        if isinstance(value, str):
            match = _NUMBER_WITH_UNIT.fullmatch(value)
            if match and match[2] in _DURATION_MS:
                return cls(round(float(match[1]) * _DURATION_MS[match[2]]))
        raise UnitError("duration", _DURATION_FORM)

    def __str__(self) -> str:
        for unit in ("d", "h", "min", "s"):
            if self.ms and self.ms % _DURATION_MS[unit] == 0:
                return f"{self.ms // _DURATION_MS[unit]}{unit}"
        return f"{self.ms}ms"

    @classmethod
    def __get_pydantic_json_schema__(
        cls, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        """Describe the accepted forms."""
        return {
            "anyOf": [{"type": "string"}, {"type": "integer", "minimum": 0}],
            "description": _DURATION_FORM,
        }


def _seconds(value: object) -> Duration:
    return Duration.parse(value, bare_unit="s")


DurationS = Annotated[Duration, BeforeValidator(_seconds)]
"""A duration whose bare integer means seconds, where EMQX's does."""


def _countable(value: Duration) -> Duration:
    if value.ms > LONGEST_WAIT_MS:
        msg = "is too long; write at most 596h"
        raise ValueError(msg)
    return value


Wait = Annotated[Duration, AfterValidator(_countable)]
"""A duration that somebody waits for."""


@dataclass(frozen=True, slots=True, order=True)
class ByteSize(_FromText):
    """A number of bytes, in units of 1024 as EMQX counts them."""

    bytes: int

    @classmethod
    def parse(cls, value: object) -> ByteSize:
        """Read `"896KB"`, or a bare integer of bytes.

        Raises:
            UnitError: Neither.
        """
        if isinstance(value, ByteSize):
            return value
        if isinstance(value, int) and not isinstance(value, bool) and value >= 0:
            return cls(value)
        if isinstance(value, str):
            match = _NUMBER_WITH_UNIT.fullmatch(value)
            if match and match[2].upper() in _SIZE_BYTES:
                return cls(round(float(match[1]) * _SIZE_BYTES[match[2].upper()]))
        raise UnitError("size", _SIZE_FORM)

    def __str__(self) -> str:
        for unit in ("GB", "MB", "KB"):
            if self.bytes and self.bytes % _SIZE_BYTES[unit] == 0:
                return f"{self.bytes // _SIZE_BYTES[unit]}{unit}"
        return f"{self.bytes}B"

    @classmethod
    def __get_pydantic_json_schema__(
        cls, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        """Describe the accepted forms."""
        return {
            "anyOf": [{"type": "string"}, {"type": "integer", "minimum": 0}],
            "description": _SIZE_FORM,
        }


@dataclass(frozen=True, slots=True)
class SecretRef(_FromText):
    """Where a secret is kept: `secret:NAME` (keychain), `env:NAME` or `file:PATH`.

    The secret itself is never part of a model, a file or a message.
    """

    kind: Literal["secret", "env", "file"]
    name: str

    @classmethod
    def parse(cls, value: object) -> SecretRef:
        """Read a reference.

        Raises:
            ValueError: Anything else, plain text above all; the value is not repeated.
        """
        if isinstance(value, SecretRef):
            return value
        kind, _, name = value.partition(":") if isinstance(value, str) else ("", "", "")
        if kind in ("secret", "env", "file") and name:
            return cls(kind, name)
        msg = (
            "is no reference to a secret, and secrets are never written into the file; write "
            '"secret:NAME" (system keychain), "env:NAME" (environment variable) or "file:PATH"'
        )
        raise ValueError(msg)

    def __str__(self) -> str:
        return f"{self.kind}:{self.name}"

    @classmethod
    def __get_pydantic_json_schema__(
        cls, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        """Describe the accepted forms."""
        return {"type": "string", "pattern": "^(secret|env|file):.+"}
