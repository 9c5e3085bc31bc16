"""What looks like a comparison in a filter and is none, so that it is said and not searched for.

Whoever means such a text writes it in quotes.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import regex

from core.errors import ConfigError
from gui.viewmodels.words import tr

COMPARED: Final = (
    "payload, value, key, client, topic, partition, offset, qos, size, properties, headers"
)
_SIGN: Final = regex.compile(r"(?P<sign><=|>=|!=|==|<>|=|<|>)(?P<value>-?\d[\d.]*)?(?=\s|$)")
_GLUED: Final = regex.compile(
    r"\(*(?P<word>[A-Za-z_][\w.\[\]-]*)(?P<sign><=|>=|!=|==|<|>)\s*(?P<value>-?\d[\d.]*)\)*(?=\s|$)"
)
_JOINT: Final = regex.compile(r"(?P<sign>&&|\|\|)")
_MORE_SIGNS: Final = regex.compile(r"(?P<more>[!<>=]*[<>=])(?:\s*(?P<value>-?\d[^\s\"]*))?(?=\s|$)")
_LAST_JOINT: Final = regex.compile(r"(?P<word>and|or)\s*$", regex.IGNORECASE)
_NOT: Final = regex.compile(r"not\s+|!\s*", regex.IGNORECASE)
_PARENTHESIS: Final = regex.compile(r"(?:\(\s*)+")
_COLON: Final = regex.compile(
    r"(?P<name>(?:payload|value|properties|headers)(?:[.\[][\w.\[\]-]+)?"
    r"|qos|size|partition|offset):(?!/)\s*(?P<value>[^\s\"]*)"
)
_WORD: Final = regex.compile(r"\(*(?P<word>[A-Za-z_][\w.\[\]-]*)\s*$")
_LOOK_BACK: Final = 80
_SHOWN: Final = 60
_VALUE: Final = regex.compile(r"\s*(?P<value>[^\s\"()]+)")


def check_slips(text: str, at: int, is_named: Callable[[int], bool]) -> None:
    """Say what is wrong with a word that is about to be taken as text.

    Args:
        text: The filter.
        at: Where the word begins.
        is_named: Tells whether a comparison, or a term such as `key:text`, begins at a place.

    Raises:
        ConfigError: It is meant as something else; the hint says how that is written.
    """
    if text[:at].strip() and (last := _LAST_JOINT.match(text, at)):
        message = tr("nothing stands behind {word}").format(word=last["word"])
        hint = tr('write key:text {word} payload.temp > 20, or put a text into quotes: "{word}"')
        raise ConfigError(message, hint=hint.format(word=last["word"]))
    if joint := _JOINT.match(text, at):
        raise no_joint(joint["sign"])
    if (found := _NOT.match(text, at)) and is_named(found.end()):
        message = tr("{word} does not turn a comparison around")
        hint = tr("write the opposite, such as payload.temp <= 20")
        raise ConfigError(message.format(word=found[0].strip()), hint=hint)
    if (found := _PARENTHESIS.match(text, at)) and is_named(found.end()):
        hint = tr("write payload.a > 1 and payload.b > 2 or key:text")
        raise ConfigError(tr("comparisons stand without parentheses"), hint=hint)
    if found := _GLUED.match(text, at):
        raise _not_compared(found["word"], found["sign"], found["value"])
    if found := _COLON.match(text, at):
        message = tr("{name} is compared, not followed by a colon").format(name=found["name"])
        example = _example(found["name"], "=", found["value"] or "20")
        hint = tr("{example}, or put a text into quotes").format(example=example)
        raise ConfigError(message, hint=hint)
    if found := _SIGN.match(text, at):
        before = _WORD.search(text, max(0, at - _LOOK_BACK), at)
        if before or not found["value"]:
            after = _VALUE.match(text, found.end())
            value = found["value"] or (after["value"] if after else "20")
            raise _not_compared(before["word"] if before else "", found["sign"], value)


def check_sign(text: str, at: int, path: str, sign: str) -> None:
    """Say that a sign goes on where its value is to stand, as in `>>` and `=>`.

    Args:
        text: The filter.
        at: Where the value begins.
        path: What is compared.
        sign: How.

    Raises:
        ConfigError: It does; the hint holds the sign that may be meant.
    """
    if found := _MORE_SIGNS.match(text, at):
        typed = sign + found["more"]
        meant = {"=>": ">=", "=<": "<=", "<>": "!="}.get(typed, sign)
        message = tr("{sign} compares nothing").format(sign=typed)
        example = _example(path, meant, found["value"] or "20")
        hint = tr("{example}, or put a text into quotes").format(example=example)
        raise ConfigError(message, hint=hint)


def no_text(name: str) -> ConfigError:
    """Make the error for `key:` and the like without a text."""
    examples = {"topic": "plant/+", "outcome": "failed", "action": "to_kafka"}
    example = f"{name}:{examples.get(name, 'dev-3')}"
    message = tr("a text is missing after {name}:").format(name=name)
    return ConfigError(message, hint=tr("write {example}").format(example=example))


def no_joint(sign: str) -> ConfigError:
    """Make the error for `&&` and `||`."""
    word = "and" if sign == "&&" else "or"
    message = tr("{sign} joins no comparisons").format(sign=sign)
    return ConfigError(message, hint=tr("write {word}").format(word=word))


def too_large(expression: str) -> ConfigError:
    """Make the error for an expression that would take too long to compile."""
    message = tr("/{text}/ repeats too much").format(text=expression[:_SHOWN])
    return ConfigError(message, hint=tr("write smaller counts, or fewer parentheses in each other"))


def _not_compared(word: str, sign: str, value: str) -> ConfigError:
    sign = "!=" if sign == "<>" else sign
    message = tr("nothing that can be compared stands before {sign}").format(sign=sign)
    if word:
        message = tr("nothing that can be compared is called {word}").format(word=word)
    example = _example(f"payload.{word or 'temp'}", sign, value)
    hint = tr("{example}; compared are {names}").format(example=example, names=COMPARED)
    return ConfigError(message, hint=hint)


def _example(path: str, sign: str, value: str) -> str:
    if path in ("payload", "value", "properties", "headers"):
        path = f"{path}.name"
    return tr("write {path} {sign} {value}").format(path=path, sign=sign, value=value)
