"""Writes a workspace file: all of it or nothing, the previous version beside it."""

from __future__ import annotations

import errno
from pathlib import Path

from core.errors import StoreError
from core.files import write_file
from core.workspace.diff import changes
from core.workspace.edit import edit
from core.workspace.load import content_hash, loads, read_text
from core.workspace.model import Workspace

BACKUP_SUFFIX = ".bak"


def save(path: Path, old_text: str, workspace: Workspace, *, overwrite: bool = False) -> str:
    """Write a workspace that was loaded from this file and changed since.

    Args:
        path: The file.
        old_text: Its text when it was loaded (`Loaded.text`).
        workspace: What it is to hold; only the lines that differ are changed.
        overwrite: Write even if somebody else has changed the file since; their version becomes
            the backup.

    Returns:
        The new text, which is the `old_text` of the next save.

    Raises:
        StoreError: It could not be written; the file is as it was.
    """
    text = changed_text(path, old_text, workspace)
    save_text(path, text, expected=None if overwrite else content_hash(old_text))
    return text


def changed_text(path: Path, old_text: str, workspace: Workspace) -> str:
    """Bring the text of a file up to date with a workspace.

    Raises:
        StoreError: The text is not TOML or of another version, or cannot be made to hold this
            workspace.
    """
    before = loads(old_text, path)
    if not before.data:
        raise StoreError(
            f"{path} cannot be changed: its text cannot be read",
            path=str(path),
            hint="correct it in a text editor and load it again; `sluicegate validate` says where",
        )
    text = edit(old_text, changes(before.partial, workspace))
    if changes(loads(text, path).partial, workspace):
        raise StoreError(
            f"{path} was not written: the new text would not hold the workspace as it is",
            path=str(path),
            hint="save under another name, and check what is unusual about the file",
        )
    return text


def save_text(path: Path, text: str, *, expected: str | None) -> None:
    """Replace a file by this text; keeps its mode, and the previous version as `*.bak`.

    Args:
        path: The file; a symbolic link stays one. Its folder must exist.
        text: The document.
        expected: `content_hash` of what the file should hold; None takes whatever is there.

    Raises:
        StoreError: Somebody else changed the file, or the system refuses; the file is as it was.
    """
    target = path.resolve()
    try:
        old = read_text(target) if target.exists() else None
        if expected is not None:
            _check_same(path, old, expected)
        mode = None
        if old is not None:
            mode = target.stat().st_mode & 0o777
            backup = target.with_name(target.name + BACKUP_SUFFIX)
            write_file(backup, old.encode(), mode=mode)
        write_file(target, text.encode(), mode=mode)
    except OSError as exc:
        raise _refused(path, exc) from exc


def check_untouched(path: Path, expected: str) -> None:
    """Let pass a file that nobody has changed: what must not be done in vain comes after this.

    Args:
        path: The file.
        expected: `content_hash` of what it should hold.

    Raises:
        StoreError: Somebody has changed or removed it, or it cannot be read.
    """
    target = path.resolve()
    _check_same(path, read_text(target) if target.exists() else None, expected)


def _check_same(path: Path, text: str | None, expected: str) -> None:
    if text is None or content_hash(text) != expected:
        raise StoreError(
            f"{path} was {'removed' if text is None else 'changed'} by somebody else "
            "since it was loaded, and was not overwritten",
            path=str(path),
            hint="load it again and repeat the change, or overwrite it on purpose",
        )


def _refused(path: Path, error: OSError) -> StoreError:
    hints = {
        errno.ENOSPC: "free some space and save again; the previous version is untouched",
        errno.EDQUOT: "free some space and save again; the previous version is untouched",
        errno.EACCES: "check the permissions of the folder, or save somewhere else",
        errno.EPERM: "check the permissions of the folder, or save somewhere else",
        errno.EROFS: "the disk is read-only: save somewhere else",
        errno.ENOENT: "the folder is not there: make it, or save somewhere else",
    }
    return StoreError(
        f"{path} was not saved: {error.strerror or error}",
        path=str(path),
        hint=hints.get(error.errno or 0, "the file is as it was; save somewhere else"),
    )
