"""A value that is worked out once for what it is made of, however often it is asked for."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Generic, TypeVar

Value = TypeVar("Value")


class Once(Generic[Value]):
    """Keeps what a function made of the last arguments, and makes it anew of others.

    Arguments are immutable, or are never changed once they were given: others are other objects,
    whatever they hold. Belongs to one thread.
    """

    def __init__(self, make: Callable[..., Value]) -> None:
        """Take the function; it is not called yet."""
        self._make = make
        self._kept: tuple[tuple[Any, ...], Value] | None = None

    def of(self, *arguments: Any) -> Value:
        """Give the value for these arguments; costs O(arguments) while they are the same."""
        kept = self._kept
        if kept is not None and all(map(_is, kept[0], arguments)):
            return kept[1]
        value = self._make(*arguments)
        self._kept = (arguments, value)
        return value


def _is(one: object, other: object) -> bool:
    return one is other
