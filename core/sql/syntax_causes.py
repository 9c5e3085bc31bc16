"""The usual causes of a syntax error, each with what to do about it.

One small function per cause: it returns the hint if it recognises the place, else an empty text.
`CAUSES` is their order, the surer ones first.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from typing import Final

from core.sql.builder import MISSING_FROM_HINT
from core.sql.lexer import KEYWORDS, OPERAND_ENDS, Kind
from core.sql.syntax_spot import CLAUSES, Spot, shorten

_ARITHMETIC: Final = frozenset({Kind.PLUS, Kind.MINUS, Kind.STAR, Kind.SLASH, Kind.DIV, Kind.MOD})
_RESERVED: Final = KEYWORDS | {Kind.DIV, Kind.MOD}
_FIELD_CLAUSES: Final = frozenset({Kind.SELECT, Kind.FOREACH, Kind.DO})

_LOGIC_IN_FIELD: Final = (
    "Conditions stand only in WHERE, INCASE and WHEN. In a field write: "
    "CASE WHEN a = 1 AND b = 2 THEN true ELSE false END as x"
)
_MISSING_SQL: Final = {
    "like": "There is no LIKE: use regex_match(x, 'a.*'), or `=~` for topic filters.",
    "ilike": "There is no ILIKE: use regex_match(x, '(?i)a.*').",
    "is": "There is no IS NULL: use is_null(x) for a missing value, is_null_var(x) for missing or "
    "JSON null.",
    "between": "There is no BETWEEN: write x >= 1 and x <= 9.",
    "group": "There is no GROUP BY: a rule sees one message at a time.",
    "order": "There is no ORDER BY: a rule sees one message at a time.",
    "having": "There is no HAVING: use WHERE.",
    "limit": "There is no LIMIT: a rule sees one message at a time.",
    "join": "There is no JOIN: list topics with a comma, FROM \"a/#\", \"b/#\".",
    "inner": "There is no JOIN: list topics with a comma, FROM \"a/#\", \"b/#\".",
    "left": "There is no JOIN: list topics with a comma, FROM \"a/#\", \"b/#\".",
    "union": "There is no UNION: list topics with a comma, or write a second rule.",
    "distinct": "There is no DISTINCT: a rule sees one message at a time.",
    "exists": "There is no EXISTS: use is_not_null(x).",
    "over": "There are no window functions: a rule sees one message at a time.",
}  # fmt: skip
_OTHER_STATEMENTS: Final = frozenset(
    {"insert", "update", "delete", "create", "drop", "alter", "with", "explain", "show", "set"}
)


def _beginning(spot: Spot) -> str:
    if spot.place:
        return ""
    if spot.word() in _OTHER_STATEMENTS:
        return "A rule only reads messages: begin with SELECT or FOREACH."
    return 'A rule begins with SELECT or FOREACH: SELECT * FROM "t/#"'


def _comment(spot: Spot) -> str:
    before, here, behind = spot.kind(-1), spot.kind(), spot.kind(1)
    if (before, here) == (Kind.SLASH, Kind.STAR) or (here, behind) == (Kind.SLASH, Kind.STAR):
        return "Block comments do not exist: begin each comment line with `--`."
    if (before is here is Kind.MINUS and spot.touches(0)) or (
        here is behind is Kind.MINUS and spot.touches(1)
    ):
        return "A comment needs a line behind it: press Enter after it, or put it further up."
    return ""


def _earlier_dashes(spot: Spot) -> str:
    for first, second in pairwise(spot.tokens[: spot.place]):
        if first.kind is second.kind is Kind.MINUS and first.span.end == second.span.start:
            return (
                "`--` begins a comment only if a line follows; here it is two minus signs. "
                "Press Enter after the comment."
            )
    return ""


def _missing_from(spot: Spot) -> str:
    if spot.token is None and "FROM" in spot.accepted and not spot.seen(Kind.FROM):
        return MISSING_FROM_HINT.replace(" before WHERE", " at the end")
    return ""


def _comma(spot: Spot) -> str:
    token = spot.token
    if spot.kind(-1) is not Kind.COMMA:
        return ""
    if token is None:
        return "Remove the last comma, or go on behind it."
    if token.kind is Kind.COMMA:
        return "Remove one of the two commas."
    if token.kind in CLAUSES or token.kind in {Kind.RPAR, Kind.END}:
        return f"Remove the comma before `{token.text}`."
    return ""


def _no_fields(spot: Spot) -> str:
    if spot.kind(-1) in _FIELD_CLAUSES and (spot.token is None or spot.kind() in CLAUSES):
        return "Name at least one field, or `*` for all columns."
    return ""


def _equality(spot: Spot) -> str:
    before, here = spot.at(-1), spot.token
    if not (before and here and before.kind is here.kind is Kind.COMPARISON):
        return ""
    if before.text + here.text == "==":
        return "Equality is written with one `=`."
    return f"Write one comparison; there is no `{before.text}{here.text}`."


def _chained_comparison(spot: Spot) -> str:
    token = spot.token
    if token is None or token.kind is not Kind.COMPARISON:
        return ""
    if any(other.kind is Kind.COMPARISON for other in spot.operand()):
        return "Comparisons cannot be chained: write a < b and b < c, in WHERE or WHEN."
    if spot.clause() in {*_FIELD_CLAUSES, Kind.THEN}:
        return "Remove the parentheses around the comparison: SELECT a = 1 as x"
    return ""


def _topic(spot: Spot) -> str:
    token = spot.token
    if token is None or spot.clause() is not Kind.FROM:
        return ""
    if token.kind in {Kind.NAME, Kind.QUOTED_NAME, Kind.STRING, Kind.AS} and spot.kind(-1) in {
        Kind.NAME,
        Kind.QUOTED_NAME,
        Kind.STRING,
    }:
        return "Topics have no alias; separate several topics with commas."
    if token.kind in {Kind.AND, Kind.OR, Kind.NOT, Kind.IN} and "WHERE" in spot.accepted:
        return 'Begin the condition with WHERE: FROM "t/#" WHERE a = 1'
    if (
        token.kind
        in _ARITHMETIC | {Kind.DOT, Kind.INT, Kind.FLOAT, Kind.LSQB} | _RESERVED - CLAUSES
    ):
        return f'Put the topic into double quotes: FROM "{_unquoted_topic(spot)}"'
    return ""


def _unquoted_topic(spot: Spot) -> str:
    """Return the run of characters around the place up to a blank or comma."""
    text, start = spot.source.text, spot.tokens[spot.place].span.start
    end = start
    while start and not text[start - 1].isspace() and text[start - 1] not in ",\"'":
        start -= 1
    while end < len(text) and not text[end].isspace() and text[end] not in ",\"'":
        end += 1
    return text[start:end]


def _clause_order(spot: Spot) -> str:
    kind = spot.kind()
    if kind is Kind.FROM and spot.clause() is Kind.WHERE:
        return "FROM stands once, before WHERE."
    if kind in {Kind.SELECT, Kind.FOREACH}:
        return "There are no sub-queries: a rule is one statement. Write a second rule."
    if kind in {Kind.DO, Kind.INCASE} and spot.seen(Kind.SELECT):
        return "DO and INCASE belong to FOREACH; a SELECT has only FROM and WHERE."
    if kind in {Kind.DO, Kind.INCASE}:
        return "The order is: FOREACH … DO … INCASE … FROM … WHERE …"
    return ""


def _missing_sql(spot: Spot) -> str:
    if spot.word() in _MISSING_SQL and spot.kind(-1) in OPERAND_ENDS:
        return _MISSING_SQL[spot.word()]
    if spot.kind(-2) in OPERAND_ENDS:
        if spot.word(-1) == "is" and spot.kind() is Kind.NOT:
            return "There is no IS NOT NULL: use is_not_null(x) or is_not_null_var(x)."
        if spot.word(-1) in _MISSING_SQL:
            return _MISSING_SQL[spot.word(-1)]
        if spot.word(-1) in {"div", "mod"}:
            return f"Write `{spot.word(-1)}` in lower case."
    return ""


def _star(spot: Spot) -> str:
    if spot.kind() is Kind.STAR and spot.kind(-1) is Kind.LPAR:
        return "`*` stands only as a whole field. There are no aggregates such as count(*)."
    if spot.kind(-1) is Kind.STAR and spot.kind() in {Kind.AS, Kind.NAME, Kind.DOT}:
        return "`*` has no alias: it copies all columns under their own names."
    return ""


def _after_value(spot: Spot) -> str:
    kind, before = spot.kind(), spot.kind(-1)
    if kind not in {Kind.LSQB, Kind.DOT, Kind.RANGE}:
        return ""
    if kind is Kind.LSQB and before is Kind.DOT:
        return "Write the index without a dot: a[1][2]"
    if kind is Kind.DOT and before is Kind.INT:
        return "A float needs a digit on both sides of the point: 1.0"
    if before is Kind.BOOL:
        return 'true and false are values; to use one as a name, quote it: "true".a'
    if before in {Kind.RPAR, Kind.RSQB, Kind.RANGE, Kind.STRING}:
        return (
            "Only a column or alias can have a path or index. Name the value first, in a field "
            "before: f(x) as y, y[1] as z"
        )
    if kind is Kind.DOT and before not in OPERAND_ENDS:
        return "A float needs a digit on both sides of the point: 0.5"
    return ""


def _path(spot: Spot) -> str:
    kind, before, token = spot.kind(), spot.kind(-1), spot.token
    if token is None or before not in {Kind.DOT, Kind.LSQB}:
        return ""
    if before is Kind.DOT:
        if kind is Kind.FLOAT:
            parts = ".".join(f"'{part}'" for part in token.text.split("."))
            return f"This reads as one number; quote the keys: {parts}"
        if kind in {Kind.BOOL, Kind.QUOTED_STAR} or kind in _RESERVED:
            bare = token.text.strip('"')
            return f"`{bare}` is reserved: quote it in a path, payload.'{bare}'"
        if spot.kind(-2) is Kind.INT:
            return "A float needs a digit on both sides of the point: 1.0"
        return "Quote keys that are no plain names: payload.'a key'"
    if kind is Kind.STRING:
        return f"A key follows a dot: a.{token.text}"
    return ""


def _index(spot: Spot) -> str:
    opener = spot.opener()
    if opener is None or spot.tokens[opener].kind is not Kind.LSQB or opener == 0:
        return ""
    if spot.tokens[opener - 1].kind not in {
        Kind.NAME,
        Kind.QUOTED_NAME,
        Kind.INT,
        Kind.STRING,
        Kind.RSQB,
    }:
        return ""
    if spot.kind() in {*_ARITHMETIC, Kind.FLOAT, Kind.COMMA, Kind.LPAR, Kind.DOT}:
        return "An index is an integer or a column: a[1], a[-1], a[i]. Compute it with AS before."
    return ""


def _alias(spot: Spot) -> str:
    token = spot.token
    if token is None:
        return "Write the name behind AS." if spot.kind(-1) is Kind.AS else ""
    if spot.kind(-1) is Kind.AS:
        if token.kind in CLAUSES:
            return f"Write a name between AS and `{token.text}`, or remove AS."
        bare = token.text.strip("'")
        if token.kind in {Kind.STRING, Kind.INT, Kind.FLOAT} or token.kind in _RESERVED:
            return f'Aliases are names; quote this one with double quotes: as "{bare}"'
        return "Behind AS stands a name or a path: as x, as a.b"
    needs_as = "AS" in spot.accepted and not spot.accepted & {"NAME", "DOT"}
    if needs_as and token.kind in {Kind.NAME, Kind.QUOTED_NAME, Kind.BOOL}:
        return f"After a comparison write AS before the name: as {shorten(token.text)}"
    if token.kind is Kind.STRING and spot.kind(-1) is Kind.STRING:
        return "Join strings with `+`, or separate them with a comma."
    if (
        token.kind is Kind.STRING
        and spot.kind(-1) in OPERAND_ENDS
        and spot.clause() in _FIELD_CLAUSES
    ):
        name = shorten(token.text).strip("'")
        return f'Aliases are names; use double quotes: as "{name}"'
    return ""


def _logic(spot: Spot) -> str:
    if spot.kind() not in {Kind.AND, Kind.OR, Kind.NOT, Kind.IN}:
        return ""
    opener = spot.opener()
    is_call = opener is not None and opener > 0 and spot.tokens[opener - 1].kind is Kind.NAME
    if is_call or spot.clause() in {*_FIELD_CLAUSES, Kind.THEN}:
        return _LOGIC_IN_FIELD
    return ""


def _empty_list(spot: Spot) -> str:
    if spot.kind() is Kind.RPAR and (spot.kind(-1), spot.kind(-2)) == (Kind.LPAR, Kind.IN):
        return "List at least one value: x in (1, 2)"
    if spot.kind(-1) is Kind.IN and spot.kind() is not Kind.LPAR:
        return "Write the values in parentheses: x in (1, 2). For a list use contains(x, list)."
    return ""


def _case(spot: Spot) -> str:
    if spot.kind() is Kind.CASE:
        return (
            "CASE is a whole field or stands inside function arguments. Give it a field of its "
            "own with AS, or write coalesce(CASE … END, 0)."
        )
    if spot.kind(-1) is Kind.END and spot.kind() in {*_ARITHMETIC, Kind.COMPARISON}:
        return "Calculate with a CASE inside a function argument: coalesce(CASE … END + 1, 0)"
    if "END" in spot.accepted and (spot.token is None or spot.kind() in CLAUSES):
        return "Close the CASE with END."
    if spot.kind() in {Kind.IF, Kind.ELSIF}:
        return "There is no IF: write CASE WHEN … THEN … ELSE … END"
    return ""


def _unclosed(spot: Spot) -> str:
    if spot.token is not None and spot.kind() not in CLAUSES:
        return ""
    opener = spot.opener()
    if opener is None:
        return ""
    token = spot.tokens[opener]
    closing = ")" if token.kind is Kind.LPAR else "]"
    where = f"line {token.span.line}, column {token.span.column}"
    return f"Close the `{token.text}` of {where} with `{closing}`."


def _surplus(spot: Spot) -> str:
    token = spot.token
    if token and token.kind in {Kind.RPAR, Kind.RSQB} and spot.opener() is None:
        return f"Remove it: no bracket is open that `{token.text}` could close."
    return ""


def _reserved(spot: Spot) -> str:
    token = spot.token
    if token and token.kind in _RESERVED and "NAME" in spot.accepted:
        return f'`{token.text}` is reserved. As a name it needs double quotes: "{token.text}"'
    return ""


def _unfinished(spot: Spot) -> str:
    before = spot.at(-1)
    if spot.token is not None or before is None:
        return ""
    if before.kind in {Kind.WHERE, Kind.INCASE, Kind.WHEN, Kind.NOT, Kind.AND, Kind.OR}:
        return f"Write a condition behind `{before.text}`, or remove it."
    if before.kind is Kind.FROM:
        return 'Name a topic in double quotes: FROM "t/#"'
    if before.kind is Kind.COMPARISON or before.kind in _ARITHMETIC:
        return f"Write the value behind `{before.text}`."
    return ""


def _missing_comma(spot: Spot) -> str:
    if (
        spot.kind(-1) in OPERAND_ENDS
        and spot.clause() in _FIELD_CLAUSES
        and "COMMA" in spot.accepted
    ):
        return "Separate fields with commas."
    return ""


CAUSES: Final[tuple[Callable[[Spot], str], ...]] = (
    _beginning,
    _no_fields,
    _comma,
    _equality,
    _missing_sql,
    _star,
    _comment,
    _topic,
    _alias,
    _clause_order,
    _unclosed,
    _missing_from,
    _after_value,
    _path,
    _index,
    _empty_list,
    _logic,
    _case,
    _chained_comparison,
    _surplus,
    _reserved,
    _unfinished,
    _earlier_dashes,
    _missing_comma,
)
