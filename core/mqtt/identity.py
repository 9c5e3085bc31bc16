"""Where `clientid` and `username` come from, which MQTT does not tell a subscriber. Pure."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from core.errors import ConfigError
from core.mqtt.message import InboundMessage
from core.sql.values import UNDEFINED, EvalError, Value

Decode: TypeAlias = Callable[[], Value]
"""Gives the decoded payload; raises EvalError when it is no JSON."""
Identify: TypeAlias = Callable[[InboundMessage, Decode], Value]


def compile_identity(source: str) -> Identify:
    """Compile one entry of a connector's `identity` table.

    Args:
        source: `property:NAME` (an MQTT 5 user property), `topic:devices/{}/#` (the level at
            `{}` of topics that match), `payload:device.id` (a path of keys in the JSON payload)
            or `none`.

    Returns:
        A function of the message and of a getter for its decoded payload, which is called for
        `payload:` only. It gives UNDEFINED where there is no such value.

    Raises:
        ConfigError: It is none of these.
    """
    kind, _, detail = source.partition(":")
    if source == "none":
        return _nobody
    if kind == "property" and detail:
        return _from_property(detail)
    if kind == "topic" and detail.split("/").count("{}") == 1:
        return _from_topic(detail)
    if kind == "payload" and detail:
        return _from_payload(tuple(detail.split(".")))
    raise ConfigError(
        f"{source!r} does not say where a name comes from",
        value=source,
        hint="write property:NAME, topic:FILTER with one {} level, payload:PATH or none",
    )


def _nobody(message: InboundMessage, decode: Decode) -> Value:
    return UNDEFINED


def _from_property(name: str) -> Identify:
    def identify(message: InboundMessage, decode: Decode) -> Value:
        value = message.user_property(name)
        return UNDEFINED if value is None else value

    return identify


def _from_topic(pattern: str) -> Identify:
    levels = pattern.split("/")
    position = levels.index("{}")
    has_tail = levels[-1] == "#"
    fixed = [
        (index, level)
        for index, level in enumerate(levels)
        if level not in ("{}", "+") and not (has_tail and index == len(levels) - 1)
    ]
    needed = len(levels) - has_tail

    def identify(message: InboundMessage, decode: Decode) -> Value:
        found = message.topic.split("/")
        if len(found) < needed or (not has_tail and len(found) != needed):
            return UNDEFINED
        if any(found[index] != level for index, level in fixed):
            return UNDEFINED
        return found[position] or UNDEFINED

    return identify


def _from_payload(path: tuple[str, ...]) -> Identify:
    def identify(message: InboundMessage, decode: Decode) -> Value:
        try:
            value = decode()
        except EvalError:
            return UNDEFINED
        for key in path:
            if not isinstance(value, dict) or key not in value:
                return UNDEFINED
            value = value[key]
        return value

    return identify
