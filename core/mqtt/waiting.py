"""What a client does while its caller waits, in place of a loop."""

from __future__ import annotations

import selectors
from typing import Final

from paho.mqtt.subscribeoptions import SubscribeOptions

from core.mqtt.client import MqttClient

_MAX_PACKETS: Final = 500


def wait_readable(client: MqttClient, timeout_s: float) -> None:
    """Wait until the client has something to read, or can write what it has queued."""
    sock = client.socket()
    if sock is None or client.has_pending_bytes or timeout_s <= 0:
        return
    interest = selectors.EVENT_READ | (selectors.EVENT_WRITE if client.want_write() else 0)
    with selectors.DefaultSelector() as selector:
        selector.register(sock.fileno(), interest)
        selector.select(timeout_s)


def serve(client: MqttClient, timeout_s: float, max_packets: int = _MAX_PACKETS) -> None:
    """Send what is queued, wait for something to read, and read it; `closed` may be set then."""
    client.flush()
    wait_readable(client, timeout_s)
    client.loop_read(max_packets)
    client.loop_misc()


def subscribe_to_new(client: MqttClient, topic_filter: str, qos: int) -> int | None:
    """Subscribe without the retained messages, which MQTT 3.1.1 cannot leave out.

    Returns:
        The packet id that `answered` will name; None if the client is not connected.
    """
    if client.settings.is_v5:
        options = SubscribeOptions(qos=qos, retainHandling=SubscribeOptions.RETAIN_DO_NOT_SEND)
        return client.subscribe(topic_filter, options=options)[1]
    return client.subscribe(topic_filter, qos)[1]
