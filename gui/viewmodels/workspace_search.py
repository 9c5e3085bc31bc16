"""Finds text in all that a workspace holds: as it is in the window, saved or not."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from core.workspace.plain import SECRET_KEYS
from core.workspace.units import SecretRef
from gui.viewmodels.draft import GROUPS
from gui.viewmodels.draft_form import NAME
from gui.viewmodels.drafts import KafkaDraft, draft_of, key_of
from gui.viewmodels.edit_words import edit_words
from gui.viewmodels.object_drafts import Drafts
from gui.viewmodels.plain_values import Path
from gui.viewmodels.words import tr

MOST: Final = 300
"""How many hits are told at most."""

_KINDS: Final = ("connector", "rule", "action", "simulator")
_NAMED_BY_USERS: Final = ("fields", "properties", "headers")
"""Tables whose keys are texts, too."""
_BEFORE_MATCH: Final = 24
"""How many characters of a line stand before its match; what is further left is cut."""
_CREDENTIALS: Final = re.compile(r"//[^/\s]*@")


@dataclass(frozen=True, slots=True)
class Text:
    """One value that is searched.

    Attributes:
        key: The object's; `message:` with folder and name of a saved message.
        path: Where it is in the object; `@name` for its name. Places in lists are digits.
        text: All its lines.
        document: The page that shows the object; of an action, its rule's.
    """

    key: str
    path: Path
    text: str
    document: str = ""


@dataclass(frozen=True, slots=True)
class Hit:
    """A line that holds what is looked for.

    Attributes:
        source: The value that it is a line of.
        line: Its number in there, from 1.
        text: The line, cut at its left end where the match would be far to the right.
        wanted: What was looked for, in lower case.
        title: The object, with its kind.
        place: Where in the object, in words.
    """

    source: Text
    line: int
    text: str
    wanted: str
    title: str = ""
    place: str = ""


def find_in(texts: Iterable[Text], wanted: str) -> Iterator[Hit]:
    """Find the lines that hold a text, whatever the case; none hold an empty one."""
    low = wanted.strip().lower()
    if not low:
        return
    for source in texts:
        for number, line in enumerate(source.text.split("\n"), 1):
            at = line.lower().find(low)
            if at >= 0:
                yield Hit(source, number, _cut(line, at), low)


def _cut(line: str, at: int) -> str:
    """Leave the spaces around a line out, and what is far before its match."""
    if at - (len(line) - len(line.lstrip())) <= _BEFORE_MATCH:
        return line.strip()
    return "…" + line[at - _BEFORE_MATCH + 1 :].strip()


class WorkspaceSearch:
    """Searches the texts that there are when it is made.

    Making it costs O(size of the workspace), a search the same without any copy.
    """

    def __init__(self, drafts: Drafts) -> None:
        self._drafts = drafts
        self._texts = [*_objects(drafts), *_messages(drafts)]
        self._places: dict[tuple[str, Path], str] = {}

    def find(self, wanted: str) -> list[Hit]:
        """List the first hits in the order of the workspace, at most `MOST`."""
        found: list[Hit] = []
        for hit in find_in(self._texts, wanted):
            if len(found) == MOST:
                break
            title, place = self._title(hit.source.key), self._place(hit)
            found.append(Hit(hit.source, hit.line, hit.text, hit.wanted, title, place))
        return found

    def _title(self, key: str) -> str:
        kind, _, name = key.partition(":")
        words = {
            "connector": tr("Connector {name}"),
            "rule": tr("Rule {name}"),
            "action": tr("Action {name}"),
            "simulator": tr("Simulator {name}"),
            "message": tr("Saved message {name}"),
        }
        is_object = kind in _KINDS
        return words[kind].format(name=self._drafts.name(key) if is_object else name)

    def _place(self, hit: Hit) -> str:
        source = hit.source
        at = (source.key, source.path)
        if at not in self._places:
            self._places[at] = self._words(source)
        words = self._places[at]
        if "\n" in source.text.strip():
            return tr("{what}, line {line}").format(what=words, line=hit.line)
        return words

    def _words(self, source: Text) -> str:
        key, path = source.key, source.path
        first = path[0]
        if path == NAME:
            return tr("Name")
        if key.startswith("message:"):
            return _message_words().get(first, first)
        if key.startswith("rule:") and first == "tests" and len(path) > 1:
            name = self._drafts.value(key, ("tests",), [])[int(path[1])].get("name", "")
            return tr("Test case {name}").format(name=name or int(path[1]) + 1)
        if first in ("label", "description"):
            return tr("Note")
        return edit_words(self._drafts, key, path) or ".".join(path)


def _message_words() -> dict[str, str]:
    return {
        "topic": tr("Topic"),
        "payload": tr("Payload"),
        "key": tr("Key"),
        "value": tr("Value"),
        "headers": tr("Headers"),
        "properties": tr("User properties"),
        "content_type": tr("Content type"),
        "response_topic": tr("Response topic"),
    }


# What is searched


def _objects(drafts: Drafts) -> Iterator[Text]:
    """Give the texts of connectors, rules, actions that a rule calls, and simulators."""
    keys = _keys(drafts)
    callers: dict[str, str] = {}
    for key in keys:
        if key.startswith("rule:"):
            for action in drafts.value(key, ("actions",), ()):
                callers.setdefault(str(action), key)
    for key in keys:
        is_action = key.startswith("action:")
        document = callers.get(drafts.name(key), "") if is_action else key
        if document:
            yield Text(key, NAME, drafts.name(key), document)
            hides = key.startswith("connector:")
            for path, text in _flat(drafts.values(key), ()):
                shown = _CREDENTIALS.sub("//***@", text) if hides else text
                yield Text(key, path, shown, document)


def _keys(drafts: Drafts) -> list[str]:
    """List all objects, those that are not in the file yet behind the others of their kind."""
    loaded = drafts.live.session.loaded
    data: Mapping[str, Any] = loaded.data if loaded is not None else {}
    keys: list[str] = []
    for kind in _KINDS:
        tables = data.get(GROUPS.get(kind, f"{kind}s"))
        groups = [tables] if kind not in GROUPS else list(_mapping(tables).values())
        keys += [f"{kind}:{name}" for group in groups for name in _mapping(group)]
        keys += [key for key in drafts.dirty if key.startswith(f"{kind}:")]
    return [key for key in dict.fromkeys(keys) if drafts.exists(key)]


def _messages(drafts: Drafts) -> Iterator[Text]:
    workspace = drafts.live.workspace
    for saved in workspace.messages:
        key, draft = key_of(saved), draft_of(saved, workspace)
        texts: dict[str, Any] = {"topic": draft.topic}
        if isinstance(draft, KafkaDraft):
            texts |= {"key": draft.key, "value": draft.value, "headers": dict(draft.headers)}
        else:
            texts |= {"payload": draft.payload, "properties": dict(draft.user_properties)}
            texts |= {"content_type": draft.content_type, "response_topic": draft.response_topic}
        yield Text(key, NAME, key.partition(":")[2])
        for path, text in _flat(texts, ()):
            yield Text(key, path, text)


def _flat(value: Any, path: Path) -> Iterator[tuple[Path, str]]:
    """Give the texts and numbers inside a value; of secrets the references alone."""
    if isinstance(value, Mapping):
        for name, inner in value.items():
            if path[:1] and path[-1] in _NAMED_BY_USERS:
                yield (*path, str(name)), str(name)
            yield from _flat(inner, (*path, str(name)))
    elif isinstance(value, list | tuple):
        for number, inner in enumerate(value):
            yield from _flat(inner, (*path, str(number)))
    elif isinstance(value, bool) or (SECRET_KEYS.intersection(path) and not _is_reference(value)):
        return
    elif isinstance(value, str | int | float):
        yield path, str(value).rstrip("\n")


def _is_reference(value: object) -> bool:
    try:
        SecretRef.parse(value)
    except ValueError:
        return False
    return True


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}
