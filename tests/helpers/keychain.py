"""A keychain in memory, in place of the system's."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import keyring
from keyring.backend import KeyringBackend
from keyring.errors import KeyringLocked, PasswordDeleteError


class FakeKeyring(KeyringBackend):
    """Keeps entries by service and name; refuses everything while it is locked."""

    priority = 1

    def __init__(self) -> None:
        super().__init__()
        self.entries: dict[tuple[str, str], str] = {}
        self.is_locked = False

    def get_password(self, service: str, username: str) -> str | None:
        if self.is_locked:
            raise KeyringLocked("the keychain is locked")
        return self.entries.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        if self.is_locked:
            raise KeyringLocked("the keychain is locked")
        self.entries[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        if self.is_locked:
            raise KeyringLocked("the keychain is locked")
        if self.entries.pop((service, username), None) is None:
            raise PasswordDeleteError


@contextmanager
def fake_keychain() -> Iterator[FakeKeyring]:
    """Have this process use a new one."""
    before, fake = keyring.get_keyring(), FakeKeyring()
    keyring.set_keyring(fake)
    try:
        yield fake
    finally:
        keyring.set_keyring(before)
