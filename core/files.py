"""Writes files whole or not at all."""

from __future__ import annotations

import contextlib
import os
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Final

PRIVATE: Final = 0o600
"""The mode of a file for its owner alone."""


def write_file(
    file: Path,
    data: bytes | Iterable[bytes],
    *,
    mode: int | None = PRIVATE,
    makes_folder: bool = False,
    is_lasting: bool = True,
) -> None:
    """Replace a file in one step: others see the old one or the new one, never a part.

    Args:
        file: Where it goes; a symbolic link is replaced too.
        data: All that it is to hold; what is made in parts is never in memory as a whole.
        mode: Its permissions; None for those that new files of this process have.
        makes_folder: Whether its folder is made; else it must exist.
        is_lasting: Whether a power cut right after it leaves the new one, where the system can do
            that; else it may leave the old one, and writing takes less time.

    Raises:
        OSError: The system refuses; the file is as it was.
    """
    if makes_folder:
        file.parent.mkdir(parents=True, exist_ok=True)
    descriptor, name = tempfile.mkstemp(prefix=f".{file.name}.", suffix=".tmp", dir=file.parent)
    draft = Path(name)
    try:
        with os.fdopen(descriptor, "wb") as opened:
            opened.writelines([data] if isinstance(data, bytes) else data)
            opened.flush()
            os.fsync(opened.fileno())
        draft.chmod(_usual_mode() if mode is None else mode)
        draft.replace(file)
    except BaseException:
        with contextlib.suppress(OSError):
            draft.unlink()
        raise
    if is_lasting:
        _sync_folder(file.parent)


def _usual_mode() -> int:
    """Tell the mode of a new file; mkstemp's own is for the owner alone."""
    mask = os.umask(0)
    os.umask(mask)
    return 0o666 & ~mask


def _sync_folder(folder: Path) -> None:
    """Make a rename last over a power cut, where the system lets folders be synced."""
    if os.name == "nt":
        return
    with contextlib.suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
