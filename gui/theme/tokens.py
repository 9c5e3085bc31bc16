"""The design tokens: every colour and size that the window may use, read once from resources."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, Literal, TypeAlias

Scheme: TypeAlias = Literal["light", "dark"]


@dataclass(frozen=True, slots=True)
class Face:
    """One text style: pixels at a base of 13, and the weight from 100 to 900."""

    size: int
    weight: int
    line: int


@dataclass(frozen=True, slots=True)
class StateLook:
    """How a state is shown: shape, colour and word together."""

    shape: str
    colour: str
    word: str


@dataclass(frozen=True, slots=True)
class Tokens:
    """The table of `resources/tokens.toml`, as looked up by name.

    Attributes:
        colours: Per scheme, name to `#RRGGBB`; nested groups as `syntax.keyword`.
        sizes: Pixels by name: `space.m`, `radius.m`, `width.tail`.
        heights: Pixels by name, such as `height.control`, for each density.
        faces: Text styles.
        states: Looks of states.
        dashes: Dash patterns of chart series, in order.
        widths: Line widths of chart series, in order.
    """

    colours: dict[Scheme, dict[str, str]]
    sizes: dict[str, int]
    durations_ms: dict[str, int]
    heights: dict[str, dict[str, int]]
    faces: dict[str, Face]
    states: dict[str, StateLook]
    dashes: tuple[tuple[int, ...], ...]
    widths: tuple[float, ...]


@cache
def tokens() -> Tokens:
    """Read the table; the same object for everybody."""
    data = tomllib.loads(files("resources").joinpath("tokens.toml").read_text("utf-8"))
    sizes = {
        f"{group}.{name}": value
        for group in ("space", "radius", "line", "width")
        for name, value in data[group].items()
    }
    return Tokens(
        colours={"light": _flat(data["light"]), "dark": _flat(data["dark"])},
        sizes=sizes,
        durations_ms={name.removesuffix("_ms"): value for name, value in data["motion"].items()},
        heights={
            density: {f"height.{name}": value for name, value in heights.items()}
            for density, heights in data["height"].items()
        },
        faces={n: Face(**face) for n, face in data["font"].items() if isinstance(face, dict)},
        states={name: StateLook(**look) for name, look in data["state"].items()},
        dashes=tuple(tuple(dash) for dash in data["chart"]["dash"]),
        widths=tuple(data["chart"]["width"]),
    )


def _flat(group: dict[str, Any]) -> dict[str, str]:
    flat: dict[str, str] = {}
    for name, value in group.items():
        if isinstance(value, dict):
            flat |= {f"{name}.{inner}": colour for inner, colour in value.items()}
        else:
            flat[name] = value
    return flat
