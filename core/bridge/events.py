"""What the engine tells besides counters: changes of status, failed messages, console output."""

from __future__ import annotations

from typing import TypeAlias

import msgspec

from core.status import Status


class StatusChanged(msgspec.Struct, frozen=True, tag_field="event", tag="status"):
    """A connector, source or action changed its status; `kind` says which of them."""

    kind: str
    name: str
    status: Status
    reason: str = ""


class RuleFailed(msgspec.Struct, frozen=True, tag_field="event", tag="rule_failed"):
    """A rule failed on a message. At most one a second and rule is told; `count` are all since."""

    rule: str
    message: str
    count: int


class ConsoleOutput(msgspec.Struct, frozen=True, tag_field="event", tag="console"):
    """The console action's output of one rule, as compact JSON."""

    rule: str
    output: str


class Notice(msgspec.Struct, frozen=True, tag_field="event", tag="notice"):
    """Anything else a person should read, such as an error of the engine itself."""

    level: str
    text: str


EngineEvent: TypeAlias = StatusChanged | RuleFailed | ConsoleOutput | Notice
