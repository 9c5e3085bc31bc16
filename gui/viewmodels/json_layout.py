"""JSON as results and records show it: a flat object in few lines."""

from __future__ import annotations

from typing import Any, Final

import msgspec

from core.sql.json_text import NOT_JSON

_LINE: Final = 54


def laid_out(json: str, value: Any, line: int = _LINE) -> str:
    """Lay JSON out for reading: a flat object in few lines, anything else over as many it needs.

    Args:
        json: The text.
        value: The same, read.
        line: How many characters a line of a flat object takes, if it holds more than one field.
    """
    if not isinstance(value, dict) or any(isinstance(each, dict | list) for each in value.values()):
        return msgspec.json.format(json, indent=2)
    pairs = msgspec.json.format(json, indent=1).split("\n")[1:-1]  # a line each, indented by one
    lines = [""]
    for pair in (each.strip() for each in pairs):
        if lines[-1] and len(lines[-1]) + len(pair) > line:
            lines.append("")
        lines[-1] += f" {pair}"
    return "{" + "\n".join(lines)[1:] + "}"


def laid_out_text(text: str, line: int = _LINE) -> str:
    """Lay a text out if it is JSON; another one stays as it is."""
    try:
        return laid_out(text, msgspec.json.decode(text), line)
    except NOT_JSON:
        return text
