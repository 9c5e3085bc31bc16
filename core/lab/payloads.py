"""Payloads as the text that people write, and as the bytes that travel. Pure."""

from __future__ import annotations

import base64
import binascii

import msgspec

from core.errors import CodecError
from core.workspace.lab import PayloadFormat

_BLANKS = str.maketrans("", "", " \t\r\n")


def payload_bytes(text: str, payload_format: PayloadFormat) -> bytes:
    """Turn what somebody wrote into the bytes it stands for; blanks in hex and Base64 are free.

    Raises:
        CodecError: The text is not in this format (`hex`, `base64`).
    """
    match payload_format:
        case "json" | "text":
            return text.encode("utf-8", "replace")
        case "hex":
            return _from_hex(text)
        case "base64":
            return _from_base64(text)


def payload_text(data: bytes, payload_format: PayloadFormat) -> str:
    """Write bytes in a format; inverse of `payload_bytes`.

    Raises:
        CodecError: The bytes are no text (`json`, `text`).
    """
    match payload_format:
        case "json" | "text":
            try:
                return data.decode()
            except UnicodeDecodeError as exc:
                raise CodecError("The payload is no text.", hint="Write it as hex.") from exc
        case "hex":
            return data.hex(" ")
        case "base64":
            return base64.b64encode(data).decode()


def fitting_format(data: bytes) -> PayloadFormat:
    """Name the format in which bytes read best: JSON if they hold a table or a list, text, hex."""
    try:
        text = data.decode()
        found = msgspec.json.decode(text)
    except UnicodeDecodeError:
        return "hex"
    except (msgspec.DecodeError, RecursionError):
        return "text"
    return "json" if isinstance(found, dict | list) else "text"


def _from_hex(text: str) -> bytes:
    try:
        return bytes.fromhex(text)
    except ValueError as exc:
        raise CodecError(
            f"The payload {text!r} is not hex.", hint='Write pairs of digits such as "01 ff".'
        ) from exc


def _from_base64(text: str) -> bytes:
    try:
        return base64.b64decode(text.translate(_BLANKS), validate=True)
    except (binascii.Error, ValueError) as exc:
        raise CodecError(
            f"The payload {text!r} is not base64.", hint="Check its characters and padding."
        ) from exc
