"""How a simulator does that runs: its rate against its target, and what holds it back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import QObject, Signal

from core.lab.host import Progress
from core.workspace.lab import Simulator
from gui.viewmodels.live import Live
from gui.viewmodels.simulators import RatePoint
from gui.viewmodels.words import milliseconds, number, per_second, rate, sentences, tr

_NONE: Final = Progress()
_BLOCKED: Final = 0.3


@dataclass(frozen=True, slots=True)
class Verdict:
    """What there is to say about the rate.

    Attributes:
        status: The shape, by the name of a state; empty for none.
        text: In a few words.
        reason: What holds it back, as a sentence; empty for nothing.
    """

    status: str = ""
    text: str = ""
    reason: str = ""


class SimulatorRate(QObject):
    """The figures of one simulator.

    Signals:
        changed: They are new.
    """

    changed = Signal()

    def __init__(self, live: Live, name: str, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._live, self._name = live, name
        self._simulators = live.session.simulators
        self._simulators.changed.connect(self.changed)
        live.workspaceChanged.connect(self.changed)

    @property
    def _simulator(self) -> Simulator | None:
        return self._live.workspace.simulators.get(self._name)

    @property
    def progress(self) -> Progress:
        """What it has done since it was started; nothing before."""
        return self._simulators.states.get(self._name, _NONE)

    @property
    def rate(self) -> float:
        """Messages a second that it sends."""
        return self._simulators.rate(self._name)

    @property
    def target(self) -> float:
        """Messages a second that it is to send; 0 for as many as it can, or for nothing."""
        if self.progress.is_running:
            return self.progress.target
        simulator = self._simulator
        if simulator is None or not simulator.every.ms:
            return 0.0
        return simulator.devices * simulator.burst / simulator.every.s

    @property
    def target_text(self) -> str:
        """Say the target behind the rate."""
        if not self.target:
            return tr("messages per second")
        return tr("of {target} messages per second").format(target=rate(self.target))

    @property
    def short_target_text(self) -> str:
        """Say it where there is little room."""
        return (
            tr("of {target}").format(target=per_second(self.target))
            if self.target
            else tr("per second")
        )

    @property
    def points(self) -> list[RatePoint]:
        """The rates of the last minute."""
        return self._simulators.points(self._name)

    @property
    def verdict(self) -> Verdict:
        """Tell whether it keeps to its target, and if not, why."""
        progress = self.progress
        if not progress.is_running:
            return Verdict()
        if not progress.is_connected:
            reason = sentences(progress.error, progress.hint)
            return Verdict("connecting" if not reason else "degraded", tr("Connecting"), reason)
        if self._simulators.is_behind(self._name):
            text = tr("{rate} of {target}").format(rate=rate(self.rate), target=rate(self.target))
            return Verdict("degraded", text, self._what_holds_back(progress))
        if not progress.target:
            return Verdict("passed", tr("As fast as it can"))
        return Verdict("passed", tr("On target"))

    def _what_holds_back(self, progress: Progress) -> str:
        if self._simulators.blocked_share(self._name) > _BLOCKED:
            simulator = self._simulator
            text = tr("Held back by {broker}: {count} messages wait for its answer.")
            broker = simulator.connector if simulator is not None else tr("the broker")
            return text.format(broker=broker, count=number(progress.in_flight))
        return tr("Held back by this computer: it makes no more messages a second.")

    @property
    def facts(self) -> tuple[tuple[str, str], ...]:
        """Figures with their names."""
        progress, simulator = self.progress, self._simulator
        devices = progress.devices or (simulator.devices if simulator is not None else 0)
        connected = devices if progress.is_connected else 0
        text = tr("{connected} of {count}")
        found = [
            (tr("Sent"), number(progress.sent)),
            (self._acknowledged_word, number(progress.acknowledged)),
            (
                tr("Devices connected"),
                text.format(connected=number(connected), count=number(devices)),
            ),
            (tr("Lateness, p99"), milliseconds(progress.late_p99_ms) if progress.sent else "-"),
        ]
        if progress.failed:
            found.insert(2, (tr("Failed"), number(progress.failed)))
        return tuple(found)

    @property
    def _acknowledged_word(self) -> str:
        simulator = self._simulator
        words = {0: tr("Written (QoS 0)"), 2: tr("Acknowledged (PUBCOMP)")}
        qos = simulator.qos if simulator is not None else 1
        return words.get(qos, tr("Acknowledged (PUBACK)"))
