"""The words and figures that views show: states, numbers, durations, in the user's language."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime
from typing import Final

from PySide6.QtCore import QCoreApplication, QDate, QLocale, QTime

from core.workspace.problems import NOT_TOML, Problem

_CONTEXT: Final = "viewmodels"
_WORD: Final = re.compile(r"[a-z]+(['-][a-z]+)*[,:;]?\s")
_EXCERPT: Final = re.compile(r"\n\d+ \|.*\n *\| *\^+")
"""The line of a statement with carets below, as terminals show it."""


def tr(text: str) -> str:
    """Translate a text of the view models."""
    return QCoreApplication.translate(_CONTEXT, text)


def plural(one: str, many: str, count: int) -> str:
    """Say a count: `%n` in the text is the number, as translations with plural forms have it.

    Args:
        one: The English text for 1.
        many: The English text for any other number, and the key of translations.
        count: How many.
    """
    text = QCoreApplication.translate(_CONTEXT, many, "", count)
    english = many.replace("%n", str(count))
    return (one if count == 1 else many).replace("%n", number(count)) if text == english else text


_WORDS: Final[dict[str, Callable[[], str]]] = {
    "stopped": lambda: tr("Stopped"),
    "starting": lambda: tr("Starting"),
    "running": lambda: tr("Running"),
    "draining": lambda: tr("Stopping"),
    "died": lambda: tr("Stopped unexpectedly"),
    "connecting": lambda: tr("Connecting"),
    "connected": lambda: tr("Connected"),
    "degraded": lambda: tr("Degraded"),
    "disconnected": lambda: tr("Not connected"),
    "failed": lambda: tr("Failed"),
    "disabled": lambda: tr("Disabled"),
}


def state_word(status: str) -> str:
    """Name a state as the view shows it."""
    return _WORDS[status]()


def locale() -> QLocale:
    """Give the user's locale; English where the system names none, so that 1000s are parted."""
    found = QLocale()
    if found.language() == QLocale.Language.C:
        return QLocale(QLocale.Language.English)
    return found


def number(value: int) -> str:
    """Write a count with the separators of the user's language."""
    return locale().toString(value)


def rate(value: float) -> str:
    """Write a number per second, without the unit: one decimal below a thousand."""
    if value >= 1_000:
        return number(round(value))
    return locale().toString(float(value), "f", 1)


def per_second(value: float) -> str:
    """Write a rate with its unit."""
    return tr("{rate}/s").format(rate=rate(value))


def milliseconds(value: float) -> str:
    """Write a latency with its unit: the figures that matter."""
    return tr("{number} ms").format(
        number=locale().toString(float(value), "f", 1 if value < 10 else 0)
    )


def whole_milliseconds(value: float) -> str:
    """Write a latency where room is short: without decimals, and one millisecond at least."""
    return tr("{number} ms").format(number=number(max(round(value), 1)))


def byte_size(count: int) -> str:
    """Write how large a message or a record is: `27 B`, `1.2 MB`, of 1,000s."""
    if count < 1_000:
        return tr("{count} B").format(count=count)
    return _short(locale().formattedDataSize(count, 1, QLocale.DataSizeFormat.DataSizeSIFormat))


def memory_size(count: int) -> str:
    """Write how much memory or disk something takes or may take: `3.1 MiB`, of 1,024s."""
    return _short(locale().formattedDataSize(count, 1))


def _short(size: str) -> str:
    """Leave a decimal out that says nothing: `1 MB` for `1.0 MB`."""
    return size.replace(f"{locale().decimalPoint()}0 ", " ")


def span(milliseconds: int) -> str:
    """Write a time in its largest unit alone: `10 min`, `3 h`, `400 ms`."""
    for size, words in (
        (86_400_000, tr("{count} d")),
        (3_600_000, tr("{count} h")),
        (60_000, tr("{count} min")),
        (1_000, tr("{count} s")),
    ):
        if milliseconds >= size:
            return words.format(count=number(milliseconds // size))
    return tr("{count} ms").format(count=number(milliseconds))


def elapsed(seconds: float) -> str:
    """Write how long something has run: `00:20:06`, with days in front from one day on."""
    days, rest = divmod(int(seconds), 86_400)
    text = QTime(0, 0).addSecs(rest).toString("HH:mm:ss")
    return plural("%n day", "%n days", days) + f" {text}" if days else text


def clock(at_s: float) -> str:
    """Write a moment, in s since 1970, as the local time of day: `11:43:55`."""
    return f"{datetime.fromtimestamp(at_s).astimezone():%H:%M:%S}"


def moment(at: datetime, now: datetime) -> str:
    """Write when something was: the time for today, else the date."""
    if at.date() == now.date():
        return at.strftime("%H:%M")
    form = "d MMMM" if at.year == now.year else "d MMMM yyyy"
    return locale().toString(QDate(at.year, at.month, at.day), form)


def day_or_time(at: datetime, now: datetime) -> str:
    """Write when something was, for a list: `today, 12:04`, `yesterday`, or the date."""
    days = (now.date() - at.date()).days
    if days == 0:
        return tr("today, {time}").format(time=moment(at, now))
    return tr("yesterday") if days == 1 else moment(at, now)


def sentence(text: str) -> str:
    """Write words as a sentence: with a capital letter and a full stop; empty stays empty.

    A name at the beginning, such as that of a file or an option, stays as it is. The line of a
    statement that is wrong, with carets below, is left out: the window shows the statement.
    """
    if _EXCERPT.search(text):
        said = _EXCERPT.sub("", text).splitlines()
        text = " ".join(line if line.endswith(".") else f"{line}." for line in said)
    text = text.strip()
    if not text:
        return ""
    ended = text if text.endswith((".", "?", "!")) else f"{text}."
    return ended[0].upper() + ended[1:] if _WORD.match(text) else ended


def sentences(message: str, hint: str = "") -> str:
    """Write what is wrong and the way out as sentences; either may be empty."""
    return f"{sentence(message)} {sentence(hint)}".strip()


def problem_sentences(problem: Problem) -> str:
    """Write a problem of the file as sentences, with its place where its message names none."""
    line = "" if problem.line is None else tr("Line {line}").format(line=problem.line)
    place = ", ".join(part for part in (line, problem.path) if part)
    if problem.code == NOT_TOML or not place:
        return sentences(problem.message, problem.hint)
    return f"{place}: {sentences(problem.message, problem.hint)}"
