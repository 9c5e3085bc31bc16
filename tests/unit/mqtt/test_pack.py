"""The properties of a message to publish, within what MQTT has room for."""

from __future__ import annotations

import pytest

from core.errors import ConfigError
from core.mqtt.publisher import PublishProperties, pack

LONG = "ü" * 32_768


@pytest.mark.parametrize(
    ("given", "what"),
    [
        (PublishProperties(user_properties=(("k", LONG),)), "value of a user property"),
        (PublishProperties(user_properties=((LONG, "v"),)), "name of a user property"),
        (PublishProperties(content_type=LONG), "content type"),
        (PublishProperties(response_topic=LONG), "response topic"),
        (PublishProperties(correlation_data=LONG.encode()), "correlation data"),
    ],
)
def test_what_a_length_of_two_bytes_cannot_count_is_refused_by_name(
    given: PublishProperties, what: str
) -> None:
    with pytest.raises(ConfigError, match=f"the {what} has 65536 bytes, and MQTT allows 65535"):
        pack(given)


def test_the_longest_texts_are_taken() -> None:
    longest = "a" * 65_535
    assert pack(PublishProperties(((longest, longest),), longest)).pack()
