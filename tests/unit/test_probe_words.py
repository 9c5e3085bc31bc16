"""How a stage of a connection test words the error that ended it."""

from __future__ import annotations

import pytest

from core.errors import ConnectorError
from core.probe import failure


@pytest.mark.parametrize(
    ("message", "said"),
    [
        ("the broker closed the connection", "The broker closed the connection."),
        ("nothing, really", "Nothing, really."),
        ("mqtt://127.0.0.1:1 did not let it in.", "mqtt://127.0.0.1:1 did not let it in."),
        ("broker.example:9092: it went away", "broker.example:9092: it went away."),
        ("ssl.versions is an empty list", "ssl.versions is an empty list."),
        ("", ""),
    ],
)
def test_a_failure_is_a_sentence_that_leaves_an_address_at_its_start_alone(message: str, said: str):
    assert failure("mqtt", 1, ConnectorError(message)).detail == said
