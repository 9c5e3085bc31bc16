"""Which topics are open in the tail, and that they are remembered."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from gui.shell.layout_store import LayoutStore
from gui.viewmodels.feed import FeedModel
from gui.viewmodels.kept_filters import KeptFilters
from gui.viewmodels.live import Live
from gui.viewmodels.session import Session
from gui.viewmodels.tail_start import (
    NotUnderstoodError,
    Typed,
    partitions_text,
    read_partitions,
    read_start,
    start_name,
)
from gui.viewmodels.tail_topics import TailTopic
from gui.viewmodels.tails import MOST_TABS, TabLayout, Tails, TailsLayout
from tests.helpers.workspaces import write_workspace

NOW = datetime(2026, 1, 1, 12, 10, tzinfo=UTC)
MORE = """
[actions.kafka.to_alarms]
connector = "laptop"
topic = "alarms"
message = { key = "k", value = "v" }

[actions.kafka.to_archive]
connector = "laptop"
topic = "archive"
enable = false
message = { key = "k", value = "v" }

[rules.others]
source = "plant"
sql = 'SELECT * FROM "x"'
actions = ["to_alarms", "to_archive"]
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A workspace on clusters that are not there: what is read from them does not matter."""
    made = write_workspace(
        tmp_path, mqtt="mqtt://127.0.0.1:1", kafka="127.0.0.1:1", topic="readings"
    )
    made.write_text(made.read_text() + MORE)
    return made


def open_file(session: Session, path: Path, qtbot: QtBot) -> None:
    with qtbot.waitSignal(session.workspaceChanged):
        session.open(path)


def topics(tails: Tails) -> list[str]:
    return [tab.chosen.topic for tab in tails.tabs if tab.chosen is not None]


def test_what_runs_writes_to_is_open_at_first(idle: Session, path: Path, qtbot: QtBot):
    tails = Tails(Live(idle, idle))
    assert tails.current.chosen is None
    open_file(idle, path, qtbot)
    assert topics(tails) == ["readings", "alarms"]
    path.write_text(path.read_text().replace('"alarms"', '"sirens"'))
    with qtbot.waitSignal(idle.workspaceChanged):
        idle.reload()
    assert topics(tails) == ["readings", "sirens"]


def test_what_the_user_opened_stays_when_the_workspace_changes(
    idle: Session, path: Path, qtbot: QtBot
):
    tails = Tails(Live(idle, idle))
    open_file(idle, path, qtbot)
    made = tails.open(TailTopic("laptop", "by-name"))
    assert tails.current is made
    path.write_text(path.read_text().replace('"alarms"', '"sirens"'))
    with qtbot.waitSignal(idle.workspaceChanged):
        idle.reload()
    assert topics(tails) == ["readings", "alarms", "by-name"]


def test_tabs_are_remembered_with_how_they_are_read_and_shown(
    idle: Session, path: Path, tmp_path: Path, qtbot: QtBot
):
    store = LayoutStore(tmp_path / "window.json")
    tails = Tails(Live(idle, idle), store)
    open_file(idle, path, qtbot)
    workspace = tails._live.workspace.id
    assert store.tails_of(workspace) == TailsLayout()  # nobody has chosen anything yet
    tails.current.set_decode("hex", "auto")
    tails.current.set_paths(("temp",))
    assert [tab.rows.value_decode for tab in tails.tabs] == ["hex", "auto"]
    tails.open(TailTopic("laptop", "by-name")).set_start("@118")
    tails.current.set_partitions((0, 2))
    tails.close(tails.tabs[1])

    again = LayoutStore(tmp_path / "window.json")
    expected = (
        TabLayout("laptop", "readings", value="hex", paths=("temp",)),
        TabLayout("laptop", "by-name", "@118", (0, 2)),
    )
    assert again.tails_of(workspace) == TailsLayout(expected, 1)
    other = Tails(Live(idle, idle), again)
    assert topics(other) == ["readings", "by-name"]
    assert other.current.start == "@118"
    assert other.current.partitions == (0, 2)
    assert other.tabs[0].rows.value_decode == "hex"


def test_too_many_tabs_close_the_first(idle: Session, path: Path, qtbot: QtBot):
    tails = Tails(Live(idle, idle))
    open_file(idle, path, qtbot)
    for number in range(MOST_TABS):
        tails.open(TailTopic("laptop", f"t{number}"))
    assert topics(tails) == [f"t{number}" for number in range(MOST_TABS)]


def test_tabs_keep_as_many_records_as_the_settings_say(idle: Session, path: Path, qtbot: QtBot):
    fresh = Live(idle, idle)
    tail, feed = Tails(fresh).current.rows, FeedModel(fresh)
    assert (tail.count_text, feed.count_text) == ("0 of 50,000", "0 of 10,000")
    assert tail.count_detail == "The newest 50,000 rows are kept, or 64.00 MiB."
    assert feed.count_detail == "The newest 10,000 rows are kept, or 64.00 MiB."
    idle.settings.put("feeds", "tail_rows", 200)
    tails = Tails(Live(idle, idle))
    open_file(idle, path, qtbot)
    assert tails.current.rows.count_text == "0 of 200"
    idle.settings.put("feeds", "tail_rows", 300)
    qtbot.waitUntil(lambda: tails.current.rows.count_text == "0 of 300")
    feed = FeedModel(tails._live)
    idle.settings.put("feeds", "feed_rows", 400)
    qtbot.waitUntil(lambda: feed.count_text == "0 of 400")


def test_topics_of_one_name_are_told_apart(idle: Session, path: Path, qtbot: QtBot):
    path.write_text(
        path.read_text() + '\n[connectors.kafka.other]\nbootstrap_hosts = "127.0.0.1:2"\n'
    )
    tails = Tails(Live(idle, idle))
    open_file(idle, path, qtbot)
    assert tails.title(tails.current) == "readings"
    made = tails.open(TailTopic("other", "readings"))
    assert [tails.title(tab) for tab in (tails.tabs[0], made)] == [
        "readings (laptop)",
        "readings (other)",
    ]


def test_filters_are_kept_over_sessions(tmp_path: Path, qapp: object):
    file = tmp_path / "window.json"
    kept = KeptFilters(LayoutStore(file))
    kept.keep("hot ", "payload.temp > 20")
    kept.keep("bad", "payload.temp >")
    kept.keep("Cold", "payload.temp < 5")
    again = KeptFilters(LayoutStore(file))
    assert again.filters == {"Cold": "payload.temp < 5", "hot": "payload.temp > 20"}
    again.forget("hot")
    assert list(KeptFilters(LayoutStore(file)).filters) == ["Cold"]


# What is typed


@pytest.mark.parametrize(
    ("kind", "text", "start"),
    [
        ("newest", " 1,500 ", "-1500"),
        ("offset", "118", "@118"),
        ("offset", "0", "@0"),
        ("time", "1767225600250", "1767225600250"),
        ("time", "12:03", "1767268980000"),
        ("time", "12:03:40.5", "1767269020500"),
        ("time", "13:00", "1767186000000"),
        ("time", "10 min", "1767268800000"),
        ("time", "2h", "1767262200000"),
        ("time", "2026-01-01 08:00", "1767254400000"),
        ("time", "2026-01-01T08:00+02:00", "1767247200000"),
        ("time", "2026-01-01", "1767225600000"),
        ("time", "1960-01-01", "beginning"),
        ("time", "500000 h", "beginning"),
    ],
)
def test_where_to_begin_is_read(kind: Typed, text: str, start: str):
    assert read_start(kind, text, NOW) == start


@pytest.mark.parametrize(
    ("kind", "text", "problem"),
    [
        ("newest", "0", "1 to 50,000"),
        ("newest", "50001", "1 to 50,000"),
        ("newest", "few", "Write a number"),
        ("offset", "-1", "Write a number"),
        ("time", "soon", "10 min"),
        ("time", "25:00", "23:59"),
    ],
)
def test_what_is_no_place_to_begin_is_said(kind: Typed, text: str, problem: str):
    with pytest.raises(NotUnderstoodError, match=problem):
        read_start(kind, text, NOW)


def test_partitions_are_read_and_written():
    assert read_partitions("3, 0-1,7", 8) == (0, 1, 3, 7)
    assert partitions_text((0, 1, 3, 5, 6, 7)) == "0-1, 3, 5-7"
    assert partitions_text(()) == ""
    with pytest.raises(NotUnderstoodError, match="0 to 3"):
        read_partitions("4", 4)
    with pytest.raises(NotUnderstoodError, match="such as"):
        read_partitions("all", 0)


def test_a_place_to_begin_is_named():
    names = [start_name(start) for start in ("end", "beginning", "-1000", "@118")]
    assert names == ["Live", "Beginning", "Newest 1,000", "Offset 118"]
    assert start_name("1600000000000").startswith("2020-09-13 ")
