"""Checks of rules: do they parse, can they work, and can their source supply what they read."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from core.bridge.plan import is_event_topic
from core.errors import ConfigError, Span, SqlError
from core.mqtt.topics import check_filter
from core.sql.diagnostics import render, underline
from core.sql.rule import CompiledRule, compile_rule
from core.workspace.load import Loaded
from core.workspace.model import Rule, Workspace
from core.workspace.mqtt import SANDBOX, MqttConnector
from core.workspace.positions import Path
from core.workspace.problems import Findings, Severity, Unsupplied

_OPENING: Final = re.compile(r"=\s*(?:'''|\"\"\")(?P<rest>.*)")
_BROKER_ONLY: Final = ("peerhost", "peername", "client_attrs")
"""Columns that only the publisher's own broker knows (see `core.bridge.columns`)."""

_IDENTITIES: Final = ("clientid", "username")


@dataclass(frozen=True, slots=True)
class Source:
    """An MQTT connector, and the columns of publishers that it is sure to have."""

    connector: MqttConnector
    supplied: frozenset[str]


@dataclass(frozen=True, slots=True)
class CheckedRule:
    """A rule that compiles, with its source if that is known."""

    rule: Rule
    compiled: CompiledRule
    source: Source | None

    @property
    def filters(self) -> tuple[str, ...]:
        """The topic filters that it subscribes."""
        return tuple(topic for topic in self.compiled.topics if not is_event_topic(topic))


def check_rules(loaded: Loaded, findings: Findings) -> dict[str, CheckedRule]:
    """Check every rule, disabled ones too, and return those that compile."""
    workspace = loaded.partial
    checked: dict[str, CheckedRule] = {}
    for name, rule in workspace.rules.items():
        place = _Statement(loaded, name, rule.sql, findings)
        try:
            compiled = compile_rule(rule.sql)
        except SqlError as exc:
            place.report_error(exc)
            continue
        source = _source(workspace, rule)
        checked[name] = CheckedRule(rule, compiled, source)
        illegal = _check_topics(checked[name], place)
        for problem in compiled.warnings:
            if problem.span in illegal:
                continue  # has been said, as an error
            text = "\n".join((problem.message, *underline(rule.sql, problem.span)))
            # EMQX takes a rule that is bound to fail, and so do we: only its messages fail.
            place.report("warning", problem.code, text, problem.hint, problem.span)
        if source is not None:
            columns = compiled.columns or frozenset()
            check_identity(columns, source, place.path, findings, place.line)
    return checked


def _source(workspace: Workspace, rule: Rule) -> Source | None:
    connector = workspace.connectors.mqtt.get(workspace.source_of(rule) or "")
    if connector is None:
        return None
    return Source(connector, frozenset(_supplied(workspace, connector)))


def _supplied(workspace: Workspace, connector: MqttConnector) -> Iterator[str]:
    """Name the identities that the workspace's own devices bring.

    Only on the embedded broker, where they are what publishes.
    """
    own = [s for s in workspace.simulators.values() if s.connector == connector.name]
    for column in _IDENTITIES if connector.server == SANDBOX and own else ():
        kind, _, name = str(getattr(connector.identity, column)).partition(":")
        if kind == "property" and all(name in simulator.properties for simulator in own):
            yield column


class _Statement:
    """Where a rule's statement stands in the file."""

    def __init__(self, loaded: Loaded, rule: str, sql: str, findings: Findings) -> None:
        self.path: Path = ("rules", rule, "sql")
        self.line = loaded.lines.of(self.path)
        self._sql = sql
        self._findings = findings
        self._offset = _lines_before(loaded, self.line)

    def report_error(self, error: SqlError) -> None:
        """Report why the statement is refused, with a caret under the place."""
        text = render(error, self._sql)
        if error.hint:  # a problem has its own place for it
            text = text.removesuffix(f"\nHint: {error.hint}")
        self.report("error", "sql", text, error.hint, error.span)

    def report(
        self, severity: Severity, code: str, message: str, hint: str, span: Span | None
    ) -> None:
        """Report something at a place of the statement."""
        line = self.line
        if line is not None and span is not None and self._offset is not None:
            line += span.line + self._offset - 1
        self._findings.add(severity, self.path, code, message, hint, line=line)


def _lines_before(loaded: Loaded, line: int | None) -> int | None:
    """Count the lines from the key to the statement's first; None if the text is on one line."""
    if line is None:
        return None
    opening = _OPENING.search(loaded.text.split("\n")[line - 1])
    if opening is None:
        return None
    return 0 if opening["rest"].strip() else 1


def _check_topics(rule: CheckedRule, place: _Statement) -> set[Span]:
    """Check FROM, and return the places of filters that no broker accepts."""
    illegal: set[Span] = set()
    for topic in rule.compiled.statement.topics:
        if is_event_topic(topic.text):
            place.report(
                "warning",
                "event_topic",
                f'"{topic.text}" never gives this rule anything: only EMQX itself publishes its '
                "events, and only to rules that run inside it",
                "test such a rule with `sluicegate sql --event`, and run it in EMQX",
                topic.span,
            )
            continue
        try:
            check_filter(topic.text)
        except ConfigError as exc:
            illegal.add(topic.span)
            place.report("error", "topic_filter", exc.message, exc.hint, topic.span)
    return illegal


def check_identity(
    columns: Iterable[str],
    source: Source,
    path: Path,
    findings: Findings,
    line: int | None = None,
) -> None:
    """Warn about columns that a plain MQTT subscriber cannot have, or has only with help.

    Args:
        columns: Names that are read.
        source: The connector that supplies them.
        path: Where they are read.
        findings: Where to report.
        line: The line of that place, if it is not the path's own.
    """
    for column in sorted(columns):
        if column in source.supplied:
            continue
        if column in _IDENTITIES:
            found = _identity_problem(column, source.connector)
        elif column in _BROKER_ONLY:
            found = (
                f"{column} is read here and never has a value: only the broker that the publisher "
                "is connected to knows it, and MQTT does not carry it to a subscriber",
                "leave it out, or let publishers send it in a user property or in the payload",
            )
        else:
            continue
        if found is not None:
            unsupplied = _unsupplied(column, source.connector)
            findings.warning(path, "identity", *found, line=line, unsupplied=unsupplied)


def _unsupplied(column: str, source: MqttConnector) -> Unsupplied:
    """Tell which user property would make a column known; MQTT 3.1.1 has none."""
    kind, _, name = str(getattr(source.identity, column, "")).partition(":")
    carries = kind == "property" and source.protocol != "3.1.1"
    return Unsupplied(column, source.name, name if carries else "")


def _identity_problem(column: str, source: MqttConnector) -> tuple[str, str] | None:
    """Say when a publisher's name is missing, and what to do; None where it is always known."""
    origin: str = getattr(source.identity, column)
    kind, _, name = origin.partition(":")
    table = f"[connectors.mqtt.{source.name}.identity]"
    elsewhere = f'write under {table}: {column} = "topic:devices/{{}}/#" or "payload:device.id"'
    never = (
        f"{column} is read here and never has a value: MQTT does not carry the publisher's "
        f"{column} to a subscriber, and "
    )
    if kind == "none":
        return never + f"the source {source.name} names no place to take it from", elsewhere
    if kind != "property":
        return None
    if source.protocol == "3.1.1":
        return (
            never + f"the user property {name!r}, which the source {source.name} takes it from, "
            "does not exist in MQTT 3.1.1",
            f'{elsewhere}; or connect with protocol = "5.0"',
        )
    return (
        f"{column} is read here; MQTT does not carry the publisher's {column} to a subscriber, so "
        f"it is taken from the MQTT 5 user property {name!r}. A publisher without that property "
        "(MQTTX as it comes) has none: the column is undefined and a key made from it is null",
        f"let the publishers set the user property {name!r}; or {elsewhere}",
    )
