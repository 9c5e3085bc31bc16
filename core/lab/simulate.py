"""Simulated devices: what each publishes, and when. Pure: same seed, same messages.

Time here is the schedule's own, in seconds since the start; `runner` turns it into waiting.
"""

from __future__ import annotations

import heapq
import secrets
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from itertools import islice
from random import Random
from typing import Final

import msgspec

from core.errors import AppError, ConfigError
from core.lab.fields import Device, Draw, FieldMaker, Moment, compile_field, new_uuid
from core.lab.payloads import payload_bytes
from core.lab.placeholders import Fill, compile_text, has_open_braces
from core.mqtt.topics import too_long
from core.workspace.lab import Simulator
from core.workspace.problems import Problem
from core.workspace.units import Duration

SIMULATOR: Final = "simulator"
"""Code of the problems that are found here."""

_MEANT: Final = {
    "device": "the number of the device",
    "seq": "the number of the message",
    "now": "the time in milliseconds",
    "uuid": "a UUID",
}
BUILT_IN: Final = tuple(_MEANT)
"""Values that every simulator has."""


@dataclass(frozen=True, slots=True)
class SimulatedMessage:
    """One message to publish, `at_s` seconds after the start, by device number `device`."""

    at_s: float
    device: int
    topic: str
    payload: bytes
    properties: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class _Templates:
    topic: Fill
    payload: Fill
    encode: Callable[[str], bytes]
    properties: tuple[tuple[str, Fill], ...]


class Simulation:
    """A simulator, compiled. Makes the same messages as often as it is asked."""

    def __init__(self, simulator: Simulator) -> None:
        """Compile.

        Raises:
            ConfigError: A field or a placeholder is wrong; `path` says which.
        """
        self._simulator = simulator
        path = _path(simulator)
        self._fields = {
            name: compile_field(table, f"{path}.fields.{name}")
            for name, table in simulator.fields.items()
        }
        self._templates = _compile_templates(simulator, path)
        self._jitter_ms = simulator.every.ms * float(simulator.jitter.rstrip("%")) / 100
        self._limits = _limits(simulator.stop_after)
        self.seed: int = secrets.randbits(32) if simulator.seed is None else simulator.seed
        """What the randomness starts from; drawn here when the workspace names none."""

    @property
    def rate(self) -> float:
        """Messages a second that the schedule asks for; infinite when `every` is 0."""
        simulator = self._simulator
        if not simulator.every.ms:
            return float("inf")
        return simulator.devices * simulator.burst / simulator.every.s

    def messages(self, start_ms: int) -> Iterator[SimulatedMessage]:
        """Make the messages in the order of their times; endless unless `stop_after` is set.

        Args:
            start_ms: Milliseconds since 1970 that timestamps start from.

        Raises:
            CodecError: A payload is not in the simulator's format (`hex`, `base64`).
        """
        most, longest_s = self._limits
        return islice(self._until(start_ms, longest_s), most)

    def course(self, device: int, count: int, start_ms: int) -> list[dict[str, str]]:
        """Give the values of the first messages of one device, by name, as `messages` has them.

        Args:
            device: Its number, from 1.
            count: Of how many messages.
            start_ms: Milliseconds since 1970 that timestamps start from.
        """
        state = self._device(device)
        found: list[dict[str, str]] = []
        while len(found) < count:
            at_s = state.next_at_s()
            for _ in range(self._simulator.burst):
                found.append(state.values(at_s, start_ms))
                state.fill(found[-1])  # which draws, too, where a text has `rand` in it
        return found[:count]

    def _until(self, start_ms: int, longest_s: float) -> Iterator[SimulatedMessage]:
        devices = [self._device(number) for number in range(1, self._simulator.devices + 1)]
        queue = [(device.next_at_s(), device.number, device) for device in devices]
        heapq.heapify(queue)
        while queue and queue[0][0] < longest_s:
            at_s, number, device = queue[0]
            for _ in range(self._simulator.burst):
                yield device.make(at_s, start_ms)
            heapq.heapreplace(queue, (device.next_at_s(), number, device))

    def _device(self, number: int) -> _DeviceState:
        # A text as seed is spread by SHA-512, alike in every version of Python.
        random = Random(f"{self.seed}:{number}")  # noqa: S311 - test data, must be reproducible
        device = Device(number, self._simulator.devices, random)
        every_ms = self._simulator.every.ms
        # Devices start one after the other over the first interval: an even stream.
        schedule = _Schedule(every_ms * (number - 1) / device.count, every_ms, self._jitter_ms)
        return _DeviceState(device, self._fields, self._templates, schedule)


@dataclass(slots=True)
class _Schedule:
    """The ticks of one device, in milliseconds; jitter moves each, but does not add up."""

    first_ms: float
    every_ms: int
    jitter_ms: float
    ticks: int = 0
    last_s: float = 0.0

    def next_s(self, random: Random) -> float:
        at_ms = self.first_ms + self.ticks * self.every_ms
        if self.jitter_ms:
            at_ms += random.uniform(-self.jitter_ms, self.jitter_ms)
        self.ticks += 1
        self.last_s = max(self.last_s, at_ms / 1_000)
        return self.last_s


class _DeviceState:
    """One device while its messages are made."""

    def __init__(
        self,
        device: Device,
        fields: Mapping[str, FieldMaker],
        templates: _Templates,
        schedule: _Schedule,
    ) -> None:
        self.number = device.number
        self._random = device.random
        self._fields: dict[str, Draw] = {name: maker(device) for name, maker in fields.items()}
        self._templates = templates
        self._schedule = schedule
        self._made = 0

    def next_at_s(self) -> float:
        return self._schedule.next_s(self._random)

    def values(self, at_s: float, start_ms: int) -> dict[str, str]:
        """Make the values of the next message."""
        self._made += 1
        moment = Moment(at_s, start_ms + round(at_s * 1_000), self._made)
        values = {
            "device": str(self.number),
            "seq": str(self._made),
            "now": str(moment.now_ms),
            "uuid": new_uuid(self._random),
        }
        # Every field moves on with every message, used or not: templates do not change the data.
        for name, draw in self._fields.items():
            values[name] = draw(moment)
        return values

    def fill(self, values: Mapping[str, str]) -> tuple[str, str, tuple[tuple[str, str], ...]]:
        """Fill topic, payload and properties."""
        templates, random = self._templates, self._random
        return (
            templates.topic(values, random),
            templates.payload(values, random),
            tuple((name, fill(values, random)) for name, fill in templates.properties),
        )

    def make(self, at_s: float, start_ms: int) -> SimulatedMessage:
        topic, payload, properties = self.fill(self.values(at_s, start_ms))
        encoded = self._templates.encode(payload)
        return SimulatedMessage(at_s, self.number, topic, encoded, properties)


def preview(simulator: Simulator, count: int, start_ms: int) -> list[SimulatedMessage]:
    """Make the first messages.

    Raises:
        ConfigError: A field or a placeholder is wrong.
        CodecError: A payload is not in the simulator's format.
    """
    return list(islice(Simulation(simulator).messages(start_ms), count))


def simulator_problems(simulator: Simulator) -> list[Problem]:
    """List everything that is wrong with a simulator's fields and texts. Pure."""
    path = _path(simulator)
    problems = [_problem(exc, path) for exc in _wrong_parts(simulator, path)]
    if problems:
        return problems
    problems += [_hiding(name, path) for name in simulator.fields if name in BUILT_IN]
    try:
        first = preview(simulator, 1, start_ms=0)
        problems += [_problem(exc, path) for exc in _too_long(first, path)]
        if simulator.format == "json":
            for message in first:
                msgspec.json.decode(message.payload)
    except AppError as exc:
        problems.append(_problem(exc, f"{path}.payload"))
    except msgspec.DecodeError as exc:
        problems.append(
            Problem(
                f"{path}.payload",
                "simulator_payload",
                "warning",
                f"is not JSON once its fields are filled in: {exc}",
                'correct it, or write format = "text"',
            )
        )
    return problems


def _wrong_parts(simulator: Simulator, path: str) -> Iterator[ConfigError]:
    """Compile every part by itself, and give what is wrong with each."""
    names = _names(simulator)
    parts: list[Callable[[], object]] = [
        partial(compile_field, table, f"{path}.fields.{name}")
        for name, table in simulator.fields.items()
    ]
    parts += [
        partial(_compile_topic, simulator, names, path),
        partial(compile_text, simulator.payload, names, f"{path}.payload"),
    ]
    parts += [
        partial(_compile_line, text, names, f"{path}.properties.{name}")
        for name, text in simulator.properties.items()
    ]
    for part in parts:
        try:
            part()
        except ConfigError as exc:
            yield exc


def _problem(error: AppError, path: str) -> Problem:
    place = error.path if isinstance(error, ConfigError) and error.path else path
    return Problem(place, SIMULATOR, "error", error.message, error.hint)


def _hiding(name: str, path: str) -> Problem:
    text = f"{{{{{name}}}}} is this field, and no longer {_MEANT[name]}"
    return Problem(f"{path}.fields.{name}", "simulator_field", "warning", text, "rename it")


def _path(simulator: Simulator) -> str:
    return f"simulators.{simulator.name}"


def _names(simulator: Simulator) -> tuple[str, ...]:
    """List what placeholders can name."""
    return (*simulator.fields, *(name for name in BUILT_IN if name not in simulator.fields))


def _compile_topic(simulator: Simulator, names: Collection[str], path: str) -> Fill:
    if any(sign in simulator.topic for sign in "+#") or not simulator.topic:
        wrong = "cannot contain + or #" if simulator.topic else "cannot be empty"
        raise ConfigError(
            f"a topic to publish to {wrong}",
            path=f"{path}.topic",
            value=simulator.topic,
            hint="{{device}} puts the device's number in",
        )
    return _compile_line(simulator.topic, names, f"{path}.topic")


def _compile_line(text: str, names: Collection[str], path: str) -> Fill:
    """Compile a text in which `{{` can only begin a placeholder."""
    fill = compile_text(text, names, path)
    if has_open_braces(text):
        raise ConfigError(
            "a placeholder is not closed", path=path, hint="write it between {{ and }}: {{device}}"
        )
    return fill


def _too_long(messages: Iterable[SimulatedMessage], path: str) -> Iterator[ConfigError]:
    """Give what MQTT has no room for in the topics and properties of messages."""
    for message in messages:
        texts = {f"{path}.topic": message.topic}
        texts |= {f"{path}.properties.{name}": value for name, value in message.properties}
        for place, text in texts.items():
            if wrong := too_long(text.encode("utf-8", "replace")):
                yield ConfigError(wrong, path=place, hint="shorten it")
        for name, _value in message.properties:
            if wrong := too_long(name.encode("utf-8", "replace")):
                place = f"{path}.properties"
                yield ConfigError(f"the name of one {wrong}", path=place, hint="shorten it")


def _compile_templates(simulator: Simulator, path: str) -> _Templates:
    names = _names(simulator)
    return _Templates(
        topic=_compile_topic(simulator, names, path),
        payload=compile_text(
            simulator.payload,
            names,
            f"{path}.payload",
            _escape_json if simulator.format == "json" else None,
        ),
        encode=partial(payload_bytes, payload_format=simulator.format),
        properties=tuple(
            (name, _compile_line(text, names, f"{path}.properties.{name}"))
            for name, text in simulator.properties.items()
        ),
    )


def _escape_json(value: str) -> str:
    """Write a value so that it fits between the quotes of a JSON string."""
    return msgspec.json.encode(value).decode()[1:-1]


def _limits(stop_after: int | str | None) -> tuple[int | None, float]:
    """Read `stop_after`: the most messages, and the seconds after which none comes."""
    if isinstance(stop_after, str):
        return None, Duration.parse(stop_after).s
    return stop_after, float("inf")
