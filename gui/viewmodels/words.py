"""The words and figures that views show: states, numbers, durations, in the user's language."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Final

from PySide6.QtCore import QCoreApplication, QLocale, QTime


def tr(text: str, count: int = -1) -> str:
    """Translate a sentence of the view models; `count` fills `%n` and chooses the plural."""
    return QCoreApplication.translate("viewmodels", text, "", count)


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


def number(value: int) -> str:
    """Write a count with the separators of the user's language."""
    return QLocale().toString(value)


def rate(value: float) -> str:
    """Write a number per second, without the unit: one decimal below a thousand."""
    if value >= 1_000:
        return number(round(value))
    return QLocale().toString(value, "f", 1) if value else "0"


def per_second(value: float) -> str:
    """Write a rate with its unit."""
    return tr("{rate}/s").format(rate=rate(value))


def milliseconds(value: float) -> str:
    """Write a latency with its unit: two figures that matter."""
    decimals = 1 if value < 10 else 0
    return tr("{number} ms").format(number=QLocale().toString(value, "f", decimals))


def clock_time(seconds: float) -> str:
    """Write how long something has run: `00:20:06`, with days in front from one day on."""
    whole = int(seconds)
    days, rest = divmod(whole, 86_400)
    text = QTime(0, 0).addSecs(rest).toString("HH:mm:ss")
    return tr("%n day(s)", days) + f" {text}" if days else text


def moment(at: datetime, now: datetime) -> str:
    """Write when something was: the time for today, else the date."""
    locale = QLocale()
    if at.date() == now.date():
        return at.strftime("%H:%M")
    text = at.strftime("%Y-%m-%d") if at.year != now.year else ""
    return text or locale.toString(at.date(), "d MMMM")  # pyright: ignore[reportArgumentType, reportCallIssue] - takes a Python date


def joined(parts: list[str]) -> str:
    """Put parts after each other, as in a line of details."""
    return ", ".join(part for part in parts if part)
