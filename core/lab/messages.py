"""What is said between the window and the process that runs its simulators: JSON, an object a line.

Nothing that runs them is imported here.
"""

from __future__ import annotations

from typing import Final, TypeAlias

import msgspec

REPORT_EVERY_S: Final = 0.5


class Progress(msgspec.Struct, frozen=True):
    """What a simulator has done since it was started; the names are those of `SimulatorRunner`.

    Attributes:
        target: Messages a second that its schedule asks for; 0 for as many as possible.
        devices: How many there are.
        burst: How many messages come at once.
        run_s: How long it has run, or ran.
        late_p99_ms: 99 of 100 recent messages were less late than this.
        error: The latest reason why a message was not sent or not acknowledged, as a sentence.
        hint: What to do about it.
    """

    is_running: bool = False
    is_connected: bool = False
    has_failed: bool = False
    target: float = 0.0
    devices: int = 0
    burst: int = 1
    sent: int = 0
    acknowledged: int = 0
    failed: int = 0
    in_flight: int = 0
    skipped_s: float = 0.0
    late_s: float = 0.0
    blocked_s: float = 0.0
    run_s: float = 0.0
    late_p99_ms: float = 0.0
    error: str = ""
    hint: str = ""


class Run(msgspec.Struct, frozen=True, tag_field="do", tag="run"):
    """Start a simulator of a workspace file, unless it runs.

    Attributes:
        path: The file, which is read anew.
        sandbox: The embedded brokers, as `--sandbox` takes them; empty if none run.
    """

    name: str
    path: str
    sandbox: str = ""


class Halt(msgspec.Struct, frozen=True, tag_field="do", tag="halt"):
    """Stop a simulator; its figures stay."""

    name: str


class HaltAll(msgspec.Struct, frozen=True, tag_field="do", tag="halt_all"):
    """Stop every simulator, and forget their figures."""


Order: TypeAlias = Run | Halt | HaltAll


class Report(msgspec.Struct, frozen=True):
    """How every simulator is that was started.

    Attributes:
        at_s: When, on the clock of whoever reports; only differences mean anything.
        orders: How many orders have been carried out until now.
        progress: By the simulator's name.
    """

    at_s: float
    orders: int
    progress: dict[str, Progress]


_reports: Final = msgspec.json.Decoder(Report)
_encoder: Final = msgspec.json.Encoder()


def encode(message: Order | Report) -> bytes:
    """Make one line."""
    return _encoder.encode(message) + b"\n"


def read_report(line: bytes) -> Report:
    """Read a line of the child.

    Raises:
        msgspec.MsgspecError: It is no report.
    """
    return _reports.decode(line)
