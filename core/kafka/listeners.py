"""Ready lines for a broker that tells its clients to use an address they cannot reach."""

from __future__ import annotations

from typing import Final

from core.kafka.metadata import Broker
from core.workspace.kafka import KafkaConnector

_INSIDE_PORTS: Final = (29092, 19092)
_COMPOSE: Final = """\
# At the broker's service of docker-compose.yml: one listener for other containers, one for
# clients outside. Keep the CONTROLLER listener and its protocol if there is one.
    environment:
      KAFKA_LISTENERS: INTERNAL://0.0.0.0:{inside},EXTERNAL://0.0.0.0:{port}
      KAFKA_ADVERTISED_LISTENERS: INTERNAL://{name}:{inside},EXTERNAL://{host}:{port}
      KAFKA_LISTENER_SECURITY_PROTOCOL_MAP: INTERNAL:PLAINTEXT,EXTERNAL:{protocol}
      KAFKA_INTER_BROKER_LISTENER_NAME: INTERNAL
    ports:
      - "{port}:{port}"
"""
_PROPERTIES: Final = """\
# server.properties of the broker: the address that its clients are told to use.
advertised.listeners={protocol}://{host}:{port}
"""


def security_protocol(connector: KafkaConnector) -> str:
    """Name what the connector speaks, as Kafka's own configuration does. Pure."""
    tls = "SSL" if connector.ssl.enable else ""
    if connector.mechanism:
        return f"SASL_{tls or 'PLAINTEXT'}"
    return tls or "PLAINTEXT"


def compose_lines(connector: KafkaConnector, reached: tuple[str, int], broker: Broker) -> str:
    """Write the lines of docker-compose that let clients outside reach a broker. Pure.

    Args:
        connector: Says what clients outside speak.
        reached: Host and port that this computer has reached the cluster at.
        broker: At the address that it advertises now, which is left to other containers.
    """
    host, port = reached
    return _COMPOSE.format(
        inside=next(each for each in _INSIDE_PORTS if each != port),
        name=broker.host,
        host=_bracketed(host),
        port=port,
        protocol=security_protocol(connector),
    )


def server_lines(connector: KafkaConnector, reached: tuple[str, int]) -> str:
    """Write the line of server.properties that does the same without containers. Pure."""
    host, port = reached
    return _PROPERTIES.format(
        host=_bracketed(host), port=port, protocol=security_protocol(connector)
    )


def _bracketed(host: str) -> str:
    return f"[{host}]" if ":" in host else host
