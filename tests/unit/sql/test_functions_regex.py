"""Regular expressions: PCRE2 in byte mode."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.sql.functions.pcre import compile_pattern
from core.sql.values import Atom, EvalError, Value
from tests.unit.sql.evaluating import EvaluationError, check, value_of

COLUMNS: dict[str, Value] = {"event": Atom("message.publish"), "many": "a" * 5000 + "b"}

MATCHES = [
    (r"\d+", "a123", True),
    (r"^\d+$", "a123", False),
    ("", "", True),
    (r"a$", "a\n", True),
    (r"a\z", "a\n", False),
    (r"a\Z", "a\n", True),
    (r"(?m)^b$", "a\nb\nc", True),
    (r"(?m)\n^$", "a\n", False),
    (r"(?i)AB", "ab", True),
    (r"a(?i)b", "aB", True),
    (r"a(?i)b", "AB", False),
    (r"(?i:a)b", "AB", False),
    (r".", "\n", False),
    (r"(?s).", "\n", True),
    (r"^..$", "é", True),
    (r"^\w$", "é", False),
    (r"\d", "٣", False),
    (r"^\s$", "\x0b", True),
    (r"^\h\H\v\V$", "\tx\nx", True),
    (r"^\R\R$", "\r\n\n", True),
    (r"^\N$", "a", True),
    (r"^[[:alpha:]][[:^alpha:]]$", "a1", True),
    (r"[[:word:]]", "-", False),
    (r"^[]a]+$", "]a", True),
    (r"[^]a]", "]", False),
    (r"^[\w-]+$", "a-b", True),
    (r"^[a\]b]$", "]", True),
    (r"^[[a]$", "[", True),
    (r"^[a&&b]$", "&", True),
    (r"^[a||b]$", "|", True),
    (r"^[\d\h]$", "\t", True),
    (r"^[\x41\x{42}\103\cA]+$", "ABC\x01", True),
    (r"^[\Qa-c\E]+$", "-", True),
    (r"^[\b]$", "\b", True),
    (r"^[^\d]$", "a", True),
    (r"^[\D]$", "1", False),
    (r"\Qa.b\E", "a.b", True),
    (r"\Qa.b", "axb", False),
    (r"\x41\x{42}\103\e\cA", "ABC\x1b\x01", True),
    (r"^(?<n>a)\k<n>\k{n}\k'n'\g{n}(?P=n)$", "aaaaaa", True),
    (r"^(?'n'a)(?P<m>b)\1\2$", "abab", True),
    (r"^(a)\g1\g{1}\g{-1}$", "aaaa", True),
    (r"^(\d+)(?:\.(?1)){3}$", "1.2.3.4", True),
    (r"^(?<x>\d)\g<x>$", "12", True),
    (r"^(?|(a)|(b))\1$", "bb", True),
    (r"a{,2}b", "a{,2}b", True),
    (r"a{e<=1}", "a{e<=1}", True),
    (r"^a{2}b{1,}c{0,1}$", "aabb", True),
    (r"a++b", "aab", True),
    (r"a++ab", "aab", False),
    (r"(?>a+)ab", "aaab", False),
    (r"foo(?!bar)", "foobar", False),
    (r"(?<=a)b(?=c)(?<!x)", "abc", True),
    (r"\bfoo\B", "a foox", True),
    (r"\Aa", "ba", False),
    (r"(?x) a b # [ comment", "ab", True),
    (r"(?#x[)a", "a", True),
    (r"(?-i)a", "A", False),
    (r"\/\-\.", "/-.", True),
    (r"\p{L}\p{^L}\P{L}\pL", "a11a", True),
    (r"[\p{Lu}]", "a", False),
    (r"é", "é", True),
    (r"[é]", "\udca9", True),
    (r"(a)|(b)", "b", True),
    (r"^a\E$", "a", True),
    (r"^\12\81$", "\n81", True),
    (r"^\12$", "\n", True),
    (r"^\81$", "81", True),
    (r"[^\Q\E]", "a", True),
    (r"[\E\Q\E]", "a", False),
    (r"^[a-\d]$", "-", True),
    (r"^[\d-a]$", "-", True),
    (r"\Ax?a(?R)?b", "aabb", False),
    (r"a(?R)?b", "aabb", True),
]


@pytest.mark.parametrize(("pattern", "text", "matches"), MATCHES)
def test_match(pattern: str, text: str, matches: bool) -> None:
    check("regex_match(t, p)", matches, t=text, p=pattern)


@pytest.mark.parametrize(
    "pattern",
    [
        "(", ")", "a)", "[a", "*a", "a**", "[z-a]", "\\", "[\\", r"\y", r"[\y]", r"\x{100}",
        r"[\x{100}]", r"\g{-1}", r"(?<n>a)\k<m>", "[[:nope:]]", r"\p{Nope}", "(?<=a", "a{3,1}",
        r"(?P<n", "(?r)a", "(?V0)a", "(?-e)a", "(?U)a", r"\2", r"\o{777}",
        "a{99999999}", "(ab){999999}", "(?:[ab]{300}c){300}",
    ],
)  # fmt: skip
@pytest.mark.timeout(5)
def test_a_pattern_that_is_not_valid_is_an_error(pattern: str) -> None:
    with pytest.raises(EvaluationError, match="regular expression"):
        value_of("regex_match('a', p)", p=pattern)


REPLACEMENTS = [
    ("ab", "x*", "-", "-a-b-"),
    ("baac", "a*", "-", "-b--c-"),
    ("abc", "b", "", "ac"),
    ("abc", "z", "-", "abc"),
    ("a1b22", r"\d+", "<&>", "a<1>b<22>"),
    ("a1b22", r"\d+", r"<\g0\g{0}>", "a<11>b<2222>"),
    ("ab", "(a)(b)", r"\2\1\g1\g{2}", "baab"),
    ("ab", "(a)(b)?", r"[\2]", "[b]"),
    ("a", "(a)(b)?", r"[\2]", "[]"),
    ("a", "(a)", r"[\12]", "[]"),
    ("a", "(a)", r"[\9\g99999999]", "[]"),
    ("abc", "b", r"\0", "a0c"),
    ("abc", "b", r"\&", "a&c"),
    ("abc", "b", r"\x", "axc"),
    ("abc", "b", "\\\\", "a\\c"),
    ("abc", "b", "z\\", "az\\c"),
    ("abc", "b", r"\g", "agc"),
    ("abc", "b", r"\g{x}", "ag{x}c"),
    ("é", "^.", "", "\udca9"),
    ("a.b.c", r"\.", "/", "a/b/c"),
]


@pytest.mark.parametrize(("text", "pattern", "to", "expected"), REPLACEMENTS)
def test_replace(text: str, pattern: str, to: str, expected: str) -> None:
    check("regex_replace(t, p, r)", expected, t=text, p=pattern, r=to)


@pytest.mark.parametrize(
    ("text", "pattern", "groups"),
    [
        ("abc123", r"\d+", []),
        ("abc", r"(\d)", []),
        ("k=v", r"(\w)=(\w)", ["k", "v"]),
        ("abc", "(a)(x)?(b)(y)?", ["a", "", "b"]),
        ("k=v", "(z)?(k)=(y)?", ["", "k"]),
        ("ab", "(a)(b*?)", ["a", ""]),
        ("a1 b2", r"([a-z])(\d)", ["a", "1"]),
        ("at 192.168.1.1 ok", r"(\d+\.\d+\.\d+\.\d+)", ["192.168.1.1"]),
    ],
)
def test_extract(text: str, pattern: str, groups: list[Value]) -> None:
    check("regex_extract(t, p)", groups, t=text, p=pattern)


@pytest.mark.parametrize(
    "expression",
    [
        "regex_match(5, 'a')", "regex_match(missing, 'a')", "regex_match('a', 5)",
        "regex_match('a', event)", "regex_replace('a', 'a', 5)", "regex_replace(5, 'a', 'b')",
        "regex_replace('a', 'a', true)", "regex_extract('a', 5)",
    ],
)  # fmt: skip
def test_arguments_of_other_types_are_errors(expression: str) -> None:
    with pytest.raises(EvaluationError):
        value_of(expression, **COLUMNS)


def test_constants_are_text() -> None:
    check("regex_match(event, '^message')", True, **COLUMNS)
    check("regex_replace(true, 't', 'T')", "True")


def test_a_pattern_that_backtracks_without_end_is_stopped() -> None:
    with pytest.raises(EvaluationError, match=r"longer than 0\.2 s"):
        value_of("regex_match(many, '^(a|a?)+$')", **COLUMNS)
    with pytest.raises(EvaluationError, match=r"longer than 0\.2 s"):
        value_of("regex_extract(many, '^(a|a?)+$')", **COLUMNS)
    with pytest.raises(EvaluationError, match=r"longer than 0\.2 s"):
        value_of("regex_replace(many, '^(a|a?)+$', '')", **COLUMNS)


def test_a_replacement_that_grows_too_large_is_refused() -> None:
    with pytest.raises(EvaluationError, match="1 MiB"):
        value_of("regex_replace(t, 'a', r)", t="a" * 2000, r="x" * 1000)


@given(st.binary(max_size=30))
def test_any_bytes_are_a_pattern_or_an_evaluation_error(pattern: bytes) -> None:
    try:
        compiled = compile_pattern(pattern)
    except EvalError:
        return
    compiled.search(b"abc [x] 123", timeout=0.2)
