"""A connector's page: its settings in words, its state, and who uses it."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QObject, Signal, Slot

from core.kafka.options import user_name
from core.workspace.kafka import KafkaConnector, PasswordAuth
from core.workspace.mqtt import SANDBOX, MqttConnector, Ssl
from core.workspace.units import SecretRef
from gui.viewmodels.facts import action_facts
from gui.viewmodels.live import STOPPED, Live, State
from gui.viewmodels.words import number, per_second, plural, tr


@dataclass(frozen=True, slots=True)
class Setting:
    """One line of a group; `is_code` for values that are written as they stand in the file."""

    name: str
    value: str
    is_code: bool = False


@dataclass(frozen=True, slots=True)
class SettingGroup:
    """Lines that belong together."""

    title: str
    settings: tuple[Setting, ...]


@dataclass(frozen=True, slots=True)
class User:
    """What uses a connector: a rule or an action; `target` is the document to open."""

    kind: str
    name: str
    detail: str
    state: State
    target: str


class ConnectorViewModel(QObject):
    """One connector, found by its name in whatever workspace is open.

    Signals:
        settingsChanged: Another version of the file.
        changed: State or numbers are new.
    """

    settingsChanged = Signal()
    changed = Signal()

    def __init__(self, live: Live, name: str) -> None:
        super().__init__(live)
        self.live = live
        self.name = name
        live.changed.connect(self._take_change)
        live.workspaceChanged.connect(self._take_workspace)

    @Slot()
    def _take_change(self) -> None:
        self.changed.emit()

    @Slot()
    def _take_workspace(self) -> None:
        self.settingsChanged.emit()

    @property
    def kind(self) -> str:
        """`mqtt`, `kafka`, or nothing when the file has it no more."""
        return self.live.connector_kind(self.name)

    @property
    def kind_word(self) -> str:
        """The kind as people write it."""
        return {"mqtt": "MQTT", "kafka": "Kafka"}.get(self.kind, "")

    @property
    def state(self) -> State:
        """How it is."""
        return self.live.connector_state(self.name) if self.kind else STOPPED

    @property
    def label(self) -> str:
        """What the file calls it besides its name."""
        found = self._mqtt or self._kafka
        return (found.label or found.description) if found is not None else ""

    @property
    def groups(self) -> tuple[SettingGroup, ...]:
        """Its settings; secrets by where they are kept, never themselves."""
        if self._mqtt is not None:
            sandbox = self.live.session.sandbox
            return _mqtt_groups(self._mqtt, self._client_id, sandbox.mqtt if sandbox else "")
        if self._kafka is not None:
            sandbox = self.live.session.sandbox
            return _kafka_groups(self._kafka, sandbox.kafka if sandbox else "")
        return ()

    @property
    def numbers(self) -> tuple[Setting, ...]:
        """What went through it since the start."""
        live = self.live
        rate = per_second(live.rate("connector", self.name))
        total = number(live.total("connector", self.name))
        if self.kind == "kafka":
            return (
                Setting(tr("Delivered"), total),
                Setting(tr("Now"), rate),
            )
        stats = live.snapshot.sources.get(self.name) if live.snapshot is not None else None
        found = [Setting(tr("Received"), total), Setting(tr("Now"), rate)]
        if stats is not None:
            found += [
                Setting(tr("For no rule"), number(stats.unmatched)),
                Setting(tr("Retained, ignored"), number(stats.retained_ignored)),
                Setting(tr("Second copies"), number(stats.duplicates)),
                Setting(tr("Not acknowledged yet"), number(stats.unacked)),
                Setting(tr("Connections lost"), number(stats.reconnects)),
            ]
        return tuple(found)

    @property
    def users(self) -> tuple[User, ...]:
        """The rules that listen to it, and the actions that write to it."""
        live, workspace = self.live, self.live.workspace
        found = [
            User("rule", name, tr("listens to it"), live.rule_state(name), f"rule:{name}")
            for name, rule in workspace.rules.items()
            if self.kind == "mqtt" and workspace.source_of(rule) == self.name
        ]
        for name in (*workspace.actions.kafka, *workspace.actions.republish):
            facts = action_facts(workspace, name)
            rules = [rule.id for rule in workspace.rules.values() if name in rule.actions]
            if facts.connector == self.name:
                detail = tr("writes to {topic}").format(topic=facts.target)
                target = f"rule:{rules[0]}" if rules else ""
                found.append(User("action", name, detail, live.action_state(facts), target))
        found += [
            User(
                "simulator",
                name,
                tr("publishes to {topic}").format(topic=simulator.topic),
                live.simulator_state(name),
                "",
            )
            for name, simulator in workspace.simulators.items()
            if simulator.connector == self.name
        ]
        return tuple(found)

    @property
    def _mqtt(self) -> MqttConnector | None:
        return self.live.workspace.connectors.mqtt.get(self.name)

    @property
    def _kafka(self) -> KafkaConnector | None:
        return self.live.workspace.connectors.kafka.get(self.name)

    @property
    def _client_id(self) -> str:
        connector = self._mqtt
        return self.live.workspace.client_id(connector) if connector is not None else ""


def _mqtt_groups(
    connector: MqttConnector, client_id: str, sandbox: str
) -> tuple[SettingGroup, ...]:
    is_v5 = connector.protocol == "5.0"
    session = (
        tr("new at each connection")
        if connector.clean_start
        else tr("kept for {time} after a lost connection").format(time=connector.session_expiry)
    )
    return (
        SettingGroup(
            tr("Connection"),
            (
                Setting(tr("Server"), _place(connector.server, sandbox), is_code=True),
                Setting(tr("Protocol"), tr("MQTT {version}").format(version=connector.protocol)),
                Setting(tr("User name"), connector.username or tr("none")),
                Setting(tr("Password"), _secret(connector.password)),
                Setting(tr("Client ID"), client_id, is_code=True),
                Setting(tr("Keep alive"), str(connector.keepalive)),
                _tls(connector.ssl),
            ),
        ),
        SettingGroup(
            tr("Subscribing"),
            (
                Setting(tr("QoS"), str(connector.qos)),
                Setting(tr("Session"), session),
                Setting(
                    tr("Unacknowledged at once"),
                    plural("%n message", "%n messages", connector.receive_maximum),
                ),
                Setting(
                    tr("Retained messages"),
                    tr("ignored") if connector.retained == "ignore" else tr("taken"),
                ),
                Setting(tr("Shared group"), connector.shared_group or tr("none")),
            ),
        ),
        SettingGroup(
            tr("Who published"),
            (
                Setting("clientid", _identity(connector.identity.clientid, is_v5=is_v5)),
                Setting("username", _identity(connector.identity.username, is_v5=is_v5)),
            ),
        ),
    )


def _kafka_groups(connector: KafkaConnector, sandbox: str) -> tuple[SettingGroup, ...]:
    auth = connector.authentication
    signs_in = isinstance(auth, PasswordAuth)
    user = user_name(connector)
    return (
        SettingGroup(
            tr("Connection"),
            (
                Setting(
                    tr("Bootstrap hosts"), _place(connector.bootstrap_hosts, sandbox), is_code=True
                ),
                Setting(
                    tr("Authentication"),
                    f"SASL/{connector.mechanism}" if connector.mechanism else tr("none"),
                ),
                Setting(tr("User name"), user or tr("none")),
                Setting(tr("Password"), _secret(auth.password if signs_in else None)),
                _tls(connector.ssl),
            ),
        ),
        SettingGroup(
            tr("Topics"),
            (
                Setting(tr("Health check topic"), connector.health_check_topic or tr("none")),
                Setting(
                    tr("Automatic creation"),
                    tr("on") if connector.allow_auto_topic_creation or sandbox else tr("off"),
                ),
            ),
        ),
        SettingGroup(
            tr("Timeouts"),
            (
                Setting(tr("Connect"), str(connector.connect_timeout)),
                Setting(tr("Metadata"), str(connector.metadata_request_timeout)),
                Setting(tr("Request"), str(connector.request_timeout)),
            ),
        ),
    )


def _place(text: str, sandbox: str) -> str:
    if text != SANDBOX:
        return text
    return tr("{address} (embedded)").format(address=sandbox) if sandbox else tr("embedded")


def _secret(reference: SecretRef | None) -> str:
    """Say where a secret is kept."""
    if reference is None:
        return tr("none")
    texts = {
        "secret": tr("in the keychain as {name}"),
        "env": tr("from the environment variable {name}"),
        "file": tr("from the file {name}"),
    }
    return texts[reference.kind].format(name=reference.name)


def _tls(ssl: Ssl) -> Setting:
    if not ssl.enable:
        return Setting(tr("TLS"), tr("off"))
    if ssl.verify == "verify_none":
        return Setting(tr("TLS"), tr("on, the server's certificate is not checked"))
    return Setting(tr("TLS"), tr("on, the server's certificate is checked"))


def _identity(source: str, *, is_v5: bool) -> str:
    """Say in words where a publisher's name comes from."""
    kind, _, name = source.partition(":")
    match kind:
        case "property":
            text = tr("from the user property {name}").format(name=name)
            return text if is_v5 else tr("{text}, which MQTT 3.1.1 has not").format(text=text)
        case "topic":
            return (
                tr("from the topic, at {{}} in {name}")
                .replace("{{}}", "{}")
                .replace("{name}", name)
            )
        case "payload":
            return tr("from the payload, at {name}").format(name=name)
        case _:
            return tr("not known")
