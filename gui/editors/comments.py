"""Turning lines into comments and back."""

from __future__ import annotations

from typing import Final

_MARK: Final = "--"


def toggled(lines: list[str], *, is_at_end: bool) -> list[str]:
    """Make lines comments, or take the marks off when all of them are comments.

    Args:
        lines: Without line ends; empty ones are left as they are.
        is_at_end: The last of them is the text's last line. A comment there gets a line behind
            it, since the language ends comments with a line end.
    """
    written = [line for line in lines if line.strip()]
    if written and all(line.lstrip().startswith(_MARK) for line in written):
        return [_without(line) for line in lines]
    indent = min((len(line) - len(line.lstrip()) for line in written), default=0)
    made = [f"{line[:indent]}{_MARK} {line[indent:]}" if line.strip() else line for line in lines]
    if is_at_end and made and made[-1].strip():
        made.append("")
    return made


def _without(line: str) -> str:
    before, mark, behind = line.partition(_MARK)
    return before + behind.removeprefix(" ") if mark else line
