"""States, rates and sentences of the view models, from snapshots; no widget."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
from pytestqt.qtbot import QtBot

from core.bridge.metrics import (
    ActionStats,
    ConnectorStats,
    FilterStats,
    RuleStats,
    Snapshot,
    SourceStats,
)
from gui.engine_client import InProcessEngine
from gui.recent import RecentFiles
from gui.viewmodels.connector import ConnectorViewModel
from gui.viewmodels.counters import Verdict, blocks_of, verdict_of
from gui.viewmodels.flow import flow_of
from gui.viewmodels.health import Health, health
from gui.viewmodels.live import Live
from gui.viewmodels.navigator import NavigatorModel, NavigatorRole
from gui.viewmodels.object_drafts import Drafts
from gui.viewmodels.overview import OverviewModel
from gui.viewmodels.payload_fields import PayloadFields
from gui.viewmodels.problems import ProblemsModel
from gui.viewmodels.rates import RateWindow
from gui.viewmodels.rule import RuleViewModel
from gui.viewmodels.rule_editor import RuleEditor
from gui.viewmodels.session import Session
from gui.viewmodels.status import StatusViewModel
from gui.viewmodels.words import clock, elapsed, number, plural, rate
from tests.helpers.workspaces import write_workspace

from .conftest import Run


class Told:
    """A session whose engine says what a test has it say; nothing is connected."""

    def __init__(self, session: Session, engine: InProcessEngine) -> None:
        self.session = session
        self.live = Live(session)
        self._engine = engine

    def state(self, state: Any) -> None:
        self._engine._set_state(state)

    def snapshot(self, at_s: float, passed: int = 0, **changes: Any) -> Snapshot:
        snapshot = make_snapshot(at_s, passed, **changes)
        self._engine.snapshotTaken.emit(snapshot)
        return snapshot


def make_snapshot(at_s: float, passed: int = 0, **changes: Any) -> Snapshot:
    """Twice as many messages as pass; everything that passes is delivered."""
    snapshot = Snapshot(
        final=False,
        state="running",
        uptime_s=at_s,
        sources={
            "plant": SourceStats(
                "connected",
                "",
                received=2 * passed,
                matched=2 * passed,
                filters={"bench/#": FilterStats(1, 2 * passed)},
            )
        },
        rules={
            "all": RuleStats(
                matched=2 * passed, passed=passed, failed=passed, failed_no_result=passed
            )
        },
        actions={"to_kafka": ActionStats("connected", "", matched=passed, success=passed)},
        connectors={
            "plant": ConnectorStats("connected", ""),
            "laptop": ConnectorStats("connected", ""),
        },
    )
    return msgspec.structs.replace(snapshot, **changes)


@pytest.fixture
def told(tmp_path: Path, run: Run, qtbot: QtBot) -> Iterator[Told]:
    path = write_workspace(
        tmp_path, mqtt="mqtt://127.0.0.1:1", kafka="127.0.0.1:1", topic="a", key="${clientid}"
    )
    engine = InProcessEngine()
    session = Session(engine, recent=RecentFiles())
    made = Told(session, engine)
    session.open(path)
    qtbot.waitUntil(lambda: "all" in made.live.facts)
    yield made
    run(session.close(), 30)
    session.deleteLater()
    engine.deleteLater()


def test_a_rate_is_the_growth_over_the_last_seconds():
    window = RateWindow(span_s=2.0)
    for second in range(10):
        window.add(float(second), {"a": second * 5 if second < 6 else 25})

    assert window.rate("a") == 0.0
    window.add(10.0, {"a": 45})
    assert window.rate("a") == 10.0


def test_a_slow_flow_has_a_rate_between_its_messages_until_it_has_ended():
    window = RateWindow()
    for half in range(100):
        window.add(half / 2, {"door": half // 20})  # one every ten seconds, the last at 40 s

    assert window.rate("door") == pytest.approx(0.1)
    for half in range(100, 145):
        window.add(half / 2, {"door": 4})
    assert window.rate("door") == 0.0


def test_a_flow_that_stops_has_no_rate_at_once():
    window = RateWindow(span_s=2.0)
    for second in range(30):
        window.add(float(second), {"a": 20 * min(second, 20)})
        if second == 22:
            assert window.rate("a") == 0.0


def test_a_rate_needs_two_moments():
    window = RateWindow()
    window.add(1.0, {"a": 100})

    assert window.rate("a") == 0.0
    assert window.rate("unknown") == 0.0


def test_a_new_engine_starts_its_rates_over():
    window = RateWindow()
    window.add(50.0, {"a": 1_000})
    window.add(0.5, {"a": 3})
    assert window.rate("a") == 0.0
    window.add(1.5, {"a": 13})
    assert window.rate("a") == 10.0


def test_figures_read_well():
    assert number(38_713) == "38,713"
    assert [rate(0), rate(4.06), rate(20_412.4)] == ["0.0", "4.1", "20,412"]
    assert [elapsed(1_206), elapsed(90_061)] == ["00:20:06", "1 day 01:01:01"]
    assert [plural("%n rule", "%n rules", n) for n in (0, 1, 2_000)] == [
        "0 rules",
        "1 rule",
        "2,000 rules",
    ]


def test_a_stopped_bridge_shows_stopped_parts_and_no_rates(told: Told):
    live = told.live

    assert live.connector_state("plant").status == "stopped"
    assert live.rule_state("all").status == "stopped"
    assert live.in_rate() == 0.0
    assert health(live).target == "start"


def test_an_engine_that_does_not_answer_is_called_neither_connected_nor_at_work(
    told: Told, qtbot: QtBot
):
    told.state("running")
    told.snapshot(1, passed=10)
    told.snapshot(2, passed=30)
    live, silence = told.live, told.session.silence
    status, overview = StatusViewModel(live), OverviewModel(live)
    assert live.rate("rule.passed", "all") == 20
    for _ in range(6):  # a loaded machine
        silence.turn()
    assert live.silence is None
    silence.turn()

    said = f"The engine does not answer since {clock(silence.since_s)}"
    for state in (live.connector_state("plant"), live.rule_state("all")):
        assert (state.status, state.reason) == ("degraded", said)
    assert status.texts.word == said
    assert status.texts.uptime == ""
    assert [figure.name for figure in status.texts.figures] == ["inflight", "dropped"]
    assert {row.now for row in overview.rows} == {""}
    assert all(counter.now is None for block in blocks_of(live) for counter in block.counters)
    flow = flow_of(live)
    assert not any(column.sum or card.has_rate for column in flow.columns for card in column.cards)
    assert verdict_of(live, blocks_of(live)) == Verdict("degraded", said)
    assert overview.health == Health("failed", f"{said}.", "Restart", "restart")
    assert [found.text for found in ProblemsModel(live).findings if found.place == "Engine"] == [
        f"{said}."
    ]
    drafts = Drafts(live, told.session)
    editor = RuleEditor(live, drafts, PayloadFields(told.session, told.session), "all")
    qtbot.waitUntil(lambda: editor.document.does_compile, timeout=10_000)
    assert [line.now for line in (*editor.inputs, *editor.rule.inputs)] == ["", ""]
    told.snapshot(9, passed=40)
    assert live.connector_state("plant").status == "connected"
    assert status.texts.word == "Running"
    assert status.texts.figures[0].name == "in"


def test_rates_come_from_the_counters(told: Told):
    told.state("running")
    told.snapshot(1.0, 10)
    told.snapshot(2.0, 30)

    live = told.live
    assert (live.in_rate(), live.passed_rate(), live.out_rate()) == (40.0, 20.0, 20.0)
    assert live.rate("filter", ("plant", "bench/#")) == 40.0
    assert live.rate("connector", "laptop") == 20.0
    assert live.rule_state("all").word == "Running"
    assert health(live).text == "All connected. Every message is accounted for."
    told.state("stopped")
    assert live.in_rate() == 0.0
    assert live.total("rule.passed", "all") == 30


def test_a_rule_is_as_bad_as_its_worst_part(told: Told):
    told.state("running")
    action = ActionStats("degraded", "2 records were too large", matched=2, failed=2)
    told.snapshot(1.0, actions={"to_kafka": action})

    state = told.live.rule_state("all")

    assert (state.status, state.reason) == ("degraded", "2 records were too large")
    found = health(told.live)
    assert found.text == "1 action is degraded: 2 records were too large."
    assert (found.link, found.target) == ("Show them", "messages:outcome:failed")
    assert found.short == "1 action is degraded."


def test_a_rule_whose_messages_fail_is_degraded_while_all_is_connected(told: Told):
    told.state("running")
    for second in (1, 2):
        failing = RuleStats(matched=3 * second, failed=3 * second, failed_exception=3 * second)
        told.snapshot(second, rules={"all": failing})

    state = told.live.rule_state("all")

    assert (state.status, state.reason) == ("degraded", "3.0 messages a second fail in it")


def test_a_lost_connector_comes_first(told: Told):
    told.state("running")
    told.snapshot(
        1.0,
        connectors={
            "plant": ConnectorStats("connecting", ""),
            "laptop": ConnectorStats("disconnected", "nothing listens on 127.0.0.1:1"),
        },
    )

    found = health(told.live)

    assert found.text == "laptop is not connected: nothing listens on 127.0.0.1:1."
    assert found.target == "connector:laptop"


def test_all_connectors_that_are_away_are_counted_however_they_are(told: Told):
    status = StatusViewModel(told.live)
    told.state("starting")
    lost = ConnectorStats("disconnected", "Nothing listens on 127.0.0.1:1")
    refused = ConnectorStats("failed", "The cluster refused the password")
    told.snapshot(1.0, state="starting", connectors={"plant": lost, "laptop": refused})

    found = health(told.live)

    words = "laptop and 1 more are not connected"
    assert found.text == f"{words}. laptop: The cluster refused the password."
    assert (found.short, found.link, found.target) == (f"{words}.", "Show them", "problems")
    assert (status.texts.word, status.texts.busy) == (words, refused.status_reason)


def test_a_connector_that_tries_again_is_away_until_it_is_back(told: Told):
    told.state("running")
    why = "Nothing listens on port 1 of 127.0.0.1."
    told.snapshot(1.0, connectors={"plant": ConnectorStats("connecting", why)})

    state = told.live.connector_state("plant")

    assert (state.status, state.reason) == ("disconnected", why)
    assert health(told.live).text.startswith("plant is not connected: ")


def test_a_cluster_that_hangs_is_named_before_the_source_that_waits_for_it(told: Told):
    told.state("running")
    hangs = "Kafka is connected, but has confirmed no record for more than 5 s"
    waits = "Waiting for laptop: 1,000 unacknowledged; nothing more is read until then."
    told.snapshot(
        1.0,
        connectors={
            "plant": ConnectorStats("degraded", waits),
            "laptop": ConnectorStats("degraded", hangs),
        },
    )

    found = health(told.live)

    assert found.text == f"laptop is degraded: {hangs}."
    assert found.target == "connector:laptop"


def test_lost_records_are_not_called_accounted_for(told: Told):
    told.state("running")
    lost = ActionStats("connected", "", matched=3, failed=2, dropped=1, dropped_expired=1)
    told.snapshot(1.0, actions={"to_kafka": lost})

    found = health(told.live)
    assert found.status == "degraded"
    assert found.text == "1 action is degraded: 3 records were not delivered."
    assert found.link == "Show them"
    told.snapshot(60.0, actions={"to_kafka": lost})
    assert told.live.rule_state("all").status == "degraded", "for a minute"
    told.snapshot(62.0, actions={"to_kafka": lost})
    assert told.live.rule_state("all").status == "running"
    found = health(told.live)
    assert found.status == "degraded"
    assert found.text == "3 records of to_kafka could not be delivered since the start."


@pytest.mark.parametrize(
    ("lost", "said"),
    [
        ({"too_large": 2}, "2 records were too large"),
        ({"expired": 2}, "2 records waited too long"),
        (
            {"unknown_topic": 1, "too_large": 4},
            "5 records were not delivered (4 too large, 1 topic missing)",
        ),
        ({"other": 2}, "2 records were not delivered"),
    ],
)
def test_what_kept_records_is_said(told: Told, lost: dict[str, int], said: str):
    told.state("running")
    count = sum(lost.values())
    action = ActionStats("degraded", "See topic a", matched=count, failed=count, lost=lost)
    told.snapshot(1.0, actions={"to_kafka": action})

    assert health(told.live).text == f"1 action is degraded: {said}."
    assert told.live.rule_state("all").reason == f"{said}. See topic a"


def test_counters_that_do_not_add_up_are_said(told: Told):
    told.state("running")
    told.snapshot(1.0, rules={"all": RuleStats(matched=5, passed=3)})

    assert "do not add up" in health(told.live).text


def test_the_overview_has_a_row_for_every_part(told: Told):
    model = OverviewModel(told.live)
    told.state("running")
    told.snapshot(1.0, 10)
    told.snapshot(2.0, 30)

    rows = {row.key: row for row in model.rows}
    assert list(rows) == [
        "heading:filters",
        "filter:plant/bench/#",
        "heading:rules",
        "rule:all",
        "heading:actions",
        "action:to_kafka",
    ]
    assert rows["heading:filters"].now == "40.0/s"
    assert rows["filter:plant/bench/#"].detail == "plant, QoS 1"
    assert rows["rule:all"].rest == "30 no result"
    assert rows["action:to_kafka"].total == "30"
    assert rows["action:to_kafka"].target == "rule:all"


def test_the_overview_repaints_only_what_changed(told: Told, qtbot: QtBot):
    model = OverviewModel(told.live)
    told.state("running")
    told.snapshot(1.0, 10)
    changed: list[int] = []
    model.dataChanged.connect(lambda first, _last: changed.append(first.row()))

    told.snapshot(1.5, 10)

    assert changed == []


def test_the_navigator_shows_states_and_rates(told: Told):
    model = NavigatorModel(told.live, Drafts(told.live, told.live))
    told.state("running")
    told.snapshot(1.0, 10)
    told.snapshot(2.0, 30)

    row = model.index_of("rule:all")
    assert row.data() == "all"
    assert row.data(NavigatorRole.STATUS) == "running"
    assert row.data(NavigatorRole.DETAIL) == "20.0/s"
    assert not model.index_of("rule:nothing").isValid()


def test_a_source_that_refuses_is_named_while_the_rest_runs(told: Told, qtbot: QtBot):
    path = told.session.path
    assert path is not None
    second = '\n[connectors.mqtt.attic]\nserver = "mqtt://127.0.0.1:1"\n'
    path.write_text(path.read_text("utf-8") + second, "utf-8")
    told.session.open(path)
    qtbot.waitUntil(lambda: "attic" in told.live.workspace.connectors.mqtt)
    status, up = StatusViewModel(told.live), ConnectorStats("connected", "")
    told.state("starting")
    refused = ConnectorStats("connecting", "The broker refused the user name or password.")
    told.snapshot(1.0, 0, state="starting", connectors={"plant": up, "attic": refused})

    assert status.texts.word == "Running, but attic is not connected"
    assert status.texts.shape == "degraded"
    assert status.texts.busy == refused.status_reason

    told.snapshot(2.0, 0, state="starting", connectors={"plant": refused, "attic": refused})
    assert status.texts.word == "plant and 1 more are not connected"
    waits = ConnectorStats("connecting", "")
    told.snapshot(3.0, 0, state="starting", connectors={"plant": up, "attic": waits})
    assert status.texts.word == "Starting"


def test_the_status_bar_sums_the_chain_up(told: Told):
    status = StatusViewModel(told.live)
    assert status.texts.word == "Stopped"
    assert status.texts.figures == ()
    told.state("running")
    told.snapshot(1_206.0, 10)
    told.snapshot(
        1_207.0, 20, actions={"to_kafka": ActionStats("connected", "", matched=5, dropped=5)}
    )

    texts = status.texts
    assert (texts.word, texts.uptime) == ("Running", "00:20:07")
    assert [figure.name for figure in texts.figures] == [
        "in",
        "passed",
        "out",
        "inflight",
        "dropped",
    ]
    assert texts.figures[-1].is_alarming
    assert texts.file.startswith("saved ")


def test_a_connector_page_tells_who_uses_it(told: Told):
    page = ConnectorViewModel(told.live, "plant")

    assert [user.name for user in page.users] == ["all"]
    kafka = ConnectorViewModel(told.live, "laptop")
    assert [(user.name, user.target) for user in kafka.users] == [("to_kafka", "rule:all")]


def test_a_rule_page_has_what_the_statement_says(told: Told):
    page = RuleViewModel(told.live, "all")
    told.state("running")
    told.snapshot(1.0, 10)

    assert page.sql == 'SELECT topic, payload FROM "bench/#"'
    assert page.fields == ("topic", "payload")
    assert [(line.topic, line.source) for line in page.inputs] == [("bench/#", "plant")]


def test_a_failing_session_command_leaves_the_models_whole(told: Told, qtbot: QtBot):
    with qtbot.waitSignal(told.session.failed):
        told.session.open(Path("/nowhere/at/all.toml"))

    assert told.live.title == "test"
