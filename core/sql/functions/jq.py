"""`jq`: programs of the jq language, run by the context's runner."""

from __future__ import annotations

from typing import Final

from core.sql.functions.args import integer_arg, refuse, string_arg
from core.sql.functions.context import LIVE_JQ_LIMIT_MS, EvalContext
from core.sql.functions.registry import Example, Function
from core.sql.limits import check_list_size
from core.sql.text import encode_json
from core.sql.values import Value

_LONGEST_LIMIT_MS: Final = LIVE_JQ_LIMIT_MS
"""No statement may hold up its pipeline for longer, whatever limit it names."""


def _jq(context: EvalContext, *args: Value) -> Value:
    program = string_arg("jq: the program", args[0])
    text = args[1] if type(args[1]) is str else encode_json(args[1])
    limit_ms = context.jq_limit_ms
    if len(args) > 2:
        limit_ms = integer_arg("jq: the time limit", args[2])
        if limit_ms < 1:
            refuse("jq: the time limit", "1 ms or more", limit_ms)
    outputs = context.jq.run(program, text, min(limit_ms, _LONGEST_LIMIT_MS))
    check_list_size(len(outputs), "jq")
    return outputs


TABLE: Final = (
    Function(
        "jq", "jq", 2, 3, _jq, "jq(program, json[, timeout_ms])",
        "List of all outputs of a jq program on JSON text or on any value.",
        "the program does not compile or fails; the text is not JSON; the time limit passes",
        Example("jq('.a[] * 2', '{\"a\":[1,2]}')", [2, 4]), needs="context",
    ),
)  # fmt: skip
