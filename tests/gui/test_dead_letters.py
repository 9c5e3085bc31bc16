"""The page of dead letters: read, edited, delivered, deleted."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from gui.engine_client import InProcessEngine
from gui.pages.dead_letters import BulkBar, DeadLettersPage
from gui.recent import RecentFiles
from gui.theme import Theme
from gui.viewmodels import cluster_topics
from gui.viewmodels.dead_letters import DeadLetters
from gui.viewmodels.live import Live
from gui.viewmodels.session import Session
from gui.widgets.topic_popup import TopicPopup
from tests.helpers.engine import RunningEngine, run_publish
from tests.helpers.kafka import Kafka
from tests.helpers.letters import EXPIRED, Writer
from tests.helpers.mosquitto import Mosquitto
from tests.helpers.wait import PATIENCE_S
from tests.helpers.workspaces import write_workspace

from .conftest import Run

pytestmark = pytest.mark.usefixtures("theme")


class Bench:
    """A page, and who writes letters behind its back."""

    def __init__(self, session: Session, qtbot: QtBot) -> None:
        assert session.environment is not None
        self.session, self._qtbot = session, qtbot
        self.live = Live(session)
        self.writer = Writer(session.environment.state_dir, "to_kafka", "all")
        self.model = DeadLetters(self.live, "to_kafka")
        self.page = DeadLettersPage(self.model)
        qtbot.addWidget(self.page)
        self.said: list[tuple[str, str]] = []
        self.page.done.connect(lambda *words: self.said.append(words))
        self.page.resize(1036, 640)

    def show(self, *payloads: str, **options: Any) -> None:
        for payload in payloads:
            self.writer.put(payload, **options)
        self.page.show()
        self.page.activateWindow()
        self.until(lambda: len(self.keys) >= len(payloads))
        self.until_loaded()

    def until(self, condition: Callable[[], object], timeout_s: float = PATIENCE_S) -> None:
        self._qtbot.waitUntil(lambda: bool(condition()), timeout=round(timeout_s * 1_000))

    def until_loaded(self) -> None:
        self.until(lambda: self.model.detail.letter and self.model.detail.trial.status)

    def edit(self, text: str) -> None:
        """Type another payload and wait for what the rule makes of it."""
        with self._qtbot.waitSignal(self.model.detail.trialChanged):
            self.page.pane.message.payload.setPlainText(text)

    def press(self, key: Qt.Key, **more: Any) -> None:
        self._qtbot.keyClick(self.page.table, key, **more)

    @property
    def keys(self) -> list[str]:
        return [head.start for head in self.model.model.shown]


@pytest.fixture
def session(run: Run) -> Iterator[Session]:
    """A session whose bridge stays stopped."""
    made = Session(InProcessEngine(), recent=RecentFiles())
    yield made
    run(made.close(), 30)
    made.deleteLater()


def opened(session: Session, qtbot: QtBot, path: Path) -> Bench:
    with qtbot.waitSignal(session.workspaceChanged, timeout=20_000):
        session.open(path)
    return Bench(session, qtbot)


@pytest.fixture
def bench(session: Session, qtbot: QtBot, tmp_path: Path) -> Bench:
    """A workspace without brokers: its rule can be tried, and nothing be sent."""
    path = write_workspace(
        tmp_path,
        mqtt="mqtt://127.0.0.1:1",
        kafka="127.0.0.1:1",
        topic="t",
        topic_filter="t/#",
        select="clientid, payload.temp as temp",
        key="${clientid}",
        value='{"temp": ${temp}}',
    )
    return opened(session, qtbot, path)


# What is shown


def test_letters_are_listed_while_more_come(bench: Bench):
    bench.show('{"temp": 1}', '{"temp": 2}')
    assert bench.keys == ['{"temp": 2}', '{"temp": 1}']
    assert bench.page.summary.whole_text().startswith("of to_kafka in all. 2 messages, ")
    bench.writer.put('{"temp": 3}', EXPIRED)
    bench.until(lambda: len(bench.keys) == 3)
    assert bench.model.detail.head is not None
    assert bench.model.detail.head.start == '{"temp": 2}', "what is looked at stays"
    reasons = [bench.page.reasons.itemText(at) for at in range(bench.page.reasons.count())]
    assert reasons == ["All reasons", "Waited too long", "Record too large"]
    bench.page.reasons.setCurrentIndex(1)
    bench.page.reasons.activated.emit(1)
    assert bench.keys == ['{"temp": 3}']


def test_letter_tells_why_it_is_here_and_what_to_do(bench: Bench):
    bench.show('{"temp": 1}')
    reason = bench.page.pane.reason
    assert reason.title.whole_text() == "Record too large"
    assert reason.tries.text() == "tried once"
    assert "Trying again cannot help" in reason.text.accessibleName()
    assert reason.advice.accessibleName() == "Raise max.message.bytes of the topic."
    values = bench.page.pane.message.values
    assert {name: value.text for name, value in values.items() if name != "time"} == {
        "topic": "t/1",
        "qos": "1",
        "client": "dev-1",
    }
    assert bench.model.detail.properties == [("clientid", "dev-1")]
    assert bench.model.detail.record_facts[:2] == (("topic", "t"), ("key", "dev-1"))
    assert json.loads(bench.page.pane.record.value.toPlainText()) == {"temp": 1}
    assert [step.text.partition(":")[0] for step in bench.model.detail.steps] == [
        "Put aside",
        "Received from MQTT.",
    ]


def test_letter_for_a_missing_topic_offers_to_create_it(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
):
    bench.show('{"temp": 1}')
    reason = bench.page.pane.reason
    assert not reason.create_link.isVisible()
    monkeypatch.setattr(cluster_topics, "_make", lambda *_asked: 1)
    missing = ("unknown_topic", "Topic t does not exist on this cluster.", "Create it.")
    bench.writer.put('{"temp": 2}', missing)
    bench.until(lambda: len(bench.keys) == 2)
    bench.press(Qt.Key.Key_Up)
    bench.until(reason.create_link.isVisible)
    assert reason.advice.whole_text() == "Create it."

    reason.create_link.click()
    popup = reason.create_link.findChild(TopicPopup)
    assert popup is not None
    popup.button.click()
    bench.until(lambda: not reason.create_link.isVisible())
    assert "is there now" in reason.advice.whole_text()


def test_nothing_to_show_is_said(bench: Bench):
    bench.page.show()
    bench.until(lambda: bench.model.shelf is not None)
    assert bench.page.empty.sentence.accessibleName() == "No dead letters of to_kafka."
    assert bench.page.verdict.label.whole_text() == "Nothing was put aside."
    bench.show('{"temp": 1}')
    bench.page.filter.setText("nowhere")
    assert bench.page.empty.sentence.accessibleName() == "0 of 1 rows match."
    bench.page.empty.button.click()
    assert bench.keys == ['{"temp": 1}']


def test_letters_that_cannot_be_read_are_said(bench: Bench):
    bench.writer.path.mkdir(parents=True)
    bench.page.show()
    bench.until(lambda: bench.model.trouble)
    assert "cannot be read" in bench.page.verdict.label.whole_text()


# What is edited


def test_edited_message_is_tried_at_once(bench: Bench):
    bench.show('{"temp": 41.2, "img": "' + "x" * 3_000 + '"}')
    message, trial = bench.page.pane.message, bench.page.pane.message.trial
    assert "3,000 characters" in message.payload.toPlainText()
    assert not message.edited.isVisible()
    bench.edit('{"temp": 27.5}')
    assert message.edited.isVisible()
    assert message.amount.whole_text().startswith("14 B, was ")
    assert trial.text.whole_text() == "all passes"
    assert (trial.topic.text, trial.key.text) == ("t", "dev-1")
    assert trial.value.text == '{"temp": 27.5}'
    message.compare_link.click()
    assert ("added", '{"temp": 27.5}') in [(r.sign, r.text) for r in message.comparison.rows]
    message.compare_link.click()
    message.undo_link.click()
    assert not message.edited.isVisible()
    assert "3,000 characters" in message.payload.toPlainText()


def test_edits_stay_with_their_letters(bench: Bench):
    bench.show('{"temp": 1}', '{"temp": 2}')
    bench.edit('{"temp": 20}')
    bench.page.table.selectRow(2)
    bench.until_loaded()
    assert json.loads(bench.page.pane.message.payload.toPlainText()) == {"temp": 1}
    bench.page.table.selectRow(1)
    bench.until_loaded()
    assert bench.page.pane.message.payload.toPlainText() == '{"temp": 20}'
    assert bench.page.pane.message.edited.isVisible()


@pytest.mark.parametrize(
    ("payload", "text", "reason"),
    [
        ("no json", "all fails", "JSON"),
        ('{"temp": 1}', "all gives no result", "payload.temp > 30"),
    ],
)
def test_message_that_gives_nothing_is_explained(
    bench: Bench, qtbot: QtBot, payload: str, text: str, reason: str
):
    path = bench.session.path
    assert path is not None
    path.write_text(path.read_text().replace('t/#"', 't/#" WHERE payload.temp > 30'))
    with qtbot.waitSignal(bench.session.workspaceChanged):
        bench.session.reload()
    bench.show(payload)
    trial = bench.page.pane.message.trial
    assert trial.text.whole_text() == text
    assert reason in trial.reason.accessibleName()


def test_payload_that_is_no_text_is_not_edited(bench: Bench):
    bench.writer.put(b"\xff\x00\xfe")
    bench.page.show()
    bench.until(lambda: bench.model.detail.letter)
    payload = bench.page.pane.message.payload
    assert payload.isReadOnly()
    assert payload.toPlainText() == "3 B that are no text."


# What is done


@pytest.mark.parametrize("width", [480, 520, 540, 560, 700])
def test_the_bar_has_room_for_how_many_are_checked(theme: Theme, qtbot: QtBot, width: int):
    del theme  # it is in force
    bar = BulkBar()
    qtbot.addWidget(bar)
    bar.show_checked(("1 of 2 selected", "1 of 2"), "1.2 KB", "")
    bar.resize(width, bar.height())
    bar.show()
    assert bar.width() == width
    assert bar.count.text() == bar.count.whole_text()


def test_rows_are_checked_by_keyboard_and_the_bar_is_there_while_some_are(bench: Bench):
    bench.show('{"temp": 1}', '{"temp": 2}', '{"temp": 3}')
    bench.page.focus_form()
    assert not bench.page.bulk.isVisible()
    bench.press(Qt.Key.Key_Space)
    assert bench.page.bulk.isVisible()
    assert bench.page.bulk.count.whole_text() == "1 of 3 selected"
    assert bench.page.table.all_box.checkState() == Qt.CheckState.PartiallyChecked
    bench.press(Qt.Key.Key_A, modifier=Qt.KeyboardModifier.ControlModifier)
    assert bench.page.bulk.count.whole_text() == "3 of 3 selected"
    assert bench.page.table.all_box.checkState() == Qt.CheckState.Checked
    bench.page.bulk.clear_button.click()
    assert not bench.page.bulk.isVisible()


def test_rows_are_checked_by_mouse(bench: Bench, qtbot: QtBot):
    bench.show('{"temp": 1}', '{"temp": 2}')
    table = bench.page.table
    place = table.visualRect(bench.model.model.index(2, 0)).center()
    qtbot.mouseClick(table.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(place.x(), place.y()))
    assert [head.start for head in bench.model.model.checked] == ['{"temp": 1}']
    bench.page.table.all_box.click()
    assert len(bench.model.model.checked) == 2
    bench.page.table.all_box.click()
    assert bench.model.model.checked == []


def test_deleted_letters_come_back_when_that_is_undone(bench: Bench):
    bench.show('{"temp": 1}', '{"temp": 2}', '{"temp": 3}')
    bench.page.focus_form()
    bench.press(Qt.Key.Key_Delete)
    bench.until(lambda: bench.keys == ['{"temp": 2}', '{"temp": 1}'])
    assert bench.said == [("Deleted 1 message", "Undo")]
    bench.model.model.check_all(True)
    bench.page.bulk.delete_button.click()
    bench.until(lambda: not bench.keys)
    assert bench.said[1:] == [("Deleted 2 messages", "Undo")]
    bench.page.undo_delete()
    bench.until(lambda: bench.keys == ['{"temp": 2}', '{"temp": 1}'])


def test_what_was_deleted_before_is_wiped_when_letters_are_read_again(bench: Bench, qtbot: QtBot):
    bench.show('{"temp": 1}')
    bench.page.pane.delete_button.click()
    bench.until(lambda: not bench.keys)
    assert b'"temp' in bench.writer.path.read_bytes()
    other = DeadLetters(bench.live, "to_kafka")
    other.look()
    bench.until(lambda: other.shelf is not None)
    assert b'"temp' not in bench.writer.path.read_bytes()


def test_letters_are_written_as_json_lines(bench: Bench, tmp_path: Path):
    bench.show('{"temp": 1}', '{"temp": 2}', '{"temp": 3}')
    bench.model.model.check([1, 3], True)
    path = tmp_path / "out.jsonl"
    bench.page.export(path)
    bench.until(lambda: bench.said)
    letters = [json.loads(line) for line in path.read_text().splitlines()]
    assert [letter["message"]["payload"]["text"] for letter in letters] == [
        '{"temp": 1}',
        '{"temp": 3}',
    ]
    assert bench.said == [("2 messages written to out.jsonl.", "")]
    bench.page.export(tmp_path / "no" / "out.jsonl")
    bench.until(bench.page.problem.isVisible)
    assert "was not written" in bench.page.problem.label.whole_text()


def test_letter_is_copied_as_json(bench: Bench):
    bench.show('{"temp": 1}')
    bench.page.pane.copy_button.click()
    copied = json.loads(QApplication.clipboard().text())
    assert copied["message"]["payload"]["text"] == '{"temp": 1}'


@pytest.mark.expect_warnings("the cluster is away")
def test_cluster_that_is_away_is_said_and_the_letters_stay(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
):
    import core.kafka.single

    monkeypatch.setattr(core.kafka.single.RecordSender.send, "__defaults__", (1.0,))
    bench.show('{"temp": 1}', '{"temp": 2}')
    bench.model.model.check_all(True)
    bench.page.bulk.again_button.click()
    assert bench.page.bulk.stop_button.isVisible()
    assert not bench.page.pane.rerun_button.isEnabled()
    bench.until(bench.page.problem.isVisible)
    assert (
        "0 messages delivered. 2 were not: No delivery report"
        in bench.page.problem.label.whole_text()
    )
    assert len(bench.keys) == 2
    assert bench.page.pane.rerun_button.isEnabled()
    assert bench.model.detail.steps[0].text.startswith("Tried again: No delivery report")


@pytest.mark.broker
@pytest.mark.timeout(60)
def test_letters_of_a_real_run_are_delivered_after_all(
    session: Session,
    qtbot: QtBot,
    tmp_path: Path,
    kafka: Kafka,
    shared_mosquitto: Mosquitto,
    start_engine: Callable[..., RunningEngine],
):
    topic = kafka.topic(max_message_bytes="1000")
    path = write_workspace(
        tmp_path,
        mqtt=shared_mosquitto.url,
        kafka=kafka.bootstrap,
        topic=topic,
        topic_filter=f"{tmp_path.name}/#",
        select="clientid, payload",
        key="${clientid}",
        value="${payload}",
    )
    engine = start_engine(path)
    engine.until_running()
    for number in range(3):
        payload = json.dumps({"temp": number, "img": "x" * 2_000})
        run_publish(
            *(path, "plant", f"{tmp_path.name}/{number}", payload),
            *("--qos", "1", "--property", f"clientid=dev-{number}"),
        )
    engine.until(lambda s: s["actions"]["to_kafka"]["dead_lettered"] == 3)
    bench = opened(session, qtbot, path)
    bench.page.show()
    bench.until(lambda: len(bench.keys) == 3)
    bench.until_loaded()
    bench.edit('{"temp": 41.2}')

    qtbot.keyClick(bench.page.pane.rerun_button, Qt.Key.Key_Return)
    bench.until(lambda: len(bench.keys) == 2, 20)
    (record,) = kafka.read(topic, 1)
    assert (record.key(), record.value()) == (b"dev-2", b'{"temp": 41.2}')
    bench.until(lambda: bench.said)
    assert bench.said == [("1 message delivered.", "")]

    bench.model.model.check_all(True)
    bench.page.bulk.again_button.click()
    bench.until(bench.page.problem.isVisible, 20)
    assert "2 were not: The record is too large" in bench.page.problem.label.whole_text()

    kafka.configure(topic, max_message_bytes="100000")
    bench.page.bulk.again_button.click()
    bench.until(lambda: not bench.keys, 20)
    bench.until(lambda: len(bench.said) == 2)
    records = kafka.read(topic, 3)
    assert sorted(record.key() or b"" for record in records) == [b"dev-0", b"dev-1", b"dev-2"]
    assert bench.said[1:] == [("2 messages delivered.", "")]
    engine.stop()
