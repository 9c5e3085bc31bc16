"""Payloads as text and as bytes."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import CodecError
from core.lab.payloads import fitting_format, payload_bytes, payload_text


@given(st.binary())
def test_bytes_come_back_from_hex_and_base64(data: bytes) -> None:
    for name in ("hex", "base64"):
        assert payload_bytes(payload_text(data, name), name) == data


@given(st.binary())
def test_the_fitting_format_can_always_show_the_bytes(data: bytes) -> None:
    name = fitting_format(data)

    assert payload_bytes(payload_text(data, name), name) == data


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (b'{"a": 1}', "json"),
        (b"[1]", "json"),
        (b"21.5", "text"),
        (b"{not json", "text"),
        (b"", "text"),
        (b"\xff\x00", "hex"),
    ],
)
def test_the_fitting_format_is_the_one_that_reads_best(data: bytes, name: str) -> None:
    assert fitting_format(data) == name


def test_blanks_in_hex_and_base64_are_free() -> None:
    assert payload_bytes("01 ff\n02", "hex") == b"\x01\xff\x02"
    assert payload_bytes("aGVs\n bG8=", "base64") == b"hello"


@pytest.mark.parametrize(
    ("text", "name"), [("0", "hex"), ("zz", "hex"), ("a", "base64"), ("é", "base64")]
)
def test_what_is_not_in_its_format_is_said(text: str, name: str) -> None:
    with pytest.raises(CodecError, match=f"is not {name}"):
        payload_bytes(text, name)


def test_bytes_that_are_no_text_are_not_written_as_text() -> None:
    with pytest.raises(CodecError, match="no text"):
        payload_text(b"\xff", "text")
