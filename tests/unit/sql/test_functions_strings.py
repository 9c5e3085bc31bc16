"""Case, blanks, length, parts, padding, searching, splitting and joining."""

from __future__ import annotations

import pytest

from core.sql.values import UNDEFINED, Atom, BitString, Value
from tests.unit.sql.evaluating import EvaluationError, check, value_of

COLUMNS: dict[str, Value] = {
    "event": Atom("message.publish"),
    "n": None,
    "crlf": "a\r\nb\rc\nd",
    "blanks": "\u2028\x85 \t\v\f x\u00a0 \r\n\u200e\u200f\u2029",
    "accent": "e\u0301x",
    "bad": "a\udcff",
    "flag": "🇩🇪🇫🇷",
    "quote": "it's",
    "slash": "a\\b",
    "cr": "\r",
    "lf": "\n",
    "crlf_only": "\r\n",
    "bits": BitString(1, 3),
    "o": {"a": 1},
    "big": "é" * 300_000,
    "long": "x" * 1_000_000,
}

GIVES: list[tuple[str, Value]] = [
    ("lower('ÄBC')", "äbc"),
    ("upper('straße')", "STRASSE"),
    ("upper(true)", "TRUE"),
    ("lower(event)", "message.publish"),
    ("trim(' abc ')", "abc"),
    ("trim(blanks)", "x\u00a0"),
    ("ltrim(blanks)", "x\u00a0 \r\n\u200e\u200f\u2029"),
    ("rtrim(blanks)", "\u2028\x85 \t\v\f x\u00a0"),
    ("trim('')", ""),
    ("rtrim(' a ')", " a"),
    ("trim(true)", "true"),
    ("rtrim('7.500', '0')", "7.5"),
    ("rtrim('abcba', 'ab')", "abc"),
    ("rtrim('abc', '')", "abc"),
    ("rtrim('aéé', 'é')", "a"),
    ("rtrim(concat('a', crlf_only), crlf_only)", "a\r\n"),
    ("reverse('hello')", "olleh"),
    ("reverse(true)", "eurt"),
    ("reverse(crlf_only)", "\r\n"),
    ("reverse('aé')", "\udce9a"),
    ("strlen('你好')", 2),
    ("strlen(accent)", 2),
    ("strlen(flag)", 2),
    ("strlen(crlf)", 7),
    ("strlen(true)", 4),
    ("substr('hello', 0)", "hello"),
    ("substr('hello', 1, 3)", "ell"),
    ("substr('hello', 5)", ""),
    ("substr('hello', 99)", ""),
    ("substr('hello', 1, 99)", "ello"),
    ("substr('hello', 1, 0)", ""),
    ("substr('你好吗', 1, 1)", "好"),
    ("substr(accent, 0, 1)", "e\u0301"),
    ("pad('abc', 5)", "abc  "),
    ("pad('abc', 5, 'trailing')", "abc  "),
    ("pad('abc', 5, 'leading')", "  abc"),
    ("pad('abc', 6, 'both')", " abc  "),
    ("pad('abc', 2)", "abc"),
    ("pad('abc', -1)", "abc"),
    ("pad('a', 3, 'trailing', '*')", "a**"),
    ("pad('a', 3, 'trailing', 'xy')", "axyxy"),
    ("pad('a', 3, 'trailing', '')", "a"),
    ("pad('你', 3)", "你  "),
    ("pad('a', 2, 'trailing', 'é')", "a\udce9"),
    ("pad('abc', 3, 'trailing', '你')", "abc"),
    ("ascii('a')", 97),
    ("ascii('é')", 0xC3),
    ("ascii(true)", ord("t")),
    (r"unescape('\n\t\r\b\f\v\a\?\\')", "\n\t\r\b\f\v\a?\\"),
    (r"unescape('\x41')", "A"),
    (r"unescape('\x4f60z')", "你z"),
    (r"unescape('\x000041')", "A"),
    ("unescape('a\\')", "a\\"),
    (r"unescape('\\n')", "\\n"),
    ("unescape('plain')", "plain"),
    # Splitting
    ("split('/a/b//c/', '/')", ["a", "b", "c"]),
    ("split('/a/b//c/', '/', 'notrim')", ["", "a", "b", "", "c", ""]),
    ("split('', '/')", []),
    ("split('', '/', 'notrim')", [""]),
    ("split('abc', '')", ["abc"]),
    ("split('abc', '', 'leading')", ["abc"]),
    ("split('', '')", []),
    ("split('/a/b/c', '/', 'leading')", ["a/b/c"]),
    ("split('/a/b/c', '/', 'leading_notrim')", ["", "a/b/c"]),
    ("split('a/b/c', '/', 'leading')", ["a", "b/c"]),
    ("split('a/b/c', '/', 'trailing')", ["a/b", "c"]),
    ("split('a/b/', '/', 'trailing')", ["a/b"]),
    ("split('a/b/', '/', 'trailing_notrim')", ["a/b", ""]),
    ("split('aaa', 'aa', 'trailing_notrim')", ["a", ""]),
    ("split('aaa', 'aa', 'notrim')", ["", "a"]),
    ("split(true, 'r')", ["t", "ue"]),
    ("split(event, '.')", ["message", "publish"]),
    ("split(crlf, cr)", ["a\r\nb", "c\nd"]),
    ("split(crlf, lf)", ["a\r", "b\rc", "d"]),
    ("split(crlf, crlf_only)", ["a", "b\rc\nd"]),
    ("split(accent, 'e')", ["e\u0301x"]),
    ("split(accent, 'x')", ["e\u0301"]),
    ("tokens('/a/b//c/', '/')", ["a", "b", "c"]),
    ("tokens(' /a/ b /c', ' /')", ["a", "b", "c"]),
    ("tokens('abc', '')", ["abc"]),
    ("tokens('', '')", []),
    ("tokens('aéb', 'é')", ["a", "b"]),
    ("tokens(crlf, 'x', 'nocrlf')", ["a", "b", "c", "d"]),
    ("tokens(crlf, '', 'nocrlf')", ["a", "b", "c", "d"]),
    ("tokens(crlf, cr)", ["a\r\nb", "c\nd"]),
    ("tokens(crlf, lf)", ["a\r", "b\rc", "d"]),
    ("tokens(crlf, crlf_only)", ["a\r\nb", "c", "d"]),
    ("replace('a-b-c', '-', '+')", "a+b+c"),
    ("replace('a-b-c', '-', '+', 'leading')", "a+b-c"),
    ("replace('a-b-c', '-', '+', 'trailing')", "a-b+c"),
    ("replace('a-b-c', '-', '+', 'all')", "a+b+c"),
    ("replace('abc', '', 'x')", "abc"),
    ("replace('abc', 'z', 'x')", "abc"),
    ("replace('a.b', '.', '')", "ab"),
    ("replace(accent, 'e', 'x')", "e\u0301x"),
    ("replace(true, 't', 'T')", "True"),
    ("rm_prefix('foo/bar', 'foo/')", "bar"),
    ("rm_prefix('bar', 'foo')", "bar"),
    ("rm_prefix('bar', '')", "bar"),
    ("rm_prefix(5, 'a')", 5),
    ("rm_prefix(n, 'a')", None),
    ("rm_prefix(missing, 'a')", UNDEFINED),
    ("rm_prefix(event, 'message.')", "publish"),
    ("rm_prefix(accent, 'e')", "e\u0301x"),
    ("find('acbcd', 'c')", "cbcd"),
    ("find('acbcd', 'c', 'trailing')", "cd"),
    ("find('acbcd', 'z')", ""),
    ("find('acbcd', 'z', 'trailing')", ""),
    ("find('abc', '')", "abc"),
    ("find('abc', '', 'trailing')", "abc"),
    ("find('', '')", ""),
    ("find(accent, 'e', 'trailing')", ""),
    ("split(accent, 'e', 'trailing')", ["e\u0301x"]),
    ("find(accent, 'e')", ""),
    ("find(crlf, cr)", "\rc\nd"),
    ("find(crlf, cr, 'trailing')", "\rc\nd"),
    ("find(event, 'pub')", "publish"),
    # Joining
    ("concat('a', 1)", "a1"),
    ("concat(1, 2)", "12"),
    ("concat('a', missing)", "aundefined"),
    ("concat(['a', 1.5, true, n, o])", 'a1.5truenull{"a":1}'),
    ("concat([])", ""),
    ("bytesize(str(big))", 600_000),
    ("concat(hexstr2bin('C3'), hexstr2bin('A9'))", "é"),
    ("join_to_string(['a', 1, [72, 105]])", "a, 1, Hi"),
    ("join_to_string('-', ['a', missing])", "a-undefined"),
    ("join_to_string('-', [])", ""),
    ("join_to_sql_values_string(['a', 'b'])", "'a', 'b'"),
    ("join_to_sql_values_string([1, true, n, 1.5])", "1, 'true', 'null', 1.5"),
    ("join_to_sql_values_string([missing, quote, slash])", r"NULL, 'it\'s', 'a\\b'"),
    ("join_to_sql_values_string([o, [72, 105], []])", "'{\"a\":1}', '[72,105]', '[]'"),
    ("join_to_sql_values_string([1.0e21])", "1000000000000000000000.0"),
    ("join_to_sql_values_string([])", ""),
]

FAILS = [
    "lower(missing)", "lower(n)", "lower(5)", "lower(o)", "lower([72])", "upper(bad)", "trim(5)",
    "ltrim(missing)", "rtrim(5)", "rtrim('a', 5)", "rtrim('a', true)", "reverse('你好')",
    "reverse(accent)", "reverse(bad)", "strlen(bad)", "strlen(5)", "strlen(missing)",
    "substr('a', -1)", "substr('a', 0, -1)", "substr('a', 1.0)", "substr('a', '1')",
    "substr(5, 1)", "pad('a', 3, 'other')", "pad('a', 3, 'trailing', '你')", "pad('a', '3')",
    "pad('a', 3, 'trailing', 5)", "pad('a', 2000000)", "pad('a', 100000000000000)",
    "pad(5, 2)", "ascii('')", "ascii(5)", r"unescape('\L')", r"unescape('\x')",
    r"unescape('\xg')", r"unescape('\x110000')", r"unescape('\x11000000')", r"unescape('\xD800')",
    r"unescape('\1')", "unescape(5)",
    "split('a', ',', 'all')", "split('a', 5)", "split(5, ',')", "split('a', event)",
    "tokens('a', ',', 'x')", "tokens('a', 5)", "tokens(5, ',')",
    "replace('a', 'a', 'b', 'first')", "replace('a', 5, 'b')", "replace('a', 'a', 5)",
    "replace(long, 'x', 'yy')", "rm_prefix('a', 5)", "find('abc', 'b', 'any')", "find(5, 'b')",
    "find('a', event)", "concat(5)", "concat('a')", "concat(bits, 'a')", "concat(long, long)",
    "join_to_string('a')", "join_to_string(1, ['a'])", "join_to_string(', ', 'a')",
    "join_to_sql_values_string('a')", "join_to_sql_values_string([bits])",
]  # fmt: skip


@pytest.mark.parametrize(("expression", "expected"), GIVES, ids=[call for call, _ in GIVES])
def test_result(expression: str, expected: Value) -> None:
    check(expression, expected, **COLUMNS)


@pytest.mark.parametrize("expression", FAILS)
def test_failure(expression: str) -> None:
    with pytest.raises(EvaluationError):
        value_of(expression, **COLUMNS)


def test_there_is_no_trim_of_chosen_characters() -> None:
    for expression in ("trim('xax', 'x')", "ltrim('xax', 'x')", "concat('a', 'b', 'c')"):
        with pytest.raises(EvaluationError):
            value_of(expression)


def test_splitting_into_too_many_parts_is_refused() -> None:
    text = "a," * 100_001
    for expression in ("split(t, ',')", "tokens(t, ',')"):
        with pytest.raises(EvaluationError, match="100,000 items"):
            value_of(expression, t=text)
