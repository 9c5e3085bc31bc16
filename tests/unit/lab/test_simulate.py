from __future__ import annotations

import json
from itertools import islice, pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import CodecError, ConfigError
from core.lab.simulate import Simulation, preview, simulator_problems
from core.workspace.lab import Simulator
from core.workspace.load import loads
from core.workspace.units import Duration

START_MS = 1_700_000_000_000


def sensors(**changes: Any) -> Simulator:
    given: dict[str, Any] = {
        "name": "sensors",
        "connector": "plant",
        "topic": "plant/{{device}}/temp",
        "payload": '{"temp": "{{temp}}", "hum": "{{hum}}"}',
        "devices": 12,
        "every": "600ms",
        "seed": 42,
        "properties": {"clientid": "dev-{{device}}"},
        "fields": {
            "temp": {"kind": "walk", "from": 20, "to": 45, "step": 0.5},
            "hum": {"kind": "sine", "from": 35, "to": 60, "period": "2min"},
        },
    }
    return Simulator.model_validate(given | changes)


@given(st.integers(), st.integers(1, 20))
def test_the_same_seed_makes_the_same_messages(seed: int, devices: int) -> None:
    simulator = sensors(seed=seed, devices=devices, jitter="30%")

    assert preview(simulator, 60, START_MS) == preview(simulator, 60, START_MS)


def test_a_simulation_makes_the_same_messages_twice() -> None:
    simulation = Simulation(sensors(seed=None))

    first, second = (list(islice(simulation.messages(START_MS), 20)) for _ in range(2))

    assert first == second


def test_another_seed_makes_other_messages() -> None:
    assert preview(sensors(seed=1), 5, START_MS) != preview(sensors(seed=2), 5, START_MS)


def test_messages_do_not_change_from_release_to_release() -> None:
    message = preview(sensors(), 1, START_MS)[0]

    assert message.payload == b'{"temp": "44.0", "hum": "47.5"}'


def test_text_and_properties_carry_the_device() -> None:
    messages = preview(sensors(), 12, START_MS)

    assert [m.topic for m in messages] == [f"plant/{n}/temp" for n in range(1, 13)]
    assert [m.properties for m in messages] == [(("clientid", f"dev-{n}"),) for n in range(1, 13)]
    assert all(set(json.loads(m.payload)) == {"temp", "hum"} for m in messages)


def test_devices_are_spread_over_the_interval() -> None:
    messages = preview(sensors(), 24, START_MS)

    assert [round(m.at_s, 6) for m in messages] == [round(0.05 * n, 6) for n in range(24)]
    assert Simulation(sensors()).rate == pytest.approx(20)


@given(st.integers(1, 10), st.integers(0, 100), st.integers(1, 3))
def test_times_never_go_back_and_jitter_does_not_add_up(
    devices: int, jitter: int, burst: int
) -> None:
    simulator = sensors(devices=devices, jitter=f"{jitter}%", burst=burst, every="1s")
    rounds = 20

    times = [m.at_s for m in preview(simulator, devices * burst * rounds, START_MS)]

    assert times[0] >= 0
    assert all(a <= b for a, b in pairwise(times))
    assert times[-1] <= rounds + jitter / 100


def test_a_burst_is_several_messages_at_once() -> None:
    messages = preview(sensors(burst=3, payload="{{seq}}"), 6, START_MS)

    assert [(m.device, m.at_s, m.payload) for m in messages] == [
        (1, 0.0, b"1"),
        (1, 0.0, b"2"),
        (1, 0.0, b"3"),
        (2, 0.05, b"1"),
        (2, 0.05, b"2"),
        (2, 0.05, b"3"),
    ]


def test_it_stops_after_a_number_of_messages_or_a_time() -> None:
    by_number = list(Simulation(sensors(stop_after=7)).messages(START_MS))
    by_time = list(Simulation(sensors(stop_after="6s")).messages(START_MS))

    assert len(by_number) == 7
    assert len(by_time) == 120
    assert by_time[-1].at_s < 6


def test_no_interval_means_as_fast_as_possible() -> None:
    simulation = Simulation(sensors(every=Duration(0), stop_after=30))

    assert simulation.rate == float("inf")
    assert {m.at_s for m in simulation.messages(START_MS)} == {0.0}


def test_built_in_values_need_no_field() -> None:
    payload = '{"d": {{device}}, "n": {{seq}}, "t": {{now}}, "u": "{{uuid}}", "r": {{ rand 3 4 }}}'

    value = json.loads(preview(sensors(payload=payload), 1, START_MS)[0].payload)

    assert (value["d"], value["n"], value["t"]) == (1, 1, START_MS)
    assert len(value["u"]) == 36
    assert value["r"] in (3, 4)


def test_values_are_escaped_in_json_and_nowhere_else() -> None:
    fields = {"name": {"kind": "constant", "value": 'a "b"\n'}}

    in_json = preview(sensors(fields=fields, payload='{"n": "{{name}}"}'), 1, START_MS)[0]
    in_text = preview(sensors(fields=fields, payload="{{name}}", format="text"), 1, START_MS)[0]

    assert json.loads(in_json.payload) == {"n": 'a "b"\n'}
    assert in_text.payload == b'a "b"\n'


def test_hex_and_base64_payloads_are_bytes() -> None:
    as_hex = preview(sensors(format="hex", payload="01 ff"), 1, START_MS)[0]
    as_base64 = preview(sensors(format="base64", payload="Af8="), 1, START_MS)[0]

    assert as_hex.payload == as_base64.payload == b"\x01\xff"


@pytest.mark.parametrize("payload_format", ["hex", "base64"])
def test_a_payload_that_is_not_in_its_format_is_refused(payload_format: str) -> None:
    with pytest.raises(CodecError, match=payload_format):
        preview(sensors(format=payload_format, payload="no!"), 1, START_MS)


@pytest.mark.parametrize(
    ("changes", "path", "hint"),
    [
        ({"payload": "{{tmp}}"}, "payload", "temp"),
        ({"topic": "t/{{devcie}}"}, "topic", "device"),
        ({"topic": "t/#"}, "topic", "{{device}}"),
        ({"topic": ""}, "topic", "{{device}}"),
        ({"properties": {"clientid": "{{serial}}"}}, "properties.clientid", "there are"),
        ({"payload": "{{rand 9 1}}"}, "payload", "{{rand 1 9}}"),
        ({"payload": f"{{{{rand 0 {'9' * 5_000}}}}}"}, "payload", "smaller ones"),
        ({"topic": "t/{{device"}, "topic", "{{device}}"),
        ({"properties": {"clientid": "dev-{{device}"}}, "properties.clientid", "{{device}}"),
        ({"fields": {"temp": {"kind": "walk"}}}, "fields.temp.from", "write from"),
    ],
)
def test_what_cannot_be_simulated_is_refused_with_its_place(
    changes: dict[str, Any], path: str, hint: str
) -> None:
    with pytest.raises(ConfigError) as caught:
        Simulation(sensors(**changes))

    assert caught.value.path == f"simulators.sensors.{path}"
    assert hint in caught.value.hint


def test_problems_name_every_wrong_field() -> None:
    fields = {"temp": {"kind": "walk"}, "hum": {"kind": "sinus"}, "ok": {"kind": "bool"}}

    problems = simulator_problems(sensors(fields=fields))

    assert [(p.path, p.severity) for p in problems] == [
        ("simulators.sensors.fields.temp.from", "error"),
        ("simulators.sensors.fields.hum.kind", "error"),
    ]


def test_problems_name_what_mqtt_has_no_room_for() -> None:
    long = "x" * 70_000
    problems = simulator_problems(sensors(topic=long, properties={"clientid": long}))

    assert [(p.path, p.severity) for p in problems] == [
        ("simulators.sensors.topic", "error"),
        ("simulators.sensors.properties.clientid", "error"),
    ]
    assert "70000 bytes" in problems[0].message


def test_a_name_that_mqtt_has_no_room_for_is_told() -> None:
    (problem,) = simulator_problems(sensors(properties={"x" * 70_000: "1"}))

    assert (problem.path, problem.severity) == ("simulators.sensors.properties", "error")
    assert problem.message == "the name of one has 70000 bytes, and MQTT allows 65535"


def test_braces_on_both_sides_of_a_placeholder_are_text() -> None:
    assert simulator_problems(sensors(topic="a/{{{device}}{")) == []
    (problem,) = simulator_problems(sensors(topic="a/{{{{device}}"))
    assert (problem.path, problem.message) == (
        "simulators.sensors.topic",
        "a placeholder is not closed",
    )


def test_a_field_that_hides_a_built_in_value_is_told() -> None:
    (problem,) = simulator_problems(sensors(fields={"seq": {"kind": "bool"}}, payload="{{seq}}"))

    assert (problem.path, problem.severity) == ("simulators.sensors.fields.seq", "warning")
    assert "number of the message" in problem.message


def test_problems_of_the_payload() -> None:
    (broken,) = simulator_problems(sensors(payload='{"temp": {{temp}'))
    (no_hex,) = simulator_problems(sensors(payload="xx", format="hex"))

    assert (broken.path, broken.severity) == ("simulators.sensors.payload", "warning")
    assert (no_hex.path, no_hex.severity) == ("simulators.sensors.payload", "error")
    assert simulator_problems(sensors()) == []


def test_problems_name_every_wrong_text() -> None:
    problems = simulator_problems(
        sensors(topic="a/#", payload="{{p}}", properties={"clientid": "{{c}}", "site": "x"})
    )

    assert [problem.path for problem in problems] == [
        "simulators.sensors.topic",
        "simulators.sensors.payload",
        "simulators.sensors.properties.clientid",
    ]


def test_the_course_of_a_field_is_that_of_the_messages() -> None:
    simulator = sensors(
        devices=3, payload="{{temp}},{{rand 1 9}},{{hum}}", jitter="20%", burst=2, every="1s"
    )
    simulation = Simulation(simulator)
    sent = [m for m in islice(simulation.messages(START_MS), 300) if m.device == 2][:40]

    course = simulation.course(2, 40, START_MS)

    parts = [message.payload.decode().split(",") for message in sent]
    assert [(each["temp"], each["hum"]) for each in course] == [(p[0], p[2]) for p in parts]


def test_lists_of_a_loaded_workspace_can_be_chosen_from() -> None:
    text = """sluicegate = 1
[connectors.mqtt.plant]
server = "mqtt://127.0.0.1"
[simulators.s]
connector = "plant"
topic = "t"
payload = '"{{mode}}"'
fields.mode = { kind = "choice", values = ["on", "off"], weights = [95, 5] }
"""
    simulator = loads(text, Path("x.toml")).partial.simulators["s"]

    assert simulator_problems(simulator) == []
    assert {m.payload for m in preview(simulator, 50, START_MS)} <= {b'"on"', b'"off"'}
