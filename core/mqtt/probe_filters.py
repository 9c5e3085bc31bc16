"""The last stages of an MQTT connection test: may the filters be subscribed, does anything come."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from typing import Final

from core.errors import AppError
from core.mqtt.catalogue import REFUSED, filter_hint, reason_text
from core.mqtt.client import MqttClient
from core.mqtt.message import InboundMessage
from core.mqtt.signin import refusal
from core.mqtt.waiting import serve, subscribe_to_new
from core.probe import Step, Stopwatch, failure

_PATIENCE_S: Final = 2.0
_MAX_PACKETS: Final = 50


def try_filters(client: MqttClient, filters: Sequence[str], timeout_s: float) -> Iterator[Step]:
    """Subscribe with a client that has no session, and wait for the first message.

    With MQTT 5 no retained messages are asked for; with 3.1.1 they come, and one counts as well
    as any other.

    Args:
        client: Signed in.
        filters: Distinct topic filters, at least one.
        timeout_s: For the broker's answers.
    """
    watch = Stopwatch()
    received: list[InboundMessage] = []
    client.on_packet = received.append
    qos = client.settings.connector.qos
    asked = {subscribe_to_new(client, topic_filter, qos): topic_filter for topic_filter in filters}
    granted: dict[str, int] = {}
    deadline = time.monotonic() + timeout_s
    while len(granted) < len(filters):
        if client.closed is not None:
            yield failure("subscribe", watch.ms(), _closed(client))
            return
        if not _serve(client, deadline):
            yield _unanswered(watch, timeout_s)
            return
        for packet_id, codes in client.answered:
            if packet_id in asked and codes:
                granted[asked[packet_id]] = codes[0]
        client.answered.clear()
    step = _granted(client, granted, watch)
    yield step
    if not step.ok:
        return
    watch = Stopwatch()
    deadline = time.monotonic() + _PATIENCE_S
    while not received and client.closed is None and _serve(client, deadline):
        pass
    if received:
        topic = received[0].topic
        detail = f"a message of {topic} came"
        yield Step(step="receive", ok=True, ms=watch.ms(), detail=detail, brief=topic)
    elif client.closed is not None:
        yield failure("receive", watch.ms(), _closed(client))


def _serve(client: MqttClient, deadline: float) -> bool:
    """Wait for the broker and read what it says; False once the time is over."""
    left_s = deadline - time.monotonic()
    if left_s <= 0:
        return False
    serve(client, left_s, _MAX_PACKETS)
    return True


def _granted(client: MqttClient, granted: dict[str, int], watch: Stopwatch) -> Step:
    refused = [(name, code) for name, code in granted.items() if code >= REFUSED]
    count = f"{len(granted)} filter{'' if len(granted) == 1 else 's'}"
    if not refused:
        lowest = min(granted.values())
        words = ", ".join(f"{name} at QoS {qos}" for name, qos in granted.items())
        return Step(
            step="subscribe",
            ok=True,
            ms=watch.ms(),
            detail=f"granted: {words}",
            brief=f"{count}, QoS {lowest} granted",
        )
    name, code = refused[0]
    scope = f" ({len(refused)} of {count})" if len(granted) > 1 else ""
    return Step(
        step="subscribe",
        ok=False,
        ms=watch.ms(),
        detail=f"The broker refuses to subscribe {name}{scope}.",
        cause=reason_text(code),
        hint=filter_hint(code, client.settings.facts),
        about=name,
    )


def _unanswered(watch: Stopwatch, timeout_s: float) -> Step:
    return Step(
        step="subscribe",
        ok=False,
        ms=watch.ms(),
        detail=f"The broker did not answer SUBSCRIBE within {timeout_s:g} s.",
        cause="timed out",
        hint="Look into the broker's log; it may be overloaded.",
    )


def _closed(client: MqttClient) -> AppError:
    return refusal(client).error
