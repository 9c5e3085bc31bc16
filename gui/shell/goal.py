"""What can be gone to or done, and how it is found by typing."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

_WORDS, _DETAIL, _FUZZY = 1, 2, 3
"""How well a goal fits: its name is the text, holds it, its detail does, it has the letters."""


@dataclass(frozen=True, slots=True)
class Goal:
    """One thing to go to or to do.

    Attributes:
        name: What is searched.
        detail: What it is, beside the name.
        go: Goes there.
        status: A state, whose shape is shown; else an icon.
        icon: File name of an icon.
        keys: The keys that do the same.
        group: The heading it is listed under.
        rate: What stands at the right end instead of keys.
        kind: `command`, `topic` or `text`, which a mark in front of what is typed asks for alone.
        document: The key of the document it leads to; empty for none.
        also: Other words that it is found by, and that are not shown.
    """

    name: str
    detail: str
    go: Callable[[], object]
    status: str = ""
    icon: str = ""
    keys: str = ""
    group: str = ""
    rate: str = ""
    kind: str = ""
    document: str = ""
    also: str = ""


def key_of(goal: Goal) -> str:
    """Tell a goal from all others, also of the same name."""
    return goal.document or f"{goal.kind}:{goal.icon}:{goal.name}"


def find(goals: Sequence[Goal], text: str) -> list[Goal]:
    """Choose what holds the text, in the order that there is.

    A group whose goal has just this name comes first, one that only tells of it in details last.
    Where nothing holds the text, what holds all its letters in order is chosen.
    """
    scored = [(score, goal) for goal in goals if (score := _score(goal, text)) is not None]
    if any(score < _FUZZY for score, _ in scored):
        scored = [found for found in scored if found[0] < _FUZZY]
    best: dict[str, int] = {}
    for score, goal in scored:
        best[goal.group] = min(score, best.get(goal.group, score))
    places = list(best)
    scored.sort(key=lambda found: (best[found[1].group], places.index(found[1].group), found[0]))
    return [goal for _, goal in scored]


def letters(name: str, text: str) -> list[int]:
    """Tell which letters of a name were matched."""
    low, wanted = name.lower(), text.lower().strip()
    if wanted and wanted in low:
        start = low.index(wanted)
        return list(range(start, start + len(wanted)))
    places: list[int] = []
    at = 0
    for letter in wanted.replace(" ", ""):
        at = low.find(letter, at)
        if at < 0:
            return []
        places.append(at)
        at += 1
    return places


def _score(goal: Goal, text: str) -> int | None:
    wanted = text.lower().strip()
    if not wanted:
        return 0
    low = goal.name.lower()
    if wanted in low:
        return 0 if low == wanted else _WORDS
    if wanted in goal.detail.lower() or wanted in goal.also.lower():
        return _DETAIL
    return _FUZZY if letters(goal.name, wanted) else None
