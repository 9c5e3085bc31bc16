"""What the buffer on disk costs, beside a bare file and beside SQLite.

    python tests/benchmarks/bench_buffer.py [--records 200000] [--batch 500] [--bytes 300]

Writes records in batches, as the pipeline does between two reads, then reads and settles all of
them in batches. Prints records a second for both, the longest time that one batch took, and the
ratio to a bare append-only file without numbers, checksums or a way to settle.
"""

from __future__ import annotations

import argparse
import os
import sqlite3
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from core.bridge.segments import SegmentLog

SEGMENT_BYTES = 10 << 20
Batches = list[list[bytes]]


def bare_file(folder: Path, batches: Batches) -> tuple[Iterator[None], Callable[[], int]]:
    """Append only; reading is one pass over the file."""
    path = folder / "bare"
    size = len(batches[0][0])

    def write() -> Iterator[None]:
        with path.open("wb", 0) as file:
            for batch in batches:
                file.write(b"".join(batch))
                yield

    def read() -> int:
        found = 0
        with path.open("rb") as file:
            while file.read(size):
                found += 1
        return found

    return write(), read


def segment_log(folder: Path, batches: Batches) -> tuple[Iterator[None], Callable[[], int]]:
    """The buffer's own files."""
    log = SegmentLog(folder / "log", SEGMENT_BYTES)

    def write() -> Iterator[None]:
        for batch in batches:
            log.append(batch)
            yield

    def read() -> int:
        found = 0
        while log.unread:
            entries = log.read().entries
            found += len(entries)
            log.commit(entries[-1].number + 1)
        log.close()
        return found

    return write(), read


def sqlite(folder: Path, batches: Batches) -> tuple[Iterator[None], Callable[[], int]]:
    """A table in WAL mode, one transaction a batch."""
    database = sqlite3.connect(folder / "queue.db", isolation_level=None)
    database.execute("PRAGMA journal_mode=WAL")
    database.execute("PRAGMA synchronous=NORMAL")
    database.execute("CREATE TABLE queue (id INTEGER PRIMARY KEY, content BLOB)")

    def write() -> Iterator[None]:
        for batch in batches:
            database.execute("BEGIN")
            database.executemany("INSERT INTO queue (content) VALUES (?)", [(b,) for b in batch])
            database.execute("COMMIT")
            yield

    def read() -> int:
        found = 0
        while rows := database.execute("SELECT id, content FROM queue LIMIT 500").fetchall():
            found += len(rows)
            database.execute("DELETE FROM queue WHERE id <= ?", (rows[-1][0],))
        database.close()
        return found

    return write(), read


def main() -> None:
    """Measure all three."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--records", type=int, default=200_000)
    parser.add_argument("--batch", type=int, default=500)
    parser.add_argument("--bytes", type=int, default=300)
    args = parser.parse_args()
    content = os.urandom(args.bytes)
    batches = [[content] * args.batch for _ in range(args.records // args.batch)]
    count = args.batch * len(batches)
    baseline = (0.0, 0.0)
    print(f"{'':12} {'write/s':>12} {'ratio':>7} {'longest batch':>14} {'read/s':>12} {'ratio':>7}")
    for make in (bare_file, segment_log, sqlite):
        with tempfile.TemporaryDirectory() as folder:
            write, read = make(Path(folder), batches)
            longest_s = 0.0
            start = last = time.perf_counter()
            for _ in write:
                now = time.perf_counter()
                longest_s, last = max(longest_s, now - last), now
            written_s = time.perf_counter() - start
            start = time.perf_counter()
            found = read()
            read_s = time.perf_counter() - start
        assert found == count, f"{make.__name__}: {found} of {count}"
        baseline = baseline if all(baseline) else (written_s, read_s)
        print(
            f"{make.__name__:12} {count / written_s:12,.0f} {written_s / baseline[0]:7.1f}"
            f" {longest_s * 1_000:11.1f} ms {count / read_s:12,.0f} {read_s / baseline[1]:7.1f}"
        )


if __name__ == "__main__":
    main()
