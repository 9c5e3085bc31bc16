"""What a receiver remembers of QoS 2 messages between their PUBLISH and their PUBREL. Pure.

    PUBLISH -> pending -> PUBREC -> received -> PUBREL -> (PUBCOMP) forgotten

A packet id alone is no proof that a message came before. Another client that uses our client id for
a while can leave a session behind in which the same id means another message, and to call that one
a repeat would lose it. So a repeat has the DUP flag, which MQTT demands, and the same contents.
"""

from __future__ import annotations

from core.mqtt.message import InboundMessage


class QoS2Flows:
    """The unfinished QoS 2 messages of one session. One thread."""

    __slots__ = ("_pending", "_received")

    def __init__(self) -> None:
        self._pending: dict[int, InboundMessage] = {}
        self._received: dict[int, int] = {}  # packet id to the hash of the contents

    def open(self, message: InboundMessage) -> bool:
        """Note a PUBLISH; False if it repeats one whose PUBREC is still to come.

        That one's PUBREC answers both.
        """
        packet_id = message.packet_id
        earlier = self._pending.get(packet_id)
        if earlier is not None:
            if message.dup and _contents(message) == _contents(earlier):
                return False
            earlier.packet_id = 0  # its PUBREC would be taken for that of the new message
        self._pending[packet_id] = message
        return True

    def was_received(self, message: InboundMessage) -> bool:
        """Tell whether a PUBLISH repeats one that has had its PUBREC."""
        return message.dup and self._received.get(message.packet_id) == _contents(message)

    def receive(self, message: InboundMessage) -> None:
        """Note that the PUBREC goes out."""
        del self._pending[message.packet_id]
        self._received[message.packet_id] = _contents(message)

    def release(self, packet_id: int) -> None:
        """Note a PUBREL: the packet id is free for another message.

        A message whose PUBREC is still to come loses its packet id, and is not answered any more.
        """
        self._received.pop(packet_id, None)
        message = self._pending.pop(packet_id, None)
        if message is not None:
            message.packet_id = 0

    def start_over(self, *, has_session: bool) -> None:
        """Begin another connection; what was received counts if the broker has the session."""
        self._pending.clear()
        if not has_session:
            self._received.clear()


def _contents(message: InboundMessage) -> int:
    return hash((message.topic, message.payload))
