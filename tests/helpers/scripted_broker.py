"""A broker whose every packet the test writes, beside a source that the test steps."""

from __future__ import annotations

import socket
from collections.abc import Callable
from types import TracebackType

from tests.helpers.subscriber import Subscriber
from tests.helpers.wait import eventually

PUBACK, PUBREC, PUBREL, PUBCOMP, PINGREQ = 0x40, 0x50, 0x62, 0x70, 0xC0
_SUBSCRIBE = 0x82


def sized(first_byte: int, body: bytes) -> bytes:
    """Put a fixed header before a body."""
    length = bytearray()
    number = len(body)
    while True:
        number, digit = divmod(number, 128)
        length.append(digit | (0x80 if number else 0))
        if not number:
            return bytes((first_byte,)) + bytes(length) + body


def connack(protocol: str, *, session: bool) -> bytes:
    """Say yes to the sign-in."""
    return sized(0x20, bytes((session, 0)) + (b"\0" if protocol == "5.0" else b""))


def publish(
    protocol: str,
    payload: bytes,
    *,
    qos: int = 2,
    packet_id: int = 1,
    dup: bool = False,
    topic: bytes = b"t",
) -> bytes:
    """Deliver a message, without properties."""
    body = len(topic).to_bytes(2, "big") + topic
    body += packet_id.to_bytes(2, "big") if qos else b""
    body += b"\0" if protocol == "5.0" else b""
    return sized(0x30 | dup << 3 | qos << 1, body + payload)


def with_id(first_byte: int, packet_id: int) -> bytes:
    """Give a packet that is a packet id and nothing else."""
    return sized(first_byte, packet_id.to_bytes(2, "big"))


class Connection:
    """The broker's end of one connection.

    Attributes:
        packets: Whole packets received so far, as (first byte, body); brought up to date by `poll`.
    """

    def __init__(self, sock: socket.socket, granted: int = 2) -> None:
        """Take over a connection; `granted` is what each SUBSCRIBE is answered with."""
        sock.setblocking(False)
        self._granted = granted
        self.packets: list[tuple[int, bytes]] = []
        self._sock = sock
        self._data = bytearray()

    def send(self, *packets: bytes) -> None:
        """Write packets; they must fit into the system's buffers."""
        self._sock.sendall(b"".join(packets))

    def send_some(self, data: bytes) -> int:
        """Write what the system takes now; returns how much that was."""
        try:
            return self._sock.send(data)
        except BlockingIOError:
            return 0

    def poll(self) -> list[tuple[int, bytes]]:
        """Take what has come, and answer each SUBSCRIBE of one filter."""
        try:
            while data := self._sock.recv(65_536):
                self._data += data
        except (BlockingIOError, ConnectionResetError):
            pass
        while (packet := self._cut()) is not None:
            self.packets.append(packet)
            if packet[0] == _SUBSCRIBE:
                is_v5 = packet[1][2:3] != b"\0"  # else the first byte of a topic's length
                properties = b"\0" if is_v5 else b""
                self.send(sized(0x90, packet[1][:2] + properties + bytes((self._granted,))))
        return self.packets

    def answers(self) -> list[tuple[int, int]]:
        """Give PUBACK, PUBREC and PUBCOMP so far, as (first byte, packet id)."""
        return [
            (first_byte, int.from_bytes(body, "big"))
            for first_byte, body in self.poll()
            if first_byte in (PUBACK, PUBREC, PUBCOMP)
        ]

    def count(self, first_byte: int) -> int:
        """Count the packets of one kind so far."""
        return sum(each == first_byte for each, _ in self.poll())

    def hang_up(self) -> None:
        """Close at once."""
        self._sock.close()

    def _cut(self) -> tuple[int, bytes] | None:
        data = self._data
        length = shift = 0
        for position in range(1, min(len(data), 5)):
            length |= (data[position] & 0x7F) << shift
            shift += 7
            if data[position] < 0x80:
                end = position + 1 + length
                if len(data) < end:
                    return None
                packet = (data[0], bytes(data[position + 1 : end]))
                del data[:end]
                return packet
        return None


class ScriptedBroker:
    """Listens on loopback; a context manager.

    Attributes:
        port: Where it listens.
    """

    def __init__(self) -> None:
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._listener.setblocking(False)
        self.port = int(self._listener.getsockname()[1])
        self._open: list[Connection] = []

    def __enter__(self) -> ScriptedBroker:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._listener.close()
        self.hang_up()

    def hang_up(self) -> None:
        """Close every connection."""
        for connection in self._open:
            connection.hang_up()

    def sign_in(
        self, protocol: str, *, session: bool, sub: Subscriber | None = None, granted: int = 2
    ) -> Connection:
        """Take the next connection and say yes, once its CONNECT has come.

        Args:
            protocol: MQTT version.
            session: Claim to have kept the session.
            sub: A source of this test's own, to be stepped while waiting.
            granted: QoS or reason code of every SUBACK.
        """
        found: list[Connection] = []

        def accepted() -> bool:
            if not found:
                try:
                    found.append(Connection(self._listener.accept()[0], granted))
                except BlockingIOError:
                    return False
            return bool(found[0].poll())

        wait(accepted, sub)
        self._open.append(found[0])
        found[0].send(connack(protocol, session=session))
        wait(lambda: found[0].count(_SUBSCRIBE), sub)
        if sub is not None:
            sub.until_subscribed()
        return found[0]


def wait(predicate: Callable[[], object], sub: Subscriber | None) -> None:
    """Wait for a state, stepping the source if there is one."""
    if sub is None:
        eventually(predicate)
    else:
        sub.until(predicate)
