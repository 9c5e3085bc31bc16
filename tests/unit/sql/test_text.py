"""Text of values, JSON both ways, numbers in text."""

from __future__ import annotations

import contextlib
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.sql.operators import identical
from core.sql.text import (
    decode_json,
    encode_json,
    float_to_json,
    float_to_text,
    output_json,
    parse_number,
    to_text,
)
from core.sql.values import UNDEFINED, Atom, BitString, EvalError, Value

TEXTS: list[tuple[Value, str]] = [
    ("as is", "as is"),
    ("bytes \udcff", "bytes \udcff"),
    (5, "5"),
    (-(10**30), "-" + "1" + "0" * 30),
    (True, "true"),
    (False, "false"),
    (None, "null"),
    (UNDEFINED, "undefined"),
    (Atom("message.publish"), "message.publish"),
    (2.0, "2.0"),
    (0.1 + 0.2, "0.3"),
    (1e-11, "0.0"),
    (-1e-11, "-0.0"),
    (-0.0, "-0.0"),
    (-2.5, "-2.5"),
    (0.300000004, "0.300000004"),
    (3.14159265359, "3.1415926536"),
    (0.000000314159265359, "0.0000003142"),
    (0.99999999999, "1.0"),
    (1e8, "100000000.0"),
    (2.0**53, "9007199254740992.0"),
    (1e21, "1000000000000000000000.0"),
    (3.0e22, "30000000000000000000000.0"),
    (1e25, "10000000000000000905969664.0"),
    ({"b": 1, "a": 2.0}, '{"b":1,"a":2.0}'),
    ({}, "{}"),
    ([], ""),
    ([72, 105], "Hi"),
    ([10, 13, 65], "\n\rA"),
    ([8, 9, 11, 12, 27, 32, 126, 160], "\b\t\v\f\x1b ~\xa0"),
    ([0x4F60, 0x1F600, 55295, 57344, 65533], "你😀\ud7ff\ue000\ufffd"),
    ([1, 2, 3], "[1,2,3]"),
    ([127], "[127]"),
    ([159], "[159]"),
    ([55296], "[55296]"),
    ([65534], "[65534]"),
    ([1114112], "[1114112]"),
    ([-1], "[-1]"),
    ([72, 105.0], "[72,105.0]"),
    ([72, "i"], '[72,"i"]'),
    ([[72]], "[[72]]"),
    ([True], "[true]"),
]


@pytest.mark.parametrize(("value", "text"), TEXTS, ids=[repr(value) for value, _ in TEXTS])
def test_text_of_a_value(value: Value, text: str) -> None:
    assert to_text(value) == text


def test_a_bit_string_has_no_text() -> None:
    with pytest.raises(EvalError, match="bit string of 3 bits"):
        to_text(BitString(5, 3))


def test_text_of_huge_floats_fails_from_1e244_on() -> None:
    assert len(to_text(1e243)) == 246
    assert len(to_text(-9.99e242)) == 246
    for value in (1e244, 1e300, -1e243):
        with pytest.raises(EvalError, match="255"):
            to_text(value)


def test_an_integer_of_too_many_digits_has_no_text() -> None:
    assert len(to_text(10**4096 - 1)) == 4096
    for value in (10**4096, -(10**4096), 10**5000):
        with pytest.raises(EvalError, match="4,096 digits"):
            to_text(value)


@pytest.mark.parametrize(
    ("value", "decimals", "text"),
    [
        (0.35, 1, "0.4"),
        (0.125, 2, "0.13"),
        (0.1, 20, "0.10000000000000000555"),
        (1.1, 17, "1.10000000000000008"),
        (20.0, 3, "20.0"),
        (0.7, 18, "0.7"),
        (2.5, 0, "3"),
        (3.5, 0, "4"),
        (-2.5, 0, "-3"),
        (0.4, 0, "0"),
        (1e25, 0, "10000000000000000905969664"),
        (9.99, 1, "10.0"),
        (0.1, 253, "0.1000000000000000055511151231257827021181583404541015625"),
    ],
)
def test_a_float_with_so_many_decimals(value: float, decimals: int, text: str) -> None:
    assert float_to_text(value, decimals) == text


def test_more_decimals_than_255_characters_hold_fail() -> None:
    assert float_to_text(0.5, 253) == "0.5"
    with pytest.raises(EvalError):
        float_to_text(10.5, 253)
    with pytest.raises(EvalError):
        float_to_text(-0.5, 253)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.0, "0.0"),
        (-0.0, "0.0"),
        (1.0, "1.0"),
        (-2.25, "-2.25"),
        (100.0, "100.0"),
        (1000.0, "1.0e3"),
        (120.0, "120.0"),
        (1200.0, "1.2e3"),
        (12000.0, "1.2e4"),
        (123456.789, "123456.789"),
        (0.001, "0.001"),
        (0.0001, "0.0001"),
        (0.00001, "1.0e-5"),
        (0.00012, "1.2e-4"),
        (1e-7, "1.0e-7"),
        (9007199254740991.0, "9007199254740991.0"),
        (2.0**53, "9.007199254740992e15"),
        (1e22, "1.0e22"),
        (5e-324, "5.0e-324"),
        (1.7976931348623157e308, "1.7976931348623157e308"),
    ],
)
def test_a_float_in_json_is_the_shorter_form(value: float, text: str) -> None:
    assert float_to_json(value) == text
    assert encode_json([value]) == f"[{text}]"


JSON: list[tuple[Value, str]] = [
    ({"b": 1, "a": 2, "é": 3, "A": 4, "10": 5, "9": 6}, '{"é":3,"b":1,"a":2,"A":4,"9":6,"10":5}'),
    ({"\U00010000": 1, "\uffff": 2}, '{"\U00010000":1,"\uffff":2}'),
    ({"a": {"x": 1, "y": 2}}, '{"a":{"y":2,"x":1}}'),
    (UNDEFINED, '"undefined"'),
    (None, "null"),
    (True, "true"),
    (Atom("connack"), '"connack"'),
    ([UNDEFINED, Atom("x")], '["undefined","x"]'),
    ("/é\u2028\x7f", '"/é\u2028\x7f"'),
    ('"\\\b\f\n\r\t', '"\\"\\\\\\b\\f\\n\\r\\t"'),
    ("\x00\x01\x0b\x1f", '"\\u0000\\u0001\\u000B\\u001F"'),
    ({"\x1f": "\x01"}, '{"\\u001F":"\\u0001"}'),
    ("a\udcffb\udc80", '"a\ufffdb\ufffd"'),
    ({"k\udcff": 1}, '{"k\ufffd":1}'),
    (10**40, "1" + "0" * 40),
    ([], "[]"),
    ({}, "{}"),
]


@pytest.mark.parametrize(("value", "text"), JSON, ids=[ascii(value) for value, _ in JSON])
def test_compact_json(value: Value, text: str) -> None:
    assert encode_json(value) == text
    assert output_json(value) == text.encode()


def test_large_maps_are_encoded_too() -> None:
    value: dict[str, Value] = {f"key{number}": number for number in range(100)}
    assert decode_json(encode_json(value)) == value


@pytest.mark.parametrize("value", [BitString(1, 3), [BitString(1, 3)], {"a": BitString(1, 3)}])
def test_a_bit_string_is_no_json(value: Value) -> None:
    with pytest.raises(EvalError, match="bin2hexstr"):
        output_json(value)


def _nested(depth: int) -> Value:
    value: Value = []
    for _ in range(depth):
        value = [value]
    return value


def test_deep_nesting_is_an_evaluation_error() -> None:
    with pytest.raises(EvalError, match="nested too deeply"):
        encode_json(_nested(100_000))
    with pytest.raises(EvalError, match="nested too deeply"):
        decode_json("[" * 100_000 + "]" * 100_000)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1", 1),
        ("-0", 0),
        ("1.0", 1.0),
        ("1e3", 1000.0),
        ("1E+2", 100.0),
        ("1e-400", 0.0),
        ("123456789012345678901234567890", 123456789012345678901234567890),
        (' \t\r\n{"a":[1,2.5,null,true,"x"]} ', {"a": [1, 2.5, None, True, "x"]}),
        ('{"a":1,"a":2}', {"a": 2}),
        (r'"\ud83d\ude00 \u00e9 \/"', "😀 é /"),
        ('"\x7f"', "\x7f"),
        (b'"\xc3\xa9"', "é"),
    ],
)
def test_json_that_is_read(text: str | bytes, value: Value) -> None:
    assert identical(decode_json(text), value)


def test_minus_zero_point_zero_keeps_its_sign() -> None:
    value = decode_json("-0.0")
    assert isinstance(value, float)
    assert math.copysign(1, value) == -1


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "not json",
        "{'a':1}",
        "NaN",
        "Infinity",
        "[1,]",
        '{"a":1,}',
        "01",
        "+1",
        "1.",
        ".5",
        "1e",
        "1e400",
        "-1e400",
        "1 2",
        '{"a":1}x',
        "[1]\x00",
        "// c\n1",
        '"\t"',
        '"\x00"',
        r'"\x41"',
        r'"\ud800"',
        r'"\udc00"',
        r'"\ud800a"',
        "\ufeff1",
        "{1:2}",
        "tru",
        '"a',
        b'"\xff"',
        b'"\xed\xa0\x80"',
        b'"\xc0\x80"',
        '"\udcff"',
        "1" * 5000,
    ],
    ids=ascii,
)
def test_json_that_is_refused(text: str | bytes) -> None:
    with pytest.raises(EvalError, match="decode_json_failed"):
        decode_json(text)


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("5", 5),
        ("+5", 5),
        ("-05", -5),
        ("5.0", 5.0),
        ("-3.14e-4", -3.14e-4),
        ("3.14E+4", 31400.0),
        ("1.0e-400", 0.0),
        ("", None),
        (" 5", None),
        ("5 ", None),
        ("5\n", None),
        ("1e4", None),
        (".5", None),
        ("5.", None),
        ("0x10", None),
        ("1_000", None),
        ("٣", None),
        ("1.0e400", None),
        ("--5", None),
        ("nan", None),
    ],
)
def test_a_number_in_text(text: str, number: float | None) -> None:
    result = parse_number(text)
    assert result == number
    assert type(result) is type(number)


def test_an_integer_of_too_many_digits_in_text_is_refused() -> None:
    assert parse_number("-" + "9" * 4096) == -(10**4096 - 1)
    with pytest.raises(EvalError, match="4,096"):
        parse_number("9" * 4097)


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_a_float_survives_json(value: float) -> None:
    text = float_to_json(value)
    assert float(text) == value
    assert "." in text


_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(codec="utf-8")),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(st.characters(codec="utf-8")), inner),
    max_leaves=20,
)  # fmt: skip


@given(_values)
def test_what_is_written_as_json_is_read_back(value: Value) -> None:
    assert identical(decode_json(encode_json(value)), value)


@given(st.binary())
def test_any_bytes_decode_or_fail_as_evaluation_errors(data: bytes) -> None:
    with contextlib.suppress(EvalError):
        decode_json(data)
