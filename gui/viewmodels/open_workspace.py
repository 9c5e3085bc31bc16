"""The workspace file that is open: read, read again, written, and the brokers it needs."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from PySide6.QtCore import QObject, Signal

from core.errors import StoreError
from core.workspace.load import content_hash
from core.workspace.save import save_text
from gui.opening import Opened, open_file, with_files
from gui.tasks import Tasks
from gui.viewmodels.sandbox import SandboxOwner


class OpenWorkspace(QObject):
    """Holds what is open as it was read last, and has its embedded brokers run.

    Belongs to the loop's thread; the disk is asked beside it. Whoever calls sees to it that no two
    readings overlap.

    Attributes:
        opened: The file with its surroundings and problems; None when none is open.
        writing: Held by who writes the file, so that each works on what the last has left.

    Signals:
        changed: The file, or what surrounds it, is another by now: before and now.
        filesChanged: What is wrong with the files that it names.
    """

    changed = Signal(object, object)
    filesChanged = Signal()

    def __init__(
        self, sandbox: SandboxOwner, tasks: Tasks, say_busy: Callable[[str], None], parent: QObject
    ) -> None:
        """Have nothing open yet.

        Args:
            sandbox: Who starts embedded brokers.
            tasks: Where looks into files go on.
            say_busy: Takes what is going on and takes its time.
            parent: Qt's owner.
        """
        super().__init__(parent)
        self.opened: Opened | None = None
        self.writing = asyncio.Lock()
        self._sandbox, self._tasks, self._say_busy = sandbox, tasks, say_busy
        self._is_looking = self._must_look = False  # at files

    async def read_again(self) -> Opened | None:
        """Read the open file as it is now, and tell about it if it has changed."""
        before = self.opened
        if before is None:
            return None
        now = await asyncio.to_thread(open_file, before.loaded.path, before.environment.sandbox)
        has_changed = now.loaded.text != before.loaded.text or now.problems != before.problems
        self.opened = now
        try:
            await self.provide_sandbox()
        finally:
            if has_changed or self.opened.environment != before.environment:
                self.changed.emit(before, self.opened)
        return self.opened

    async def write(
        self,
        change: Callable[[str], str],
        then: Callable[[], None] | None,
        read: Callable[[], Awaitable[None]],
    ) -> tuple[str, str]:
        """Change the open file.

        Args:
            change: Makes the new text out of the old one, beside the loop.
            then: Called when it is written, before anybody is told.
            read: Reads what was written, when no other command has its turn.

        Returns:
            The text before and after.

        Raises:
            StoreError: The file was changed elsewhere, or cannot be written; it is as it was.
        """
        async with self.writing:
            loaded = self.opened.loaded if self.opened is not None else None
            if loaded is None:
                raise StoreError(self.tr("No workspace is open."))
            if not loaded.is_readable:
                raise StoreError(
                    self.tr("The file cannot be read, so nothing was changed."),
                    hint=self.tr("Correct it and reload it."),
                )
            before = loaded.text
            after = await asyncio.to_thread(change, before)
            if after != before:
                expected = content_hash(before)
                await asyncio.to_thread(save_text, loaded.path, after, expected=expected)
                if then is not None:
                    then()
                await read()
        return before, after

    async def provide_sandbox(self) -> None:
        """Have the embedded brokers run if the open workspace uses them."""
        opened = self.opened
        if opened is None or not opened.loaded.partial.uses_sandbox():
            return
        if self._sandbox.addresses is None:
            self._say_busy(self.tr("Starting the embedded brokers"))
        addresses = await self._sandbox.ensure()
        opened = self.opened or opened  # its files may have been looked at meanwhile
        if opened.environment.sandbox != addresses:
            self.opened = opened.on(addresses)

    def look_at_files(self) -> None:
        """Look anew into the files that it names, such as certificates.

        Nobody waits for it, and while one look goes on there is no second: the disk may be one
        that does not answer.
        """
        if self.opened is None or not self.opened.loaded.partial.names_tls_files():
            return
        self._must_look = True
        if not self._is_looking:
            self._is_looking = True
            self._tasks.start(self._look(), "look at the files of the workspace")

    async def _look(self) -> None:
        try:
            while self._must_look and (before := self.opened) is not None:
                self._must_look = False
                now = await asyncio.to_thread(with_files, before)
                # Another version was looked at when it was read.
                if self.opened is before and now.problems != before.problems:
                    self.opened = now
                    self.filesChanged.emit()
        finally:
            self._is_looking = False
