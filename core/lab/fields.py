"""Values of simulated devices: one kind of field each. Pure and seeded.

A field of the workspace is compiled once into a maker; the maker gives each device its own
generator, which keeps that device's state. A generator writes its values as text, numbers with a
fixed number of decimals.
"""

from __future__ import annotations

import math
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from random import Random
from typing import Any, Final, TypeAlias

from core.errors import ConfigError
from core.lab.options import Options
from core.workspace.problems import did_you_mean


@dataclass(frozen=True, slots=True)
class Device:
    """One simulated device: its number from 1, how many there are, its own randomness."""

    number: int
    count: int
    random: Random


@dataclass(frozen=True, slots=True)
class Moment:
    """When a message is made.

    Attributes:
        at_s: Seconds since the simulation's start, by its schedule.
        now_ms: The same as milliseconds since 1970.
        number: The device's message number, from 1.
    """

    at_s: float
    now_ms: int
    number: int


Draw: TypeAlias = Callable[[Moment], str]
FieldMaker: TypeAlias = Callable[[Device], Draw]


def compile_field(table: Mapping[str, Any], path: str) -> FieldMaker:
    """Compile the table of a field, such as `{ kind = "walk", from = 20, to = 45, step = 0.5 }`.

    Args:
        table: As TOML gives it.
        path: Its place in the workspace, for errors.

    Raises:
        ConfigError: Unknown kind, missing or wrong option.
    """
    kind = table.get("kind")
    compile_kind = KINDS.get(kind) if isinstance(kind, str) else None
    if compile_kind is None:
        found = f"no kind of field is called {kind!r}" if kind is not None else "kind is missing"
        meant = did_you_mean(kind, KINDS) if isinstance(kind, str) else ""
        raise ConfigError(
            found, path=f"{path}.kind", value=kind, hint=meant or f"kinds: {', '.join(KINDS)}"
        )
    options = Options(table, path)
    maker = compile_kind(options)
    options.finish()
    return maker


def to_text(value: str | float | bool) -> str:
    """Write a value as JSON writes it, text without its quotes."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


def new_uuid(random: Random) -> str:
    """Make a version 4 UUID from the device's randomness."""
    return str(uuid.UUID(int=random.getrandbits(128), version=4))


def _constant(options: Options) -> FieldMaker:
    text = to_text(options.scalar("value"))
    return lambda _device: lambda _moment: text


def _walk(options: Options) -> FieldMaker:
    low, high = _bounds(options)
    step = options.number("step", (high - low) / 20)
    start = options.number("start") if options.has("start") else None
    if step <= 0:
        raise options.wrong("step", "must be more than 0")
    if start is not None and not low <= start <= high:
        raise options.wrong("start", f"must lie from {low} to {high}")
    decimals = _decimals(options, low, high, step)

    def maker(device: Device) -> Draw:
        random = device.random
        value = random.uniform(low, high) if start is None else start

        def draw(_moment: Moment) -> str:
            nonlocal value
            value += random.uniform(-step, step)
            if value > high:  # turn back at the edge, so that values do not stick to it
                value = max(low, 2 * high - value)
            elif value < low:
                value = min(high, 2 * low - value)
            return f"{value:.{decimals}f}"

        return draw

    return maker


def _sine(options: Options) -> FieldMaker:
    low, high = _bounds(options)
    period_s = options.duration_s("period")
    decimals = _decimals(options, low, high, least=1)
    middle, amplitude = (low + high) / 2, (high - low) / 2

    def maker(device: Device) -> Draw:
        phase = (device.number - 1) / device.count  # spread over the period: no two alike

        def draw(moment: Moment) -> str:
            turn = moment.at_s / period_s + phase
            return f"{middle + amplitude * math.sin(math.tau * turn):.{decimals}f}"

        return draw

    return maker


def _uniform(options: Options) -> FieldMaker:
    low, high = _bounds(options)
    decimals = _decimals(options, low, high)
    first, last = math.ceil(low), math.floor(high)
    if decimals == 0 and first > last:
        raise options.wrong("decimals", "leaves no number between from and to")

    def maker(device: Device) -> Draw:
        random = device.random
        if decimals == 0:  # every whole number is equally likely, the edges too
            return lambda _moment: str(random.randint(first, last))
        return lambda _moment: f"{random.uniform(low, high):.{decimals}f}"

    return maker


def _normal(options: Options) -> FieldMaker:
    mean = options.number("mean")
    deviation = options.number("deviation")
    if deviation < 0:
        raise options.wrong("deviation", "must be 0 or more")
    low = options.number("from", -math.inf) if options.has("from") else -math.inf
    high = options.number("to", math.inf) if options.has("to") else math.inf
    if low > high:
        raise options.wrong("to", f"must not be less than from = {low}")
    decimals = _decimals(options, mean, deviation, least=1)

    def maker(device: Device) -> Draw:
        random = device.random

        def draw(_moment: Moment) -> str:
            return f"{min(max(random.gauss(mean, deviation), low), high):.{decimals}f}"

        return draw

    return maker


def _counter(options: Options) -> FieldMaker:
    first = options.whole("from", 1)
    step = options.whole("step", 1)
    last = options.whole("to") if options.has("to") else None
    if last is not None and last < first:
        raise options.wrong("to", f"must not be less than from = {first}")
    if step < 1:
        raise options.wrong("step", "must be 1 or more")
    turns = (last - first) // step + 1 if last is not None else 0

    def draw(moment: Moment) -> str:
        done = moment.number - 1
        return str(first + step * (done % turns if turns else done))

    return lambda _device: draw


def _choice(options: Options) -> FieldMaker:
    values = [to_text(value) for value in options.scalars("values")]
    weights = options.weights("weights", len(values))
    return lambda device: lambda _moment: device.random.choices(values, weights)[0]


def _sequence(options: Options) -> FieldMaker:
    values = [to_text(value) for value in options.scalars("values")]
    return lambda _device: lambda moment: values[(moment.number - 1) % len(values)]


def _bool(options: Options) -> FieldMaker:
    share = options.number("true", 0.5)
    if not 0 <= share <= 1:
        raise options.wrong("true", "must be a share from 0 to 1")
    return lambda device: lambda _moment: to_text(device.random.random() < share)


def _timestamp(options: Options) -> FieldMaker:
    unit = options.text("unit", "ms", accepted=("ms", "s", "iso"))

    def draw(moment: Moment) -> str:
        if unit == "iso":
            moment_utc = datetime.fromtimestamp(moment.now_ms / 1_000, UTC)
            return moment_utc.isoformat(timespec="milliseconds").replace("+00:00", "Z")
        return str(moment.now_ms if unit == "ms" else moment.now_ms // 1_000)

    return lambda _device: draw


def _uuid(_options: Options) -> FieldMaker:
    return lambda device: lambda _moment: new_uuid(device.random)


def _device(_options: Options) -> FieldMaker:
    return lambda device: lambda _moment: str(device.number)


KINDS: Final[dict[str, Callable[[Options], FieldMaker]]] = {
    "walk": _walk,
    "sine": _sine,
    "uniform": _uniform,
    "random": _uniform,
    "normal": _normal,
    "constant": _constant,
    "counter": _counter,
    "choice": _choice,
    "sequence": _sequence,
    "bool": _bool,
    "timestamp": _timestamp,
    "uuid": _uuid,
    "device": _device,
}
"""Kind to its compiler; `random` is another word for `uniform`."""


def _bounds(options: Options) -> tuple[float, float]:
    low, high = options.number("from"), options.number("to")
    if low > high:
        raise options.wrong("to", f"must not be less than from = {low}")
    return low, high


def _decimals(options: Options, *numbers: float, least: int = 0) -> int:
    """Read `decimals`; by default as many as the numbers themselves are written with."""
    written = [Decimal(str(number)).normalize().as_tuple().exponent for number in numbers]
    most = max([least, *(-exponent for exponent in written if isinstance(exponent, int))])
    decimals = options.whole("decimals", most)
    if not 0 <= decimals <= 15:
        raise options.wrong("decimals", "must be from 0 to 15")
    return decimals
