"""What is typed into forms that no file keeps outlives the window, beside the unsaved edits."""

from __future__ import annotations

import asyncio
import hashlib
import logging
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final, Protocol, TypeAlias, cast

import msgspec
from PySide6.QtCore import QObject, QTimer, SignalInstance, Slot
from shiboken6 import isValid

from core.files import write_file
from core.log import mask_secrets
from core.sql.json_text import NOT_JSON
from gui.viewmodels.journal import DraftJournal
from gui.viewmodels.object_drafts import Drafts

log = logging.getLogger("gui")

Values: TypeAlias = dict[str, Any]
"""What a form holds, as plain data."""

_VERSION: Final = 1
_WRITE_MS: Final = 400
"""Longest time between a key and its way to the disk."""

_TEST: Final = "test:"


class Form(Protocol):
    """A form whose content is kept."""

    def to_keep(self) -> Values | None:
        """Give what it holds; None for what it has begun with. Nothing in it is touched."""
        ...

    def take_kept(self, values: Values) -> None:
        """Show what it held in an earlier start; what cannot be shown is left out."""
        ...


class _Kept(msgspec.Struct, frozen=True):
    version: int
    key: str
    values: Values


class FormTexts(QObject):
    """Writes each form into a file of its own, so that a long text is written when it changes only.

    The files lie beside the journal, belong to its workspace, and are written only while that is
    ours. Known secrets are masked in them. Belongs to the loop's thread.
    """

    def __init__(
        self, journal: DraftJournal, drafts: Drafts, parent: QObject | None = None
    ) -> None:
        """Follow a journal; `drafts` tells of rules that get another name."""
        super().__init__(parent or journal)
        self._journal, self._session = journal, drafts.live.session
        self._forms: dict[str, Form] = {}
        self._kept: dict[str, Values] = {}
        self._due: set[str] = set()
        self._begun: set[str] = set()  # being written beside the loop
        self._writing = asyncio.Lock()
        self._timer = QTimer(self, singleShot=True, interval=_WRITE_MS)
        self._timer.timeout.connect(self._write_soon)
        journal.opened.connect(self._begin)
        journal.flushing.connect(self.flush)
        journal.left.connect(self._leave)
        drafts.renamed.connect(self._take_name)
        self._session.settings.changed.connect(self._take_settings)

    def follow(self, key: str, form: Form, *changes: SignalInstance) -> None:
        """Keep a form, for as long as it lives; what was kept of it is shown in it.

        Args:
            key: What it is for, such as `publish`, or `test:` and the name of a rule.
            form: A QObject that can be read to its end.
            changes: What tells that it may hold something else.
        """
        self._forms[key] = form
        if key in self._kept:
            form.take_kept(self._kept[key])
        for change in changes:
            change.connect(lambda *_: self._touch(key))
        owner = cast("QObject", form)  # which a protocol cannot say
        owner.destroyed.connect(lambda: self._release(key, form))

    @Slot()
    def flush(self) -> None:
        """Write what is not written yet, at once."""
        self._timer.stop()
        journal, found = self._journal.file, self._read_due()
        if journal is not None:
            read = {key for _, key, _ in found}
            begun = self._begun - read
            found += [(_file_of(journal, key), key, self._kept.get(key)) for key in begun]
        for file, key, values in found:
            try:
                _store(file, key, values)
            except OSError as exc:
                _tell(exc)

    def _touch(self, key: str) -> None:
        self._due.add(key)  # also while nobody knows yet whether it is ours to write
        if self._journal.file is not None and not self._timer.isActive():
            self._timer.start()

    def _release(self, key: str, form: Form) -> None:
        """Let a form go, with what was typed into it last."""
        if not isValid(self._timer):  # goes with us: all was written before
            return
        if self._forms.get(key) is form:
            if key in self._due:
                self.flush()
            del self._forms[key]

    # Writing

    def _read_due(self) -> list[tuple[Path, str, Values | None]]:
        """Give what has changed since it was written: file, key, and values, None for no file."""
        found: list[tuple[Path, str, Values | None]] = []
        journal = self._journal.file
        if journal is None:
            return found
        due, self._due = self._due, set()
        for key in due:
            form = self._forms.get(key)
            if form is None:
                continue
            values = form.to_keep() if self._journal.is_wanted else None
            if values != self._kept.get(key):
                self._kept.pop(key, None)
                if values is not None:
                    self._kept[key] = values
                found.append((_file_of(journal, key), key, values))
        return found

    @Slot()
    def _write_soon(self) -> None:
        if not self._session.is_closing and (found := self._read_due()):
            self._start(found)

    def _start(self, found: list[tuple[Path, str, Values | None]]) -> None:
        self._begun |= {key for _, key, _ in found}
        self._session.tasks.start(self._write(found), "write what is typed")

    async def _write(self, found: list[tuple[Path, str, Values | None]]) -> None:
        async with self._writing:  # in their order
            for each in found:
                try:
                    await asyncio.to_thread(_store, *each)
                except OSError as exc:
                    _tell(exc)
                self._begun.discard(each[1])

    @Slot()
    def _take_settings(self) -> None:
        """Forget or keep what there is, as the user wants it now."""
        if self._journal.is_wanted:
            for key in self._forms:
                self._touch(key)
        elif self._kept and (journal := self._journal.file) is not None:
            kept, self._kept = self._kept, {}
            self._start([(_file_of(journal, key), key, None) for key in kept])

    @Slot(str, str)
    def _take_name(self, before: str, after: str) -> None:
        """Have the test of a rule go on under the rule's other name."""
        kind, _, name = before.partition(":")
        journal = self._journal.file
        if kind != "rule" or journal is None:
            return
        self.flush()
        old, new = _TEST + name, _TEST + after.partition(":")[2]
        values = self._kept.pop(old, None)
        if values is not None:
            self._kept[new] = values
            moved = [(_file_of(journal, old), old, None), (_file_of(journal, new), new, values)]
            self._start(moved)

    # Taking up

    @Slot()
    def _begin(self) -> None:
        journal = self._journal.file
        if journal is not None:
            self._session.tasks.start(self._load(journal), "look for what was typed", owner=self)

    async def _load(self, journal: Path) -> None:
        found = await asyncio.to_thread(_read_all, journal)
        if self._journal.file != journal:
            return
        if not self._journal.is_wanted:
            self._kept = found  # to be removed
            self._take_settings()
            return
        self._kept = found | self._kept
        for key, values in found.items():
            form = self._forms.get(key)
            if form is not None and form.to_keep() is None:  # else somebody was faster
                form.take_kept(values)
        if self._due and not self._timer.isActive():
            self._timer.start()

    @Slot()
    def _leave(self) -> None:
        self._timer.stop()
        self._kept, self._due, self._begun = {}, set(), set()


def _file_of(journal: Path, key: str) -> Path:
    name = hashlib.sha256(key.encode()).hexdigest()[:16]
    return journal.with_name(f"typed-{journal.stem.removeprefix('drafts-')}-{name}.json")


def _store(file: Path, key: str, values: Values | None) -> None:
    """Write what one form holds, or remove its file.

    Raises:
        OSError: The system refuses; the file is as it was.
    """
    if values is None:
        file.unlink(missing_ok=True)
    else:
        write_file(file, msgspec.json.encode(_Kept(_VERSION, key, _masked(values))))


def _masked(value: Any) -> Any:
    match value:
        case str():
            return mask_secrets(value)
        case dict():
            return {name: _masked(each) for name, each in value.items()}
        case list() | tuple():
            return [_masked(each) for each in value]
        case _:
            return value


def _read_all(journal: Path) -> dict[str, Values]:
    """Read what was typed, by key; what is damaged or of another version is left out."""
    found: dict[str, Values] = {}
    for file in sorted(journal.parent.glob(_file_of(journal, "").name[:15] + "*.json")):
        try:
            kept = msgspec.json.decode(file.read_bytes(), type=_Kept)
        except (OSError, *NOT_JSON):
            continue
        if kept.version == _VERSION:
            found[kept.key] = kept.values
    return found


def _tell(error: OSError) -> None:
    log.warning("what is typed is not written down: %s", error.strerror or error)


def read_as(values: Values, name: str, kind: type[Any], use: Callable[[Any], object]) -> None:
    """Use a part of what was kept, if it is there and of its kind."""
    if values.get(name) is not None:
        try:
            part = msgspec.convert(values[name], kind)
        except msgspec.ValidationError:
            return
        use(part)
