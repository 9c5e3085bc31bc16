"""Time units and offsets from UTC, as the date functions take them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime, tzinfo
from types import MappingProxyType
from typing import Final

from core.sql.functions.args import choice_arg, refuse
from core.sql.functions.context import EvalContext
from core.sql.values import UNDEFINED, Value

UNITS: Final[Mapping[str, int]] = MappingProxyType(
    {"second": 1, "millisecond": 1_000, "microsecond": 1_000_000, "nanosecond": 1_000_000_000}
)
_UNIT_NAMES: Final = tuple(UNITS)
_OFFSET: Final = re.compile(r"([+-])(?:(\d\d)(\d\d)|(\d+):(\d+)(?::(\d+))?)", re.ASCII)

# Beyond these the standard library has no dates; the offset of a zone is taken from there.
_FIRST_SECOND: Final = -62_000_000_000
_LAST_SECOND: Final = 253_000_000_000


def unit_arg(where: str, value: Value) -> int:
    """Accept the name of a unit and return how many of it make a second."""
    return UNITS[choice_arg(f"{where}: the unit", value, _UNIT_NAMES)]


def offset_arg(where: str, value: Value, context: EvalContext) -> int:
    """Accept an offset from UTC and return it in seconds.

    That is an integer, 'Z', 'local' (as it is now), '+8:00', '+08:00:30', '+0800', or undefined,
    which is 0.
    """
    if value is UNDEFINED:
        return 0
    if type(value) is int:
        return value
    if type(value) is str:
        seconds = _offset_of_text(value, context)
        if seconds is not None:
            return seconds
    return refuse(
        f"{where}: the offset", "seconds, 'Z', 'local' or text such as '+08:00' and '+0800'", value
    )


def _offset_of_text(text: str, context: EvalContext) -> int | None:
    if text in ("Z", "z"):
        return 0
    if text == "local":
        return zone_offset(context.local_zone, context.clock.now_ms() // 1000)
    match = _OFFSET.fullmatch(text)
    if match is None:
        return None
    sign, short_hours, short_minutes, hours, minutes, seconds = match.groups()
    parts = [short_hours or hours, short_minutes or minutes, seconds or "0"]
    # Any number of zeros may lead; what is left must be small.
    h, m, s = (int(part) if len(part.lstrip("0")) < 3 else 99 for part in parts)
    if h > 23 or m > 59 or s > 59:
        return None
    total = h * 3600 + m * 60 + s
    return -total if sign == "-" else total


def zone_offset(zone: tzinfo, at_s: int) -> int:
    """Return a zone's offset from UTC in seconds, at a time in seconds since 1970."""
    at_s = min(max(at_s, _FIRST_SECOND), _LAST_SECOND)
    offset = datetime.fromtimestamp(at_s, zone).utcoffset()
    return 0 if offset is None else round(offset.total_seconds())
