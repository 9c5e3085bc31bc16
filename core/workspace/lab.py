"""What a workspace keeps for trying rules out: simulated devices, rule tests, saved messages."""

from __future__ import annotations

import re
from typing import Annotated, Any, Final, Literal, TypeAlias

from pydantic import Field, field_validator, model_validator

from core.workspace.mqtt import Model, Qos
from core.workspace.units import Duration

PayloadFormat: TypeAlias = Literal["json", "text", "hex", "base64"]

_PERCENT: Final = re.compile(r"(\d+(?:\.\d+)?)%")


class Simulator(Model):
    """Devices that publish test traffic."""

    name: str = ""
    label: str = ""
    description: str = ""
    connector: str
    topic: str
    payload: str = ""
    devices: int = Field(default=1, ge=1, le=10_000)
    every: Duration = Duration(1_000)
    jitter: str = "0%"
    seed: int | None = None
    qos: Qos = 0
    retain: bool = False
    properties: dict[str, str] = {}
    fields: dict[str, dict[str, Any]] = {}
    stop_after: int | str | None = None
    burst: int = Field(default=1, ge=1, le=10_000)
    autostart: bool = False
    format: PayloadFormat = "json"

    @field_validator("jitter")
    @classmethod
    def _share_of_every(cls, value: str) -> str:
        match = _PERCENT.fullmatch(value)
        if match is None or float(match[1]) > 100:
            msg = 'is no share of every; write "0%" to "100%"'
            raise ValueError(msg)
        return value

    @field_validator("stop_after")
    @classmethod
    def _count_or_duration(cls, value: int | str | None) -> int | str | None:
        if isinstance(value, str):
            Duration.parse(value)
        elif value is not None and value < 1:
            msg = 'is no end; write a number of messages from 1, or a duration such as "5min"'
            raise ValueError(msg)
        return value


class ExpectedRecord(Model):
    """What a rule test expects an action to write; only what is given is compared."""

    action: str | None = None
    topic: str | None = None
    key: str | None = None
    value: str | None = None
    partition: int | None = None
    timestamp: int | str | None = None
    headers: dict[str, str] | None = None


class Expectation(Model):
    """The outcome that a rule test expects; exactly one of output, no_match and error, or none.

    `output` is a table, a list of tables (FOREACH), or JSON text of one of them; tables are
    compared as a subset unless `exact`.
    """

    output: dict[str, Any] | tuple[Any, ...] | str | None = None
    exact: bool = False
    no_match: bool = False
    error: str | None = None
    records: tuple[ExpectedRecord, ...] = ()

    @model_validator(mode="after")
    def _one_outcome(self) -> Expectation:
        outcomes = (self.output is not None or bool(self.records), self.no_match, bool(self.error))
        if sum(outcomes) > 1:
            msg = "takes one outcome; write output and records, or no_match, or error"
            raise ValueError(msg)
        return self


class RuleTest(Model):
    """One case of a rule: an event, and what the rule makes of it.

    `context` holds columns as a table or as JSON text (TOML has no null); columns that it does
    not name take the tester's defaults.
    """

    name: str = ""
    event: str = "message.publish"
    context: dict[str, Any] | str = {}
    expect: Expectation = Expectation()


class SavedMessage(Model):
    """A message or record that is kept for publishing again; mqtt unless `kind` says kafka."""

    kind: Literal["mqtt", "kafka"] = "mqtt"
    name: str
    folder: str = ""
    connector: str | None = None
    topic: str
    format: PayloadFormat = "json"
    payload: str = ""
    qos: Qos = 0
    retain: bool = False
    properties: dict[str, str] = {}
    content_type: str | None = None
    response_topic: str | None = None
    correlation_data: str | None = None
    message_expiry_interval: Annotated[int, Field(ge=0)] | None = None
    payload_format_indicator: Literal[0, 1] | None = None
    key: str | None = None
    value: str | None = None
    headers: dict[str, str] = {}
    partition: Annotated[int, Field(ge=0)] | None = None
