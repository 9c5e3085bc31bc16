"""Finds secrets by their references, when a connection needs them and not before."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Final

from core.errors import ConfigError
from core.workspace.environment import SecretResolver
from core.workspace.units import SecretRef

KEYRING_SERVICE: Final = "sluicegate"
_ELSEWHERE: Final = "use env:NAME or file:PATH instead"


def resolver(base_dir: Path, remember: Callable[[str], None]) -> SecretResolver:
    """Make the function that looks up the secrets of a workspace in this folder.

    Args:
        base_dir: Where relative paths of `file:` references start.
        remember: Told each secret that was looked up, to keep it out of the log.
    """

    def resolve_and_remember(ref: SecretRef) -> str:
        secret = resolve(ref, base_dir)
        remember(secret)
        return secret

    return resolve_and_remember


def resolve(ref: SecretRef, base_dir: Path) -> str:
    """Look up a secret.

    May block: keychains ask the user.

    Args:
        ref: Where it is kept.
        base_dir: Where a relative path of a `file:` reference starts.

    Raises:
        ConfigError: It is not there, or cannot be read; the text never holds the secret.
    """
    match ref.kind:
        case "env":
            return _from_environment(ref)
        case "file":
            return _from_file(ref, base_dir)
        case "secret":
            return _from_keyring(ref)


def store(name: str, secret: str) -> SecretRef:
    """Put a secret into the system keychain and return its reference.

    Raises:
        ConfigError: There is no keychain, or it refuses.
    """
    import keyring
    from keyring.errors import KeyringError

    ref = SecretRef("secret", name)
    try:
        keyring.set_password(KEYRING_SERVICE, name, secret)
    except KeyringError as exc:
        raise _no_keychain(ref, exc) from exc
    return ref


def remove(name: str) -> None:
    """Take a secret out of the system keychain; nothing happens if it is not there.

    Raises:
        ConfigError: There is no keychain, or it refuses.
    """
    import keyring
    from keyring.errors import KeyringError

    try:
        if keyring.get_password(KEYRING_SERVICE, name) is not None:
            keyring.delete_password(KEYRING_SERVICE, name)
    except KeyringError as exc:
        raise _no_keychain(SecretRef("secret", name), exc) from exc


def keychain_name() -> str:
    """Tell what the system keychain is called; empty where there is none that can be used.

    May block: it looks for services of the desktop.
    """
    import keyring
    from keyring.backends import chainer, fail, null

    found = keyring.get_keyring()
    if isinstance(found, fail.Keyring | null.Keyring):
        return ""
    if isinstance(found, chainer.ChainerBackend):
        names = [each.name for each in found.backends]
        return names[0] if names else ""
    return found.name


def _from_environment(ref: SecretRef) -> str:
    secret = os.environ.get(ref.name)
    if secret is None:
        raise ConfigError(
            f"the secret {ref} is not there: the environment variable {ref.name} is not set",
            value=str(ref),
            hint=f"set it before the start: export {ref.name}='...'",
        )
    return secret


def _from_file(ref: SecretRef, base_dir: Path) -> str:
    path = base_dir / ref.name
    try:
        text = path.read_bytes().decode()
    except OSError as exc:
        raise ConfigError(
            f"the secret {ref} is not there: {path} cannot be read ({exc.strerror or exc})",
            value=str(ref),
            hint="relative paths start at the folder of the workspace file",
        ) from exc
    except UnicodeDecodeError:  # not chained: it carries the bytes of the secret
        raise ConfigError(
            f"the secret {ref} cannot be used: {path} is no text in UTF-8",
            value=str(ref),
            hint="save the file as UTF-8",
        ) from None
    for end in ("\r\n", "\n"):
        if text.endswith(end):
            return text.removesuffix(end)
    return text


def _from_keyring(ref: SecretRef) -> str:
    import keyring
    from keyring.errors import KeyringError

    try:
        secret = keyring.get_password(KEYRING_SERVICE, ref.name)
    except KeyringError as exc:
        raise _no_keychain(ref, exc) from exc
    if secret is None:
        raise ConfigError(
            f"the secret {ref} is not there: the system keychain has no entry {ref.name!r} "
            f"of the service {KEYRING_SERVICE!r}",
            value=str(ref),
            hint=f"add it: keyring set {KEYRING_SERVICE} {ref.name}; or {_ELSEWHERE}",
        )
    return secret


def _no_keychain(ref: SecretRef, cause: Exception) -> ConfigError:
    reason = str(cause).splitlines()[0].rstrip(".") if str(cause) else type(cause).__name__
    return ConfigError(
        f"the secret {ref} cannot be looked up: the system keychain does not answer ({reason})",
        value=str(ref),
        hint=f"unlock or install a keychain, or {_ELSEWHERE}",
    )
