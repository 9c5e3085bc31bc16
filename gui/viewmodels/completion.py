"""What the editor offers to complete: keywords, functions, columns, payload fields, topics."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final, Literal, TypeAlias, cast

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, Qt

from core.sql.columns import (
    EVENT_TOPICS,
    LIVE_COLUMNS,
    MESSAGE_PUBLISH,
    UNKNOWN_LIVE_COLUMNS,
    EventKind,
    columns_of_topics,
    event_kind,
)
from core.sql.completion import Place, path_key, place_at
from core.sql.functions import FUNCTIONS, Function
from core.sql.text import output_json
from core.sql.values import EvalError, Value
from gui.viewmodels.payload_fields import FieldSeen, PayloadFields, kind_of
from gui.viewmodels.snippets import SNIPPETS, with_stops
from gui.viewmodels.words import number, tr

Kind: TypeAlias = Literal["keyword", "function", "column", "alias", "field", "topic", "snippet"]
Index: TypeAlias = QModelIndex | QPersistentModelIndex

CANDIDATE_ROLE: Final = int(Qt.ItemDataRole.UserRole) + 1
_MOST: Final = 200
_PAYLOAD: Final = "payload"


@dataclass(frozen=True, slots=True)
class Candidate:
    """Something that fits at the place.

    Attributes:
        kind: What it is.
        label: What is matched and shown.
        text: What is written.
        back: How far before the end of `text` the cursor goes.
        detail: Its type, or its signature.
        sample: A value, as JSON.
        help: What there is to know, in a sentence or two.
        example: A call or a key that shows it, in code; may be empty.
        brief: What a function does, in one sentence.
        stops: Parts of `text` to be written over one after the other, from and to.
    """

    kind: Kind
    label: str
    text: str
    back: int = 0
    detail: str = ""
    sample: str = ""
    help: str = ""
    example: str = ""
    brief: str = ""
    stops: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Completions:
    """What to offer, and what a choice replaces: from `start` to the cursor, in characters.

    `is_at_once`: it is worth showing before the first letter, as behind a point.
    """

    start: int
    prefix: str
    candidates: tuple[Candidate, ...]
    is_at_once: bool = False


def complete(sql: str, cursor: int, fields: PayloadFields) -> Completions | None:
    """List what fits at a cursor; None when nothing does.

    Args:
        sql: The statement as far as it is written.
        cursor: Offset in characters.
        fields: What live messages have shown.
    """
    place = place_at(sql, cursor)
    if place is None:
        return None
    match place.wanted:
        case "path":
            found = _keys(place, fields)
        case "topic":
            found = _topics(fields)
        case "value":
            found = _values(place)
        case _:
            found = [*_keywords(place), *_snippets(place, fields)]
    fitting = [one for one in found if place.prefix.lower() in one.label.lower()]
    fitting.sort(key=lambda one: not one.label.lower().startswith(place.prefix.lower()))
    is_written = bool(fitting) and fitting[0].text.strip() == place.prefix
    has_longer = place.wanted == "path" and len(fitting) > 1
    if not fitting or (is_written and not has_longer):
        return None
    is_at_once = place.wanted in ("path", "topic")
    return Completions(place.start, place.prefix, tuple(fitting[:_MOST]), is_at_once)


def function_help(name: str) -> Candidate | None:
    """Describe a function; None when there is none of this name."""
    function = FUNCTIONS.get(name)
    return _function(function) if function is not None else None


def _values(place: Place) -> Iterator[Candidate]:
    for name in place.aliases:
        yield Candidate("alias", name, name, detail=tr("alias"), help=tr("A field before this one"))
    yield from _columns(place)
    yield from _keywords(place)
    for function in sorted(FUNCTIONS.values(), key=lambda function: function.name):
        yield _function(function)


def _keywords(place: Place) -> Iterator[Candidate]:
    for word in place.keywords:
        yield Candidate("keyword", word, f"{word} ", detail=tr("keyword"), help=_keyword_help(word))


def _snippets(place: Place, fields: PayloadFields) -> Iterator[Candidate]:
    """Offer whole statements where one begins, on the topic that was seen last."""
    if "SELECT" not in place.keywords:
        return
    topic = next((topic for topic in fields.topics if '"' not in topic), "plant/#")
    helps = (
        tr("One result for each message. Tab goes to the next part."),
        tr("One result for each item of a list. Tab goes to the next part."),
    )
    for (label, pattern), text in zip(SNIPPETS, helps, strict=True):
        written, stops = with_stops(pattern.format(topic=topic))
        detail = tr("statement")
        yield Candidate("snippet", label, written, detail=detail, help=text, stops=stops)


def _keyword_help(word: str) -> str:
    return {
        "SELECT": tr("One result for each message: the fields behind it."),
        "FOREACH": tr("One result for each item of a list."),
        "FROM": tr("The topics whose messages the rule reads, in double quotes."),
        "WHERE": tr("Only messages for which this is true give a result."),
        "AS": tr("The name of the field in the result."),
        "DO": tr("The fields of each result of a FOREACH."),
        "INCASE": tr("Only items for which this is true give a result."),
        "CASE": tr("Chooses by conditions: CASE WHEN a > 1 THEN 'high' ELSE 'low' END"),
    }.get(word, "")


def _function(function: Function) -> Candidate:
    example = f"{function.example.call} = {_json(function.example.result)}"
    text = tr("{summary} Fails: {errors}") if function.errors else "{summary}"
    return Candidate(
        "function",
        function.name,
        f"{function.name}()",
        back=1 if function.max_args != 0 else 0,
        detail=function.signature.removeprefix(function.name),
        help=text.format(summary=_dot(function.summary), errors=_dot(function.errors)),
        example=example,
        brief=_dot(function.summary),
    )


def _columns(place: Place) -> Iterator[Candidate]:
    kinds = _kinds(place.topics)
    examples: dict[str, Value] = {}
    for kind in kinds:
        examples |= {**kind.example_columns(0), **examples}
    is_message = any(kind.name == MESSAGE_PUBLISH for kind in kinds)
    for name in sorted(columns_of_topics(place.topics or ("#",)), key=_column_order):
        unknown = UNKNOWN_LIVE_COLUMNS.get(name) if is_message else None
        what = LIVE_COLUMNS.get(name, "") if is_message else ""
        yield Candidate(
            "column",
            name,
            name,
            detail=tr("column"),
            sample="" if unknown else _json(examples.get(name, "")),
            help=tr("Undefined here: {why}.").format(why=unknown) if unknown else _dot(what),
        )


def _column_order(name: str) -> tuple[bool, bool, str]:
    """Put the payload first and what no subscriber can know last."""
    return (name in UNKNOWN_LIVE_COLUMNS, name != _PAYLOAD, name)


def _keys(place: Place, fields: PayloadFields) -> Iterator[Candidate]:
    column, *path = place.path or ("",)
    if column == _PAYLOAD:
        for field in fields.fields(place.topics, tuple(path)):
            yield _field(field, place.topics)
        return
    for kind in _kinds(place.topics):
        value: Any = kind.example_columns(0).get(column)
        for key in path:
            value = cast("dict[str, Any]", value).get(key) if isinstance(value, dict) else None
        if isinstance(value, dict):
            for name, inner in cast("dict[str, Any]", value).items():
                yield Candidate(
                    "field",
                    name,
                    path_key(name),
                    detail=kind_of(inner),
                    sample=_json(inner),
                    help=tr("As in the example of this event."),
                )
            return


def _field(field: FieldSeen, topics: tuple[str, ...]) -> Candidate:
    where = topics[0] if len(topics) == 1 else tr("these topics")
    text = tr("In {count} of {messages} messages on {where}.")
    if not topics:  # FROM is not written yet
        text = tr("In {count} of {messages} messages.")
    share = text.format(count=number(field.count), messages=number(field.messages), where=where)
    if field.kind == tr("text") and field.sample.strip('"').replace(".", "", 1).isdigit():
        share += " " + tr("Text: compare it as a number with float().")
    key = path_key(field.name)
    return Candidate("field", field.name, key, detail=field.kind, sample=field.sample, help=share)


def _topics(fields: PayloadFields) -> Iterator[Candidate]:
    for topic in fields.topics:
        if '"' not in topic:
            help_text = tr("Messages came on this topic.")
            yield Candidate("topic", topic, f'"{topic}"', detail=tr("seen"), help=help_text)
    for event, topic in EVENT_TOPICS.items():
        help_text = tr("The event {event}; a subscriber of a broker gets none of them.")
        yield Candidate(
            "topic", topic, f'"{topic}"', detail=tr("event"), help=help_text.format(event=event)
        )


def _kinds(topics: tuple[str, ...]) -> list[EventKind]:
    events = {topic: event for event, topic in EVENT_TOPICS.items()}
    names = [events.get(topic, MESSAGE_PUBLISH) for topic in topics] or [MESSAGE_PUBLISH]
    found = (event_kind(name) for name in dict.fromkeys(names))
    return [kind for kind in found if kind is not None]


def _json(value: Value) -> str:
    try:
        text = output_json(value).decode("utf-8", "replace")
    except EvalError:
        return ""
    return text if len(text) <= 40 else text[:39] + "…"


def _dot(text: str) -> str:
    return text if not text or text.endswith(".") else f"{text}."


class CompletionModel(QAbstractListModel):
    """The list of candidates."""

    def __init__(self) -> None:
        super().__init__()
        self.completions = Completions(0, "", ())

    def show(self, completions: Completions) -> None:
        """Show other candidates."""
        self.beginResetModel()
        self.completions = completions
        self.endResetModel()

    def rowCount(self, parent: Index | None = None) -> int:
        """Count the rows."""
        is_below = parent is not None and parent.isValid()
        return 0 if is_below else len(self.completions.candidates)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Give what Qt asks for, and the candidate itself."""
        candidate = self.completions.candidates[index.row()]
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return candidate.label
            case Qt.ItemDataRole.AccessibleTextRole:
                parts = (candidate.label, candidate.detail, candidate.sample, candidate.help)
                return ", ".join(part for part in parts if part)
            case Qt.ItemDataRole.ToolTipRole:
                return "\n".join(part for part in (candidate.label, candidate.sample) if part)
            case _ if role == CANDIDATE_ROLE:
                return candidate
            case _:
                return None
