from __future__ import annotations

import errno
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.bridge.frames import FRAME_BYTES, frame
from core.bridge.segments import SegmentLog
from core.errors import StoreError

SMALL = 10 * (FRAME_BYTES + 10)
"""Ten entries of ten bytes fill a segment of this size."""


def entry(number: int) -> bytes:
    return b"entry %04d" % number


def entries(*numbers: int) -> list[bytes]:
    return [entry(number) for number in numbers]


def read_all(log: SegmentLog) -> list[bytes]:
    found: list[bytes] = []
    while log.unread:
        found += [each.content for each in log.read(1).entries]
    return found


def filled(folder: Path, count: int, committed: int = 0) -> None:
    """Leave a folder as an engine does that was killed."""
    log = SegmentLog(folder / "alive", SMALL)
    for number in range(count):
        log.append([entry(number)])
    log.commit(committed)
    shutil.copytree(folder / "alive", folder, dirs_exist_ok=True)
    log.close()


@pytest.fixture
def open_log() -> Iterator[Callable[[Path], SegmentLog]]:
    """Open queues that are closed with the test."""
    opened: list[SegmentLog] = []

    def make(folder: Path) -> SegmentLog:
        opened.append(SegmentLog(folder, SMALL))
        return opened[-1]

    yield make
    for log in opened:
        log.close()


def segments(folder: Path) -> list[Path]:
    return sorted(folder.glob("*.seg"))


def test_entries_come_in_order_over_segments(
    open_log: Callable[[Path], SegmentLog], tmp_path: Path
):
    log = open_log(tmp_path)
    assert log.append(entries(*range(25))) == 0
    assert log.append(entries(*range(25, 50))) == 25
    assert len(segments(tmp_path)) == 2
    assert log.unread_bytes == 500
    assert read_all(log) == entries(*range(50))
    assert log.unread_bytes == 0


def test_reading_follows_writing(open_log: Callable[[Path], SegmentLog], tmp_path: Path):
    log = open_log(tmp_path)
    seen: list[bytes] = []
    for number in range(35):
        log.append([entry(number)])
        if number % 3 == 0:
            seen += read_all(log)
    assert seen + read_all(log) == entries(*range(35))


def test_skipping_goes_to_the_end(open_log: Callable[[Path], SegmentLog], tmp_path: Path):
    log = open_log(tmp_path)
    log.append(entries(0, 1, 2))
    log.skip_unread()
    log.append(entries(3))
    assert read_all(log) == entries(3)


def test_what_was_appended_is_there_after_a_kill(
    open_log: Callable[[Path], SegmentLog], tmp_path: Path
):
    filled(tmp_path, 33, committed=12)
    log = open_log(tmp_path)
    assert (log.start, log.end, len(log), log.unread_bytes) == (12, 33, 21, 210)
    assert log.damage == []
    assert log.append([b"new"]) == 33
    assert read_all(log) == [*entries(*range(12, 33)), b"new"]


def test_settled_segments_are_deleted(open_log: Callable[[Path], SegmentLog], tmp_path: Path):
    log = open_log(tmp_path)
    for number in range(35):
        log.append([entry(number)])
    log.commit(29)
    assert [path.name for path in segments(tmp_path)] == [f"{20:020}.seg", f"{30:020}.seg"]
    log.commit(35)
    log.close()
    assert segments(tmp_path) == []
    assert open_log(tmp_path).append([b"x"]) == 35


def test_folder_has_one_user(open_log: Callable[[Path], SegmentLog], tmp_path: Path):
    first = open_log(tmp_path)
    with pytest.raises(StoreError, match="another engine"):
        open_log(tmp_path)
    first.close()
    open_log(tmp_path)


@pytest.mark.parametrize("place", [0, 3, FRAME_BYTES, 200, 5 * (FRAME_BYTES + 10) + 5])
def test_damaged_bytes_cost_their_own_entries_only(
    open_log: Callable[[Path], SegmentLog], tmp_path: Path, place: int
):
    filled(tmp_path, 30)
    data = bytearray(segments(tmp_path)[1].read_bytes())
    data[place : place + 4] = b"\xff\xff\xff\xff"
    segments(tmp_path)[1].write_bytes(data)
    log = open_log(tmp_path)
    assert len(log) == 30
    chunk = log.read()
    damaged = 10 + place // (FRAME_BYTES + 10)
    assert [each.number for each in chunk.entries] == [n for n in range(30) if n != damaged]
    assert (chunk.lost, chunk.lost_bytes) == (1, 10)
    assert str(segments(tmp_path)[1]) in chunk.damage[0]
    assert log.unread_bytes == 0


def test_missing_segment_is_counted(open_log: Callable[[Path], SegmentLog], tmp_path: Path):
    filled(tmp_path, 30)
    segments(tmp_path)[1].unlink()
    log = open_log(tmp_path)
    chunk = log.read()
    assert [each.number for each in chunk.entries] == [*range(10), *range(20, 30)]
    assert chunk.lost == 10


def test_end_that_was_written_half_is_passed_over(
    open_log: Callable[[Path], SegmentLog], tmp_path: Path
):
    filled(tmp_path, 5)
    with segments(tmp_path)[0].open("ab") as file:
        file.write(frame(5, entry(5))[:-3])
    log = open_log(tmp_path)
    assert "unreadable" in log.damage[0]
    log.append([b"new"])
    assert read_all(log) == [*entries(*range(5)), b"new"]


def test_unreadable_segment_is_kept_aside(open_log: Callable[[Path], SegmentLog], tmp_path: Path):
    filled(tmp_path, 3)
    segments(tmp_path)[0].write_bytes(b"\0" * 100)
    log = open_log(tmp_path)
    assert log.damage
    log.append([b"new"])
    assert read_all(log) == [b"new"]
    assert [path.stat().st_size for path in tmp_path.glob("*.damaged")] == [100]


def test_damaged_commit_repeats_what_was_settled(
    open_log: Callable[[Path], SegmentLog], tmp_path: Path
):
    filled(tmp_path, 15, committed=12)
    (tmp_path / "commit").write_bytes(b"\1" * 12)
    log = open_log(tmp_path)
    assert "may come again" in log.damage[0]
    assert read_all(log) == entries(10, 11, 12, 13, 14)


def test_failed_append_leaves_nothing_behind(
    open_log: Callable[[Path], SegmentLog], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    log = open_log(tmp_path)
    log.append(entries(0))
    file = log._file  # pyright: ignore[reportPrivateUsage] - the border to the disk

    class FullDisk:
        """Takes half of what it is given, then nothing."""

        def __init__(self) -> None:
            self.room = 15

        def write(self, data: memoryview) -> int:
            if not self.room:
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            taken, self.room = self.room, 0
            return file.write(data[:taken])

        def __getattr__(self, name: str) -> object:
            return getattr(file, name)

    monkeypatch.setattr(log, "_file", FullDisk())
    with pytest.raises(StoreError, match="No space left"):
        log.append(entries(1, 2))
    monkeypatch.setattr(log, "_file", file)
    log.append(entries(3))
    assert read_all(log) == entries(0, 3)


def test_folder_that_cannot_be_made_is_said(tmp_path: Path):
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreError, match=r"file.*cannot be opened"):
        SegmentLog(tmp_path / "file" / "buffer", SMALL)


@given(st.lists(st.binary(max_size=60), max_size=30), st.data())
def test_any_damage_leaves_the_others(
    tmp_path_factory: pytest.TempPathFactory, contents: list[bytes], data: st.DataObject
):
    """Whole entries are read back exactly, whatever stands between and over them."""
    folder = tmp_path_factory.mktemp("log")
    log = SegmentLog(folder, SMALL)
    for content in contents:
        log.append([content])
    log.close()
    paths = segments(folder)
    if paths:
        path = data.draw(st.sampled_from(paths))
        old = path.read_bytes()
        at = data.draw(st.integers(0, len(old) - 1))
        noise = data.draw(st.binary(min_size=1, max_size=20))
        path.write_bytes(old[:at] + noise + old[at + len(noise) :])
    again = SegmentLog(folder, SMALL)
    found = []
    lost = 0
    while again.unread:
        chunk = again.read()
        found += chunk.entries
        lost += chunk.lost
    assert all(contents[each.number] == each.content for each in found)
    assert len(found) + lost == len(again)
    missing = set(range(len(contents))) - {each.number for each in found}
    assert len(missing) <= 2 + 20 // FRAME_BYTES
    assert again.unread_bytes >= 0
    again.close()
