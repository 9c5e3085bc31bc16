"""Keeps typed secrets: in the system's keychain, or for this session where there is none."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from typing import Final

from core.errors import ConfigError
from core.log import remember_secret
from core.workspace.secrets import store
from core.workspace.units import SecretRef
from gui.viewmodels.draft import short_hash

_PLAIN: Final = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
"""Names that are told apart in capitals, too, with `_` for each `-`."""

_NO_NAME: Final = re.compile(r"[^A-Za-z0-9]+")


class SecretKeeper:
    """Puts secrets where their references lead.

    Attributes:
        session_only: Names of environment variables that end with this process.
        has_missed_keychain: Whether there was no keychain for a secret that was meant for one.
    """

    def __init__(
        self,
        put: Callable[[str, str], SecretRef] = store,
        *,
        uses_keychain: Callable[[], bool] = lambda: True,
    ) -> None:
        """Prepare.

        Args:
            put: Puts a secret into the keychain and returns its reference.
            uses_keychain: Tells whether the user wants that.
        """
        self._put, self._uses_keychain = put, uses_keychain
        self.has_missed_keychain = False
        self.session_only: set[str] = set()

    def keep(self, name: str, secret: str) -> SecretRef:
        """Keep a secret; blocks while the keychain asks the user.

        Without a keychain the secret goes into an environment variable of this process, which the
        engine inherits and which is gone when the window is closed. It is never written.

        Args:
            name: What the keychain calls it.
            secret: What was typed; from now on kept out of the log.

        Returns:
            `secret:NAME`, or `env:NAME` where there is no keychain.
        """
        remember_secret(secret)
        if self._uses_keychain():
            try:
                return self._put(name, secret)
            except ConfigError:
                self.has_missed_keychain = True
        variable = _variable(name)
        os.environ[variable] = secret
        self.session_only.add(variable)
        return SecretRef("env", variable)

    def is_session_only(self, reference: str) -> bool:
        """Tell whether a reference leads to what is gone with this process."""
        kind, _, name = reference.partition(":")
        return kind == "env" and name in self.session_only


def _variable(name: str) -> str:
    """Make a variable's name; those that would look alike get a hash of the untouched one."""
    told_apart = name if _PLAIN.fullmatch(name) else f"{name}-{short_hash(name)}"
    return "SLUICEGATE_" + _NO_NAME.sub("_", told_apart).strip("_").upper()
