"""Date and time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.sql.functions.calendar_days import date_exists, date_from_days, days_from_date
from core.sql.values import Atom, Value
from tests.unit.sql.evaluating import NOW_MS, EvaluationError, check, context_at, value_of

COLUMNS: dict[str, Value] = {"event": Atom("message.publish"), "n": None, "ts": NOW_MS}
PLAIN = "%Y-%m-%d %H:%M:%S"

GIVES: list[tuple[str, Value]] = [
    ("now_timestamp()", NOW_MS // 1000),
    ("now_timestamp('millisecond')", NOW_MS),
    ("now_timestamp('microsecond')", NOW_MS * 1000),
    ("now_timestamp('nanosecond')", NOW_MS * 10**6),
    ("now_rfc3339()", "2024-02-26T07:42:33+00:00"),
    ("now_rfc3339('microsecond')", "2024-02-26T07:42:33.472000+00:00"),
    ("unix_ts_to_rfc3339(0)", "1970-01-01T00:00:00+00:00"),
    ("unix_ts_to_rfc3339(-1)", "1969-12-31T23:59:59+00:00"),
    ("unix_ts_to_rfc3339(1708671600766, 'millisecond')", "2024-02-23T07:00:00.766+00:00"),
    ("unix_ts_to_rfc3339(1708671600000000001, 'nanosecond')",
     "2024-02-23T07:00:00.000000001+00:00"),
    ("rfc3339_to_unix_ts('2024-02-23T15:56:30Z')", 1708703790),
    ("rfc3339_to_unix_ts('2024-02-23t15:56:30Z')", 1708703790),
    ("rfc3339_to_unix_ts('2024-02-23 15:56:30+08:00')", 1708674990),
    ("rfc3339_to_unix_ts('2024-02-23T15:56:30-00:30')", 1708705590),
    ("rfc3339_to_unix_ts('2022-05-26T10:00:00.5Z', 'millisecond')", 1653559200500),
    ("rfc3339_to_unix_ts('2022-05-26T10:00:00.9999Z')", 1653559200),
    ("rfc3339_to_unix_ts('2022-05-26T10:00:00.1234567891Z', 'nanosecond')", 1653559200123456789),
    ("rfc3339_to_unix_ts('2022-05-26T10:00:00Z', 'microsecond')", 1653559200000000),
    # Writing
    (f"format_date('second', 'Z', '{PLAIN}', 1653561612)", "2022-05-26 10:40:12"),
    (f"format_date('second', '+08:00', '{PLAIN}%z', 1653561612)", "2022-05-26 18:40:12+0800"),
    ("format_date('second', 'Z', '%z %:z %::z', 0)", "+0000 +00:00 +00:00:00"),
    ("format_date('second', '-08:20:30', '%z %:z %::z', 0)", "-0820 -08:20 -08:20:30"),
    ("format_date('second', missing, '%H', 0)", "00"),
    ("format_date('second', 3600, '%H', 0)", "01"),
    ("format_date('second', '+0530', '%H:%M', 0)", "05:30"),
    ("format_date('millisecond', 'Z', '%Y-%m-%dT%H:%M:%S.%3NZ', ts)", "2024-02-26T07:42:33.472Z"),
    ("format_date('millisecond', 'Z', '%H:%M:%S')", "07:42:33"),
    ("format_date('second', 'Z', '%3N|%6N|%N', 1)", "000|000000|000000000"),
    ("format_date('nanosecond', 'Z', '%3N|%6N|%N', 1708933353472123456)",
     "472|472123|472123456"),
    ("format_date('millisecond', 'Z', '%S %3N', -1500)", "59 -500"),
    ("format_date('millisecond', 'Z', '%S %3N', -5)", "00 0-5"),
    ("format_date('millisecond', 'Z', '%S.%6N', -5)", "00.0-5000"),
    ("format_date('microsecond', 'Z', '%3N', -1)", "000"),
    ("format_date('second', 'Z', '%y %% %Q %2N é', 0)", "%y %% %Q %2N Ã©"),
    ("format_date('second', 'Z', '%%Y', 0)", "%1970"),
    ("format_date('second', 'Z', '%Y', 253402300800)", "10000"),
    ("format_date('second', 'Z', '%Y-%m-%d', -62167219200)", "0000-01-01"),
    ("format_date('second', 'Z', '', 0)", ""),
    # Reading
    (f"date_to_unix_ts('second', '{PLAIN}', '2022-05-26 10:40:12')", 1653561612),
    (f"date_to_unix_ts('millisecond', '{PLAIN}', '2022-05-26 10:40:12')", 1653561612000),
    (f"date_to_unix_ts('second', '{PLAIN}%z', '2022-05-26 18:40:12+0800')", 1653561612),
    (f"date_to_unix_ts('second', '{PLAIN}%:z', '2022-05-26 18:40:12+08:00')", 1653561612),
    (f"date_to_unix_ts('second', '{PLAIN}%::z', '2022-05-26 18:40:12+08:00:30')", 1653561582),
    (f"date_to_unix_ts('second', '+08:00', '{PLAIN}', '2022-05-26 18:40:12')", 1653561612),
    (f"date_to_unix_ts('second', '+08:00', '{PLAIN}%:z', '2024-02-23 15:00:00+08:00')",
     1708642800),
    (f"date_to_unix_ts('second', missing, '{PLAIN}', '1970-01-01 00:00:01')", 1),
    (f"date_to_unix_ts('millisecond', '{PLAIN}.%3N', '2000-02-29 01:02:03')", 951786123000),
    (f"date_to_unix_ts('millisecond', '{PLAIN}.%3N%6N', '2022-05-26 10:00:00.123456789')",
     1653559200579),
    (f"date_to_unix_ts('microsecond', '{PLAIN}.%N', '2022-05-26 10:00:00.123456789')",
     1653559200123456),
    (f"date_to_unix_ts('second', '{PLAIN}', '2022/05/26T10h40m12s')", 1653561612),
    (f"date_to_unix_ts('second', '{PLAIN}', '2022-05-26 10:00:00xyz')", 1653559200),
    (f"date_to_unix_ts('second', '{PLAIN}Z', '2022-05-26 10:00:00')", 1653559200),
    (f"date_to_unix_ts('second', '{PLAIN}', '2022-05-26 24:00:00')", 1653609600),
    (f"date_to_unix_ts('second', '{PLAIN}', '2022-05-26 23:60:00')", 1653609600),
    (f"date_to_unix_ts('second', '{PLAIN}', '2022-+5-26 10:00:00')", 1653559200),
    (f"date_to_unix_ts('second', '{PLAIN} %Y', '2021-05-26 10:00:00 2022')", 1653559200),
    (f"date_to_unix_ts('second', '{PLAIN}', '0000-01-01 00:00:00')", -62167219200),
    (f"date_to_unix_ts('second', '{PLAIN}.%3N', '1969-12-31 23:59:59.500')", -1),
    # Offsets
    ("timezone_to_offset_seconds('Z')", 0),
    ("timezone_to_offset_seconds('z')", 0),
    ("timezone_to_offset_seconds('local')", 0),
    ("timezone_to_offset_seconds('+8:00')", 28800),
    ("timezone_to_offset_seconds('+1:2')", 3720),
    ("timezone_to_offset_seconds('+1:2:3')", 3723),
    ("timezone_to_offset_seconds('-02:00:00')", -7200),
    ("timezone_to_offset_seconds('+00008:0000')", 28800),
    ("timezone_to_offset_seconds('-0530')", -19800),
    ("timezone_to_offset_seconds(42)", 42),
    ("timezone_to_offset_seconds(missing)", 0),
    ("timezone_to_second('+23:59:59')", 86399),
    # Mongo
    ("mongo_date()", "ISODate(2024-02-26T07:42:33.472Z)"),
    ("mongo_date(0)", "ISODate(1970-01-01T00:00:00.000Z)"),
    ("mongo_date(1234567, 'microsecond')", "ISODate(1970-01-01T00:00:01.234Z)"),
    ("mongo_date(1, 'second')", "ISODate(1970-01-01T00:00:01.000Z)"),
]  # fmt: skip

FAILS = [
    "now_timestamp('minute')", "now_timestamp(5)", "now_rfc3339('s')", "unix_ts_to_rfc3339(1.5)",
    "unix_ts_to_rfc3339('1')", "unix_ts_to_rfc3339(1, 'x')", "rfc3339_to_unix_ts('2024-02-23')",
    "rfc3339_to_unix_ts('2024-02-30T00:00:00Z')", "rfc3339_to_unix_ts('2024-13-01T00:00:00Z')",
    "rfc3339_to_unix_ts('2024-02-23T15:56:30')", "rfc3339_to_unix_ts('2024-02-23T15:56:30+0800')",
    "rfc3339_to_unix_ts(5)", "rfc3339_to_unix_ts(event)", "rfc3339_to_unix_ts('x', 'second')",
    "rfc3339_to_unix_ts('2024-02-23T15:56:30Z', 'hour')",
    "rfc3339_to_unix_ts('2024-02-23T15:56:30+08:60')",
    "format_date('second', 0, '%Y', '0')", "format_date('second', 0, '%Y', 1.5)",
    "format_date('second', 0, '%Y', missing)", "format_date('second', 0, '%Y', n)",
    "format_date('day', 0, '%Y', 0)", "format_date('second', '+08', '%Y', 0)",
    "format_date('second', n, '%Y', 0)", "format_date('second', 0, 5, 0)",
    "format_date('second', 'Z', '%Y', -62167219201)",
    f"date_to_unix_ts('second', '{PLAIN}', '2022-05-32 10:40:12')",
    f"date_to_unix_ts('second', '{PLAIN}', '2023-02-29 10:40:12')",
    f"date_to_unix_ts('second', '{PLAIN}', '1900-02-29 10:40:12')",
    f"date_to_unix_ts('second', '{PLAIN}', '2022-00-01 10:40:12')",
    f"date_to_unix_ts('second', '{PLAIN}', '2022-05-26 10:40')",
    f"date_to_unix_ts('second', '{PLAIN}', '2022-05-26 10:40:1')",
    f"date_to_unix_ts('second', '{PLAIN}', '2022-05-26 10:40:1x')",
    f"date_to_unix_ts('second', '{PLAIN}', '2022-05')",
    f"date_to_unix_ts('second', '{PLAIN}', '')",
    f"date_to_unix_ts('second', '{PLAIN}%z', '2022-05-26 10:40:12Z')",
    f"date_to_unix_ts('second', '{PLAIN}%:z', '2022-05-26 10:40:12 08:00')",
    f"date_to_unix_ts('second', '{PLAIN}, then', '2022-05-26 10:40:12,')",
    "date_to_unix_ts('second', '%Y-%m-%d', '2022-05-26')",
    f"date_to_unix_ts('second', '{PLAIN}', 5)", f"date_to_unix_ts('x', '{PLAIN}', 'a')",
    f"date_to_unix_ts('second', '+08', '{PLAIN}', '2022-05-26 10:40:12')",
    f"date_to_unix_ts('second', '{PLAIN}', '-001-05-26 10:40:12')",
    "timezone_to_offset_seconds('+08')", "timezone_to_offset_seconds('+930')",
    "timezone_to_offset_seconds('+24:00')", "timezone_to_offset_seconds('+08:60')",
    "timezone_to_offset_seconds('+08:00:60')", "timezone_to_offset_seconds('08:00')",
    "timezone_to_offset_seconds('Europe/Berlin')", "timezone_to_offset_seconds(n)",
    "timezone_to_offset_seconds(1.0)", "timezone_to_offset_seconds('')",
    "timezone_to_offset_seconds('+00100:00')", "timezone_to_second(true)",
    "mongo_date('x')", "mongo_date(1.5)", "mongo_date(1, 'x')",
]  # fmt: skip


@pytest.mark.parametrize(("expression", "expected"), GIVES, ids=[call for call, _ in GIVES])
def test_result(expression: str, expected: Value) -> None:
    check(expression, expected, **COLUMNS)


@pytest.mark.parametrize("expression", FAILS)
def test_failure(expression: str) -> None:
    with pytest.raises(EvaluationError):
        value_of(expression, **COLUMNS)


def test_the_local_zone_is_that_of_the_context() -> None:
    context = context_at(zone=timezone(timedelta(hours=8)))
    assert value_of("now_rfc3339()", context) == "2024-02-26T15:42:33+08:00"
    assert value_of("unix_ts_to_rfc3339(0)", context) == "1970-01-01T08:00:00+08:00"
    assert value_of("format_date('second', 'local', '%H%z', 0)", context) == "08+0800"
    assert value_of("timezone_to_second('local')", context) == 28800


def test_times_far_away_have_an_offset_too() -> None:
    context = context_at(zone=timezone(timedelta(hours=-3)))
    assert value_of("unix_ts_to_rfc3339(253402300799)", context) == "9999-12-31T20:59:59-03:00"


@given(st.integers(min_value=-719_162, max_value=2_932_896))
def test_days_agree_with_the_standard_library(days: int) -> None:
    date = (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(days=days)).date()
    assert date_from_days(days) == (date.year, date.month, date.day)
    assert days_from_date(date.year, date.month, date.day) == days
    assert date_exists(date.year, date.month, date.day)


@given(st.integers(min_value=-(10**9), max_value=10**9))
def test_days_come_back_from_their_date(days: int) -> None:
    assert days_from_date(*date_from_days(days)) == days


@given(st.integers(min_value=-62_167_219_200, max_value=253_402_300_799))
def test_a_time_that_is_written_is_read_back(seconds: int) -> None:
    text = value_of("format_date('second', '+08:00', '%Y-%m-%d %H:%M:%S%z', t)", t=seconds)
    read = "date_to_unix_ts('second', '%Y-%m-%d %H:%M:%S%z', t)"
    if seconds < 253_402_300_799 - 28_800:
        assert value_of(read, t=text) == seconds
