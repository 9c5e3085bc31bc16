"""What is wrong with an action that writes to Kafka."""

from __future__ import annotations

import pytest

from tests.unit.workspace.validating import CLUSTER, RULE, SOURCE, action, only, rule, validate

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


def test_a_placeholder_that_is_a_column_of_the_event_is_to_be_selected():
    sql = 'SELECT id, payload.temp as temp FROM "a"'
    template = "message = { key = '${id}', timestamp = '${timestamp}' }\n"

    problem = only(validate(SOURCE, CLUSTER, rule(sql), action(template)))

    assert problem.hint == "add timestamp to its SELECT"


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
        ("a/b", 'write "a.b"'),
        ("bad topic", 'write "bad.topic"'),
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
