"""What can be written at a place of a half-typed statement, by the tokens the grammar accepts."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final, Literal, TypeAlias

from core.errors import Span
from core.sql.lexer import KEYWORDS, Kind, Token, all_tokens, meant_tokens, unquote
from core.sql.parser import accepted_after

Wanted: TypeAlias = Literal["value", "path", "topic", "word"]

_WORDS: Final = KEYWORDS | {Kind.NAME, Kind.BOOL, Kind.DIV, Kind.MOD}
_KEYS: Final = frozenset({Kind.NAME, Kind.QUOTED_NAME, Kind.STRING, Kind.INT})
_TOPICS: Final = frozenset({Kind.NAME, Kind.QUOTED_NAME, Kind.STRING})
_CALLED: Final = frozenset({Kind.NAME, Kind.DIV, Kind.MOD})
_CLAUSES: Final = frozenset(
    {Kind.SELECT, Kind.FOREACH, Kind.DO, Kind.INCASE, Kind.FROM, Kind.WHERE}
)
_OTHER_NAMES: Final = frozenset({Kind.DOT, Kind.AS})
_WHOLE: Final = frozenset(
    {Kind.INT, Kind.FLOAT, Kind.STRING, Kind.QUOTED_NAME, Kind.RANGE, Kind.ERROR}
)
_BARE: Final = re.compile(r"[A-Za-z][A-Za-z0-9_$@~]*")
_UNUSABLE: Final = frozenset({"div", "mod", "true", "false"})

# The order in which a statement is written; what is likelier comes first.
_ORDER: Final = (
    Kind.SELECT, Kind.FOREACH, Kind.FROM, Kind.WHERE, Kind.AS, Kind.AND, Kind.OR, Kind.NOT,
    Kind.IN, Kind.DO, Kind.INCASE, Kind.CASE, Kind.WHEN, Kind.THEN, Kind.ELSE, Kind.END,
    Kind.DIV, Kind.MOD,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Place:
    """A place in a statement where something can be completed.

    Attributes:
        start: Where the word that is being typed begins; up to the cursor it is replaced.
        prefix: What is typed of it, without an opening quote.
        wanted: "value": a column, an alias or a function; "path": a key of `path`; "topic": an
            entry of FROM; "word": keywords alone.
        keywords: The keywords that fit, likeliest first.
        path: The column and keys before the last point; indexes are left out.
        aliases: Names that earlier fields have got.
        topics: The entries of FROM, wherever it stands.
    """

    start: int
    prefix: str
    wanted: Wanted
    keywords: tuple[str, ...]
    path: tuple[str, ...]
    aliases: tuple[str, ...]
    topics: tuple[str, ...]


def place_at(sql: str, cursor: int) -> Place | None:
    """Describe the place at a cursor; None where nothing fits, as in a comment or a string.

    Args:
        sql: The statement as far as it is written; the text behind the cursor may be anything.
        cursor: Offset in characters.
    """
    before = sql[:cursor]
    if before.rpartition("\n")[2].lstrip().startswith("--"):
        return None
    tokens = all_tokens(before)
    start, prefix, quote = _word(before, tokens)
    accepted = accepted_after(before[:start])
    is_behind = bool(tokens) and tokens[-1].span.end == cursor and tokens[-1].kind in _WHOLE
    if not accepted or (is_behind and not quote):
        return None
    meant = [token for token in meant_tokens(before) if token.span.start < start]
    wanted = _wanted(accepted, meant)
    if quote and wanted != "topic":
        return None
    return Place(
        start,
        prefix,
        wanted,
        _keywords(accepted, meant, wanted),
        _path(meant) if wanted == "path" else (),
        _aliases(meant),
        topics_of(sql),
    )


@dataclass(frozen=True, slots=True)
class Call:
    """A call whose arguments a place is in: the function, where its name begins, which argument.

    `argument` counts from 0.
    """

    name: str
    start: int
    argument: int


def call_at(sql: str, cursor: int) -> Call | None:
    """Find the innermost call whose brackets a cursor is between; None outside of any."""
    around: list[Call | None] = []
    before: Token | None = None
    for token in meant_tokens(sql[:cursor]):
        if token.kind in (Kind.LPAR, Kind.LSQB):
            is_call = token.kind is Kind.LPAR and before is not None and before.kind in _CALLED
            around.append(Call(before.text, before.span.start, 0) if is_call and before else None)
        elif token.kind in (Kind.RPAR, Kind.RSQB) and around:
            around.pop()
        elif token.kind is Kind.COMMA and around and (call := around[-1]) is not None:
            around[-1] = replace(call, argument=call.argument + 1)
        elif token.kind in _CLAUSES:  # a bracket that was never closed ends there
            around.clear()
        before = token
    return next((call for call in reversed(around) if call is not None), None)


def topics_of(sql: str) -> tuple[str, ...]:
    """Read the entries of FROM out of a statement that need not be correct."""
    found: list[str] = []
    is_from = False
    for token in meant_tokens(sql):
        if token.kind in KEYWORDS:
            is_from = token.kind is Kind.FROM
        elif is_from and token.kind in _TOPICS:
            found.append(token.text if token.kind is Kind.NAME else unquote(token.text))
    return tuple(found)


def place_of_column(sql: str, column: str) -> Span | None:
    """Find where a statement reads a column first; None where it does not name it.

    Keys behind a point and aliases are names of other things.
    """
    before = None
    for token in meant_tokens(sql):
        if token.kind is Kind.NAME and token.text == column and before not in _OTHER_NAMES:
            return token.span
        before = token.kind
    return None


def path_key(name: str) -> str:
    """Write a name as a key of a path, quoted where it has to be."""
    is_bare = _BARE.fullmatch(name) and name.upper() not in KEYWORDS and name not in _UNUSABLE
    return name if is_bare else f"'{name}'"


def _word(before: str, tokens: Sequence[Token]) -> tuple[int, str, str]:
    """Find the word that ends at the cursor: its start, its text, its opening quote."""
    last = tokens[-1] if tokens else None
    if last is None or last.span.end != len(before):
        return len(before), "", ""
    if last.kind in _WORDS:
        return last.span.start, last.text, ""
    if last.kind is Kind.ERROR and last.text[0] in "'\"":
        return last.span.start, last.text[1:], last.text[0]
    return len(before), "", ""


def _wanted(accepted: frozenset[str], meant: Sequence[Token]) -> Wanted:
    if meant and meant[-1].kind is Kind.DOT:
        return "path"
    clause = next((token.kind for token in reversed(meant) if token.kind in KEYWORDS), None)
    if clause is Kind.FROM and "QUOTED_NAME" in accepted:
        return "topic"
    return "value" if "FLOAT" in accepted else "word"


def _keywords(accepted: frozenset[str], meant: Sequence[Token], wanted: Wanted) -> tuple[str, ...]:
    if wanted in ("path", "topic"):
        return ()
    has_from = any(token.kind is Kind.FROM for token in meant)
    # Without FROM the grammar takes WHERE, but no rule can do without FROM.
    fitting = [kind for kind in _ORDER if kind in accepted and (has_from or kind != Kind.WHERE)]
    if wanted == "value":  # `div` and `mod` are functions here, which the table of them has
        fitting = [kind for kind in fitting if kind not in {Kind.DIV, Kind.MOD}]
    return tuple(kind.lower() if kind in {Kind.DIV, Kind.MOD} else kind.value for kind in fitting)


def _path(meant: Sequence[Token]) -> tuple[str, ...]:
    """Read the path before the last point backwards: keys, points, and indexes to be left out."""
    keys: list[str] = []
    at = len(meant) - 1
    while at >= 0 and meant[at].kind is Kind.DOT:
        at -= 1
        while at >= 0 and meant[at].kind is Kind.RSQB:
            while at >= 0 and meant[at].kind is not Kind.LSQB:
                at -= 1
            at -= 1
        if at < 0 or meant[at].kind not in _KEYS:
            break
        token = meant[at]
        is_quoted = token.kind in {Kind.QUOTED_NAME, Kind.STRING}
        keys.append(unquote(token.text) if is_quoted else token.text)
        at -= 1
    return tuple(reversed(keys))


def _aliases(meant: Sequence[Token]) -> tuple[str, ...]:
    found: dict[str, None] = {}
    for number, token in enumerate(meant[:-1]):
        name = meant[number + 1]
        if token.kind is Kind.AS and name.kind is Kind.NAME:
            found[name.text] = None
    return tuple(found)
