"""Adds a field to what a statement selects, for templates that name it."""

from __future__ import annotations

from typing import Final

from core.errors import SqlError
from core.sql.ast import Select
from core.sql.columns import MESSAGE_PUBLISH, event_kind
from core.sql.parser import parse

_PAYLOAD: Final = "payload"


def field_for(name: str) -> str:
    """Write what SELECT needs so that templates can name it: a column, or a field of the payload.

    Empty for a name that would have to be quoted.
    """
    if not name.isidentifier() or not name.isascii():
        return ""
    kind = event_kind(MESSAGE_PUBLISH)
    if kind is not None and name in kind.examples:
        return name
    return f"{_PAYLOAD}.{name} as {name}"


def with_field(sql: str, field: str) -> str:
    """Put a field behind the last one of SELECT; the same text where that cannot be done."""
    try:
        statement = parse(sql)
    except SqlError:
        return sql
    if not field or not isinstance(statement, Select) or not statement.fields:
        return sql
    end = statement.fields[-1].span.end
    start = sql.rfind("\n", 0, end) + 1
    line = sql[start:end]
    indent = line[: len(line) - len(line.lstrip())]
    between = f",\n{indent}" if indent else ", "
    return f"{sql[:end]}{between}{field}{sql[end:]}"
