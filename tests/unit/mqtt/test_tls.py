from __future__ import annotations

import errno
import ssl
import subprocess
from pathlib import Path

import pytest

from core.errors import ConfigError
from core.tls import client_context, own_trouble, server_name
from core.workspace.environment import Environment
from core.workspace.mqtt import Ssl
from core.workspace.units import SecretRef
from tests.helpers.certificates import KEY_PASSWORD, Certificates, make_certificates
from tests.helpers.subscriber import environment_at


@pytest.fixture(scope="module")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Certificates:
    return make_certificates(tmp_path_factory.mktemp("certificates"))


def context(folder: Path, **options: object) -> ssl.SSLContext:
    return client_context(Ssl.model_validate(options), environment_at(folder))


def test_peer_and_name_are_verified_by_default(tmp_path: Path) -> None:
    made = context(tmp_path)
    assert made.verify_mode == ssl.CERT_REQUIRED
    assert made.check_hostname
    assert made.minimum_version == ssl.TLSVersion.TLSv1_2
    assert made.maximum_version == ssl.TLSVersion.TLSv1_3


def test_verification_and_name_check_can_be_switched_off(tmp_path: Path) -> None:
    assert context(tmp_path, verify="verify_none").verify_mode == ssl.CERT_NONE
    unnamed = context(tmp_path, check_hostname=False)
    assert (unnamed.check_hostname, unnamed.verify_mode) == (False, ssl.CERT_REQUIRED)
    assert not context(tmp_path, server_name_indication="disable").check_hostname


def test_server_name_is_the_host_unless_told_otherwise() -> None:
    assert server_name(Ssl(), "host") == "host"
    assert server_name(Ssl(server_name_indication="disable"), "host") is None
    assert server_name(Ssl(server_name_indication="other"), "host") == "other"


def test_key_with_a_password_is_opened(tmp_path: Path, certificates: Certificates) -> None:
    locked = tmp_path / "locked.key"
    subprocess.run(
        ["openssl", "pkcs8", "-topk8", "-v2", "aes-256-cbc", "-passout", "pass:right",
         "-in", str(certificates.client_key), "-out", str(locked)],
        check=True,
        capture_output=True,
    )  # fmt: skip
    options = {"certfile": str(certificates.client), "keyfile": "locked.key"}
    context(tmp_path, **options, password="env:TEST_PASSWORD")
    for wrong in ({}, {"password": "env:WRONG_PASSWORD"}):
        with pytest.raises(ConfigError, match="cannot be used") as caught:
            context(tmp_path, **options, **wrong)
        assert caught.value.path == "ssl.password"


@pytest.mark.parametrize(
    ("options", "path"),
    [
        ({"cacertfile": "absent.pem"}, "ssl.cacertfile"),
        ({"cacertfile": "-----BEGIN CERTIFICATE-----\nx\n"}, "ssl.cacertfile"),
        ({"certfile": "absent.pem"}, "ssl.certfile"),
        ({"versions": []}, "ssl.versions"),
        ({"ciphers": ["NO-SUCH"]}, "ssl.ciphers"),
    ],
)
def test_what_cannot_be_used_is_named_with_a_way_out(
    tmp_path: Path, options: dict[str, object], path: str
) -> None:
    with pytest.raises(ConfigError) as caught:
        context(tmp_path, **options)
    assert caught.value.path == path
    assert caught.value.hint


@pytest.mark.parametrize(
    ("options", "loader", "path"),
    [
        ({"cacertfile": "ca.pem"}, "load_verify_locations", "ssl.cacertfile"),
        ({"certfile": "client.pem", "keyfile": "client.key"}, "load_cert_chain", "ssl.certfile"),
    ],
)
def test_a_file_that_may_not_be_read_is_named(
    certificates: Certificates,
    monkeypatch: pytest.MonkeyPatch,
    options: dict[str, str],
    loader: str,
    path: str,
) -> None:
    def refuse(*_arguments: object, **_options: object) -> None:
        raise PermissionError(errno.EACCES, "Permission denied")

    with monkeypatch.context() as patched:  # whoever is root may read everything
        patched.setattr(ssl.SSLContext, loader, refuse)
        patched.setattr(Path, "open", refuse)
        with pytest.raises(ConfigError, match="Permission denied") as caught:
            context(certificates.folder, **options)

    assert caught.value.path == path
    assert caught.value.hint == "check its permissions"


def test_what_is_found_in_a_file_is_said_of_its_option(certificates: Certificates) -> None:
    with pytest.raises(ConfigError, match="does not belong to the client certificate") as caught:
        context(certificates.folder, certfile="client.pem", keyfile="server.key")
    assert caught.value.path == "ssl.keyfile"
    assert caught.value.hint == "give the key that the certificate was made for"


def test_authorities_are_taken_as_text_with_any_letters_around_it(
    tmp_path: Path, certificates: Certificates
) -> None:
    text = f"Bag Attributes\n    friendlyName: Prüfstand\n{certificates.ca.read_text()}"
    assert len(context(tmp_path, cacertfile=text).get_ca_certs()) == 1


def test_dates_are_told_without_asking_for_the_passphrase_again(
    certificates: Certificates,
) -> None:
    asked: list[SecretRef] = []

    def ask(reference: SecretRef) -> str:
        asked.append(reference)
        return KEY_PASSWORD

    folder = certificates.folder
    options = Ssl.model_validate(
        {
            "cacertfile": "expired.pem",
            "certfile": "expired.pem",
            "keyfile": "client-locked.key",
            "password": "env:ANY",
        }
    )
    environment = Environment(folder, folder / "state", ask)

    told = own_trouble(options, environment).split("; ")
    assert [each.partition(" expired on ")[0] for each in told] == [
        "ssl.cacertfile: certificate",
        "ssl.certfile: certificate",
    ]
    assert asked == []
    unverified = options.model_copy(update={"verify": "verify_none"})
    assert own_trouble(unverified, environment).startswith("ssl.certfile: ")


def test_ciphers_and_protocols_are_taken(tmp_path: Path) -> None:
    names = ["TLS_AES_128_GCM_SHA256", "ECDHE-RSA-AES128-GCM-SHA256"]
    made = context(tmp_path, ciphers=names, alpn=["mqtt"], versions=["tlsv1.2"])
    assert "ECDHE-RSA-AES128-GCM-SHA256" in {cipher["name"] for cipher in made.get_ciphers()}
    context(tmp_path, ciphers=["TLS_AES_128_GCM_SHA256"])
