from __future__ import annotations

import argparse
import json
from importlib.resources import files
from pathlib import Path

import pytest

from core.bridge.validation import validate_workspace
from core.cli.validate import run
from core.cli.workspace_file import open_workspace
from core.errors import ConfigError
from core.workspace.environment import SandboxAddresses
from core.workspace.load import loads
from core.workspace.problems import Problem
from core.workspace.units import SecretRef

REFERENCE = Path(__file__).parents[2] / "data" / "reference.sluicegate.toml"
KEY = 'message = { key = "${id}" }\n'


def rule(sql: str, more: str = "", name: str = "r") -> str:
    return f"[rules.{name}]\nactions = ['to_lab']\nsql = '''\n{sql}'''\n{more}"


def action(more: str = "", topic: str = "a") -> str:
    return f"[actions.kafka.to_lab]\nconnector = 'lab'\ntopic = '{topic}'\n" + (
        more if "message" in more else KEY + more
    )


def source(more: str = "", identity: str = "none") -> str:
    return (
        "[connectors.mqtt.plant]\nserver = 'mqtt://localhost'\n"
        f"{more}\n[connectors.mqtt.plant.identity]\nclientid = '{identity}'\n"
    )


CLUSTER = "[connectors.kafka.lab]\nbootstrap_hosts = 'localhost'\n"
SOURCE = source()
RULE = rule('SELECT id FROM "a"')
ACTION = action()


def validate(*parts: str, folder: Path = Path("/nowhere")) -> list[Problem]:
    text = "sluicegate = 1\n" + "".join(parts)
    return validate_workspace(loads(text, folder / "x.sluicegate.toml"))


def only(problems: list[Problem]) -> Problem:
    assert len(problems) == 1, problems
    return problems[0]


def test_a_plain_workspace_has_no_problems():
    assert validate(SOURCE, CLUSTER, RULE, ACTION) == []


def test_the_demo_workspace_has_no_problems():
    demo = files("resources").joinpath("demo.sluicegate.toml")

    assert validate_workspace(loads(demo.read_text("utf-8"), Path("/nowhere/demo.toml"))) == []


def test_the_reference_workspace_has_no_errors_and_speaks_of_the_missing_clientid():
    problems = validate_workspace(loads(REFERENCE.read_text("utf-8"), REFERENCE))

    assert {p.severity for p in problems} == {"warning"}
    identity = only([p for p in problems if p.code == "identity"])
    assert identity.path == "rules.temp_hum.sql"
    assert "MQTTX" in identity.message
    assert "key" in identity.message
    assert "user property 'clientid'" in identity.hint
    assert "topic:devices/{}/#" in identity.hint


# ------------------------------------------------------------------------------------- rules


def test_a_statement_that_does_not_parse_is_shown_with_line_column_and_caret():
    bad = 'SELECT id\nFORM "a"\n'

    problem = only(validate(SOURCE, CLUSTER, rule(bad), ACTION))

    assert (problem.severity, problem.path, problem.code) == ("error", "rules.r.sql", "sql")
    assert "line 2, column" in problem.message
    assert "^" in problem.message
    text = "sluicegate = 1\n" + SOURCE + CLUSTER + rule(bad)
    assert problem.line == text[: text.index("FORM")].count("\n") + 1


def test_statements_are_checked_although_other_parts_are_wrong():
    problems = validate(
        source("qos = 9"), CLUSTER, rule("SELECT", "enable = 1\n"), action("compression = 'x'\n")
    )

    assert [p.path for p in problems] == [
        "connectors.mqtt.plant.qos",
        "rules.r.sql",
        "rules.r.enable",
        "actions.kafka.to_lab.compression",
    ]


def test_a_doubtful_statement_is_a_warning():
    problem = only(validate(SOURCE, CLUSTER, rule('SELECT id FROM "a" WHERE id = "x"'), ACTION))

    assert problem.severity == "warning"
    assert problem.hint


@pytest.mark.parametrize(
    ("hosts", "code", "said"),
    [
        ("a:9092, b:99999", "port", "'b:99999' has no legal port"),
        ("b:0", "port", "'b:0' has no legal port"),
        ("b:-1", "port", "'b:-1' has no legal port"),
        ("b:port", "value", "'b:port' is no HOST:PORT"),
        (":99999", "value", "':99999' is no HOST:PORT"),
    ],
)
def test_a_port_of_a_bootstrap_host_is_a_number_in_range(hosts: str, code: str, said: str):
    problem = only(validate(SOURCE, CLUSTER.replace("localhost", hosts), RULE, ACTION))

    assert said in problem.message + problem.hint
    assert problem.code == code


def test_an_illegal_topic_filter_is_an_error():
    problem = only(validate(SOURCE, CLUSTER, rule('SELECT id FROM "a/#/b"'), ACTION))

    assert (problem.severity, problem.code) == ("error", "topic_filter")


def test_events_of_emqx_are_a_warning():
    sql = 'SELECT id FROM "$events/client/connected"'

    codes = {p.code: p.severity for p in validate(SOURCE, CLUSTER, rule(sql), ACTION)}

    assert codes["event_topic"] == "warning"


@pytest.mark.parametrize(
    ("identity", "more", "word"),
    [
        ("property:clientid", "", "MQTTX"),
        ("property:clientid", "protocol = '3.1.1'", "3.1.1"),
        ("none", "", "no place"),
    ],
)
def test_a_clientid_that_may_be_missing_is_a_warning(identity: str, more: str, word: str):
    problem = only(
        validate(source(more, identity), CLUSTER, rule('SELECT id, clientid FROM "a"'), ACTION)
    )

    assert (problem.severity, problem.code) == ("warning", "identity")
    assert word in problem.message
    assert "payload:device.id" in problem.hint


@pytest.mark.parametrize("identity", ["topic:devices/{}/#", "payload:device.id"])
def test_a_clientid_from_topic_or_payload_is_no_problem(identity: str):
    sql = 'SELECT id, clientid FROM "a"'

    assert validate(source("", identity), CLUSTER, rule(sql), ACTION) == []


def test_columns_that_only_the_broker_knows_are_a_warning():
    problem = only(validate(SOURCE, CLUSTER, rule('SELECT id, peerhost FROM "a"'), ACTION))

    assert "peerhost" in problem.message


# ----------------------------------------------------------------------------------- actions


@pytest.mark.parametrize("topic", ["a/b", "a b", ".", "x" * 250, "a/${id}"])
def test_an_illegal_kafka_topic_is_an_error(topic: str):
    problem = only(validate(SOURCE, CLUSTER, RULE, action(topic=topic)))

    assert (problem.severity, problem.path) == ("error", "actions.kafka.to_lab.topic")


def test_the_hint_spells_an_mqtt_topic_as_a_kafka_topic():
    problem = only(validate(SOURCE, CLUSTER, RULE, action(topic="temp_hum/emqx")))

    assert '"temp_hum.emqx"' in problem.hint


def test_the_mqtt_topic_as_kafka_topic_is_a_warning():
    sql = 'SELECT id, topic FROM "a"'

    problem = only(validate(SOURCE, CLUSTER, rule(sql), action(topic="${topic}")))

    assert problem.severity == "warning"
    assert "replace(topic" in problem.hint


def test_a_placeholder_that_is_not_selected_is_a_warning_at_the_template():
    problem = only(
        validate(
            SOURCE,
            CLUSTER,
            rule('SELECT id, payload.temp as temp FROM "a"'),
            action("message = { key = '${id}', value = '${tmp.x}' }\n"),
        )
    )

    assert (problem.severity, problem.path) == (
        "warning",
        "actions.kafka.to_lab.message.value",
    )
    assert problem.hint == "did you mean 'temp'?"


@pytest.mark.parametrize("value", ["${id", '{"a": ${id, "b": ${id}}', "x${"])
def test_a_placeholder_that_is_not_closed_is_an_error(value: str):
    template = f"message = {{ key = '${{id}}', value = '{value}' }}\n"

    problems = validate(SOURCE, CLUSTER, RULE, action(template))

    error = only([p for p in problems if p.severity == "error"])
    assert (error.code, error.path) == ("template", "actions.kafka.to_lab.message.value")


@pytest.mark.parametrize("value", ["$ {id}", "{${id}}", "$${id}", "}{", "${}"])
def test_braces_around_placeholders_are_no_problem(value: str):
    template = f"message = {{ key = '${{id}}', value = '{value}' }}\n"

    assert validate(SOURCE, CLUSTER, RULE, action(template)) == []


def test_signs_that_a_topic_placeholder_cannot_have_are_an_error():
    problem = only(validate(SOURCE, CLUSTER, RULE, action(topic="t-${a-b}")))

    assert "${a-b}" in problem.message


def test_the_default_key_is_a_warning_only_where_it_chooses_the_partition():
    without_key = "message = { value = '${id}' }\n"

    assert validate(SOURCE, CLUSTER, RULE, action(without_key)) == []
    spread = action(without_key + "partition_strategy = 'key_dispatch'\n")
    problem = only(validate(SOURCE, CLUSTER, RULE, spread))
    assert "one partition" in problem.message


def test_a_key_of_all_columns_is_checked_against_the_source():
    problem = only(
        validate(
            SOURCE,
            CLUSTER,
            rule('SELECT * FROM "a"'),
            action("message = { key = '${clientid}' }\n"),
        )
    )

    assert (problem.code, problem.path) == ("identity", "actions.kafka.to_lab.message.key")


@pytest.mark.parametrize("headers", ["a${id}", "${id}${id}", "id", ""])
def test_kafka_headers_have_to_be_one_placeholder(headers: str):
    problems = validate(SOURCE, CLUSTER, RULE, action(f"kafka_headers = '{headers}'\n"))

    assert only(problems).path == "actions.kafka.to_lab.kafka_headers"
    assert only(problems).severity == "error"


def test_a_header_that_mixes_text_and_placeholder_is_an_error():
    header = "{ kafka_ext_header_key = 'k', kafka_ext_header_value = 'x${id}' }"

    problem = only(validate(SOURCE, CLUSTER, RULE, action(f"kafka_ext_headers = [{header}]\n")))

    assert problem.path == "actions.kafka.to_lab.kafka_ext_headers[0].kafka_ext_header_value"


def test_quotes_in_a_header_placeholder_are_a_warning():
    sql = 'SELECT id, pub_props FROM "a"'
    headers = "kafka_headers = \"${pub_props.'User-Property'}\"\n"

    problem = only(validate(SOURCE, CLUSTER, rule(sql), action(headers)))

    assert "bare" in problem.hint


def test_more_than_five_in_flight_is_a_warning():
    problem = only(validate(SOURCE, CLUSTER, RULE, action("max_inflight = 10\n")))

    assert (problem.severity, problem.code) == ("warning", "idempotence")


@pytest.mark.parametrize(
    "option",
    [
        "query_mode = 'async'",
        "query_mode = 'sync'",
        "buffer.mode = 'disk'",
        "buffer.mode = 'hybrid'",
        "fallback_actions = [{ kind = 'topic', topic = 'dead' }, { kind = 'file' }]",
        "fallback_actions = [{ kind = 'republish', args = { topic = 'dead/x' } }]",
        "fallback_actions = []",
    ],
)
def test_ways_to_wait_and_to_fall_back_are_supported(option: str):
    assert validate(SOURCE, CLUSTER, RULE, action(option + "\n")) == []


@pytest.mark.parametrize(
    ("topic", "advice"),
    [
        ("..", "write a name such as readings"),
        ("${", "write a name such as readings"),
        ("a/b", '"a.b"'),
        ("a" * 250, "shorten it"),
    ],
)
def test_advice_about_a_topic_is_what_helps(topic: str, advice: str):
    found = validate(SOURCE, CLUSTER, RULE, action(topic=topic))

    assert advice in next(each.hint for each in found if "no legal Kafka topic" in each.message)


@pytest.mark.parametrize("timestamp", ["abc", "-5", "9" * 30])
def test_a_timestamp_that_is_no_time_is_told(timestamp: str):
    message = f"message = {{ key = '${{id}}', timestamp = '{timestamp}' }}\n"
    problem = only(validate(SOURCE, CLUSTER, RULE, action(message)))

    assert problem.severity == "warning"
    assert problem.path == "actions.kafka.to_lab.message.timestamp"
    assert "that of their sending" in problem.message


@pytest.mark.parametrize("timestamp", ["", "1700000000000"])
def test_a_timestamp_that_is_a_time_or_left_out_is_taken(timestamp: str):
    message = f"message = {{ key = '${{id}}', timestamp = '{timestamp}' }}\n"

    assert validate(SOURCE, CLUSTER, RULE, action(message)) == []


@pytest.mark.parametrize(
    ("fallback", "path", "said"),
    [
        ("{ kind = 'topic', topic = 'a/b' }", "[0].topic", "no legal Kafka topic"),
        ("{ kind = 'topic', topic = '..' }", "[0].topic", "no legal Kafka topic"),
        ("{ kind = 'reference', name = 'to_lab' }", "[0].name", "falls back to itself"),
        ("{ kind = 'reference', name = 'to_lob' }", "[0].name", "no action 'to_lob'"),
        ("{ kind = 'republish', args = { topic = 'a/#' } }", "[0].args.topic", "wildcard"),
        ("{ kind = 'republish' }", "[0]", "has no topic"),
        ("{ kind = 'republish', args = { topic = 'x', speed = 1 } }", "[0]", "has no speed"),
        ("{ kind = 'republish', args = { topic = 'x', qos = true } }", "[0]", "wrong type"),
        (
            "{ kind = 'republish', args = { topic = 'x', connector = 'lab' } }",
            "[0].args.connector",
            "an MQTT connector is needed",
        ),
    ],
)
def test_fallback_that_cannot_work_is_an_error(fallback: str, path: str, said: str):
    option = f"fallback_actions = [{fallback}]\n"

    problem = only(validate(SOURCE, CLUSTER, RULE, action(option)))

    assert problem.severity == "error"
    assert problem.path == f"actions.kafka.to_lab.fallback_actions{path}"
    assert said in problem.message


def test_dead_letters_in_their_own_topic_are_a_warning():
    option = "fallback_actions = [{ kind = 'topic', topic = 'a' }]\n"

    problem = only(validate(SOURCE, CLUSTER, RULE, action(option)))

    assert problem.severity == "warning"


# --------------------------------------------------------------------------------- republish


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


# -------------------------------------------------------------------------------- connectors


@pytest.mark.parametrize("qos", [0, 1, 2])
def test_every_qos_is_supported(qos: int):
    assert validate(source(f"qos = {qos}"), CLUSTER, RULE, ACTION) == []


def test_files_of_tls_have_to_be_there(tmp_path: Path):
    ssl = "[connectors.kafka.lab.ssl]\nenable = true\ncacertfile = 'ca.pem'\n"

    problem = only(validate(SOURCE, CLUSTER + ssl, RULE, ACTION, folder=tmp_path))
    assert (problem.severity, problem.path) == ("error", "connectors.kafka.lab.ssl.cacertfile")
    assert str(tmp_path / "ca.pem") in problem.message

    (tmp_path / "ca.pem").touch()
    assert validate(SOURCE, CLUSTER + ssl, RULE, ACTION, folder=tmp_path) == []
    disabled = ssl.replace("true", "false").replace("ca.pem", "no.pem")
    assert validate(SOURCE, CLUSTER + disabled, RULE, ACTION, folder=tmp_path) == []


@pytest.mark.parametrize("before", ["", "Bag Attributes\n"])
def test_pem_text_needs_no_file(before: str):
    pem = f"'''\n{before}-----BEGIN CERTIFICATE-----\n'''"
    ssl = f"[connectors.kafka.lab.ssl]\nenable = true\ncacertfile = {pem}\n"

    assert validate(SOURCE, CLUSTER + ssl, RULE, ACTION) == []


def test_a_client_certificate_needs_its_key(tmp_path: Path):
    (tmp_path / "me.pem").touch()
    ssl = "[connectors.kafka.lab.ssl]\nenable = true\ncertfile = 'me.pem'\n"

    assert only(validate(SOURCE, CLUSTER + ssl, RULE, ACTION, folder=tmp_path)).code == "tls"


def test_a_secret_file_that_is_not_there_is_a_warning():
    problem = only(validate(source("password = 'file:pw'"), CLUSTER, RULE, ACTION))

    assert (problem.severity, problem.path) == ("warning", "connectors.mqtt.plant.password")


@pytest.mark.parametrize(
    ("hosts", "warned"),
    [
        ("kafka.example.com", True),
        ("10.0.0.1:9092", True),
        ("localhost,127.0.0.1:1", False),
        ("[::1]:9092", False),
        ("sandbox", False),
    ],
)
def test_a_plain_password_over_the_network_is_a_warning(hosts: str, warned: bool):
    sasl = "authentication = { mechanism = 'plain', username = 'u', password = 'env:P' }\n"
    cluster = CLUSTER.replace("localhost", hosts) + sasl

    problems = validate(SOURCE, cluster, RULE, ACTION)

    assert [p.code for p in problems] == (["plain_password"] if warned else [])


def test_overlapping_filters_are_a_warning_with_mqtt_3_1_1_only():
    rules = rule('SELECT id FROM "a/#"') + rule('SELECT id FROM "a/b", "c"', name="s")

    assert validate(SOURCE, CLUSTER, rules, ACTION) == []
    problem = only(validate(source("protocol = '3.1.1'"), CLUSTER, rules, ACTION))
    assert (problem.severity, problem.code) == ("warning", "overlap")
    assert '"a/#" and "a/b"' in problem.message


# ------------------------------------------------------------------------------- the commands


@pytest.mark.parametrize(
    ("option", "words"),
    [
        ("max_batch_bytes = '99GB'", "at most 2047MB"),
        ("max_batch_bytes = 0", "at most 2047MB"),
        ("max_inflight = 99999999999999999999", "1000000"),
        ("max_linger_time = '999999999999s'", "0ms to 15min"),
        ("max_batch_age = '597h'", "at most 596h"),
        ("max_retries = 2147483648", "2147483647"),
        ("buffer.per_partition_limit = 0", "no room for a record"),
        ("buffer.segment_bytes = 0", "no room for a record"),
    ],
)
def test_what_the_kafka_client_cannot_count_with_is_refused(option: str, words: str):
    problem = only(validate(SOURCE, CLUSTER, RULE, action(f"{option}\n")))

    assert problem.severity == "error"
    assert problem.path == f"actions.kafka.to_lab.{option.split(' ')[0]}"
    assert words in f"{problem.message} {problem.hint}"


def validate_command(path: Path, *, as_json: bool) -> int:
    return run(argparse.Namespace(workspace=path, json=as_json))


def test_command_prints_problems_and_exits_2_with_errors(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    path = tmp_path / "x.toml"
    path.write_text("sluicegate = 1\ntitel = 'x'\n[rules.r]\nsql = 5\n", "utf-8")

    assert validate_command(path, as_json=False) == 2

    out, err = capsys.readouterr()
    assert "warning: line 2, titel" in out
    assert "did you mean 'title'?" in out
    assert "error: line 4, rules.r.sql" in out
    assert "1 error and 1 warning" in err


def test_command_exits_0_with_warnings_and_prints_json(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    path = tmp_path / "x.toml"
    path.write_text("sluicegate = 1\ntitel = 'x'\n", "utf-8")

    assert validate_command(path, as_json=True) == 0

    out, err = capsys.readouterr()
    (problem,) = json.loads(out)["problems"]
    assert problem["path"] == "titel"
    assert problem["line"] == 2
    assert problem["severity"] == "warning"
    assert problem["message"]
    assert problem["hint"] == "did you mean 'title'?"
    assert err == ""


def test_command_reports_a_file_that_is_not_there(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    assert validate_command(tmp_path / "none.toml", as_json=True) == 2

    assert "no file" in json.loads(capsys.readouterr().out)["problems"][0]["message"]


def test_command_checks_simulators(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    path = tmp_path / "x.toml"
    path.write_text(
        "sluicegate = 1\n" + SOURCE + "[simulators.s]\nconnector = 'plant'\ntopic = 't'\n"
        "fields.x = { kind = 'wolk' }\n",
        "utf-8",
    )

    assert validate_command(path, as_json=True) == 2

    (problem,) = json.loads(capsys.readouterr().out)["problems"]
    assert problem["path"] == "simulators.s.fields.x.kind"
    assert problem["line"] == 10


def test_secrets_are_in_no_output(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("PLANT_PASSWORD", "correct horse")
    path = tmp_path / "x.toml"
    path.write_text(
        "sluicegate = 1\n[connectors.mqtt.a]\nserver = 'mqtt://u:correct horse@h'\n"
        "password = 'correct horse'\n[connectors.mqtt.b]\nserver = 'sandbox'\n"
        "password = 'env:PLANT_PASSWORD'\n"
        "[connectors.kafka.c]\nbootstrap_hosts = 'x'\n"
        "authentication = { mechanism = 'plain', username = 1, password = 'correct horse' }\n",
        "utf-8",
    )

    validate_command(path, as_json=False)
    validate_command(path, as_json=True)
    with pytest.raises(ConfigError) as caught:
        open_workspace(path)

    assert "correct horse" not in "".join(capsys.readouterr()) + str(caught.value)


def test_opening_gives_the_workspace_and_its_surroundings(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.setenv("PLANT_PASSWORD", "correct horse")
    path = tmp_path / "x.toml"
    path.write_text("sluicegate = 1\nid = '01234567'\ntitel = 1\n", "utf-8")
    addresses = SandboxAddresses("127.0.0.1:1", "127.0.0.1:2")

    workspace, environment = open_workspace(path, sandbox=addresses)

    assert workspace.id == "01234567"
    assert environment.base_dir == tmp_path
    assert environment.state_dir == tmp_path / "state" / "sluicegate" / "01234567"
    assert environment.sandbox == addresses
    assert environment.resolve_secret(SecretRef("env", "PLANT_PASSWORD")) == "correct horse"
    assert "titel" in capsys.readouterr().err

    open_workspace(path, quiet=True)
    assert capsys.readouterr().err == ""


def test_opening_a_workspace_with_errors_prints_them_and_refuses(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    path = tmp_path / "x.toml"
    path.write_text("sluicegate = 1\n" + SOURCE + "[rules.r]\nsql = 'SELECT'\n", "utf-8")

    with pytest.raises(ConfigError, match="1 error"):
        open_workspace(path)
    assert "rules.r.sql" in capsys.readouterr().err

    workspace, _ = open_workspace(path, just_connectors=True)
    assert list(workspace.connectors.mqtt) == ["plant"]
    assert capsys.readouterr().err == ""


OAUTH = (
    "authentication = { mechanism = 'oauth', endpoint_uri = 'https://idp/token', "
    "client_id = 'c', client_secret = 'env:SECRET' }\n"
)


def test_oauth_is_supported():
    assert validate(SOURCE, CLUSTER + OAUTH, RULE, ACTION) == []


def test_client_secret_over_http_is_a_warning_unless_it_stays_on_this_machine():
    problem = only(validate(SOURCE, CLUSTER + OAUTH.replace("https:", "http:"), RULE, ACTION))
    assert (problem.severity, problem.code) == ("warning", "plain_password")
    assert problem.path == "connectors.kafka.lab.authentication.endpoint_uri"
    local = OAUTH.replace("https://idp/", "http://127.0.0.1:8080/")
    assert validate(SOURCE, CLUSTER + local, RULE, ACTION) == []


def test_oauth_without_tls_to_another_machine_is_a_warning():
    far = CLUSTER.replace("localhost", "kafka.example:9092")

    problem = only(validate(SOURCE, far + OAUTH, RULE, ACTION))

    assert (problem.severity, problem.code) == ("warning", "plain_password")


@pytest.mark.parametrize(
    "authentication",
    [
        "'msk_iam'",
        "{ kerberos_principal = 'u/h@R', kerberos_keytab_file = 'k' }",
        "{ type = 'msk_iam_roles_anywhere', endpoint = 'http://x', region = 'r' }",
    ],
)
def test_sign_in_that_is_not_in_this_build_is_an_error(authentication: str):
    option = f"authentication = {authentication}\n"

    problem = only(validate(SOURCE, CLUSTER + option, RULE, ACTION))

    assert (problem.severity, problem.code) == ("error", "not_in_this_build")
    assert problem.path == "connectors.kafka.lab.authentication"
    assert validate(SOURCE, CLUSTER + "enable = false\n" + option, RULE, ACTION) == []
