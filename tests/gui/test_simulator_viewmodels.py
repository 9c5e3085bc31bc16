"""A simulator's form, fields, preview and figures, without widgets."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pytestqt.qtbot import QtBot

from core.lab.simulate import preview
from core.workspace.load import load
from gui.engine_client import InProcessEngine
from gui.recent import RecentFiles
from gui.viewmodels.generators import Input, generators, text_of, with_text
from gui.viewmodels.live import Live
from gui.viewmodels.new_simulator import new_simulator
from gui.viewmodels.object_drafts import Drafts
from gui.viewmodels.session import Session
from gui.viewmodels.simulator import SimulatorViewModel
from gui.viewmodels.simulator_form import CLIENT_ID, NAME, SimulatorForm
from tests.helpers.mosquitto import Mosquitto
from tests.helpers.subscriber import Subscriber, environment_at

from .conftest import Run

FILE = """sluicegate = 1
id = "0a1b2c3d"

[connectors.mqtt.plant]
server = "mqtt://127.0.0.1:{port}"

[simulators.sensors]
label = "12 sensors"
connector = "plant"
topic = "temp_hum/emqx"
payload = '{{"temp": "{{{{temp}}}}", "hum": "{{{{hum}}}}"}}'   # as text
properties = {{ clientid = "dev-{{{{device}}}}" }}
devices = 12
every = "600ms"
jitter = "10%"
seed = 42
qos = 1
fields.temp = {{ kind = "walk", from = 20, to = 45, step = 0.5 }}   # degrees
fields.hum = {{ kind = "sine", from = 35, to = 60, period = "2min" }}
"""
KEY = "simulator:sensors"


@pytest.fixture
def port() -> int:
    return 1


@pytest.fixture
def path(tmp_path: Path, port: int) -> Path:
    made = tmp_path / "plant.sluicegate.toml"
    made.write_text(FILE.format(port=port), "utf-8")
    return made


@pytest.fixture
def drafts(path: Path, run: Run, qtbot: QtBot) -> Iterator[Drafts]:
    engine = InProcessEngine()
    session = Session(engine, recent=RecentFiles())
    live = Live(session)
    session.open(path)
    qtbot.waitUntil(lambda: session.loaded is not None)
    yield Drafts(live, session)
    run(session.close(), 30)
    session.deleteLater()
    engine.deleteLater()


@pytest.fixture
def form(drafts: Drafts) -> SimulatorForm:
    return SimulatorForm(drafts, KEY, drafts)


@pytest.fixture
def model(drafts: Drafts) -> SimulatorViewModel:
    return SimulatorViewModel(drafts.live, drafts, "sensors")


def checked(form: SimulatorForm, qtbot: QtBot) -> None:
    with qtbot.waitSignal(form.problemsChanged):
        form.drafts.check(form.key)


# Fields


@pytest.mark.parametrize("kind", [kind for kind in generators() if kind != "constant"])
def test_a_field_of_every_kind_begins_right_and_shows_what_it_has(
    form: SimulatorForm, qtbot: QtBot, kind: str
):
    name = form.add_field()
    form.set_kind(name, kind)
    checked(form, qtbot)
    row = form.rows[-1]

    assert (row.name, row.kind, row.problem) == ("field_1", kind, "")
    assert [each.asked for each in row.inputs] == list(form.kinds[kind].inputs)
    simulator = form.simulator
    assert simulator is not None
    assert len(preview(simulator, 3, 0)) == 3


@pytest.mark.parametrize(
    ("kind", "option", "text", "table"),
    [
        ("walk", "from", "-2.5", {"from": -2.5}),
        ("walk", "step", "", {}),
        ("walk", "step", "much", {"step": "much"}),
        ("sine", "period", "90", {"period": "90s"}),
        ("sine", "period", "2 min", {"period": "2min"}),
        ("bool", "true", "95", {"true": 0.95}),
        ("constant", "value", "false", {"value": False}),
        ("constant", "value", "a b", {"value": "a b"}),
        ("choice", "values", "on, 2, true", {"values": ["on", 2, True]}),
        ("choice", "values", "on 95 %, off 5%", {"values": ["on", "off"], "weights": [95, 5]}),
    ],
)
def test_what_is_typed_becomes_what_the_file_has(
    kind: str, option: str, text: str, table: dict[str, Any]
):
    asked = next(each for each in generators()[kind].inputs if each.option == option)

    assert with_text(asked, {option: 1, "weights": [1]}, text).items() >= table.items()
    assert (option in with_text(asked, {}, text)) == (option in table)


def test_weights_are_shown_as_shares():
    asked = Input("values", "of", "values")

    table = with_text(asked, {}, "on 3 %, off 1 %")
    assert text_of(asked, table) == "on 75 %, off 25 %"
    assert text_of(asked, {"values": [1, True, "x"]}) == "1, true, x"


def test_another_kind_keeps_what_both_ask_for(form: SimulatorForm):
    form.set_kind("temp", "uniform")

    assert form.drafts.value(KEY, ("fields", "temp")) == {"kind": "uniform", "from": 20, "to": 45}


def test_a_renamed_field_is_renamed_in_the_texts(form: SimulatorForm):
    form.set(("topic",), "t/{{ temp }}")
    form.rename_field("temp", "heat")

    assert [row.name for row in form.rows] == ["heat", "hum"]
    assert form.value(("topic",)) == "t/{{heat}}"
    assert form.value(("payload",)) == '{"temp": "{{heat}}", "hum": "{{hum}}"}'
    assert "another field is called hum" in form.name_problem("hum", "heat").lower()
    assert form.name_problem("1st", "heat")
    assert "{{seq}} is there without a field" in form.name_problem("seq", "heat")


def test_a_name_without_a_field_can_get_one(form: SimulatorForm, qtbot: QtBot):
    form.set(("payload",), "{{temp}} {{pressure}} {{rand 1 6}} {{device}}")
    checked(form, qtbot)

    assert form.unknown_names == ("pressure",)
    assert "{{pressure}} names no field" in form.problem(("payload",))
    form.add_field("pressure")
    checked(form, qtbot)
    assert form.unknown_names == ()
    assert form.problem(("payload",)) == ""


def test_a_wrong_input_is_told_at_its_place(form: SimulatorForm, qtbot: QtBot):
    form.set_input("temp", "step", "0")
    checked(form, qtbot)

    assert [each.problem for each in form.rows[0].inputs] == ["", "", "Step must be more than 0."]
    assert form.first_problem() == ("fields", "temp")
    assert form.problem_at(("fields", "temp")) == "temp: Step must be more than 0."


# Options


@pytest.mark.parametrize(
    ("option", "value", "words"),
    [
        ("topic", "a/#", "A topic to publish to cannot contain + or #."),
        ("topic", "", "Topic is required."),
        ("every", "fast", "Write a number with a unit: 500 ms, 5 s, 2 min."),
        ("jitter", "200%", "Jitter is 0 to 100 %."),
        ("devices", 0, "Devices are 1 to 10,000."),
        ("devices", "many", "Devices are 1 to 10,000."),
        ("seed", "x", "The seed is a whole number, or empty."),
        ("stop_after", "later", "Write Never, a number of messages, or a time: 5 min."),
        ("connector", "gone", "There is no connector 'gone'"),
    ],
)
def test_a_wrong_option_is_told_in_plain_words(
    form: SimulatorForm, qtbot: QtBot, option: str, value: object, words: str
):
    form.set((option,), value)
    checked(form, qtbot)

    assert form.problem((option,)).startswith(words)
    assert form.first_problem() == (option,)


def test_options_at_their_default_are_not_written(form: SimulatorForm, path: Path, qtbot: QtBot):
    form.set(("burst",), 3)
    form.set(("stop_after",), "5min")
    form.set(("jitter",), "0%")
    form.set(("retain",), False)
    form.set_properties((("site", "greenhouse-2"),))
    with qtbot.waitSignal(form.saved):
        form.save()

    lines = path.read_text("utf-8").splitlines()
    assert "burst = 3" in lines
    assert 'stop_after = "5min"' in lines
    assert 'jitter = "0%"' in lines  # the file has it, and says so
    assert not any(line.startswith("retain") for line in lines)
    assert any(line.endswith("}   # degrees") for line in lines)
    saved = load(path).partial.simulators["sensors"]
    assert saved.properties == {"clientid": "dev-{{device}}", "site": "greenhouse-2"}
    assert form.value(CLIENT_ID) == "dev-{{device}}"


def test_what_is_wrong_is_not_saved(form: SimulatorForm, path: Path, qtbot: QtBot):
    before = path.read_text("utf-8")
    form.set(("topic",), "a/+")
    with qtbot.waitSignal(form.refused):
        form.save()

    assert path.read_text("utf-8") == before


def test_a_new_simulator_is_right_and_gets_its_name(drafts: Drafts, path: Path, qtbot: QtBot):
    form = SimulatorForm(drafts, new_simulator(drafts), drafts)
    form.set(NAME, "sensors")
    assert "Another simulator is called sensors" in form.problem(NAME)
    form.set(NAME, "more sensors")
    checked(form, qtbot)
    assert form.problem(NAME) == "Use letters, digits, - and _."
    form.set(NAME, "more")
    with qtbot.waitSignal(drafts.saved):
        form.save()

    made = load(path).partial.simulators["more"]
    assert list(made.fields) == ["temp", "hum"]
    assert made.connector == "plant"


# Preview


def test_the_preview_is_what_the_seed_gives(model: SimulatorViewModel, qtbot: QtBot):
    shown = model.preview
    qtbot.waitUntil(lambda: len(shown.made.messages) == 10)
    simulator = model.form.simulator
    assert simulator is not None
    expected = preview(simulator, 10, 0)

    assert [m.payload for m in shown.made.messages] == [m.payload for m in expected]
    assert [m.at_s for m in shown.made.messages] == [m.at_s for m in expected]
    assert len(shown.made.courses["temp"]) == 60
    assert shown.made.check is not None
    assert shown.made.check.word == "Valid JSON"
    assert "seed 42" in shown.seed_note


def test_without_a_seed_the_preview_stays_while_one_types(model: SimulatorViewModel, qtbot: QtBot):
    shown = model.preview
    qtbot.waitUntil(lambda: len(shown.made.messages) == 10)
    with qtbot.waitSignal(shown.changed):
        model.form.set(("seed",), None)
    first = shown.made.messages
    with qtbot.waitSignal(shown.changed):
        model.form.set(("qos",), 2)

    assert shown.made.messages == first
    assert "a seed makes" in shown.seed_note


def test_a_template_that_is_no_json_is_told_with_its_place(model: SimulatorViewModel, qtbot: QtBot):
    qtbot.waitUntil(lambda: bool(model.preview.made.messages))
    model.form.set(("payload",), '{"temp": {{temp}} "hum": 1}')
    qtbot.waitUntil(
        lambda: (
            model.preview.made.check is not None and model.preview.made.check.status == "degraded"
        ),
    )

    assert model.preview.made.check is not None
    assert "line 1, column 19, expected a comma" in model.preview.made.check.problem


def test_what_cannot_be_made_is_said(model: SimulatorViewModel, qtbot: QtBot):
    model.form.set(("format",), "hex")
    qtbot.waitUntil(lambda: "is not hex" in model.preview.made.problem)

    assert model.preview.made.messages == ()


# Running


class TestOnABroker:
    """With a real broker at the other end."""

    @pytest.fixture
    def port(self, mosquitto: Mosquitto) -> int:
        return mosquitto.port

    def test_it_is_started_and_stopped_and_tells_its_figures(
        self, model: SimulatorViewModel, qtbot: QtBot
    ):
        assert model.state.status == "stopped"
        assert model.rate.target == 20
        model.toggle()
        qtbot.waitUntil(lambda: model.rate.progress.sent > 30)
        qtbot.waitUntil(lambda: model.state.status == "running")

        assert model.rate.verdict.text == "On target"
        assert model.state_texts[0].startswith("for 00:00:0")
        assert model.state_texts[0].endswith(" sent")
        assert dict(model.rate.facts)["Devices connected"] == "12 of 12"
        model.toggle()
        qtbot.waitUntil(lambda: model.state.status == "stopped")
        assert model.rate.rate == 0
        assert "sent" in model.state_texts[0]

    def test_one_message_is_sent_by_hand_and_then_the_next(
        self, model: SimulatorViewModel, tmp_path: Path, qtbot: QtBot
    ):
        connector = model.live.workspace.connectors.mqtt["plant"]
        topic = ("temp_hum/emqx",)
        with Subscriber(connector, environment_at(tmp_path), topic) as subscriber:
            subscriber.until_subscribed()
            for _ in range(2):
                with qtbot.waitSignal(model.told) as told:
                    model.send_one()
            subscriber.until_received(2)
        simulator = model.form.simulator
        assert simulator is not None
        expected = [message.payload for message in preview(simulator, 2, 0)]

        assert told.args is not None
        assert told.args[0].startswith("Sent to temp_hum/emqx, ")
        assert subscriber.payloads == expected

    def test_a_running_one_goes_on_as_it_is_saved(self, model: SimulatorViewModel, qtbot: QtBot):
        model.toggle()
        qtbot.waitUntil(lambda: model.rate.progress.sent > 5)
        model.form.set(("devices",), 24)
        assert model.state_texts[0].endswith("changes not saved")
        model.form.save()
        qtbot.waitUntil(lambda: model.rate.progress.target == 40)

        assert model.rate.target_text == "of 40.0 messages per second"


def test_a_broker_that_is_away_is_the_reason(model: SimulatorViewModel, qtbot: QtBot):
    model.toggle()
    qtbot.waitUntil(lambda: bool(model.rate.verdict.reason))

    assert model.rate.verdict.status == "degraded"
    assert "127.0.0.1" in model.rate.verdict.reason
    assert model.state.status == "degraded"
