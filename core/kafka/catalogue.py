"""Failures of Kafka as data: how they look in librdkafka, what they mean, what to do next. Pure.

Rows are tried in order; the first whose codes and text fit explains a failure.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

_TRANSPORT: Final = -195
_RESOLVE: Final = -193
_AUTHENTICATION: Final = -169
_SSL: Final = -181
_BAD_MSG: Final = -199
_ALL_BROKERS_DOWN: Final = -187
_TIMED_OUT: Final = -185
_MSG_TIMED_OUT: Final = -192

_ORIGIN: Final = re.compile(
    r"(?:\[thrd:[^\]]*\]: )?"
    r"(?:(?:sasl_ssl|sasl_plaintext|ssl|plaintext)://)?"
    r"(?P<address>\[?[^\s/]+?\]?:\d+)/(?P<node>bootstrap|-?\d+): (?P<text>.*)",
    re.DOTALL,
)
_COORDINATOR: Final = re.compile(
    r"(?:\[thrd:[^\]]*\]: )?(?:Group|Txn)Coordinator: "
    r"(?:(?P<address>[^\s/]+:\d+)(?:/-?\d+)?: )?(?P<text>.*)",
    re.DOTALL,
)
"""A broker under the name of its duty: the text names its address, or only quotes it."""

_QUOTED: Final = re.compile(r"'([^\s']+:\d+)'")
_AFTER: Final = re.compile(
    r" \(after \d+ms in state (?P<state>\w+)(?:, \d+ identical error\(s\) suppressed)?\)"
)
_RESPONSE_SIZE: Final = re.compile(r"Invalid response size (-?\d+)")
_TLS_ALERT: Final = 0x15
_HTTP_STARTS: Final = (b"HTTP", b"<htm", b"<!DO")


@dataclass(frozen=True, slots=True)
class Origin:
    """A failure's text taken apart.

    Attributes:
        address: `host:port` of the broker, empty if the text names none.
        advertised: Whether the cluster named that address; else the user typed it.
        text: The rest, without the time it took, so that repetitions are equal.
        state: What the connection was doing, in librdkafka's word; empty if not said.
    """

    address: str
    advertised: bool
    text: str
    state: str

    @classmethod
    def parse(cls, text: str) -> Origin:
        """Take `[sasl_]proto://host:port/ID: text (after 12ms in state X)` apart.

        A coordinator's is `GroupCoordinator: [host:port: ]text`.
        """
        after = _AFTER.search(text)
        plain = _AFTER.sub("", text).strip()
        found = _ORIGIN.fullmatch(plain)
        state = after["state"] if after else ""
        if found is None and (duty := _COORDINATOR.fullmatch(plain)) is not None:
            quoted = _QUOTED.search(duty["text"])
            address = duty["address"] or (quoted[1] if quoted else "")
            return cls(address, advertised=bool(address), text=duty["text"], state=state)
        if found is None:
            return cls("", advertised=False, text=plain, state=state)
        return cls(found["address"], found["node"] != "bootstrap", found["text"], state)


@dataclass(frozen=True, slots=True)
class Cause:
    """A failure explained.

    Attributes:
        kind: Stable short name of the row.
        summary: One sentence: what failed, where, why.
        hint: What to do next.
        raw: The library's text, without its address and time.
        permanent: Whether it stays until somebody changes something.
        address: `host:port` of the broker, where it is known.
    """

    kind: str
    summary: str
    hint: str
    raw: str
    permanent: bool = False
    address: str = ""


@dataclass(frozen=True, slots=True)
class _Row:
    kind: str
    codes: frozenset[int]
    pattern: str
    summary: str
    hint: str
    permanent: bool = False

    def fits(self, code: int, text: str) -> bool:
        if code not in self.codes and (code or not self.pattern):
            return False
        return re.search(self.pattern, text, re.IGNORECASE) is not None


def _row(
    kind: str,
    codes: tuple[int, ...],
    pattern: str,
    summary: str,
    hint: str,
    *,
    permanent: bool = False,
) -> _Row:
    return _Row(kind, frozenset(codes), pattern, summary, hint, permanent)


_ADVERTISED_HINT: Final = (
    "Set advertised.listeners of the broker to an address that this computer can reach; in a "
    "container give it two listeners, one for other containers and one for the host."
)
_ADVERTISED: Final = (
    _row(
        "advertised_unknown",
        (_RESOLVE,),
        r"Failed to resolve",
        "The cluster tells clients to use {address}, which this computer cannot resolve.",
        _ADVERTISED_HINT + " At once: a line for {host} in the hosts file.",
    ),
    _row(
        "advertised_unreachable",
        (_TRANSPORT, _TIMED_OUT),
        r"refused|timed out|unreachable|no route",
        "The cluster tells clients to use {address}, which does not answer from here.",
        _ADVERTISED_HINT,
    ),
    _row(
        "advertised_other",
        (_TRANSPORT, _SSL, _BAD_MSG),
        r"Disconnected|connection reset|closed by peer|wrong version number|Invalid response size",
        "The cluster tells clients to use {address}, which hangs up or speaks another protocol.",
        "The listener there may want TLS (ssl.enable) or sign-in, or may not: have each listener "
        "advertise the address of its own kind.",
    ),
)
_CONNECTION: Final = (
    _row(
        "refused",
        (_TRANSPORT,),
        r"Connection refused|actively refused",
        "Nothing answers on {address} (connection refused).",
        "Check that Kafka is started and that the port is right; in a container, that the port "
        "is published. For localhost, try 127.0.0.1.",
    ),
    _row(
        "unknown_host",
        (_RESOLVE,),
        r"Failed to resolve",
        "The name {host} cannot be resolved.",
        "Check the spelling, the VPN and the hosts file.",
    ),
    _row(
        "timeout",
        (_TRANSPORT, _TIMED_OUT),
        r"Connection setup timed out|Connection timed out",
        "No answer from {address} in time.",
        "Check the address; a firewall, VPN or security group may drop the packets.",
    ),
    _row(
        "unreachable",
        (_TRANSPORT,),
        r"unreachable|no route to host",
        "{address} cannot be reached over the network.",
        "Check the network connection, the VPN and the address.",
    ),
    _row(
        "no_sasl_here",
        (_AUTHENTICATION,),
        r"not valid in current SASL state|mechanisms:\s*(\[|$)",
        "The listener {address} does not use SASL sign-in.",
        'Write authentication = "none", or use the SASL port of the broker.',
        permanent=True,
    ),
    _row(
        "mechanism",
        (_AUTHENTICATION,),
        r"Unsupported SASL mechanism|mechanism handshake failed",
        "{address} does not offer this SASL mechanism.",
        "Choose one the broker offers: {offered}.",
        permanent=True,
    ),
    _row(
        "credentials",
        (_AUTHENTICATION,),
        r"SASL authentication error|authentication failed|invalid credentials",
        "{address} refused {user}: the name or the password is wrong.",
        "Check user name, password and mechanism. Confluent Cloud wants an API key and its "
        "secret, Azure the user name $ConnectionString.",
        permanent=True,
    ),
    _row(
        "token_refused",
        (_AUTHENTICATION,),
        r"OAUTHBEARER token: .*(invalid_|unauthorized|access_denied|forbidden)",
        "The token endpoint refused {user}.",
        "Check client_id, client_secret and scope of authentication, and that endpoint_uri is the "
        "provider's token endpoint.",
        permanent=True,
    ),
    _row(
        "token",
        (_AUTHENTICATION,),
        r"OAUTHBEARER token|OIDC token",
        "The token endpoint gave no token.",
        "Check that endpoint_uri of authentication is the provider's token endpoint, and that this "
        "computer reaches it; for a private authority set ssl.cacertfile.",
    ),
    _row(
        "sign_in",
        (_AUTHENTICATION,),
        r"",
        "The sign-in at {address} failed.",
        "Check authentication: mechanism, user name and password.",
        permanent=True,
    ),
    _row(
        "client_certificate",
        (_TRANSPORT, _SSL),
        r"alert (certificate required|bad certificate|handshake failure)|SSL alert number (116|42)",
        "{address} asks for a client certificate.",
        "Set ssl.certfile and ssl.keyfile to a certificate that the broker trusts.",
        permanent=True,
    ),
    _row(
        "certificate",
        (_SSL, _TRANSPORT),
        r"certificate verify failed",
        "The certificate of {address} was not accepted: its authority is unknown here, it is for "
        "another host name, or it has expired.",
        "`sluicegate check` shows the certificate. Set ssl.cacertfile to the broker's CA, or "
        "check_hostname = false if only the name differs.",
        permanent=True,
    ),
    _row(
        "no_tls_here",
        (_SSL, _TRANSPORT),
        r"connecting to a PLAINTEXT|wrong version number|closed by peer.*\[SSL_HANDSHAKE\]",
        "{address} does not speak TLS.",
        "Switch ssl off, or use the TLS port of the broker.",
        permanent=True,
    ),
    _row(
        "tls",
        (_SSL,),
        r"",
        "The TLS handshake with {address} failed.",
        "`sluicegate check` shows what the server offers.",
        permanent=True,
    ),
    _row(
        "not_kafka",
        (_BAD_MSG,),
        r"Invalid response size",
        "{address} answers with {protocol}, not with Kafka's protocol.",
        "Use the port of a Kafka listener, usually 9092{tls_hint}.",
        permanent=True,
    ),
    _row(
        "closed",
        (_TRANSPORT,),
        r"Disconnected|connection reset|closed by peer|Receive failed|Send failed",
        "{address} closed the connection.",
        "Kafka may be restarting. If this stays: the listener may want sign-in (authentication) "
        "or TLS (ssl); `sluicegate check` tells which.",
    ),
    _row(
        "request_timeout",
        (_TRANSPORT, _TIMED_OUT),
        r"timed out",
        "{address} does not answer in time.",
        "The broker is overloaded or hangs, or the network is down.",
    ),
    _row(
        "all_down",
        (_ALL_BROKERS_DOWN,),
        r"",
        "No broker of the cluster can be reached.",
        "`sluicegate check` shows how far the connection comes.",
    ),
)
_THROTTLING: Final = _row(
    "throttled",
    (),
    "",
    "{address} makes this client wait because of a quota.",
    "Nothing is lost, but records take longer. Raise the quota of this user or client id, or send "
    "less.",
)
_RECORD: Final = (
    _row(
        "too_large",
        (10, 18),
        r"",
        "The record is too large for {topic}: its max.message.bytes (1,048,588 by default) is "
        "exceeded.",
        "Raise max.message.bytes of the topic, switch compression on, or select less in the rule.",
        permanent=True,
    ),
    _row(
        "unknown_topic",
        (3, -188),
        r"",
        "{topic} does not exist on this cluster.",
        "Create it, or set `allow_auto_topic_creation = true`.",
        permanent=True,
    ),
    _row(
        "unknown_partition",
        (-190,),
        r"",
        "The partition does not exist in {topic}.",
        "Correct the partition template; partitions count from 0.",
        permanent=True,
    ),
    _row(
        "topic_name",
        (17,),
        r"",
        "{topic} has a name that Kafka does not allow.",
        "Use letters, digits, dot, underscore and hyphen, at most 249; an MQTT topic's / can "
        "become a dot.",
        permanent=True,
    ),
    _row(
        "not_authorized",
        (29,),
        r"",
        "This user may not write to {topic}.",
        "Grant the user WRITE and DESCRIBE on the topic.",
        permanent=True,
    ),
    _row(
        "cluster_not_authorized",
        (31,),
        r"",
        "This user may not use an idempotent producer on this cluster.",
        "Grant IDEMPOTENT_WRITE on the cluster, or set max_inflight = 10.",
        permanent=True,
    ),
    _row(
        "needs_key",
        (87,),
        r"",
        "Kafka refused the record: {topic} is compacted, so every record needs a key.",
        "Set message.key of the action to a template that is never empty.",
        permanent=True,
    ),
    _row(
        "timestamp",
        (32,),
        r"",
        "Kafka refused the timestamp of the record for {topic}.",
        "Check message.timestamp: whole milliseconds since 1970, near the present.",
        permanent=True,
    ),
    _row(
        "policy",
        (44,),
        r"",
        "A policy of the cluster refused the record for {topic}.",
        "Ask the administrator of the cluster.",
        permanent=True,
    ),
    _row(
        "too_old_broker",
        (35, 43, -165),
        r"",
        "The broker is too old for what this action uses.",
        "Headers and idempotence need Kafka 0.11 or newer, zstd 2.1 or newer.",
        permanent=True,
    ),
    _row(
        "expired",
        (_MSG_TIMED_OUT,),
        r"",
        "The record was not delivered within its max_batch_age.",
        "Raise max_batch_age, or see why the cluster does not take records.",
        permanent=True,
    ),
    _row(
        "replicas",
        (19, 20),
        r"",
        "{topic} has fewer replicas in sync than its min.insync.replicas.",
        'For a lab with one broker set required_acks = "leader_only", or lower '
        "min.insync.replicas.",
    ),
    _row(
        "leader",
        (5, 6),
        r"",
        "{topic} has no leader at the moment.",
        "It is elected within seconds; if not, look at the brokers.",
    ),
    _row(
        "purged",
        (-151, -152),
        r"",
        "The record was taken back from the queue before it was sent.",
        "It is sent again where the action asks for that.",
    ),
    _row(
        "fatal",
        (-150, -144, 45, 46, 47, 59),
        r"",
        "The idempotent producer lost its place in the log of {topic}.",
        "It is started anew; records of that moment may be repeated.",
    ),
)


def explain_connection(
    text: str, code: int = 0, *, elsewhere: bool = False, user: str = ""
) -> Cause:
    """Explain why a broker is not reached.

    Args:
        text: Text of an error or log line of librdkafka, with its address.
        code: The error's code, 0 if only a log line is known.
        elsewhere: The broker has an address that the cluster named and the user did not, and it
            was never reached.
        user: Who signs in, if somebody does.
    """
    origin = Origin.parse(text)
    rows = (_ADVERTISED + _CONNECTION) if elsewhere else _CONNECTION
    shown = f"{origin.text} [{origin.state}]"
    row = next((row for row in rows if row.fits(code, shown)), None)
    if row is None:
        where = origin.address or "The cluster"
        return Cause("other", f"{where}: {origin.text}", "", origin.text)
    address = origin.address or "the broker"
    facts = {
        "address": address,
        "host": address.rpartition(":")[0] or address,
        "user": f"user {user}" if user else "the user",
        "offered": _offered(origin.text),
        "protocol": _protocol(origin.text),
        "tls_hint": ", or switch ssl on" if _protocol(origin.text) == "TLS" else "",
    }
    summary = row.summary.format_map(facts)
    return Cause(
        row.kind,
        summary[0].upper() + summary[1:] if not origin.address else summary,
        row.hint.format_map(facts),
        origin.text,
        row.permanent,
        origin.address,
    )


def explain_throttling(address: str) -> Cause:
    """Explain why a broker at this address takes its time though nothing fails."""
    summary = _THROTTLING.summary.format(address=address)
    return Cause(_THROTTLING.kind, summary, _THROTTLING.hint, "throttled")


def explain_record(code: int, text: str, *, topic: str = "") -> Cause:
    """Explain why a record was not taken.

    Args:
        code: Kafka's or librdkafka's error code of the delivery report.
        text: The library's text.
        topic: Name of the topic, if known.
    """
    name = f"Topic {topic}" if topic else "The topic"
    row = next((row for row in _RECORD if row.fits(code, text)), None)
    if row is None:
        return Cause("other", f"Kafka did not take the record: {text}", "", text)
    at_start = row.summary.startswith("{topic}")
    facts = {"topic": name if at_start else name[0].lower() + name[1:]}
    return Cause(row.kind, row.summary.format_map(facts), row.hint, text, row.permanent)


def _offered(text: str) -> str:
    return text.rpartition("mechanisms:")[2].strip() or "ask its administrator"


def _protocol(text: str) -> str:
    """Name what speaks when the first four bytes of an answer are no length."""
    found = _RESPONSE_SIZE.search(text)
    if found is None:
        return "something else"
    start = (int(found[1]) & 0xFFFF_FFFF).to_bytes(4, "big")
    if start in _HTTP_STARTS:
        return "HTTP"
    return "TLS" if start[0] == _TLS_ALERT else "something else"
