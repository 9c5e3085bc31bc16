"""From a tree back to text, in one style.

Parsing the result gives the same tree. Comments are in no tree: a caller that formats a user's
text asks `core.sql.lexer.has_comments` first.
"""

from __future__ import annotations

import re
from typing import Final

from core.sql.ast import (
    Aliased,
    And,
    Arith,
    BoolLit,
    Call,
    Case,
    Compare,
    Expr,
    Field,
    FloatLit,
    Foreach,
    In,
    Index,
    IndexRef,
    IntLit,
    Key,
    ListLit,
    Not,
    Or,
    RangeLit,
    Ref,
    Slice,
    Star,
    Statement,
    Step,
    StringLit,
    Topic,
    Unary,
)
from core.sql.lexer import KEYWORDS

LINE_WIDTH: Final = 80
"""A clause that is longer is broken: fields one to a line, conditions before AND and OR."""

_INDENT: Final = "  "
_BARE: Final = re.compile(r"[A-Za-z][A-Za-z0-9_$@~]*")
_UNUSABLE: Final = frozenset({"div", "mod", "true", "false"})

# How tightly an expression holds together; an operand of a lower level needs parentheses.
_OR, _AND, _NOT, _COMPARISON, _TERMS, _FACTORS, _SIGN, _ATOM = range(8)


def format_statement(statement: Statement) -> str:
    """Write a statement: keywords in capitals, a clause per line, aliases with AS.

    Args:
        statement: As `core.sql.parser.parse` gives it. A tree built otherwise must be one that
            the grammar can produce.
    """
    match statement:
        case Foreach(fields=fields, do=do, incase=incase, topics=topics, where=where):
            clauses = [_fields("FOREACH", fields)]
            if do is not None:
                clauses.append(_fields("DO", do))
            if incase is not None:
                clauses.append(_condition("INCASE", incase))
        case _:
            topics, where = statement.topics, statement.where
            clauses = [_fields("SELECT", statement.fields)]
    clauses.append(_clause("FROM", [format_topic(topic) for topic in topics]))
    if where is not None:
        clauses.append(_condition("WHERE", where))
    return "\n".join(clauses)


def format_expr(expr: Expr) -> str:
    """Write one expression on one line."""
    return _write(expr, _OR)


def format_topic(topic: Topic) -> str:
    """Write an entry of FROM, in double quotes if it can be."""
    quote = '"' if _fits(topic.text, '"') else "'"
    return f"{quote}{topic.text}{quote}"


def _fields(keyword: str, fields: tuple[Field, ...]) -> str:
    return _clause(keyword, ["*" if isinstance(one, Star) else format_expr(one) for one in fields])


def _clause(keyword: str, parts: list[str]) -> str:
    line = f"{keyword} {', '.join(parts)}"
    if len(line) <= LINE_WIDTH or len(parts) == 1:
        return line
    return f"{keyword}\n{_INDENT}" + f",\n{_INDENT}".join(parts)


def _condition(keyword: str, expr: Expr) -> str:
    line = f"{keyword} {format_expr(expr)}"
    if len(line) > LINE_WIDTH and isinstance(expr, And | Or):
        word, level = ("AND", _NOT) if isinstance(expr, And) else ("OR", _AND)
        parts = [_write(operand, level) for operand in expr.operands]
        return f"{keyword} {parts[0]}" + "".join(f"\n{_INDENT}{word} {part}" for part in parts[1:])
    return line


def _write(expr: Expr, level: int) -> str:
    own, text = _level_and_text(expr)
    return text if own >= level else f"({text})"


def _level_and_text(expr: Expr) -> tuple[int, str]:
    match expr:
        case Or(operands=parts):
            return _OR, " OR ".join(_write(part, _AND) for part in parts)
        case And(operands=parts):
            return _AND, " AND ".join(_write(part, _NOT) for part in parts)
        case Not(operand=operand):
            return _NOT, f"NOT {_write(operand, _NOT)}"
        case Compare(left=left, op=op, right=right):
            return _COMPARISON, f"{_write(left, _TERMS)} {op} {_write(right, _TERMS)}"
        case In(value=value, items=items, negated=negated):
            word = "NOT IN" if negated else "IN"
            return _COMPARISON, f"{_write(value, _TERMS)} {word} ({_join(items)})"
        case Aliased(expr=inner, alias=alias):
            return _COMPARISON, f"{_write(inner, _COMPARISON)} AS {_write(alias, _ATOM)}"
        case Arith():
            return _arith(expr)
        case Unary(op=op, operand=operand):
            text = _write(operand, _SIGN)
            # Two minus signs in a row could begin a comment.
            return _SIGN, f"{op} {text}" if text[0] in "+-" else f"{op}{text}"
        case _:
            return _ATOM, _atom(expr)


def _arith(expr: Arith) -> tuple[int, str]:
    own = _TERMS if expr.rest[0].op in {"+", "-"} else _FACTORS
    # Below a chain stands what holds together tighter than it.
    parts = [_write(expr.first, own + 1)]
    parts += [f"{step.op} {_write(step.operand, own + 1)}" for step in expr.rest]
    return own, " ".join(parts)


def _atom(
    expr: StringLit | IntLit | FloatLit | BoolLit | RangeLit | ListLit | Ref | Slice | Call | Case,
) -> str:
    match expr:
        case StringLit(value=text):
            return f"'{text}'"
        case IntLit(value=number):
            return str(number)
        case FloatLit(value=number):
            return _float(number)
        case BoolLit(value=value):
            return "true" if value else "false"
        case RangeLit(begin=begin, end=end):
            return f"[{begin}..{end}]"
        case ListLit(items=items):
            return f"[{_join(items)}]"
        case Ref(name=name, steps=steps, quoted=quoted):
            return _name(name, quoted=quoted) + "".join(_step(step) for step in steps)
        case Slice(ref=ref, begin=begin, end=end):
            return f"{_atom(ref)}[{begin}..{end}]"
        case Call(target=target, args=args):
            name = target.name if isinstance(target, Ref) and not target.steps else ""
            # As function names `div` and `mod` need no quotes.
            return f"{name if name in {'div', 'mod'} else _atom(target)}({_join(args)})"
        case Case(subject=subject, whens=whens, otherwise=otherwise):
            parts = ["CASE"] if subject is None else ["CASE", format_expr(subject)]
            for when in whens:
                parts += ["WHEN", format_expr(when.condition), "THEN", format_expr(when.result)]
            if otherwise is not None:
                parts += ["ELSE", format_expr(otherwise)]
            return " ".join([*parts, "END"])


def _join(items: tuple[Expr, ...]) -> str:
    return ", ".join(format_expr(item) for item in items)


def _float(number: float) -> str:
    mantissa, exponent, digits = repr(number).partition("e")
    return f"{mantissa if '.' in mantissa else mantissa + '.0'}{exponent}{digits}"


def _is_bare(name: str) -> bool:
    usable = name not in _UNUSABLE and name.upper() not in KEYWORDS
    return usable and _BARE.fullmatch(name) is not None


def _name(name: str, *, quoted: bool) -> str:
    return name if _is_bare(name) and not quoted else f'"{name}"'


def _step(step: Step) -> str:
    match step:
        case Key(name=name) if _is_bare(name):
            return f".{name}"
        case Key(name=name):
            quote = "'" if _fits(name, "'") else '"'
            return f".{quote}{name}{quote}"
        case Index(value=value, negative_zero=negative_zero):
            return "[-0]" if negative_zero else f"[{value}]"
        case IndexRef(ref=ref):
            return f"[{_atom(ref)}]"


def _fits(text: str, quote: str) -> bool:
    """Tell whether a text can stand between these quotes: they occur in pairs, not at its ends."""
    ends = text.startswith(quote) or text.endswith(quote)
    return not ends and quote not in text.replace(quote * 2, "")
