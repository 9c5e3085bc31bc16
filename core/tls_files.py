"""The files that TLS options name: found, and looked into for what a person should know.

OpenSSL's words for a wrong file help nobody, and it says nothing of a certificate that has expired.
The window and the connection test ask here. What keeps a workspace from running is decided by
`core.bridge.validation`: files that are not there on this machine belong to that.
"""

from __future__ import annotations

import base64
import binascii
import os
import re
import ssl
import tempfile
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final, Literal, NamedTuple, TypeAlias

from core.certificate import Certificate
from core.errors import CodecError, ConfigError
from core.workspace.environment import Environment
from core.workspace.load import Loaded
from core.workspace.mqtt import SECURE_SCHEMES, Ssl
from core.workspace.problems import Problem, toml_path

TLS_FILE: Final = "tls_file"
"""The code of problems that lie in a file, and not in the workspace."""

Option: TypeAlias = Literal["cacertfile", "certfile", "keyfile", "password"]

_MOST_BYTES: Final = 4 << 20  # the authorities of a whole system are a quarter of a megabyte
_PEM: Final = "-----BEGIN "
_BLOCK: Final = re.compile(r"-----BEGIN ([A-Z0-9 ]+)-----(.*?)-----END \1-----", re.DOTALL)
_CERTIFICATES: Final = ("CERTIFICATE", "X509 CERTIFICATE", "TRUSTED CERTIFICATE")
_KEY: Final = "PRIVATE KEY"
_MISMATCH: Final = ("KEY_VALUES_MISMATCH", "KEY_TYPE_MISMATCH", "NO_CERTIFICATE_ASSIGNED")
_WEAK: Final = ("EE_KEY_TOO_SMALL", "CA_KEY_TOO_SMALL", "CA_MD_TOO_WEAK")
_NO_CERTIFICATE: Final = "a certificate in PEM begins with -----BEGIN CERTIFICATE-----"
_NO_KEY: Final = "a key in PEM begins with -----BEGIN PRIVATE KEY-----"


@dataclass(frozen=True, slots=True)
class FileFinding:
    """What is wrong with a file.

    Attributes:
        option: The option of the `ssl` table that it is about.
        message: What was found.
        hint: What to do.
    """

    option: Option
    message: str
    hint: str


class _Block(NamedTuple):
    label: str
    body: str

    @property
    def is_encrypted(self) -> bool:
        return self.label.startswith("ENCRYPTED") or "4,ENCRYPTED" in self.body


def file_problems(
    loaded: Loaded,
    environment: Environment,
    now: datetime,
    *,
    only: tuple[str | int, ...] | None = None,
) -> list[Problem]:
    """List what is wrong with the files of connectors that use TLS, as warnings.

    Reads them, at most 4 MiB of each, and asks for the passphrase of a key that has one: not for a
    loop's thread.

    Args:
        loaded: The workspace.
        environment: Where relative paths start, and where secrets are.
        now: What dates are compared with; aware.
        only: The table of one connector; None for all.
    """
    connectors = loaded.partial.connectors
    used = [
        (("connectors", "mqtt", name, "ssl"), as_loaded(source.ssl))
        for name, source in connectors.mqtt.items()
        if source.ssl.enable or source.server.startswith(SECURE_SCHEMES)
    ]
    used += [
        (("connectors", "kafka", name, "ssl"), cluster.ssl)
        for name, cluster in connectors.kafka.items()
        if cluster.ssl.enable
    ]
    problems: list[Problem] = []
    for table, options in used:
        if only not in (None, table[:-1]):
            continue
        for found in file_findings(options, environment, now):
            path = toml_path((*table, found.option))
            line = loaded.line_of(path)
            problems.append(Problem(path, TLS_FILE, "warning", found.message, found.hint, line))
    return problems


def file_findings(
    options: Ssl, environment: Environment, now: datetime | None = None
) -> list[FileFinding]:
    """List what is wrong with the files of one `ssl` table; blocks on them, any thread.

    Files that are not there are left out, and so is what only a passphrase that cannot be looked
    up would show. Without `now` no date is compared, nor an authority's that verifies nobody.
    """
    return [*_authority(options, environment, now), *_own(options, environment, now)]


def as_loaded(options: Ssl) -> Ssl:
    """Leave out what Python's TLS does not load: the authority, where it verifies nobody.

    Kafka's client loads it all the same.
    """
    if options.verify == "verify_peer":
        return options
    return options.model_copy(update={"cacertfile": None})


def _existing(text: str, option: str, environment: Environment) -> Path:
    """Find the file of an option.

    Raises:
        ConfigError: It is not there.
    """
    path = environment.path(text)
    if not path.is_file():
        raise ConfigError(
            f"{option}: there is no file {path}",
            path=option,
            value=text,
            hint="relative paths start at the folder of the workspace file",
        )
    return path


def is_pem(text: str) -> bool:
    """Tell PEM text, which may have other lines before it, from the path of a file."""
    return _PEM in text


@contextmanager
def as_file(text: str, option: str, environment: Environment) -> Generator[Path]:
    """Have a certificate or key as a file: Python's ssl loads own certificates from files only.

    Raises:
        ConfigError: A path leads nowhere.
        OSError: The file cannot be looked at, or none be written.
    """
    if not is_pem(text):
        yield _existing(text, option, environment)
        return
    handle, name = tempfile.mkstemp(suffix=".pem")  # readable by this user alone
    try:
        with os.fdopen(handle, "w", encoding="ascii", errors="replace") as file:
            file.write(text)
        yield Path(name)
    finally:
        Path(name).unlink(missing_ok=True)


def _authority(
    options: Ssl, environment: Environment, now: datetime | None
) -> Iterator[FileFinding]:
    if not options.cacertfile:
        return
    read = _read("cacertfile", options.cacertfile, environment)
    if isinstance(read, bytes):
        read = _certificates("cacertfile", read)
    if isinstance(read, list):
        # One of many may have expired without harm: those of a system are never all valid.
        last, verifies = max(read, key=_end), options.verify == "verify_peer"
        read = _date_of("cacertfile", last, now) if verifies and now is not None else None
    if read is not None:
        yield read


def _own(options: Ssl, environment: Environment, now: datetime | None) -> Iterator[FileFinding]:
    """Look at the client certificate, its key, and whether they belong together."""
    certificates = key = None
    if options.certfile:
        read = _read("certfile", options.certfile, environment)
        certificates = _certificates("certfile", read) if isinstance(read, bytes) else read
        if isinstance(certificates, list) and now is not None:
            wrong = _date_of("certfile", certificates[0], now)
            if wrong is not None:
                yield wrong
    if options.keyfile:
        read = _read("keyfile", options.keyfile, environment)
        key = _key(read) if isinstance(read, bytes) else read
    yield from (found for found in (certificates, key) if isinstance(found, FileFinding))
    if isinstance(key, _Block):
        yield from _together(options, environment, key, has_both=isinstance(certificates, list))


def _together(
    options: Ssl, environment: Environment, key: _Block, *, has_both: bool
) -> Iterator[FileFinding]:
    password = ""
    if key.is_encrypted:
        if options.password is None:
            yield FileFinding(
                "password", "the private key is encrypted", "give the passphrase that opens it"
            )
            return
        try:
            password = environment.resolve_secret(options.password)
        except ConfigError:
            return  # told when the connection is made
    if has_both:
        reason = _loaded(options, environment, password)
        if reason:
            yield _refusal(reason, is_encrypted=key.is_encrypted)


def _loaded(options: Ssl, environment: Environment, password: str) -> str:
    """Have OpenSSL load certificate and key; returns why it does not, empty where it does."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    try:
        with (
            as_file(options.certfile or "", "ssl.certfile", environment) as certificate,
            as_file(options.keyfile or "", "ssl.keyfile", environment) as key,
        ):
            context.load_cert_chain(certificate, key, password=lambda: password)
    except ssl.SSLError as exc:
        return exc.reason or str(exc)
    except (ValueError, OSError, ConfigError) as exc:  # a passphrase too long, a file that went
        return str(exc)
    return ""


def _refusal(reason: str, *, is_encrypted: bool) -> FileFinding:
    """Say why OpenSSL does not take a certificate with a key."""
    if reason in _MISMATCH:
        return FileFinding(
            "keyfile",
            "this key does not belong to the client certificate",
            "give the key that the certificate was made for",
        )
    if reason in _WEAK:
        words = reason.replace("_", " ").lower()
        hint = "have a new one made, with an RSA key of at least 2048 bits or an EC key"
        return FileFinding("certfile", f"this certificate is too weak to be used ({words})", hint)
    if is_encrypted:
        return FileFinding(
            "password", "this passphrase does not open the private key", "type it again"
        )
    return FileFinding("keyfile", f"this private key cannot be read ({reason})", "copy it again")


def _read(option: Option, text: str, environment: Environment) -> bytes | FileFinding | None:
    """Give what an option names; None where no such file is there."""
    if is_pem(text):
        return text.encode()
    path = environment.path(text)
    try:
        if not path.is_file():
            return None
        with path.open("rb") as file:
            data = file.read(_MOST_BYTES + 1)
    except (OSError, ValueError) as exc:
        reason = exc.strerror if isinstance(exc, OSError) and exc.strerror else exc
        return FileFinding(option, f"this file cannot be read: {reason}", "check its permissions")
    if len(data) > _MOST_BYTES:
        message = "this file is too large for a certificate or a key"
        return FileFinding(option, message, "choose another file")
    return data


def _blocks(data: bytes) -> list[_Block]:
    text = data.decode("latin-1").replace("\r\n", "\n")
    return [_Block(label, body) for label, body in _BLOCK.findall(text)]


def _certificates(option: Option, data: bytes) -> list[Certificate] | FileFinding:
    blocks = _blocks(data)
    found = [block.body for block in blocks if block.label in _CERTIFICATES]
    if not found:
        if any(block.label.endswith(_KEY) for block in blocks):
            message = "this file has a private key, and no certificate"
            return FileFinding(option, message, "give the file of the certificate")
        return FileFinding(option, *_no_certificate(data))
    try:
        return [Certificate.from_der(base64.b64decode(body, validate=False)) for body in found]
    except (CodecError, binascii.Error):
        return FileFinding(option, "the certificate in this file is damaged", "copy it again")


def _no_certificate(data: bytes) -> tuple[str, str]:
    try:
        Certificate.from_der(data)
    except CodecError:
        return "this file is not a certificate", _NO_CERTIFICATE
    return "this certificate is in binary form (DER), and PEM is needed", (
        "convert it: openssl x509 -inform der -in FILE -out FILE.pem"
    )


def _key(data: bytes) -> _Block | FileFinding:
    key = next((block for block in _blocks(data) if block.label.endswith(_KEY)), None)
    return key or FileFinding("keyfile", "this file has no private key", _NO_KEY)


def _end(certificate: Certificate) -> datetime:
    return certificate.not_after


def _date_of(option: Option, certificate: Certificate, now: datetime) -> FileFinding | None:
    if certificate.not_after < now:
        message = f"certificate expired on {certificate.not_after:%Y-%m-%d}"
        return FileFinding(option, message, "have a new one made")
    if certificate.not_before > now:
        message = f"certificate is not valid before {certificate.not_before:%Y-%m-%d}"
        return FileFinding(option, message, "check this computer's clock")
    return None
