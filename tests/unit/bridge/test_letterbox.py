"""Dead letters are read while the engine writes, and taken out so that no other one is lost."""

from __future__ import annotations

import json
import random
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from core.bridge.deadletters import DeadLetters
from core.bridge.letterbox import LetterBox
from core.bridge.letters import LetterHead, letters_path, older_of
from core.bridge.metrics import RuleCounters
from core.bridge.record import Record
from core.errors import StoreError
from core.mqtt.message import InboundMessage
from core.workspace.kafka import Fallback
from tests.unit.bridge.writing import ManualClock

ROOT = Path(__file__).parents[3]


class Letters:
    """The files of one action: written as the engine does, read by a box."""

    def __init__(self, folder: Path, most: int = 1_000, **limits: str) -> None:
        self.path = letters_path(folder, "to")
        self.clock = ManualClock()
        fallback = Fallback.model_validate({"kind": "file", **limits})
        self.engine = DeadLetters(self.path, fallback, self.clock)
        self.box = LetterBox(self.path, most)

    def write(self, *payloads: bytes | str, reason: str = "too large") -> None:
        self.engine.write([self.letter(payload, reason) for payload in payloads])

    def letter(self, payload: bytes | str, reason: str = "too large") -> bytes:
        data = payload.encode() if isinstance(payload, str) else payload
        message = InboundMessage("a/b", data, 1, received_ms=7)
        record = Record(Nobody(), message, RuleCounters(id="r"))
        record.topic, record.key, record.value, record.headers = "t", b"k", data, [("h", None)]
        record.reason, record.kind, record.hint, record.attempts = reason, "too_large", "less", 2
        return self.engine.letter(record)

    @property
    def payloads(self) -> list[str]:
        return [head.start for head in self.box.read().heads]

    def all(self) -> list[str]:
        """The payloads that another reader finds."""
        return [head.start for head in LetterBox(self.path).read().heads]

    def heads(self, *payloads: str) -> list[LetterHead]:
        return [head for head in self.box.read().heads if head.start in payloads]


class Nobody:
    def on_success(self, record: Record) -> None: ...

    def on_failure(self, record: Record, error: object) -> None: ...

    def tell_place(self, record: Record, report: object) -> None: ...


def test_letter_is_read_as_it_was_put_aside(tmp_path: Path):
    letters = Letters(tmp_path)
    letters.write("one")
    (head,) = letters.box.read().heads
    assert (head.kind, head.reason, head.rule) == ("too_large", "too large", "r")
    assert (head.topic, head.key, head.size, head.time_ms) == ("a/b", "k", 3, 1_000_000)
    assert head.waited_ms == 999_993
    letter = letters.box.load(head.place)
    assert letter is not None
    assert (letter.hint, letter.attempts) == ("less", 2)
    assert (letter.record.topic, letter.record.headers) == ("t", [("h", None)])
    message = letter.message.inbound()
    assert (message.topic, message.payload, message.qos) == ("a/b", b"one", 1)
    assert message.received_ms == 7


def test_bytes_that_are_no_text_are_read_as_they_were(tmp_path: Path):
    letters = Letters(tmp_path)
    raw = b"\x26\x00\x01n\x00\x02\xff\xfe"
    message = InboundMessage("a/b", b"\xff\x00", raw_properties=raw)
    record = Record(Nobody(), message, RuleCounters(id="r"))
    letters.engine.write([letters.engine.letter(record)])
    (head,) = letters.box.read().heads
    letter = letters.box.load(head.place)
    assert letter is not None
    assert letter.message.inbound().payload == b"\xff\x00"
    assert letter.message.inbound().user_property("n") == "\udcff\udcfe"
    assert letter.message.properties["User-Property"] == {"n": "��"}
    assert head.size == 2, "of the message: no record was rendered"


def test_letters_that_come_later_are_read_without_reading_the_others_again(tmp_path: Path):
    letters = Letters(tmp_path)
    letters.write("one", "two")
    assert letters.payloads == ["one", "two"]
    read = letters.path.read_bytes().splitlines()[1]
    letters.path.write_bytes(letters.path.read_bytes().replace(read, b"x" * len(read)))
    letters.write("three")
    assert letters.payloads == ["one", "two", "three"]
    assert [head.start for head in letters.box.read(again=True).heads] == ["one", "three"]


@pytest.mark.parametrize("cut", [1, 20, 200])
def test_half_written_line_is_waited_for(tmp_path: Path, cut: int):
    letters = Letters(tmp_path)
    letters.write("one", "two")
    whole = letters.path.read_bytes()
    letters.path.write_bytes(whole[:-cut])
    assert letters.payloads == ["one"]
    assert letters.box.read().damaged == 0
    with letters.path.open("ab") as file:
        file.write(whole[-cut:])
    assert letters.payloads == ["one", "two"]


def test_engine_that_comes_after_a_half_written_line_begins_a_new_one(tmp_path: Path):
    letters = Letters(tmp_path)
    letters.write("one", "two")
    whole = letters.path.read_bytes()
    for cut in range(2, len(whole) // 2, 37):
        letters.path.write_bytes(whole[:-cut])
        letters.write("three")
        assert letters.all() == ["one", "three"]


def test_damaged_line_is_counted_and_the_others_are_read(tmp_path: Path):
    letters = Letters(tmp_path)
    letters.write("one")
    with letters.path.open("ab") as file:
        file.write(b'{"time": 1}\nno letter\n\n')
    letters.write("two")
    assert letters.payloads == ["one", "two"]
    assert letters.box.read().damaged == 2


def test_only_the_newest_letters_are_kept_in_memory(tmp_path: Path):
    letters = Letters(tmp_path, most=3)
    letters.write(*"abcde")
    shelf = letters.box.read()
    assert ([head.start for head in shelf.heads], shelf.left_out) == (["c", "d", "e"], 2)
    letters.box.settle([shelf.heads[0].place])
    shelf = letters.box.read()
    assert ([head.start for head in shelf.heads], shelf.left_out) == (["d", "e"], 2)
    shelf = letters.box.read(again=True)
    assert ([head.start for head in shelf.heads], shelf.left_out) == (["b", "d", "e"], 1)


def test_settled_letters_are_gone_and_the_others_stay(tmp_path: Path):
    letters = Letters(tmp_path)
    letters.write("one", "two", "three")
    places = [head.place for head in letters.heads("one", "three")]
    assert letters.box.settle(places) == places
    assert letters.payloads == letters.all() == ["two"]
    letters.box.wipe(places)
    assert b"three" not in letters.path.read_bytes()
    assert letters.payloads == letters.all() == ["two"]
    assert letters.box.settle(places) == [], "they are gone"
    assert letters.box.load(places[0]) is None
    letters.write("four")
    assert letters.payloads == letters.all() == ["two", "four"]


def test_settled_letters_can_be_put_back_until_they_are_wiped(tmp_path: Path):
    letters = Letters(tmp_path)
    letters.write("one", "two", "three")
    one, two = [head.place for head in letters.heads("one", "two")]
    letters.box.settle([one, two])
    letters.box.wipe([two])
    assert letters.box.restore([one, two]) == [one]
    assert letters.payloads == letters.all() == ["one", "three"]


def test_what_was_settled_and_not_wiped_is_wiped_later(tmp_path: Path):
    letters = Letters(tmp_path)
    letters.write("one", "two")
    letters.box.settle([head.place for head in letters.heads("one")])
    assert b"one" in letters.path.read_bytes()
    LetterBox(letters.path).tidy()
    assert b"one" not in letters.path.read_bytes()
    assert letters.all() == ["two"]


def test_letters_are_settled_where_their_file_has_come_to(tmp_path: Path):
    letters = Letters(tmp_path, max_size="1KB")
    letters.write("one", "two")
    heads = letters.heads("one", "two")
    letters.write("three")
    assert older_of(letters.path).exists()
    letters.box.settle([heads[0].place])
    assert letters.payloads == letters.all() == ["two", "three"]
    letters.box.settle([heads[1].place])
    letters.box.wipe([head.place for head in heads])
    assert not older_of(letters.path).exists(), "nothing is left in it"
    assert letters.payloads == letters.all() == ["three"]


def test_another_letter_at_the_same_place_is_not_touched(tmp_path: Path):
    letters = Letters(tmp_path)
    letters.write("one")
    (head,) = letters.heads("one")
    letters.path.unlink()
    letters.clock.now_s += 0.001
    letters.write("two")
    assert letters.box.settle([head.place]) == []
    letters.box.wipe([head.place])
    assert letters.box.load(head.place) is None
    assert letters.payloads == ["two"]


def test_letters_that_look_alike_are_settled_one_by_one(tmp_path: Path):
    letters = Letters(tmp_path)
    letters.write("one", "one")
    letters.box.settle([letters.box.read().heads[1].place])
    assert letters.payloads == letters.all() == ["one"]


def test_age_of_the_file_is_still_told_by_its_first_letter(tmp_path: Path):
    letters = Letters(tmp_path, max_age="60s")
    letters.clock.now_s = 0.0
    letters.write("one", "two")
    places = [head.place for head in letters.heads("one")]
    letters.box.settle(places)
    letters.box.wipe(places)
    letters.clock.now_s = 31.0
    letters.write("three")
    assert older_of(letters.path).exists()
    letters.clock.now_s = 61.0
    letters.write("four")
    assert letters.all() == ["three", "four"]


def test_whatever_is_left_of_a_settled_letter_is_none(tmp_path: Path):
    """A kill may come after any byte of what settling writes."""
    letters = Letters(tmp_path)
    letters.write("one", "two", "three")
    whole = letters.path.read_bytes()
    (head,) = letters.heads("two")
    letters.box.settle([head.place])
    letters.box.wipe([head.place])
    wiped = letters.path.read_bytes()
    start, end = head.place.offset, head.place.offset + head.place.length
    assert (whole[:start], whole[end:]) == (wiped[:start], wiped[end:])
    for at in range(start + 1, end + 1):
        letters.path.write_bytes(wiped[:at] + whole[at:])
        assert letters.all() == ["one", "three"]


def test_files_that_cannot_be_read_are_said(tmp_path: Path):
    letters = Letters(tmp_path)
    letters.path.mkdir(parents=True)
    with pytest.raises(StoreError, match="cannot be read"):
        letters.box.read()
    with pytest.raises(StoreError, match="cannot be written"):
        letters.box.wipe([])


def test_nothing_is_lost_while_one_thread_writes_and_another_settles(tmp_path: Path):
    letters = Letters(tmp_path, max_size="2MB")
    settled: set[str] = set()
    is_over = threading.Event()
    choice = random.Random(11)

    def settle() -> None:
        while not is_over.is_set():
            heads = letters.box.read().heads
            some = [head for head in heads if choice.random() < 0.1]
            done = set(letters.box.settle([head.place for head in some]))
            letters.box.wipe(list(done))
            settled.update(head.start for head in some if head.place in done)

    thread = threading.Thread(target=settle)
    thread.start()
    try:
        for number in range(300):
            letters.write(*(f"{number}-{each}" for each in range(10)))
    finally:
        is_over.set()
        thread.join()
    assert older_of(letters.path).exists(), "the file was renamed meanwhile"
    everything = {f"{number}-{each}" for number in range(300) for each in range(10)}
    assert settled
    assert set(letters.all()) == everything - settled


KILLED = """
import sys
from pathlib import Path
from core.bridge.letterbox import LetterBox
box = LetterBox(Path(sys.argv[1]))
for head in box.read().heads[::2]:
    done = box.settle([head.place])
    box.wipe(done)
    print(head.start, flush=True)
"""


@pytest.mark.parametrize("after", [1, 40, 150])
def test_kill_while_letters_are_settled_loses_no_other_one(tmp_path: Path, after: int):
    letters = Letters(tmp_path)
    payloads = [f"{number}" for number in range(400)]
    letters.write(*payloads)
    child = subprocess.Popen(
        [sys.executable, "-c", KILLED, str(letters.path)], cwd=ROOT, stdout=subprocess.PIPE
    )
    assert child.stdout is not None
    told = [child.stdout.readline() for _ in range(after)]
    child.kill()
    told += child.stdout.readlines()
    child.wait()
    child.stdout.close()
    gone = {line.decode().strip() for line in told if line.endswith(b"\n")}
    left = letters.all()
    assert not gone & set(left)
    assert set(payloads[1::2]) <= set(left), "nobody asked for these"
    assert len(left) >= len(payloads) - len(gone) - 1
    for line in letters.path.read_bytes().splitlines():
        assert line.startswith(b" ") or json.loads(line)
