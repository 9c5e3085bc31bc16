"""The options of connectors, in the order of their forms; defaults are those of the models."""

from __future__ import annotations

from typing import Any, Final

from core.workspace.mqtt import SECURE_SCHEMES
from gui.viewmodels.form_options import Option, OptionGroup, Read
from gui.viewmodels.words import tr

AUTH: Final = ("authentication",)
MQTT_AUTH: Final = ("@auth",)
MECHANISM: Final = ("@mechanism",)


def groups_of(kind: str) -> tuple[OptionGroup, ...]:
    """List the groups of a form for `mqtt` or `kafka`."""
    return _mqtt() if kind == "mqtt" else _kafka() if kind == "kafka" else ()


def mqtt_sign_in(read: Read) -> str:
    """Tell how an MQTT connector signs in: `none`, `password` or `certificate`."""
    if read(("username",), None) is not None or read(("password",), None) is not None:
        return "password"
    return "certificate" if read(("ssl", "certfile"), None) is not None else "none"


def kafka_sign_in(read: Read) -> str:
    """Tell how a Kafka connector signs in, by the word of the choice."""
    table: Any = read(AUTH, "none")
    if not isinstance(table, dict):
        return str(table)
    if "kerberos_principal" in table or "kerberos_keytab_file" in table:
        return "kerberos"
    return str(table.get("mechanism") or table.get("type") or "none")


def _shows(*mechanisms: str) -> Any:
    return lambda read: kafka_sign_in(read) in mechanisms


def _name() -> tuple[Option, ...]:
    return (
        Option(("@name",), tr("Name"), is_required=True),
        Option(("description",), tr("Description")),
    )


def _is_secure(read: Read) -> bool:
    return str(read(("server",), "")).startswith(SECURE_SCHEMES) or bool(
        read(("ssl", "enable"), False)
    )


def _tls_note(read: Read) -> str:
    if not _is_secure(read):
        return tr("off")
    if read(("ssl", "verify"), "verify_peer") == "verify_none":
        return tr("on, the server's certificate is not checked")
    return tr("on, the server's certificate is checked")


def _tls() -> OptionGroup:
    pem = tr("A file in PEM; a relative path starts at the folder of the workspace file.")
    peer = (("verify_peer", tr("Check")), ("verify_none", tr("Do not check")))
    return OptionGroup(
        "tls",
        tr("TLS"),
        (
            (
                Option(("ssl", "enable"), tr("TLS"), "switch", default=False),
                Option(
                    ("ssl", "verify"),
                    tr("Server's certificate"),
                    "choice",
                    "verify_peer",
                    choices=peer,
                    stretch=2,
                ),
                Option(("ssl", "check_hostname"), tr("Check the name in it"), "switch", True),
            ),
            (Option(("ssl", "cacertfile"), tr("CA certificate"), "code", help=pem),),
            (
                Option(("ssl", "certfile"), tr("Client certificate"), "code"),
                Option(("ssl", "keyfile"), tr("Its key"), "code"),
            ),
            (Option(("ssl", "password"), tr("Passphrase of the key"), "secret"),),
            (
                Option(("ssl", "server_name_indication"), tr("Server name (SNI)"), default="auto"),
                Option(("ssl", "alpn"), tr("ALPN"), "list", default=[], placeholder=tr("none")),
            ),
            (
                Option(("ssl", "versions"), tr("Versions"), "list", default=["tlsv1.3", "tlsv1.2"]),
                Option(("ssl", "depth"), tr("Chain depth"), "number", 10),
            ),
            (Option(("ssl", "ciphers"), tr("Ciphers"), "list", default=[]),),
        ),
        _tls_note,
        _is_secure,
    )


def _mqtt() -> tuple[OptionGroup, ...]:
    signs_in = (
        ("none", tr("None")),
        ("password", tr("User name, password")),
        ("certificate", tr("Client certificate")),
    )
    versions = (("5.0", "5.0"), ("3.1.1", "3.1.1"))
    main = OptionGroup(
        "",
        "",
        (
            _name(),
            (
                Option(
                    ("server",),
                    tr("Server"),
                    "server",
                    note=tr("required: scheme, host, port"),
                    is_required=True,
                    stretch=468,
                ),
                Option(
                    ("protocol",), tr("Protocol"), "choice", "5.0", choices=versions, stretch=116
                ),
            ),
            (
                Option(
                    MQTT_AUTH,
                    tr("Authentication"),
                    "choice",
                    "none",
                    choices=signs_in,
                    stretch=176,
                ),
                Option(
                    ("username",),
                    tr("User name"),
                    is_required=True,
                    stretch=132,
                    is_shown=lambda read: mqtt_sign_in(read) == "password",
                ),
                Option(
                    ("password",),
                    tr("Password"),
                    "secret",
                    stretch=260,
                    is_shown=lambda read: mqtt_sign_in(read) == "password",
                ),
            ),
            (
                Option(
                    ("client_id",),
                    tr("Client ID"),
                    "client_id",
                    default="",
                    placeholder="@client_id",
                    stretch=288,
                ),
                Option(("keepalive",), tr("Keep alive"), "measure", "60s", unit="s", stretch=84),
                Option(("clean_start",), tr("Clean start"), "switch", default=False, stretch=80),
                Option(
                    ("session_expiry",),
                    tr("Session expiry"),
                    "measure",
                    "1h",
                    unit="s",
                    stretch=100,
                ),
            ),
        ),
        gap=12,
    )
    return (main, _tls(), _subscribing(), _mqtt_advanced(), _will())


def _qos(first: int) -> tuple[tuple[int, str], ...]:
    words = ((0, tr("0, at most once")), (1, tr("1, at least once")), (2, tr("2, exactly once")))
    return tuple(words[first:])


def _subscribing() -> OptionGroup:
    kinds = (
        ("property", tr("User property")),
        ("topic", tr("Topic level")),
        ("payload", tr("Payload path")),
        ("none", tr("None")),
    )
    retained = (("ignore", tr("Ignore")), ("take", tr("Take")))
    return OptionGroup(
        "subscribing",
        tr("Subscribing"),
        (
            (
                Option(("qos",), tr("QoS"), "choice", 1, choices=_qos(0), stretch=168),
                Option(
                    ("retained",),
                    tr("Retained messages"),
                    "segments",
                    "ignore",
                    choices=retained,
                    stretch=152,
                ),
                Option(
                    ("shared_group",),
                    tr("Shared group"),
                    default="",
                    note=tr("load is split inside it"),
                    placeholder=tr("none"),
                    stretch=248,
                ),
            ),
            (
                Option(
                    ("identity", "clientid"),
                    "clientid",
                    "place",
                    "property:clientid",
                    choices=kinds,
                ),
                Option(("identity", "username"), "username", "place", "none", choices=kinds),
            ),
        ),
        is_open=lambda _read: True,
    )


def _mqtt_advanced() -> OptionGroup:
    return OptionGroup(
        "advanced",
        tr("Advanced"),
        (
            (
                Option(("connect_timeout",), tr("Connect timeout"), "measure", "10s", unit="ms"),
                Option(("max_packet_size",), tr("Largest packet"), "measure", "1MB", unit="B"),
                Option(
                    ("receive_maximum",),
                    tr("Receive maximum"),
                    "number",
                    1_000,
                    unit=tr("messages"),
                ),
            ),
            (
                Option(("reconnect_min",), tr("Reconnect, shortest"), "measure", "1s", unit="ms"),
                Option(("reconnect_max",), tr("Reconnect, longest"), "measure", "30s", unit="ms"),
            ),
            (
                Option(
                    ("user_properties",),
                    tr("User properties"),
                    "pairs",
                    default={},
                    help=tr("Of CONNECT, with MQTT 5.0: name=value, several with commas."),
                ),
                Option(("label",), tr("Label")),
            ),
        ),
    )


def _will() -> OptionGroup:
    return OptionGroup(
        "will",
        tr("Last will"),
        (
            (
                Option(
                    ("will", "topic"),
                    tr("Topic"),
                    "code",
                    help=tr("The broker publishes it when this client vanishes."),
                ),
            ),
            (Option(("will", "payload"), tr("Payload"), "code", default=""),),
            (
                Option(("will", "qos"), tr("QoS"), "choice", 0, choices=_qos(0)),
                Option(("will", "delay"), tr("Delay"), "measure", "0ms", unit="s"),
                Option(("will", "retain"), tr("Retain"), "switch", default=False, stretch=0),
            ),
        ),
        lambda read: str(read(("will", "topic"), None) or tr("none")),
    )


def _kafka() -> tuple[OptionGroup, ...]:
    main = OptionGroup(
        "",
        "",
        (
            _name(),
            (
                Option(
                    ("bootstrap_hosts",),
                    tr("Bootstrap hosts"),
                    "hosts",
                    is_required=True,
                    placeholder=tr("add host:port"),
                    help=tr(
                        "Only used to find the cluster. Records go to the addresses that the "
                        "brokers advertise."
                    ),
                ),
            ),
            *_kafka_sign_in(),
        ),
    )
    return (main, _tls(), _topics(), _kafka_advanced(), _emqx_only())


def _kafka_sign_in() -> tuple[tuple[Option, ...], ...]:
    mechanisms = (
        ("none", tr("None")),
        ("plain", "SASL/PLAIN"),
        ("scram_sha_256", "SASL/SCRAM-SHA-256"),
        ("scram_sha_512", "SASL/SCRAM-SHA-512"),
        ("oauth", tr("OAuth client credentials")),
        ("kerberos", tr("Kerberos")),
        ("msk_iam", "MSK IAM"),
        ("msk_iam_roles_anywhere", "MSK IAM Roles Anywhere"),
    )
    password = _shows("plain", "scram_sha_256", "scram_sha_512")
    oauth, kerberos = _shows("oauth"), _shows("kerberos")
    roles = _shows("msk_iam_roles_anywhere")
    kept = tr("Never shown again and never written to the workspace file.")

    def of(key: str, label: str, shown: Any, **more: Any) -> Option:
        return Option((*AUTH, key), label, is_shown=shown, **more)

    return (
        (
            Option(MECHANISM, tr("Authentication"), "choice", "none", choices=mechanisms),
            of("username", tr("User name"), password, is_required=True),
            of("client_id", tr("Client ID"), oauth, is_required=True),
            of("kerberos_principal", tr("Principal"), kerberos, is_required=True),
            of("region", tr("Region"), roles, is_required=True),
        ),
        (
            of("password", tr("Password"), password, kind="secret", help=kept, is_required=True),
            of("client_secret", tr("Client secret"), oauth, kind="secret", is_required=True),
            of("kerberos_keytab_file", tr("Keytab file"), kerberos, kind="code", is_required=True),
            of("endpoint", tr("Credentials endpoint"), roles, kind="code", is_required=True),
        ),
        (of("endpoint_uri", tr("Token endpoint"), oauth, kind="code", is_required=True),),
        (
            of("scope", tr("Scope"), oauth, default=""),
            of("extensions", tr("Extensions"), oauth, kind="pairs", default={}),
        ),
    )


def _topics() -> OptionGroup:
    def note(read: Read) -> str:
        creates = tr("on") if read(("allow_auto_topic_creation",), False) else tr("off")
        text = tr("automatic creation {state}").format(state=creates)
        topic = read(("health_check_topic",), None)
        if not topic:
            return text
        return tr("{text}, health check topic {topic}").format(text=text, topic=topic)

    return OptionGroup(
        "topics",
        tr("Topics"),
        (
            (
                Option(
                    ("health_check_topic",),
                    tr("Health check topic"),
                    "code",
                    help=tr("Healthy only while this topic has a leader that can be reached."),
                    stretch=2,
                ),
                Option(
                    ("allow_auto_topic_creation",),
                    tr("Create topics automatically"),
                    "switch",
                    default=False,
                    help=tr("The broker must allow it, too."),
                ),
            ),
        ),
        note,
    )


def _emqx_only() -> OptionGroup:
    """List what the file keeps of TLS for EMQX alone."""
    chains = (
        (None, tr("Not set")),
        (False, tr("No")),
        (True, tr("Yes")),
        ("two_cacerts_from_cacertfile", "two_cacerts_from_cacertfile"),
        ("cacert_from_cacertfile", "cacert_from_cacertfile"),
    )
    levels = ("all", "debug", "info", "notice", "warning", "error", "critical", "alert")
    levels += ("emergency", "none")

    def of(key: str, label: str, *given: Any, **more: Any) -> Option:
        return Option(("ssl", key), label, *given, **more)

    return OptionGroup(
        "emqx",
        tr("EMQX only"),
        (
            (
                of("reuse_sessions", tr("Reuse sessions"), "switch", False),
                of("secure_renegotiate", tr("Secure renegotiation"), "switch", True),
                of("middlebox_comp_mode", tr("Middlebox compatibility"), "switch", True),
            ),
            (
                of(
                    "log_level",
                    tr("Log level of TLS"),
                    "choice",
                    "notice",
                    choices=tuple((level, level) for level in levels),
                ),
                of("hibernate_after", tr("Hibernate after"), "measure", "5s", unit="ms"),
            ),
            (
                of("partial_chain", tr("Partial chain"), "choice", choices=chains),
                of("verify_peer_ext_key_usage", tr("Extended key usage"), "code"),
            ),
            (
                of(
                    "managed_certs",
                    tr("Managed certificates"),
                    "pairs",
                    default={},
                    help=tr("name=value, several with commas."),
                ),
            ),
        ),
        lambda _read: tr("TLS options kept in the file for EMQX; they do nothing here"),
    )


def _kafka_advanced() -> OptionGroup:
    families = (("any", tr("Any")), ("v4", "IPv4"), ("v6", "IPv6"))

    def time(key: str, label: str, default: str) -> Option:
        return Option((key,), label, "measure", default, unit="ms")

    def looked_after(key: str, label: str, default: str) -> Option:
        return Option(("resource_opts", key), label, "measure", default, unit="ms")

    return OptionGroup(
        "advanced",
        tr("Advanced"),
        (
            (
                time("connect_timeout", tr("Connect timeout"), "5s"),
                time("metadata_request_timeout", tr("Metadata timeout"), "5s"),
            ),
            (
                time("min_metadata_refresh_interval", tr("Metadata refresh, shortest"), "3s"),
                time("request_timeout", tr("Request timeout"), "30s"),
            ),
            (
                Option(("socket_opts", "sndbuf"), tr("Send buffer"), "measure", "1MB", unit="B"),
                Option(("socket_opts", "recbuf"), tr("Receive buffer"), "measure", "1MB", unit="B"),
            ),
            (
                Option(("ip_family",), tr("IP family"), "choice", "any", choices=families),
                Option(
                    ("socket_opts", "tcp_keepalive"),
                    tr("TCP keep-alive"),
                    default="none",
                    note=tr("idle,interval,probes"),
                ),
                Option(("socket_opts", "nodelay"), tr("No delay"), "switch", True, stretch=0),
            ),
            (
                looked_after("health_check_interval", tr("Health check every"), "15s"),
                looked_after("health_check_timeout", tr("Health check timeout"), "1min"),
            ),
            (
                looked_after("start_timeout", tr("Start timeout"), "5s"),
                Option(
                    ("resource_opts", "start_after_created"),
                    tr("Start once created"),
                    "switch",
                    default=True,
                ),
            ),
            (
                Option(("label",), tr("Label")),
                Option(("tags",), tr("Tags"), "list", default=[]),
            ),
        ),
    )
