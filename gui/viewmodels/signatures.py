"""A function's signature with the argument that is being written."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from core.sql.completion import Call
from gui.viewmodels.completion import function_help
from gui.viewmodels.words import tr

_ARGUMENT: Final = re.compile(r"[^,\[\]() ][^,\[\]()]*")
_ANY_MORE: Final = "..."


@dataclass(frozen=True, slots=True)
class Signature:
    """What is shown and said of a call.

    Attributes:
        text: Such as `substr(t, start[, len])`.
        start: Where its present argument begins in `text`.
        end: Behind its last character; `start` where the call takes no such argument.
        brief: What the function gives.
    """

    text: str
    start: int
    end: int
    brief: str

    @property
    def pieces(self) -> tuple[tuple[str, bool], ...]:
        """The text in parts, and of each whether it is the present argument."""
        text, start, end = self.text, self.start, self.end
        parts = ((text[:start], False), (text[start:end], True), (text[end:], False))
        return tuple(part for part in parts if part[0])

    @property
    def spoken(self) -> str:
        """The same for a screen reader."""
        argument = self.text[self.start : self.end]
        if not argument:
            return f"{self.text}. {self.brief}"
        text = tr("{signature}, now {argument}. {brief}")
        return text.format(signature=self.text, argument=argument, brief=self.brief)


def signature_of(call: Call) -> Signature | None:
    """Describe the function of a call; None when there is none of this name."""
    found = function_help(call.name)
    if found is None:
        return None
    text = f"{found.label}{found.detail}"
    arguments = [match.span() for match in _ARGUMENT.finditer(text, len(found.label))]
    start = end = len(text)
    if call.argument < len(arguments):
        start, end = arguments[call.argument]
    elif arguments and text[slice(*arguments[-1])].endswith(_ANY_MORE):
        start, end = arguments[-1]
    return Signature(text, start, end, found.brief)
