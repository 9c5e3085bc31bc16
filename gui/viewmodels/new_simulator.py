"""Begins simulators: with what the workspace suggests."""

from __future__ import annotations

from typing import Any, Final

from gui.viewmodels.object_drafts import Drafts

_PAYLOAD: Final = '{"temp": {{temp}}, "hum": {{hum}}}'
_TOPIC: Final = "devices/{{device}}"
_FIELDS: Final[dict[str, dict[str, Any]]] = {
    "temp": {"kind": "walk", "from": 20, "to": 45, "step": 0.5},
    "hum": {"kind": "sine", "from": 35, "to": 60, "period": "2min"},
}


def new_simulator(drafts: Drafts) -> str:
    """Start a simulator with a free name; returns its key.

    It publishes on the first MQTT connector, to a topic that a rule listens to if there is one.
    """
    live = drafts.live
    number = 1
    while drafts.exists(f"simulator:simulator-{number}"):
        number += 1
    key = f"simulator:simulator-{number}"
    topics = (topic for _, topic in live.filters() if not {"+", "#"} & set(topic))
    values: dict[str, Any] = {
        "connector": next(iter(live.workspace.connectors.mqtt), ""),
        "topic": next(topics, _TOPIC),
        "payload": _PAYLOAD,
        "properties": {"clientid": "dev-{{device}}"},
        "devices": 3,
        "every": "1s",
        "seed": 1,
        "fields": _FIELDS,
    }
    drafts.create(key, "", values)
    return key
