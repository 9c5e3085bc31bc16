"""What is said of an address that a cluster names and that cannot be used."""

from __future__ import annotations

import pytest

from core.kafka.check_brokers import _verdict
from core.kafka.metadata import Broker
from core.probe import Step

REFUSED = Step(step="connect", ok=False, ms=1, detail="Nothing answers.")
UNKNOWN = Step(step="resolve", ok=False, ms=1, detail="The name cannot be resolved.")
NO_TLS = Step(step="tls", ok=False, ms=1, detail="b:1 does not speak TLS.")


@pytest.mark.parametrize(
    ("advertised", "step", "reached", "said"),
    [
        ("kafka", UNKNOWN, "127.0.0.1", "a name that this computer does not know"),
        ("localhost", REFUSED, "kafka.example", "only clients on the broker's machine can use it"),
        ("127.0.0.1", REFUSED, "kafka.example", "only clients on the broker's machine can use it"),
        ("::1", REFUSED, "kafka.example", "only clients on the broker's machine can use it"),
        ("127.0.0.1", REFUSED, "localhost", "port 9093 is not published"),
        ("kafka.example", REFUSED, "kafka.example", "port 9093 is not published"),
        ("172.18.0.2", REFUSED, "127.0.0.1", "an address inside a container network"),
        ("10.1.2.3", REFUSED, "kafka.example", "an address inside a container network"),
        ("8.8.8.8", REFUSED, "kafka.example", "which does not answer from here"),
        ("b", NO_TLS, "a", "where TLS does not fit. b:1 does not speak TLS."),
    ],
)
def test_verdict_names_the_usual_cause(advertised: str, step: Step, reached: str, said: str):
    assert said in _verdict(Broker(1, advertised, 9093), step, reached)
