"""Keeps typed secrets: in the system's keychain, or for this session where there is none."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from itertools import chain, count
from typing import Any, Final, cast

from core.errors import ConfigError
from core.log import remember_secret
from core.workspace.secrets import remove, store
from core.workspace.units import SecretRef
from gui.viewmodels.draft import Path, short_hash

_PLAIN: Final = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
"""Names that are told apart in capitals, too, with `_` for each `-`."""

_NO_NAME: Final = re.compile(r"[^A-Za-z0-9]+")

_HERE: Final[Path] = ()
_ELSEWHERE: Final[Path] = ("",)
"""What is left of a place on the way to another one."""


class SecretKeeper:
    """Puts secrets where their references lead.

    Attributes:
        session_only: Names of environment variables that end with this process.
        has_missed_keychain: Whether there was no keychain for a secret that was meant for one.
    """

    def __init__(
        self,
        put: Callable[[str, str], SecretRef] = store,
        drop: Callable[[str], None] = remove,
        *,
        uses_keychain: Callable[[], bool] = lambda: True,
    ) -> None:
        """Prepare.

        Args:
            put: Puts a secret into the keychain and returns its reference.
            drop: Takes a secret out of the keychain.
            uses_keychain: Tells whether the user wants that.
        """
        self._put, self._drop, self._uses_keychain = put, drop, uses_keychain
        self.has_missed_keychain = False
        self.session_only: set[str] = set()

    def keep(self, name: str, secret: str, others: Collection[str] = ()) -> SecretRef:
        """Keep a secret; blocks while the keychain asks the user.

        Without a keychain the secret goes into an environment variable of this process, which the
        engine inherits and which is gone when the window is closed. It is never written.

        Args:
            name: What the keychain calls it; a number follows where others have it already.
            secret: What was typed; from now on kept out of the log.
            others: References whose secrets stay as they are, such as those of a copy.

        Returns:
            `secret:NAME`, or `env:NAME` where there is no keychain.
        """
        remember_secret(secret)
        name = _free(name, others)
        if self._uses_keychain():
            try:
                return self._put(name, secret)
            except ConfigError:
                self.has_missed_keychain = True
        variable = _variable(name)
        os.environ[variable] = secret
        self.session_only.add(variable)
        return SecretRef("env", variable)

    def forget(self, references: Iterable[str]) -> bool:
        """Forget what `keep` has kept; blocks while the keychain asks the user.

        Args:
            references: Those that `keep` has returned.

        Returns:
            Whether all are gone; False if the keychain has refused one.
        """
        are_gone = True
        for kind, _, name in (reference.partition(":") for reference in references):
            if kind == "env":
                os.environ.pop(name, None)
                self.session_only.discard(name)
                continue
            try:
                self._drop(name)
            except ConfigError:
                are_gone = False
        return are_gone

    def has_kept(self, reference: str, workspace_id: str) -> bool:
        """Tell whether a reference is one that `keep` has returned for a workspace, now or once.

        Those that somebody wrote into the file lead to what is not ours.
        """
        return self.is_session_only(reference) or reference.startswith(f"secret:{workspace_id}-")

    def is_session_only(self, reference: str) -> bool:
        """Tell whether a reference leads to what is gone with this process."""
        kind, _, name = reference.partition(":")
        return kind == "env" and name in self.session_only


def texts_beside(data: object, place: Path = _ELSEWHERE) -> Iterator[str]:
    """Give all texts of a document but those at a place, references to secrets among them."""
    if place == _HERE:
        return
    if isinstance(data, str):
        yield data
    elif isinstance(data, Mapping):
        for key, value in cast("Mapping[str, Any]", data).items():
            yield from texts_beside(value, place[1:] if place[:1] == (key,) else _ELSEWHERE)
    elif isinstance(data, Sequence):
        for value in cast("Sequence[Any]", data):
            yield from texts_beside(value, _ELSEWHERE)


def _free(name: str, others: Collection[str]) -> str:
    """Give the name, or the first with a number that no reference leads to."""
    names = chain([name], (f"{name}-{number}" for number in count(2)))
    return next(n for n in names if not {f"secret:{n}", f"env:{_variable(n)}"} & set(others))


def _variable(name: str) -> str:
    """Make a variable's name; those that would look alike get a hash of the untouched one."""
    told_apart = name if _PLAIN.fullmatch(name) else f"{name}-{short_hash(name)}"
    return "SLUICEGATE_" + _NO_NAME.sub("_", told_apart).strip("_").upper()
