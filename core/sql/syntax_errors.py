"""What the user reads when a statement does not parse."""

from __future__ import annotations

from typing import Final

from core.errors import SqlSyntaxError
from core.sql.builder import MISSING_FROM
from core.sql.lexer import KEYWORDS, Kind, Token
from core.sql.source import Source
from core.sql.syntax_causes import CAUSES
from core.sql.syntax_spot import Spot, shorten


def describe(
    source: Source, tokens: list[Token], place: int, accepted: frozenset[str]
) -> SqlSyntaxError:
    """Build the error for a statement whose token at `place` cannot follow those before it.

    Args:
        source: The statement.
        tokens: All its tokens, from `core.sql.lexer.scan`.
        place: Index into `tokens`; their number when the statement ends too early.
        accepted: The terminals that could have followed.
    """
    spot = Spot(source, tokens, place, accepted)
    token = spot.token
    hint = next((found for cause in CAUSES if (found := cause(spot))), "")
    if token is None:
        message = "The statement ends too early"
        if "FROM" in accepted and not spot.seen(Kind.FROM):
            message = MISSING_FROM
        span = source.end()
    else:
        message = f"`{shorten(token.text)}` cannot stand here"
        span = token.span
    return SqlSyntaxError(message, span=span, expected=expected_words(accepted), hint=hint)


def expected_words(accepted: frozenset[str]) -> tuple[str, ...]:
    """Say in the user's words what a set of terminals means, the likeliest first."""
    words: list[str] = []
    if "FLOAT" in accepted:
        words.append("a value")
    elif "INT" in accepted:
        words.append("a name" if "STRING" in accepted else "a number")
    elif "STRING" in accepted:
        words.append("a topic in double quotes")
    elif "NAME" in accepted:
        words.append("a name")
    if "STAR" in accepted and "SLASH" not in accepted:
        words.append("`*`")
    words += [word for word in ("SELECT", "FOREACH", "FROM") if word in accepted]
    words += [sign for name, sign in _SIGNS.items() if name in accepted]
    if "SLASH" in accepted:
        words.append("an operator")
    elif "COMPARISON" in accepted:
        words.append("a comparison")
    words += sorted((accepted & {str(word) for word in KEYWORDS}) - {"SELECT", "FOREACH", "FROM"})
    if "$END" in accepted:
        words.append("the end of the statement")
    return tuple(words)


_SIGNS: Final = {"COMMA": "a comma", "RPAR": "`)`", "RSQB": "`]`", "DOT": "a point"}
