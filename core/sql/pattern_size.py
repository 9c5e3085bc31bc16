"""How large a regular expression becomes when it is compiled.

The `regex` module copies what has to occur several times, so a short expression such as
`(ab){999999}` takes seconds and gigabytes while it is compiled, where no timeout reaches it.
"""

from __future__ import annotations

import re
from typing import Final

_MANY: Final = 1_000_000_000  # no more parts than these are counted

_TOKEN: Final = re.compile(
    r"\\(?:[NpPxgL]\{[^}]*\}|.)"
    r"|\[\^?\]?(?:\\.|\[:\^?\w+:\]|[^\]\\])*\]"
    r"|\{\s*(?P<least>\d+)\s*(?:,\s*\d*\s*)?\}"
    r"|(?P<open>\()|(?P<close>\))|.",
    re.DOTALL,
)


def pattern_parts(source: str) -> int:
    """Count the parts of an expression, each as often as it has to occur.

    A character, a class, an escape, a group and a sign are a part each. Pure; never raises.

    Cost: O(length), and O(length²) where many `[` stand that nothing closes.
    """
    outer: list[int] = []
    before = last = 0  # the parts of this group, without and of what a count would stand for
    for token in _TOKEN.finditer(source):
        if token["open"]:
            outer.append(before + last)
            before = last = 0
        elif token["close"]:
            inner = before + last + 1
            before, last = outer.pop() if outer else 0, inner
        elif token["least"]:
            digits = token["least"].lstrip("0")
            count = int(digits or 1) if len(digits) < len(str(_MANY)) else _MANY
            last = min(last * count, _MANY)
        else:
            before, last = before + last, 1
    return min(sum(outer) + before + last, _MANY)
