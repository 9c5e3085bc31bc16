from __future__ import annotations

from pathlib import Path

import pytest

from core.errors import StoreError
from core.workspace.load import Loaded, load, loads
from core.workspace.migrate import MIGRATIONS, migrate
from core.workspace.model import FORMAT_VERSION
from core.workspace.problems import Findings
from core.workspace.units import Duration

REFERENCE = Path(__file__).parents[2] / "data" / "reference.sluicegate.toml"
SOURCE = '[connectors.mqtt.plant]\nserver = "mqtt://localhost"\n'
CLUSTER = '[connectors.kafka.lab]\nbootstrap_hosts = "localhost"\n'
RULE = "[rules.r]\nsql = 'SELECT * FROM \"a\"'\n"


def read(body: str, head: str = "sluicegate = 1\n") -> Loaded:
    return loads(head + body, Path("/tmp/x.sluicegate.toml"))


def found(body: str, head: str = "sluicegate = 1\n") -> list[tuple[str, str]]:
    return [(p.path, p.code) for p in read(body, head).problems]


def test_reference_file_has_no_problems():
    loaded = load(REFERENCE)

    assert loaded.problems == ()
    assert loaded.workspace is not None
    plant = loaded.workspace.connectors.mqtt["plant"]
    assert (plant.name, plant.keepalive) == ("plant", Duration(60_000))
    assert loaded.workspace.rules["temp_hum"].id == "temp_hum"
    assert loaded.workspace.rules["temp_hum"].tests[0].expect.records[0].key == "dev-1"
    assert loaded.workspace.messages[0].topic == "temp_hum/emqx"
    assert loaded.workspace.simulators["sensors"].fields["hum"]["period"] == "2min"


FIVE_MISTAKES = """
sluicegate = 1
[connectors.mqtt.plant]
server = "http://plant"
password = "hunter22"
keepalive = "5 parsecs"
[connectors.kafka.lab]
bootstrap_hosts = "localhost:9092"
[rules.r]
source = "plnt"
sql = 'SELECT * FROM "a"'
actions = ["to_lab"]
[actions.kafka.to_lab]
connector = "lab"
topic = "a"
compression = "zst"
colour = "red"
"""


def test_all_mistakes_are_reported_at_once_with_place_and_line():
    loaded = loads(FIVE_MISTAKES, Path("x.toml"))

    assert loaded.workspace is None
    assert [(p.line, p.path, p.severity) for p in loaded.problems] == [
        (4, "connectors.mqtt.plant.server", "error"),
        (5, "connectors.mqtt.plant.password", "error"),
        (6, "connectors.mqtt.plant.keepalive", "error"),
        (10, "rules.r.source", "error"),
        (16, "actions.kafka.to_lab.compression", "error"),
        (17, "actions.kafka.to_lab.colour", "warning"),
    ]
    by_path = {p.path: p for p in loaded.problems}
    assert by_path["actions.kafka.to_lab.compression"].hint == 'write compression = "zstd"'
    assert "snappy" in by_path["actions.kafka.to_lab.compression"].message
    assert by_path["rules.r.source"].hint == "did you mean 'plant'?"


def test_plain_text_password_is_refused_without_repeating_it():
    problems = loads(FIVE_MISTAKES, Path("x.toml")).problems

    assert not any("hunter22" in str(p) for p in problems)
    assert any("env:NAME" in p.hint for p in problems)


def test_credentials_in_an_address_are_refused_without_repeating_them():
    for server in ("mqtt://u:hunter22@h:1", "http://u:hunter22@h", "mqtt://u:hunter22@h:port"):
        problems = read(f'[connectors.mqtt.a]\nserver = "{server}"\n').problems
        assert [p.severity for p in problems] == ["error"]
        assert "hunter22" not in str(problems[0])


def test_what_is_right_stays_for_further_checks():
    partial = loads(FIVE_MISTAKES, Path("x.toml")).partial

    assert list(partial.rules) == ["r"]
    assert partial.actions.kafka["to_lab"].compression == "no_compression"
    assert "plant" not in partial.connectors.mqtt


@pytest.mark.parametrize(
    ("text", "line", "column"),
    [("sluicegate = 1\ntitle = \n", 2, 9), ("a = 1\na = 2\n", 2, 6), ("x = [1,\n", 2, 1)],
)
def test_text_that_is_not_toml_is_one_error_with_line_and_column(text: str, line: int, column: int):
    (problem,) = loads(text, Path("x")).problems

    assert (problem.severity, problem.code, problem.line) == ("error", "toml", line)
    assert f"line {line}, column {column}" in problem.message


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[a.b]\nx = 1\n[a.b]\n", "[a.b] stands twice"),
        ("\ufeffsluicegate = 1\n", "it begins with a byte-order mark, which nobody sees"),
    ],
)
def test_what_is_wrong_with_toml_is_said_in_its_own_words(text: str, said: str):
    assert read(text, "").problems[0].message.endswith(f": {said}")


def test_endless_nesting_is_one_error():
    (problem,) = loads("x = " + "[" * 20_000, Path("x")).problems

    assert problem.code == "toml"


def test_newer_version_is_refused_and_named():
    (problem,) = read("future = 1\n", head="sluicegate = 7\n").problems

    assert problem.code == "version_newer"
    assert "7" in problem.message
    assert "up to version 1" in problem.message


def test_missing_version_is_an_error_beside_the_others():
    assert found("colour = 1\n", head="") == [
        ("", "version_missing"),
        ("colour", "unknown_key"),
    ]


@pytest.mark.parametrize("version", ["true", '"1"', "0", "-1", "1.0"])
def test_other_versions_are_unknown(version: str):
    assert found("", head=f"sluicegate = {version}\n") == [("sluicegate", "version_unknown")]


def test_older_versions_are_migrated_step_by_step():
    findings = Findings()

    data = migrate(
        {"sluicegate": 1, "old": 5},
        findings,
        migrations=(
            lambda data: {"sluicegate": 2, "new": data["old"]},
            lambda data: {"sluicegate": 3, "newest": data["new"] + 1},
        ),
    )

    assert data == {"sluicegate": 3, "newest": 6}
    assert findings.problems == []


def test_there_is_a_migration_for_every_older_version():
    assert len(MIGRATIONS) + 1 == FORMAT_VERSION


def test_unknown_keys_are_warnings_with_the_nearest_known_name():
    loaded = read(
        SOURCE + "keepalve = 3\n[connectors.mqtt.plant.ssl]\nverfy = 1\n"
        "[simulators.s]\nconnector = 'plant'\ntopic = 't'\nname = 'other'\n"
    )

    assert loaded.workspace is not None
    hints = {p.path: p.hint for p in loaded.problems}
    assert hints["connectors.mqtt.plant.keepalve"] == "did you mean 'keepalive'?"
    assert hints["connectors.mqtt.plant.ssl.verfy"] == "did you mean 'verify'?"
    assert "simulators.s.name" in hints
    assert {p.severity for p in loaded.problems} == {"warning"}


@pytest.mark.parametrize(
    ("body", "path", "code"),
    [
        (SOURCE + "[connectors.kafka.plant]\nbootstrap_hosts = 'a'\n", "connectors.kafka.plant",
         "name_taken"),
        ("[connectors.mqtt.'a b']\nserver = 'sandbox'\n", 'connectors.mqtt."a b"', "name_illegal"),
        (f"[connectors.mqtt.{'a' * 255}]\nserver = 'sandbox'\n", f"connectors.mqtt.{'a' * 255}",
         "name_illegal"),
        (CLUSTER + "[actions.kafka.console]\nconnector = 'lab'\ntopic = 'a'\n",
         "actions.kafka.console", "name_reserved"),
        (CLUSTER + "[actions.kafka.a]\nconnector = 'lad'\ntopic = 'a'\n",
         "actions.kafka.a.connector", "reference_missing"),
        (SOURCE + "[actions.kafka.a]\nconnector = 'plant'\ntopic = 'a'\n",
         "actions.kafka.a.connector", "reference_kind"),
        (CLUSTER + SOURCE + RULE + "source = 'lab'\n", "rules.r.source", "reference_kind"),
        (SOURCE + RULE + "actions = ['console', 'nope']\n", "rules.r.actions[1]",
         "reference_missing"),
        (SOURCE + "[connectors.mqtt.two]\nserver = 'sandbox'\n" + RULE, "rules.r.source",
         "source_missing"),
        (RULE, "rules.r.source", "source_missing"),
        (SOURCE + "[simulators.s]\nconnector = 'x'\ntopic = 't'\n", "simulators.s.connector",
         "reference_missing"),
        (SOURCE + "[[messages]]\nname = 'm'\nconnector = 'plnt'\ntopic = 't'\n",
         "messages[0].connector", "reference_missing"),
        (SOURCE + "[[messages]]\nname = 'm'\ntopic = 't'\nqos = 3\n", "messages[0].qos", "value"),
        (CLUSTER + "[actions.kafka.a]\nconnector = 'lab'\n", "actions.kafka.a.topic", "missing"),
        (CLUSTER + "authentication = { kerberos_principal = 'x' }\n",
         "connectors.kafka.lab.authentication.kerberos_keytab_file", "missing"),
        (CLUSTER + "authentication = { mechanism = 'scram', username = 'u', "
         "password = 'env:P' }\n", "connectors.kafka.lab.authentication.mechanism", "value"),
        (CLUSTER + "authentication = { mechanism = 'oauth', endpoint_uri = 'idp', "
         "client_id = 'c', client_secret = 'env:S' }\n",
         "connectors.kafka.lab.authentication.endpoint_uri", "value"),
        (CLUSTER + "authentication = { type = 'msk_iam_roles_anywhere', endpoint = 'x', "
         "region = 'r' }\n", "connectors.kafka.lab.authentication.endpoint", "value"),
        (CLUSTER + "authentication = 'msk'\n", "connectors.kafka.lab.authentication", "value"),
        *((CLUSTER + f"socket_opts = {{ tcp_keepalive = '{text}' }}\n",
           "connectors.kafka.lab.socket_opts.tcp_keepalive", "value")
          for text in ("on", "60,5", "0,5,3", "72001,5,3", "60,751,3", "60,5,91", "60,5,-3")),
        (CLUSTER + "resource_opts = { health_check_interval = '2h' }\n",
         "connectors.kafka.lab.resource_opts.health_check_interval", "value"),
        (CLUSTER + "resource_opts = { health_check_timeout = 'soon' }\n",
         "connectors.kafka.lab.resource_opts.health_check_timeout", "duration"),
        (SOURCE + "keepalive = 'soon'\n", "connectors.mqtt.plant.keepalive", "duration"),
        (SOURCE + "max_packet_size = 'large'\n", "connectors.mqtt.plant.max_packet_size", "size"),
        *((SOURCE + f"{key} = '{value}'\n", f"connectors.mqtt.plant.{key}", "value")
          for key, value in (
              ("keepalive", "65536s"), ("session_expiry", "99999999h"), ("connect_timeout", "0s"),
              ("reconnect_max", "600h"), ("max_packet_size", "0B"), ("max_packet_size", "4GB"))),
        (SOURCE + "ssl = { versions = ['tlsv1.2', 'ssl3'] }\n",
         "connectors.mqtt.plant.ssl.versions", "value"),
        (SOURCE + "will = { topic = 'a', delay = '99999999h' }\n",
         "connectors.mqtt.plant.will.delay", "value"),
        *((CLUSTER + f"socket_opts = {{ {key} = '99GB' }}\n",
           f"connectors.kafka.lab.socket_opts.{key}", "value") for key in ("sndbuf", "recbuf")),
        (CLUSTER + "metadata_request_timeout = '600h'\n",
         "connectors.kafka.lab.metadata_request_timeout", "value"),
        (SOURCE + "qos = '1'\n", "connectors.mqtt.plant.qos", "value"),
        (SOURCE + "clean_start = 1\n", "connectors.mqtt.plant.clean_start", "type"),
    ],
)  # fmt: skip
def test_each_mistake_is_found_where_it_is(body: str, path: str, code: str):
    errors = [(p.path, p.code) for p in read(body).problems if p.severity == "error"]

    assert errors == [(path, code)]


def test_the_ends_of_what_the_protocols_allow_are_accepted():
    most = """
keepalive = '65535s'
session_expiry = '4294967295s'
connect_timeout = '1ms'
max_packet_size = '4294967295B'
will = { topic = 'a', delay = '4294967295s' }
ssl = { versions = ['tlsv1.3', 'tlsv1.2', 'tlsv1.1', 'tlsv1'] }
"""
    buffers = "socket_opts = { sndbuf = '0B', recbuf = '100000000B' }\n"

    assert read(SOURCE + most + CLUSTER + buffers).problems == ()
    assert read(SOURCE + "keepalive = '0s'\nsession_expiry = 0\n").problems == ()


def test_rule_without_source_takes_the_only_one():
    loaded = read(SOURCE + RULE)

    assert loaded.problems == ()
    assert loaded.workspace is not None
    assert loaded.workspace.source_of(loaded.workspace.rules["r"]) == "plant"


def test_id_is_derived_from_the_path_where_the_file_names_none():
    one, two = loads("sluicegate = 1", Path("/a")), loads("sluicegate = 1", Path("/b"))

    assert one.workspace is not None
    assert two.workspace is not None
    assert len(one.workspace.id) == 8
    assert one.workspace.id != two.workspace.id


def test_missing_file_and_other_encodings_are_told(tmp_path: Path):
    with pytest.raises(StoreError, match="no file"):
        load(tmp_path / "none.toml")
    with pytest.raises(StoreError, match="cannot be read"):
        load(tmp_path)
    other = tmp_path / "latin.toml"
    other.write_bytes(b"title = '\xe9'")
    with pytest.raises(StoreError, match="UTF-8"):
        load(other)
