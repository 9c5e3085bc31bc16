"""Statements over one message, and what they give."""

from __future__ import annotations

from typing import Any

from tests.helpers.rules import evaluate, same

DOC = '{"a": 1, "b": {"c": [5, {"d": "x"}]}, "i": 2, "l": [10, 20, 30], "s": "{\\"q\\": [7, 8]}"}'


def select(fields: str, where: str = "", payload: str = DOC, **context: Any) -> Any:
    condition = f" WHERE {where}" if where else ""
    return evaluate(f'SELECT {fields} FROM "t/#"{condition}', payload=payload, **context)


def foreach(rest: str, payload: str = DOC, **context: Any) -> Any:
    return evaluate(f"FOREACH {rest}", payload=payload, **context)


def gives(result: Any, expected: Any) -> bool:
    assert same(result, expected), result
    return True
