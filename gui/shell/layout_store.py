"""Remembers window place and dock layout over sessions, each workspace for itself."""

from __future__ import annotations

import asyncio
import base64
import binascii
import contextlib
import threading
from pathlib import Path
from typing import Final

import msgspec
import platformdirs
from PySide6.QtCore import QByteArray
from PySide6.QtWidgets import QMainWindow

from core.files import write_file
from core.sql.json_text import NOT_JSON
from gui.shell.documents_layout import DocumentsLayout
from gui.viewmodels.tails import TailsLayout

VERSION: Final = 3
"""Of the docks and toolbars: a layout of another version is not restored."""


class BottomLayout(msgspec.Struct, frozen=True):
    """What Qt does not remember of the bottom dock: its page, and whether it is folded."""

    page: str = ""
    is_folded: bool = False


class Layouts(msgspec.Struct):
    """What the file holds; `docks` by workspace id, as Qt writes them in base64.

    `documents` go by the path of the workspace: a copy has the same id, and pages of its own.
    `filters` are those of live lists that were kept, by name.
    """

    geometry: str = ""
    docks: dict[str, str] = {}
    bottom: dict[str, BottomLayout] = {}
    tails: dict[str, TailsLayout] = {}
    documents: dict[str, DocumentsLayout] = {}
    filters: dict[str, str] = {}


class LayoutStore:
    """A small file in the user's configuration folder; without it everything is at its default."""

    def __init__(self, file: Path | None = None) -> None:
        """Use the given file; by default `window.json` in the user's configuration folder."""
        self._file = file or platformdirs.user_config_path("sluicegate") / "window.json"
        self._layouts = self._read()
        self._lock = threading.Lock()  # held by who writes
        self._version = self._written = 0

    def save(self, window: QMainWindow, workspace: str, bottom: BottomLayout) -> None:
        """Remember where the window is and how its docks lie."""
        self._layouts.geometry = _text(window.saveGeometry())
        if workspace:
            self._layouts.docks[workspace] = _text(window.saveState(VERSION))
            self._layouts.bottom[workspace] = bottom
        self._write()

    def restore_geometry(self, window: QMainWindow) -> bool:
        """Put the window where it was, if that is on a screen; tells whether it did."""
        saved = _bytes(self._layouts.geometry)
        return bool(saved) and window.restoreGeometry(saved)

    def restore_docks(self, window: QMainWindow, workspace: str) -> bool:
        """Lay the docks out as they were for a workspace; tells whether they were known."""
        saved = _bytes(self._layouts.docks.get(workspace, ""))
        return bool(saved) and window.restoreState(saved, VERSION)

    def bottom_of(self, workspace: str) -> BottomLayout:
        """Tell how the bottom dock was; to be called after `restore_docks`."""
        return self._layouts.bottom.get(workspace, BottomLayout())

    def forget_docks(self, workspace: str) -> None:
        """Have a workspace's docks at their default the next time."""
        self._layouts.docks.pop(workspace, None)
        self._layouts.bottom.pop(workspace, None)
        self._write()

    def tails_of(self, workspace: str) -> TailsLayout:
        """Give the tabs of the tail that were open last."""
        return self._layouts.tails.get(workspace, TailsLayout())

    def set_tails(self, workspace: str, layout: TailsLayout) -> None:
        """Remember the tabs of the tail."""
        if layout != self.tails_of(workspace):
            self._layouts.tails[workspace] = layout
            self._write()

    def documents_of(self, path: Path) -> DocumentsLayout:
        """Give the documents that were open last in a workspace."""
        return self._layouts.documents.get(str(path.absolute()), DocumentsLayout())

    def set_documents(self, path: Path, layout: DocumentsLayout) -> None:
        """Remember the documents that are open."""
        if self._note_documents(path, layout):
            self._write()

    async def keep_documents(self, path: Path, layout: DocumentsLayout) -> None:
        """Do so beside the loop, where the file is to be written while the user works."""
        if self._note_documents(path, layout):
            await asyncio.to_thread(self._put, *self._next_version())

    def _note_documents(self, path: Path, layout: DocumentsLayout) -> bool:
        """Take the documents of a workspace; tells whether they are others than before."""
        is_new = layout != self.documents_of(path)
        self._layouts.documents[str(path.absolute())] = layout
        return is_new

    @property
    def filters(self) -> dict[str, str]:
        """The filters that were kept, by name."""
        return dict(self._layouts.filters)

    def set_filters(self, filters: dict[str, str]) -> None:
        """Remember filters."""
        self._layouts.filters = dict(filters)
        self._write()

    def _read(self) -> Layouts:
        try:
            return msgspec.json.decode(self._file.read_bytes(), type=Layouts)
        except (OSError, *NOT_JSON):
            return Layouts()  # never written, or by somebody else

    def _write(self) -> None:
        self._put(*self._next_version())

    def _next_version(self) -> tuple[int, bytes]:
        self._version += 1
        return self._version, msgspec.json.encode(self._layouts)

    def _put(self, version: int, data: bytes) -> None:
        """Write a version of the file, unless a later one is there. Any thread."""
        with self._lock:
            if version > self._written:
                self._written = version
                with contextlib.suppress(
                    OSError
                ):  # a folder that cannot be written to is no reason
                    write_file(self._file, data, makes_folder=True, is_lasting=False)


def _text(data: QByteArray) -> str:
    return base64.b64encode(data.data()).decode()


def _bytes(text: str) -> QByteArray:
    try:
        return QByteArray(base64.b64decode(text, validate=True))
    except (ValueError, binascii.Error):
        return QByteArray()
