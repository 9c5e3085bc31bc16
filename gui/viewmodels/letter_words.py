"""What dead letters are called and why they are there, in the user's words."""

from __future__ import annotations

import re
from datetime import date
from json import JSONDecoder
from typing import Final

import msgspec
from PySide6.QtCore import QDate

from core.bridge.letters import Letter, LetterHead
from core.clock import local_time
from core.sql.json_text import NOT_JSON
from gui.viewmodels.loss_words import title, too_large
from gui.viewmodels.words import locale, plural, sentence, span, tr

_DECODER: Final = JSONDecoder()
_MEMBER: Final = re.compile(r'[\s{,]*"([A-Za-z_]\w*)"\s*:\s*')
"""The name of a member of an object, and what stands around it."""

_HELPLESS: Final = frozenset(
    {
        *("too_large", "unknown_topic", "unknown_partition", "topic_name", "not_authorized"),
        *("cluster_not_authorized", "needs_key", "timestamp", "policy", "too_old_broker"),
    }
)
"""Kinds that Kafka refuses again until somebody changes something."""


def list_title(head: LetterHead) -> str:
    """Name why a letter is here, with the time where that is it: `Waited too long, 10 min`."""
    if head.kind == "expired" and head.waited_ms:
        return tr("{why}, {time}").format(why=title(head.kind), time=span(head.waited_ms))
    return title(head.kind)


def explanation(letter: Letter, limit: int = 0) -> str:
    """Say why a letter is here: what was wrong, with the size where that is it.

    Args:
        letter: With its whole record.
        limit: How large a record its topic takes, in bytes; 0 if that is not known.
    """
    parts = [sentence(letter.reason)]
    if letter.kind == "too_large" and letter.record.topic:
        parts = [too_large(letter.size, letter.record.topic, limit)]
    if letter.kind in _HELPLESS:
        parts.append(tr("Trying again cannot help, so it was put aside."))
    return " ".join(part for part in parts if part)


def advice(letter: Letter, heavy: str) -> str:
    """Say what to do.

    Args:
        letter: The letter.
        heavy: The payload's field that takes most of its room; empty for none.
    """
    if letter.kind == "too_large" and heavy:
        text = tr(
            "Take `{field}` out, here for this message or in SELECT for all, or raise the limit "
            "of the topic."
        )
        return text.format(field=heavy)
    return sentence(letter.hint)


def heavy_field(payload: str) -> str:
    """Name the field of a JSON object that takes more than half of it: `payload.img`.

    Cost: that of parsing it.
    """
    try:
        found = msgspec.json.decode(payload, type=dict[str, msgspec.Raw])
    except NOT_JSON:
        return ""
    size = len(payload.encode("utf-8", "replace"))
    for name, value in found.items():
        if len(bytes(value)) * 2 > size and name.isidentifier():
            return f"payload.{name}"
    return ""


def heavy_field_of_cut(payload: str, size: int) -> str:
    """Name the field that a JSON object is cut in, if that takes more than half of it.

    Args:
        payload: Its beginning.
        size: How long the whole of it is, in bytes.

    Cost: that of parsing the beginning.
    """
    place = _MEMBER.match(payload) if payload.lstrip().startswith("{") else None
    while place is not None:
        try:
            _, end = _DECODER.raw_decode(payload, place.end())
        except ValueError:
            is_heavy = (size - place.end()) * 2 > size
            return f"payload.{place[1]}" if is_heavy else ""
        place = _MEMBER.match(payload, end)
    return ""


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
    """Tell on which day of the user a moment is; the last day of all for one beyond it."""
    moment = local_time(time_ms)
    return moment.date() if moment else date.max
