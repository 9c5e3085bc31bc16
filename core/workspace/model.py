"""The whole workspace as one frozen model: format version 1."""

from __future__ import annotations

from typing import Any, Final, cast

from pydantic import Field, model_validator

from core.workspace.kafka import KafkaAction, KafkaConnector
from core.workspace.lab import RuleTest, SavedMessage, Simulator
from core.workspace.mqtt import Model, MqttConnector

FORMAT_VERSION: Final = 1
CONSOLE: Final = "console"


class Rule(Model):
    """A statement over the messages of one source, and the actions its outputs go to."""

    id: str = ""
    label: str = ""
    description: str = ""
    source: str | None = None
    sql: str
    actions: tuple[str, ...] = ()
    enable: bool = True
    tests: tuple[RuleTest, ...] = ()


class RepublishAction(Model):
    """Publishes a rule's output as an MQTT message (EMQX's republish action)."""

    name: str = ""
    label: str = ""
    description: str = ""
    enable: bool = True
    connector: str
    topic: str
    payload: str = "${payload}"
    qos: int | str = 0
    retain: bool | str = False
    user_properties: str = "${user_properties}"
    mqtt_properties: dict[str, str | int] = {}
    direct_dispatch: bool = False


class Connectors(Model):
    """Connectors by kind and name, in the file's order."""

    mqtt: dict[str, MqttConnector] = {}
    kafka: dict[str, KafkaConnector] = {}


class Actions(Model):
    """Actions by kind and name, in the file's order."""

    kafka: dict[str, KafkaAction] = {}
    republish: dict[str, RepublishAction] = {}


class Workspace(Model):
    """Everything one file holds. `id` is 8 hex digits; it makes client ids stable."""

    sluicegate: int = FORMAT_VERSION
    id: str = Field(default="", pattern="^([0-9a-f]{8})?$")
    title: str = ""
    description: str = ""
    connectors: Connectors = Connectors()
    rules: dict[str, Rule] = {}
    actions: Actions = Actions()
    simulators: dict[str, Simulator] = {}
    messages: tuple[SavedMessage, ...] = ()

    @model_validator(mode="before")
    @classmethod
    def _names_from_keys(cls, data: Any) -> Any:
        """Copy each table's key into its `name` (rules: `id`), so that parts know their names."""
        if not isinstance(data, dict):
            return data
        named: dict[str, Any] = dict(cast("dict[str, Any]", data))
        for group in ("connectors", "actions"):
            kinds = named.get(group)
            if isinstance(kinds, dict):
                tables = cast("dict[str, Any]", kinds)
                named[group] = {kind: _with_key(table, "name") for kind, table in tables.items()}
        for group, field in (("rules", "id"), ("simulators", "name")):
            if group in named:
                named[group] = _with_key(named[group], field)
        return named

    def source_of(self, rule: Rule) -> str | None:
        """Name the rule's MQTT connector: its own, or the only one there is."""
        if rule.source is not None:
            return rule.source
        names = list(self.connectors.mqtt)
        return names[0] if len(names) == 1 else None

    def uses_sandbox(self) -> bool:
        """Tell whether any connector stands on the embedded brokers."""
        return any(c.server == "sandbox" for c in self.connectors.mqtt.values()) or any(
            c.bootstrap_hosts == "sandbox" for c in self.connectors.kafka.values()
        )

    def names_tls_files(self) -> bool:
        """Tell whether any connector has a certificate or a key."""
        tables = (c.ssl for c in (*self.connectors.mqtt.values(), *self.connectors.kafka.values()))
        return any(ssl.cacertfile or ssl.certfile or ssl.keyfile for ssl in tables)

    def client_id(self, connector: MqttConnector) -> str:
        """Name the engine's client on a connector: stable, so that its session survives."""
        return connector.client_id or f"sluicegate-{self.id}-{connector.name}"


def _with_key(table: Any, field: str) -> Any:
    if not isinstance(table, dict):
        return table
    entries = cast("dict[str, Any]", table)
    named: dict[str, Any] = {}
    for key, entry in entries.items():
        named[key] = {**entry, field: key} if isinstance(entry, dict) else entry
    return named
