"""The examples of rules: filtered by words, and evaluated when they are looked at."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from PySide6.QtCore import QObject, Signal
from shiboken6 import isValid

from core.lab.examples import Example, examples
from core.sql.columns import event_kind
from gui.tasks import Tasks
from gui.viewmodels.rule_trial import TrialInput, TrialResult, try_rule


@dataclass(frozen=True, slots=True)
class Group:
    """Examples about one thing."""

    name: str
    examples: tuple[Example, ...]


class ExampleList(QObject):
    """Chooses one of the examples that pass the filter. Belongs to the loop's thread.

    Signals:
        changed: Others pass the filter.
        resultChanged: `result` is that of the chosen example, or of none yet.
    """

    changed = Signal()
    resultChanged = Signal()

    def __init__(self, tasks: Tasks, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._tasks = tasks
        self._words: list[str] = []
        self._chosen: Example | None = None
        self.result = TrialResult("empty")

    @property
    def count(self) -> int:
        """How many there are in all."""
        return len(examples())

    @property
    def groups(self) -> list[Group]:
        """What passes the filter, in order."""
        found = [example for example in examples() if self._passes(example)]
        names = dict.fromkeys(example.group for example in found)
        return [Group(name, tuple(e for e in found if e.group == name)) for name in names]

    @property
    def chosen(self) -> Example | None:
        """The one that is looked at."""
        return self._chosen

    def set_filter(self, text: str) -> None:
        """Show those that have all of these words somewhere."""
        self._words = text.lower().split()
        self.changed.emit()

    def choose(self, example: Example) -> None:
        """Look at one; `resultChanged` follows when it is evaluated."""
        if example is self._chosen or self._tasks.is_over:
            return
        self._chosen = example
        self.result = TrialResult("empty")
        self.resultChanged.emit()
        self._tasks.start(self._evaluate(example), "evaluate an example")

    async def _evaluate(self, example: Example) -> None:
        kind = event_kind(example.event)
        if kind is None:
            return
        given = TrialInput(example.sql, kind, example.context)
        result = await asyncio.to_thread(try_rule, given)
        if isValid(self) and example is self._chosen:
            self.result = result
            self.resultChanged.emit()

    def _passes(self, example: Example) -> bool:
        text = f"{example.group} {example.name} {example.words} {example.sql}".lower()
        return all(word in text for word in self._words)
