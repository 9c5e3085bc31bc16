"""Texts with `{{name}}` in them, as simulators use: compiled once, filled per message. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from random import Random
from typing import Final, TypeAlias

from core.errors import ConfigError
from core.lab.variables import MOST_DIGITS
from core.workspace.problems import did_you_mean

_PLACEHOLDER: Final = re.compile(r"\{\{\s*([^{}]*?)\s*\}\}")
_RAND: Final = re.compile(r"rand\s+(-?\d+)\s+(-?\d+)")

Fill: TypeAlias = Callable[[Mapping[str, str], Random], str]
"""Writes the text for one message: values by name, and the device's randomness for `rand`."""
_Part: TypeAlias = Callable[[Mapping[str, str], Random], str]


def compile_text(
    text: str, names: Collection[str], path: str, escape: Callable[[str], str] | None = None
) -> Fill:
    """Compile a text.

    Args:
        text: With `{{name}}` for a value and `{{rand LOW HIGH}}` for a whole number.
        names: The values there are.
        path: Its place in the workspace, for errors.
        escape: Applied to every value, not to the text around it.

    Raises:
        ConfigError: A placeholder names nothing.
    """
    pieces = _PLACEHOLDER.split(text)  # text and names take turns
    parts: list[_Part] = []
    for index, piece in enumerate(pieces):
        if index % 2:
            parts.append(_value(piece, names, path, escape))
        elif piece:
            parts.append(_literal(piece))
    if len(parts) == 1:
        return parts[0]
    return lambda values, random: "".join([part(values, random) for part in parts])


def has_open_braces(text: str) -> bool:
    """Tell whether `{{` stands somewhere without a placeholder that it begins."""
    return "{{" in _PLACEHOLDER.sub(" ", text)  # the space keeps apart what stood around one


def _literal(text: str) -> _Part:
    return lambda _values, _random: text


def _value(
    name: str, names: Collection[str], path: str, escape: Callable[[str], str] | None
) -> _Part:
    if (match := _RAND.fullmatch(name)) is not None:
        if max(len(bound.lstrip("-")) for bound in match.groups()) > MOST_DIGITS:
            raise ConfigError(
                f"the bounds of rand have at most {MOST_DIGITS} digits",
                path=path,
                hint="write {{rand LOW HIGH}} with smaller ones",
            )
        low, high = int(match[1]), int(match[2])
        if low > high:
            raise ConfigError(
                f"{{{{{name}}}}} has its bounds the wrong way round",
                path=path,
                value=name,
                hint=f"write {{{{rand {high} {low}}}}}",
            )
        return lambda _values, random: str(random.randint(low, high))
    if name not in names:
        raise ConfigError(
            f"{{{{{name}}}}} names no field of this simulator",
            path=path,
            value=name,
            hint=did_you_mean(name, names) or f"there are: {', '.join(names)}, rand LOW HIGH",
        )
    if escape is None:
        return lambda values, _random: values[name]
    return lambda values, _random: escape(values[name])
