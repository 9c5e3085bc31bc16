"""The flow map: what its cards and wires tell, where they lie, and how the keyboard moves on it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

import msgspec
import pytest
from PySide6.QtCore import QRectF, Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from core.bridge.metrics import (
    ActionStats,
    ConnectorStats,
    FilterStats,
    RuleStats,
    Snapshot,
    SourceStats,
)
from core.status import Status
from gui.engine_client import InProcessEngine
from gui.recent import RecentFiles
from gui.theme import Theme
from gui.viewmodels import partition_counts
from gui.viewmodels.facts import action_facts
from gui.viewmodels.flow import Card, Column, Flow, FlowModel, Wire, flow_of
from gui.viewmodels.live import Live, State
from gui.viewmodels.session import Session
from gui.widgets.flow_layout import DRAWN_WIDTH, GAP, LEAST_WIDTH, place
from gui.widgets.flow_map import FlowMap
from gui.widgets.sparkline import sparkline_points

from .conftest import Run

WORKSPACE = """
sluicegate = 1
id = "f10f10f1"
[connectors.mqtt.plant]
server = "mqtt://127.0.0.1:1"
[connectors.kafka.lab]
bootstrap_hosts = "127.0.0.1:1"
[rules.temp_hum]
source = "plant"
sql = 'SELECT * FROM "temp_hum/emqx"'
actions = ["to_emqx"]
[rules.hot_plant]
source = "plant"
sql = 'SELECT * FROM "plant/+/temp", "alarm/#"'
actions = ["to_alarms"]
[rules.archive_all]
enable = false
source = "plant"
sql = 'SELECT * FROM "temp_hum/emqx", "plant/+/temp"'
actions = ["to_archive"]
[actions.kafka.to_emqx]
connector = "lab"
topic = "emqx"
[actions.kafka.to_alarms]
connector = "lab"
topic = "plant.alarms"
[actions.kafka.to_archive]
connector = "lab"
topic = "archive"
"""


class Plant:
    """An open workspace whose engine says what a test has it say; nothing is connected."""

    def __init__(self, session: Session, engine: InProcessEngine) -> None:
        self.session, self.engine = session, engine
        self.live = Live(session)
        self.partitions = {"emqx": 3, "archive": 6}
        self.asked: list[list[str]] = []

    def count_partitions(
        self, _connector: object, _environment: object, topics: Iterable[str]
    ) -> dict[str, int]:
        """Answer as the cluster would."""
        self.asked.append(sorted(topics))
        return {name: self.partitions[name] for name in topics if name in self.partitions}

    def run(self, snapshots: int = 2, *, failed: int = 0, status: str = "connected") -> None:
        """Have 20 and 12 messages a second come and pass, in snapshots a second apart."""
        self.engine._set_state("running")
        for second in range(snapshots):
            self.engine.snapshotTaken.emit(snapshot(second + 1, failed, status))


def snapshot(second: int, failed: int, status: str) -> Snapshot:
    temp, plant = 20 * second, 12 * second
    return Snapshot(
        final=False,
        state="running",
        uptime_s=float(second),
        sources={
            "plant": SourceStats(
                "connected",
                "",
                received=temp + plant,
                matched=temp + plant,
                filters={
                    "temp_hum/emqx": FilterStats(1, temp),
                    "plant/+/temp": FilterStats(1, plant),
                    "alarm/#": FilterStats(None, 0),
                },
            )
        },
        rules={
            "temp_hum": RuleStats(matched=temp, passed=temp),
            "hot_plant": RuleStats(matched=plant, passed=plant),
        },
        actions={
            "to_emqx": ActionStats("connected", "", matched=temp, success=temp),
            "to_alarms": ActionStats(
                status,  # pyright: ignore[reportArgumentType] - one of core.status
                "",
                matched=plant,
                success=plant - failed,
                failed=failed,
            ),
        },
        connectors={
            "plant": ConnectorStats("connected", ""),
            "lab": ConnectorStats("connected", ""),
        },
    )


@pytest.fixture
def plant(
    tmp_path: Path, run: Run, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Plant]:
    path = tmp_path / "plant.sluicegate.toml"
    path.write_text(WORKSPACE)
    engine = InProcessEngine()
    session = Session(engine, recent=RecentFiles())
    made = Plant(session, engine)
    monkeypatch.setattr(partition_counts, "partitions", made.count_partitions)
    session.open(path)
    qtbot.waitUntil(lambda: "archive_all" in made.live.facts)
    yield made
    run(session.close(), 30)
    session.deleteLater()
    engine.deleteLater()


@pytest.mark.parametrize(
    ("source", "action", "word"),
    [
        ("failed", "connecting", "Failed"),
        ("disconnected", "disconnected", "Not connected"),
        ("connected", "degraded", "1 action degraded"),
        ("disconnected", "failed", "1 action failed"),
    ],
)
def test_a_rule_tells_whether_its_source_or_an_action_is_wrong(
    plant: Plant, source: Status, action: Status, word: str
):
    told = snapshot(1, 0, action)
    connectors = {"plant": ConnectorStats(source, ""), "lab": ConnectorStats(action, "")}
    plant.engine._set_state("running")
    plant.engine.snapshotTaken.emit(msgspec.structs.replace(told, connectors=connectors))

    card = flow_of(plant.live).card("rule:hot_plant")
    assert card is not None
    assert card.detail == word


def keys(flow: Flow) -> list[list[str]]:
    return [[card.name for card in column.cards] for column in flow.columns]


def wire(flow: Flow, start: str, end: str) -> Wire:
    return next(w for w in flow.wires if w.start == start and w.end == end)


def test_the_map_has_a_card_for_every_part_and_a_wire_for_every_way(plant: Plant):
    flow = flow_of(plant.live)

    assert keys(flow) == [
        ["temp_hum/emqx", "plant/+/temp", "alarm/#"],
        ["temp_hum", "hot_plant", "archive_all"],
        ["to_emqx", "to_alarms", "to_archive"],
        ["emqx", "plant.alarms", "archive"],
    ]
    assert flow.before("rule:archive_all") == [
        "filter:plant/temp_hum/emqx",
        "filter:plant/plant/+/temp",
    ]
    assert flow.after("rule:hot_plant") == ["action:to_alarms"]
    assert flow.after("action:to_emqx") == ["topic:lab/emqx"]
    assert len(flow.wires) == 5 + 3 + 3


def test_cards_and_wires_tell_states_and_rates(plant: Plant):
    plant.run()
    flow = flow_of(plant.live)

    card = flow.card("filter:plant/temp_hum/emqx")
    assert card is not None
    assert (card.detail, card.rate) == ("plant, QoS 1", 20.0)
    assert card.spoken == "temp_hum/emqx, topic filter, Connected, plant, QoS 1, 20.0/s"
    alarm = flow.card("filter:plant/alarm/#")
    assert alarm is not None
    assert (alarm.state.status, alarm.tone) == ("connecting", "warn")
    archive = flow.card("rule:archive_all")
    assert archive is not None
    assert (archive.detail, archive.rate) == ("Disabled", 0.0)
    assert [column.sum for column in flow.columns] == [
        "32.0/s in",
        "32.0/s passed",
        "32.0/s",
        "32.0/s out",
    ]
    assert wire(flow, "filter:plant/temp_hum/emqx", "rule:temp_hum").look == "live"
    assert wire(flow, "rule:archive_all", "action:to_archive").look == "off"
    assert wire(flow, "action:to_alarms", "topic:lab/plant.alarms").rate == 12.0


def test_a_failing_action_is_seen_in_its_card_its_rule_and_its_wire(plant: Plant):
    plant.run(failed=2, status="degraded")
    flow = flow_of(plant.live)

    action, rule = flow.card("action:to_alarms"), flow.card("rule:hot_plant")
    assert action is not None
    assert rule is not None
    assert (action.detail, action.tone) == ("Degraded, 2 failed", "warn")
    assert rule.detail == "1 action degraded"
    assert wire(flow, "action:to_alarms", "topic:lab/plant.alarms").look == "warn"
    assert wire(flow, "action:to_emqx", "topic:lab/emqx").look == "live"


def test_a_stopped_bridge_has_wires_at_rest(plant: Plant):
    flow = flow_of(plant.live)

    assert wire(flow, "rule:temp_hum", "action:to_emqx").look == "rest"
    assert flow.columns[0].sum == "0/s in"


def test_the_model_keeps_the_last_minute(plant: Plant):
    model = FlowModel(plant.live)
    plant.run(130)

    trail = model.trail("rule:temp_hum")
    assert len(trail) == 120
    assert set(trail[-100:]) == {20.0}
    assert model.trail("rule:unknown") == ()


def test_topics_tell_their_partitions_and_are_asked_for_once(plant: Plant, qtbot: QtBot):
    model = FlowModel(plant.live)
    plant.run(3)
    qtbot.waitUntil(lambda: detail(model, "topic:lab/emqx") == "3 partitions")
    plant.run(20)

    assert detail(model, "topic:lab/archive") == "6 partitions"
    assert detail(model, "topic:lab/plant.alarms") == "lab"  # which is not there yet
    assert plant.asked == [["archive", "emqx", "plant.alarms"]]


def test_a_missing_topic_is_asked_for_again_after_a_while(
    plant: Plant, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
):
    model = FlowModel(plant.live)
    plant.run(2)
    qtbot.waitUntil(lambda: detail(model, "topic:lab/emqx") == "3 partitions")
    plant.partitions["plant.alarms"] = 1
    monkeypatch.setattr(partition_counts, "AGAIN_S", 0.0)
    plant.run(2)

    qtbot.waitUntil(lambda: detail(model, "topic:lab/plant.alarms") == "1 partition")
    assert plant.asked[1:] == [["plant.alarms"]]


def test_a_cluster_is_asked_anew_when_it_is_connected_again(plant: Plant, qtbot: QtBot):
    model = FlowModel(plant.live)
    plant.run(2)
    qtbot.waitUntil(lambda: detail(model, "topic:lab/emqx") == "3 partitions")
    plant.partitions["emqx"] = 4
    lost = msgspec.structs.replace(
        snapshot(3, 0, "connected"), connectors={"lab": ConnectorStats("disconnected", "")}
    )
    plant.engine.snapshotTaken.emit(lost)
    assert len(plant.asked) == 1
    plant.run(1)

    qtbot.waitUntil(lambda: detail(model, "topic:lab/emqx") == "4 partitions")


def detail(model: FlowModel, key: str) -> str:
    card = model.flow.card(key)
    assert card is not None
    return card.detail


def drawn() -> Flow:
    """The map of the drawing, by name and wires alone."""

    def card(key: str) -> Card:
        return Card(key, "", key, "", State("running"), 1.0, key)

    columns = [tuple(card(f"{letter}{n}") for n in range(3)) for letter in "abcd"]
    pairs = [
        *(("a0", "b0"), ("a0", "b2"), ("a1", "b1"), ("a1", "b2"), ("a2", "b1")),
        *((f"b{n}", f"c{n}") for n in range(3)),
        *((f"c{n}", f"d{n}") for n in range(3)),
    ]
    wires = [Wire(a, b, 1.0, "off" if "2" in a[1] + b[1] else "live") for a, b in pairs]
    return Flow(tuple(Column("", "", cards) for cards in columns), tuple(wires))


def test_cards_lie_as_drawn():
    placed = place(drawn(), DRAWN_WIDTH, 396)

    assert DRAWN_WIDTH == 748
    assert placed.cards["a0"] == QRectF(16, 46, 158, 92)
    assert placed.cards["b1"] == QRectF(218, 162, 140, 92)
    assert placed.cards["d2"] == QRectF(586, 278, 146, 92)
    assert not placed.is_low
    assert (placed.width, placed.height) == (748, 396)


def test_three_low_rows_fit_above_the_publish_form_and_in_a_narrow_window():
    assert place(drawn(), DRAWN_WIDTH, 320).height == 320


def test_cards_are_low_where_room_is_low_and_wide_where_it_is_wide():
    placed = place(drawn(), 780, 346)

    assert placed.is_low
    assert placed.cards["a0"] == QRectF(16, 42, 166, 82)
    assert placed.cards["d2"] == QRectF(610, 230, 154, 82)
    assert place(drawn(), 500, 100).width == LEAST_WIDTH
    assert place(drawn(), 500, 100).height > 300


def test_wires_run_straight_or_through_lanes_of_their_own():
    placed = place(drawn(), DRAWN_WIDTH, 396)
    routes = {(route.wire.start, route.wire.end): route for route in placed.routes}

    def points(start: str, end: str) -> list[tuple[float, float]]:
        return [(point.x(), point.y()) for point in routes[start, end].points]

    assert points("a0", "b0") == [(174, 92), (218, 92)]
    assert points("a0", "b2") == [(174, 114), (190, 114), (190, 316), (218, 316)]
    assert points("a2", "b1") == [(174, 324), (200, 324), (200, 226), (218, 226)]
    assert points("a1", "b2") == [(174, 230), (190, 230)]
    assert routes["a1", "b2"].joins
    lanes = {p[1][0] for p in (points("a0", "b2"), points("a2", "b1"))}
    assert all(174 < lane < 174 + GAP for lane in lanes)


def test_a_sparkline_fills_from_the_right_and_stays_inside():
    rect = QRectF(0, 0, 46, 22)

    assert {point.y() for point in sparkline_points(rect, (0.0, 0.0), 120)} == {18.5}
    points = sparkline_points(rect, [20, 25, 15, 40, 0], 12)
    assert points[-1].x() == 46
    assert points[0].x() == pytest.approx(46 - 4 * 46 / 11)
    assert all(rect.contains(point) for point in points)


def test_a_sparkline_shows_means_where_points_would_be_too_near():
    rect = QRectF(0, 0, 46, 22)

    points = sparkline_points(rect, [10, 30] * 60, 120)

    assert [point.y() for point in points] == pytest.approx([points[0].y()] * 15)
    assert points[0].x() == pytest.approx(0)
    assert points[-1].x() == 46


@pytest.fixture
def flow_map(plant: Plant, theme: Theme, qtbot: QtBot) -> FlowMap:
    made = FlowMap(FlowModel(plant.live))
    qtbot.addWidget(made)
    made.resize(748, 396)
    with qtbot.waitExposed(made):
        made.show()
    made.activateWindow()
    qtbot.waitUntil(made.isActiveWindow)
    return made


def focused() -> str:
    widget = QApplication.focusWidget()
    assert widget is not None
    return widget.accessibleName().split(",")[0]


def test_arrow_keys_go_along_the_wires_and_enter_opens(flow_map: FlowMap, qtbot: QtBot):
    flow_map.card(flow_map.current_key).setFocus(Qt.FocusReason.TabFocusReason)
    opened: list[str] = []
    flow_map.documentAsked.connect(opened.append)

    way: list[str] = []
    for key in ("Right", "Right", "Right", "Right", "Down", "Left", "Left", "Left", "Down", "Up"):
        qtbot.keyClick(QApplication.focusWidget(), getattr(Qt.Key, f"Key_{key}"))
        way.append(focused())
    assert way == [
        *("temp_hum", "to_emqx", "emqx", "emqx", "plant.alarms"),
        *("to_alarms", "hot_plant", "plant/+/temp", "alarm/#", "plant/+/temp"),
    ]

    qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_Right)
    qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_Return)
    assert opened == ["rule:hot_plant"]


def test_tab_stops_at_one_card_and_a_click_moves_it(flow_map: FlowMap, qtbot: QtBot):
    def stops() -> list[str]:
        tab = Qt.FocusPolicy.TabFocus
        return [key for key, card in flow_map.canvas.cards.items() if card.focusPolicy() & tab]

    assert stops() == ["filter:plant/temp_hum/emqx"]
    qtbot.mouseClick(flow_map.card("rule:hot_plant"), Qt.MouseButton.LeftButton)
    assert stops() == ["rule:hot_plant"]
    assert focused() == "hot_plant"


def test_cards_have_names_that_follow_the_numbers(flow_map: FlowMap, plant: Plant, qtbot: QtBot):
    card = flow_map.card("rule:temp_hum")
    assert card.accessibleName() == "temp_hum, rule, Stopped, 0.0/s"
    plant.run()
    spoken = "temp_hum, rule, Running, 20.0/s"
    qtbot.waitUntil(lambda: card.accessibleName() == spoken)


def test_the_map_is_painted_four_times_a_second_at_most_whatever_comes(
    flow_map: FlowMap, plant: Plant
):
    card, timer = flow_map.card("rule:temp_hum"), flow_map._repaint
    plant.run(50)  # all before a timer can end: the loop does not run

    assert card.accessibleName() == "temp_hum, rule, Stopped, 0.0/s"
    assert (timer.isActive(), timer.isSingleShot()) == (True, True)
    assert timer.interval() * 4 >= 1_000


def test_an_action_that_a_disabled_rule_alone_calls_is_disabled_wherever_it_is_named(plant: Plant):
    plant.run()
    live = plant.live
    assert live.action_state(action_facts(live.workspace, "to_archive")).word == "Disabled"
    assert live.action_state(action_facts(live.workspace, "to_emqx")).word == "Connected"


def test_the_map_is_zoomed_and_fitted(flow_map: FlowMap):
    shown: list[float] = []
    flow_map.zoomChanged.connect(shown.append)
    width = flow_map.card("rule:temp_hum").width()

    flow_map.zoom_by(1)
    assert flow_map.zoom == 1.1
    assert flow_map.card("rule:temp_hum").height() == pytest.approx(1.1 * 82, abs=1.5)
    flow_map.zoom_by(-1)
    flow_map.zoom_by(-1)
    assert shown == [1.1, 1.0, 0.9]
    flow_map.resize(400, 300)
    flow_map.fit()
    assert flow_map.zoom == pytest.approx(400 / LEAST_WIDTH, abs=0.05)
    assert not flow_map.horizontalScrollBar().maximum()
    flow_map.set_zoom(1.0)
    assert flow_map.horizontalScrollBar().maximum()
    assert width == 140


def test_parts_that_go_take_their_cards_along(flow_map: FlowMap, plant: Plant, qtbot: QtBot):
    path = plant.session.path
    assert path is not None
    path.write_text(WORKSPACE.replace('"plant/+/temp", "alarm/#"', '"plant/+/temp"'))
    plant.session.reload()
    gone = "filter:plant/alarm/#"
    qtbot.waitUntil(lambda: gone not in flow_map.canvas.cards)
    assert flow_map.card("rule:hot_plant").isVisible()


def test_a_map_that_is_resized_while_out_of_sight_shows_new_cards(
    flow_map: FlowMap, plant: Plant, qtbot: QtBot
):
    flow_map.hide()
    path = plant.session.path
    assert path is not None
    path.write_text(WORKSPACE.replace('"plant/+/temp", "alarm/#"', '"plant/+/temp", "new/#"'))
    with qtbot.waitSignal(flow_map._model.changed):
        plant.session.reload()
    new = "filter:plant/new/#"
    qtbot.waitUntil(lambda: flow_map._model.flow.card(new) is not None)
    flow_map.resize(800, 420)
    flow_map._lay_out()  # as a page behind another one is resized before it is shown
    flow_map.show()

    assert all(card.isVisible() for card in flow_map.canvas.cards.values())
    placed = flow_map.canvas.placement.cards
    shown = {key: card.geometry() for key, card in flow_map.canvas.cards.items()}
    assert shown == {key: rect.toAlignedRect() for key, rect in placed.items()}
    assert new in shown
