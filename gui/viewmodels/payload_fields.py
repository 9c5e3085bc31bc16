"""What live messages have shown: the topics seen, and the fields of their JSON payloads."""

from __future__ import annotations

from collections import Counter, OrderedDict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Final, TypeAlias, cast

import msgspec
from PySide6.QtCore import QObject, Signal, Slot

from core.bridge.events import MessageSample
from core.sql.json_text import NOT_JSON
from core.sql.topics import topic_matches
from gui.viewmodels.session import Session
from gui.viewmodels.words import tr

Path: TypeAlias = tuple[str, ...]

_TOPICS: Final = 200
_PATHS: Final = 300
_DEPTH: Final = 4
_SHOWN: Final = 24
_LEVELS: Final = 2


@dataclass(frozen=True, slots=True)
class FieldSeen:
    """A field of payloads.

    Attributes:
        name: Its key.
        count: In how many messages it was, of `messages` with JSON payloads.
        kind: What its last value was: text, number, boolean, list, object, null.
        sample: Its last value as JSON, cut when it is long.
    """

    name: str
    count: int
    messages: int
    kind: str
    sample: str


class _Topic:
    """What one topic's messages have shown."""

    def __init__(self) -> None:
        self.messages = 0
        self.fields: dict[Path, tuple[int, str, str]] = {}
        self.last: MessageSample | None = None


class PayloadFields(QObject):
    """Learns from the sampled messages of a session.

    At most 200 topics are remembered, the ones seen last, with 300 fields each. Belongs to the
    loop's thread; a sample costs some 20 us.

    Signals:
        learned: A topic or a field was seen for the first time.
    """

    learned = Signal()

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._path = session.path
        self._topics: OrderedDict[str, _Topic] = OrderedDict()
        session.messageSampled.connect(self.take)
        session.workspaceChanged.connect(self._forget_other_workspace)

    @property
    def topics(self) -> list[str]:
        """The topics seen, the last one first."""
        return list(reversed(self._topics))

    @property
    def filters(self) -> list[str]:
        """The topics seen, those that differ in one level as one filter; the last seen first."""
        return common_filters(self.topics)

    @property
    def source(self) -> str:
        """The connector that all these messages came from; empty where there are several."""
        found = {topic.last.source for topic in self._topics.values() if topic.last is not None}
        return found.pop() if len(found) == 1 else ""

    def last(self, filters: Iterable[str]) -> MessageSample | None:
        """Give the newest message that one of these filters matches; of none: any message."""
        found = [topic.last for topic in self._matching(filters) if topic.last is not None]
        return max(found, key=lambda sample: sample.time_ms, default=None)

    def fields(self, filters: Iterable[str], path: Path = ()) -> list[FieldSeen]:
        """List the keys seen below a path of the payload, the most frequent first.

        Args:
            filters: Topic filters whose messages count; none for all messages.
            path: Keys from the payload down; none for the payload itself.
        """
        counts: dict[str, tuple[int, str, str]] = {}
        messages = 0
        for topic in self._matching(filters):
            messages += topic.messages
            for (*above, name), (count, kind, sample) in topic.fields.items():
                if tuple(above) == path:
                    before = counts.get(name, (0, "", ""))[0]
                    counts[name] = (before + count, kind, sample)
        found = [FieldSeen(name, n, messages, kind, s) for name, (n, kind, s) in counts.items()]
        return sorted(found, key=lambda field: (-field.count, field.name))

    @Slot(object)
    def take(self, sample: MessageSample) -> None:
        """Learn from a message."""
        topic = self._topics.get(sample.topic)
        is_new = topic is None
        if topic is None:
            topic = self._topics[sample.topic] = _Topic()
            if len(self._topics) > _TOPICS:
                self._topics.popitem(last=False)
        self._topics.move_to_end(sample.topic)
        topic.last = sample
        before = len(topic.fields)
        try:
            payload: Any = msgspec.json.decode(sample.payload)
        except NOT_JSON:  # or it is cut for showing
            payload = None
        if isinstance(payload, dict):
            topic.messages += 1
            for path, value in _walk(cast("dict[str, Any]", payload), ()):
                if path in topic.fields or len(topic.fields) < _PATHS:
                    count = topic.fields.get(path, (0, "", ""))[0]
                    topic.fields[path] = (count + 1, kind_of(value), _short(value))
        if is_new or len(topic.fields) != before:
            self.learned.emit()

    def _matching(self, filters: Iterable[str]) -> list[_Topic]:
        wanted = tuple(filters)
        return [
            topic
            for name, topic in self._topics.items()
            if not wanted or any(topic_matches(name, entry) for entry in wanted)
        ]

    @Slot()
    def _forget_other_workspace(self) -> None:
        if self._session.path != self._path:
            self._path = self._session.path
            self._topics.clear()


def common_filters(topics: Iterable[str]) -> list[str]:
    """Write topics that differ in one level as one filter: `plant/1/t`, `plant/2/t` as `plant/+/t`.

    The first level is no such level. Topics of the broker, which begin with `$`, stay as they
    are. The order stays.
    """
    patterns = {topic: _patterns(topic) for topic in topics}
    counts = Counter(pattern for found in patterns.values() for pattern in found)
    best = {
        topic: max(found, key=lambda pattern: counts[pattern], default=topic)
        for topic, found in patterns.items()
    }
    return list(
        dict.fromkeys(pattern if counts[pattern] > 1 else topic for topic, pattern in best.items())
    )


def _patterns(topic: str) -> list[str]:
    """Put `+` in the place of each level but the first in turn; not where little would be left."""
    levels = topic.split("/")
    if topic.startswith("$") or len(levels) < _LEVELS:
        return []
    return ["/".join([*levels[:at], "+", *levels[at + 1 :]]) for at in range(1, len(levels))]


def kind_of(value: Any) -> str:
    """Name the type of a JSON value."""
    match value:
        case None:
            return tr("null")
        case bool():
            return tr("boolean")
        case int() | float():
            return tr("number")
        case str():
            return tr("text")
        case list():
            return tr("list")
        case _:
            return tr("object")


def _walk(table: dict[str, Any], above: Path) -> Iterator[tuple[Path, Any]]:
    for key, value in table.items():
        path = (*above, key)
        yield path, value
        if isinstance(value, dict) and len(path) < _DEPTH:
            yield from _walk(cast("dict[str, Any]", value), path)


def _short(value: Any) -> str:
    if isinstance(value, dict | list):
        return "{…}" if isinstance(value, dict) else "[…]"
    text = msgspec.json.encode(value).decode()
    return text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…"
