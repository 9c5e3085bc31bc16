"""TLS contexts for connections that this program opens itself."""

from __future__ import annotations

import os
import ssl
import tempfile
from pathlib import Path
from typing import Final

from core.errors import ConfigError
from core.workspace.environment import Environment
from core.workspace.mqtt import Ssl

_VERSIONS: Final = {
    "tlsv1.3": ssl.TLSVersion.TLSv1_3,
    "tlsv1.2": ssl.TLSVersion.TLSv1_2,
    "tlsv1.1": ssl.TLSVersion.TLSv1_1,
    "tlsv1": ssl.TLSVersion.TLSv1,
}
_PEM: Final = "-----BEGIN "


def client_context(options: Ssl, environment: Environment) -> ssl.SSLContext:
    """Build the context of a client connection from a connector's `ssl` table.

    Blocks on files and on the secret store; any thread. Without `cacertfile` the system's own
    authorities are trusted.

    Raises:
        ConfigError: A file is missing or holds no certificate or key, the password is wrong, or
            an option is unknown; `path` is the option.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    verify = options.verify == "verify_peer"
    context.check_hostname = (
        verify and options.check_hostname and options.server_name_indication != "disable"
    )
    context.verify_mode = ssl.CERT_REQUIRED if verify else ssl.CERT_NONE
    _set_versions(context, options.versions)
    if options.ciphers:
        _set_ciphers(context, options.ciphers)
    if verify:
        _trust(context, options, environment)
    if options.certfile:
        _load_own_certificate(context, options, environment)
    if options.alpn:
        context.set_alpn_protocols(list(options.alpn))
    return context


def server_name(options: Ssl, host: str) -> str | None:
    """Choose the name for SNI and for checking the certificate; None sends no name."""
    match options.server_name_indication:
        case "auto" | "":
            return host
        case "disable":
            return None
        case name:
            return name


def _set_versions(context: ssl.SSLContext, names: tuple[str, ...]) -> None:
    unknown = [name for name in names if name not in _VERSIONS]
    if unknown or not names:
        raise ConfigError(
            f"ssl.versions does not know {', '.join(unknown) or 'an empty list'}",
            path="ssl.versions",
            value=list(names),
            hint=f"known: {', '.join(_VERSIONS)}",
        )
    chosen = sorted(_VERSIONS[name] for name in names)
    context.minimum_version, context.maximum_version = chosen[0], chosen[-1]


def _set_ciphers(context: ssl.SSLContext, names: tuple[str, ...]) -> None:
    older = [name for name in names if not name.startswith("TLS_")]  # 1.3's cannot be chosen here
    if not older:
        return
    try:
        context.set_ciphers(":".join(older))
    except ssl.SSLError as exc:
        raise ConfigError(
            f"ssl.ciphers names no cipher that this system has: {', '.join(older)}",
            path="ssl.ciphers",
            value=list(names),
            hint="use OpenSSL's names, or leave the option out",
        ) from exc


def _trust(context: ssl.SSLContext, options: Ssl, environment: Environment) -> None:
    if not options.cacertfile:
        context.load_default_certs(ssl.Purpose.SERVER_AUTH)
        return
    try:
        if options.cacertfile.lstrip().startswith(_PEM):
            context.load_verify_locations(cadata=options.cacertfile)
        else:
            path = _existing(options.cacertfile, "ssl.cacertfile", environment)
            context.load_verify_locations(cafile=path)
    except ssl.SSLError as exc:
        raise ConfigError(
            f"ssl.cacertfile holds no certificate that can be read ({exc.reason or exc})",
            path="ssl.cacertfile",
            hint="give the certificate of the authority in PEM form",
        ) from exc


def _load_own_certificate(context: ssl.SSLContext, options: Ssl, environment: Environment) -> None:
    password = environment.resolve_secret(options.password) if options.password else ""
    certificate = options.certfile or ""
    key = options.keyfile or certificate
    temporary: list[Path] = []
    try:
        certificate_path = _as_file(certificate, "ssl.certfile", environment, temporary)
        key_path = _as_file(key, "ssl.keyfile", environment, temporary)
        # A function, since OpenSSL would ask the terminal when an encrypted key has no password.
        context.load_cert_chain(certificate_path, key_path, password=lambda: password)
    except (ssl.SSLError, ValueError) as exc:
        reason = exc.reason if isinstance(exc, ssl.SSLError) else str(exc)
        raise ConfigError(
            f"the client certificate and its key cannot be used ({reason})",
            path="ssl.certfile",
            hint="check that ssl.certfile and ssl.keyfile belong together, are PEM files, "
            "and that ssl.password opens the key",
        ) from exc
    finally:
        for path in temporary:
            path.unlink(missing_ok=True)


def _existing(text: str, option: str, environment: Environment) -> Path:
    path = environment.path(text)
    if not path.is_file():
        raise ConfigError(
            f"{option}: there is no file {path}",
            path=option,
            value=text,
            hint="relative paths start at the folder of the workspace file",
        )
    return path


def _as_file(text: str, option: str, environment: Environment, temporary: list[Path]) -> Path:
    """Place a certificate or key in a file: Python's ssl loads own certificates from files only."""
    if not text.lstrip().startswith(_PEM):
        return _existing(text, option, environment)
    handle, name = tempfile.mkstemp(suffix=".pem")  # readable by this user alone
    temporary.append(Path(name))
    with os.fdopen(handle, "w", encoding="ascii") as file:
        file.write(text)
    return Path(name)
