"""What is said of the files of TLS, with certificates made here."""

from __future__ import annotations

import os
import ssl
import subprocess
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from core.certificate import Certificate
from core.tls_files import TLS_FILE, file_findings, file_problems
from core.workspace.environment import Environment
from core.workspace.load import loads
from core.workspace.mqtt import Ssl
from core.workspace.secrets import resolver
from tests.helpers.certificates import KEY_PASSWORD, Certificates

NOW = datetime.now(UTC) + timedelta(hours=1)  # the certificates are made later


@pytest.fixture
def folder(certificates: Certificates, tmp_path: Path) -> Path:
    """A folder of a workspace, with the certificates beside it."""
    return certificates.copied_to(tmp_path)


def surroundings(folder: Path) -> Environment:
    return Environment(folder, folder / "state", resolver(folder, lambda _secret: None))


def said(folder: Path, options: Mapping[str, object], now: datetime = NOW) -> list[tuple[str, str]]:
    """Give the option and the message of each finding."""
    findings = file_findings(Ssl.model_validate(options), surroundings(folder), now)
    assert all(found.hint for found in findings)
    return [(found.option, found.message) for found in findings]


OWN = {"certfile": "client.pem", "keyfile": "client.key"}


def test_nothing_is_said_of_files_that_are_right(folder: Path):
    assert said(folder, {"cacertfile": "ca.pem", **OWN}) == []
    assert said(folder, {"cacertfile": str(folder / "ca.pem")}) == []
    assert said(folder, {}) == []


def test_text_is_looked_into_as_files_are(folder: Path):
    texts = {option: (folder / name).read_text() for option, name in OWN.items()}
    assert said(folder, texts) == []
    texts["keyfile"] = (folder / "server.key").read_text()
    assert said(folder, texts) == [
        ("keyfile", "this key does not belong to the client certificate")
    ]


def test_a_file_that_is_not_there_is_left_to_the_checks_of_the_workspace(folder: Path):
    assert said(folder, {"certfile": "no.pem", "keyfile": "no.key"}) == []
    assert said(folder, {"cacertfile": "."}) == []


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({"keyfile": "client.pem"}, ("keyfile", "this file has no private key")),
        ({"certfile": "client.key"}, ("certfile", "this file has a private key, and no")),
        ({"cacertfile": "notes.txt"}, ("cacertfile", "this file is not a certificate")),
        ({"cacertfile": "ca.der"}, ("cacertfile", "this certificate is in binary form (DER)")),
        ({"cacertfile": "damaged.pem"}, ("cacertfile", "the certificate in this file is damaged")),
        ({"keyfile": "server.key"}, ("keyfile", "this key does not belong to the client cert")),
        ({"keyfile": "rsa.key"}, ("keyfile", "this key does not belong to the client cert")),
        ({"keyfile": "damaged.key"}, ("keyfile", "this private key cannot be read (")),
        ({"keyfile": "client-locked.key"}, ("password", "the private key is encrypted")),
        ({"keyfile": "old-locked.key"}, ("password", "the private key is encrypted")),
        (
            {"keyfile": "client-locked.key", "password": "file:wrong.txt"},
            ("password", "this passphrase does not open the private key"),
        ),
    ],
)
def test_what_is_wrong_with_a_file_is_said(
    folder: Path, options: dict[str, str], expected: tuple[str, str]
):
    (folder / "notes.txt").write_text("call the plant on Monday\n")
    (folder / "wrong.txt").write_text("wrong\n")
    pem = (folder / "ca.pem").read_text()
    (folder / "ca.der").write_bytes(ssl.PEM_cert_to_DER_cert(pem))
    lines = pem.splitlines()
    (folder / "damaged.pem").write_text("\n".join([*lines[:3], lines[-1]]))
    begin, *_body, end = (folder / "client.key").read_text().splitlines()
    (folder / "damaged.key").write_text(f"{begin}\nAAAA\n{end}\n")
    openssl(folder, "genrsa -out rsa.key 2048")
    openssl(folder, f"ec -in client.key -aes256 -passout pass:{KEY_PASSWORD} -out old-locked.key")

    [(option, message)] = said(folder, {**OWN, **options})
    assert option == expected[0]
    assert message.startswith(expected[1])


def openssl(folder: Path, command: str) -> None:
    subprocess.run(["openssl", *command.split()], cwd=folder, check=True, capture_output=True)


@pytest.mark.parametrize("name", ["client-locked.key", "old-locked.key"])
def test_a_key_is_opened_by_its_passphrase(folder: Path, name: str):
    openssl(folder, f"ec -in client.key -aes256 -passout pass:{KEY_PASSWORD} -out old-locked.key")
    (folder / "right.txt").write_text(f"{KEY_PASSWORD}\n")
    locked = {"certfile": "client.pem", "keyfile": name}

    assert said(folder, {**locked, "password": "file:right.txt"}) == []
    assert said(folder, {**locked, "password": "file:not-there.txt"}) == [], "said when it connects"


def test_a_date_is_the_one_of_the_certificate(folder: Path):
    made = Certificate.from_der(ssl.PEM_cert_to_DER_cert((folder / "client.pem").read_text()))
    late, early = made.not_after + timedelta(days=1), made.not_before - timedelta(days=1)

    assert said(folder, OWN, late) == [
        ("certfile", f"certificate expired on {made.not_after:%Y-%m-%d}")
    ]
    assert said(folder, OWN, early) == [
        ("certfile", f"certificate is not valid before {made.not_before:%Y-%m-%d}")
    ]


def test_authorities_are_expired_only_when_all_of_them_are(folder: Path):
    expired, valid = (folder / "expired.pem").read_text(), (folder / "ca.pem").read_text()
    (folder / "bundle.pem").write_text(expired + valid)

    assert said(folder, {"cacertfile": "bundle.pem"}) == []
    [(option, message)] = said(folder, {"cacertfile": "expired.pem"})
    assert option == "cacertfile"
    assert message.startswith("certificate expired on ")


def test_dates_of_an_authority_that_verifies_nobody_do_not_matter(folder: Path):
    (folder / "notes.txt").write_text("call the plant on Monday\n")

    assert said(folder, {"cacertfile": "expired.pem", "verify": "verify_none"}) == []
    assert said(folder, {"cacertfile": "notes.txt", "verify": "verify_none"})


def test_a_huge_file_is_not_read(folder: Path):
    with (folder / "huge.pem").open("wb") as file:
        file.truncate(2 << 30)  # takes no room on the disk

    assert said(folder, {"cacertfile": "huge.pem"}) == [
        ("cacertfile", "this file is too large for a certificate or a key")
    ]


def test_a_file_without_an_end_is_not_waited_for(folder: Path):
    os.mkfifo(folder / "pipe.pem")

    assert said(folder, {"cacertfile": "pipe.pem"}) == []


WORKSPACE = """sluicegate = 1
[connectors.mqtt.plant]
server = "mqtts://127.0.0.1:1"
ssl.cacertfile = "ca.key"
[connectors.kafka.laptop]
bootstrap_hosts = "127.0.0.1:1"
ssl.enable = true
ssl.certfile = "client.pem"
ssl.keyfile = "server.key"
[connectors.mqtt.plain]
server = "mqtt://127.0.0.1:1"
ssl.cacertfile = "ca.key"
"""


def test_connectors_that_use_tls_are_looked_at_with_their_lines(folder: Path):
    loaded = loads(WORKSPACE, folder / "a.toml")
    found = file_problems(loaded, surroundings(folder), NOW)

    assert [(p.path, p.line, p.severity, p.code) for p in found] == [
        ("connectors.mqtt.plant.ssl.cacertfile", 4, "warning", TLS_FILE),
        ("connectors.kafka.laptop.ssl.keyfile", 9, "warning", TLS_FILE),
    ]
    place = ("connectors", "kafka", "laptop")
    assert file_problems(loaded, surroundings(folder), NOW, only=place) == found[1:]


def test_an_authority_that_is_not_loaded_is_not_looked_at(folder: Path):
    """MQTT loads none where nobody is verified; Kafka's client does all the same."""
    options = 'ssl = { enable = true, verify = "verify_none", cacertfile = "ca.key" }'
    text = f"""sluicegate = 1
[connectors.mqtt.plant]
server = "mqtts://127.0.0.1:1"
{options}
[connectors.kafka.laptop]
bootstrap_hosts = "127.0.0.1:1"
{options}
"""
    (found,) = file_problems(loads(text, folder / "a.toml"), surroundings(folder), NOW)

    assert found.path == "connectors.kafka.laptop.ssl.cacertfile"
