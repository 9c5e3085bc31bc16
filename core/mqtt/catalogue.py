"""What goes wrong with MQTT brokers, in one sentence each, with what to do about it.

The sentences are data: an entry is found by the reason code or by the kind of trouble, and filled
with the facts of the connection. `str.format` names: server, host, port, client_id, user, version,
other_version, code, cause.
"""

from __future__ import annotations

import socket
import ssl
from dataclasses import dataclass
from typing import Final, Literal

from core.errors import AuthFailed, ConnectFailed

Trouble = Literal[
    "resolve",
    "refused",
    "unreachable",
    "timeout",
    "reset",
    "certificate",
    "certificate_name",
    "certificate_expired",
    "client_certificate",
    "not_tls",
    "tls_refused",
    "tls",
    "websocket",
    "no_answer",
    "closed_early",
    "closed_early_tls",
    "not_mqtt",
    "expects_tls",
    "http",
    "closed",
    "keepalive",
    "malformed",
    "taken_over",
    "repeated_drops",
    "other",
]


@dataclass(frozen=True, slots=True)
class Entry:
    """A sentence, its way out, and whether trying again can help."""

    message: str
    hint: str
    fatal: bool = False


@dataclass(frozen=True, slots=True)
class Facts:
    """The connection that a sentence speaks of."""

    server: str
    host: str = ""
    port: int = 0
    client_id: str = ""
    username: str | None = None
    protocol: str = "5.0"


@dataclass(frozen=True, slots=True)
class Failure:
    """An explained failure. `fatal`: trying again cannot help."""

    error: ConnectFailed
    fatal: bool = False


TROUBLES: Final[dict[Trouble, Entry]] = {
    "resolve": Entry(
        "The name {host} of {server} is not known here ({cause}).",
        "Check the spelling, and whether this machine can look names up (network, VPN).",
    ),
    "refused": Entry(
        "Nothing listens on port {port} of {host}: {server} refused the connection.",
        "Check that the broker runs and that the port is right (1883; with TLS 8883).",
    ),
    "unreachable": Entry(
        "There is no way to {server} from here ({cause}).",
        "Check the network, the VPN and the address.",
    ),
    "timeout": Entry(
        "{server} did not answer in time.",
        "Check the address; a firewall that drops packets looks like this.",
    ),
    "reset": Entry(
        "{server} broke the connection while it was being set up ({cause}): it may not speak MQTT "
        "{version} there, or may expect TLS.",
        "Check protocol and port, and look into the broker's log.",
    ),
    "certificate": Entry(
        "The certificate of {server} is not trusted: {cause}.",
        "Set ssl.cacertfile to the certificate of the authority that signed it.",
    ),
    "certificate_name": Entry(
        "The certificate of {server} is for another name: {cause}.",
        "Connect by the name in the certificate, or set ssl.server_name_indication to it.",
    ),
    "certificate_expired": Entry(
        "The certificate of {server} is not valid at this time: {cause}.",
        "Renew it on the broker; check this machine's clock.",
    ),
    "client_certificate": Entry(
        "{server} wants a client certificate that it trusts ({cause}).",
        "Set ssl.certfile and ssl.keyfile to one that the broker's authority has signed.",
    ),
    "not_tls": Entry(
        "{server} does not speak TLS on this port ({cause}).",
        "Use the broker's TLS port (often 8883), or mqtt:// without TLS.",
    ),
    "tls_refused": Entry(
        "{server} refused the TLS handshake ({cause}): it may want a client certificate, or "
        "another version or cipher.",
        "Set ssl.certfile and ssl.keyfile if the broker asks for a certificate; check "
        "ssl.versions and ssl.ciphers.",
    ),
    "tls": Entry(
        "The TLS handshake with {server} failed: {cause}.",
        "Check ssl.versions, ssl.ciphers and the certificates of both sides.",
    ),
    "websocket": Entry(
        "{server} did not accept a WebSocket connection ({cause}).",
        "Check the port and the path; many brokers use /mqtt.",
    ),
    "no_answer": Entry(
        "{server} accepted the connection but did not answer the sign-in in time.",
        "Check that an MQTT broker listens on this port.",
    ),
    "closed_early": Entry(
        "{server} closed the connection without answering the sign-in: it may not speak "
        "MQTT {version} there, or may expect TLS.",
        "Check protocol, port and will, and look into the broker's log.",
    ),
    "closed_early_tls": Entry(
        "{server} closed the connection right after the TLS handshake, without answering the "
        "sign-in: it may want a client certificate, or may not speak MQTT {version} there.",
        "Set ssl.certfile and ssl.keyfile if the broker asks for a certificate, check port and "
        "protocol, and look into the broker's log.",
    ),
    "not_mqtt": Entry(
        "What listens at {server} does not speak MQTT.",
        "Check the port.",
    ),
    "expects_tls": Entry(
        "{server} expects TLS on this port.",
        "Use mqtts:// (or wss://), or the broker's port without TLS.",
    ),
    "http": Entry(
        "What listens at {server} is a web server, not an MQTT broker.",
        "Check the port; for MQTT over WebSocket use ws:// or wss:// with the right path.",
    ),
    "closed": Entry("{server} closed the connection.", "Look into the broker's log if it goes on."),
    "keepalive": Entry(
        "{server} has been silent for longer than the keep-alive allows.",
        "Check the network between here and the broker.",
    ),
    "malformed": Entry(
        "{server} sent bytes that are no legal MQTT {version}.",
        "Check what stands between here and the broker; report it if it is a broker.",
    ),
    "taken_over": Entry(
        'Another client has signed in to {server} with the client id "{client_id}" and taken '
        "the session over.",
        "Stop the other client, or set another client_id on this connector.",
        fatal=True,
    ),
    "repeated_drops": Entry(
        "{server} has ended three connections right after the sign-in within ten seconds: most "
        'likely another client uses the client id "{client_id}".',
        "Stop the other client, or set another client_id on this connector; else check in the "
        "broker's log why it hangs up.",
        fatal=True,
    ),
    "other": Entry("The connection to {server} failed: {cause}.", "Check server and network."),
}

REFUSALS: Final[dict[int, Entry]] = {
    0x80: Entry(
        "{server} refused the sign-in without saying why (0x80).", "Look into the broker's log."
    ),
    0x81: Entry("{server} could not read the sign-in (0x81).", "Report it, with the broker."),
    0x82: Entry("{server} found the sign-in against the protocol (0x82).", "Report it."),
    0x83: Entry("{server} did not accept the sign-in (0x83).", "Look into the broker's log."),
    0x84: Entry(
        "{server} does not speak MQTT {version}.",
        'Set protocol = "{other_version}" on the connector.',
        fatal=True,
    ),
    0x85: Entry(
        '{server} does not accept the client id "{client_id}".',
        "Set another client_id: some brokers allow only letters and digits, or 23 characters.",
        fatal=True,
    ),
    0x86: Entry(
        "{server} refused the user name or password{user}.",
        "Check username and password of the connector.",
        fatal=True,
    ),
    0x87: Entry(
        '{server} did not let the client "{client_id}"{user} in: the user name or password is '
        "wrong, or it is not allowed to connect.",
        "Check username and password of the connector, and what the broker allows this client.",
        fatal=True,
    ),
    0x88: Entry("{server} is not available at the moment.", "Wait for the broker."),
    0x89: Entry("{server} is too busy to take the connection.", "Wait for the broker."),
    0x8A: Entry(
        '{server} has banned the client "{client_id}".', "Ask who runs the broker.", fatal=True
    ),
    0x8C: Entry(
        "{server} wants another way to authenticate (0x8C).",
        "Only user name and password, and client certificates, are supported.",
        fatal=True,
    ),
    0x90: Entry(
        "{server} does not accept the topic of the will (0x90).", "Change will.topic.", fatal=True
    ),
    0x95: Entry("{server} found the sign-in too large (0x95).", "Shorten will and properties."),
    0x97: Entry(
        "{server} has reached a quota for this client (0x97).",
        "Free sessions or connections on the broker, or raise its limit.",
    ),
    0x99: Entry(
        "{server} does not accept the will's payload (0x99).", "Change the will.", fatal=True
    ),
    0x9A: Entry(
        "{server} does not keep retained messages, and the will is one (0x9A).",
        "Set will.retain = false.",
        fatal=True,
    ),
    0x9B: Entry(
        "{server} does not support the will's QoS (0x9B).", "Set will.qos = 0.", fatal=True
    ),
    0x9C: Entry("{server} wants another server to be used (0x9C).", "Change server.", fatal=True),
    0x9D: Entry("The broker has moved away from {server} (0x9D).", "Change server.", fatal=True),
    0x9F: Entry("{server} takes no more connections at this rate.", "Wait for the broker."),
}
"""Reason codes of CONNACK; those of 3.1.1 are translated into them."""

DISCONNECTS: Final[dict[int, Entry]] = {
    0x00: TROUBLES["closed"],
    0x80: Entry(
        "{server} closed the connection without saying why (0x80).", "Look into the broker's log."
    ),
    0x81: Entry(
        "{server} could not read a packet of this client (0x81).", "Report it, with the broker."
    ),
    0x82: Entry(
        "{server} found a packet of this client against the protocol (0x82).",
        "Report it, with the broker.",
    ),
    0x83: Entry(
        "{server} closed the connection for a reason of its own (0x83).",
        "Look into the broker's log.",
    ),
    0x87: Entry(
        '{server} no longer allows the client "{client_id}"{user} (0x87).',
        "Check what the broker allows this client.",
        fatal=True,
    ),
    0x89: Entry("{server} is too busy and has closed the connection.", "Wait for the broker."),
    0x8B: Entry("{server} is shutting down.", "Wait for the broker."),
    0x8D: TROUBLES["keepalive"],
    0x8E: TROUBLES["taken_over"],
    0x8F: Entry(
        "{server} does not accept a topic filter of this client (0x8F).",
        "Check the topic filters of the rules that read from this connector.",
        fatal=True,
    ),
    0x90: Entry(
        "{server} does not accept a topic of this client (0x90).",
        "Check the topics that are published on this connector.",
    ),
    0x93: Entry(
        "{server} got more messages at once than it allows (0x93).",
        "Report it, with the broker: this client keeps to the limit that it is told.",
    ),
    0x95: Entry(
        "{server} met a packet larger than it allows (0x95).",
        "Publish smaller messages, or raise the broker's limit.",
    ),
    0x96: Entry(
        "{server} gets more messages from this client than it allows (0x96).",
        "Publish more slowly, or raise the broker's limit.",
    ),
    0x97: REFUSALS[0x97],
    0x98: Entry(
        "Someone who runs {server} has ended this connection (0x98).", "Ask who runs the broker."
    ),
    0x99: Entry(
        "{server} got a payload that is not in the format it names (0x99).",
        "Check the payload format of what is published on this connector.",
    ),
    0x9A: Entry(
        "{server} does not keep retained messages, and got one (0x9A).", "Publish without retain."
    ),
    0x9B: Entry(
        "{server} does not support the QoS of a message it got (0x9B).", "Publish with a lower QoS."
    ),
    0x9C: REFUSALS[0x9C],
    0x9D: REFUSALS[0x9D],
    0x9E: Entry(
        "{server} does not have shared subscriptions (0x9E).",
        "Take shared_group out of the connector.",
        fatal=True,
    ),
    0xA0: Entry(
        "{server} has kept the connection as long as it allows (0xA0).",
        "Nothing to do: it is made again.",
    ),
    0xA1: Entry(
        "{server} does not take subscription identifiers, though it has not said so before (0xA1).",
        'Set protocol = "3.1.1" on the connector, and report it.',
        fatal=True,
    ),
    0xA2: Entry(
        "{server} does not take topic filters with + or # (0xA2).",
        "Name whole topics in the rules that read from this connector.",
        fatal=True,
    ),
}
"""Reason codes of a DISCONNECT from the broker."""

REASONS: Final[dict[int, str]] = {
    0x10: "no matching subscribers",
    0x80: "unspecified error",
    0x83: "the broker has its own reason",
    0x87: "not authorized",
    0x8F: "the topic filter is not valid",
    0x90: "the topic name is not valid",
    0x91: "the packet id is in use",
    0x92: "the packet id is not known",
    0x97: "quota exceeded",
    0x99: "the payload is not in the format it names",
    0x9E: "shared subscriptions are not supported",
    0xA1: "subscription identifiers are not supported",
    0xA2: "wildcards are not supported",
}
"""Reason codes of SUBACK, PUBACK, PUBREC and PUBCOMP."""

FILTER_HINTS: Final[dict[int, str]] = {
    0x8F: "Check the topic filters of the rules that read from this connector.",
    0x97: "Subscribe less on this connector, or raise the broker's limit.",
    0x9E: "Take shared_group out of the connector.",
    0xA1: 'Set protocol = "3.1.1" on the connector.',
    0xA2: "Name whole topics in the rules that read from this connector.",
}
"""What to do about a reason code of SUBACK; for all others, look at the broker's access rules."""

_V3_CODES: Final = {1: 0x84, 2: 0x85, 3: 0x88, 4: 0x86, 5: 0x87}
_AUTH_CODES: Final = frozenset({0x86, 0x87, 0x8A, 0x8C})


REFUSED: Final = 0x80
"""From here on a reason code says no (MQTT 5, 2.4)."""


def reason_text(code: int) -> str:
    """Name a reason code of SUBACK or PUBACK: words and number."""
    return f"{REASONS.get(code, 'refused')} (0x{code:02X})"


def filter_hint(code: int, facts: Facts) -> str:
    """Say what to do about a refused topic filter."""
    default = 'Check what the broker allows the client "{client_id}"{user} to read.'
    return _fill(FILTER_HINTS.get(code, default), facts)


def connack_failure(code: int, facts: Facts, reason_string: str = "") -> Failure:
    """Explain a CONNACK that says no.

    Args:
        code: Reason code; those below 0x80 are MQTT 3.1.1 return codes.
        facts: The connection.
        reason_string: The broker's own words, if it sent some.
    """
    code = _V3_CODES.get(code, code)
    unknown = Entry("{server} refused the sign-in ({code}).", "Look into the broker's log.")
    entry = REFUSALS.get(code, unknown)
    message = _fill(entry.message, facts, code=f"0x{code:02X}")
    if reason_string:
        message = f"{message} It says: {reason_string}"
    hint = _fill(entry.hint, facts)
    cause = f"CONNACK 0x{code:02X}"
    if code in _AUTH_CODES:
        return Failure(
            AuthFailed(message, connector=facts.server, cause=cause, hint=hint), entry.fatal
        )
    return Failure(
        ConnectFailed(message, connector=facts.server, step="sign_in", cause=cause, hint=hint),
        entry.fatal,
    )


def disconnect_failure(code: int, facts: Facts, reason_string: str = "") -> Failure:
    """Explain a DISCONNECT that the broker sent."""
    unknown = Entry("{server} closed the connection ({code}).", "Look into the broker's log.")
    entry = DISCONNECTS.get(code, unknown)
    message = _fill(entry.message, facts, code=f"0x{code:02X}")
    if reason_string:
        message = f"{message} It says: {reason_string}"
    cause = f"DISCONNECT 0x{code:02X}"
    error = ConnectFailed(
        message, connector=facts.server, step="sign_in", cause=cause, hint=_fill(entry.hint, facts)
    )
    return Failure(error, entry.fatal)


def failure(trouble: Trouble, facts: Facts, *, step: str = "connect", cause: str = "") -> Failure:
    """Explain trouble that has no reason code."""
    entry = TROUBLES[trouble]
    error = ConnectFailed(
        _fill(entry.message, facts, cause=cause or "no details"),
        connector=facts.server,
        step=step,
        cause=cause or trouble,
        hint=_fill(entry.hint, facts),
    )
    return Failure(error, entry.fatal)


def network_failure(error: OSError, facts: Facts, step: str) -> Failure:
    """Explain an error of the socket or of TLS."""
    cause = _cause(error)
    return failure(_trouble(error, step), facts, step=step, cause=cause)


def _trouble(error: OSError, step: str) -> Trouble:
    match error:
        case ssl.SSLCertVerificationError():
            return _certificate_trouble(error.verify_code)
        case ssl.SSLError():
            reason = error.reason or ""
            if reason in ("WRONG_VERSION_NUMBER", "RECORD_LAYER_FAILURE", "HTTP_REQUEST"):
                return "not_tls"
            if "ALERT" in reason and ("CERTIFICATE" in reason or "UNKNOWN_CA" in reason):
                return "client_certificate"
            return "tls_refused" if "ALERT" in reason else "tls"
        case socket.gaierror():
            return "resolve"
        case ConnectionRefusedError():
            return "refused"
        case TimeoutError():
            return "timeout"
        case ConnectionError():
            return "tls" if step == "tls" else "reset"
        case _:
            return "unreachable" if step == "connect" else "other"


def _certificate_trouble(code: int) -> Trouble:
    if code in (62, 64):  # X509_V_ERR_HOSTNAME_MISMATCH, X509_V_ERR_IP_ADDRESS_MISMATCH
        return "certificate_name"
    if code in (9, 10):  # X509_V_ERR_CERT_NOT_YET_VALID, X509_V_ERR_CERT_HAS_EXPIRED
        return "certificate_expired"
    return "certificate"


def _cause(error: OSError) -> str:
    if isinstance(error, ssl.SSLCertVerificationError):
        return error.verify_message.rstrip(".")
    if isinstance(error, ssl.SSLError):
        return (error.reason or str(error)).replace("_", " ").lower()
    return (error.strerror or str(error) or type(error).__name__).rstrip(".")


def _fill(text: str, facts: Facts, *, code: str = "", cause: str = "") -> str:
    return text.format(
        server=facts.server,
        host=facts.host,
        port=facts.port,
        client_id=facts.client_id,
        user=f' of user "{facts.username}"' if facts.username is not None else "",
        version=facts.protocol,
        other_version="3.1.1" if facts.protocol == "5.0" else "5.0",
        code=code,
        cause=cause,
    )
