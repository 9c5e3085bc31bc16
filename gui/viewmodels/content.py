"""Keys, values and payloads as texts: decoded as the user wants them, laid out, and as bytes."""

from __future__ import annotations

import base64
import re
from typing import TYPE_CHECKING, Final, Literal, TypeAlias, get_args

import msgspec

from core.clock import local_time
from core.sql.json_text import NOT_JSON
from gui.viewmodels.words import plural, tr

if TYPE_CHECKING:
    from core.kafka.records import Text

Decode: TypeAlias = Literal["auto", "json", "text", "hex", "base64"]
"""`auto` shows JSON and text as they are, and says of other bytes that they are none."""

DECODES: Final[tuple[Decode, ...]] = get_args(Decode)
PREVIEW: Final = 400
"""Characters of a key or value that a row shows."""

MOST: Final = 32 << 10
_MOST_LINES: Final = 1_000
"""Characters and lines that are shown: to lay out more would hold the window up."""

_MOST_READ: Final = 1 << 20
"""Characters that are tried as JSON."""

_STRING_OR_SPACE: Final = re.compile(r'(?P<string>"(?:[^"\\]|\\.)*"?)|\s+')
_MOST_DUMPED: Final = 16 << 10
_PER_LINE: Final = 8
"""What fits into a dock at its usual width."""


def decode_name(decode: Decode) -> str:
    """Name a way to show bytes."""
    names = {
        "auto": tr("Automatic"),
        "json": tr("JSON"),
        "text": tr("Text"),
        "hex": tr("Hex"),
        "base64": tr("Base64"),
    }
    return names[decode]


def bytes_of(text: Text) -> bytes:
    """Give the bytes of a key or value; those that are null are none."""
    if text is None:
        return b""
    if isinstance(text, str):
        return text.encode("utf-8", "replace")
    return base64.b64decode(text.base64)


def misfit(text: Text, decode: Decode) -> str:
    """Say in two words why bytes are not what they are to be shown as; empty when they are.

    Cost: `json` reads the whole text.
    """
    if text is None or decode in ("auto", "hex", "base64"):
        return ""
    if not isinstance(text, str):
        return tr("no text")
    return tr("no JSON") if decode == "json" and not is_json(text) else ""


def is_json(text: str) -> bool:
    """Tell whether a text is JSON; one that is too long to be tried is taken for it."""
    if len(text) > _MOST_READ:
        return True
    try:
        msgspec.json.decode(text)
    except NOT_JSON:
        return False
    return True


def one_line(text: Text, decode: Decode) -> str:
    """Give the beginning of a key or value on one line; empty for bytes that are no text."""
    if text is None:
        return ""
    match decode:
        case "hex":
            return bytes_of(text)[: PREVIEW // 2].hex(" ")
        case "base64":
            return base64.b64encode(bytes_of(text)[: PREVIEW // 4 * 3]).decode()
        case "auto" if not isinstance(text, str):
            return ""
        case _:
            return " ".join(_readable(text)[:PREVIEW].split())


def compact(text: str) -> str:
    """Give the beginning of a payload on one line, and of JSON without the space between."""
    start = text[:PREVIEW]
    if not start.startswith(("{", "[")):
        return " ".join(start.split())
    return _STRING_OR_SPACE.sub(lambda found: found["string"] or "", start).replace("\n", " ")


def laid_out(text: str | Text, decode: Decode = "auto", most: int = MOST) -> str:
    """Lay a key or value out for reading: JSON over several lines, other text as it is.

    Args:
        text: The content.
        decode: How it is read.
        most: Characters that are shown.
    """
    match decode:
        case "hex":
            return dump(bytes_of(text))
        case "base64":
            whole = base64.b64encode(bytes_of(text)).decode()
            return _cut("\n".join(whole[at : at + 64] for at in range(0, len(whole), 64)), most)
        case "text":
            return _cut(_readable(text), most)
        case _:
            shown = _readable(text)
            return _cut(_spread(shown) if len(shown) <= _MOST_READ else shown, most)


def dump(data: bytes) -> str:
    """Dump bytes: offset, bytes, and what is ASCII among them; empty for none."""
    lines = [
        _dump_line(at, data[at : at + _PER_LINE])
        for at in range(0, min(len(data), _MOST_DUMPED), _PER_LINE)
    ]
    if (rest := len(data) - _MOST_DUMPED) > 0:
        lines.append(plural("and %n byte more", "and %n bytes more", rest))
    return "\n".join(lines)


def columns(pairs: list[tuple[str, str]]) -> str:
    """Write names and values below each other."""
    width = max(len(name) for name, _ in pairs) + 2
    return "\n".join(f"{name:<{width}}{value}" for name, value in pairs)


def _readable(text: Text) -> str:
    return text if isinstance(text, str) else bytes_of(text).decode("utf-8", "replace")


def _spread(text: str) -> str:
    try:
        msgspec.json.decode(text)
        return msgspec.json.format(text, indent=2)
    except NOT_JSON:
        return text  # shown as it is


def _cut(text: str, most: int) -> str:
    lines = text.split("\n", _MOST_LINES)
    if len(lines) > _MOST_LINES:
        count = lines.pop().count("\n") + 1
        lines.append(plural("… and %n line more", "… and %n lines more", count))
        text = "\n".join(lines)
    if (rest := len(text) - most) > 0:
        more = plural("… and %n character more", "… and %n characters more", rest)
        text = f"{text[:most]}\n{more}"
    return text


def _dump_line(at: int, data: bytes) -> str:
    numbers = data.hex(" ")
    letters = "".join(chr(byte) if 0x20 <= byte < 0x7F else "." for byte in data)
    return f"{at:04x}  {numbers:<{3 * _PER_LINE - 1}}  {letters}"


def moment_lines(time_ms: int) -> list[tuple[str, str]]:
    """Write date and time out for the line below a number; none where the calendar has none."""
    moment = local_time(time_ms)
    return [("", moment.isoformat(sep=" ", timespec="milliseconds"))] if moment else []
