"""Base64, JSON, Erlang's external term format, and compression."""

from __future__ import annotations

import base64
import gzip
import re
import zlib
from typing import Final

from core.sql.functions.args import bytes_arg, string_arg
from core.sql.functions.external_terms import decode_term, encode_term
from core.sql.functions.registry import Example, Function
from core.sql.limits import MAX_TEXT_BYTES, check_text, check_text_size
from core.sql.text import decode_json, encode_json
from core.sql.values import EvalError, Value, bytes_to_str

_ENCODING: Final = "Encoding"
_COMPRESSION: Final = "Compression"

_BLANKS: Final = re.compile(rb"[ \t\r\n]+")
_STANDARD: Final = re.compile(rb"([A-Za-z0-9+/]*)(={0,2})")
_URL_SAFE: Final = re.compile(rb"([A-Za-z0-9_-]*)(={0,2})")

_RAW_DEFLATE: Final = -zlib.MAX_WBITS
_GZIP: Final = zlib.MAX_WBITS | 16
_ZLIB: Final = zlib.MAX_WBITS


def _options(name: str, options: tuple[Value, ...]) -> tuple[bool, bool]:
    """Return whether padding is waived and whether the alphabet is that of URLs."""
    words = {string_arg(f"{name}: an option", option) for option in options}
    return "no_padding" in words, "urlsafe" in words


def _base64_encode(s: Value, *options: Value) -> Value:
    data = bytes_arg("base64_encode: the first argument", s)
    no_padding, url_safe = _options("base64_encode", options)
    encoded = base64.urlsafe_b64encode(data) if url_safe else base64.b64encode(data)
    text = encoded.decode()
    return check_text(text.rstrip("=") if no_padding else text, "base64_encode")


def _base64_decode(s: Value, *options: Value) -> Value:
    data = _BLANKS.sub(b"", bytes_arg("base64_decode: the first argument", s))
    no_padding, url_safe = _options("base64_decode", options)
    match = (_URL_SAFE if url_safe else _STANDARD).fullmatch(data)
    if match is None:
        raise EvalError(
            "base64_decode: the text holds a character that is not Base64, or goes on after its"
            " padding; '-' and '_' need the option 'urlsafe'"
        )
    body, padding = match.groups()
    wanted = -len(body) % 4
    if wanted == 3 or (len(padding) != wanted and not (no_padding and not padding)):
        raise EvalError(
            "base64_decode: the padding is not right; the option 'no_padding' accepts text without"
        )
    decode = base64.urlsafe_b64decode if url_safe else base64.b64decode
    return bytes_to_str(decode(body + b"=" * wanted))


def _json_encode(x: Value) -> Value:
    return check_text(encode_json(x), "json_encode")


def _json_decode(s: Value) -> Value:
    return decode_json(string_arg("json_decode: the argument", s))


def _term_encode(x: Value) -> Value:
    data = encode_term(x)
    check_text_size(len(data), "term_encode")
    return bytes_to_str(data)


def _term_decode(s: Value) -> Value:
    return decode_term(bytes_arg("term_decode: the argument", s))


def _compressed(data: bytes, window: int) -> str:
    compressor = zlib.compressobj(wbits=window)
    return bytes_to_str(compressor.compress(data) + compressor.flush())


def _decompressed(name: str, data: bytes, window: int) -> str:
    decompressor = zlib.decompressobj(wbits=window)
    try:
        result = decompressor.decompress(data, MAX_TEXT_BYTES + 1)
    except zlib.error as exc:
        raise EvalError(f"{name}: the data is not in this format ({exc})") from exc
    check_text_size(len(result), name)
    if not decompressor.eof:
        raise EvalError(f"{name}: the data ends too early")
    return bytes_to_str(result)


def _gzip(s: Value) -> Value:
    return bytes_to_str(gzip.compress(bytes_arg("gzip: the argument", s), mtime=0))


def _gunzip(s: Value) -> Value:
    return _decompressed("gunzip", bytes_arg("gunzip: the argument", s), _GZIP)


def _zip(s: Value) -> Value:
    return _compressed(bytes_arg("zip: the argument", s), _RAW_DEFLATE)


def _unzip(s: Value) -> Value:
    return _decompressed("unzip", bytes_arg("unzip: the argument", s), _RAW_DEFLATE)


def _zip_compress(s: Value) -> Value:
    return _compressed(bytes_arg("zip_compress: the argument", s), _ZLIB)


def _zip_uncompress(s: Value) -> Value:
    return _decompressed("zip_uncompress", bytes_arg("zip_uncompress: the argument", s), _ZLIB)


_BAD_DATA: Final = "s is not a string or not in this format; more than 1 MiB would come out"

TABLE: Final = (
    Function(
        "base64_encode", _ENCODING, 1, 3, _base64_encode, "base64_encode(s[, option[, option]])",
        "Base64 of a string; options are 'no_padding' and 'urlsafe'.", "s is not a string",
        Example("base64_encode('hello')", "aGVsbG8="),
    ),
    Function(
        "base64_decode", _ENCODING, 1, 3, _base64_decode, "base64_decode(s[, option[, option]])",
        "The bytes that Base64 stands for; options are 'no_padding' and 'urlsafe'.",
        "a character that is not Base64; missing padding", Example("base64_decode('aGk=')", "hi"),
    ),
    Function(
        "json_encode", _ENCODING, 1, 1, _json_encode, "json_encode(x)", "Compact JSON of a value.",
        "x holds a bit string", Example("json_encode([1, 'a', 1.0])", '[1,"a",1.0]'),
    ),
    Function(
        "json_decode", _ENCODING, 1, 1, _json_decode, "json_decode(s)", "The value of JSON text.",
        "s is not a string or not valid JSON", Example("json_decode('{\"a\":[1]}')", {"a": [1]}),
    ),
    Function(
        "term_encode", _ENCODING, 1, 1, _term_encode, "term_encode(x)",
        "A value in Erlang's external term format, as bytes.", "x is nested too deeply",
        Example("bin2hexstr(term_encode(1))", "836101"),
    ),
    Function(
        "term_decode", _ENCODING, 1, 1, _term_decode, "term_decode(s)",
        "The value of bytes in Erlang's external term format.",
        "s is not in this format, or holds what rules have no value for",
        Example("term_decode(term_encode([1, 'a']))", [1, "a"]),
    ),
    Function(
        "gzip", _COMPRESSION, 1, 1, _gzip, "gzip(s)", "A string compressed into a gzip container.",
        "s is not a string", Example("gunzip(gzip('hello'))", "hello"),
    ),
    Function(
        "gunzip", _COMPRESSION, 1, 1, _gunzip, "gunzip(s)", "What a gzip container holds.",
        _BAD_DATA,
        Example(
            "gunzip(hexstr2bin('1F8B0800000000000013CB48CDC9C9070086A6103605000000'))", "hello"
        ),
    ),
    Function(
        "zip", _COMPRESSION, 1, 1, _zip, "zip(s)", "A string compressed by raw DEFLATE.",
        "s is not a string", Example("unzip(zip('hello'))", "hello"),
    ),
    Function(
        "unzip", _COMPRESSION, 1, 1, _unzip, "unzip(s)", "What raw DEFLATE data holds.",
        _BAD_DATA, Example("unzip(hexstr2bin('CB48CDC9C90700'))", "hello"),
    ),
    Function(
        "zip_compress", _COMPRESSION, 1, 1, _zip_compress, "zip_compress(s)",
        "A string compressed into a zlib container.", "s is not a string",
        Example("zip_uncompress(zip_compress('hello'))", "hello"),
    ),
    Function(
        "zip_uncompress", _COMPRESSION, 1, 1, _zip_uncompress, "zip_uncompress(s)",
        "What a zlib container holds.", _BAD_DATA,
        Example("zip_uncompress(hexstr2bin('789CCB48CDC9C90700062C0215'))", "hello"),
    ),
)  # fmt: skip
