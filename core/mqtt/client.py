"""paho's client, cut to what we need: one connection, our reader's seam, batched answers.

`loop_read` is the seam: it receives in bulk (paho would make a system call for every byte of a
header), hands PUBLISH to `on_packet` and leaves every other packet to paho. Everything else of paho
stays: framing of what we send, CONNECT, SUBSCRIBE, QoS 1 and 2 of what we publish. What we receive
at QoS 1 and 2 is answered when our owner says so, but PUBREL, which is answered at once.

One object is one connection; a reconnect makes a new one. After `open` it belongs to one thread.
"""

from __future__ import annotations

import math
import socket
import struct
import time
from collections.abc import Callable
from typing import Any, Final, cast

import paho.mqtt.client as paho
from paho.mqtt import MQTTException
from paho.mqtt.enums import CallbackAPIVersion, MQTTErrorCode, MQTTProtocolVersion
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCode

from core.errors import CodecError
from core.mqtt import sockets
from core.mqtt.answers import Closed, Connack, connack_of, refusal_words
from core.mqtt.catalogue import REFUSED
from core.mqtt.message import InboundMessage
from core.mqtt.opening import connect_properties, open_transport, will_properties
from core.mqtt.packets import PUBACK, PUBCOMP, PUBREC, encode_answer, encode_disconnect
from core.mqtt.reader import Packet, PacketReader
from core.mqtt.settings import Settings
from core.workspace.mqtt import Will

MessageHandler = Callable[[InboundMessage], None]
"""Takes a PUBLISH; its connection and times are not set yet."""

ASK_AFTER_S: Final = 5.0
"""How long nothing may come before the broker is asked whether it is there."""
ANSWER_S: Final = 5.0
"""How long it may take for that."""

_CONNACK: Final = 0x20
_AUTH: Final = 0xF0
_PUBREL: Final = 0x62
_START_BYTES: Final = 8
_READ_BYTES: Final = 256 * 1024
_READ_SLICE_S: Final = 0.02
_CLOCK_EVERY: Final = 64
_LINGER_S: Final = 1.0
_UNREADABLE: Final = (MQTTException, struct.error, LookupError, ValueError)
"""What paho raises on the body of a packet that is malformed, in its several versions."""
_RAW: Final = 0x40  # paho looks into outgoing PUBLISH and DISCONNECT only; the rest is bytes to it


class MqttClient(paho.Client):
    """One MQTT connection.

    Attributes:
        connack: The broker's answer; None until it came and said yes.
        closed: Why the connection has ended; None while it lives.
        broken_by: What receiving failed with, if it did: TLS has its own words.
        on_packet: Called for each PUBLISH, by the thread that calls `loop_read`.
        on_release: Called with the packet id of each PUBREL, before its PUBCOMP is queued.
        on_signed_in: Called as soon as the broker has said yes, before any message.
        prepared: An open connection (with TLS, if the address says so) to use in place of a new
            one; the client closes it.
        answered: SUBACK, UNSUBACK, PUBACK and PUBCOMP: packet id to reason codes, in order of
            arrival; the owner takes them out.
    """

    def __init__(self, settings: Settings) -> None:
        connector = settings.connector
        v5 = settings.is_v5
        keeps = settings.keeps_session
        super().__init__(
            CallbackAPIVersion.VERSION2,
            client_id=settings.client_id,
            clean_session=None if v5 else connector.clean_start or not keeps,
            protocol=MQTTProtocolVersion.MQTTv5 if v5 else MQTTProtocolVersion.MQTTv311,
            transport="websockets" if settings.address.websocket else "tcp",
            reconnect_on_failure=False,
            manual_ack=True,
        )
        self.settings = settings
        self.connack: Connack | None = None
        self.closed: Closed | None = None
        self.broken_by: OSError | None = None
        self.on_packet: MessageHandler | None = None
        self.on_release: Callable[[int], None] | None = None
        self.on_signed_in: Callable[[], None] | None = None
        self.prepared: socket.socket | None = None
        self.answered: list[tuple[int, list[int]]] = []
        self._reader = PacketReader(has_properties=v5, max_bytes=connector.max_packet_size.bytes)
        self._acks = bytearray()
        self._received_codes: dict[int, int] = {}  # of PUBREC, until PUBCOMP
        self._start = b""  # of what was received before the sign-in was answered
        self.connect_timeout = connector.connect_timeout.s
        self._is_paused = False
        self._packets = self._pongs = 0  # that were received
        self._asked_after = -1  # how many but PINGRESP had come when the broker was asked last
        self._asked_s = 0.0  # when, or since when it has left that unanswered
        self._pinged_s = 0.0  # paho's `_ping_t` is 0 after each answer
        self.on_connect = self._signed_in
        self.on_subscribe = self._subscribed
        self.on_unsubscribe = self._subscribed
        self.on_publish = self._published
        # With this callback set, paho queues what it sends; the owner writes with `loop_write`.
        self.on_socket_register_write = _nothing
        if connector.will is not None and keeps:
            self._set_will(connector.will)

    # -- opening -------------------------------------------------------------------------------

    def open(self) -> None:
        """Resolve, connect, shake hands and send the sign-in. Blocks: not for a pipeline thread.

        Raises:
            ConnectFailed: Not reached; `step` says how far it came.
            ConfigError: A secret or a certificate file is missing or wrong.
        """
        settings = self.settings
        connector = settings.connector
        if connector.username is not None:
            password = connector.password
            self.username_pw_set(
                connector.username,
                settings.environment.resolve_secret(password) if password is not None else None,
            )
        address = settings.address
        keepalive = math.ceil(connector.keepalive.s)
        if settings.is_v5:
            clean = connector.clean_start or not settings.keeps_session
            self.connect(
                address.host,
                address.port,
                keepalive=keepalive,
                clean_start=clean,
                properties=connect_properties(settings),
            )
        else:
            self.connect(address.host, address.port, keepalive=keepalive)
        self.loop_write()

    def _set_will(self, will: Will) -> None:
        properties = will_properties(will) if self.settings.is_v5 else None
        self.will_set(will.topic, will.payload.encode(), will.qos, will.retain, properties)

    def _create_socket(self) -> Any:
        return open_transport(self.settings, self.prepared, self.connect_timeout)

    # -- reading -------------------------------------------------------------------------------

    def loop_read(self, max_packets: int = 1) -> MQTTErrorCode:
        """Read what is there: at most `max_packets` packets or 20 ms.

        What was received beyond that waits for the next call (`has_pending_bytes`).
        """
        result = self._read_packets(max_packets)
        if result > 0 and self._sock is not None:
            return self._loop_rc_handle(result)
        return result

    def _read_packets(self, max_packets: int) -> MQTTErrorCode:
        reader = self._reader
        now = time.monotonic()
        deadline = now + _READ_SLICE_S
        is_drained = False
        count = 0
        while count < max_packets and now < deadline:
            if self._sock is None:  # closed by what a packet brought about
                return MQTTErrorCode.MQTT_ERR_NO_CONN
            try:
                packet = reader.take()
            except CodecError:
                return MQTTErrorCode.MQTT_ERR_PROTOCOL
            if packet is None:
                if is_drained or self._is_paused:
                    break
                data = self._receive()
                if data is None:
                    break
                if not data:
                    return MQTTErrorCode.MQTT_ERR_CONN_LOST
                is_drained = self._is_plain and len(data) < _READ_BYTES
                packet = reader.feed(data)
                if packet is None:
                    continue
            if isinstance(packet, Packet):
                result = self._hand_to_paho(packet)
                if result > 0:
                    return result
            elif self.connack is None:
                return MQTTErrorCode.MQTT_ERR_PROTOCOL
            elif self.on_packet is not None:
                self.on_packet(packet)
            count += 1
            if count % _CLOCK_EVERY == 0:
                now = time.monotonic()
        if count:  # after long work on what had come before, the broker is not silent
            self._last_bytes_received = time.monotonic()
            self._packets += count
        return MQTTErrorCode.MQTT_ERR_SUCCESS

    def _receive(self) -> bytes | None:
        """Receive what there is; None if there is nothing now, empty if the connection is gone."""
        try:
            data = self._sock_recv(_READ_BYTES)
        except BlockingIOError:
            return None
        except OSError as exc:
            self.broken_by = exc
            return b""
        self._last_bytes_received = time.monotonic()
        if self.connack is None and len(self._start) < _START_BYTES:
            self._start += data[:_START_BYTES]
        return data

    def _hand_to_paho(self, packet: Packet) -> MQTTErrorCode:
        self._in_packet = {
            "command": packet.first_byte,
            "have_remaining": 1,
            "remaining_count": [],
            "remaining_mult": 1,
            "remaining_length": len(packet.body),
            "packet": bytearray(packet.body),
            "to_process": 0,
            "pos": 0,
        }
        try:
            return self._packet_handle()
        except _UNREADABLE:
            return MQTTErrorCode.MQTT_ERR_PROTOCOL

    @property
    def _is_plain(self) -> bool:
        """Whether a short read means that nothing is left, as it does without TLS and WebSocket."""
        return type(cast("Any", self._sock)) is socket.socket

    @property
    def has_pending_bytes(self) -> bool:
        """Whether there are received bytes that the socket does not show as readable."""
        sock = cast("Any", self._sock)
        if sock is None:
            return False
        if self._reader.has_unread or self._is_paused:
            return self._reader.has_unread
        return hasattr(sock, "pending") and sock.pending() > 0

    @property
    def is_paused(self) -> bool:
        """Whether nothing more is received, only sent, until `resume`."""
        return self._is_paused

    def pause(self) -> None:
        """Receive nothing more; what has been received is still handed on.

        PINGREQ goes out as before, so that the broker does not miss us. Its silence says nothing
        now: a silent cut meanwhile is noticed when writing fails, or after `resume`. When the
        broker is seen to hang up, what it has sent is read to the end.
        """
        self._is_paused = True

    def resume(self) -> None:
        """Receive again; the broker has the whole keep-alive to be heard of."""
        if self._is_paused:
            self._is_paused = False
            self._last_bytes_received = time.monotonic()
            self._asked_after = -1

    @property
    def is_silent(self) -> bool:
        """Whether the broker was asked if it is there, and has sent nothing at all since."""
        is_asked = self._last_bytes_received <= self._asked_s
        return is_asked and not self._is_paused and time.monotonic() - self._asked_s >= ANSWER_S

    def _packet_handle(self) -> MQTTErrorCode:
        command = self._in_packet["command"]
        if self.connack is None and command & 0xF0 not in (_CONNACK, _AUTH):
            return MQTTErrorCode.MQTT_ERR_PROTOCOL
        return super()._packet_handle()

    def _handle_pubrec(self) -> MQTTErrorCode:
        """Take a refusal as the end of the message; paho would go on with PUBREL."""
        packet = self._in_packet["packet"]
        mid = int.from_bytes(packet[:2], "big")
        code = packet[2] if len(packet) > 2 else 0
        if mid in self._out_messages and code:
            self._received_codes[mid] = code
            if code >= REFUSED:
                with self._out_message_mutex:
                    return self._do_on_publish(
                        mid,
                        ReasonCode(PacketTypes.PUBREC, identifier=code),
                        Properties(PacketTypes.PUBREC),
                    )
        return super()._handle_pubrec()

    def _handle_pubrel(self) -> MQTTErrorCode:
        """Answer, also for an id that we do not know: the one who took the message may be gone."""
        packet = self._in_packet["packet"]
        if self._in_packet["command"] != _PUBREL or len(packet) < 2:
            return MQTTErrorCode.MQTT_ERR_PROTOCOL
        packet_id = packet[0] << 8 | packet[1]
        if self.on_release is not None:
            self.on_release(packet_id)
        self._acks += encode_answer(PUBCOMP, packet_id)
        return MQTTErrorCode.MQTT_ERR_SUCCESS

    def _handle_connack(self) -> MQTTErrorCode:
        packet = self._in_packet["packet"]
        if len(packet) >= 2 and packet[1]:  # paho would hide some refusals, and downgrade on one
            words = refusal_words(bytes(packet)) if self.settings.is_v5 else ""
            self.closed = Closed("refused", packet[1], words)
            return MQTTErrorCode.MQTT_ERR_CONN_REFUSED
        result = super()._handle_connack()
        self._pinged_s = time.monotonic()
        if self.on_signed_in is not None:
            self.on_signed_in()
        return result

    # -- writing -------------------------------------------------------------------------------

    def limit_in_flight(self, limit: int) -> None:
        """Send up to `limit` QoS 1 and 2 messages ahead of their answers, if the broker does.

        paho's own setter refuses once connected, when the broker's limit is known.
        """
        allowed = self.connack.receive_maximum if self.connack is not None else None
        self._max_inflight_messages = min(allowed or limit, limit)

    def acknowledge(self, packet_id: int, qos: int) -> None:
        """Queue a PUBACK (QoS 1) or PUBREC (QoS 2); `flush` sends all queued answers together."""
        self._acks += encode_answer(PUBACK if qos == 1 else PUBREC, packet_id)

    def flush(self) -> None:
        """Hand queued answers over and write as much as the socket takes."""
        if self._acks:
            self._send_raw(bytes(self._acks))
            self._acks.clear()
        if self.want_write():
            self.loop_write()

    def _send_raw(self, data: bytes) -> None:
        self._packet_queue(_RAW, data, 0, 1)

    def loop_misc(self) -> MQTTErrorCode:
        """Keep the connection alive: a PINGREQ each interval, closed after 1.5 times as long.

        paho's own would notice a silent cut only after twice the interval. A broker that has
        fallen quiet is asked sooner, see `is_silent`.
        """
        if self._sock is None or self.connack is None:
            return MQTTErrorCode.MQTT_ERR_SUCCESS
        raw = self._plain_socket() if self._is_paused else None
        if raw is not None and sockets.has_hung_up(raw):
            self.resume()
        interval: int = self.keepalive
        if interval == 0:
            return MQTTErrorCode.MQTT_ERR_SUCCESS
        now = time.monotonic()
        if not self._is_paused and now - self._last_bytes_received >= 1.5 * interval:
            return self._loop_rc_handle(MQTTErrorCode.MQTT_ERR_KEEPALIVE)
        # Whatever else goes out: paho does not note when it has sent something.
        if self._must_ask(now, is_due=now - self._pinged_s >= interval):
            self._pinged_s = now
            self._send_pingreq()
            return self.loop_write()
        return MQTTErrorCode.MQTT_ERR_SUCCESS

    def _must_ask(self, now: float, *, is_due: bool) -> bool:
        """Tell whether the broker is asked now if it is there, and remember that.

        Besides when the keep-alive is due, it is asked once each time that it falls quiet: one that
        hangs keeps its connections, and keep-alives may be minutes apart.
        """
        heard = self._packets - self._pongs
        is_quiet = not self._is_paused and now - self._last_bytes_received >= ASK_AFTER_S
        if not is_quiet or (heard == self._asked_after and not is_due):
            return is_due
        self._asked_after = heard
        if self._last_bytes_received > self._asked_s:  # else it is waited for already
            self._asked_s = now
        return True

    def _handle_pingresp(self) -> MQTTErrorCode:
        self._pongs += 1
        return super()._handle_pingresp()

    def say_goodbye(self, timeout_s: float, *, forget_session: bool = False) -> bool:
        """Write everything, DISCONNECT, and wait for the broker to hang up. Blocks, bounded.

        Closing a socket with unread bytes resets the connection, which can cost the broker our
        last PUBACKs; so the sending side is shut first, and the rest is read away.

        Returns:
            Whether all of it was written.
        """
        deadline = time.monotonic() + timeout_s
        if self._sock is None:
            return False
        if self.connack is not None:
            self._acks += encode_disconnect(forget_session=forget_session and self.settings.is_v5)
        self.flush()
        raw = self._plain_socket()
        while raw is not None and self.want_write() and self.socket() is not None:
            left = deadline - time.monotonic()
            if left <= 0:
                break
            sockets.wait_writable(raw, left)
            self.loop_write()
        written = self.socket() is not None and not self.want_write()
        if raw is not None and written:
            sockets.read_away(raw, min(max(deadline - time.monotonic(), 0.05), _LINGER_S))
        self.abandon()
        return written

    def _plain_socket(self) -> socket.socket | None:
        sock = cast("Any", self._sock)
        return getattr(sock, "_socket", sock)  # under paho's WebSocket wrapper

    def abandon(self) -> None:
        """Close the socket at once, without a word."""
        self._sock_close()

    # -- what paho reports ---------------------------------------------------------------------

    def _signed_in(
        self,
        client: Any,
        userdata: Any,
        flags: paho.ConnectFlags,
        code: ReasonCode,
        properties: Properties | None,
    ) -> None:
        self.connack = connack_of(session_present=bool(flags.session_present), named=properties)

    def _subscribed(self, client: Any, userdata: Any, mid: int, codes: Any, props: Any) -> None:
        self.answered.append((mid, [int(code.value) for code in codes]))

    def _published(self, client: Any, userdata: Any, mid: int, code: Any, props: Any) -> None:
        self.answered.append((mid, [self._received_codes.pop(mid, 0) or int(code.value)]))

    def _do_on_disconnect(
        self,
        packet_from_broker: bool,
        v1_rc: MQTTErrorCode,
        reason: ReasonCode | None = None,
        properties: Properties | None = None,
    ) -> None:
        if self.closed is not None:
            return
        if packet_from_broker:
            code = int(reason.value) if reason is not None else 0
            words = str(getattr(properties, "ReasonString", ""))
            self.closed = Closed("disconnect", code, words)
        elif v1_rc == MQTTErrorCode.MQTT_ERR_KEEPALIVE:
            self.closed = Closed("keepalive")
        elif v1_rc == MQTTErrorCode.MQTT_ERR_PROTOCOL:
            self.closed = Closed("malformed")
        else:
            self.closed = Closed("lost")

    @property
    def foreign_start(self) -> bytes:
        """The first bytes of an answer to the sign-in that is no MQTT; empty if there is none."""
        start = self._start
        is_known = not start or start[0] & 0xF0 in (_CONNACK, _AUTH)
        return b"" if is_known or self.connack is not None else start


def _nothing(client: Any, userdata: Any, sock: Any) -> None:
    """Stand in for an event loop that wants to know about writes."""
