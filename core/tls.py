"""TLS contexts for connections that this program opens itself."""

from __future__ import annotations

import ssl
from datetime import UTC, datetime
from typing import Final

from core.errors import ConfigError
from core.tls_files import FileFinding, as_file, as_loaded, file_findings
from core.workspace.environment import Environment
from core.workspace.mqtt import Ssl

_VERSIONS: Final = {
    "tlsv1.3": ssl.TLSVersion.TLSv1_3,
    "tlsv1.2": ssl.TLSVersion.TLSv1_2,
    "tlsv1.1": ssl.TLSVersion.TLSv1_1,
    "tlsv1": ssl.TLSVersion.TLSv1,
}


def client_context(options: Ssl, environment: Environment) -> ssl.SSLContext:
    """Build the context of a client connection from a connector's `ssl` table.

    Blocks on files and on the secret store; any thread. Without `cacertfile` the system's own
    authorities are trusted.

    Raises:
        ConfigError: A file is missing, cannot be read or holds no certificate or key, the
            password is wrong, or an option is unknown; `path` is the option.
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


def own_trouble(options: Ssl, environment: Environment) -> str:
    """Say what is wrong with certificates that can be used all the same; empty for nothing.

    That is a date, mostly. The key is left alone, so that nobody is asked for its passphrase again.
    Blocks on the files; any thread.
    """
    certificates = as_loaded(options).model_copy(update={"keyfile": None})
    found = file_findings(certificates, environment, datetime.now(UTC))
    return "; ".join(f"ssl.{each.option}: {each.message}" for each in found)


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
    if not names:
        raise ConfigError(
            "ssl.versions is an empty list",
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
        with as_file(options.cacertfile, "ssl.cacertfile", environment) as path:
            context.load_verify_locations(path)
    except OSError as exc:  # also OpenSSL's own
        hint = "give the certificate of the authority in PEM form"
        authority = options.model_copy(update={"certfile": None, "keyfile": None})
        found = [
            *file_findings(authority, environment),
            FileFinding("cacertfile", _reason(exc), hint),
        ]
        raise _unusable("ssl.cacertfile holds no certificate that can be read", found[0]) from exc


def _load_own_certificate(context: ssl.SSLContext, options: Ssl, environment: Environment) -> None:
    password = environment.resolve_secret(options.password) if options.password else ""
    certificate = options.certfile or ""
    key = options.keyfile or certificate
    try:
        with (
            as_file(certificate, "ssl.certfile", environment) as certificate_path,
            as_file(key, "ssl.keyfile", environment) as key_path,
        ):
            # A function: OpenSSL would ask the terminal when an encrypted key has no password.
            context.load_cert_chain(certificate_path, key_path, password=lambda: password)
    except (OSError, ValueError) as exc:  # also OpenSSL's own; a passphrase that is too long
        hint = (
            "check that ssl.certfile and ssl.keyfile belong together, are PEM files, "
            "and that ssl.password opens the key"
        )
        own = options.model_copy(update={"cacertfile": None})
        found = [*file_findings(own, environment), FileFinding("certfile", _reason(exc), hint)]
        raise _unusable("the client certificate and its key cannot be used", found[0]) from exc


def _reason(error: OSError | ValueError) -> str:
    if isinstance(error, ssl.SSLError):
        return error.reason or str(error)
    return (error.strerror if isinstance(error, OSError) else None) or str(error)


def _unusable(what: str, why: FileFinding) -> ConfigError:
    return ConfigError(f"{what} ({why.message})", path=f"ssl.{why.option}", hint=why.hint)
