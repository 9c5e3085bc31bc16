"""What is told of the parts that run while the file has them otherwise, and not applied yet."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from core.bridge.events import MessageSample, RuleOutcome
from gui.engine_client import InProcessEngine
from gui.recent import RecentFiles
from gui.viewmodels.counters import blocks_of
from gui.viewmodels.feed_rows import FeedRow
from gui.viewmodels.file_changes import FileChanges
from gui.viewmodels.flow import Card, Wire, flow_of
from gui.viewmodels.live import Live
from gui.viewmodels.object_drafts import Drafts
from gui.viewmodels.samples import Samples
from gui.viewmodels.session import Session
from gui.viewmodels.tails import Tails
from tests.helpers.workspaces import write_workspace

from .conftest import Run
from .test_live import make_snapshot


class Bench:
    """A bridge that runs as far as anybody is told; its file can be changed."""

    def __init__(self, session: Session, engine: InProcessEngine, qtbot: QtBot) -> None:
        self.session, self._engine, self._qtbot = session, engine, qtbot
        self.live = Live(session)
        self.changes = FileChanges(Drafts(self.live, session), session)
        self.rows: list[FeedRow] = []
        Samples(self.live, 10).added.connect(self.rows.append)

    def open(self, path: Path) -> None:
        self.session.open(path)
        self._qtbot.waitUntil(lambda: "all" in self.live.facts)

    def run(self, *, at_s: float = 0.0) -> None:
        """Have the engine work on what is saved, and move five messages a second."""
        self.session._running._opened = self.session._opened
        self._engine._set_state("running")
        self.count(at_s)

    def count(self, at_s: float) -> None:
        for second in range(4):
            self._engine.snapshotTaken.emit(make_snapshot(at_s + second, 5 * second))

    def save(self, old: str, new: str, run: Run) -> None:
        def change(text: str) -> str:
            assert old in text
            return text.replace(old, new)

        run(self.session.write(change), 10)
        self._settle()

    def rename(self, key: str, name: str) -> None:
        with self._qtbot.waitSignal(self.changes.done):
            self.changes.rename(key, name)
        self._settle()

    def undo(self) -> None:
        with self._qtbot.waitSignal(self.changes.undone):
            self.changes.undo()
        self._settle()

    def sample(self, rule: str) -> str:
        """Tell of a message that a rule passed; returns what the feed says of it."""
        outcome = RuleOutcome(rule, "passed")
        self._engine.eventReceived.emit(
            MessageSample(
                id=len(self.rows) + 1,
                source="plant",
                time_ms=1,
                topic="bench/x",
                client="c",
                qos=0,
                payload="{}",
                payload_bytes=2,
                outcomes=[outcome],
            )
        )
        return self.rows[-1].outcomes()[0].note

    def card(self, key: str) -> Card:
        card = flow_of(self.live).card(key)
        assert card is not None
        return card

    def wire(self, start: str, end: str) -> Wire:
        return next(w for w in flow_of(self.live).wires if (w.start, w.end) == (start, end))

    def _settle(self) -> None:
        rules = self.live.workspace.rules
        self._qtbot.waitUntil(lambda: rules.keys() <= self.live.facts.keys())


@pytest.fixture
def bench(tmp_path: Path, run: Run, qtbot: QtBot) -> Iterator[Bench]:
    path = write_workspace(tmp_path, mqtt="mqtt://127.0.0.1:1", kafka="127.0.0.1:1", topic="a")
    engine = InProcessEngine()
    session = Session(engine, recent=RecentFiles())
    made = Bench(session, engine, qtbot)
    made.open(path)
    yield made
    session._running._opened = None  # nothing was started
    run(session.close(), 30)
    session.deleteLater()
    engine.deleteLater()


def check_flows(bench: Bench, *, rule: str, source: str) -> None:
    """What runs is told as running, with its rates, wherever it stands."""
    assert bench.live.rule_state(rule).status == "running"
    assert bench.live.rate("rule.passed", rule) == pytest.approx(5)
    assert bench.card(f"rule:{rule}").rate == pytest.approx(5)
    card = bench.card(f"filter:{source}/bench/#")
    assert card.state.status == "connected"
    assert card.rate == pytest.approx(10)
    assert bench.wire(f"filter:{source}/bench/#", f"rule:{rule}").look == "live"


def test_a_rule_that_is_switched_off_runs_until_that_is_applied(bench: Bench, run: Run):
    bench.run()
    bench.save("[rules.all]", "[rules.all]\nenable = false", run)
    check_flows(bench, rule="all", source="plant")
    assert bench.card("action:to_kafka").state.status == "connected"
    assert bench.card("topic:laptop/a").state.status == "connected"

    bench.run(at_s=10)
    assert bench.live.rule_state("all").status == "disabled"
    assert bench.card("filter:plant/bench/#").state.status == "disabled"


def test_a_rule_that_is_switched_on_is_disabled_until_that_is_applied(bench: Bench, run: Run):
    bench.save("[rules.all]", "[rules.all]\nenable = false", run)
    bench.run()
    bench.save("enable = false\n", "", run)
    assert bench.live.rule_state("all").status == "disabled"
    assert bench.live.action_state(bench.live.at_work.action("to_kafka")).status == "disabled"


def test_an_action_that_is_taken_out_gets_messages_until_that_is_applied(bench: Bench, run: Run):
    bench.run()
    bench.save('actions = ["to_kafka"]', "actions = []", run)
    assert bench.sample("all") == "on its way"
    card = bench.card("action:to_kafka")
    assert (card.state.status, card.detail) == ("connected", "Connected")
    assert bench.wire("rule:all", "action:to_kafka").look == "live"

    bench.run(at_s=10)
    bench.session.tookOver.emit()
    assert bench.sample("all") == "passed, writes to no topic"
    assert bench.card("action:to_kafka").detail == "No rule calls it"


def test_a_renamed_rule_runs_on(bench: Bench):
    bench.run()
    bench.rename("rule:all", "every")
    check_flows(bench, rule="every", source="plant")
    assert [block.total for block in blocks_of(bench.live, "every")] == [30, 0, 15]
    assert bench.sample("all") == "on its way"
    bench.rename("rule:every", "each")
    check_flows(bench, rule="each", source="plant")

    bench.undo()
    bench.undo()
    check_flows(bench, rule="all", source="plant")
    assert bench.session.names_at_work == {}


def test_a_deleted_rule_is_told_of_while_it_runs(bench: Bench, run: Run):
    bench.run()
    with bench._qtbot.waitSignal(bench.changes.done):
        bench.changes.remove("rule:all")
    assert bench.sample("all") == "on its way"
    assert bench.card("action:to_kafka").state.status == "connected"
    check_flows(bench, rule="all", source="plant")
    card = bench.card("rule:all")
    assert (card.detail, card.target) == ("Deleted, runs until Apply", "")
    assert bench.wire("rule:all", "action:to_kafka").look == "live"

    bench.run(at_s=10)
    assert flow_of(bench.live).card("rule:all") is None


@pytest.mark.parametrize("key", ["connector:plant", "connector:laptop", "action:to_kafka"])
def test_a_renamed_part_runs_on(bench: Bench, key: str):
    bench.run()
    bench.rename(key, "other")
    check_flows(bench, rule="all", source="other" if key == "connector:plant" else "plant")
    connector = "other" if key == "connector:laptop" else "laptop"
    assert bench.live.connector_state(connector).status == "connected"
    assert bench.live.rate("connector", connector) == pytest.approx(5)
    topic = bench.card(f"topic:{connector}/a")
    assert (topic.state.status, topic.rate) == ("connected", pytest.approx(5))
    action = "other" if key == "action:to_kafka" else "to_kafka"
    assert bench.card(f"action:{action}").state.status == "connected"
    assert bench.wire("rule:all", f"action:{action}").look == "live"


def test_where_records_go_is_told_until_another_topic_is_applied(bench: Bench, run: Run):
    bench.run()
    bench.save('topic = "a"', 'topic = "b"', run)
    before, after = bench.card("topic:laptop/a"), bench.card("topic:laptop/b")
    assert (before.state.status, before.rate) == ("connected", pytest.approx(5))
    assert (after.state.status, after.rate) == ("stopped", 0)
    assert bench.wire("action:to_kafka", "topic:laptop/b").look == "off"


def test_what_is_new_is_not_applied_yet(bench: Bench, run: Run):
    bench.run()
    new = '[rules.more]\nsource = "plant"\nsql = \'SELECT * FROM "more"\'\nactions = ["console"]\n'
    bench.save("[actions.kafka.to_kafka]", new + "\n[actions.kafka.to_kafka]", run)
    state = bench.live.rule_state("more")
    assert (state.status, state.reason) == ("stopped", "Saved, but not applied yet")
    assert bench.card("filter:plant/more").state == state


def test_names_are_those_of_the_version_that_was_taken_over(bench: Bench, run: Run):
    """One that is saved while another is taken over goes on to be known."""
    bench.run()
    engine, running = bench.session.engine, bench.session._running

    async def reload(*, drain_s: float) -> int:
        bench.session.follow("rule:every", "rule:each")
        return 0

    bench.rename("rule:all", "every")
    engine.reload = reload  # type: ignore[method-assign]
    opened = bench.session._opened
    assert opened is not None
    run(running.take_over(opened, 0.0), 10)
    assert bench.session.names_at_work == {"rule:each": "every"}


def test_the_tail_of_a_renamed_cluster_keeps_its_rows(bench: Bench):
    tails = Tails(bench.live)
    tab = tails.current
    reader = tab._reader
    assert reader is not None
    bench.rename("connector:laptop", "other")
    assert tails.tabs == [tab]
    assert tab.chosen is not None
    assert tab.chosen.connector == "other"
    assert tab._reader is reader, "it goes on reading, so its rows stay"
    tab.close()
