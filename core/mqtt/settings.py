"""From a connector to what one MQTT connection needs: address, sign-in, limits."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import Final, Literal
from urllib.parse import urlsplit

from core.errors import NotConnected
from core.mqtt.catalogue import Facts
from core.workspace.environment import Environment
from core.workspace.mqtt import DEFAULT_PORTS, SANDBOX, MqttConnector

_TLS_SCHEMES: Final = frozenset({"mqtts", "wss"})
_WEBSOCKET_SCHEMES: Final = frozenset({"ws", "wss"})
_DEFAULT_PATH: Final = "/mqtt"


@dataclass(frozen=True, slots=True)
class Address:
    """Where a broker is and how it is spoken to. `path` only matters for WebSocket."""

    host: str
    port: int
    tls: bool = False
    websocket: bool = False
    path: str = _DEFAULT_PATH

    def __str__(self) -> str:
        scheme = ("wss" if self.tls else "ws") if self.websocket else self._plain_scheme()
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{scheme}://{host}:{self.port}{self.path if self.websocket else ''}"

    def _plain_scheme(self) -> str:
        return "mqtts" if self.tls else "mqtt"


@dataclass(frozen=True, slots=True)
class Settings:
    """One connection: a connector, the client id to use on it, and its address.

    Attributes:
        connector: The options.
        client_id: Of this connection; only the engine's source uses the connector's own.
        address: Resolved; the embedded broker's for `sandbox`.
        environment: For secrets and certificate files.
        is_embedded: It is the embedded broker, which has limits of its own.
        keeps_session: Sign in with the connector's clean start and session expiry, and with its
            will; otherwise with a clean start and no session afterwards.
    """

    connector: MqttConnector
    client_id: str
    address: Address
    environment: Environment
    is_embedded: bool = False
    keeps_session: bool = False

    @property
    def is_v5(self) -> bool:
        """Whether it speaks MQTT 5."""
        return self.connector.protocol == "5.0"

    @property
    def facts(self) -> Facts:
        """What error sentences say about it."""
        return Facts(
            server=str(self.address),
            host=self.address.host,
            port=self.address.port,
            client_id=self.client_id,
            username=self.connector.username,
            protocol=self.connector.protocol,
        )


def address_of(connector: MqttConnector, environment: Environment) -> Address:
    """Find the broker of a connector.

    Raises:
        NotConnected: It stands on the embedded broker, and none is running.
    """
    if connector.server == SANDBOX:
        if environment.sandbox is None:
            raise NotConnected(
                f"The connector {connector.name!r} stands on the embedded broker, and none is "
                "running.",
                connector=connector.name,
                hint="Name a running one with --sandbox mqtt=HOST:PORT,kafka=HOST:PORT, as "
                "`sluicegate sandbox` prints it.",
            )
        host, _, port = environment.sandbox.mqtt.rpartition(":")
        return Address(host.strip("[]"), int(port), tls=False)
    parts = urlsplit(connector.server)
    return Address(
        host=parts.hostname or "",
        port=parts.port or DEFAULT_PORTS[parts.scheme],
        tls=parts.scheme in _TLS_SCHEMES or connector.ssl.enable,
        websocket=parts.scheme in _WEBSOCKET_SCHEMES,
        path=(parts.path or _DEFAULT_PATH) + (f"?{parts.query}" if parts.query else ""),
    )


def source_settings(connector: MqttConnector, client_id: str, environment: Environment) -> Settings:
    """Settings of the engine's source: the stable client id with its session."""
    return Settings(
        connector,
        client_id,
        address_of(connector, environment),
        environment,
        is_embedded=connector.server == SANDBOX,
        keeps_session=True,
    )


def helper_settings(
    connector: MqttConnector,
    client_id: str,
    environment: Environment,
    purpose: Literal["pub", "sim", "check"],
) -> Settings:
    """Settings of any other client of a connector: an id of its own, no session.

    Args:
        connector: The connector.
        client_id: The engine's client id there; `-pub-xxxx` or the like is added to it.
        environment: For secrets, certificates and the embedded broker.
        purpose: What the client is for.
    """
    own_id = f"{client_id}-{purpose}-{secrets.token_hex(2)}"
    return Settings(
        connector,
        own_id,
        address_of(connector, environment),
        environment,
        is_embedded=connector.server == SANDBOX,
    )
