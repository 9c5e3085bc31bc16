"""Takes records that cannot be delivered through the fallbacks of their action."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from core.bridge.fallbacks import Target
    from core.bridge.record import Record


class Ended(Protocol):
    """Told when a record has ended."""

    def __call__(self, record: Record, *, is_letter: bool) -> None:
        """Take note of it."""
        ...


class Diversion:
    """Records on their way through the fallbacks. One thread.

    Attributes:
        bytes: Size of the records that are on their way.
    """

    def __init__(self, ended: Ended, refused: Callable[[Record, str], bool]) -> None:
        """Begin with no targets.

        Args:
            ended: Told when all targets have a record; `is_letter` if one keeps it for people.
            refused: Told when some have refused it, after all have answered: True lets it end,
                False when it will come again, then for those that refused only.
        """
        self.bytes = 0
        self._targets: list[Target] = []
        self._former: list[Target] = []  # still have to do with records on their way
        self._ended = ended
        self._refused = refused
        self._ways: dict[int, _Way] = {}
        self._again: dict[int, _Way] = {}

    def __len__(self) -> int:
        return len(self._ways)

    def use(self, targets: Sequence[Target]) -> None:
        """Have records go through other fallbacks from now on."""
        self._former += self._targets
        self._targets = list(targets)

    def take(self, record: Record) -> None:
        """Hand a record to every fallback that does not have it yet."""
        way = self._again.pop(id(record), None) or _Way(
            [each for each in self._targets if each.is_letter or not record.is_fallback]
        )
        if not way.left:
            self._ended(record, is_letter=way.is_letter)
            return
        self._ways[id(record)] = way
        self.bytes += record.size
        way.open = len(way.left)
        for target in list(way.left):
            target.take(record, self._taken)

    def forget(self, record: Record) -> None:
        """Take note that a refused record does not come again."""
        self._again.pop(id(record), None)

    def flush(self) -> None:
        """Let the targets finish what they have taken in this turn."""
        for target in self._targets:
            target.flush()
        if self._former:
            for target in self._former:
                target.flush()
            if not (self._ways or self._again):
                self._former.clear()

    def _taken(self, record: Record, target: Target, refusal: str) -> None:
        way = self._ways[id(record)]
        way.open -= 1
        if refusal:
            way.refusal = refusal
        else:
            way.left.remove(target)
            way.is_letter = way.is_letter or target.is_letter
        if way.open:
            return
        del self._ways[id(record)]
        self.bytes -= record.size
        if way.left:
            self._again[id(record)] = way
            if not self._refused(record, way.refusal):
                return
            del self._again[id(record)]
        self._ended(record, is_letter=way.is_letter)


class _Way:
    """How far one record has come."""

    __slots__ = ("is_letter", "left", "open", "refusal")

    def __init__(self, left: list[Target]) -> None:
        self.left = left
        self.open = 0
        self.refusal = ""
        self.is_letter = False
