"""What the tail says of one record: its row, the pages of its detail, what is copied."""

from __future__ import annotations

import json
from itertools import product

import msgspec
import pytest
from PySide6.QtGui import QPainter
from pytestqt.qtbot import QtBot

from core.kafka.records import Base64, TailRecord
from gui.docks.tail_rows import TailDelegate
from gui.theme import Theme
from gui.viewmodels.content import DECODES, PREVIEW, Decode, compact, decode_name
from gui.viewmodels.feed_rows import clock_time
from gui.viewmodels.kcat import kcat_line
from gui.viewmodels.row_filter import parse_filter
from gui.viewmodels.tail_detail import (
    again,
    as_json,
    headers_text,
    hex_text,
    key_text,
    metadata_text,
    value_text,
)
from gui.viewmodels.tail_row import TailRow, row_of
from gui.viewmodels.tail_start import NotUnderstoodError
from gui.viewmodels.tail_table import COLUMNS, TailModel, preview
from gui.viewmodels.value_parts import read_paths
from gui.viewmodels.words import byte_size
from gui.widgets.live_table import LiveTable

from .watched import watched_calls

pytestmark = pytest.mark.usefixtures("qapp")


def record(value: str | Base64 | None = "{}", **changes: object) -> TailRow:
    fields: dict[str, object] = {
        "topic": "plant.hot",
        "partition": 2,
        "offset": 118,
        "timestamp": 1_767_225_600_250,
        "key": "dev-3",
        "headers": [],
        "value": value,
        **changes,
    }
    return row_of(TailRecord(**fields))  # type: ignore[arg-type]


def test_a_row_knows_key_value_and_size_whatever_the_bytes_are():
    assert (record("é").size, record("é").value) == (2, "é")
    assert (record(None).size, preview(record(None))) == (0, "no value")
    binary = record(Base64("AAEC/w=="))
    assert (binary.size, preview(binary)) == (4, "4 B, no text")
    assert record("a\n  b").field("offset") == 118
    assert preview(record("a\n  b")) == "a b"
    headers = record("a", headers=[("site", "roof"), ("site", "cellar")])
    assert headers.field("properties.site") == "cellar"
    assert headers.field("properties.none") is None
    assert byte_size(1_572_864) == "1.6 MB"


@pytest.mark.usefixtures("theme")
@pytest.mark.parametrize("timestamp", [1_800_000_000_000_000, -(1 << 62)])
def test_a_time_beyond_the_calendar_is_shown_as_its_number(timestamp: int, qtbot: QtBot):
    row = record("{}", timestamp=timestamp)
    table = LiveTable("Records", 24)
    qtbot.addWidget(table)
    model = TailModel(table)
    delegate = TailDelegate(table, model)
    table.setItemDelegate(delegate)
    table.setModel(model)
    table.resize(800, 200)
    with qtbot.waitExposed(table):
        table.show()
    for delegate.is_wide in (True, False):
        model.add([row])
        assert not table.grab().isNull()
    assert model.text(row, "time") == clock_time(timestamp) == str(timestamp)
    assert f"Timestamp  {timestamp}\nKey " in metadata_text(row)


@pytest.mark.parametrize(
    ("text", "passes"),
    [
        ("roof", True),
        ("site", True),
        ("DEV-3 temp", True),
        ("topic:plant.hot", True),
        ("topic:plant.cold", False),
        ("key:dev headers.site = roof partition = 2 offset > 117", True),
        ("properties.site = cellar", False),
        ("value.temp > 20 size > 5", True),
    ],
)
def test_a_filter_knows_key_value_headers_and_place_of_a_record(text: str, passes: bool):
    row = record('{"temp": 41}', headers=[("site", "roof")])
    assert parse_filter(text).matches(row) is passes


def test_a_row_is_spoken_in_one_sentence():
    assert TailModel().spoken(record('{"t": 1}')).endswith('p2, #118, dev-3, {"t": 1}')


def test_json_is_laid_out_without_changing_its_numbers():
    text = value_text(record('{"t":41.20,"id":12345678901234567890123}'))
    assert text == '{\n  "t": 41.20,\n  "id": 12345678901234567890123\n}'
    assert value_text(record("no json")) == "no json"


def test_what_is_missing_is_said_in_words():
    bare = record(None, key=None, timestamp=None)
    assert "no value" in value_text(bare)
    assert "no key" in key_text(bare)
    assert "no headers" in headers_text(bare)
    assert "Timestamp  none" in metadata_text(bare)
    assert hex_text(bare) == "No bytes."


def test_a_huge_value_is_cut_for_showing():
    text = value_text(record("x" * 300_000))
    assert text.endswith("… and 267,232 characters more")
    assert len(text) < 33_000
    lines = value_text(record(json.dumps(list(range(5_000))))).splitlines()
    assert lines[:2] == ["[", "  0,"]
    assert lines[-1] == "… and 4,002 lines more"
    assert hex_text(record("x" * 20_000)).endswith("3,616 bytes more")


def test_key_headers_and_place_are_listed():
    row = record("{}", headers=[("site", "roof"), ("n", None)])
    assert key_text(row) == "dev-3"
    assert headers_text(row) == "site  roof\nn     "
    assert "Partition  2\nOffset     118" in metadata_text(row)
    assert "Timestamp  1767225600250" in metadata_text(row)


def test_bytes_are_dumped_with_their_letters():
    dump = hex_text(record("sluicegate"))
    assert dump.splitlines() == [
        "0000  73 6c 75 69 63 65 67 61  sluicega",
        "0008  74 65                    te",
    ]
    binary = record(Base64("AAEC/w=="))
    assert hex_text(binary).startswith("0000  00 01 02 ff ")
    assert value_text(binary) == "4 B that are no text; the page Hex shows them."


def test_a_record_is_copied_in_the_form_of_the_command_line():
    copied = json.loads(as_json(record(Base64("AAE="))))
    assert copied["value"] == {"base64": "AAE="}
    assert copied["offset"] == 118


@pytest.mark.parametrize(
    ("decode", "shown", "badge"),
    [
        ("auto", '{"t": 1}', ""),
        ("json", '{"t": 1}', ""),
        ("text", '{"t": 1}', ""),
        ("hex", "7b 22 74 22 3a 20 31 7d", ""),
        ("base64", "eyJ0IjogMX0=", ""),
    ],
)
def test_a_value_is_shown_as_it_is_wanted(decode: Decode, shown: str, badge: str):
    row = record('{"t": 1}')
    assert (preview(row, decode), row.misfit(decode)) == (shown, badge)


def test_what_does_not_decode_is_marked_and_still_shown():
    model, text, binary = TailModel(), record("a < b"), record(Base64("AAH/"))
    model.set_decode("json", "auto")
    assert (model.text(text, "value"), model.badge(text)) == ("a < b", "no JSON")
    assert (model.text(binary, "value"), model.badge(binary)) == ("3 B, no text", "no text")
    assert model.spoken(text).endswith("a < b, no JSON")
    model.set_decode("text", "auto")
    assert (model.text(binary, "value"), model.badge(binary)) == ("\x00\x01\ufffd", "no text")
    model.set_decode("auto", "auto")
    assert model.badge(binary) == model.badge(text) == model.badge(record(None)) == ""


@pytest.mark.parametrize("is_wide", [True, False])
def test_the_mark_of_what_does_not_decode_is_painted_on_its_row(
    is_wide: bool, theme: Theme, qtbot: QtBot
):
    table = LiveTable("Records", 24)
    qtbot.addWidget(table)
    model = TailModel(table)
    delegate = TailDelegate(table, model)
    delegate.is_wide = is_wide
    table.setItemDelegate(delegate)
    table.setModel(model)
    table.setColumnWidth(COLUMNS.index("value"), 300)
    table.resize(1_000, 80)
    with qtbot.waitExposed(table):
        table.show()
    model.add([record("a < b")])
    qtbot.waitUntil(lambda: model.rowCount() == 1)
    painted: list[str] = []

    def look(_painter: QPainter, *args: object) -> None:
        painted.extend(each for each in args if isinstance(each, str))

    def colours() -> set[str]:
        image = table.viewport().grab().toImage()
        places = product(range(image.width()), range(image.height()))
        return {image.pixelColor(x, y).name() for x, y in places}

    with watched_calls(QPainter, "drawText", look):
        before = colours()
        assert "no JSON" not in painted
        model.set_decode("json", "auto")
        marked = colours()

    assert "no JSON" in painted
    assert marked - before >= {theme.colour(name).name() for name in ("warn_bg", "warn")}


def test_keys_are_decoded_for_themselves():
    model, row = TailModel(), record("{}", key=Base64("AAH/"))
    shown: dict[Decode, str] = {}
    for decode in DECODES:
        model.set_decode("auto", decode)
        shown[decode] = model.text(row, "key")
    assert shown["auto"] == shown["base64"] == "AAH/"
    assert shown["hex"] == "00 01 ff"
    assert len({decode_name(decode) for decode in DECODES}) == len(DECODES)


def test_the_detail_lays_a_value_out_as_it_is_wanted():
    row = record('{"t":1}')
    assert value_text(row, "json") == '{\n  "t": 1\n}'
    assert value_text(row, "text") == '{"t":1}'
    assert value_text(row, "hex").startswith("0000  7b 22 74 22 3a 31 7d")
    assert value_text(row, "base64") == "eyJ0IjoxfQ=="
    assert value_text(record(Base64("AAH/")), "text") == "\x00\x01\ufffd"
    assert key_text(record("{}", key=Base64("AAH/")), "hex").startswith("0000  00 01 ff")


def test_a_record_that_is_sent_again_has_the_same_bytes():
    row = record(Base64("AAH/"), key=None, headers=[("n", None), ("b", Base64("/w=="))])
    made = again(row)
    assert (made.topic, made.value, made.key) == ("plant.hot", b"\x00\x01\xff", None)
    assert made.headers == (("n", None), ("b", b"\xff"))
    assert made.partition == -1
    assert again(record(None, key="")).value is None
    assert again(record("", key="")).key == b""


@pytest.mark.parametrize(
    ("changes", "line"),
    [
        (
            {"value": '{"a": "it\'s"}', "headers": [("site", "roof top")]},
            'printf %s \'{"a": "it\'"\'"\'s"}\' | kcat -P -b h:1 -t plant.hot -k dev-3 '
            "-H 'site=roof top'",
        ),
        ({"value": "a\nb"}, "printf %s 'a\nb' | kcat -P -b h:1 -t plant.hot -k dev-3 -D '\\x01'"),
        ({"value": None}, "printf %s 'dev-3|' | kcat -P -b h:1 -t plant.hot -K '|' -Z"),
        ({"value": ""}, "printf %s 'dev-3|' | kcat -P -b h:1 -t plant.hot -K '|'"),
        ({"value": None, "key": None}, ""),
        (
            {"value": Base64("AAH/"), "key": Base64("/wE=")},
            "echo AAH/ | base64 -d | kcat -P -b h:1 -t plant.hot -k $'\\xff\\x01'",
        ),
        ({"key": Base64("AAE=")}, ""),
    ],
)
def test_a_line_for_kcat_produces_the_record(changes: dict[str, object], line: str):
    given = {"value": "{}", **changes}
    assert kcat_line(record(given.pop("value"), **given).record, "h:1") == line  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ('{ "a b": 1,\n  "c": "x  y" }', '{"a b":1,"c":"x  y"}'),
        ('{"cut": "in the', '{"cut":"in the'),
        ("two\n  words", "two words"),
        ("", ""),
    ],
)
def test_a_payload_takes_no_more_room_than_it_needs(text: str, shown: str):
    assert compact(text) == shown


def test_a_row_shows_the_chosen_parts_of_its_value():
    model = TailModel()
    row = record('{"temp": 29.0, "device": {"id": "dev-3"}, "values": [true, null]}')
    model.set_paths(read_paths("payload.temp, device.id ,values[1], missing, temp"))
    assert model.text(row, "value") == "temp: 29.0  device.id: dev-3  values[1]: null"
    assert model.text(record("no JSON"), "value") == "no JSON"
    assert model.text(record(None), "value") == "no value"
    nested = "[" * 100_000 + "]" * 100_000
    assert model.text(record(nested), "value").startswith("[[[")
    model.set_paths(())
    assert model.text(row, "value").startswith('{"temp"')


def test_a_value_is_read_once_for_the_parts_that_a_row_shows(monkeypatch: pytest.MonkeyPatch):
    read: list[str] = []
    decode = msgspec.json.decode
    monkeypatch.setattr(msgspec.json, "decode", lambda text: read.append(text) or decode(text))
    model, row = TailModel(), record(f'{{"temp": 29.0, "text": "{"x" * 1_000}"}}')
    model.set_paths(("temp",))
    assert {model.text(row, "value") for _ in range(5)} == {"temp: 29.0"}
    assert read == [row.value]
    model.set_paths(("text",))
    assert model.text(row, "value") == "text: " + "x" * (PREVIEW - len("text: "))


@pytest.mark.parametrize("text", ["", " , ", "a b", "a..b", "a[x]"])
def test_what_is_no_path_is_said(text: str):
    with pytest.raises(NotUnderstoodError):
        read_paths(text)
