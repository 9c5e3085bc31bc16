from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from core.sandbox.packets import PacketBorders, is_whole

DISCONNECT = b"\xe0\x00"


def packet(kind: int, body: bytes) -> bytes:
    length = bytearray()
    left = len(body)
    while left > 0x7F:
        length.append(left & 0x7F | 0x80)
        left >>= 7
    return bytes([kind, *length, left]) + body


PACKETS = st.builds(
    packet,
    st.sampled_from([0x10, 0x30, 0x3B, 0x40, 0x82, 0xC0]),
    st.one_of(st.binary(max_size=10), st.sampled_from([DISCONNECT, bytes(200), b"\xe0" * 20_000])),
)


@given(st.lists(PACKETS, max_size=8), st.data())
def test_disconnect_is_found_however_the_bytes_are_cut(
    packets: list[bytes], data: st.DataObject
) -> None:
    before = b"".join(packets)
    stream = before + DISCONNECT
    cuts = sorted(data.draw(st.lists(st.integers(0, len(stream)), max_size=6)))
    borders = PacketBorders()

    found: list[int] = []
    for begin, end in zip([0, *cuts], [*cuts, len(stream)], strict=True):
        at = borders.find_disconnect(stream[begin:end])
        if at is not None:
            found.append(begin + at)
            break

    assert found == [len(before)]


@given(st.lists(PACKETS, max_size=8))
def test_the_bytes_of_disconnect_inside_other_packets_are_none(packets: list[bytes]) -> None:
    assert PacketBorders().find_disconnect(b"".join(packets)) is None


@given(st.lists(st.binary(max_size=20), max_size=5))
def test_any_bytes_are_followed(chunks: list[bytes]) -> None:
    borders = PacketBorders()

    for chunk in chunks:
        at = borders.find_disconnect(chunk)
        assert at is None or chunk[at] >> 4 == 0xE


@given(PACKETS)
def test_a_packet_is_whole_with_its_last_byte(whole: bytes) -> None:
    assert is_whole(whole)
    assert not any(is_whole(whole[:end]) for end in range(min(len(whole), 300)))
    assert not is_whole(whole[:-1])


def test_a_packet_with_a_length_that_is_none_is_not_waited_for() -> None:
    assert not is_whole(b"\xe0\xff\xff\xff")
    assert is_whole(b"\xe0\xff\xff\xff\xff")
