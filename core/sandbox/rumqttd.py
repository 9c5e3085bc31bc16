"""rumqttd's configuration, and what its two processes agree on. Pure."""

from __future__ import annotations

from typing import Final

LOOPBACK: Final = "127.0.0.1"

PORT_TAKEN: Final = 98
"""Exit code of the child: a port was taken between being chosen and being used."""

MAX_PACKET_BYTES: Final = 16 << 20
_SEGMENT_BYTES: Final = 16 << 20  # of each filter's messages; whole segments go, the oldest first
_SEGMENTS: Final = 8

_ROUTER: Final = f"""\
id = 0
[router]
id = 0
max_connections = 10010
max_outgoing_packet_count = 1000
max_segment_size = {_SEGMENT_BYTES}
max_segment_count = {_SEGMENTS}
"""


def config(v4_port: int, v5_port: int) -> str:
    """Write the configuration: loopback only, generous limits.

    Args:
        v4_port: Port for MQTT 3.1.1.
        v5_port: Port for MQTT 5; rumqttd serves one version a port.
    """
    return _ROUTER + _listener("v4", v4_port) + _listener("v5", v5_port)


def _listener(version: str, port: int) -> str:
    # Without dynamic filters a message that nobody subscribes to is not kept (retained ones are).
    return f"""\
[{version}.1]
name = "{version}"
listen = "{LOOPBACK}:{port}"
next_connection_delay_ms = 0
[{version}.1.connections]
connection_timeout_ms = 10000
max_payload_size = {MAX_PACKET_BYTES}
max_inflight_count = 1000
dynamic_filters = false
"""
