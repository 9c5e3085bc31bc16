"""A lock that one process holds on a file; the system frees it however the process ends."""

from __future__ import annotations

import sys
from pathlib import Path

if sys.platform == "win32":
    import msvcrt

    def _lock(descriptor: int) -> None:
        msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
else:
    import fcntl

    def _lock(descriptor: int) -> None:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)


class FileLock:
    """Held from its making until `release`."""

    def __init__(self, path: Path) -> None:
        """Take the lock at once.

        Raises:
            OSError: Somebody else holds it, or the file cannot be opened for writing.
        """
        self._file = path.open("wb", 0)
        try:
            _lock(self._file.fileno())
        except OSError:
            self._file.close()
            raise

    def release(self) -> None:
        """Let others have it; the file stays."""
        self._file.close()

    def __del__(self) -> None:
        """Release what was forgotten: nobody can hold it any more."""
        if hasattr(self, "_file"):
            self._file.close()
