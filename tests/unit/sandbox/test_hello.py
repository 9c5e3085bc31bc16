from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import CodecError
from core.sandbox.hello import read_hello

TAIL = b"\x02\x00\x3c\x00\x02me"  # flags, keep-alive 60 s, client id
TAIL_5 = b"\x02\x00\x3c\x05\x11\x00\x00\x00\x3c\x00\x02me"  # one property before the client id


def connect(name: bytes, level: int, tail: bytes = b"") -> bytes:
    tail = tail or (TAIL_5 if level == 5 else TAIL)
    body = len(name).to_bytes(2) + name + bytes([level]) + tail
    assert len(body) < 128
    return bytes([0x10, len(body)]) + body


@pytest.mark.parametrize(("level", "version"), [(4, "3.1.1"), (5, "5.0")])
def test_version_is_read_and_the_bytes_are_kept(level: int, version: str) -> None:
    data = connect(b"MQTT", level)

    hello = read_hello(data)

    assert hello is not None
    assert (hello.version, hello.data) == (version, data)


def test_version_3_1_is_put_into_the_words_of_3_1_1() -> None:
    hello = read_hello(connect(b"MQIsdp", 3))

    assert hello is not None
    assert (hello.version, hello.data) == ("3.1", connect(b"MQTT", 4))


def test_length_of_a_3_1_connect_shrinks_over_the_edge_of_a_byte() -> None:
    payload = (
        b"\x00\x3c\x00\x72" + b"x" * 114
    )  # 8 + 1 + 1 + 118 = 128: two bytes of length, one less without "Isdp"
    data = b"\x10\x80\x01\x00\x06MQIsdp\x03" + b"\x02" + payload

    hello = read_hello(data)

    assert hello is not None
    assert hello.data == b"\x10\x7e\x00\x04MQTT\x04" + b"\x02" + payload


@pytest.mark.parametrize("level", [0, 3, 6, 0x84])
def test_a_version_that_nobody_speaks_is_none(level: int) -> None:
    hello = read_hello(connect(b"MQTT", level))

    assert hello is not None
    assert hello.version is None


@pytest.mark.parametrize(
    "data",
    [
        b"\x16\x03\x01\x02\x00\x01\x00",  # TLS
        b"GET / HTTP/1.1\r\n\r\n",
        b"\x30\x05\x00\x01ab",  # PUBLISH first
        b"\x10\xff\xff\xff\xff\x01",  # five bytes of length
        b"\x10\x10\x00\x04HTTP\x04" + TAIL,
        b"\x10\x10\x7f\xff",
        connect(b"MQTT", 4, b"\x02\x00\x3c\x00\x03me") + b"\xc0\x00",  # the id leaves the packet
        connect(b"MQTT", 5, b"\x02\x00\x3c\x7f\x00\x02me"),  # so do the properties
        connect(b"MQTT", 5, b"\x02\x00\x3c\xff\xff\xff\xff\x01"),
        b"\x10\x89\x80\x04\x00\x04MQTT\x04\x02\x00\x3c\xff\xff" + b"/" * 65_535,  # too long in %2F
    ],
)
def test_what_is_no_connect_is_refused(data: bytes) -> None:
    with pytest.raises(CodecError):
        read_hello(data)


@given(st.sampled_from([connect(b"MQTT", 4), connect(b"MQTT", 5), connect(b"MQIsdp", 3)]))
def test_every_shorter_start_asks_for_more(data: bytes) -> None:
    whole = read_hello(data)
    assert whole is not None

    heads = [read_hello(data[:end]) for end in range(len(data) + 1)]

    known = [head for head in heads if head is not None]
    assert known == [whole]


@given(st.binary(max_size=40))
def test_any_bytes_are_an_answer_or_a_refusal(data: bytes) -> None:
    try:
        read_hello(data)
    except CodecError as exc:
        assert "CONNECT" in exc.message  # noqa: PT017 - either outcome is right


@pytest.mark.parametrize(("name", "level"), [(b"MQTT", 4), (b"MQTT", 5), (b"MQIsdp", 3)])
@pytest.mark.parametrize(("flags", "has_will"), [(b"\x02", False), (b"\x06", True)])
def test_client_id_and_will_are_read(name: bytes, level: int, flags: bytes, has_will: bool) -> None:
    tail = flags + (TAIL_5 if level == 5 else TAIL)[1:]

    hello = read_hello(connect(name, level, tail) + b"more")

    assert hello is not None
    assert (hello.client_id, hello.has_will) == (b"me", has_will)
    assert hello.data.endswith(b"memore")


@pytest.mark.parametrize("level", [4, 5])
def test_letters_of_a_client_id_that_the_broker_refuses_are_written_otherwise(level: int) -> None:
    tail = (TAIL_5 if level == 5 else TAIL)[:-4]

    hello = read_hello(connect(b"MQTT", level, tail + b"\x00\x06a/+#$%") + b"\xc0\x00")

    assert hello is not None
    assert hello.client_id == b"a%2F%2B%23%24%25"
    expected = connect(b"MQTT", level, tail + b"\x00\x10" + hello.client_id) + b"\xc0\x00"
    assert hello.data == expected
