"""What a TLS certificate says about itself, read from its DER bytes.

The standard library shows a peer's certificate only after it was verified; a connection test
must explain those that were refused. Reads the few fields a person needs; verifies nothing.
"""

from __future__ import annotations

import hashlib
import ipaddress
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from core.errors import CodecError

_SEQUENCE: Final = 0x30
_UTC_TIME: Final = 0x17
_VERSION: Final = 0xA0
_EXTENSIONS: Final = 0xA3
_OCTETS: Final = 0x04
_DNS_NAME: Final = 0x82
_IP_ADDRESS: Final = 0x87
_COMMON_NAME: Final = bytes.fromhex("550403")
_ALT_NAMES: Final = bytes.fromhex("551d11")
_CENTURY_SPLIT: Final = 50  # RFC 5280 4.1.2.5.1: two-digit years from 50 on are 19xx


@dataclass(frozen=True, slots=True)
class Certificate:
    """The readable part of a certificate.

    Attributes:
        subject: Common name; the first alternative name where there is none.
        issuer: Common name of who signed it.
        names: Host names and addresses it is valid for, as in its subjectAltName.
        not_before: Start of its validity.
        not_after: End of its validity.
        sha256: Fingerprint, 64 hex digits.
    """

    subject: str
    issuer: str
    names: tuple[str, ...]
    not_before: datetime
    not_after: datetime
    sha256: str

    @classmethod
    def from_der(cls, der: bytes) -> Certificate:
        """Read a certificate.

        Raises:
            CodecError: The bytes are no X.509 certificate.
        """
        try:
            return _read(der)
        except (IndexError, ValueError, StopIteration) as exc:
            raise CodecError("The server's certificate cannot be read.") from exc

    def summary(self) -> str:
        """Tell whom it is for, who signed it and until when it is valid, in one line."""
        names = f" ({', '.join(self.names)})" if self.names else ""
        return (
            f"certificate of {self.subject}{names}, signed by {self.issuer}, "
            f"valid {self.not_before:%Y-%m-%d} to {self.not_after:%Y-%m-%d}"
        )


def _read(der: bytes) -> Certificate:
    body = next(_parts(next(_parts(der))[1]))[1]
    fields = [part for part in _parts(body) if part[0] != _VERSION]
    _serial, _algorithm, issuer, validity, subject, _key, *rest = fields
    start, end = (_time(tag, text) for tag, text in _parts(validity[1]))
    names = next((_alt_names(value) for tag, value in rest if tag == _EXTENSIONS), ())
    return Certificate(
        subject=_common_name(subject[1]) or (names[0] if names else "(no name)"),
        issuer=_common_name(issuer[1]) or "(no name)",
        names=names,
        not_before=start,
        not_after=end,
        sha256=hashlib.sha256(der).hexdigest(),
    )


def _parts(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Split DER into its elements: tag and content."""
    at = 0
    while at < len(data):
        tag, length = data[at], data[at + 1]
        at += 2
        if length & 0x80:
            size = length & 0x7F
            length = int.from_bytes(data[at : at + size], "big")
            at += size
        if at + length > len(data):
            raise ValueError("truncated")
        yield tag, data[at : at + length]
        at += length


def _time(tag: int, text: bytes) -> datetime:
    digits = text.decode("ascii").rstrip("Z")
    if tag == _UTC_TIME:
        digits = ("19" if int(digits[:2]) >= _CENTURY_SPLIT else "20") + digits
    return datetime.strptime(digits, "%Y%m%d%H%M%S").replace(tzinfo=UTC)


def _common_name(name: bytes) -> str:
    for _, group in _parts(name):
        for _, pair in _parts(group):
            (_, kind), (_, text) = _parts(pair)
            if kind == _COMMON_NAME:
                return text.decode("utf-8", "replace")
    return ""


def _alt_names(extensions: bytes) -> tuple[str, ...]:
    for _, extension in _parts(next(_parts(extensions))[1]):
        parts = list(_parts(extension))
        if parts[0][1] != _ALT_NAMES:
            continue
        octets = next(value for tag, value in parts if tag == _OCTETS)
        sequence = next(value for tag, value in _parts(octets) if tag == _SEQUENCE)
        return tuple(
            str(ipaddress.ip_address(value)) if tag == _IP_ADDRESS else value.decode("ascii")
            for tag, value in _parts(sequence)
            if tag in (_DNS_NAME, _IP_ADDRESS)
        )
    return ()
