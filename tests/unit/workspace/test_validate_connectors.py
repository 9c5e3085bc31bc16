"""What is wrong with a connector: addresses, TLS, secrets, signing in."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.unit.workspace.validating import (
    ACTION,
    CLUSTER,
    RULE,
    SOURCE,
    only,
    rule,
    source,
    validate,
)


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


@pytest.mark.parametrize(
    ("options", "path", "said"),
    [
        ("will = { topic = 'a/#' }", "will.topic", "cannot contain + or #"),
        ("will = { topic = '' }", "will.topic", "is empty"),
        (f"will = {{ topic = 'a', payload = '{'x' * 65_536}' }}", "will.payload", "65536 bytes"),
        ("reconnect_min = '50s'", "reconnect_min", "reconnect_max, which is 30s"),
        ("reconnect_max = '500ms'", "reconnect_min", "1s is longer than"),
        ("ssl = { enable = true, versions = [] }", "ssl.versions", "tlsv1.3"),
    ],
)
def test_what_a_connection_cannot_do_is_an_error_at_its_option(options: str, path: str, said: str):
    problem = only(validate(source(options), CLUSTER, RULE, ACTION))

    assert (problem.severity, problem.path) == ("error", f"connectors.mqtt.plant.{path}")
    assert said in problem.message + problem.hint


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
