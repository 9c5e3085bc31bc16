"""Files that are written whole or not at all."""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from core.files import write_file


def test_a_file_is_replaced_and_is_its_owners_alone(tmp_path: Path):
    file = tmp_path / "kept.json"
    file.write_bytes(b"before")
    write_file(file, b"after")

    assert file.read_bytes() == b"after"
    assert os.name == "nt" or file.stat().st_mode & 0o777 == 0o600
    assert list(tmp_path.iterdir()) == [file]


def test_a_folder_is_made_only_where_that_is_wanted(tmp_path: Path):
    file = tmp_path / "a" / "b" / "kept.json"
    with pytest.raises(FileNotFoundError):
        write_file(file, b"1")
    assert not file.parent.exists()

    write_file(file, b"1", makes_folder=True)
    assert file.read_bytes() == b"1"


def test_a_file_stays_as_it_was_where_its_parts_end_in_an_error(tmp_path: Path):
    def parts() -> Iterator[bytes]:
        yield b"a" * 100_000
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    file = tmp_path / "kept.jsonl"
    write_file(file, (part for part in (b"be", b"fore")))
    with pytest.raises(OSError, match="No space"):
        write_file(file, parts())

    assert file.read_bytes() == b"before"
    assert list(tmp_path.iterdir()) == [file]


def test_a_folder_that_cannot_be_synced_holds_the_new_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    file, sync = tmp_path / "kept.json", os.fsync

    def refuse(descriptor: int) -> None:
        if stat.S_ISDIR(os.fstat(descriptor).st_mode):
            raise OSError(errno.EINVAL, os.strerror(errno.EINVAL))
        sync(descriptor)

    monkeypatch.setattr(os, "fsync", refuse)
    write_file(file, b"after")

    assert file.read_bytes() == b"after"


@pytest.mark.skipif(os.name == "nt", reason="no folder is synced there")
@pytest.mark.parametrize("is_lasting", [True, False])
def test_the_folder_of_a_file_that_need_not_last_is_not_synced(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, is_lasting: bool
):
    synced: list[bool] = []
    monkeypatch.setattr(
        os, "fsync", lambda each: synced.append(stat.S_ISDIR(os.fstat(each).st_mode))
    )
    write_file(tmp_path / "kept.json", b"1", is_lasting=is_lasting)

    assert synced == ([False, True] if is_lasting else [False])


def test_a_full_disk_leaves_the_old_file_and_no_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    file = tmp_path / "kept.json"
    file.write_bytes(b"before")

    def refuse(_descriptor: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", refuse)
    with pytest.raises(OSError, match="No space"):
        write_file(file, b"after")

    assert file.read_bytes() == b"before"
    assert list(tmp_path.iterdir()) == [file]
