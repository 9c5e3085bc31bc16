"""What the two ends of the engine's control channel say: JSON, one object a line.

Nothing of the engine is imported here: the window speaks without having it in its own process.
"""

from __future__ import annotations

from typing import Final, TypeAlias

import msgspec

from core.bridge.events import (
    ConsoleOutput,
    MessageSample,
    Notice,
    RecordSettled,
    RuleFailed,
    StatusChanged,
)
from core.bridge.metrics import Snapshot

PROTOCOL_VERSION: Final = 1
SNAPSHOT_EVERY_S: Final = 0.5
DRAIN_S: Final = 10.0
"""How long what is in flight may take to be delivered at the end, unless told otherwise."""


class Start(msgspec.Struct, frozen=True, tag_field="do", tag="start"):
    """Connect and run."""

    id: int


class Stop(msgspec.Struct, frozen=True, tag_field="do", tag="stop"):
    """Drain and disconnect; the process stays."""

    id: int
    drain_s: float = DRAIN_S
    forget_session: bool = False


class Reload(msgspec.Struct, frozen=True, tag_field="do", tag="reload"):
    """Read the workspace file again (or another one) and take it over.

    With `drain_s` what is in flight finishes first, at most so many seconds. Further commands are
    carried out meanwhile: `stop`, or another `reload` that does not wait, ends the waiting.
    """

    id: int
    path: str | None = None
    drain_s: float = 0.0


class Exit(msgspec.Struct, frozen=True, tag_field="do", tag="exit"):
    """Drain and end the process."""

    id: int


Command: TypeAlias = Start | Stop | Reload | Exit


class Hello(msgspec.Struct, frozen=True, tag_field="event", tag="hello"):
    """The first line: the engine is there and has understood its workspace."""

    protocol: int
    pid: int
    version: str


class SnapshotTaken(msgspec.Struct, frozen=True, tag_field="event", tag="snapshot"):
    """The counters, twice a second while running, and a last time after each drain."""

    snapshot: Snapshot


class Answer(msgspec.Struct, frozen=True, tag_field="event", tag="answer"):
    """The outcome of one command; `error` and `hint` are empty when it was done.

    `left` is how many records were in flight when a workspace was taken over.
    """

    id: int | None
    ok: bool
    error: str = ""
    hint: str = ""
    left: int = 0


Message: TypeAlias = (
    Hello
    | SnapshotTaken
    | Answer
    | StatusChanged
    | RuleFailed
    | ConsoleOutput
    | Notice
    | MessageSample
    | RecordSettled
)

_encoder: Final = msgspec.json.Encoder()


def encode(message: Message | Command) -> bytes:
    """Make one line of the channel."""
    return _encoder.encode(message) + b"\n"
