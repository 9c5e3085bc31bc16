"""What to do about a character or a quote that is no token."""

from __future__ import annotations

import re
from typing import Final

_CHARACTERS: Final = {
    ";": "Remove it: a rule is one statement without `;`.",
    "`": 'Quote names with double quotes: "name".',
    "#": 'Quote topic filters: FROM "t/#". Comments begin with `--` and need a line after them.',
    "$": 'Quote topics and names that begin with $: FROM "$events/client/connected"',
    "%": "Write `mod` for the remainder of integers.",
    "|": "Join strings with `+` or concat(); combine conditions with OR.",
    "&": "Combine conditions with AND; for bits use bitand().",
    "{": "There are no map literals: use map_put() or write `as a.b`.",
    "}": "There are no map literals: use map_put() or write `as a.b`.",
    ":": 'Quote names and topics that hold a colon: payload."a:b".',
    "!": "Write `!=` or `<>` for unequal, NOT to negate a comparison.",
    "^": "Use power(x, y), or bitxor(a, b) for bits.",
    "~": "Write `=~` to match a topic filter.",
    "?": "There are no parameters: write the value itself.",
    "\\": "Backslashes have a meaning only inside strings for functions such as unescape().",
    "@": 'A name cannot begin with it: quote it, "@name".',
    "_": 'A name cannot begin with `_`: quote it, "_name" or payload."_name".',
}
_TYPOGRAPHIC: Final = {
    "‘": "'", "’": "'", "‚": "'", "′": "'",  # noqa: RUF001 - these very characters are meant
    "“": '"', "”": '"', "„": '"', "«": '"', "»": '"',
    "\N{EN DASH}": "-", "\N{EM DASH}": "-", "\N{MINUS SIGN}": "-",
    "\N{NO-BREAK SPACE}": "a plain space", "\N{FULLWIDTH COMMA}": ",",
}  # fmt: skip
_WORD_BEHIND: Final = re.compile(r"[^\s,()\[\].=<>!+*/'\"-]+")


def hint_for_character(text: str, at: int) -> str:
    """Say what to write instead of the character at `at`, which no rule may hold there."""
    character = text[at]
    if character in _TYPOGRAPHIC:
        return f"This is a typographic character; write {_TYPOGRAPHIC[character]} instead."
    if character == "_":
        found = _WORD_BEHIND.match(text, at)
        name = found.group() if found else "_"
        if at and text[at - 1] == ".":
            return f'A name cannot begin with `_`: quote it, as in payload."{name}".'
        return f'A name cannot begin with `_`: quote it, "{name}".'
    if text.startswith("${", at):
        return "Placeholders belong in action templates; in SQL write the name alone."
    if character in _CHARACTERS:
        return _CHARACTERS[character]
    if character.isalpha():
        return 'Names without quotes are ASCII: quote this one, "name" or payload."name".'
    return "Remove it, or put it into quotes: 'text' for a value, \"name\" for a name."


def hint_for_quote(quote: str) -> str:
    """Say how to close what begins with `quote`."""
    if quote == "'":
        return "End it with '. A ' inside a string is written twice, and stays doubled."
    return "End it with \". Values are written in single quotes: 'text'."
