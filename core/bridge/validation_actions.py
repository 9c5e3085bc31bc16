"""Checks of Kafka actions: topics, templates against what the rules select, combinations."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from core.bridge.rendering import time_of
from core.bridge.validation_rules import CheckedRule, check_identity
from core.sql.columns import columns_of_topics
from core.template import Engine, Template, compile_template
from core.workspace.kafka import TOPIC_RULE, KafkaAction, is_legal_topic
from core.workspace.model import Workspace
from core.workspace.positions import Path
from core.workspace.problems import Findings, did_you_mean

_ILLEGAL_SIGNS: Final = re.compile(r"[^a-zA-Z0-9._-]+")
_PLACEHOLDER: Final = re.compile(r"\$\{[^}]*\}")
_MOST_IDEMPOTENT: Final = 5


@dataclass(frozen=True, slots=True)
class TemplateUse:
    """One template of an action.

    Attributes:
        path: Where it stands.
        template: The compiled text.
        missing: What happens to a record when a placeholder of it has no value.
        is_quiet: Not to be spoken of when its placeholders have no value: nobody wrote it.
    """

    path: Path
    template: Template
    missing: str
    is_quiet: bool = False


def check_actions(
    workspace: Workspace, rules: Mapping[str, CheckedRule], findings: Findings
) -> None:
    """Check every Kafka action, and its templates against each rule that uses it."""
    for name, action in workspace.actions.kafka.items():
        path: Path = ("actions", "kafka", name)
        _check_topic((*path, "topic"), action.topic, findings)
        _check_timestamp((*path, "message", "timestamp"), action.message.timestamp, findings)
        _check_headers(path, action, findings)
        _check_producer(path, action, findings)
        _check_fallbacks(path, action, findings)
        uses = list(_templates(path, action, findings))
        for rule in rules.values():
            if name in rule.rule.actions:
                check_placeholders(rule, uses, findings)


def _check_topic(path: Path, topic: str, findings: Findings) -> None:
    fixed = _PLACEHOLDER.sub("", topic)
    names = compile_template(topic, engine="republish").placeholders
    literal = [p for p in _PLACEHOLDER.findall(topic) if p[2:-1] not in names]
    if literal:
        findings.error(
            path,
            "topic",
            f"{literal[0]} is no placeholder in a topic: letters, digits, _ and . are accepted",
            "select the value under such a name",
        )
    elif fixed == topic:
        if not is_legal_topic(topic):
            findings.error(
                path,
                "topic",
                f'"{topic}" is no legal Kafka topic; {TOPIC_RULE}',
                _legal_spelling(topic),
            )
    elif _ILLEGAL_SIGNS.search(fixed):
        findings.error(
            path,
            "topic",
            f'"{topic}" can never give a legal Kafka topic; {TOPIC_RULE}',
            "between the placeholders, write . for every other sign",
        )
    elif re.search(r"\$\{\.?topic\}", topic):
        findings.warning(
            path,
            "topic",
            f'"{topic}" uses the MQTT topic, and every record of an MQTT topic with a / in it '
            f"fails: {TOPIC_RULE}",
            "select replace(topic, '/', '.') as kafka_topic, and write ${kafka_topic} here",
        )


def _legal_spelling(topic: str) -> str:
    legal = _ILLEGAL_SIGNS.sub(".", topic).strip(".")
    if not legal:
        return "write a name such as readings, or ${name} for a value that the rule selects"
    return f'write "{legal}"' if is_legal_topic(legal) else "shorten it"


def _check_timestamp(path: Path, text: str, findings: Findings) -> None:
    if text and not _PLACEHOLDER.search(text) and not time_of(text):
        findings.warning(
            path,
            "timestamp",
            f'"{text}" is no time, so records get that of their sending',
            "write ${timestamp}, or milliseconds since 1970",
        )


def _check_headers(path: Path, action: KafkaAction, findings: Findings) -> None:
    if action.kafka_headers is not None:
        here = (*path, "kafka_headers")
        if not compile_template(action.kafka_headers).single_placeholder:
            findings.error(
                here,
                "headers",
                f'"{action.kafka_headers}" is not exactly one placeholder, which kafka_headers '
                "has to be; its value is an object, or a list of keys and values",
                'write "${pub_props}", and add other headers to kafka_ext_headers',
            )
        _check_quotes(here, action.kafka_headers, findings)
    for index, header in enumerate(action.kafka_ext_headers):
        here = (*path, "kafka_ext_headers", index, "kafka_ext_header_value")
        template = compile_template(header.kafka_ext_header_value)
        if not template.single_placeholder and not template.is_constant:
            findings.error(
                here,
                "headers",
                f'"{header.kafka_ext_header_value}" mixes text and placeholders; a header\'s value '
                "is one placeholder or plain text",
                "put the text together in the rule: concat('a', x) as header",
            )


def _check_quotes(path: Path, text: str, findings: Findings) -> None:
    if "'" in text or '"' in text:
        findings.warning(
            path,
            "headers",
            f"{text} has quotes, which are part of the name here: there is no such value, and all "
            "headers are silently missing",
            "write it bare: ${pub_props.User-Property}",
        )


def _check_producer(path: Path, action: KafkaAction, findings: Findings) -> None:
    if action.required_acks == "all_isr" and action.max_inflight > _MOST_IDEMPOTENT:
        findings.warning(
            (*path, "max_inflight"),
            "idempotence",
            f"{action.max_inflight} batches in flight switch the idempotent producer off: after a "
            "retry records may be out of order or twice in the topic",
            f"use max_inflight = {_MOST_IDEMPOTENT} or less to keep order",
        )


def _check_fallbacks(path: Path, action: KafkaAction, findings: Findings) -> None:
    for index, fallback in enumerate(action.fallback_actions):
        here = (*path, "fallback_actions", index)
        if fallback.kind == "topic" and not is_legal_topic(fallback.topic or ""):
            findings.error(
                (*here, "topic"),
                "topic",
                f'"{fallback.topic}" is no legal Kafka topic; {TOPIC_RULE}',
                "write a fixed name: dead letters of all topics go to this one",
            )
        elif fallback.kind == "topic" and fallback.topic == action.topic:
            findings.warning(
                (*here, "topic"),
                "topic",
                "dead letters go to the topic that did not take the record",
                f'write another one, such as "{action.topic}.dead"',
            )
        if fallback.kind == "reference" and fallback.name == action.name:
            findings.error(
                (*here, "name"),
                "reference_self",
                "the action falls back to itself",
                'name another action, or use kind = "file"',
            )


def _templates(path: Path, action: KafkaAction, findings: Findings) -> Iterator[TemplateUse]:
    """Compile every template of an action, and report those that are cut off."""
    fails = "every record fails"
    written = action.message.model_fields_set
    spread = action.partition_strategy == "key_dispatch"
    null_key = "the key is null" + (", and all such records go to one partition" if spread else "")
    texts: list[tuple[tuple[str | int, ...], str, Engine, str, bool]] = [
        (("topic",), action.topic, "republish", fails, False),
        (
            ("message", "key"),
            action.message.key,
            "kafka",
            null_key,
            "key" not in written and not spread,
        ),
        (("message", "value"), action.message.value, "kafka", "nothing stands in its place", False),
        (
            ("message", "timestamp"),
            action.message.timestamp,
            "kafka",
            "the record gets the time of sending",
            "timestamp" not in written,
        ),
    ]
    if action.partition is not None:
        texts.append((("partition",), action.partition, "kafka", fails, False))
    if action.kafka_headers is not None:
        texts.append((("kafka_headers",), action.kafka_headers, "kafka", "no headers", False))
    for index, header in enumerate(action.kafka_ext_headers):
        place = ("kafka_ext_headers", index)
        for part in ("kafka_ext_header_key", "kafka_ext_header_value"):
            text: str = getattr(header, part)
            texts.append(((*place, part), text, "kafka", "the header is left out", False))
    for place, text, engine, missing, is_quiet in texts:
        use = TemplateUse((*path, *place), compile_template(text, engine=engine), missing, is_quiet)
        check_closed(use, text, findings)
        yield use


def check_closed(use: TemplateUse, text: str, findings: Findings) -> None:
    """Refuse a placeholder without its end, which EMQX would take as text or as part of a name."""
    rest = _PLACEHOLDER.sub(lambda match: "${" if "${" in match[0][2:] else "", text)
    if "${" in rest:
        findings.error(
            use.path,
            "template",
            f"the template {text!r} opens a placeholder with ${{ and does not close it",
            "write ${name}; for a $ before a { as text, select it in the rule",
        )


def check_placeholders(rule: CheckedRule, uses: list[TemplateUse], findings: Findings) -> None:
    """Compare placeholders with what a rule selects: templates see nothing else."""
    selected = rule.compiled.selected
    for use in uses:
        roots = dict.fromkeys(root for root in use.template.roots if root)
        if use.is_quiet:
            continue
        if selected is None:
            if rule.source is not None and not rule.compiled.is_foreach:
                check_identity(roots, rule.source, use.path, findings)
            continue
        columns = columns_of_topics(rule.compiled.topics)
        for root in roots:
            if root not in selected:
                add = f"add {root} to its SELECT"
                findings.warning(
                    use.path,
                    "placeholder",
                    f"${{{root}}} has no value with the rule {rule.rule.id}, which does not select "
                    f"it: {use.missing}",
                    add if root in columns else did_you_mean(root, selected, add),
                )
