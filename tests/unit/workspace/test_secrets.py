from __future__ import annotations

import traceback
from collections.abc import Iterator
from pathlib import Path

import keyring
import pytest
from keyring.backends.fail import Keyring as NoKeyring

from core.errors import ConfigError
from core.workspace.secrets import KEYRING_SERVICE, remove, resolve, resolver, store
from core.workspace.units import SecretRef
from tests.helpers.keychain import FakeKeyring, fake_keychain

SECRET = "correct horse"


@pytest.fixture
def keychain() -> Iterator[FakeKeyring]:
    with fake_keychain() as fake:
        yield fake


def test_secret_of_the_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    monkeypatch.setenv("PLANT_PASSWORD", SECRET)

    assert resolve(SecretRef("env", "PLANT_PASSWORD"), tmp_path) == SECRET


def test_a_missing_variable_is_named(tmp_path: Path):
    with pytest.raises(ConfigError, match="NO_SUCH_VARIABLE") as caught:
        resolve(SecretRef("env", "NO_SUCH_VARIABLE"), tmp_path)
    assert "export NO_SUCH_VARIABLE" in caught.value.hint


@pytest.mark.parametrize(
    ("text", "secret"),
    [(SECRET, SECRET), (SECRET + "\n", SECRET), (SECRET + "\r\n", SECRET), ("a\n\n", "a\n")],
)
def test_secret_of_a_file_loses_one_line_end(tmp_path: Path, text: str, secret: str):
    (tmp_path / "pw").write_bytes(text.encode())

    assert resolve(SecretRef("file", "pw"), tmp_path) == secret
    assert resolve(SecretRef("file", str(tmp_path / "pw")), Path("/elsewhere")) == secret


def test_a_missing_file_is_named_with_its_folder(tmp_path: Path):
    with pytest.raises(ConfigError, match="cannot be read") as caught:
        resolve(SecretRef("file", "pw"), tmp_path)
    assert str(tmp_path / "pw") in caught.value.message


def test_a_file_of_other_bytes_is_refused_without_showing_them(tmp_path: Path):
    (tmp_path / "pw").write_bytes(SECRET.encode() + b"\xff")

    with pytest.raises(ConfigError) as caught:
        resolve(SecretRef("file", "pw"), tmp_path)
    assert SECRET not in "".join(traceback.format_exception(caught.value))


def test_secret_of_the_keychain(keychain: FakeKeyring, tmp_path: Path):
    ref = store("plant", SECRET)

    assert ref == SecretRef("secret", "plant")
    assert keychain.entries == {("sluicegate", "plant"): SECRET}
    assert resolve(ref, tmp_path) == SECRET


@pytest.mark.usefixtures("keychain")
def test_a_missing_entry_says_how_to_add_it(tmp_path: Path):
    with pytest.raises(ConfigError, match="no entry 'plant'") as caught:
        resolve(SecretRef("secret", "plant"), tmp_path)
    assert "keyring set sluicegate plant" in caught.value.hint


def test_a_locked_keychain_is_told(keychain: FakeKeyring, tmp_path: Path):
    keychain.is_locked = True

    with pytest.raises(ConfigError, match="locked"):
        resolve(SecretRef("secret", "plant"), tmp_path)
    with pytest.raises(ConfigError, match="locked"):
        store("plant", SECRET)
    with pytest.raises(ConfigError, match="locked"):
        remove("plant")


def test_what_was_stored_is_removed_once(keychain: FakeKeyring):
    store("plant", SECRET)
    store("lab", SECRET)
    for _ in range(2):
        remove("plant")
    assert list(keychain.entries) == [(KEYRING_SERVICE, "lab")]


@pytest.mark.usefixtures("keychain")
def test_a_system_without_keychain_names_the_other_ways(tmp_path: Path):
    keyring.set_keyring(NoKeyring())

    with pytest.raises(ConfigError, match="keychain does not answer") as caught:
        resolve(SecretRef("secret", "plant"), tmp_path)
    assert "env:NAME" in caught.value.hint


def test_what_was_looked_up_is_remembered_to_be_masked(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
):
    monkeypatch.setenv("PLANT_PASSWORD", SECRET)
    seen: list[str] = []

    resolver(tmp_path, seen.append)(SecretRef("env", "PLANT_PASSWORD"))

    assert seen == [SECRET]
