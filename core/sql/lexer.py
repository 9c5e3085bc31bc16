"""From text to tokens: the longest match wins, and nothing is ever guessed.

`scan` is tolerant and loses no character, for colouring and for hints. `tokenize` is what the
parser reads: it refuses what is no token, and checks the limits. `StatementLexer` gives lark the
same tokens.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from enum import StrEnum
from functools import lru_cache
from typing import Final, NamedTuple

from lark import Token as LarkToken
from lark.lexer import Lexer

from core.errors import Span, SqlSyntaxError
from core.sql.lexer_hints import hint_for_character, hint_for_quote
from core.sql.limits import MAX_INTEGER_DIGITS
from core.sql.source import Source

_KEPT: Final = 8
MAX_NESTING: Final = 60
"""How deep parentheses, brackets, CASE, signs and NOT may be nested, all together."""


class Kind(StrEnum):
    """What a token is. The values are the terminal names of grammar.lark."""

    STRING = "STRING"
    QUOTED_NAME = "QUOTED_NAME"
    QUOTED_STAR = "QUOTED_STAR"
    NAME = "NAME"
    BOOL = "BOOL"
    INT = "INT"
    FLOAT = "FLOAT"
    RANGE = "RANGE"
    COMPARISON = "COMPARISON"
    PLUS = "PLUS"
    MINUS = "MINUS"
    STAR = "STAR"
    SLASH = "SLASH"
    DIV = "DIV"
    MOD = "MOD"
    LPAR = "LPAR"
    RPAR = "RPAR"
    LSQB = "LSQB"
    RSQB = "RSQB"
    COMMA = "COMMA"
    DOT = "DOT"
    AND = "AND"
    AS = "AS"
    CASE = "CASE"
    DO = "DO"
    ELSE = "ELSE"
    ELSIF = "ELSIF"
    END = "END"
    FOREACH = "FOREACH"
    FROM = "FROM"
    IF = "IF"
    IN = "IN"
    INCASE = "INCASE"
    NOT = "NOT"
    OR = "OR"
    SELECT = "SELECT"
    THEN = "THEN"
    WHEN = "WHEN"
    WHERE = "WHERE"
    BLANK = "BLANK"
    COMMENT = "COMMENT"
    ERROR = "ERROR"


KEYWORDS: Final = frozenset(
    {
        Kind.AND, Kind.AS, Kind.CASE, Kind.DO, Kind.ELSE, Kind.ELSIF, Kind.END, Kind.FOREACH,
        Kind.FROM, Kind.IF, Kind.IN, Kind.INCASE, Kind.NOT, Kind.OR, Kind.SELECT, Kind.THEN,
        Kind.WHEN, Kind.WHERE,
    }
)  # fmt: skip
"""The reserved words, matched in any case."""

_WORDS: Final = {"div": Kind.DIV, "mod": Kind.MOD, "true": Kind.BOOL, "false": Kind.BOOL}
_PUNCTUATION: Final = {
    "+": Kind.PLUS,
    "-": Kind.MINUS,
    "*": Kind.STAR,
    "/": Kind.SLASH,
    "(": Kind.LPAR,
    ")": Kind.RPAR,
    "[": Kind.LSQB,
    "]": Kind.RSQB,
    ",": Kind.COMMA,
    ".": Kind.DOT,
}
_TRIVIA: Final = frozenset({Kind.BLANK, Kind.COMMENT})
OPERAND_ENDS: Final = frozenset(
    {
        Kind.STRING, Kind.QUOTED_NAME, Kind.QUOTED_STAR, Kind.NAME, Kind.BOOL, Kind.INT,
        Kind.FLOAT, Kind.RANGE, Kind.RPAR, Kind.RSQB, Kind.END,
    }
)  # fmt: skip
"""Kinds that end an operand: a sign behind one of them is an operator."""

# Alternatives are ordered so that the first that matches is also the longest: RANGE before the
# bracket, FLOAT before INT (two digits without a point match both; INT is chosen below), the long
# comparisons before the short ones. Comments need a look at the rest of the text; see `scan`.
_TOKEN: Final = re.compile(
    r"""(?P<BLANK>[ \t\r\n]+)
      | (?P<NAME>[A-Za-z][A-Za-z0-9_$@~]*)
      | (?P<STRING>'[^']*(?:''[^']*)*')
      | (?P<QUOTED_NAME>"[^"]*(?:""[^"]*)*")
      | (?P<RANGE>\[[-+]?[0-9]+\.\.[-+]?[0-9]+\])
      | (?P<FLOAT>[0-9]+\.?[0-9]+(?:[eE][-+]?[0-9]+)?[fFdD]?)
      | (?P<INT>[0-9]+)
      | (?P<COMPARISON>=~|~=|!=|<>|<=|>=|[=<>])
      | (?P<PUNCTUATION>[-+*/()\[\],.])
    """,
    re.VERBOSE,
)
_LONG_DIGITS: Final = re.compile(rf"[0-9]{{{MAX_INTEGER_DIGITS + 1}}}")


class Token(NamedTuple):
    """A piece of the clean text; `span` is where it stands in the given text."""

    kind: Kind
    text: str
    span: Span


def unquote(text: str) -> str:
    """Return the value of a quoted token: all quotes at both ends go, doubled ones inside stay."""
    return text.strip(text[0])


def scan(source: Source, *, trivia: bool = False) -> Iterator[Token]:
    """Cut the whole clean text into tokens; what fits nowhere comes as ERROR tokens.

    An unclosed quote is one ERROR token up to the end; any other ERROR is one character.

    Args:
        source: The statement; it may be too long or hold broken characters.
        trivia: Also yield BLANK and COMMENT.
    """
    text = source.clean
    last_line_end = text.rfind("\n")
    at = 0
    while at < len(text):
        if at < last_line_end and text.startswith("--", at):
            kind, end = Kind.COMMENT, text.index("\n", at) + 1
        else:
            kind, end = _match(text, at)
        if trivia or kind not in _TRIVIA:
            yield Token(kind, text[at:end], source.span(at, end))
        at = end


@lru_cache(maxsize=_KEPT)
def all_tokens(sql: str) -> tuple[Token, ...]:
    """Give what `scan` finds in a statement, with BLANK and COMMENT.

    The last few are kept: an editor colours, completes and explains the same text after each key.
    """
    return tuple(scan(Source(sql), trivia=True))


def meant_tokens(sql: str) -> Iterator[Token]:
    """Give the same without BLANK and COMMENT."""
    return (token for token in all_tokens(sql) if token.kind not in _TRIVIA)


def has_comments(sql: str) -> bool:
    """Tell whether a statement holds comments, which formatting would lose."""
    return any(token.kind is Kind.COMMENT for token in all_tokens(sql))


def _match(text: str, at: int) -> tuple[Kind, int]:
    found = _TOKEN.match(text, at)
    if found is None:
        return Kind.ERROR, len(text) if text[at] in "'\"" else at + 1
    piece = found.group()
    match found.lastgroup:
        case "NAME":
            return _word(piece), found.end()
        case "QUOTED_NAME" if unquote(piece) == "*":
            return Kind.QUOTED_STAR, found.end()
        case "FLOAT" if piece.isdigit():
            return Kind.INT, found.end()
        case "PUNCTUATION":
            return _PUNCTUATION[piece], found.end()
        case group:
            return Kind(group or ""), found.end()


def _word(piece: str) -> Kind:
    if piece.upper() in KEYWORDS:
        return Kind(piece.upper())
    return _WORDS.get(piece, Kind.NAME)


def tokenize(source: Source, tokens: Iterable[Token] | None = None) -> Iterator[Token]:
    """Yield the tokens that the parser reads.

    Args:
        source: The statement; `Source.require_readable` has passed.
        tokens: The result of `scan(source)` if there is one already.

    Raises:
        SqlSyntaxError: At the first token that is none, is no number although it looks like one,
            or goes beyond a limit; raised when that token is reached.
    """
    nesting = _Nesting()
    for token in scan(source) if tokens is None else tokens:
        match token.kind:
            case Kind.ERROR:
                raise _refuse(source, token)
            case Kind.FLOAT:
                _require_float(token)
            case Kind.INT | Kind.RANGE:
                _require_short(token)
            case _:
                nesting.follow(token)
        nesting.previous = token.kind
        yield token


def _refuse(source: Source, token: Token) -> SqlSyntaxError:
    character = token.text[0]
    if character in "'\"":
        line_end = source.text.find("\n", token.span.start)
        end = line_end if line_end > token.span.start else token.span.end
        span = source.span_of_text(token.span.start, min(end, token.span.end))
        what = "string" if character == "'" else "quoted name"
        return SqlSyntaxError(
            f"The {what} that begins here is never closed",
            span=span,
            expected=(character,),
            hint=hint_for_quote(character),
        )
    shown = character if character.isprintable() else f"U+{ord(character):04X}"
    return SqlSyntaxError(
        f"The character `{shown}` has no meaning in a rule",
        span=token.span,
        hint=hint_for_character(source.text, token.span.start),
    )


def _require_float(token: Token) -> None:
    text = token.text
    digits = text.rstrip("fFdD")
    if digits != text:
        message, hint = f"The number `{text}` has a suffix", f"Write {digits}"
    elif "." not in text:
        mantissa, exponent = text.lower().split("e")
        message = f"`{text}` is no number: an exponent needs a decimal point before it"
        hint = f"Write {mantissa}.0e{exponent}"
    elif float(text) == float("inf"):
        message, hint = f"The number `{_shorten(text)}` is too large", "The limit is about 1.8e308."
    else:
        return
    raise SqlSyntaxError(message, span=token.span, hint=hint)


def _require_short(token: Token) -> None:
    if _LONG_DIGITS.search(token.text):
        raise SqlSyntaxError(
            f"The integer has more than {MAX_INTEGER_DIGITS:,} digits",
            span=token.span,
            hint="Keep such a number as a string.",
        )


def _shorten(text: str) -> str:
    return text if len(text) <= 24 else f"{text[:16]}…{text[-6:]}"


class _Nesting:
    """Counts how deep the tree will be, so that no walker of it can run out of stack.

    Signs count until their operand ends, NOT until the next AND, OR or clause; both count for
    everything in the brackets that open meanwhile.
    """

    def __init__(self) -> None:
        self.previous = Kind.COMMA
        self._outer = 0
        self._signs = 0
        self._nots = 0
        self._open: list[tuple[int, int, int]] = []

    def follow(self, token: Token) -> None:
        match token.kind:
            case Kind.PLUS | Kind.MINUS if self.previous not in OPERAND_ENDS:
                self._signs += 1
            case Kind.NOT if self.previous not in OPERAND_ENDS:
                self._nots += 1
            case Kind.LPAR | Kind.LSQB | Kind.CASE:
                self._open.append((self._outer, self._signs, self._nots))
                self._outer += self._signs + self._nots + 1
                self._signs = self._nots = 0
            case Kind.RPAR | Kind.RSQB | Kind.END if self._open:
                self._outer, self._signs, self._nots = self._open.pop()
            case Kind.PLUS | Kind.MINUS | Kind.STAR | Kind.SLASH | Kind.DIV | Kind.MOD:
                self._signs = 0
            case Kind.COMPARISON | Kind.IN | Kind.AS:
                self._signs = 0
            case kind if kind is Kind.COMMA or kind in KEYWORDS:
                self._signs = self._nots = 0
            case _:
                return
        if self._outer + self._signs + self._nots > MAX_NESTING:
            raise SqlSyntaxError(
                f"The statement is nested more than {MAX_NESTING} levels deep",
                span=token.span,
                hint="Compute the inner part in a field of its own with AS, then use that alias.",
            )


class StatementLexer(Lexer):
    """The tokens of this module as lark reads them, positions in the given text included."""

    def __init__(self, lexer_conf: object) -> None:
        """Take and ignore lark's terminal patterns: they are not used."""

    def lex(self, data: str) -> Iterator[LarkToken]:  # pyright: ignore[reportIncompatibleMethodOverride] - lark calls lexers without `__future_interface__` with the text alone
        """Yield lark's tokens of a statement; errors are those of `tokenize`."""
        source = Source(data)
        source.require_readable()
        for token in tokenize(source):
            yield to_lark(token)


def to_lark(token: Token) -> LarkToken:
    """Convert a token for lark; `start_pos`, `end_pos`, `line` and `column` are its span."""
    span = token.span
    return LarkToken(
        token.kind.value, token.text, span.start, span.line, span.column, end_pos=span.end
    )
