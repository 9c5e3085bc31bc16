"""The examples of rules that come with the program, and what each of them gives."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files
from typing import Any, Final

import msgspec

from core.lab.payloads import payload_bytes
from core.sql.columns import MESSAGE_PUBLISH
from core.sql.values import Value, bytes_to_str
from core.workspace.lab import PayloadFormat

_FILE: Final = "sql_examples.toml"


class Example(msgspec.Struct, frozen=True):
    """One example: a statement, and a message to try it on.

    Attributes:
        group: What it is about.
        name: What it is for.
        words: More words that it is found by.
        sql: The statement.
        topic: The message's.
        client: Who published it; empty for nobody that is known.
        payload: As text in its format.
        retain: Whether the message is retained; None leaves the flags out.
        properties: MQTT 5 user properties.
    """

    group: str
    name: str
    sql: str
    topic: str
    payload: str
    words: str = ""
    client: str = ""
    format: PayloadFormat = "json"
    retain: bool | None = None
    properties: dict[str, str] = msgspec.field(default_factory=dict[str, str])

    @property
    def event(self) -> str:
        """The kind of event."""
        return MESSAGE_PUBLISH

    @property
    def context(self) -> dict[str, Value]:
        """The columns of its message."""
        columns: dict[str, Value] = {
            "topic": self.topic,
            "payload": bytes_to_str(payload_bytes(self.payload, self.format)),
        }
        if self.client:
            columns["clientid"] = self.client
        if self.retain is not None:
            columns["flags"] = {"retain": self.retain, "dup": False}
        if self.properties:
            columns["pub_props"] = {"User-Property": dict(self.properties)}
        return columns


@cache
def examples() -> tuple[Example, ...]:
    """Read them, in their order. Some milliseconds the first time."""
    text = files("resources").joinpath(_FILE).read_text("utf-8")
    data: dict[str, Any] = tomllib.loads(text)
    return msgspec.convert(data["examples"], tuple[Example, ...])
