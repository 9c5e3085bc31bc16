"""What dead letters are called and why they are there, in the user's words."""

from __future__ import annotations

from datetime import date, datetime
from typing import Final

from PySide6.QtCore import QDate

from core.bridge.letters import Letter
from gui.viewmodels.words import byte_size, locale, plural, sentence, tr

_HELPLESS: Final = frozenset(
    {
        *("too_large", "unknown_topic", "unknown_partition", "topic_name", "not_authorized"),
        *("cluster_not_authorized", "needs_key", "timestamp", "policy", "too_old_broker"),
    }
)
"""Kinds that Kafka refuses again until somebody changes something."""


def explanation(letter: Letter) -> str:
    """Say why a letter is here: what was wrong, with the size where that is it."""
    parts = [sentence(letter.reason)]
    if letter.kind == "too_large":
        parts.insert(0, tr("The record has {size}.").format(size=byte_size(letter.size)))
    if letter.kind in _HELPLESS:
        parts.append(tr("Trying again cannot help, so it was put aside."))
    return " ".join(part for part in parts if part)


def tries(letter: Letter) -> str:
    """Say how often a record was sent."""
    if letter.attempts == 1:
        return tr("tried once")
    return plural("tried %n time", "tried %n times", letter.attempts) if letter.attempts else ""


def day(at: date, today: date) -> str:
    """Name a day: today, or its date."""
    if at == today:
        return tr("Today")
    form = "d MMMM" if at.year == today.year else "d MMMM yyyy"
    return locale().toString(QDate(at.year, at.month, at.day), form)


def local_day(time_ms: int) -> date:
    """Tell on which day of the user a moment is."""
    return datetime.fromtimestamp(time_ms / 1_000).astimezone().date()


def clock(time_ms: int) -> str:
    """Write a moment as the local time of day: `11:43:55`."""
    return f"{datetime.fromtimestamp(time_ms / 1_000).astimezone():%H:%M:%S}"
