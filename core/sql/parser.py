"""From a statement's text to its tree."""

from __future__ import annotations

from functools import cache, lru_cache
from importlib.resources import files
from typing import Final, cast

from lark import Lark, UnexpectedToken
from lark import Token as LarkToken

from core.errors import SqlSyntaxError
from core.sql.ast import Statement
from core.sql.builder import make_builder
from core.sql.lexer import StatementLexer, scan
from core.sql.source import Source
from core.sql.syntax_errors import describe

_KEPT: Final = 8


def parse(sql: str) -> Statement:
    """Parse a rule statement.

    Args:
        sql: The text as the user wrote it, at most 64 KiB of UTF-8. All spans point into it.

    Returns:
        The tree; it may still fail on every message (see `core.sql.checks`).

    Raises:
        SqlSyntaxError: It does not parse, has no FROM or goes beyond a limit; with the span, what
            could stand there and, for usual causes, a hint.

    Cost: linear in the length. Pure; any thread.
    """
    try:
        # With a transformer, lark returns what the rule `start` was turned into.
        return cast("Statement", _lark().parse(sql))  # pyright: ignore[reportUnknownMemberType] - lark
    except UnexpectedToken as error:
        raise _syntax_error(sql, error) from None


@lru_cache(maxsize=_KEPT)
def accepted_after(sql: str) -> frozenset[str]:
    """Name the terminals of grammar.lark that may follow a statement's beginning.

    Args:
        sql: The text up to the cursor; a word that is still being typed must be left out.

    Returns:
        Terminal names as in `core.sql.lexer.Kind`, "$END" when the text is a whole statement;
        empty when the text is already wrong. It is kept for the next keys of the same word.
    """
    cursor = _lark().parse_interactive(sql)  # pyright: ignore[reportUnknownMemberType] - lark
    try:
        if Source(sql).clean:
            cursor.exhaust_lexer()
    except (UnexpectedToken, SqlSyntaxError):
        return frozenset()
    return frozenset(cast("set[str]", cursor.accepts()))


@cache
def _lark() -> Lark:
    grammar = files("core.sql").joinpath("grammar.lark").read_text(encoding="utf-8")
    return Lark(grammar, parser="lalr", lexer=StatementLexer, transformer=make_builder())


def _syntax_error(sql: str, error: UnexpectedToken) -> SqlSyntaxError:
    source = Source(sql)
    tokens = list(scan(source))
    found = cast("LarkToken", error.token)  # pyright: ignore[reportUnknownMemberType] - untyped
    place = len(tokens)
    if found.type != "$END":
        place = [token.span.start for token in tokens].index(cast("int", found.start_pos))
    return describe(source, tokens, place, frozenset(error.accepts))
