"""Colours for statements: a pygments lexer over the tokens that the parser reads.

What is coloured is what is meant, since nothing is matched a second time. Half-typed text is fine:
what is no token is an error, everything else keeps its colour. Pass the class where pygments takes
a lexer, as in `pygments.highlight(sql, RuleSqlLexer(), formatter)`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, ClassVar, Final, TypeAlias

from pygments.lexer import Lexer
from pygments.token import (
    Comment,
    Error,
    Keyword,
    Name,
    Number,
    Operator,
    Punctuation,
    String,
    Text,
)

from core.sql.lexer import KEYWORDS, OPERAND_ENDS, Kind, Token, all_tokens, meant_tokens

# pygments has no stubs; a token type is a tuple of its own.
TokenType: TypeAlias = Any

_TYPES: Final[dict[Kind, TokenType]] = {
    Kind.STRING: String.Single,
    Kind.QUOTED_NAME: Name.Variable,
    Kind.QUOTED_STAR: Name.Variable,
    Kind.NAME: Name,
    Kind.BOOL: Keyword.Constant,
    Kind.INT: Number.Integer,
    Kind.FLOAT: Number.Float,
    Kind.RANGE: Number.Integer,
    Kind.COMPARISON: Operator,
    Kind.PLUS: Operator,
    Kind.MINUS: Operator,
    Kind.STAR: Operator,
    Kind.SLASH: Operator,
    Kind.DIV: Operator.Word,
    Kind.MOD: Operator.Word,
    Kind.AND: Operator.Word,
    Kind.OR: Operator.Word,
    Kind.NOT: Operator.Word,
    Kind.IN: Operator.Word,
    Kind.COMMENT: Comment.Single,
    Kind.BLANK: Text.Whitespace,
    Kind.ERROR: Error,
}
_TOPICS: Final = frozenset({Kind.NAME, Kind.QUOTED_NAME, Kind.STRING, Kind.BOOL, Kind.QUOTED_STAR})
_CALLABLE: Final = frozenset({Kind.NAME, Kind.QUOTED_NAME, Kind.DIV, Kind.MOD})


class RuleSqlLexer(Lexer):
    """The rule language for pygments.

    Names are told apart by their place: `Name.Function` before a bracket, `Name.Attribute` in a
    path, `String.Symbol` for topics in FROM.
    """

    name = "EMQX rule SQL"
    url = "https://docs.emqx.com/en/emqx/latest/data-integration/rule-sql-syntax.html"
    aliases: ClassVar[Sequence[str]] = ("emqx-rule-sql", "rule-sql")
    filenames: ClassVar[Sequence[str]] = ("*.rule.sql",)

    def get_tokens_unprocessed(self, text: str) -> Iterator[tuple[int, TokenType, str]]:
        """Yield offset, type and text of every piece; together they are the whole text."""
        tokens = all_tokens(text)
        meant = list(meant_tokens(text))
        types = dict(zip((token.span.start for token in meant), _types(meant), strict=True))
        at = 0
        for token in tokens:
            start, end = token.span.start, token.span.end
            if start > at:
                yield at, Text.Whitespace, text[at:start]
            yield start, types.get(start, _TYPES.get(token.kind, Text)), text[start:end]
            at = end
        if at < len(text):
            yield at, Text.Whitespace, text[at:]


def _types(tokens: list[Token]) -> Iterator[TokenType]:
    """Yield the type of each token, given all of them without blanks and comments."""
    before: Kind | None = None
    in_topics = False
    for place, token in enumerate(tokens):
        behind = tokens[place + 1].kind if place + 1 < len(tokens) else None
        if token.kind in KEYWORDS:
            in_topics = token.kind is Kind.FROM and before is not Kind.DOT
        yield _type(token.kind, before, behind, in_topics=in_topics)
        before = token.kind


def _type(kind: Kind, before: Kind | None, behind: Kind | None, *, in_topics: bool) -> TokenType:
    if in_topics and kind in _TOPICS:
        return String.Symbol
    if before is Kind.DOT and kind in {Kind.NAME, Kind.QUOTED_NAME, Kind.STRING, Kind.INT}:
        return Name.Function if behind is Kind.LPAR else Name.Attribute
    if kind is Kind.NAME and behind is Kind.DOT:  # the column that a path begins with
        return Name.Attribute
    # `div` and `mod` are operators behind an operand and functions elsewhere.
    if kind in _CALLABLE and behind is Kind.LPAR and before not in OPERAND_ENDS:
        return Name.Function
    if kind is Kind.STAR and before in {Kind.SELECT, Kind.DO, Kind.FOREACH, Kind.COMMA}:
        return Keyword.Constant
    if kind in _TYPES:
        return _TYPES[kind]
    return Keyword if kind in KEYWORDS else Punctuation
