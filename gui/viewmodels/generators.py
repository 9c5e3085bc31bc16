"""The kinds of generators of simulated fields: what each asks for, and how that is written.

What a generator does is `core.lab.fields`; here are its words and its inputs alone.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal, TypeAlias

from gui.viewmodels.words import tr

InputKind: TypeAlias = Literal["number", "measure", "text", "values", "percent", "choice"]

_WHOLE: Final = re.compile(r"[-+]?\d+")
_NUMBER: Final = re.compile(r"[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?")
_WEIGHTED: Final = re.compile(r"(?P<value>.*?)\s+(?P<weight>\d+(?:\.\d+)?)\s*%")
_SHORT: Final = 48
_LONG: Final = 180


@dataclass(frozen=True, slots=True)
class Input:
    """One thing that a kind of generator asks for.

    Attributes:
        option: Its key in the file.
        label: The word before it.
        kind: How it is written.
        width: Of its field, in pixels.
        unit: Behind it, and what a bare number means.
        placeholder: What an empty field means.
        choices: Values with their words.
    """

    option: str
    label: str
    kind: InputKind = "number"
    width: int = _SHORT
    unit: str = ""
    placeholder: str = ""
    choices: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Generator:
    """One kind.

    Attributes:
        kind: The word of the file.
        label: What it is called.
        inputs: What it asks for.
        more: What else can be said, seldom.
        start: What a new one begins with, beside its kind.
    """

    kind: str
    label: str
    inputs: tuple[Input, ...] = ()
    more: tuple[Input, ...] = ()
    start: Mapping[str, Any] = ()  # pyright: ignore[reportAssignmentType] - `generators` fills it


@dataclass(frozen=True, slots=True)
class RowInput:
    """An input of a field as it is shown: what is asked, what is written, what is wrong with it."""

    asked: Input
    text: str
    problem: str = ""


@dataclass(frozen=True, slots=True)
class FieldRow:
    """A field of the simulator.

    Attributes:
        name: As placeholders name it.
        kind: Of its generator, by the word of the file.
        inputs: What its kind asks for.
        more: What else can be said.
        problem: What is wrong with it, whatever input that concerns; empty for nothing.
    """

    name: str
    kind: str
    inputs: tuple[RowInput, ...]
    more: tuple[RowInput, ...]
    problem: str = ""


def generators() -> dict[str, Generator]:
    """List every kind by the word of the file, in the order of the choice."""
    low, high = Input("from", tr("from")), Input("to", tr("to"))
    decimals = Input("decimals", tr("Decimals"), placeholder=tr("as written"))
    span = {"from": 0, "to": 100}
    one_of = Input("values", tr("of"), "values", _LONG)
    units = (("ms", tr("Milliseconds")), ("s", tr("Seconds")), ("iso", tr("ISO 8601")))
    found = (
        Generator(
            "walk",
            tr("Random walk"),
            (low, high, Input("step", tr("step"))),
            (Input("start", tr("Start"), placeholder=tr("anywhere")), decimals),
            {"from": 20, "to": 45, "step": 0.5},
        ),
        Generator(
            "sine",
            tr("Sine"),
            (low, high, Input("period", tr("period"), "measure", 60, "s")),
            (decimals,),
            {"from": 35, "to": 60, "period": "2min"},
        ),
        Generator("uniform", tr("Range"), (low, high), (decimals,), span),
        Generator(
            "normal",
            tr("Normal"),
            (Input("mean", tr("mean")), Input("deviation", tr("±"))),
            (
                Input("from", tr("Least"), placeholder=tr("none")),
                Input("to", tr("Most"), placeholder=tr("none")),
                decimals,
            ),
            {"mean": 20, "deviation": 2},
        ),
        Generator(
            "counter",
            tr("Counter"),
            (
                Input("from", tr("from"), placeholder="1"),
                Input("step", tr("step"), placeholder="1"),
                Input("to", tr("to"), placeholder="∞"),
            ),
        ),
        Generator("choice", tr("Pick"), (one_of,), (), {"values": ["on", "off"]}),
        Generator("sequence", tr("Sequence"), (one_of,), (), {"values": ["on", "off"]}),
        Generator(
            "bool",
            tr("True or false"),
            (Input("true", tr("true"), "percent", 62, "%", "50"),),
            (),
            {"true": 0.95},
        ),
        Generator(
            "constant",
            tr("Constant"),
            (Input("value", tr("value"), "text", 120),),
            (),
            {"value": 1},
        ),
        Generator(
            "timestamp", tr("Timestamp"), (Input("unit", tr("in"), "choice", 120, choices=units),)
        ),
        Generator("uuid", tr("UUID")),
        Generator("device", tr("Device")),
    )
    return {one.kind: one for one in found}


def kind_of(table: Mapping[str, Any]) -> str:
    """Tell the kind of a field, by the word that the choice has for it."""
    kind = str(table.get("kind", ""))
    return "uniform" if kind == "random" else kind


def changed_kind(table: Mapping[str, Any], generator: Generator) -> dict[str, Any]:
    """Turn a field into one of another kind; what both kinds ask for stays."""
    asked = {each.option for each in (*generator.inputs, *generator.more)}
    kept = {key: value for key, value in table.items() if key in asked and key in generator.start}
    return {"kind": generator.kind, **dict(generator.start), **kept}


def text_of(asked: Input, table: Mapping[str, Any]) -> str:
    """Write what a field's table has for an input, as it is typed."""
    value = table.get(asked.option)
    if value is None:
        return ""
    match asked.kind:
        case "percent" if isinstance(value, int | float) and not isinstance(value, bool):
            return f"{round(value * 100, 6):g}"
        case "values":
            return _values_text(value, table.get("weights"))
        case _:
            return _scalar_text(value)


def with_text(asked: Input, table: Mapping[str, Any], text: str) -> dict[str, Any]:
    """Read what was typed into a field's table; empty takes it out.

    What cannot be read stays as text, so that the check tells what is wrong with it.
    """
    changed = {key: value for key, value in table.items() if key != asked.option}
    text = text.strip()
    if asked.kind == "values":
        changed.pop("weights", None)
        return changed | _read_values(text)
    if text:
        changed[asked.option] = _READERS[asked.kind](text, asked)
    return changed


def _read_number(text: str, _asked: Input) -> Any:
    if _WHOLE.fullmatch(text):
        return int(text)
    return float(text) if _NUMBER.fullmatch(text) else text


def _read_percent(text: str, asked: Input) -> Any:
    value = _read_number(text.removesuffix("%").strip(), asked)
    return value if isinstance(value, str) else round(value / 100, 9)


def _read_measure(text: str, asked: Input) -> Any:
    text = text.replace(" ", "")
    return f"{text}{asked.unit}" if _NUMBER.fullmatch(text) else text


def _read_scalar(text: str, asked: Input) -> Any:
    if text in ("true", "false"):
        return text == "true"
    return _read_number(text, asked)


_READERS: Final[dict[str, Callable[[str, Input], Any]]] = {
    "number": _read_number,
    "percent": _read_percent,
    "measure": _read_measure,
    "text": _read_scalar,
    "choice": lambda text, _asked: text,
}


def _read_values(text: str) -> dict[str, Any]:
    """Read `on 95 %, off 5 %` or `on, off`."""
    asked = Input("values", "")
    parts = [part.strip() for part in text.split(",") if part.strip()]
    weighted = [_WEIGHTED.fullmatch(part) for part in parts]
    if not any(weighted):
        return {"values": [_read_scalar(part, asked) for part in parts]}
    values: list[Any] = []
    weights: list[Any] = []
    for part, found in zip(parts, weighted, strict=True):
        values.append(_read_scalar(found["value"] if found else part, asked))
        weights.append(_read_number(found["weight"], asked) if found else 0)
    return {"values": values, "weights": weights}


def _values_text(values: Any, weights: Any) -> str:
    if not isinstance(values, Sequence) or isinstance(values, str):
        return str(values)
    texts = [_scalar_text(value) for value in values]
    if not isinstance(weights, Sequence) or len(weights) != len(texts):
        return ", ".join(texts)
    total = sum(weight for weight in weights if isinstance(weight, int | float)) or 1
    return ", ".join(
        f"{text} {round(weight * 100 / total, 2):g} %"
        for text, weight in zip(texts, weights, strict=True)
    )


def _scalar_text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)
