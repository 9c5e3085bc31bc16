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
    data, is_text = bytes_of(record.value), isinstance(record.value, str)
    if not data:
        # kcat passes over empty lines, but not over a line that is a key and nothing else.
        key = bytes_of(record.key)
        between = _unused(key, b"|")
        if record.key is None or not between:
            return ""
        words += ["-K", _delimiter(between)]
        if record.value is None:
            words.append("-Z")
        data, is_text = key + between, isinstance(record.key, str)
    elif record.key is not None:
        words += ["-k", _word(record.key)]
    for name, value in record.headers:
        words += ["-H", _header(name, value)]
    given = f"echo {base64.b64encode(data).decode()} | base64 -d"
    if is_text and b"\0" not in data:
        given = f"printf %s {shlex.quote(data.decode())}"
    end = _unused(data, b"\n")
    if not end:
        return ""
    if end != b"\n":
        words += ["-D", _delimiter(end)]
    return " ".join([given, "|", *words])


def _unused(data: bytes, wanted: bytes) -> bytes:
    """Give a byte that does not occur, a certain one if possible; empty if all of them do."""
    found = (byte for byte in (*wanted, *range(1, 0x20), *range(0x7F, 0x100)) if byte not in data)
    byte = next(found, 0)
    return bytes([byte]) if byte else b""


def _delimiter(byte: bytes) -> str:
    return f"'{byte.decode()}'" if byte == b"|" else f"'\\x{byte[0]:02x}'"


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
