"""A workspace as the engine runs it: per MQTT source its compiled rules and their actions."""

from __future__ import annotations

from dataclasses import dataclass

from core.errors import ConfigError, SqlError
from core.sql.diagnostics import render
from core.sql.rule import CompiledRule, compile_rule
from core.workspace.kafka import KafkaAction, KafkaConnector
from core.workspace.model import CONSOLE, Rule, Workspace
from core.workspace.mqtt import MqttConnector


@dataclass(frozen=True, slots=True)
class ActionPlan:
    """A Kafka action and the connector it writes to."""

    action: KafkaAction
    connector: KafkaConnector

    @property
    def enabled(self) -> bool:
        """Whether records are written; otherwise they count as discarded."""
        return self.action.enable and self.connector.enable


@dataclass(frozen=True, slots=True)
class RulePlan:
    """An enabled rule, compiled; `actions` in order, with None where `console` stands."""

    rule: Rule
    compiled: CompiledRule
    actions: tuple[ActionPlan | None, ...]


@dataclass(frozen=True, slots=True)
class SourcePlan:
    """One MQTT source with everything that listens to it."""

    connector: MqttConnector
    client_id: str
    rules: tuple[RulePlan, ...]

    @property
    def filters(self) -> tuple[str, ...]:
        """The distinct topic filters to subscribe, in the order of the rules.

        Event topics such as `$events/client/connected` are not subscribed: only EMQX itself
        publishes them, to rules alone.
        """
        topics = (topic for plan in self.rules for topic in plan.compiled.topics)
        return tuple(dict.fromkeys(topic for topic in topics if not is_event_topic(topic)))


def is_event_topic(topic: str) -> bool:
    """Tell whether a FROM entry names EMQX events or sources instead of MQTT topics."""
    return topic.startswith(("$events/", "$bridges/", "$sources/"))


def plan_sources(
    workspace: Workspace, only_rules: frozenset[str] | None = None
) -> dict[str, SourcePlan]:
    """Compile the enabled rules of a workspace that has no errors.

    Args:
        workspace: A validated workspace.
        only_rules: Run just these rules; None for all. Named ones run even when disabled.

    Returns:
        Source name to plan, in the file's order; sources without rules are left out.

    Raises:
        ConfigError: A rule does not compile, or a name leads nowhere.
    """
    if only_rules is not None and (unknown := only_rules - workspace.rules.keys()):
        raise ConfigError(
            f"There is no rule {', '.join(sorted(unknown))} in this workspace.",
            path="--rule",
            hint=f"Its rules: {', '.join(workspace.rules) or 'none'}.",
        )
    grouped: dict[str, list[RulePlan]] = {}
    for rule in workspace.rules.values():
        if rule.id in only_rules if only_rules is not None else rule.enable:
            grouped.setdefault(_source_of(workspace, rule), []).append(_plan_rule(workspace, rule))
    return {
        name: SourcePlan(connector, workspace.client_id(connector), tuple(grouped[name]))
        for name, connector in workspace.connectors.mqtt.items()
        if name in grouped
    }


def _plan_rule(workspace: Workspace, rule: Rule) -> RulePlan:
    try:
        compiled = compile_rule(rule.sql)
    except SqlError as exc:
        raise ConfigError(
            render(exc, rule.sql), path=f"rules.{rule.id}.sql", hint=exc.hint
        ) from exc
    actions = tuple(
        None if name == CONSOLE else _plan_action(workspace, rule, name) for name in rule.actions
    )
    return RulePlan(rule, compiled, actions)


def _plan_action(workspace: Workspace, rule: Rule, name: str) -> ActionPlan:
    action = workspace.actions.kafka.get(name)
    if action is None:
        raise ConfigError(
            f"Rule {rule.id} names the action {name}, which this version cannot run.",
            path=f"rules.{rule.id}.actions",
            hint="Name a Kafka action of this workspace, or console.",
        )
    connector = workspace.connectors.kafka.get(action.connector)
    if connector is None:
        raise ConfigError(
            f"Action {name} names the connector {action.connector}, which does not exist.",
            path=f"actions.kafka.{name}.connector",
            hint=f"Kafka connectors here: {', '.join(workspace.connectors.kafka) or 'none'}.",
        )
    return ActionPlan(action, connector)


def _source_of(workspace: Workspace, rule: Rule) -> str:
    name = workspace.source_of(rule)
    if name is None or name not in workspace.connectors.mqtt:
        raise ConfigError(
            f"Rule {rule.id} does not say which MQTT connector it listens to.",
            path=f"rules.{rule.id}.source",
            hint=f'Write source = "NAME"; here: {", ".join(workspace.connectors.mqtt) or "none"}.',
        )
    return name
