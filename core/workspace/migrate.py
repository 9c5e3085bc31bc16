"""Format versions: refuse newer files, bring older ones up to date in memory."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final, TypeAlias

from core.workspace.problems import Findings

Migration: TypeAlias = Callable[[dict[str, Any]], dict[str, Any]]
"""Turns the data of one version into that of the next; may change its argument."""

MIGRATIONS: Final[tuple[Migration, ...]] = ()
"""The first takes version 1 to 2, and so on; one fewer than there are versions."""

_KEY: Final = "sluicegate"


def migrate(
    data: dict[str, Any], findings: Findings, migrations: Sequence[Migration] = MIGRATIONS
) -> dict[str, Any] | None:
    """Bring the data of a file to the current version.

    Returns:
        The data, or None when its version cannot be read at all (then there is an error about it,
        and nothing else can be said about the file). A missing version is an error too, but the
        data is taken as being of the current one.
    """
    newest = len(migrations) + 1
    version = data.get(_KEY)
    if version is None:
        findings.error(
            (),
            "version_missing",
            "the file does not name its format version",
            f"write {_KEY} = {newest} as its first line",
        )
        return {_KEY: newest, **data}
    if not isinstance(version, int) or isinstance(version, bool) or version < 1:
        findings.error(
            (_KEY,),
            "version_unknown",
            f"{version!r} is no format version; this program reads 1 to {newest}",
            f"write {_KEY} = {newest}, or restore the file from its .bak",
        )
        return None
    if version > newest:
        findings.error(
            (_KEY,),
            "version_newer",
            f"the file was written by a newer Sluicegate, with format version {version}; "
            f"this one reads up to version {newest}",
            "open it with the newer Sluicegate; nothing was changed",
        )
        return None
    for step in migrations[version - 1 :]:
        data = step(data)
    return {**data, _KEY: newest}
