"""A simulator's page: its form, what it will send, how it runs, and its commands."""

from __future__ import annotations

import asyncio
import time
from itertools import islice
from typing import Final

from PySide6.QtCore import QObject, Signal, Slot
from shiboken6 import isValid

from core.errors import AppError
from core.lab.simulate import SimulatedMessage, Simulation
from core.mqtt.publisher import PublishProperties
from core.workspace.lab import Simulator
from gui.viewmodels.live import Live, State
from gui.viewmodels.object_drafts import Drafts
from gui.viewmodels.outlets import MqttMessage
from gui.viewmodels.simulator_form import SimulatorForm
from gui.viewmodels.simulator_preview import SimulatorPreview
from gui.viewmodels.simulator_rate import SimulatorRate
from gui.viewmodels.words import elapsed, milliseconds, number, sentences, tr

_MOST: Final = 1_000


class SimulatorViewModel(QObject):
    """One simulator, found by its name in whatever workspace is open.

    Attributes:
        form: What is edited.
        preview: What that will send.
        rate: How what is saved runs.

    Signals:
        stateChanged: Its state, or whether it can be started.
        told: Something was done: a sentence.
        refused: It could not be done: a sentence with what to do.
    """

    stateChanged = Signal()
    told = Signal(str)
    refused = Signal(str)

    def __init__(self, live: Live, drafts: Drafts, name: str) -> None:
        super().__init__(live)
        self.live, self.name = live, name
        self.form = SimulatorForm(drafts, f"simulator:{name}", self)
        self.preview = SimulatorPreview(self.form)
        self.rate = SimulatorRate(live, name, self)
        self._sent_by_hand = 0
        live.session.simulators.changed.connect(self.stateChanged)
        live.changed.connect(self.stateChanged)
        self.form.changed.connect(self.stateChanged)
        self.form.refused.connect(self._take_refusal)
        self.form.failed.connect(self.refused)

    # State

    @property
    def state(self) -> State:
        """How it is, as it is saved."""
        return self.live.simulator_state(self.name)

    @property
    def label(self) -> str:
        """What it is called in views."""
        return self.live.simulator_label(self.name)

    @property
    def is_running(self) -> bool:
        """Whether it sends messages, or tries to."""
        return self.rate.progress.is_running

    @property
    def can_start(self) -> bool:
        """Whether there is something saved that can be started."""
        return not self.form.is_new and self.name in self.live.workspace.simulators

    @property
    def state_texts(self) -> tuple[str, ...]:
        """Say what follows the word of the state: run time, what was sent, what is edited.

        What comes later says less, for where there is little room.
        """
        if self.form.is_new:
            return (tr("not saved yet"), "")
        progress = self.rate.progress
        parts: list[str] = []
        if progress.is_running:
            parts.append(tr("for {time}").format(time=elapsed(progress.run_s)))
        if progress.sent:
            sent = tr("{count} sent").format(count=number(progress.sent))
            parts.append(sent)
        if self.form.is_dirty:
            parts.append(tr("changes not saved"))
        return (*(", ".join(parts[first:]) for first in range(len(parts))), "")

    # Commands

    @Slot()
    def toggle(self) -> None:
        """Start it as it is saved, or stop it."""
        if self.is_running:
            self.live.session.stop_simulator(self.name)
        elif self.can_start:
            self.live.session.start_simulator(self.name)

    @Slot()
    def send_one(self) -> None:
        """Publish one message as it is edited; the next time, the one after it."""
        simulator = self.form.simulator
        connectors = self.live.workspace.connectors.mqtt
        if simulator is None or simulator.connector not in connectors:
            self.refused.emit(tr("Correct what is marked below, then send."))
            return
        session = self.live.session
        session.tasks.start(self._send_one(simulator), f"send one of {self.name}")

    async def _send_one(self, simulator: Simulator) -> None:
        workspace, session = self.live.workspace, self.live.session
        connector, environment = workspace.connectors.mqtt[simulator.connector], session.environment
        if environment is None:
            return
        try:
            message = await asyncio.to_thread(_message, simulator, self._sent_by_hand)
            self._sent_by_hand += 1
            properties = PublishProperties(message.properties) if message.properties else None
            answered = await session.outlets.publish(
                connector,
                workspace.client_id(connector),
                environment,
                MqttMessage(
                    message.topic, message.payload, simulator.qos, simulator.retain, properties
                ),
            )
        except AppError as exc:
            if isValid(self):  # the message goes out although its page was closed meanwhile
                self.refused.emit(sentences(exc.message, exc.hint))
            return
        text = tr("Sent to {topic}, {time}")
        if isValid(self):
            took = milliseconds(answered.latency_ms)
            self.told.emit(text.format(topic=message.topic, time=took))

    @Slot()
    def _take_refusal(self) -> None:
        if text := self.form.other_problem():
            self.refused.emit(text)


def _message(simulator: Simulator, place: int) -> SimulatedMessage:
    """Make the message at a place, from 0, of those that it sends; the first thousand go round."""
    simulation = Simulation(simulator.model_copy(update={"stop_after": None}))
    messages = simulation.messages(time.time_ns() // 1_000_000)
    return next(islice(messages, place % _MOST, None))
