"""Match topics against topic filters, as MQTT and the operator `=~` do.

Pure and independent of any client library. Levels are separated by `/`, empty levels count.
"""

from __future__ import annotations

from collections.abc import Iterable


def topic_matches(topic: str, topic_filter: str) -> bool:
    """Tell whether a topic filter matches a topic.

    `+` stands for exactly one level, also an empty one; `#` as the last level for any number of
    levels, also none. A filter that begins with a wildcard level does not match a topic that begins
    with `$` (MQTT 5.0, section 4.7.2). Nothing is checked: a wildcard in a wrong place is an
    ordinary character, and a topic may hold one.

    Cost: O(levels) of the filter.
    """
    if topic == topic_filter:
        return not (topic_filter.startswith(("+", "#")) and topic.startswith("$"))
    return _levels_match(topic, topic.split("/"), topic_filter.split("/"))


class FilterSet:
    """Several topic filters, split once; tells which topics at least one of them matches."""

    __slots__ = ("_exact", "_wild")

    def __init__(self, filters: Iterable[str]) -> None:
        self._exact: set[str] = set()
        self._wild: list[list[str]] = []
        for topic_filter in filters:
            levels = topic_filter.split("/")
            if "+" in levels or "#" in levels:
                self._wild.append(levels)
            else:
                self._exact.add(topic_filter)

    def matches(self, topic: str) -> bool:
        """Tell whether any of the filters matches a topic."""
        if topic in self._exact:
            return True
        if not self._wild:
            return False
        levels = topic.split("/")
        return any(_levels_match(topic, levels, wanted) for wanted in self._wild)


def _levels_match(topic: str, levels: list[str], wanted: list[str]) -> bool:
    first = wanted[0]
    if topic.startswith("$") and (first == "+" or first == "#"):
        return False
    last = len(wanted) - 1
    count = len(levels)
    for position, level in enumerate(wanted):
        if level == "#" and position == last:
            return True
        if position >= count or (level != "+" and level != levels[position]):
            return False
    return count == len(wanted)
