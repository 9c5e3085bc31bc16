"""Where records go that an action cannot deliver: the kinds of `fallback_actions`.

Each record goes to all fallbacks of its action. Those that refuse it get it again later, so that
nothing is acknowledged to MQTT that nobody has.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Protocol, TypeAlias

from core.errors import StoreError

if TYPE_CHECKING:
    from core.bridge.deadletters import DeadLetters
    from core.bridge.record import Record

Taken: TypeAlias = "Callable[[Record, Target, str], None]"
"""Told once for each record: the target has it, or refused it for the reason given."""


class Target(Protocol):
    """One fallback of an action. One thread.

    Attributes:
        is_letter: It keeps the record for people, as a dead letter.
        needs_output: It wants the rule's output, which records then carry along.
    """

    is_letter: bool
    needs_output: bool

    def take(self, record: Record, taken: Taken) -> None:
        """Take a record, whose `reason` says why; `taken` is told now or later."""
        ...

    def flush(self) -> None:
        """Finish what was taken in this turn."""
        ...


class FileTarget:
    """Dead letters in a file, written together once a turn."""

    is_letter = True
    needs_output = False

    def __init__(self, letters: DeadLetters) -> None:
        self._letters = letters
        self._waiting: list[tuple[Record, Taken, bytes]] = []

    def take(self, record: Record, taken: Taken) -> None:
        """Keep a record until the next `flush`."""
        self._waiting.append((record, taken, self._letters.letter(record)))

    def flush(self) -> None:
        """Write what came since the last time."""
        if not self._waiting:
            return
        waiting, self._waiting = self._waiting, []
        error = ""
        try:
            self._letters.write([line for _, _, line in waiting])
        except StoreError as exc:
            error = f"{exc.message} {exc.hint}"
        for record, taken, _ in waiting:
            taken(record, self, error)
