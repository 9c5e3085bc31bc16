"""Checks of connectors: files that they name, and combinations that do not do what is wanted."""

from __future__ import annotations

import ipaddress
import itertools
from collections.abc import Iterator, Mapping
from pathlib import Path as FilePath
from urllib.parse import urlsplit

from core.bridge.validation_rules import CheckedRule
from core.errors import ConfigError
from core.kafka.advice import connector_advice
from core.kafka.options import not_in_this_build
from core.mqtt.topics import check_topic, filters_overlap, too_long
from core.tls_files import is_pem
from core.workspace.kafka import TOPIC_RULE, KafkaConnector, OAuth, PasswordAuth, is_legal_topic
from core.workspace.model import Workspace
from core.workspace.mqtt import (
    SANDBOX,
    SECURE_SCHEMES,
    TLS_VERSIONS,
    MqttConnector,
    Ssl,
    Will,
)
from core.workspace.positions import Path
from core.workspace.problems import Findings
from core.workspace.units import SecretRef


def check_connectors(
    workspace: Workspace,
    rules: Mapping[str, CheckedRule],
    base_dir: FilePath,
    findings: Findings,
) -> None:
    """Check every connector; looks at the file system, never at the network."""
    for name, source in workspace.connectors.mqtt.items():
        path: Path = ("connectors", "mqtt", name)
        secure = source.ssl.enable or source.server.startswith(SECURE_SCHEMES)
        _check_files(path, source.ssl, base_dir, findings, needed=secure)
        _check_secret((*path, "password"), source.password, base_dir, findings)
        _check_will((*path, "will"), source.will, findings)
        _check_pace(path, source, findings)
        if secure and not source.ssl.versions:
            hint = f"write some of {', '.join(TLS_VERSIONS)}"
            findings.error((*path, "ssl", "versions"), "value", "no version of TLS is left", hint)
        _check_overlaps(path, source, rules, findings)
    for name, cluster in workspace.connectors.kafka.items():
        path = ("connectors", "kafka", name)
        _check_files(path, cluster.ssl, base_dir, findings, needed=cluster.ssl.enable)
        _check_sign_in((*path, "authentication"), cluster, base_dir, findings)
        _check_plain(path, cluster, findings)
        _check_topic((*path, "health_check_topic"), cluster.health_check_topic, findings)
        for advice in connector_advice(cluster):
            where = (*path, *advice.option)
            findings.warning(where, advice.code, advice.message, advice.hint)


def _check_will(path: Path, will: Will | None, findings: Findings) -> None:
    if will is None:
        return
    try:
        check_topic(will.topic)
    except ConfigError as exc:
        findings.error((*path, "topic"), "topic", exc.message, exc.hint)
    if wrong := too_long(will.payload.encode()):
        findings.error((*path, "payload"), "value", f"the payload {wrong}", "shorten it")


def _check_pace(path: Path, source: MqttConnector, findings: Findings) -> None:
    """Check that waits between attempts to connect can grow."""
    shortest, longest = source.reconnect_min, source.reconnect_max
    if shortest > longest:
        findings.error(
            (*path, "reconnect_min"),
            "value",
            f"{shortest} is longer than the longest wait, reconnect_max, which is {longest}",
            f"write at most {longest}, or a longer reconnect_max",
        )


def _check_topic(path: Path, topic: str | None, findings: Findings) -> None:
    if topic and not is_legal_topic(topic):
        findings.error(path, "topic", f'"{topic}" is no legal Kafka topic; {TOPIC_RULE}')


def _check_sign_in(
    path: Path, cluster: KafkaConnector, base_dir: FilePath, findings: Findings
) -> None:
    auth = cluster.authentication
    if isinstance(auth, PasswordAuth):
        _check_secret((*path, "password"), auth.password, base_dir, findings)
    elif isinstance(auth, OAuth):
        _check_secret((*path, "client_secret"), auth.client_secret, base_dir, findings)
        endpoint = urlsplit(auth.endpoint_uri)
        if endpoint.scheme == "http" and not _is_loopback(endpoint.hostname or ""):
            findings.warning(
                (*path, "endpoint_uri"),
                "plain_password",
                f"http sends the client secret readable over the network to {endpoint.hostname}",
                "use the https address of the token endpoint",
            )
    missing, hint = not_in_this_build(cluster)
    if missing and cluster.enable:
        findings.error(path, "not_in_this_build", missing, hint)


def _check_files(
    path: Path, ssl: Ssl, base_dir: FilePath, findings: Findings, *, needed: bool
) -> None:
    """Check that the files of TLS are there; PEM text needs none."""
    if not needed:
        return
    for key in ("cacertfile", "certfile", "keyfile"):
        text: str | None = getattr(ssl, key)
        if text is None or is_pem(text):
            continue
        if not (base_dir / text).is_file():
            findings.error(
                (*path, "ssl", key),
                "file_missing",
                f"there is no file {base_dir / text}",
                f"relative paths start at the folder of the workspace file, {base_dir}",
            )
    if (ssl.certfile is None) != (ssl.keyfile is None):
        there = "certfile" if ssl.certfile is not None else "keyfile"
        findings.error(
            (*path, "ssl", there),
            "tls",
            "a client certificate needs certfile and keyfile, and only one of them is there",
            "add the other one, or take this one out",
        )
    _check_secret((*path, "ssl", "password"), ssl.password, base_dir, findings)


def _check_secret(
    path: Path, ref: SecretRef | None, base_dir: FilePath, findings: Findings
) -> None:
    if ref is not None and ref.kind == "file" and not (base_dir / ref.name).is_file():
        findings.warning(
            path,
            "file_missing",
            f"there is no file {base_dir / ref.name} for this secret yet",
            "it is read when the connection is made; without it that fails",
        )


def _check_overlaps(
    path: Path, source: MqttConnector, rules: Mapping[str, CheckedRule], findings: Findings
) -> None:
    """Warn where a broker may send one message several times and nothing tells the copies apart."""
    if source.protocol != "3.1.1":
        return
    filters = dict.fromkeys(
        topic
        for rule in rules.values()
        if rule.source is not None and rule.source.connector is source and rule.rule.enable
        for topic in rule.filters
    )
    for first, second in itertools.combinations(filters, 2):
        if filters_overlap(first, second):
            findings.warning(
                (*path, "protocol"),
                "overlap",
                f'the topic filters "{first}" and "{second}" overlap: a broker may send a message '
                "that matches both once for each, and with MQTT 3.1.1 the copies cannot be told "
                "apart",
                'use protocol = "5.0" if the broker speaks it, or filters that do not meet',
            )


def _check_plain(path: Path, cluster: KafkaConnector, findings: Findings) -> None:
    auth = cluster.authentication
    plain = isinstance(auth, PasswordAuth) and auth.mechanism == "plain"
    if not (plain or isinstance(auth, OAuth)) or cluster.ssl.enable:
        return
    mechanism, secret = ("plain", "password") if plain else ("oauth", "token")
    for host in _far_hosts(cluster):
        findings.warning(
            (*path, "authentication", "mechanism"),
            "plain_password",
            f"mechanism {mechanism} without TLS sends the {secret} readable over the network to "
            f"{host}",
            "set ssl.enable = true, or use a scram mechanism",
        )
        return


def _far_hosts(cluster: KafkaConnector) -> Iterator[str]:
    """Name the brokers that are not on this machine."""
    for server in cluster.bootstrap_servers:
        host = server.rpartition(":")[0].strip("[]") or server
        if cluster.bootstrap_hosts != SANDBOX and not _is_loopback(host):
            yield host


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")
