"""Logging: what a record looks like on a terminal and as JSON, and what must never be in it."""

from __future__ import annotations

import base64
import json
import logging
import sys
import threading
import traceback
from datetime import UTC, datetime
from types import TracebackType
from typing import Any, Final, TextIO, TypeAlias
from urllib.parse import quote, quote_plus

import msgspec

MASK: Final = "***"
_SHORTEST_SECRET: Final = 4
_OWN_ATTRIBUTES: Final = frozenset(
    (*vars(logging.makeLogRecord({})), "message", "asctime", "taskName")
)
_ExcInfo: TypeAlias = tuple[type[BaseException], BaseException, TracebackType | None]


class Redactor(logging.Filter):
    """Masks known secrets in records: in the message, the structured extras and the traceback.

    Put it on handlers, not on loggers: a logger's filter does not see what its children log.
    Secrets shorter than 4 characters are left alone, since masking them would garble every line.
    """

    def __init__(self) -> None:
        super().__init__()
        self._secrets: tuple[str, ...] = ()
        self._lock = threading.Lock()  # of those who add; nobody waits to mask

    def add(self, secret: str) -> None:
        """Mask this text from now on, in all forms that it takes on the way to a log; any thread.

        Cost: up to 20 forms a secret, each searched in every line: 1 to 3 us a line.
        """
        if len(secret) < _SHORTEST_SECRET or secret in self._secrets:
            return
        forms = _forms(secret)
        with self._lock:
            known = {*self._secrets, *forms}
            self._secrets = tuple(sorted(known, key=len, reverse=True))

    def mask(self, text: str) -> str:
        """Return the text with every known secret replaced."""
        for secret in self._secrets:
            text = text.replace(secret, MASK)
        return text

    def filter(self, record: logging.LogRecord) -> bool:
        """Mask the record in place; never drops one."""
        if not self._secrets:
            return True
        record.msg, record.args = self.mask(record.getMessage()), None
        for name, value in extras(record).items():
            setattr(record, name, self._masked(value))
        if record.exc_info and record.exc_info[0] is not None:
            record.exc_text = self.mask(record.exc_text or _traceback(record.exc_info))
        return True

    def _masked(self, value: object) -> object:
        if value is None or isinstance(value, bool | int | float):
            return value
        text = str(value)
        masked = self.mask(text)
        return masked if masked != text else value


class JsonFormatter(logging.Formatter):
    """One JSON object a record: time, level, logger, message, the extras, the traceback."""

    def format(self, record: logging.LogRecord) -> str:
        """Encode a record; extras that are no JSON are written as text."""
        entry: dict[str, object] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
            **extras(record),
        }
        if record.exc_info and record.exc_info[0] is not None:
            entry["traceback"] = record.exc_text or _traceback(record.exc_info)
        return msgspec.json.encode(entry, enc_hook=str).decode()


class TextFormatter(logging.Formatter):
    """One line a record: time, level, message, then the extras as `name=value`."""

    def format(self, record: logging.LogRecord) -> str:
        """Write a record; a traceback follows on its own lines."""
        time = datetime.fromtimestamp(record.created, UTC).strftime("%H:%M:%S")
        values = "".join(f" {name}={value}" for name, value in extras(record).items())
        text = f"{time} {record.levelname.lower():7} {record.name}: {record.getMessage()}{values}"
        if record.exc_info and record.exc_info[0] is not None:
            text += "\n" + (record.exc_text or _traceback(record.exc_info))
        return text


def extras(record: logging.LogRecord) -> dict[str, Any]:
    """Return what the caller gave as `extra=`."""
    return {name: value for name, value in vars(record).items() if name not in _OWN_ATTRIBUTES}


def set_up(
    level: int = logging.INFO, *, as_json: bool = False, stream: TextIO | None = None
) -> Redactor:
    """Send the records of the whole process to a stream (stderr), redacted.

    Replaces the handler of an earlier call; handlers of others stay.
    """
    redactor = Redactor()
    handler = _OwnHandler(stream or sys.stderr)
    handler.setFormatter(JsonFormatter() if as_json else TextFormatter())
    handler.addFilter(redactor)
    root = logging.getLogger()
    for old in [h for h in root.handlers if isinstance(h, _OwnHandler)]:
        root.removeHandler(old)
    root.addHandler(handler)
    root.setLevel(level)
    return redactor


def remember_secret(secret: str) -> None:
    """Tell every redactor of the process's handlers about a secret that was looked up."""
    for handler in logging.getLogger().handlers:
        for candidate in handler.filters:
            if isinstance(candidate, Redactor):
                candidate.add(secret)


def mask_secrets(text: str) -> str:
    """Take every secret that the process's handlers know out of a text."""
    for handler in logging.getLogger().handlers:
        for candidate in handler.filters:
            if isinstance(candidate, Redactor):
                text = candidate.mask(text)
    return text


class _OwnHandler(logging.StreamHandler[TextIO]):
    """The handler that `set_up` made, told apart from others by its class."""


def _forms(secret: str) -> set[str]:
    """Write a secret in every way that one may meet it: quoted, escaped, encoded."""
    data = secret.encode(errors="surrogatepass")
    doubled = secret.replace("\\", "\\\\")
    quoted = {repr(secret)[1:-1], ascii(secret)[1:-1], repr(data)[2:-1]}
    # A text around it with quotes of its own has those in the secret escaped, or left alone.
    quoted |= {doubled, doubled.replace("'", "\\'"), doubled.replace('"', '\\"')}
    quoted |= {json.dumps(secret)[1:-1], json.dumps(secret, ensure_ascii=False)[1:-1]}
    quoted |= {quote(data), quote(data, safe=""), quote_plus(data)}
    return {secret, *quoted, data.hex(), *_in_base64(data)}


def _in_base64(data: bytes) -> set[str]:
    """Write it in base64: alone, and as the end of `user:password` and of SASL's PLAIN."""
    found: set[str] = set()
    for encode in (base64.b64encode, base64.urlsafe_b64encode):
        found |= {encode(data).decode(), encode(data).decode().rstrip("=")}
        for before in (b":", b"\0"):
            for user in range(3):  # bytes of the user's name that share letters with what follows
                whole = encode(bytes(user) + before + data).decode().rstrip("=")
                found.add(whole[(user * 8 + 5) // 6 :])
    return found


def _traceback(exc_info: _ExcInfo | tuple[None, None, None]) -> str:
    return "".join(traceback.format_exception(*exc_info)).rstrip("\n")
