"""A record as a command line of kcat, which produces it again from a shell."""

from __future__ import annotations

import base64
import shlex
from typing import TYPE_CHECKING

from gui.viewmodels.content import bytes_of

if TYPE_CHECKING:
    from core.kafka.records import TailRecord, Text


def kcat_line(record: TailRecord, bootstrap: str) -> str:
    """Write the line, for bash and zsh; empty for a record that no such line can carry.

    kcat sends what it reads up to a delimiter, so there must be a byte that the value has not; an
    argument carries no zero byte. How to sign in is not part of it: that would be a secret.

    Args:
        record: What to send.
        bootstrap: HOST:PORT, several separated by commas.
    """
    if any(b"\0" in bytes_of(text) for text in (record.key, *dict(record.headers).values())):
        return ""
    words = ["kcat", "-P", "-b", shlex.quote(bootstrap), "-t", shlex.quote(record.topic)]
    if record.key is not None:
        words += ["-k", _word(record.key)]
    for name, value in record.headers:
        words += ["-H", _header(name, value)]
    data = bytes_of(record.value)
    if not data:  # an empty line is an empty message, or null with -Z
        return " ".join(["echo |", *words, *(["-Z"] if record.value is None else [])])
    if isinstance(record.value, str) and b"\0" not in data:
        given = f"printf %s {shlex.quote(record.value)}"
    else:
        given = f"echo {base64.b64encode(data).decode()} | base64 -d"
    delimiter = next((byte for byte in (0x0A, 0x1E, *range(1, 256)) if byte not in data), 0)
    if not delimiter:
        return ""
    if delimiter != 0x0A:
        words += ["-D", f"'\\x{delimiter:02x}'"]
    return " ".join([given, "|", *words])


def _header(name: str, value: Text) -> str:
    if value is None:
        return shlex.quote(name)
    if isinstance(value, str):
        return shlex.quote(f"{name}={value}")
    return f"{shlex.quote(f'{name}=')}{_word(value)}"


def _word(text: Text) -> str:
    """Quote a text, or bytes by their numbers."""
    if isinstance(text, str):
        return shlex.quote(text)
    return "$'" + "".join(f"\\x{byte:02x}" for byte in bytes_of(text)) + "'"
