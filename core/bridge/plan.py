"""A workspace as the engine runs it: per MQTT source its compiled rules and their actions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from core.errors import ConfigError, SqlError
from core.sql.diagnostics import render
from core.sql.rule import CompiledRule, compile_rule
from core.workspace.kafka import Fallback, KafkaAction, KafkaConnector
from core.workspace.model import CONSOLE, RepublishAction, Rule, Workspace
from core.workspace.mqtt import MqttConnector


@dataclass(frozen=True, slots=True)
class RepublishPlan:
    """A republish action and the connector it publishes through.

    Attributes:
        action: Options.
        connector: Where it publishes.
        client_id: The engine's own client id there.
        origin: The workspace's id, which tells its rules from those of others.
    """

    action: RepublishAction
    connector: MqttConnector
    client_id: str
    origin: str

    @property
    def enabled(self) -> bool:
        """Whether messages are published; otherwise they count as discarded."""
        return self.action.enable


@dataclass(frozen=True, slots=True)
class ActionPlan:
    """A Kafka action and the connector it writes to.

    `republishes` are its fallbacks of the kind republish, by their place among all of them.
    """

    action: KafkaAction
    connector: KafkaConnector
    republishes: tuple[tuple[int, RepublishPlan], ...] = ()

    @property
    def enabled(self) -> bool:
        """Whether records are written; otherwise they count as discarded."""
        return self.action.enable and self.connector.enable


AnyActionPlan: TypeAlias = ActionPlan | RepublishPlan


@dataclass(frozen=True, slots=True)
class RulePlan:
    """An enabled rule, compiled; `actions` in order, with None where `console` stands."""

    rule: Rule
    compiled: CompiledRule
    actions: tuple[AnyActionPlan | None, ...]


@dataclass(frozen=True, slots=True)
class SourcePlan:
    """One MQTT source with everything that listens to it.

    `references` are the actions that no rule names, but fallbacks do.
    """

    connector: MqttConnector
    client_id: str
    rules: tuple[RulePlan, ...]
    references: tuple[AnyActionPlan, ...] = ()

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
        name: SourcePlan(
            connector,
            workspace.client_id(connector),
            tuple(grouped[name]),
            _references(workspace, grouped[name], name),
        )
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
    source = _source_of(workspace, rule)
    actions = tuple(
        None
        if name == CONSOLE
        else plan_action(workspace, name, source, f"rules.{rule.id}.actions")
        for name in rule.actions
    )
    return RulePlan(rule, compiled, actions)


def plan_action(workspace: Workspace, name: str, source: str, path: str) -> AnyActionPlan:
    """Join an action to its connector.

    Args:
        workspace: Where it is.
        name: Of the action.
        source: The MQTT connector whose rules use it; republish fallbacks go there by default.
        path: Where it is named, for the error.

    Raises:
        ConfigError: The action or its connector does not exist.
    """
    republish = workspace.actions.republish.get(name)
    if republish is not None:
        return _plan_republish(workspace, republish, f"actions.republish.{name}.connector")
    action = workspace.actions.kafka.get(name)
    if action is None:
        raise ConfigError(
            f"There is no action {name}.",
            path=path,
            hint="Name an action of this workspace, or console.",
        )
    connector = workspace.connectors.kafka.get(action.connector)
    if connector is None:
        raise ConfigError(
            f"Action {name} names the connector {action.connector}, which does not exist.",
            path=f"actions.kafka.{name}.connector",
            hint=f"Kafka connectors here: {', '.join(workspace.connectors.kafka) or 'none'}.",
        )
    fallbacks = enumerate(action.fallback_actions)
    return ActionPlan(
        action,
        connector,
        tuple(
            (
                index,
                _plan_republish(
                    workspace,
                    fallback_republish(action, index, fallback, source),
                    f"actions.kafka.{name}.fallback_actions[{index}].args.connector",
                ),
            )
            for index, fallback in fallbacks
            if fallback.kind == "republish"
        ),
    )


def fallback_republish(
    action: KafkaAction, index: int, fallback: Fallback, source: str
) -> RepublishAction:
    """Make a republish action of a fallback's `args`; without a connector it is the source's."""
    named = {"connector": source, **fallback.args, "name": f"{action.name}/fallback {index + 1}"}
    return RepublishAction.model_validate(named)


def _plan_republish(workspace: Workspace, action: RepublishAction, path: str) -> RepublishPlan:
    connector = workspace.connectors.mqtt.get(action.connector)
    if connector is None:
        raise ConfigError(
            f"The republish action {action.name} names the connector {action.connector}, which "
            "does not exist.",
            path=path,
            hint=f"MQTT connectors here: {', '.join(workspace.connectors.mqtt) or 'none'}.",
        )
    return RepublishPlan(action, connector, workspace.client_id(connector), workspace.id)


def _references(
    workspace: Workspace, rules: list[RulePlan], source: str
) -> tuple[AnyActionPlan, ...]:
    """Find what the fallbacks of these rules' actions name, and theirs in turn."""
    known = {plan.action.name: plan for rule in rules for plan in rule.actions if plan is not None}
    found: dict[str, AnyActionPlan] = {}
    open_plans = list(known.values())
    while open_plans:
        plan = open_plans.pop()
        if not isinstance(plan, ActionPlan):
            continue
        for index, fallback in enumerate(plan.action.fallback_actions):
            name = fallback.name
            if fallback.kind != "reference" or name is None or name in known or name in found:
                continue
            path = f"actions.kafka.{plan.action.name}.fallback_actions[{index}].name"
            found[name] = plan_action(workspace, name, source, path)
            open_plans.append(found[name])
    return tuple(found.values())


def _source_of(workspace: Workspace, rule: Rule) -> str:
    name = workspace.source_of(rule)
    if name is None or name not in workspace.connectors.mqtt:
        raise ConfigError(
            f"Rule {rule.id} does not say which MQTT connector it listens to.",
            path=f"rules.{rule.id}.source",
            hint=f'Write source = "NAME"; here: {", ".join(workspace.connectors.mqtt) or "none"}.',
        )
    return name
