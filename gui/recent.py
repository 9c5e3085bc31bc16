"""The workspaces opened last, remembered over sessions."""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import Final

import msgspec
import platformdirs

from core.files import write_file
from core.sql.json_text import NOT_JSON

MOST: Final = 10


class RecentFiles:
    """A short list of paths, the latest first, in a file of the user's configuration folder."""

    def __init__(self, file: Path | None = None) -> None:
        """Use the given file; by default `recent.json` in the user's configuration folder."""
        self._file = file or platformdirs.user_config_path("sluicegate") / "recent.json"

    @property
    def paths(self) -> list[Path]:
        """The files that are still there."""
        try:
            names = msgspec.json.decode(self._file.read_bytes(), type=list[str])
        except (OSError, *NOT_JSON):  # never written yet, or by somebody else
            return []
        return [path for name in names if (path := Path(name)).is_file()]

    def add(self, path: Path) -> None:
        """Put a file first; a folder that cannot be written to is no reason to fail."""
        path = path.absolute()
        self._write([path, *(known for known in self.paths if known != path)][:MOST])

    def clear(self) -> None:
        """Forget all of them; the workspaces themselves stay."""
        self._write([])

    def _write(self, paths: list[Path]) -> None:
        names = [str(path) for path in paths]
        with contextlib.suppress(OSError):
            write_file(self._file, msgspec.json.encode(names), makes_folder=True, is_lasting=False)
