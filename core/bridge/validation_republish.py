"""Checks of republish actions: topics, options, templates, and messages that come back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from core.bridge.loops import endless_loops, republishings
from core.bridge.republishing import MQTT_PROPERTIES, ORIGINAL
from core.bridge.validation_actions import TemplateUse, check_closed, check_placeholders
from core.bridge.validation_rules import CheckedRule
from core.errors import ConfigError
from core.mqtt.topics import check_topic
from core.template import compile_template
from core.workspace.model import RepublishAction, Workspace
from core.workspace.positions import Path
from core.workspace.problems import Findings, did_you_mean

_UNDEFINED: Final = 'the text "undefined" stands in its place'


def check_republish(
    workspace: Workspace, rules: Mapping[str, CheckedRule], findings: Findings
) -> None:
    """Check every republish action, and its templates against each rule that uses it."""
    for name, action in workspace.actions.republish.items():
        path: Path = ("actions", "republish", name)
        _check_topic((*path, "topic"), action.topic, findings)
        _check_options(path, action, workspace, findings)
        uses = _templates(path, action, findings)
        for rule in rules.values():
            if name in rule.rule.actions:
                check_placeholders(rule, uses, findings)
    for name, kafka in workspace.actions.kafka.items():
        for index, fallback in enumerate(kafka.fallback_actions):
            if fallback.kind == "republish":
                place: Path = ("actions", "kafka", name, "fallback_actions", index, "args")
                _check_topic((*place, "topic"), str(fallback.args.get("topic", "")), findings)
    _check_loops(workspace, rules, findings)


def _check_topic(path: Path, topic: str, findings: Findings) -> None:
    template = compile_template(topic, engine="republish")
    try:
        check_topic(template.render({}))
    except ConfigError as exc:
        findings.error(path, "topic", exc.message, exc.hint)


def _check_options(
    path: Path, action: RepublishAction, workspace: Workspace, findings: Findings
) -> None:
    if isinstance(action.qos, int) and action.qos not in (0, 1, 2):
        findings.error(
            (*path, "qos"), "value", f"QoS {action.qos} does not exist", "write 0, 1 or 2"
        )
    for option in ("qos", "retain", "user_properties"):
        value: object = getattr(action, option)
        if isinstance(value, str) and value not in ORIGINAL:
            _check_placeholder((*path, option), option, value, findings)
    for name in action.mqtt_properties:
        if name not in MQTT_PROPERTIES:
            findings.warning(
                (*path, "mqtt_properties", name),
                "value",
                f"{name} is no property of a published message that can be set; it has no effect",
                did_you_mean(name, MQTT_PROPERTIES, f"there are: {', '.join(MQTT_PROPERTIES)}"),
            )
    if action.direct_dispatch:
        findings.warning(
            (*path, "direct_dispatch"),
            "not_realised",
            "direct_dispatch has no effect: a message goes through the broker, and rules that "
            "listen to its topic get it",
            "publish to a topic that no rule listens to",
        )
    connector = workspace.connectors.mqtt.get(action.connector)
    if connector is None or connector.protocol != "3.1.1":
        return
    for option in ("user_properties", "mqtt_properties"):
        if option in action.model_fields_set:
            findings.warning(
                (*path, option),
                "not_realised",
                f"{option} has no effect: MQTT 3.1.1 has no properties",
                f'write protocol = "5.0" in connectors.mqtt.{connector.name}, if the broker has it',
            )


def _check_placeholder(path: Path, option: str, text: str, findings: Findings) -> None:
    template = compile_template(text, engine="republish")
    if template.single_placeholder or (template.is_constant and option == "qos"):
        return
    findings.error(
        path,
        "template",
        f'"{text}" is not exactly one placeholder, which {option} has to be as text',
        f'write {option} = "${{name}}" with a name that the rule selects',
    )


def _templates(path: Path, action: RepublishAction, findings: Findings) -> list[TemplateUse]:
    written = action.model_fields_set
    texts: list[tuple[Path, str, str, bool]] = [
        (("topic",), action.topic, _UNDEFINED, False),
        (("payload",), action.payload, _UNDEFINED, False),
        (
            ("user_properties",),
            action.user_properties,
            "it has no user properties of its own",
            "user_properties" not in written or action.user_properties in ORIGINAL,
        ),
    ]
    if isinstance(action.qos, str):
        texts.append((("qos",), action.qos, "the QoS is 0", False))
    if isinstance(action.retain, str):
        texts.append((("retain",), action.retain, "it is not retained", False))
    for name, text in action.mqtt_properties.items():
        texts.append((("mqtt_properties", name), str(text), _UNDEFINED, False))
    uses: list[TemplateUse] = []
    for place, text, missing, is_quiet in texts:
        template = compile_template(text, engine="republish")
        use = TemplateUse((*path, *place), template, missing, is_quiet)
        check_closed(use, text, findings)
        uses.append(use)
    return uses


def _check_loops(
    workspace: Workspace, rules: Mapping[str, CheckedRule], findings: Findings
) -> None:
    """Refuse what would go round for ever: the marker that stops it needs MQTT 5 all the way."""
    told: set[Path] = set()
    for each, circle in endless_loops(list(republishings(workspace, rules)), rules):
        if each.path in told:
            continue
        told.add(each.path)
        ways = " and ".join(dict.fromkeys([*circle, each.rule]))
        findings.error(
            each.path,
            "loop",
            f'what is republished to "{each.action.topic}" comes back to the rule {circle[0]} for '
            f"ever ({ways}): MQTT 3.1.1 has no place for the mark that stops it",
            "publish to a topic that these rules do not listen to, or use MQTT 5 "
            '(protocol = "5.0") on the connectors of the circle',
        )
