"""The live trace: what is collected and told of each message, then on its page with an engine."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from core.bridge.events import MessageSample, MqttProperties, RecordSettled, RuleOutcome
from core.errors import CodecError
from core.mqtt.publisher import PublishProperties
from gui.engine_client import InProcessEngine
from gui.main_window import MainWindow
from gui.pages.rule import RulePage
from gui.recent import RecentFiles
from gui.theme import Theme
from gui.viewmodels.live import Live
from gui.viewmodels.live_trace import COLUMNS, LiveTrace
from gui.viewmodels.outlets import MqttMessage
from gui.viewmodels.payload_fields import PayloadFields
from gui.viewmodels.session import Session
from gui.viewmodels.trace_steps import TraceSteps
from tests.gui.conftest import Run
from tests.helpers.wait import PATIENCE_S

from .conftest import labels, page_of

RESULT = COLUMNS.index("result")
PASSED = RuleOutcome("hot", "passed", outputs=['{"clientid":"dev-1","temp":41}'])
SANDBOX = """sluicegate = 1
id = "5c0ffee6"

[connectors.mqtt.plant]
server = "sandbox"
identity.clientid = "property:clientid"

[connectors.kafka.laptop]
bootstrap_hosts = "sandbox"

[rules.hot]
sql = 'SELECT clientid, payload.temp as temp FROM "plant/#" WHERE payload.temp > 20'
actions = ["to_hot", "console"]

[actions.kafka.to_hot]
connector = "laptop"
topic = "hot"
message.key = "${clientid}"
message.value = "${temp}"
"""


class Told:
    """The trace of a rule whose engine says what a test has it say; nothing is connected."""

    def __init__(self, session: Session, engine: InProcessEngine) -> None:
        self._engine = engine
        self.live = Live(session)
        self.trace = LiveTrace(self.live, "hot")
        self.steps = TraceSteps(self.live, PayloadFields(session, session), "hot")

    def sample(self, number: int, *outcomes: RuleOutcome, payload: str = '{"temp": 41}') -> None:
        self._engine.eventReceived.emit(
            MessageSample(
                id=number,
                time_ms=1_767_225_600_250,
                source="plant",
                topic="plant/1",
                client="dev-1",
                payload=payload,
                payload_bytes=len(payload),
                qos=1,
                outcomes=list(outcomes),
                properties=MqttProperties(user=[("site", "roof")]),
            )
        )

    def settle(self, number: int, error: str = "") -> None:
        self._engine.eventReceived.emit(
            RecordSettled(number, "to_hot", "hot", 2, 118, 3.4, error, "dev-1", "41")
        )

    def result(self, place: int) -> str:
        return str(self.trace.index(place, RESULT).data())


@pytest.fixture
def told(path: Path, run: Run, qtbot: QtBot) -> Iterator[Told]:
    engine = InProcessEngine()
    session = Session(engine, recent=RecentFiles())
    with qtbot.waitSignal(session.workspaceChanged):
        session.open(path)
    made = Told(session, engine)
    qtbot.waitUntil(lambda: "hot" in made.live.facts)
    yield made
    run(session.close(), 30)
    session.deleteLater()
    engine.deleteLater()


def test_nothing_is_collected_before_the_start(told: Told, qtbot: QtBot):
    told.sample(1, PASSED)
    told.trace.start(10)
    told.sample(2, PASSED)
    qtbot.waitUntil(lambda: told.trace.count == 1)

    assert told.trace.traced(0).row.sample.id == 2
    assert told.trace.progress_text == "1 of 10"


def test_it_stops_by_itself_after_as_many_messages_of_this_rule(told: Told, qtbot: QtBot):
    told.trace.start(10)
    for number in range(30):
        told.sample(number, PASSED if number % 2 else RuleOutcome("other", "passed"))
    qtbot.waitUntil(lambda: told.trace.count == 10)

    assert not told.trace.is_collecting
    found = [told.trace.traced(place).row.sample.id for place in range(10)]
    assert found == list(range(1, 20, 2))


def test_many_messages_are_put_in_at_once(told: Told, qtbot: QtBot):
    told.trace.start(200)
    inserted: list[int] = []
    told.trace.rowsInserted.connect(lambda _parent, first, last: inserted.append(last - first + 1))
    for number in range(100):
        told.sample(number, PASSED)
    qtbot.waitUntil(lambda: told.trace.count == 100)

    assert inserted == [100]


def test_a_row_is_on_its_way_no_more_when_the_bridge_has_stopped(told: Told, qtbot: QtBot):
    told._engine._set_state("running")
    told.trace.start(10)
    told.sample(1, PASSED)
    qtbot.waitUntil(lambda: told.trace.count == 1)
    with qtbot.waitSignal(told.trace.dataChanged):
        told._engine._set_state("stopped")

    assert told.result(0) == "no delivery report: the bridge stopped"


def test_a_row_tells_the_place_of_its_record_when_that_is_known(told: Told, qtbot: QtBot):
    told.trace.start(10)
    told.sample(1, PASSED)
    qtbot.waitUntil(lambda: told.trace.count == 1)
    assert told.result(0) == "on its way"

    told.trace.stop()
    with qtbot.waitSignal(told.trace.dataChanged):
        told.settle(1)

    assert told.result(0) == "hot p2 #118, 3.4 ms"


def test_steps_lead_from_the_message_to_the_delivery(told: Told, qtbot: QtBot):
    told.trace.start(10)
    told.sample(1, PASSED)
    told.settle(1)
    qtbot.waitUntil(lambda: told.trace.count == 1)

    told.steps.choose(told.trace.traced(0))

    message, statement, record = told.steps.steps
    assert (message.name, message.pairs) == ("plant/1", (("site", "roof"),))
    assert statement.code == ('{"clientid": "dev-1", "temp": 41}',)
    assert (record.status, record.text) == ("passed", "hot p2 #118, 3.4 ms")
    assert record.pairs == (("key", "dev-1"), ("value", "41"))


def test_a_failed_record_tells_why(told: Told, qtbot: QtBot):
    told.trace.start(10)
    told.sample(1, PASSED)
    told.settle(1, error="The message is too large")
    qtbot.waitUntil(lambda: told.trace.count == 1)
    assert told.result(0) == "The message is too large"

    told.steps.choose(told.trace.traced(0))

    assert told.steps.steps[2].status == "failed"
    assert told.steps.steps[2].remark == "The message is too large."


def test_no_result_is_explained_by_the_false_part_of_where(told: Told, qtbot: QtBot):
    told.trace.start(10)
    told.sample(1, RuleOutcome("hot", "no_result"), payload='{"temp": 3}')
    told.sample(2, RuleOutcome("hot", "no_result"), payload='{"temp": 4}')
    qtbot.waitUntil(lambda: told.trace.count == 2)

    told.steps.choose(told.trace.traced(0))
    told.steps.choose(told.trace.traced(1))  # before the first is explained
    qtbot.waitUntil(lambda: told.steps.steps[1].result is not None)

    result = told.steps.steps[1].result
    assert result is not None
    (reason,) = result.reasons
    assert reason.text == "payload.temp > 20"
    assert [(seen.operand, seen.value) for seen in reason.seen] == [("payload.temp", "4")]
    assert len(told.steps.steps) == 2, "no action gets anything"


def test_a_failed_rule_tells_the_engines_reason(told: Told, qtbot: QtBot):
    told.trace.start(10)
    told.sample(1, RuleOutcome("hot", "failed", detail="the function is not there"))
    qtbot.waitUntil(lambda: told.trace.count == 1)

    told.steps.choose(told.trace.traced(0))

    step = told.steps.steps[1]
    assert step.status == "failed"
    assert step.remark.startswith("The function is not there.")


def test_of_a_cut_payload_no_message_is_made(told: Told, qtbot: QtBot):
    told.trace.start(10)
    told._engine.eventReceived.emit(
        MessageSample(1, 1, "plant", "plant/1", "", "{", 900_000, 1, [RuleOutcome("hot", "failed")])
    )
    qtbot.waitUntil(lambda: told.trace.count == 1)
    told.steps.choose(told.trace.traced(0))

    assert "cannot be tried again" in told.steps.steps[1].remark
    with pytest.raises(CodecError):
        told.steps.message()


def test_without_a_bridge_the_page_offers_to_start_it(page: RulePage):
    page.test.tabs.choose("trace")
    pane = page.test.trace

    assert pane.empty.isVisible()
    assert pane.empty.sentence.accessibleName() == "The bridge is not running."
    assert pane.empty.link.isVisible()
    assert not pane.start_button.isEnabled()


@pytest.fixture
def running(theme: Theme, tmp_path: Path, run: Run, qtbot: QtBot) -> Iterator[MainWindow]:
    """A window on embedded brokers, not started yet."""
    path = tmp_path / "hot.sluicegate.toml"
    path.write_text(SANDBOX, "utf-8")
    session = Session(InProcessEngine(), recent=RecentFiles())
    made = MainWindow(session, theme)
    made.resize(1280, 800)
    with qtbot.waitExposed(made):
        made.show()
    with qtbot.waitSignal(session.workspaceChanged, timeout=20_000):
        session.open(path)
    yield made
    run(session.close(), 30)
    made.close()
    made.deleteLater()
    session.deleteLater()


async def publish(window: MainWindow, payloads: list[bytes]) -> None:
    session, workspace = window.session, window.live.workspace
    connector = workspace.connectors.mqtt["plant"]
    assert session.environment is not None
    properties = PublishProperties((("clientid", "dev-3"),))
    for payload in payloads:
        message = MqttMessage("plant/1", payload, 1, False, properties)
        await asyncio.wait_for(
            session.outlets.publish(
                connector, workspace.client_id(connector), session.environment, message
            ),
            PATIENCE_S,
        )


@pytest.mark.timeout(90)  # starts embedded brokers and an engine
def test_messages_of_a_running_bridge_are_traced(running: MainWindow, qtbot: QtBot, run: Run):
    page = page_of(running, "hot")
    page.test.tabs.choose("trace")
    pane = page.test.trace
    qtbot.waitUntil(pane.empty.link.isVisible)
    pane.empty.link.click()
    qtbot.waitUntil(lambda: running.session.state == "running", timeout=30_000)
    qtbot.waitUntil(pane.start_button.isEnabled)
    pane.start_button.click()
    assert pane.empty.sentence.accessibleName() == "Waiting for the first message on plant/#"

    run(publish(running, [b'{"temp": 33}', b'{"temp": 3}']), 30)
    model = page._editor.trace
    qtbot.waitUntil(lambda: model.count == 2)
    qtbot.waitUntil(lambda: "#0" in str(model.index(0, RESULT).data()))

    assert pane.progress.text() == "2 of 10"
    qtbot.waitUntil(lambda: any("hot p" in text for text in labels(pane)))
    assert {"dev-3", "33", "writes the output to the log"} <= set(labels(pane))

    pane.table.selectRow(1)
    qtbot.waitUntil(lambda: "payload.temp is 3" in labels(pane))

    pane.use.click()
    assert page.test.tabs.current_key == "test"
    assert page.test.payload.edit.toPlainText() == '{"temp": 3}'
    qtbot.waitUntil(lambda: page.test.result.tag.accessibleName() == "No match")
