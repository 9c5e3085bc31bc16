"""The proleptic Gregorian calendar from year 0 on, without an upper end."""

from __future__ import annotations

from typing import Final

_DAYS_TO_1970: Final = 719_468  # from 0000-03-01, with which the computed years begin
_DAYS_OF_400_YEARS: Final = 146_097
_MONTH_LENGTHS: Final = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


def days_from_date(year: int, month: int, day: int) -> int:
    """Count the days from 1970-01-01 to a date that exists."""
    year -= month <= 2
    era, year_of_era = divmod(year, 400)
    day_of_year = (153 * ((month + 9) % 12) + 2) // 5 + day - 1
    day_of_era = year_of_era * 365 + year_of_era // 4 - year_of_era // 100 + day_of_year
    return era * _DAYS_OF_400_YEARS + day_of_era - _DAYS_TO_1970


def date_from_days(days: int) -> tuple[int, int, int]:
    """Return year, month and day of the date so many days after 1970-01-01."""
    era, day_of_era = divmod(days + _DAYS_TO_1970, _DAYS_OF_400_YEARS)
    year_of_era = (
        day_of_era - day_of_era // 1460 + day_of_era // 36_524 - day_of_era // 146_096
    ) // 365
    day_of_year = day_of_era - (365 * year_of_era + year_of_era // 4 - year_of_era // 100)
    shifted_month = (5 * day_of_year + 2) // 153
    month = (shifted_month + 2) % 12 + 1
    day = day_of_year - (153 * shifted_month + 2) // 5 + 1
    return era * 400 + year_of_era + (month <= 2), month, day


def date_exists(year: int, month: int, day: int) -> bool:
    """Tell whether this is a date of year 0 or later."""
    if year < 0 or not 1 <= month <= 12:
        return False
    leap = month == 2 and year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
    return 1 <= day <= _MONTH_LENGTHS[month - 1] + leap
