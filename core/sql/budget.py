"""What one evaluation may take: time, and memory for the values that it makes.

Each function is bounded for itself, but a statement can call thousands of them, and a FOREACH can
do so for each of 100,000 elements. Ordinary statements pay next to nothing: the first expressions
of a statement are not watched, and a FOREACH only between portions of its elements.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from core.sql.functions.context import EvalContext
from core.sql.limits import remaining
from core.sql.values import EvalError, Value

MAX_EVALUATION_BYTES: Final = 128 * 1024 * 1024
"""How large all values that an evaluation has made may be together, roughly."""

_FIRST_PORTION: Final = 4
_LARGEST_PORTION: Final = 64
_SHORT_S: Final = 0.01
_SMALL_BYTES: Final = 1024 * 1024


class Budget:
    """What is left for one evaluation. Made when the evaluation starts."""

    __slots__ = ("_bytes", "_deadline", "_limit_s", "_now")

    def __init__(self, context: EvalContext) -> None:
        self._now = context.clock.monotonic_s
        self._limit_s = context.limit_s
        self._deadline = self._now() + context.limit_s
        self._bytes = MAX_EVALUATION_BYTES

    def spend(self, *values: Value) -> None:
        """Count values that were made.

        Raises:
            EvalError: There is no memory or no time left for more.
        """
        for value in values:
            self._bytes = remaining(self._bytes, value)
        self._require(self._now())

    def portions(
        self, items: list[Value], outputs: list[dict[str, Value]]
    ) -> Iterator[list[Value]]:
        """Cut the elements of a FOREACH into portions, and count the outputs made of each.

        The portions grow as long as they are done quickly. In a short list only the last output of
        each is counted.

        Raises:
            EvalError: There is no memory or no time left for the next one.
        """
        many = len(items) > _LARGEST_PORTION
        size, done, counted = _FIRST_PORTION, 0, 0
        started = self._now()
        while done < len(items):
            yield items[done : done + size]
            done += size
            left = self._bytes
            for output in outputs[counted:] if many else outputs[-1:]:
                for value in output.values():
                    self._bytes = remaining(self._bytes, value)
            counted = len(outputs)
            ended = self._now()
            self._require(ended)
            quick = ended - started < _SHORT_S and left - self._bytes < _SMALL_BYTES
            size = min(size * 4, _LARGEST_PORTION) if quick else max(size // 2, 1)
            started = ended

    def _require(self, now: float) -> None:
        if self._bytes < 0:
            megabytes = MAX_EVALUATION_BYTES // 1024**2
            raise EvalError(
                f"the values of the evaluation are larger than {megabytes} MiB together"
            )
        if now > self._deadline:
            raise EvalError(f"the evaluation takes longer than {self._limit_s:g} s")
