"""Which buffer an action gets, and where its files are."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import TYPE_CHECKING

from core.bridge.buffers import Buffer, DiskBuffer, MemoryBuffer
from core.bridge.segments import SegmentLog
from core.errors import StoreError

if TYPE_CHECKING:
    from core.bridge.record import Owner, RecordDecoder
    from core.clock import Clock
    from core.workspace.kafka import KafkaAction

log = logging.getLogger("core.bridge")


class Buffers:
    """Makes the buffers of one pipeline, below `buffer/ACTION/` in the state folder.

    An action that rules of several sources use has a folder for each source.
    """

    def __init__(self, source: str, state_dir: Path, clock: Clock, decoder: RecordDecoder) -> None:
        self._source = source
        self._folder = state_dir / "buffer"
        self._clock = clock
        self._decoder = decoder

    def make(self, action: KafkaAction, owner: Owner) -> Buffer:
        """Make the buffer of an action; a disk that cannot be used is told by its `trouble`."""
        options = action.buffer
        if options.mode == "memory":
            return MemoryBuffer()
        durable = options.mode == "disk"
        folder = self._folder / action.name / (self._source if durable else f"{self._source}.spill")
        segment_bytes = options.segment_bytes.bytes

        def open_log() -> SegmentLog:
            opened = SegmentLog(folder, segment_bytes)
            if durable:
                _adopt(opened, segment_bytes)
            return opened

        return DiskBuffer(
            open_log,
            owner,
            self._decoder,
            self._clock,
            durable=durable,
            memory_bytes=segment_bytes,
        )


def _adopt(ours: SegmentLog, segment_bytes: int) -> None:
    """Take over what a source left that has another name now, or does not use the action.

    A source that runs keeps its folder locked; one that starts later begins with an empty one.
    """
    for folder in sorted(ours.folder.parent.iterdir()):
        if folder == ours.folder or folder.suffix == ".spill" or not any(folder.glob("*.seg")):
            continue
        try:
            theirs = SegmentLog(folder, segment_bytes)
        except StoreError:
            continue  # in use
        try:
            while theirs.unread:
                chunk = theirs.read()
                if chunk.entries:
                    ours.append([entry.content for entry in chunk.entries])
                    theirs.commit(chunk.entries[-1].number + 1)
                for damage in chunk.damage:
                    log.error("buffer: %s", damage)
            log.info("the records of %s were taken over", folder)
        except StoreError as exc:
            log.error("%s %s", exc.message, exc.hint)
        finally:
            theirs.close()  # deletes its files; the folder stays, somebody may be opening it
