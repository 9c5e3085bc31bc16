"""The list of dead letters: groups, filters, check boxes, and rows that stay where they are."""

from __future__ import annotations

import json
import time
from types import SimpleNamespace
from typing import Any

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from core.bridge.letters import LetterHead, Place
from gui.viewmodels.folded import MOST_EDITED, fold
from gui.viewmodels.letter_job import LetterJob
from gui.viewmodels.letter_model import COLUMNS, LetterModel
from gui.viewmodels.table_roles import TableRole

NOW_MS = time.time_ns() // 1_000_000
DAY_MS = 86_400_000


def head(number: int, ago_ms: int = 0, kind: str = "too_large", **more: object) -> LetterHead:
    values = {"topic": f"t/{number}", "key": f"dev-{number}", "size": number, "start": "{}", **more}
    place = Place(number, 10, number.to_bytes(4, "big"))
    return LetterHead(place, NOW_MS - ago_ms, kind, "why", "r", **values)  # type: ignore[arg-type]


def texts(model: LetterModel) -> list[str]:
    """The first words of each row: the head of a group, or the key of a letter."""
    keys = COLUMNS.index("key")
    return [
        model.index(row, 0).data() or model.index(row, keys).data()
        for row in range(model.rowCount())
    ]


@pytest.fixture
def model(qapp: object) -> LetterModel:
    made = LetterModel()
    made.show([head(1, 3 * DAY_MS), head(2, 3 * DAY_MS - 9), head(3, 20), head(4)], NOW_MS - 10)
    return made


def test_newest_letters_come_first_in_groups(model: LetterModel):
    start, new, today, *old = texts(model)
    assert start.startswith("Since start, ")
    assert (new, today, old[0]) == ("dev-4", "Today", "dev-3")
    assert old[2:] == ["dev-2", "dev-1"]
    assert model.index(0, 0).data(TableRole.HEAD)
    assert not model.index(0, 0).flags() & Qt.ItemFlag.ItemIsSelectable


def test_a_screen_reader_is_told_what_the_arrow_shows(model: LetterModel):
    across, spoken = Qt.Orientation.Horizontal, Qt.ItemDataRole.AccessibleTextRole
    assert model.headerData(COLUMNS.index("time"), across, spoken) == "Time, newest first"
    assert model.headerData(COLUMNS.index("key"), across, spoken) is None


def test_start_of_a_stopped_bridge_makes_no_group(model: LetterModel):
    model.show([head(3, 20), head(4)], None)
    assert texts(model) == ["Today", "dev-4", "dev-3"]


def test_new_letters_are_put_in_and_the_others_stay(model: LetterModel, qtbot: QtBot):
    model.check([1], True)
    with (
        qtbot.waitSignal(model.rowsInserted) as inserted,
        qtbot.assertNotEmitted(model.modelReset),
    ):
        model.show([*model.shown[::-1], head(5)], NOW_MS - 10)
    assert inserted.args is not None
    assert inserted.args[1:] == [1, 1]
    assert [each.key for each in model.checked] == ["dev-4"]


def test_settled_letters_go_with_a_group_that_has_none_left(model: LetterModel, qtbot: QtBot):
    with qtbot.assertNotEmitted(model.modelReset):
        model.show([head(1, 3 * DAY_MS), head(4)], NOW_MS - 10)
    assert len(texts(model)) == 4
    assert "dev-3" not in texts(model)


def test_filter_and_reason_narrow_the_list(model: LetterModel):
    model.show([head(1, kind="expired"), head(2), head(3, topic="a/b")], None)
    model.set_filter("key:dev-1")
    assert [each.key for each in model.shown] == ["dev-1"]
    model.set_filter("topic:a/+")
    assert [each.key for each in model.shown] == ["dev-3"]
    model.set_filter("size > 1")
    assert [each.key for each in model.shown] == ["dev-3", "dev-2"]
    model.set_filter("waited too long")
    assert [each.key for each in model.shown] == ["dev-1"]
    model.set_filter("")
    model.set_kind("too_large")
    assert [each.key for each in model.shown] == ["dev-3", "dev-2"]
    assert model.kinds == ["too_large", "expired"]


def test_filter_that_is_wrong_is_said(model: LetterModel):
    model.set_filter("/(/")
    assert "no regular expression" in model.problem


def test_payload_of_a_small_message_can_be_filtered_by_value(model: LetterModel):
    model.show([head(1, start='{"temp": 20}'), head(2, start='{"temp": 40}')], None)
    model.set_filter("payload.temp > 30")
    assert [each.key for each in model.shown] == ["dev-2"]


def test_only_what_is_shown_counts_as_checked(model: LetterModel):
    model.check_all(True)
    assert len(model.checked) == 4
    model.set_filter("key:dev-1")
    assert [each.key for each in model.checked] == ["dev-1"]
    model.check_all(False)
    model.set_filter("")
    assert model.checked == []


def test_row_is_read_out_with_its_tick(model: LetterModel):
    model.check([1], True)
    spoken = model.index(1, 0).data(Qt.ItemDataRole.AccessibleTextRole)
    assert spoken.startswith("Checked, Record too large, ")
    assert "dev-4" in spoken


def test_long_texts_are_folded_and_come_back_whole():
    text = json.dumps({"temp": 41.2, "img": 'x\\"y' * 5_000, "list": ["z" * 3_000]})
    folded = fold(text)
    assert len(folded.text) < 300
    assert not folded.is_cut
    assert json.loads(folded.unfold(folded.text)) == json.loads(text)
    without = "\n".join(line for line in folded.text.splitlines() if '"img"' not in line)
    assert json.loads(folded.unfold(without)) == {"temp": 41.2, "list": ["z" * 3_000]}


def test_text_that_looks_like_a_stand_in_stays_what_it_is():
    stand_in = next(short for short, _ in fold(json.dumps(["x" * 3_000])).parts)
    text = f'[{stand_in}, "{"x" * 3_000}"]'
    folded = fold(text)
    assert json.loads(folded.unfold(folded.text)) == json.loads(text)


def test_what_no_editor_holds_is_cut():
    assert fold("x" * (MOST_EDITED + 1)).is_cut
    assert fold("no json") == fold("no json")
    assert fold("no json").text == "no json"
    nested = "[" * 40_000 + "]" * 40_000
    assert fold(nested).text == nested


def test_no_more_letters_are_sent_than_are_on_their_way_when_it_is_stopped():
    chunks: list[int] = []
    delivered = SimpleNamespace(is_delivered=True, failure=None)

    def send(places: list[object]) -> list[object]:
        chunks.append(len(places))
        job.stop()
        return [delivered] * len(places)

    redelivery = SimpleNamespace(send_again=send, close=lambda: None)
    where: Any = SimpleNamespace(redelivery=lambda: redelivery)
    job = LetterJob("send_again", [head(number) for number in range(500)])
    job._work(where, lambda fates: job._count(fates, lambda _: None))

    assert len(chunks) == 1
    assert job.done == chunks[0] < 500
    assert job.summary().endswith(f"Stopped: {500 - job.done} were left.")
