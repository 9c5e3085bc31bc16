"""The ready lines for a broker that advertises what its clients cannot reach."""

from __future__ import annotations

from core.kafka.listeners import compose_lines, security_protocol, server_lines
from core.kafka.metadata import Broker
from core.workspace.kafka import KafkaConnector, KafkaSsl, PasswordAuth
from core.workspace.units import SecretRef

PLAIN = KafkaConnector(name="laptop", bootstrap_hosts="127.0.0.1:9092")
SIGNED_IN = PLAIN.model_copy(
    update={
        "authentication": PasswordAuth(
            mechanism="plain", username="u", password=SecretRef.parse("env:P")
        ),
        "ssl": KafkaSsl(enable=True),
    }
)


def test_compose_lines_keep_the_old_address_for_containers() -> None:
    lines = compose_lines(PLAIN, ("127.0.0.1", 9092), Broker(1, "kafka", 9092))
    assert "KAFKA_ADVERTISED_LISTENERS: INTERNAL://kafka:29092,EXTERNAL://127.0.0.1:9092" in lines
    assert "INTERNAL:PLAINTEXT,EXTERNAL:PLAINTEXT" in lines
    assert '"9092:9092"' in lines


def test_compose_lines_choose_another_port_inside_than_outside() -> None:
    lines = compose_lines(PLAIN, ("::1", 29092), Broker(1, "kafka", 9092))
    assert "INTERNAL://kafka:19092,EXTERNAL://[::1]:29092" in lines


def test_the_listener_speaks_what_the_connector_speaks() -> None:
    assert security_protocol(PLAIN) == "PLAINTEXT"
    assert security_protocol(SIGNED_IN) == "SASL_SSL"
    assert "advertised.listeners=SASL_SSL://k.example:9093\n" in server_lines(
        SIGNED_IN, ("k.example", 9093)
    )
