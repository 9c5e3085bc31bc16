"""`sprintf` with Erlang's directives."""

from __future__ import annotations

import pytest

from core.sql.values import Atom, BitString, Value
from tests.unit.sql.evaluating import EvaluationError, check, value_of

COLUMNS: dict[str, Value] = {
    "event": Atom("message.publish"),
    "n": None,
    "m": {"b": 1, "a": "v"},
    "text": 'q"\\\n',
    "bits": BitString(5, 3),
    "long_bits": BitString((0x61 << 2) | 1, 10),
    "reserved": Atom("end"),
    "small": 5e-324,
    "plain": Atom("normal"),
}

GIVES: list[tuple[str, str]] = [
    ("sprintf('no args')", "no args"),
    ("sprintf('你~s', 'é')", "你é"),
    ("sprintf('~s ~s ~s', 'a', true, event)", "a true message.publish"),
    ("sprintf('~s', [65, 'b', [67]])", "AbC"),
    ("sprintf('~s', [195, 169])", "é"),
    ("sprintf('~ts', 'abc')", "abc"),
    ("sprintf('~ts', 'é')", "\udce9"),
    ("sprintf('~ts', [233])", "\udce9"),
    ("sprintf('~5s|~-5s|', 'ab', 'ab')", "   ab|ab   |"),
    ("sprintf('~3s', 'abcdef')", "abc"),
    ("sprintf('~.3s', 'abcdef')", "abc"),
    ("sprintf('~6.3s|', 'abcdef')", "   abc|"),
    ("sprintf('~6.3s|', 'a')", "   a  |"),
    ("sprintf('~.4s|', 'ab')", "ab  |"),
    ("sprintf('~5..*s', 'ab')", "***ab"),
    ("sprintf('~p', 'ab')", '<<"ab">>'),
    ("sprintf('~p', '')", "<<>>"),
    ("sprintf('~p', text)", '<<"q\\"\\\\\\n">>'),
    ("sprintf('~p', hexstr2bin('0001'))", "<<0,1>>"),
    ("sprintf('~p', true)", "true"),
    ("sprintf('~p', missing)", "undefined"),
    ("sprintf('~p', n)", "null"),
    ("sprintf('~p', event)", "'message.publish'"),
    ("sprintf('~p', reserved)", "'end'"),
    ("sprintf('~p ~ts', plain, plain)", "normal normal"),
    ("sprintf('~ts', ['a', [98], 99])", "abc"),
    ("sprintf('~p ~p', 1.0, 1.0e22)", "1.0 1.0e22"),
    ("sprintf('~p', 0.0 * -1)", "-0.0"),
    ("sprintf('~p', [1, 2, 300])", "[1,2,300]"),
    ("sprintf('~p', [97, 98])", '"ab"'),
    ("sprintf('~p', [])", "[]"),
    ("sprintf('~p', m)", '#{<<"a">> => <<"v">>,<<"b">> => 1}'),
    ("sprintf('~p', bits)", "<<5:3>>"),
    ("sprintf('~p', long_bits)", "<<97,1:2>>"),
    ("sprintf('~w', 'ab')", "<<97,98>>"),
    ("sprintf('~w', [97, 98])", "[97,98]"),
    ("sprintf('~w', m)", "#{<<97>> => <<118>>,<<98>> => 1}"),
    ("sprintf('~8p|', true)", "    true|"),
    ("sprintf('~2p|', true)", "**|"),
    ("sprintf('~b', -255)", "-255"),
    ("sprintf('~.16b ~.16B', 255, 255)", "ff FF"),
    ("sprintf('~.2b', 0)", "0"),
    ("sprintf('~4..0b', 7)", "0007"),
    ("sprintf('~4..0b', -7)", "00-7"),
    ("sprintf('~-4b|', 7)", "7   |"),
    ("sprintf('~2b', 12345)", "**"),
    ("sprintf('~6.16.0b', 255)", "0000ff"),
    ("sprintf('~*b', 5, 7)", "    7"),
    ("sprintf('~*b|', -3, 7)", "7  |"),
    ("sprintf('~f', 1.5)", "1.500000"),
    ("sprintf('~.2f', 0.125)", "0.13"),
    ("sprintf('~.2f', -2.675)", "-2.67"),
    ("sprintf('~.1f', 99.95)", "100.0"),
    ("sprintf('~6.1f|', 3.14159)", "   3.1|"),
    ("sprintf('~3.1f', 1234.5)", "***"),
    ("sprintf('~.3f', 1.0e22)", "10000000000000000000000.000"),
    ("sprintf('~.3e', 123.456)", "1.23e+2"),
    ("sprintf('~.2e', 9.96)", "1.0e+1"),
    ("sprintf('~e', 0.00012)", "1.20000e-4"),
    ("sprintf('~e', 0.0)", "0.00000e+0"),
    ("sprintf('~.3e', small)", "4.94e-324"),
    ("sprintf('~c~c', 65, 66)", "AB"),
    ("sprintf('~3c', 65)", "AAA"),
    ("sprintf('~5.3c|', 65)", "  AAA|"),
    ("sprintf('~.3c', 65)", "AAA"),
    ("sprintf('a~nb')", "a\nb"),
    ("sprintf('~2n')", "\n\n"),
    ("sprintf('~i~s', 1, 'a')", "a"),
    ("sprintf('100~~')", "100~"),
    ("sprintf_s('~s=~p', ['a', 1])", "a=1"),
    ("sprintf_s('x', [])", "x"),
]

FAILS = [
    "sprintf('~s', 5)", "sprintf('~s', 1.5)", "sprintf('~s', [300])", "sprintf('~s', [true])",
    "sprintf('~s', m)", "sprintf('~ts', '你')", "sprintf('~ts', 5)", "sprintf('~ts', [55296])",
    "sprintf('~2.4s', 'a')",
    "sprintf('~b', 1.0)", "sprintf('~b', '1')", "sprintf('~.1b', 1)", "sprintf('~.37b', 1)",
    "sprintf('~.2f', 3)", "sprintf('~f', '1.0')", "sprintf('~e', 1)", "sprintf('~.1e', 1.0)",
    "sprintf('~.99999f', 1.0)", "sprintf('~c', 'a')", "sprintf('~2.3c', 65)", "sprintf('~tc', 300)",
    "sprintf('~s')", "sprintf('~s', 'a', 'b')", "sprintf('x', 1)", "sprintf('~z', 1)",
    "sprintf('~')", "sprintf('a~')", "sprintf('~*b', 'x', 1)", "sprintf('~*b', 1)",
    "sprintf('~2000000s', 'a')", "sprintf('~99999999999999999999b', 1)",
    "sprintf('~600000s~600000s', 'a', 'b')",
    "sprintf(5)", "sprintf(true)", "sprintf_s('~s', 'a')", "sprintf_s(5, [])",
]  # fmt: skip


@pytest.mark.parametrize(("expression", "expected"), GIVES, ids=[call for call, _ in GIVES])
def test_result(expression: str, expected: str) -> None:
    check(expression, expected, **COLUMNS)


@pytest.mark.parametrize("expression", FAILS)
def test_failure(expression: str) -> None:
    with pytest.raises(EvaluationError, match="sprintf"):
        value_of(expression, **COLUMNS)
