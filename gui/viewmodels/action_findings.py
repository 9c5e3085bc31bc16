"""What is said of an action in its sheet, made of what core finds in the edited document."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Final

from core.bridge.validation import validate_workspace
from core.workspace.diff import Changes
from core.workspace.edit import edit
from core.workspace.load import Loaded, loads
from core.workspace.mqtt import MqttConnector
from core.workspace.problems import Problem, toml_path
from gui.viewmodels.form_options import Option
from gui.viewmodels.select_fields import field_for
from gui.viewmodels.words import sentence, sentences, tr

_PLACEHOLDER: Final = re.compile(r"\$\{([^}]+)\}")
_NO_WORD_BEFORE: Final = r"(?<![\w.${])"
_NO_WORD_AFTER: Final = r"(?![\w]|\.\w)"
_ROW: Final = re.compile(r"\[([0-9]+)\]")


@dataclass(frozen=True, slots=True)
class Finding:
    """What is said under a field.

    Attributes:
        text: What is wrong and what is right, in sentences.
        is_bad: Whether it has to be put right; else it is good to know.
        why: More sentences about it, for who asks; empty where there is nothing more to say.
        field: What could be added to SELECT to solve it; empty where that is no solution.
        row: Of a list, which item it is about; -1 for the whole.
        opens: The key of a page where it can be put right; empty where that is here.
        creates: The Kafka topic that could be made; empty for none.
    """

    text: str
    is_bad: bool = True
    why: str = ""
    field: str = ""
    row: int = -1
    opens: str = ""
    creates: str = ""


def in_labels(problem: Problem, options: Iterable[Option]) -> Problem:
    """Say a problem with what a form calls its options and choices, not with the file's names.

    A name without `_` or `.` may be an ordinary word; it is taken for the file's where one of its
    choices is beside it.
    """
    if problem.code == "placeholder":
        return problem
    message, hint = problem.message, problem.hint
    for option in sorted(options, key=lambda option: -len(toml_path(option.path))):
        message, hint = _in_labels(message, option), _in_labels(hint, option)
    return replace(problem, message=message, hint=hint)


def _in_labels(text: str, option: Option) -> str:
    name, label = toml_path(option.path), option.label
    own = f"{_NO_WORD_BEFORE}(?:{re.escape(name)}|{re.escape(str(option.path[-1]))})"
    for value, words in option.choices:
        if isinstance(value, str):
            given = f'"?{re.escape(value)}"?{_NO_WORD_AFTER}'
            choose = tr('choose "{value}" for {label}').format(value=words, label=label)
            text = _put(f"write {own.replace(_NO_WORD_BEFORE, '')} = {given}", choose, text)
            text = _put(f"{own} is {given}", f'{label} is "{words}"', text)
            text = _put(f"{own} (?:= )?{given}", f'{label} "{words}"', text)
    if "_" in name or "." in name:
        text = _put(f"{_NO_WORD_BEFORE}{re.escape(name)}{_NO_WORD_AFTER}", label, text)
    return text


def _put(pattern: str, words: str, text: str) -> str:
    return re.sub(pattern, lambda _found: words, text)  # words are no pattern


def finding_of(problem: Problem, place: str, rule: str) -> Finding:
    """Say a problem, seen from one rule: what that does not select can be added there.

    Args:
        problem: Found at the action or inside it.
        place: The action's table.
        rule: The rule's name.
    """
    item = _ROW.search(problem.path, len(place))
    row = int(item[1]) if item is not None else -1
    if problem.code != "placeholder":
        return Finding(
            sentences(problem.message, problem.hint), problem.severity == "error", row=row
        )
    found = _PLACEHOLDER.match(problem.message)
    if found is None or f"with the rule {rule}," not in problem.message:
        return Finding(sentences(problem.message, problem.hint), row=row)
    what = tr("{placeholder} is not in SELECT.").format(placeholder=found[0])
    if problem.hint.startswith("did you mean"):
        return Finding(f"{what} {sentence(problem.hint)}", row=row)
    return Finding(what, field=field_for(found[1].lstrip(".").partition(".")[0]), row=row)


def without_name(problem: Problem, source: MqttConnector | None) -> Finding:
    """Warn in plain words of a key that may be null; in core's of one that always is."""
    kind, _, name = source.identity.clientid.partition(":") if source is not None else ("", "", "")
    opens = f"connector:{source.name}" if source is not None else ""
    if source is None or kind != "property" or source.protocol == "3.1.1":
        text = tr("The key is null: the source has no client ID.")
        return Finding(
            text, is_bad=False, why=sentences(problem.message, problem.hint), opens=opens
        )
    text = tr("The key is null without the user property {name}.").format(name=name)
    why = tr(
        "MQTT does not carry the client ID; it is taken from the user property {name}. Publishers "
        "without it (MQTTX as it comes) get a null key: have them set it, or choose another place "
        "in the connector."
    )
    return Finding(text, is_bad=False, why=why.format(name=name), opens=opens)


def problems_with(loaded: Loaded, changes: Changes) -> list[Problem]:
    """Check the document with these changes; takes tens of milliseconds."""
    return validate_workspace(loads(edit(loaded.text, changes), loaded.path))


def merge(into: Changes, more: Changes) -> None:
    """Put changes of several objects together; no two of them are in one table."""
    for key, value in more.items():
        old = into.get(key)
        if isinstance(old, dict) and isinstance(value, dict):
            merge(old, value)
        else:
            into[key] = value
