"""Messages put into a rule's test: what is filled in, whatever their bytes are."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec
import pytest
from pytestqt.qtbot import QtBot

from core.errors import CodecError
from core.mqtt.publisher import PublishProperties
from gui.engine_client import InProcessEngine
from gui.recent import RecentFiles
from gui.theme import Theme
from gui.viewmodels.outlets import MqttMessage
from gui.viewmodels.payload_fields import PayloadFields
from gui.viewmodels.rule_test import RuleTest
from gui.viewmodels.session import Session
from tests.gui.conftest import Run


@pytest.fixture
def trial(theme: Theme, run: Run) -> Iterator[RuleTest]:
    engine = InProcessEngine()
    session = Session(engine, recent=RecentFiles())
    yield RuleTest(session.tasks, PayloadFields(session, session), session)
    run(session.close(), 30)
    session.deleteLater()
    engine.deleteLater()


def shown(trial: RuleTest) -> dict[str, str]:
    return {column.name: column.text for column in trial.columns}


def output_of(qtbot: QtBot, trial: RuleTest) -> object:
    qtbot.waitUntil(lambda: not trial.is_running)
    assert trial.result.outcome == "passed", trial.result
    return trial.result.output


def test_a_message_fills_the_form(trial: RuleTest, qtbot: QtBot) -> None:
    properties = PublishProperties((("clientid", "dev-3"), ("unit", "C")))
    trial.take_message(MqttMessage("t/3", b'{"temp": 41.2}', 2, retain=True, properties=properties))

    columns = shown(trial)
    assert (columns["topic"], columns["qos"], columns["clientid"]) == ("t/3", "2", "dev-3")
    assert msgspec.json.decode(columns["pub_props"])["User-Property"]["unit"] == "C"
    assert (trial.payload, trial.payload_format) == ('{"temp": 41.2}', "json")


def test_the_rule_sees_properties_and_flags_of_the_message(trial: RuleTest, qtbot: QtBot) -> None:
    trial.set_sql(
        "SELECT pub_props.'User-Property'.unit as unit, flags.retain as kept, clientid FROM \"t/#\""
    )
    properties = PublishProperties((("unit", "C"),))
    message = MqttMessage("t/3", b"{}", retain=True, properties=properties)
    trial.take_message(message, client="dev-9")

    assert output_of(qtbot, trial) == {"unit": "C", "kept": True, "clientid": "dev-9"}


def test_bytes_that_are_no_text_reach_the_rule_unchanged(trial: RuleTest, qtbot: QtBot) -> None:
    trial.set_sql("SELECT bin2hexstr(payload) as hex FROM '#'")
    trial.take_message(MqttMessage("raw", b"\x01\xff\x00"))

    assert (trial.payload, trial.payload_format) == ("01 ff 00", "hex")
    assert output_of(qtbot, trial) == {"hex": "01FF00"}


def test_the_bytes_stay_when_the_format_changes(trial: RuleTest, qtbot: QtBot) -> None:
    trial.set_payload("hello")
    trial.set_format("base64")
    assert trial.payload == "aGVsbG8="
    trial.set_format("hex")
    assert trial.payload == "68 65 6c 6c 6f"
    trial.set_format("text")
    assert trial.payload == "hello"


def test_bytes_that_are_no_text_are_not_turned_into_text(trial: RuleTest, qtbot: QtBot) -> None:
    trial.take_message(MqttMessage("raw", b"\xff"))

    with pytest.raises(CodecError, match="no text"):
        trial.set_format("text")

    assert (trial.payload, trial.payload_format) == ("ff", "hex")


def test_what_is_not_in_its_format_is_said_and_not_tried(trial: RuleTest, qtbot: QtBot) -> None:
    trial.set_sql("SELECT payload FROM '#'")
    trial.set_format("hex")
    trial.set_payload("0")

    qtbot.waitUntil(lambda: not trial.is_running)

    assert trial.result.outcome == "failed"
    assert trial.result.sentence == "The payload '0' is not hex."


def test_a_half_written_payload_keeps_its_text_in_another_format(
    trial: RuleTest, qtbot: QtBot
) -> None:
    trial.set_format("hex")
    trial.set_payload("0")

    trial.set_format("base64")

    assert (trial.payload, trial.payload_format) == ("0", "base64")
    trial.set_format("text")
    assert (trial.payload, trial.payload_format) == ("0", "text")


def test_nothing_is_filled_in_the_payload_of_a_test_so_its_braces_are_bytes_like_others(
    trial: RuleTest,
):
    trial.set_payload("{{seq}}")
    trial.set_format("hex")
    assert trial.payload == "7b 7b 73 65 71 7d 7d"
