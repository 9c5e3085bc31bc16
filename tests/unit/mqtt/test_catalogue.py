from __future__ import annotations

import socket
import ssl
import string

import pytest

from core.errors import AuthFailed
from core.mqtt.catalogue import (
    DISCONNECTS,
    REFUSALS,
    TROUBLES,
    Entry,
    Facts,
    connack_failure,
    disconnect_failure,
    failure,
    network_failure,
    reason_text,
)

FACTS = Facts("mqtt://broker:1883", "broker", 1883, "me", "bridge", "5.0")
ENTRIES = [*TROUBLES.values(), *REFUSALS.values(), *DISCONNECTS.values()]
NAMES = {
    "server", "host", "port", "client_id", "user", "version", "other_version", "code", "cause",
}  # fmt: skip


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.message[:40])
def test_every_sentence_is_whole_and_says_what_to_do(entry: Entry) -> None:
    for text in (entry.message, entry.hint):
        assert text.endswith(".")
        fields = {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}
        assert fields <= NAMES
    assert "{server}" in entry.message


@pytest.mark.parametrize(("old", "new"), [(1, 0x84), (2, 0x85), (3, 0x88), (4, 0x86), (5, 0x87)])
def test_return_codes_of_3_1_1_mean_what_those_of_5_do(old: int, new: int) -> None:
    assert connack_failure(old, FACTS).error.message == connack_failure(new, FACTS).error.message


def test_refused_credentials_are_final_and_name_the_user() -> None:
    failed = connack_failure(0x86, FACTS)
    assert failed.fatal
    assert isinstance(failed.error, AuthFailed)
    assert '"bridge"' in failed.error.message
    assert failed.error.step == "sign_in"


def test_busy_broker_is_tried_again() -> None:
    assert not connack_failure(0x89, FACTS).fatal


def test_unknown_code_is_told_with_the_brokers_own_words() -> None:
    failed = connack_failure(0xF0, FACTS, "out of tea")
    assert "0xF0" in failed.error.message
    assert "out of tea" in failed.error.message
    assert "0xF1" in disconnect_failure(0xF1, FACTS).error.message


def test_session_taken_over_is_final_and_names_the_id() -> None:
    failed = disconnect_failure(0x8E, FACTS)
    assert failed.fatal
    assert '"me"' in failed.error.message


def _certificate_error(code: int) -> ssl.SSLCertVerificationError:
    error = ssl.SSLCertVerificationError("no")
    error.verify_code, error.verify_message = code, "because"
    return error


def _tls_error(reason: str) -> ssl.SSLError:
    error = ssl.SSLError("no")
    error.reason = reason
    return error


@pytest.mark.parametrize(
    ("error", "step", "words"),
    [
        (socket.gaierror(-2, "Name or service not known"), "resolve", "name broker"),
        (ConnectionRefusedError(111, "Connection refused"), "connect", "Nothing listens"),
        (TimeoutError("timed out"), "connect", "did not answer in time"),
        (OSError(113, "No route to host"), "connect", "no way to"),
        (ConnectionResetError(104, "Connection reset"), "connect", "broke the connection"),
        (ConnectionResetError(104, "Connection reset"), "tls", "TLS handshake"),
        (_certificate_error(20), "tls", "not trusted"),
        (_certificate_error(62), "tls", "another name"),
        (_certificate_error(10), "tls", "not valid at this time"),
        (_tls_error("WRONG_VERSION_NUMBER"), "tls", "does not speak TLS"),
        (_tls_error("TLSV13_ALERT_CERTIFICATE_REQUIRED"), "tls", "client certificate"),
        (_tls_error("TLSV1_ALERT_UNKNOWN_CA"), "tls", "client certificate that it trusts"),
        (_tls_error("SSLV3_ALERT_HANDSHAKE_FAILURE"), "tls", "refused the TLS handshake"),
        (_tls_error("NO_SHARED_CIPHER"), "tls", "no shared cipher"),
        (OSError("odd"), "sign_in", "failed: odd"),
    ],
)
def test_errors_of_the_network_have_their_sentence(error: OSError, step: str, words: str) -> None:
    failed = network_failure(error, FACTS, step)
    assert words in failed.error.message
    assert failed.error.step == step
    assert not failed.fatal


def test_trouble_without_a_code_is_filled_with_the_facts() -> None:
    failed = failure("closed_early", Facts("mqtt://h:1", protocol="3.1.1"))
    assert "MQTT 3.1.1" in failed.error.message


def test_reason_codes_have_words_and_number() -> None:
    assert reason_text(0x87) == "not authorized (0x87)"
    assert reason_text(0xFE) == "refused (0xFE)"
