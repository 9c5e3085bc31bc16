"""Lists, maps, hashes, encoding, compression."""

from __future__ import annotations

import hashlib
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.sql.functions import FUNCTIONS
from core.sql.functions.external_terms import decode_term, encode_term
from core.sql.functions.old_hashes import md4, ripemd160
from core.sql.operators import identical
from core.sql.values import UNDEFINED, Atom, BitString, EvalError, Value
from tests.unit.sql.evaluating import EvaluationError, check, value_of

COLUMNS: dict[str, Value] = {
    "event": Atom("message.publish"),
    "n": None,
    "l": [1, "a", 1.0],
    "m": {"a": {"b": 1}, "x.y": 2, "1": "one", "": 3, "z": None, "j": '{"k":{"q":7}}', "s": "x"},
    "json": '{"b":{"c":1},"a":2}',
    "array": "[1]",
    "bits": BitString(1, 3),
    "redis": {"a": 1, "b": "x", "c": True, "d": 1.5, "e": None, "f": [1], "g": {"h": 1}},
}
M = COLUMNS["m"]
assert isinstance(M, dict)

GIVES: list[tuple[str, Value]] = [
    # Lists
    ("nth(1, l)", 1),
    ("nth(3, l)", 1.0),
    ("length(l)", 3),
    ("length([])", 0),
    ("sublist(2, l)", [1, "a"]),
    ("sublist(0, l)", []),
    ("sublist(99, l)", [1, "a", 1.0]),
    ("sublist(2, 1, l)", ["a"]),
    ("sublist(2, 99, l)", ["a", 1.0]),
    ("sublist(9, 1, l)", []),
    ("first(l)", 1),
    ("last(l)", 1.0),
    ("contains('a', l)", True),
    ("contains(1.0, l)", True),
    ("contains(1, [1.0])", False),
    ("contains(true, ['true'])", False),
    ("contains(event, ['message.publish'])", False),
    ("contains([1], [[1]])", True),
    ("contains([1], [[1.0]])", False),
    ("contains(missing, [missing])", True),
    ("contains(1, [])", False),
    # Maps
    ("map_new()", {}),
    ("map_get('a.b', m)", 1),
    ("map_get('a', m)", {"b": 1}),
    ("map_get('x.y', m)", UNDEFINED),
    ("map_get('x.y', m, 0)", 0),
    ("map_get('z', m, 0)", None),
    ("map_get('z.k', m, 0)", 0),
    ("map_get('1', m)", "one"),
    ("map_get('', m)", 3),
    ("map_get('j.k.q', m)", 7),
    ("map_get('b.c', json)", 1),
    ("map_get('a', 'not json', 'd')", "d"),
    ("map_get('a', 5, 'd')", "d"),
    ("map_get('a', missing)", UNDEFINED),
    ("map_get('1', [5], 'd')", "d"),
    ("map_put('a.b', 2, m)", {**M, "a": {"b": 2}}),
    ("map_put('a.c', 2, m)", {**M, "a": {"b": 1, "c": 2}}),
    ("map_put('p.q.r', 1, map_new())", {"p": {"q": {"r": 1}}}),
    ("map_put('s.k', 1, m)", {**M, "s": {"k": 1}}),
    ("map_put('a', 1, json)", {"a": 1}),
    ("map_put('a', 1, 5)", {"a": 1}),
    ("map_put('', 1, map_new())", {"": 1}),
    ("mget('x.y', m)", 2),
    ("mget('a', json)", 2),
    ("mget('q', m)", UNDEFINED),
    ("mget('q', m, 'd')", "d"),
    ("mget(1, m, 'd')", "d"),
    ("mget('a', [], 'd')", "d"),
    ("mput('x.y', 1, map_new())", {"x.y": 1}),
    ("mput(1, 2, map_new())", {"1": 2}),
    ("mput(true, 2, [])", {"true": 2}),
    ("mput(n, 2, [])", {"null": 2}),
    ("mput(1.5, 2, [])", {"1.5": 2}),
    ("mput('k', 1, json)", {"b": {"c": 1}, "a": 2, "k": 1}),
    ("map_keys(json)", ["a", "b"]),
    ('map_keys(json_decode(\'{"é":1,"z":1,"B":1}\'))', ["B", "z", "é"]),
    ("map_values(json)", [2, {"c": 1}]),
    ("map_to_entries(json)", [{"key": "a", "value": 2}, {"key": "b", "value": {"c": 1}}]),
    ("map_keys(map_new())", []),
    ("map_size(m)", 7),
    ("map_size(json)", 2),
    ("map_size([])", 0),
    (
        "map_to_redis_hset_args(redis)",
        [
            Atom("map_to_redis_hset_args"),
            *("d", "1.5"),
            *("c", "true"),
            *("b", "x"),
            *("a", "1"),
        ],
    ),
    ("map_to_redis_hset_args(5)", [Atom("map_to_redis_hset_args")]),
    # Hashes
    ("md5('')", "d41d8cd98f00b204e9800998ecf8427e"),
    ("sha('hello')", "aaf4c61ddcc5e8a2dabede0f3b482cd9aea9434d"),
    ("hash('sha', 'a')", "86f7e437faa5a7fce15d1ddcb9eaeaea377667b8"),
    ("hash('sha1', true) = sha('true')", True),
    ("hash('sha256', event) = sha256('message.publish')", True),
    ("strlen(hash('blake2b', 'a'))", 128),
    ("strlen(hash('blake2s', 'a'))", 64),
    ("strlen(hash('sha3_384', 'a'))", 96),
    # Encoding
    ("base64_encode('hello')", "aGVsbG8="),
    ("base64_encode('')", ""),
    ("base64_encode('hello', 'no_padding')", "aGVsbG8"),
    ("base64_encode(hexstr2bin('FBFF'), 'urlsafe')", "-_8="),
    ("base64_encode(hexstr2bin('FBFF'), 'no_padding', 'urlsafe')", "-_8"),
    ("base64_encode(hexstr2bin('FBFF'), 'urlsafe', 'no_padding')", "-_8"),
    ("base64_encode('a', 'whatever')", "YQ=="),
    ("base64_decode('aGVsbG8=')", "hello"),
    ("base64_decode('aG k=')", "hi"),
    ("base64_decode(' a G\tk=\r\n')", "hi"),
    ("base64_decode('aGk= ')", "hi"),
    ("base64_decode('')", ""),
    ("base64_decode('YQ', 'no_padding')", "a"),
    ("base64_decode('YQ==', 'no_padding')", "a"),
    ("bin2hexstr(base64_decode('--8', 'urlsafe', 'no_padding'))", "FBEF"),
    ("bin2hexstr(base64_decode('++8='))", "FBEF"),
    ("json_encode(missing)", '"undefined"'),
    ("json_encode(event)", '"message.publish"'),
    ("json_encode([1.0, 1.0e3, n])", "[1.0,1.0e3,null]"),
    ("json_decode('5')", 5),
    ("json_decode(' [1, 2.5] ')", [1, 2.5]),
    ("json_decode('\"x\"')", "x"),
    ("term_decode(term_encode(m))", M),
    ("term_decode(term_encode(missing))", UNDEFINED),
    ("term_decode(term_encode(event))", Atom("message.publish")),
    ("gunzip(gzip('hello'))", "hello"),
    ("bin2hexstr(subbits(gzip('a'), 1, 16, 'bits'))", "1F8B"),
    ("unzip(zip(''))", ""),
    ("zip_uncompress(zip_compress('é'))", "é"),
]

FAILS = [
    "nth(0, l)", "nth(4, l)", "nth(-1, l)", "nth(1.0, l)", "nth('1', l)", "nth(1, array)",
    "length(array)", "length('abc')", "length(m)", "length(missing)", "sublist(-1, l)",
    "sublist(0, 1, l)", "sublist(1, -1, l)", "sublist(1.0, l)", "sublist(1, array)", "first([])",
    "first('a')", "last([])", "last(m)", "contains(1, array)", "contains('a', 'abc')",
    "map_get(1, m)", "map_get(true, m)", "map_put(1, 2, m)", "mget('a', 5)", "mget('a', 'x')",
    "mget('a', array)", "mget('a', missing)", "mget('a', [1])", "mput('a', 1, 5)",
    "mput('a', 1, 'x')", "mput([1], 1, m)", "map_keys(array)", "map_keys(5)", "map_values('x')",
    "map_to_entries(missing)", "map_size(missing)", "map_size(array)", "map_size(5)",
    "map_size([1])", "md5(5)", "md5(event)", "md5(true)", "sha(missing)", "sha256([1])",
    "hash('MD5', 'a')", "hash('sha-256', 'a')", "hash('crc32', 'a')", "hash('md5', 5)",
    "hash(5, 'a')", "hash(event, 'a')", "base64_encode(5)", "base64_encode(event)",
    "base64_decode('!!!!')", "base64_decode('YQ')", "base64_decode('YQ=')", "base64_decode('Y')",
    "base64_decode('Y', 'no_padding')", "base64_decode('YQ=', 'no_padding')",
    "base64_decode('YQ==YQ==')", "base64_decode('YQ==x')", "base64_decode('YQ===')",
    "base64_decode('____')", "base64_decode('++8=', 'urlsafe')", "base64_decode(5)",
    "base64_encode('a', 5)", "json_encode(bits)", "json_decode('')", "json_decode(event)",
    "json_decode(5)", "json_decode(true)", "json_decode('{a:1}')", "term_decode('abc')",
    "term_decode('')", "term_decode(5)", "gunzip('hello')", "unzip('hello')", "unzip('')",
    "zip_uncompress('hello')", "zip_uncompress(zip('hello'))", "gzip(5)", "zip(event)",
    "gunzip(subbits(gzip('hello'), 80))",
]  # fmt: skip


@pytest.mark.parametrize(("expression", "expected"), GIVES, ids=[call for call, _ in GIVES])
def test_result(expression: str, expected: Value) -> None:
    check(expression, expected, **COLUMNS)


@pytest.mark.parametrize("expression", FAILS)
def test_failure(expression: str) -> None:
    with pytest.raises(EvaluationError):
        value_of(expression, **COLUMNS)


def test_a_map_is_copied_not_changed() -> None:
    before = {"a": {"b": 1}}
    value_of("map_put('a.b', 2, m)", m=before)
    value_of("mput('a', 2, m)", m=before)
    assert before == {"a": {"b": 1}}


@pytest.mark.parametrize(
    ("data", "digest"),
    [
        (b"", "31d6cfe0d16ae931b73c59d7e0c089c0"),
        (b"a", "bde52cb31de33e46245e05fbdbd6fb24"),
        (b"abc", "a448017aaf21d8525fc10ae87aa6729d"),
        (b"message digest", "d9130a8164549fe818874806e1c7014b"),
        (b"abcdefghijklmnopqrstuvwxyz", "d79e1c308aa5bbcdeea8ed63df412da9"),
        (b"1234567890" * 8, "e33b4ddc9c38f2199c3e7b164fcc0536"),
    ],
)
def test_md4_of_the_vectors_of_rfc_1320(data: bytes, digest: str) -> None:
    assert md4(data).hex() == digest


@pytest.mark.parametrize(
    ("data", "digest"),
    [
        (b"", "9c1185a5c5e9fc54612808977ee8f548b2258d31"),
        (b"a", "0bdc9d2d256b3ee9daae347be6f4dc835a467ffe"),
        (b"abc", "8eb208f7e05d987a9b044a8e98c6b087f15a0bfc"),
        (b"message digest", "5d0689ef49d2fae572b881b123a85ffa21595f36"),
        (b"1234567890" * 8, "9b752e45573d4b39f4dbd3323cab82bf63326bfb"),
    ],
)
def test_ripemd160_of_the_vectors_of_its_authors(data: bytes, digest: str) -> None:
    assert ripemd160(data).hex() == digest


@pytest.mark.parametrize(
    "name",
    ["md5", "sha1", "sha224", "sha256", "sha384", "sha512", "sha3_224", "sha3_256", "sha3_384",
     "sha3_512", "blake2b", "blake2s"],
)  # fmt: skip
def test_hash_is_the_algorithm_of_its_name(name: str) -> None:
    check(f"hash('{name}', 'hello')", hashlib.new(name, b"hello").hexdigest())


@pytest.mark.parametrize(
    ("value", "hexadecimal"),
    [
        (1, "836101"),
        (256, "836200000100"),
        (-1, "8362ffffffff"),
        (2**31, "836e040000000080"),
        (-(2**31) - 1, "836e040101000080"),
        (1.5, "83463ff8000000000000"),
        ("ab", "836d000000026162"),
        ([], "836a"),
        ([1, 2], "836b00020102"),
        (["a"], "836c000000016d00000001616a"),
        ({"a": 1}, "8374000000016d00000001616101"),
        (True, "83770474727565"),
        (BitString(5, 3), "834d0000000103a0"),
    ],
)
def test_external_terms_are_those_of_erlang(value: Value, hexadecimal: str) -> None:
    assert encode_term(value).hex() == hexadecimal
    assert identical(decode_term(bytes.fromhex(hexadecimal)), value)


@pytest.mark.parametrize(
    "hexadecimal",
    ["83", "8361", "836d00000009", "836cffffffff", "8374ffffffff", "836801610a",
     "83460000", "83467ff0000000000000", "836c000000016101610a", "837400000001610161",
     "8374000000016101610a", "834d0000000109a0", "836f0000ffff00", "837701ff", "8350000000ff00",
     "8350000000ff0000",
     "8300"],
)  # fmt: skip
def test_damaged_external_terms_are_refused(hexadecimal: str) -> None:
    with pytest.raises(EvalError, match="term_decode"):
        decode_term(bytes.fromhex(hexadecimal))


def test_a_long_constant_survives_the_external_term_format() -> None:
    assert decode_term(encode_term(Atom("a" * 300))) == Atom("a" * 300)
    assert decode_term(bytes.fromhex("834d000000010861")) == "a"


def test_a_deep_term_is_refused() -> None:
    with pytest.raises(EvalError, match="nested too deeply"):
        decode_term(b"\x83" + bytes.fromhex("6c00000001") * 100_000)


def test_older_atoms_and_compressed_terms_are_read() -> None:
    assert decode_term(bytes.fromhex("83640004") + b"true") is True
    assert decode_term(bytes.fromhex("837301") + b"a") == Atom("a")
    packed = bytes.fromhex("8350000000e9") + zlib.compress(encode_term("x" * 200)[1:])
    assert decode_term(packed) == "x" * 200


_values: st.SearchStrategy[Value] = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(codec="utf-8")),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(st.characters(codec="utf-8")), inner),
    max_leaves=15,
)


@given(_values)
def test_any_value_survives_the_external_term_format(value: Value) -> None:
    assert identical(decode_term(encode_term(value)), value)


@given(st.binary())
def test_any_bytes_are_a_term_or_an_evaluation_error(data: bytes) -> None:
    for prefix in (b"", b"\x83"):
        try:
            decode_term(prefix + data)
        except EvalError:
            continue


@given(st.binary())
def test_compression_and_base64_round_trip(data: bytes) -> None:
    text = data.decode("utf-8", "surrogateescape")
    for encode, decode in (
        ("gzip", "gunzip"),
        ("zip", "unzip"),
        ("zip_compress", "zip_uncompress"),
        ("base64_encode", "base64_decode"),
        ("bin2hexstr", "hexstr2bin"),
    ):
        assert FUNCTIONS[decode].call(FUNCTIONS[encode].call(text)) == text


def test_data_that_unpacks_to_too_much_is_refused() -> None:
    packed = zlib.compress(b"\0" * 50_000_000).decode("utf-8", "surrogateescape")
    with pytest.raises(EvaluationError, match="1 MiB"):
        value_of("zip_uncompress(t)", t=packed)


def test_deep_values_are_refused_as_keys_and_terms() -> None:
    deep: Value = []
    for _ in range(100_000):
        deep = [deep]
    for expression in ("term_encode(d)", "kv_store_put(d, 1)", "sprintf('~p', d)"):
        with pytest.raises(EvaluationError, match="nested too deeply"):
            value_of(expression, d=deep)
