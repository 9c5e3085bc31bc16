"""The recent workspaces with what can be told of them without running them."""

from __future__ import annotations

import asyncio
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast

from PySide6.QtCore import QObject, Signal, Slot

from gui.viewmodels.session import Session
from gui.viewmodels.words import day_or_time, plural, tr


@dataclass(frozen=True, slots=True)
class RecentEntry:
    """One file: its title, its place for people, its size in parts, and when it was written."""

    path: Path
    title: str
    place: str
    parts: str
    when: str


class RecentViewModel(QObject):
    """Reads the files in a thread; the list is there a moment later.

    Signals:
        changed: `entries` are new.
    """

    changed = Signal()

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self.entries: list[RecentEntry] = []
        session.recentChanged.connect(self.refresh)

    @Slot()
    def refresh(self) -> None:
        """Look at the files again."""
        self._session.tasks.start(self._read(), "read the recent workspaces", owner=self)

    @Slot()
    def clear(self) -> None:
        """Forget all of them; the files stay."""
        self._session.forget_recent()

    async def _read(self) -> None:
        paths = self._session.recent
        self.entries = [entry for entry in await asyncio.to_thread(_read_all, paths) if entry]
        self.changed.emit()


def _read_all(paths: list[Path]) -> list[RecentEntry | None]:
    return [_entry(path) for path in paths]


def _entry(path: Path) -> RecentEntry | None:
    try:
        data = tomllib.loads(path.read_text("utf-8"))
        written_s = path.stat().st_mtime
    except OSError:
        return None
    except UnicodeDecodeError:
        return RecentEntry(path, path.name, _place(path), tr("no text in UTF-8"), "")
    except (tomllib.TOMLDecodeError, RecursionError):
        return RecentEntry(path, path.name, _place(path), tr("not readable as TOML"), "")
    now = datetime.now(UTC).astimezone()
    return RecentEntry(
        path,
        str(data.get("title") or path.name.split(".")[0]),
        _place(path),
        _parts(data),
        day_or_time(datetime.fromtimestamp(written_s, now.tzinfo), now),
    )


def _parts(data: Mapping[str, Any]) -> str:
    rules = len(_table(data.get("rules")))
    connectors = sum(len(_table(kind)) for kind in _table(data.get("connectors")).values())
    return tr("{rules}, {connectors}").format(
        rules=plural("%n rule", "%n rules", rules),
        connectors=plural("%n connector", "%n connectors", connectors),
    )


def _table(value: object) -> dict[str, Any]:
    return cast("dict[str, Any]", value) if isinstance(value, dict) else {}


def _place(path: Path) -> str:
    """Write a path as people do: from their home folder on."""
    home = Path.home()
    return str(path.relative_to(home)) if path.is_relative_to(home) else str(path)
