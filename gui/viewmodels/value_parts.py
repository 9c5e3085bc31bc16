"""Parts of JSON values, chosen by paths, which a row shows in place of the value's beginning."""

from __future__ import annotations

from typing import Final

import msgspec
import regex

from gui.viewmodels.row_filter import MISSING, decoded, part_at
from gui.viewmodels.tail_start import NotUnderstoodError
from gui.viewmodels.words import tr

_PATH: Final = regex.compile(r"(?:(?:payload|value|\$)\.)?(?P<path>[\w-]+(?:\.[\w-]+|\[\d+\])*)")
_GAP: Final = "  "
_MOST_READ: Final = 200_000


def read_paths(text: str) -> tuple[str, ...]:
    """Read paths such as `temp, device.id, values[0]`; `payload.` before one is left out.

    Raises:
        NotUnderstoodError: One of them is no path; says which.
    """
    found: list[str] = []
    for part in filter(None, map(str.strip, text.split(","))):
        path = _PATH.fullmatch(part)
        if path is None:
            problem = tr("{text} is no path: write temp, device.id or values[0].")
            raise NotUnderstoodError(problem.format(text=part))
        found.append(path["path"])
    if not found:
        raise NotUnderstoodError(tr("Write one path at least."))
    return tuple(dict.fromkeys(found))


def parts_of(document: str, paths: tuple[str, ...]) -> str:
    """Write the parts of a JSON text that are there; empty where none is.

    Cost: reads it, while a row is painted; so one of more than 200,000 characters has no parts.
    """
    value = decoded(document) if len(document) <= _MOST_READ else MISSING
    found = ((path, part_at(value, f".{path}")) for path in paths)
    return _GAP.join(f"{path}: {_text(value)}" for path, value in found if value is not MISSING)


def _text(value: object) -> str:
    return value if isinstance(value, str) else msgspec.json.encode(value).decode()
