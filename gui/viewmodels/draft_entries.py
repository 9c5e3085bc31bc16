"""Unsaved edits as they are written down and taken up again. Pure; no secret gets in."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from copy import deepcopy
from typing import Any, Final

import msgspec

from core.sql.json_text import NOT_JSON
from core.workspace.plain import SECRET_KEYS
from gui.viewmodels.plain_values import Path, has, put

VERSION: Final = 1
_REFERENCE: Final = re.compile(r"(secret|env|file):")


class Entry(msgspec.Struct, frozen=True):
    """The edits of one object.

    Attributes:
        key: Its document, such as `rule:temp_hum`.
        place: Its table in the file.
        is_new: Whether the file never had such a table.
        values: What was changed, with the path of each: a whole list, a text, a number.
        removed: The paths of what was taken out.
    """

    key: str
    place: tuple[str, ...]
    is_new: bool
    values: tuple[tuple[tuple[str, ...], Any], ...] = ()
    removed: tuple[tuple[str, ...], ...] = ()


class Journal(msgspec.Struct, frozen=True):
    """Everything that was edited in one file.

    Attributes:
        version: Of this form.
        written: When, in ISO 8601 with its zone.
        path: The workspace file.
        entries: Object by object.
    """

    version: int
    written: str
    path: str
    entries: tuple[Entry, ...]


def encode(journal: Journal) -> bytes:
    """Write it as JSON, for people too."""
    return msgspec.json.format(msgspec.json.encode(journal, enc_hook=str), indent=1)


def decode(data: bytes) -> Journal | None:
    """Read it; None if it is damaged or of another version."""
    try:
        journal = msgspec.json.decode(data, type=Journal)
    except NOT_JSON:
        return None
    return journal if journal.version == VERSION else None


def entry_of(
    key: str,
    place: Path,
    base: Mapping[str, Any],
    values: Mapping[str, Any],
    *,
    is_new: bool,
    secret_paths: Iterable[Path],
) -> Entry:
    """Write down what differs between a saved table and the edited one.

    Args:
        key: The object's document.
        place: Its table in the file.
        base: What is saved; empty for an object that the file has not.
        values: What is edited.
        is_new: Whether the file never had such a table.
        secret_paths: Where a secret was typed: what stands there would lead to nothing.
    """
    typed = set(secret_paths)
    before, after = dict(_leaves(base)), dict(_leaves(values))
    changed = tuple(
        (path, deepcopy(value))
        for path, value in after.items()
        if before.get(path, _NOTHING) != value and path not in typed and not _is_secret(path, value)
    )
    removed = tuple(path for path in before if path not in after and path not in typed)
    return Entry(key, place, is_new, changed, removed)


def patched_by(entry: Entry, saved: Mapping[str, Any]) -> dict[str, Any]:
    """Make the same edits in a table, whatever has become of the rest of it."""
    values = deepcopy(dict(saved))
    for path in entry.removed:
        if has(values, path):
            put(values, path, None)
    for path, value in entry.values:
        put(values, path, value)
    return values


_NOTHING: Final = object()


def _leaves(table: Mapping[str, Any], path: Path = ()) -> Iterator[tuple[Path, Any]]:
    for key, value in table.items():
        if isinstance(value, Mapping) and value:
            yield from _leaves(value, (*path, key))
        else:
            yield (*path, key), value


def _is_secret(path: Path, value: Any) -> bool:
    """Tell whether a value is a secret in plain text, also inside a list."""
    if isinstance(value, list):
        return any(
            _is_secret((*path, *inner), each)
            for item in value
            if isinstance(item, Mapping)
            for inner, each in _leaves(item)
        )
    return path[-1] in SECRET_KEYS and not _REFERENCE.match(str(value))
