"""Where a topic is read from, and which partitions: as texts that are typed, kept and shown.

A start is `end`, `beginning`, `-N` for the newest N records, `@N` for offset N in every partition,
or a time in milliseconds since 1970.
"""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import Final, Literal, TypeAlias

from core.clock import local_time
from core.workspace.units import Duration
from gui.viewmodels.words import number, tr

Typed: TypeAlias = Literal["newest", "offset", "time", "partitions"]

LIVE: Final = "end"
BEGINNING: Final = "beginning"
STARTS: Final = (LIVE, "-100", "-1000", BEGINNING)
"""Those that need nothing to be typed."""

MOST_NEWEST: Final = 50_000
_NUMBER: Final = re.compile(r"[0-9]{1,18}")
_MILLISECONDS: Final = re.compile(r"[0-9]{11,14}")
_CLOCK: Final = re.compile(r"([0-9]{1,2}):([0-9]{2})(?::([0-9]{2})(?:\.([0-9]{1,3}))?)?")
_RANGE: Final = re.compile(r"([0-9]{1,6})(?:\s*-\s*([0-9]{1,6}))?")
_MOST_PARTITIONS: Final = 10_000


class NotUnderstoodError(ValueError):
    """What was typed is nothing; the text says what is."""


def start_name(start: str) -> str:
    """Name a place to begin at, in words that fit a narrow bar."""
    if start == LIVE:
        return tr("Live")
    if start == BEGINNING:
        return tr("Beginning")
    if start.startswith("-"):
        return tr("Newest {count}").format(count=number(-int(start)))
    if start.startswith("@"):
        return tr("Offset {number}").format(number=start[1:])
    return _moment(int(start))


def keeps_its_beginning(start: str) -> bool:
    """Tell whether the first records are looked for, so that they are not to make room for more."""
    return start != LIVE and not start.startswith("-")


def read_start(kind: Typed, text: str, now: datetime) -> str:
    """Make a start of what was typed.

    Args:
        kind: `newest`, `offset` or `time`.
        text: As typed.
        now: With its zone; what times without one mean.

    Raises:
        NotUnderstoodError: It is none.
    """
    text = text.strip()
    if kind == "time":
        time_ms = _milliseconds(text, now)
        return str(time_ms) if time_ms >= 0 else BEGINNING  # no record is older
    digits = text.replace(",", "").replace(" ", "")
    if not _NUMBER.fullmatch(digits):
        raise NotUnderstoodError(tr("Write a number, such as 1200."))
    if kind == "offset":
        return f"@{int(digits)}"
    if not 0 < int(digits) <= MOST_NEWEST:
        most = number(MOST_NEWEST)
        raise NotUnderstoodError(tr("The list holds 1 to {most} records.").format(most=most))
    return f"-{int(digits)}"


def read_partitions(text: str, count: int) -> tuple[int, ...]:
    """Read `0, 3-5`; none for all partitions.

    Args:
        text: As typed.
        count: How many the topic has; 0 if that is not known.

    Raises:
        NotUnderstoodError: It is no list, or names a partition that is not there.
    """
    found: set[int] = set()
    for piece in (piece.strip() for piece in text.split(",")):
        match = _RANGE.fullmatch(piece)
        if match is None or len(found) > _MOST_PARTITIONS:
            raise NotUnderstoodError(tr("Write numbers, such as 0, 3-5."))
        first, last = int(match[1]), int(match[2] or match[1])
        if count and max(first, last) >= count:
            most = number(count - 1)
            raise NotUnderstoodError(tr("Partitions are 0 to {last}.").format(last=most))
        found.update(range(first, min(last, first + _MOST_PARTITIONS) + 1))
    return tuple(sorted(found))


def partitions_text(partitions: tuple[int, ...]) -> str:
    """Write partitions as `read_partitions` reads them."""
    pieces: list[str] = []
    start = 0
    for place, each in enumerate(partitions):
        if place + 1 < len(partitions) and partitions[place + 1] == each + 1:
            continue
        first = partitions[start]
        pieces.append(str(first) if first == each else f"{first}-{each}")
        start = place + 1
    return ", ".join(pieces)


def _milliseconds(text: str, now: datetime) -> int:
    """Read a time of day, how long ago, a date with or without a time, or milliseconds."""
    if _MILLISECONDS.fullmatch(text):
        return int(text)
    if clock := _CLOCK.fullmatch(text):
        return _at_clock(clock, now)
    try:
        ago = Duration.parse(text.replace(" ", ""))
        return _in_ms(now) - ago.ms
    except ValueError:
        pass  # no duration: a date
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as exc:
        raise NotUnderstoodError(
            tr("Write a time such as 12:03, 2026-01-31 08:00, or 10 min for as long ago.")
        ) from exc
    return _in_ms(moment if moment.tzinfo is not None else moment.replace(tzinfo=now.tzinfo))


def _at_clock(clock: re.Match[str], now: datetime) -> int:
    """Take the last moment at which clocks showed a time."""
    try:
        at = now.replace(
            hour=int(clock[1]),
            minute=int(clock[2]),
            second=int(clock[3] or 0),
            microsecond=int((clock[4] or "0").ljust(3, "0")) * 1_000,
        )
    except ValueError as exc:
        raise NotUnderstoodError(tr("A time of day is 00:00 to 23:59.")) from exc
    return _in_ms(at if at <= now else at - timedelta(days=1))


def _in_ms(moment: datetime) -> int:
    return round(moment.timestamp() * 1_000)


def _moment(time_ms: int) -> str:
    moment = local_time(time_ms)
    if moment is None:
        return str(time_ms)
    is_today = moment.date() == datetime.now(moment.tzinfo).date()
    return f"{moment:%H:%M:%S}" if is_today else f"{moment:%Y-%m-%d %H:%M}"
