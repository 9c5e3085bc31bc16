"""The filter of the feed."""

from __future__ import annotations

from pytestqt.qtbot import QtBot

from core.bridge.events import (
    MqttProperties,
)
from gui.viewmodels.feed import FeedModel

from .conftest import Told, rows_of


def test_the_filter_knows_topic_client_and_payload(told: Told, qtbot: QtBot):
    model = FeedModel(told.live)
    for number in range(5):
        told.sample(number, payload=f'{{"temp": "{number}.5"}}')
    qtbot.waitUntil(lambda: model.rowCount() == 5)
    for text, count in (
        ("topic:bench/+", 5),
        ("topic:bench/3", 1),
        ("payload.temp > 2", 3),
        ("client:DEV-3", 5),
        ("key:dev-4", 0),
        ("qos = 1 size > 10", 5),
        ("all", 5),
        ("action:to_kafka", 5),
        ("action:other", 0),
        ("outcome:connecting", 5),
        ("outcome:failed", 0),
    ):
        model.set_filter(text)
        assert model.rowCount() == count, text


def test_the_filter_holds_for_what_arrives_and_everything_is_counted(told: Told, qtbot: QtBot):
    model = FeedModel(told.live)
    model.set_filter("payload.temp > 2")
    for number in range(5):
        told.sample(number, payload=f'{{"temp": "{number}.5"}}')
    qtbot.waitUntil(lambda: model.kept == 5)

    assert model.taken == 5
    assert [row.sample.topic for row in rows_of(model)] == ["bench/2", "bench/3", "bench/4"]
    model.set_filter("")
    assert model.rowCount() == 5


def test_the_filter_knows_the_properties_of_mqtt_5(told: Told, qtbot: QtBot):
    model = FeedModel(told.live)
    for number, site in enumerate(("roof", "cellar")):
        properties = MqttProperties(
            user=[("site", site)],
            content_type="text/plain",
            response_topic="answers/1",
            message_expiry_s=60,
            payload_format=1,
        )
        told.sample(number, properties=properties)
    told.sample(2)
    qtbot.waitUntil(lambda: model.rowCount() == 3)
    for text, count in (
        ("properties.site = roof", 1),
        ("properties.site != roof", 1),
        ("headers.site = cellar", 1),
        ("cellar", 1),
        ("properties.Content-Type = text/plain", 2),
        ("properties.response_topic = a", 0),
        ("properties.response_topic = answers/1", 2),
        ("properties.message_expiry <= 60", 2),
        ("properties.payload_format = 1", 2),
    ):
        model.set_filter(text)
        assert model.rowCount() == count, text
