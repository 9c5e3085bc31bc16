"""Checks of function calls: the name, the number of arguments, where it is called."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from core.sql.ast import FUNCTION_MODULE, Call, Ref
from core.sql.diagnostics import join_words, nearest
from core.sql.functions.registry import Function
from core.sql.names import MESSAGE_FUNCTIONS
from core.sql.problem import Scope, SqlProblem

_AGGREGATE: Final = "A rule sees one message at a time: there are no aggregates"
_ELSEWHERE: Final = {
    "any_to_str": "Use str(x)",
    "avg": _AGGREGATE,
    "cast": "Use int(x), float(x), str(x) or bool(x)",
    "ceiling": "Use ceil(x)",
    "char_length": "Use strlen(x)",
    "count": _AGGREGATE,
    "iff": "Use CASE WHEN … THEN … ELSE … END",
    "ifnull": "Use coalesce(x, y)",
    "iif": "Use CASE WHEN … THEN … ELSE … END",
    "instr": "Use find(x, y), which gives the text from there on",
    "is_empty_val": "Use is_null_var(x) or is_empty(x)",
    "isnull": "Use is_null(x)",
    "json_extract": "Use a path: payload.a.b",
    "json_value": "Use a path: payload.a.b",
    "len": "Use strlen(x) for text, length(x) for lists",
    "max": _AGGREGATE,
    "min": _AGGREGATE,
    "now": "Use now_timestamp() or now_rfc3339()",
    "nvl": "Use coalesce(x, y)",
    "pow": "Use power(x, y)",
    "rand": "Use random()",
    "sha1": "Use sha(x)",
    "size": "Use length(x), map_size(x) or strlen(x)",
    "substring": "Use substr(x, start, length), which counts from 0",
    "sum": _AGGREGATE,
    "to_json": "Use json_encode(x)",
    "to_string": "Use str(x)",
    "topic_match": "Use topic =~ 'a/+'",
    "uuid": "Use uuid_v4()",
}


def check_call(call: Call, scope: Scope) -> Iterator[SqlProblem]:
    """Yield what is wrong with a call; its arguments are checked elsewhere."""
    name = call.function
    if name is None:
        yield _no_function(call)
        return
    function = scope.functions.get(name)
    if function is None:
        yield _unknown(call, name, scope)
        return
    count = len(call.args)
    if count < function.min_args or (function.max_args is not None and count > function.max_args):
        yield SqlProblem(
            call.span,
            "argument-count",
            "error",
            f"{name} takes {_arguments(function)}, here are {count}",
            f"Write it as {function.signature}",
        )
    if scope.is_condition and function.needs == "event":
        column = MESSAGE_FUNCTIONS.get(name, name)
        yield SqlProblem(
            call.span,
            "message-function",
            "warning",
            f"{name}() reads the message only in fields; in {scope.clause} it is undefined",
            f"Use the column {column}, or select {name}(…) as x and test x",
        )


def _no_function(call: Call) -> SqlProblem:
    target = call.target
    if isinstance(target, Ref) and len(target.steps) == 1:
        message = f"Functions of a module {target.name} cannot be called from a rule"
    else:
        message = "This is no function name: the rule fails here"
    hint = f"Call a built-in function by its name alone; only {FUNCTION_MODULE} is a module"
    return SqlProblem(target.span, "unknown-function", "error", message, hint)


def _unknown(call: Call, name: str, scope: Scope) -> SqlProblem:
    if name in scope.unavailable:
        message = f"{name} exists in EMQX but not in this build: it needs another service"
        hint = "Remove the call, or run this rule in EMQX"
        return SqlProblem(call.target.span, "unavailable-function", "error", message, hint)
    near = nearest(name, scope.functions)
    if name.lower() in _ELSEWHERE and name not in near:
        hint = _ELSEWHERE[name.lower()]
    elif near:
        hint = f"Did you mean {join_words(near)}?"
    else:
        hint = "See the list of functions; names are case-sensitive"
    message = f"Function {name} does not exist"
    return SqlProblem(call.target.span, "unknown-function", "error", message, hint)


def _arguments(function: Function) -> str:
    fewest, most = function.min_args, function.max_args
    if most is None:
        return f"at least {fewest} argument{'' if fewest == 1 else 's'}"
    if fewest == most:
        return f"{fewest or 'no'} argument{'' if fewest == 1 else 's'}"
    return f"{fewest} to {most} arguments"
