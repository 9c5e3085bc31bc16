"""Variables in messages that are sent by hand: `{{device}}`, `{{now}}`, `{{uuid}}` and so on."""

from __future__ import annotations

import re
import uuid
from collections.abc import Mapping
from random import Random
from typing import Final

NAMES: Final = ("device", "now", "uuid", "seq", "rand 0 100")
"""What can stand between the braces; the numbers of `rand` are any."""

MOST_DIGITS: Final = 18
"""How many digits the bounds of `rand` may have."""

_BOUND: Final = rf"(-?\d{{1,{MOST_DIGITS}}})"

VARIABLE: Final = re.compile(
    r"\{\{\s*(?:(device|now|uuid|seq)|rand\s+" + _BOUND + r"\s+" + _BOUND + r")\s*\}\}"
)
"""A variable as it is written; `fill` replaces it."""


def values_of(seq: int, now_ms: int, random: Random, device: str = "1") -> dict[str, str]:
    """Give the values of one message: the same UUID wherever it is named."""
    made = uuid.UUID(int=random.getrandbits(128), version=4)
    return {"device": device, "now": str(now_ms), "uuid": str(made), "seq": str(seq)}


def fill(text: str, values: Mapping[str, str], random: Random) -> str:
    """Fill the variables of a text; whatever else stands in braces is text.

    Args:
        text: With `{{name}}`, and `{{rand LOW HIGH}}` for a whole number.
        values: As `values_of` makes them.
        random: For `rand`, which is drawn anew each time.
    """

    def value(found: re.Match[str]) -> str:
        if found[1]:
            return values[found[1]]
        low, high = sorted((int(found[2]), int(found[3])))
        return str(random.randint(low, high))

    return VARIABLE.sub(value, text)
