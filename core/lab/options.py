"""Reads the free-form table of a simulated field: typed values, clear errors, no unknown keys."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any, cast

from core.errors import ConfigError
from core.workspace.problems import did_you_mean
from core.workspace.units import Duration


class Options:
    """The options of one field; each is read once, `finish` refuses what nobody read."""

    def __init__(self, table: Mapping[str, Any], path: str) -> None:
        """Wrap a table.

        Args:
            table: As TOML gives it.
            path: Its place in the workspace, for errors.
        """
        self._table = table
        self._known: list[str] = []
        self.path = path

    def has(self, name: str) -> bool:
        """Tell whether an option is written."""
        return name in self._table

    def number(self, name: str, default: float | None = None) -> float:
        """Read a finite number; required when there is no default."""
        value = self._read(name, default)
        if (
            isinstance(value, bool)
            or not isinstance(value, int | float)
            or not math.isfinite(value)
        ):
            raise self.wrong(name, "must be a number")
        return value

    def whole(self, name: str, default: int | None = None) -> int:
        """Read an integer."""
        value = self._read(name, default)
        if isinstance(value, bool) or not isinstance(value, int):
            raise self.wrong(name, "must be a whole number")
        return value

    def text(self, name: str, default: str | None = None, accepted: Sequence[str] = ()) -> str:
        """Read a string, one of `accepted` if given."""
        value = self._read(name, default)
        if not isinstance(value, str) or (accepted and value not in accepted):
            raise self.wrong(name, f"must be {' or '.join(accepted) if accepted else 'text'}")
        return value

    def duration_s(self, name: str) -> float:
        """Read a duration longer than nothing, in seconds."""
        try:
            duration = Duration.parse(self._read(name, None))
        except ValueError as exc:
            raise self.wrong(name, str(exc)) from exc
        if not duration.ms:
            raise self.wrong(name, "must be longer than nothing")
        return duration.s

    def scalar(self, name: str) -> str | int | float | bool:
        """Read a string, a number or a boolean."""
        return self._scalar(name, self._read(name, None))

    def scalars(self, name: str) -> list[str | int | float | bool]:
        """Read a list of strings, numbers or booleans with one member or more."""
        value = self._read(name, None)
        if not isinstance(value, list | tuple) or not value:  # a loaded workspace has tuples
            raise self.wrong(name, "must be a list with one value or more")
        return [self._scalar(name, item) for item in cast("Sequence[Any]", value)]

    def weights(self, name: str, count: int) -> list[float] | None:
        """Read `count` numbers that say how likely each value is; None when not written."""
        if not self.has(name):
            self._known.append(name)
            return None
        numbers: list[float] = []
        for item in self.scalars(name):
            if isinstance(item, bool | str) or item < 0:
                raise self.wrong(name, "must hold numbers from 0")
            numbers.append(item)
        if len(numbers) != count or not sum(numbers):
            raise self.wrong(name, f"must hold {count} numbers, one per value, not all 0")
        return numbers

    def finish(self) -> None:
        """Refuse options that the field's kind does not have."""
        for name in self._table:
            if name not in (*self._known, "kind"):
                meant = did_you_mean(name, self._known)
                raise ConfigError(
                    f"{name!r} is no option of kind {self._table.get('kind')!r}",
                    path=f"{self.path}.{name}",
                    value=self._table[name],
                    hint=meant or f"its options: {', '.join(self._known) or 'none'}",
                )

    def wrong(self, name: str, accepted: str) -> ConfigError:
        """Make the error of an option with a value of the wrong kind."""
        value = self._table.get(name)
        found = f"{name} = {value!r}" if name in self._table else f"{name} is missing; it"
        return ConfigError(
            f"{found} {accepted}",
            path=f"{self.path}.{name}",
            value=value,
            hint=f"write {name} = ..",
        )

    def _read(self, name: str, default: object) -> object:
        self._known.append(name)
        return self._table.get(name, default)

    def _scalar(self, name: str, value: object) -> str | int | float | bool:
        if isinstance(value, str | int | float | bool):
            return value
        raise self.wrong(name, "must be text, a number or a boolean")
