"""What an edited simulator will send: its first messages, and the course of each field."""

from __future__ import annotations

import asyncio
import secrets
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Final

from PySide6.QtCore import QObject, QTimer, Signal, Slot
from shiboken6 import isValid

from core.errors import AppError
from core.lab.simulate import SimulatedMessage, Simulation
from core.workspace.lab import Simulator
from gui.viewmodels.payload_check import PayloadCheck, check_payload
from gui.viewmodels.simulator_form import PLACEHOLDER, SimulatorForm
from gui.viewmodels.words import sentence, tr

MESSAGES: Final = 10
_COURSE: Final = 60
_PAUSE_MS: Final = 100
_LONGEST: Final = 40
"""Characters of a value that may stand for a place in a choice."""


@dataclass(frozen=True, slots=True)
class Made:
    """What a simulator makes.

    Attributes:
        messages: The first ones.
        courses: Numbers of the first device's first messages, by field; none for a field whose
            values are no numbers and not few.
        check: Whether the first payload is JSON, where it shall be.
        problem: Why nothing can be made, as a sentence; empty when something is.
    """

    messages: tuple[SimulatedMessage, ...] = ()
    courses: dict[str, tuple[float, ...]] = field(default_factory=dict[str, tuple[float, ...]])
    check: PayloadCheck | None = None
    problem: str = ""


class SimulatorPreview(QObject):
    """Makes them a moment after each edit, beside the loop, by the code that will send them.

    Signals:
        changed: `made` is new.
    """

    changed = Signal()

    def __init__(self, form: SimulatorForm, parent: QObject | None = None) -> None:
        super().__init__(parent or form)
        self._form = form
        self.made = Made()
        self._start_ms = time.time_ns() // 1_000_000
        self._drawn_seed = secrets.randbits(32)
        self._is_busy = self._is_stale = False
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(_PAUSE_MS)
        self._pause.timeout.connect(self._look)
        form.changed.connect(self._pause.start)
        self._look()

    @property
    def seed_note(self) -> str:
        """Say what the seed means for these messages."""
        seed = self._form.value(("seed",))
        if seed is None:
            return tr("first 10 messages; a seed makes the same ones every time")
        return tr("first 10 messages; seed {seed} makes the same ones every time").format(seed=seed)

    @Slot()
    def _look(self) -> None:
        session = self._form.drafts.live.session
        if self._is_busy:
            self._is_stale = True
        elif not session.is_closing:
            self._is_busy = True
            session.tasks.start(self._make(), f"preview {self._form.key}")

    async def _make(self) -> None:
        simulator = self._form.simulator
        try:
            if simulator is None:
                made = Made(problem=tr("Correct the fields above to see what will be sent."))
            else:
                if simulator.seed is None:
                    simulator = simulator.model_copy(update={"seed": self._drawn_seed})
                made = await asyncio.to_thread(make, simulator, self._start_ms)
        finally:
            self._is_busy = False
        if not isValid(self):
            return
        self.made = made
        self.changed.emit()
        if self._is_stale:
            self._is_stale = False
            self._look()


def make(simulator: Simulator, start_ms: int) -> Made:
    """Make the first messages and the courses; pure."""
    try:
        simulation = Simulation(simulator)
        messages = tuple(islice(simulation.messages(start_ms), MESSAGES))
        values = simulation.course(1, _COURSE, start_ms)
    except AppError as exc:
        return Made(problem=sentence(exc.message))
    courses = {name: _course([each[name] for each in values]) for name in simulator.fields}
    check = check_template(simulator, messages) if simulator.format == "json" else None
    return Made(messages, {name: found for name, found in courses.items() if found}, check)


def check_template(simulator: Simulator, messages: Sequence[SimulatedMessage]) -> PayloadCheck:
    """Check whether a template makes JSON; places are those of the template, where they can be."""
    payload = messages[0].payload.decode() if messages else simulator.payload
    found = check_payload(payload)
    if not found.problem:
        return found
    # With a number as long as each placeholder the columns are those of what is typed.
    stand_in = PLACEHOLDER.sub(lambda name: "1" * len(name[0]), simulator.payload)
    typed = check_payload(stand_in)
    return typed if typed.problem else found


def _course(texts: list[str]) -> tuple[float, ...]:
    """Turn values into numbers: as they are, or their places among the few that there are."""
    for read in (_numbers, _places):
        if numbers := read(texts):
            return numbers
    return ()


def _numbers(texts: list[str]) -> tuple[float, ...]:
    try:
        return tuple(float(text) for text in texts)
    except ValueError:
        return ()


def _places(texts: list[str]) -> tuple[float, ...]:
    kinds = sorted(set(texts))
    if len(kinds) > len(texts) // 2 or any(len(kind) > _LONGEST for kind in kinds):
        return ()
    place: Callable[[str], float] = kinds.index
    return tuple(float(place(text)) for text in texts)
