"""What is wrong with an action that republishes, and the loops it would make."""

from __future__ import annotations

import pytest

from tests.unit.workspace.validating import (
    CLUSTER,
    RULE,
    SOURCE,
    action,
    only,
    rule,
    source,
    validate,
)


def republish(more: str = "", topic: str = "b", connector: str = "plant") -> str:
    return (
        f"[actions.republish.copy]\nconnector = '{connector}'\ntopic = '{topic}'\n"
        f"payload = '${{id}}'\n{more}"
    )


REPUBLISHES = rule('SELECT id FROM "a/#"').replace("'to_lab'", "'copy'")


def test_republish_action_is_supported():
    assert validate(SOURCE, REPUBLISHES, republish()) == []


@pytest.mark.parametrize(
    ("made", "option", "said"),
    [
        (republish(topic="b/+"), "topic", "wildcard"),
        (republish("qos = 3"), "qos", "does not exist"),
        (republish("qos = 'a ${id}'"), "qos", "exactly one placeholder"),
        (republish("retain = 'yes'"), "retain", "exactly one placeholder"),
        (republish("user_properties = 'x'"), "user_properties", "exactly one placeholder"),
    ],
)
def test_republish_option_that_cannot_work_is_an_error(made: str, option: str, said: str):
    problem = only(validate(SOURCE, REPUBLISHES, made))

    assert (problem.severity, problem.path) == ("error", f"actions.republish.copy.{option}")
    assert said in problem.message


@pytest.mark.parametrize(
    ("made", "option"),
    [
        (republish("payload = '${temp}'").replace("payload = '${id}'\n", ""), "payload"),
        (republish("mqtt_properties = { Content-Typ = 'x' }"), "mqtt_properties.Content-Typ"),
        (republish("direct_dispatch = true"), "direct_dispatch"),
        (republish("qos = '${qos}'"), "qos"),
    ],
)
def test_republish_option_without_effect_is_a_warning(made: str, option: str):
    problem = only(validate(SOURCE, REPUBLISHES, made))

    assert (problem.severity, problem.path) == ("warning", f"actions.republish.copy.{option}")
    assert problem.hint


OLD = source("protocol = '3.1.1'")


@pytest.mark.parametrize("topic", ["a/b", "a/${id}", "${id}", "x${id}/b"])
def test_loop_over_3_1_1_is_refused(topic: str):
    everything = REPUBLISHES.replace("a/#", "#") if topic.startswith("x") else REPUBLISHES

    problem = only(validate(OLD, everything, republish(topic=topic)))

    assert (problem.severity, problem.path, problem.code) == ("error", "rules.r.actions[0]", "loop")
    assert "3.1.1" in problem.message
    assert "5.0" in problem.hint


@pytest.mark.parametrize("topic", ["b", "b/${id}", "b/${id}/c", "x${id}"])
def test_republish_elsewhere_over_3_1_1_is_fine(topic: str):
    filters = REPUBLISHES.replace("a/#", "b/+/d") if topic.endswith("c") else REPUBLISHES
    filters = filters.replace("a/#", "a/b") if topic.startswith("x") else filters

    assert validate(OLD, filters, republish(topic=topic)) == []


def test_loop_over_mqtt_5_is_stopped_by_its_mark():
    assert validate(SOURCE, REPUBLISHES, republish(topic="a/b")) == []


def test_loop_over_another_connector_to_the_same_broker_is_refused():
    second = "[connectors.mqtt.other]\nserver = 'mqtt://localhost:1883'\nprotocol = '3.1.1'\n"
    rule_of_plant = REPUBLISHES.replace("[rules.r]", "[rules.r]\nsource = 'plant'")

    problem = only(
        validate(SOURCE, second, rule_of_plant, republish(topic="a/b", connector="other"))
    )
    assert problem.code == "loop"


def test_loop_through_two_rules_is_refused():
    there = rule('SELECT id FROM "a"', name="there").replace("'to_lab'", "'copy'")
    back = rule('SELECT id FROM "b"', name="back").replace("'to_lab'", "'return'")
    returning = republish(topic="a").replace(".copy]", ".return]")

    problems = validate(OLD, there, back, republish(), returning)
    assert [problem.path for problem in problems] == [
        "rules.there.actions[0]",
        "rules.back.actions[0]",
    ]
    assert "there and back" in problems[1].message


def test_loop_through_a_fallback_is_refused():
    option = "fallback_actions = [{ kind = 'republish', args = { topic = 'a' } }]\n"

    problem = only(validate(OLD, CLUSTER, RULE, action(option)))

    assert problem.path == "actions.kafka.to_lab.fallback_actions[0]"
    assert problem.code == "loop"
