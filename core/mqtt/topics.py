"""Topic names and topic filters: what MQTT allows, and whether two filters can meet.

Pure. Matching one topic against one filter is the rule language's own function, so that a rule
and a subscription always agree.
"""

from __future__ import annotations

from typing import Final

from core.errors import ConfigError
from core.sql.topics import topic_matches

__all__ = ["check_filter", "check_topic", "filters_overlap", "shared", "too_long", "topic_matches"]

MAX_TOPIC_BYTES: Final = 65_535
"""The most of every text: a length of two bytes stands before it (MQTT 5.0, section 1.5)."""


def check_topic(topic: str) -> None:
    """Accept a topic that a message can be published to.

    Raises:
        ConfigError: It is empty, too long, holds a wildcard, NUL or half a character.
    """
    _check_text(topic, "topic")
    if "+" in topic or "#" in topic:
        raise ConfigError(
            f"the topic {topic!r} holds a wildcard",
            value=topic,
            hint="a topic to publish to cannot contain + or #",
        )


def check_filter(topic_filter: str) -> None:
    """Accept a topic filter that can be subscribed.

    Raises:
        ConfigError: A wildcard does not fill its level, `#` is not last, the text itself is no
            legal topic, or it names a shared subscription, which is the connector's business.
    """
    _check_text(topic_filter, "topic filter")
    if topic_filter.startswith("$share/"):
        raise ConfigError(
            f"the topic filter {topic_filter!r} names a shared subscription",
            value=topic_filter,
            hint="write the filter alone and set shared_group on the connector",
        )
    levels = topic_filter.split("/")
    for index, level in enumerate(levels):
        if len(level) > 1 and ("+" in level or "#" in level):
            raise ConfigError(
                f"the topic filter {topic_filter!r} has a wildcard beside other characters "
                f"in the level {level!r}",
                value=topic_filter,
                hint="+ and # stand for whole levels: a/+/c, a/#",
            )
        if level == "#" and index != len(levels) - 1:
            raise ConfigError(
                f"the topic filter {topic_filter!r} goes on after #",
                value=topic_filter,
                hint="# is only allowed as the last level; + stands for one level",
            )


def shared(topic_filter: str, group: str) -> str:
    """Spell a filter as it is subscribed: with its shared group, if there is one."""
    return f"$share/{group}/{topic_filter}" if group else topic_filter


def filters_overlap(first: str, second: str) -> bool:
    """Tell whether some topic matches both filters. Both must be legal. Cost: O(levels)."""
    ours, theirs = first.split("/"), second.split("/")
    if _hidden(ours[0], theirs[0]) or _hidden(theirs[0], ours[0]):
        return False
    for index in range(max(len(ours), len(theirs))):
        one = ours[index] if index < len(ours) else None
        other = theirs[index] if index < len(theirs) else None
        if one == "#" or other == "#":
            return True  # `#` stands for its parent level too
        if one is None or other is None:
            return False
        if one != other and one != "+" and other != "+":
            return False
    return True


def too_long(data: bytes) -> str:
    """Say, as the end of a sentence, that MQTT has no room for a text; empty where it has."""
    size = len(data)
    return f"has {size} bytes, and MQTT allows {MAX_TOPIC_BYTES}" if size > MAX_TOPIC_BYTES else ""


def _hidden(wildcard: str, level: str) -> bool:
    """Tell whether a wildcard in first place hides a `$` level (MQTT 5, section 4.7.2)."""
    return wildcard in ("+", "#") and level.startswith("$")


def _check_text(text: str, what: str) -> None:
    if not text:
        raise ConfigError(f"the {what} is empty", value=text, hint=f"write a {what}")
    if "\0" in text:
        raise ConfigError(
            f"the {what} {text!r} holds a NUL character", value=text, hint="remove it"
        )
    try:
        data = text.encode("utf-8")
    except UnicodeEncodeError as exc:
        raise ConfigError(
            f"the {what} {text!r} is not valid UTF-8", value=text, hint="use whole characters"
        ) from exc
    if wrong := too_long(data):
        raise ConfigError(f"the {what} {wrong}", value=text, hint="shorten it")
