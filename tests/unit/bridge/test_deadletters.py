"""The file of dead letters: what it keeps, and for how long."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from core.bridge.deadletters import DeadLetters
from core.bridge.letters import lock_of, older_of
from core.filelock import FileLock
from core.workspace.kafka import Fallback
from tests.unit.bridge.writing import ManualClock


def letter(number: int, now_s: float) -> bytes:
    time = f"1970-01-01T00:{int(now_s) // 60:02}:{int(now_s) % 60:02}Z"
    return json.dumps({"time": time, "n": number}).encode()


def kept(folder: Path) -> list[int]:
    lines = [line for path in folder.glob("*.jsonl") for line in path.read_text().splitlines()]
    return sorted(json.loads(line)["n"] for line in lines)


@pytest.mark.parametrize("every_s", [1, 7, 30, 90])
def test_letters_are_kept_for_half_of_max_age_and_not_longer_than_all_of_it(
    tmp_path: Path, every_s: int
):
    clock = ManualClock()
    clock.now_s = 0.0
    letters = DeadLetters(
        tmp_path / "to.jsonl", Fallback.model_validate({"kind": "file", "max_age": "60s"}), clock
    )
    for number in range(40):
        clock.now_s = float(number * every_s)
        letters.write([letter(number, clock.now_s)])
        ages_s = {n: (number - n) * every_s for n in range(number + 1)}
        found = kept(tmp_path)
        assert found == sorted(set(found))
        assert all(ages_s[n] <= 60 for n in found)
        assert {n for n, age_s in ages_s.items() if age_s <= 30} <= set(found)


def test_letters_after_a_damaged_one_are_kept(tmp_path: Path):
    clock = ManualClock()
    path = tmp_path / "to.jsonl"
    path.write_text("no letter\n")
    clock.now_s = path.stat().st_mtime
    letters = DeadLetters(path, Fallback(kind="file"), clock)
    letters.write([b'{"n": 1}'])
    assert path.read_text() == 'no letter\n{"n": 1}\n'


def test_file_is_not_renamed_while_somebody_else_holds_its_lock(tmp_path: Path):
    path = tmp_path / "to.jsonl"
    limits = Fallback.model_validate({"kind": "file", "max_size": "100B"})
    letters = DeadLetters(path, limits, ManualClock())
    letters.write([letter(1, 0.0), letter(2, 0.0)])
    lock = FileLock(lock_of(path))
    letters.write([letter(3, 0.0)])
    assert not older_of(path).exists()
    lock.release()
    letters.write([letter(4, 0.0)])
    assert older_of(path).exists()
    assert kept(tmp_path) == [1, 2, 3, 4]
