"""Dates and times."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from core.sql.functions.args import bytes_arg, integer_arg, refuse, string_arg, text_arg
from core.sql.functions.calendar_days import date_exists, date_from_days, days_from_date
from core.sql.functions.context import EvalContext
from core.sql.functions.registry import Example, Function
from core.sql.functions.zones import UNITS, offset_arg, unit_arg, zone_offset
from core.sql.limits import check_integer, check_text
from core.sql.values import EvalError, Value, bytes_to_str, str_to_bytes

_FAMILY: Final = "Date and time"
_DAY_S: Final = 86_400
_NANOSECONDS: Final = UNITS["nanosecond"]
_FRACTION_DIGITS: Final = {1: 0, 1_000: 3, 1_000_000: 6, 1_000_000_000: 9}

_DIRECTIVE: Final = re.compile(rb"%(?:[YmdHMSNz]|3N|6N|:z|::z)")

# How many bytes of text each directive takes when a date is read.
_WIDTHS: Final = {
    b"%Y": 4, b"%m": 2, b"%d": 2, b"%H": 2, b"%M": 2, b"%S": 2, b"%3N": 3, b"%6N": 6, b"%N": 9,
    b"%z": 5, b"%:z": 6, b"%::z": 9,
}  # fmt: skip
_DATE_PARTS: Final = (b"%Y", b"%m", b"%d", b"%H", b"%M", b"%S")
_FRACTIONS: Final = {b"%3N": 1_000_000, b"%6N": 1_000, b"%N": 1}
_WHOLE_NUMBER: Final = re.compile(rb"[+-]?[0-9]+")

_RFC3339: Final = re.compile(
    r"(\d{4})-(\d\d)-(\d\d)[Tt ](\d\d):(\d\d):(\d\d)(?:\.(\d+))?(?:Z|([+-])(\d\d):(\d\d))",
    re.ASCII,
)


# -- the time now ----------------------------------------------------------------------------


def _now(context: EvalContext, unit: int) -> int:
    return context.clock.now_ms() * unit // 1000


def _now_timestamp(context: EvalContext, unit: Value = "second") -> Value:
    return _now(context, unit_arg("now_timestamp", unit))


def _now_rfc3339(context: EvalContext, unit: Value = "second") -> Value:
    per_second = unit_arg("now_rfc3339", unit)
    return _rfc3339(context, _now(context, per_second), per_second)


# -- RFC 3339 --------------------------------------------------------------------------------


def _unix_ts_to_rfc3339(context: EvalContext, ts: Value, unit: Value = "second") -> Value:
    time = integer_arg("unix_ts_to_rfc3339: the time", ts)
    return _rfc3339(context, time, unit_arg("unix_ts_to_rfc3339", unit))


def _rfc3339(context: EvalContext, time: int, per_second: int) -> str:
    seconds, fraction = divmod(time, per_second)
    offset = zone_offset(context.local_zone, seconds)
    year, month, day, hour, minute, second = _fields(seconds + offset)
    digits = _FRACTION_DIGITS[per_second]
    point = f".{fraction:0{digits}d}" if digits else ""
    return (
        f"{year:04d}-{month:02d}-{day:02d}T{hour:02d}:{minute:02d}:{second:02d}{point}"
        + _offset_text(offset, b"%:z")
    )


def _rfc3339_to_unix_ts(s: Value, unit: Value = "second") -> Value:
    text = string_arg("rfc3339_to_unix_ts: the time", s)
    per_second = unit_arg("rfc3339_to_unix_ts", unit)
    match = _RFC3339.fullmatch(text)
    if match is None:
        return refuse("rfc3339_to_unix_ts: the time", "such as '2024-02-23T15:56:30+08:00'", s)
    year, month, day, hour, minute, second = (int(part) for part in match.groups()[:6])
    sign, zone_hours, zone_minutes = match.group(8), match.group(9), match.group(10)
    if not date_exists(year, month, day) or hour > 23 or minute > 59 or second > 59:
        refuse("rfc3339_to_unix_ts: the time", "a date and a time of day that exist", s)
    offset = 0
    if sign:
        offset = int(zone_hours) * 3600 + int(zone_minutes) * 60
        if int(zone_minutes) > 59:
            refuse("rfc3339_to_unix_ts: the zone", "hours and minutes", s)
    seconds = _seconds(year, month, day, hour, minute, second)
    seconds += offset if sign == "-" else -offset
    fraction = (match.group(7) or "0")[:9].ljust(9, "0")
    return seconds * per_second + int(fraction) * per_second // _NANOSECONDS


# -- formats with directives -------------------------------------------------------------------


@lru_cache(maxsize=256)
def _parse_format(fmt: bytes) -> tuple[bytes, ...]:
    """Split a format into directives and runs of literal bytes."""
    parts: list[bytes] = []
    end = 0
    for match in _DIRECTIVE.finditer(fmt):
        parts += (fmt[end : match.start()], match.group())
        end = match.end()
    parts.append(fmt[end:])
    return tuple(part for part in parts if part)


def _format_date(context: EvalContext, *args: Value) -> Value:
    per_second = unit_arg("format_date", args[0])
    offset = offset_arg("format_date", args[1], context)
    fmt = bytes_arg("format_date: the format", args[2])
    if len(args) > 3:
        time = check_integer(integer_arg("format_date: the time", args[3]))
    else:
        time = _now(context, per_second)
    # Seconds and fraction are truncated toward zero, so that a fraction may be negative.
    seconds = abs(time) // per_second
    fraction = abs(time) % per_second * (_NANOSECONDS // per_second)
    if time < 0:
        seconds = -seconds
    fields = _fields(seconds + check_integer(offset))
    if fields[0] < 0:
        raise EvalError("format_date: the time is before year 0")
    printed: dict[bytes, str] = {
        part: f"{field:02d}" for part, field in zip(_DATE_PARTS, fields, strict=True)
    }
    printed[b"%Y"] = f"{fields[0]:04d}"
    for directive, nanoseconds in _FRACTIONS.items():
        signed = fraction // nanoseconds * (-1 if time < 0 else 1)
        printed[directive] = str(signed).rjust(_WIDTHS[directive], "0")
    for directive in (b"%z", b"%:z", b"%::z"):
        printed[directive] = _offset_text(offset, directive)
    parts = [printed.get(part) or part.decode("latin-1") for part in _parse_format(fmt)]
    return check_text("".join(parts), "format_date")


def _date_to_unix_ts(context: EvalContext, unit: Value, *args: Value) -> Value:
    per_second = unit_arg("date_to_unix_ts", unit)
    given_offset, given_fmt, given_text = args if len(args) == 3 else (0, *args)
    offset = offset_arg("date_to_unix_ts", given_offset, context)
    fmt = bytes_arg("date_to_unix_ts: the format", given_fmt)
    text = str_to_bytes(text_arg("date_to_unix_ts: the text", given_text))
    found, fraction, zone = _read_parts(context, fmt, text)
    missing = [part.decode() for part in _DATE_PARTS if part not in found]
    if missing:
        raise EvalError(f"date_to_unix_ts: format and text give no {', '.join(missing)}")
    year, month, day, hour, minute, second = (found[part] for part in _DATE_PARTS)
    if not date_exists(year, month, day):
        raise EvalError(f"date_to_unix_ts: there is no date {year}-{month}-{day}")
    seconds = _seconds(year, month, day, hour, minute, second) - zone - offset
    return check_integer((seconds * _NANOSECONDS + fraction) * per_second // _NANOSECONDS)


def _read_parts(context: EvalContext, fmt: bytes, text: bytes) -> tuple[dict[bytes, int], int, int]:
    """Read text by the widths of the directives.

    Returns:
        Fields by directive, the fraction in nanoseconds, and the zone in seconds.
    """
    found: dict[bytes, int] = {}
    fraction = zone = position = 0
    for part in _parse_format(fmt):
        if position >= len(text):
            break
        width = _WIDTHS.get(part, len(part))
        piece = text[position : position + width]
        position += width
        if len(piece) < width:
            shown = bytes_to_str(text).encode("utf-8", "replace").decode()
            raise EvalError(f"date_to_unix_ts: the text '{shown}' ends within {part.decode()}")
        if part in (b"%z", b"%:z", b"%::z"):
            zone = offset_arg("date_to_unix_ts", bytes_to_str(piece), context)
        elif part in _FRACTIONS:
            fraction += _whole_number(piece, part) * _FRACTIONS[part]
        elif part in _DATE_PARTS:
            found[part] = _whole_number(piece, part)
    return found, fraction, zone


def _whole_number(piece: bytes, directive: bytes) -> int:
    if _WHOLE_NUMBER.fullmatch(piece) is None:
        raise EvalError(
            f"date_to_unix_ts: {directive.decode()} needs {_WIDTHS[directive]} digits, not"
            f" '{piece.decode('utf-8', 'replace')}'"
        )
    return int(piece)


# -- parts of times ----------------------------------------------------------------------------


def _seconds(year: int, month: int, day: int, hour: int, minute: int, second: int) -> int:
    return days_from_date(year, month, day) * _DAY_S + hour * 3600 + minute * 60 + second


def _fields(seconds: int) -> tuple[int, int, int, int, int, int]:
    days, rest = divmod(seconds, _DAY_S)
    hour, rest = divmod(rest, 3600)
    return (*date_from_days(days), hour, *divmod(rest, 60))


def _offset_text(offset: int, directive: bytes) -> str:
    sign = "-" if offset < 0 else "+"
    hours, rest = divmod(abs(offset), 3600)
    minutes, seconds = divmod(rest, 60)
    if directive == b"%z":
        return f"{sign}{hours:02d}{minutes:02d}"
    if directive == b"%:z":
        return f"{sign}{hours:02d}:{minutes:02d}"
    return f"{sign}{hours:02d}:{minutes:02d}:{seconds:02d}"


def _timezone_to_offset_seconds(context: EvalContext, offset: Value) -> Value:
    return offset_arg("timezone_to_offset_seconds", offset, context)


def _timezone_to_second(context: EvalContext, offset: Value) -> Value:
    return offset_arg("timezone_to_second", offset, context)


def _mongo_date(context: EvalContext, *args: Value) -> Value:
    # No sink here takes MongoDB's own type, so that live rules get the text of the tester too.
    time = integer_arg("mongo_date: the time", args[0]) if args else context.clock.now_ms()
    per_second = unit_arg("mongo_date", args[1]) if len(args) > 1 else 1000
    seconds, ms = divmod(check_integer(time) * 1000 // per_second, 1000)
    year, month, day, hour, minute, second = _fields(seconds)
    day_text = f"{year:04d}-{month:02d}-{day:02d}"
    return f"ISODate({day_text}T{hour:02d}:{minute:02d}:{second:02d}.{ms:03d}Z)"


_BAD_UNIT: Final = "an unknown unit"

TABLE: Final = (
    Function(
        "now_timestamp", _FAMILY, 0, 1, _now_timestamp, "now_timestamp([unit])",
        "The time now as an integer, in seconds unless a unit is given.", _BAD_UNIT,
        Example("now_timestamp() > 1700000000", True), needs="context",
    ),
    Function(
        "now_rfc3339", _FAMILY, 0, 1, _now_rfc3339, "now_rfc3339([unit])",
        "The time now in the local zone, such as 2024-02-23T15:56:30+08:00.", _BAD_UNIT,
        Example("strlen(now_rfc3339('millisecond'))", 29), needs="context",
    ),
    Function(
        "unix_ts_to_rfc3339", _FAMILY, 1, 2, _unix_ts_to_rfc3339, "unix_ts_to_rfc3339(ts[, unit])",
        "A time since 1970 as text in the local zone.", "ts is not an integer; " + _BAD_UNIT,
        Example("unix_ts_to_rfc3339(1708671600)", "2024-02-23T07:00:00+00:00"),
        needs="context",
    ),
    Function(
        "rfc3339_to_unix_ts", _FAMILY, 1, 2, _rfc3339_to_unix_ts, "rfc3339_to_unix_ts(s[, unit])",
        "The time since 1970 that RFC 3339 text tells, in seconds unless a unit is given.",
        "s is no such text; " + _BAD_UNIT,
        Example("rfc3339_to_unix_ts('2024-02-23T15:56:30+08:00')", 1708674990),
    ),
    Function(
        "format_date", _FAMILY, 3, 4, _format_date, "format_date(unit, offset, fmt[, ts])",
        "A time as text: %Y %m %d %H %M %S, fractions %3N %6N %N, zones %z %:z %::z.",
        "an unknown unit or offset; ts is not an integer (also missing) or before year 0",
        Example(
            "format_date('second', '+08:00', '%Y-%m-%d %H:%M:%S%z', 1653561612)",
            "2022-05-26 18:40:12+0800",
        ),
        needs="context",
    ),
    Function(
        "date_to_unix_ts", _FAMILY, 3, 4, _date_to_unix_ts,
        "date_to_unix_ts(unit, [offset,] fmt, text)",
        "The time since 1970 that a text tells by the directives of format_date.",
        "text that does not fit; year, month, day, hour, minute or second is missing",
        Example(
            "date_to_unix_ts('second', '%Y-%m-%d %H:%M:%S%z', '2022-05-26 18:40:12+0800')",
            1653561612,
        ),
        needs="context",
    ),
    Function(
        "timezone_to_offset_seconds", _FAMILY, 1, 1, _timezone_to_offset_seconds,
        "timezone_to_offset_seconds(offset)", "Seconds of an offset such as '+08:00'.",
        "an unknown offset (also '+08')", Example("timezone_to_offset_seconds('+08:00')", 28800),
        needs="context",
    ),
    Function(
        "timezone_to_second", _FAMILY, 1, 1, _timezone_to_second, "timezone_to_second(offset)",
        "Seconds of an offset such as '+08:00'.", "an unknown offset (also '+08')",
        Example("timezone_to_second('-0530')", -19800), needs="context",
    ),
    Function(
        "mongo_date", _FAMILY, 0, 2, _mongo_date, "mongo_date([ts[, unit]])",
        "A time, now unless given in milliseconds or in a unit, as the text of a MongoDB date.",
        "ts is not an integer; " + _BAD_UNIT,
        Example("mongo_date(1708703337871)", "ISODate(2024-02-23T15:48:57.871Z)"), needs="context",
    ),
)  # fmt: skip
