"""Hashes, as lower-case hexadecimal digits."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Final

from core.sql.functions.args import bytes_arg, choice_arg, text_arg
from core.sql.functions.old_hashes import md4, ripemd160
from core.sql.functions.registry import Example, Function
from core.sql.values import Value, str_to_bytes

_FAMILY: Final = "Hashes"


def _md5_digest(data: bytes) -> bytes:
    return hashlib.md5(data, usedforsecurity=False).digest()


def _sha1_digest(data: bytes) -> bytes:
    return hashlib.sha1(data, usedforsecurity=False).digest()


_DIGESTS: Final[dict[str, Callable[[bytes], bytes]]] = {
    "md4": md4,
    "md5": _md5_digest,
    "ripemd160": ripemd160,
    "sha": _sha1_digest,
    "sha1": _sha1_digest,
    "sha224": lambda data: hashlib.sha224(data).digest(),
    "sha256": lambda data: hashlib.sha256(data).digest(),
    "sha384": lambda data: hashlib.sha384(data).digest(),
    "sha512": lambda data: hashlib.sha512(data).digest(),
    "sha3_224": lambda data: hashlib.sha3_224(data).digest(),
    "sha3_256": lambda data: hashlib.sha3_256(data).digest(),
    "sha3_384": lambda data: hashlib.sha3_384(data).digest(),
    "sha3_512": lambda data: hashlib.sha3_512(data).digest(),
    "blake2b": lambda data: hashlib.blake2b(data).digest(),
    "blake2s": lambda data: hashlib.blake2s(data).digest(),
}
_NAMES: Final = tuple(_DIGESTS)


def _hash(name: Value, t: Value) -> Value:
    algorithm = choice_arg("hash: the name", name, _NAMES)
    return _DIGESTS[algorithm](str_to_bytes(text_arg("hash: the text", t))).hex()


def _md5(s: Value) -> Value:
    return _md5_digest(bytes_arg("md5: the argument", s)).hex()


def _sha(s: Value) -> Value:
    return _sha1_digest(bytes_arg("sha: the argument", s)).hex()


def _sha256(s: Value) -> Value:
    return hashlib.sha256(bytes_arg("sha256: the argument", s)).hexdigest()


TABLE: Final = (
    Function(
        "md5", _FAMILY, 1, 1, _md5, "md5(s)", "MD5 of a string.", "s is not a string",
        Example("md5('hello')", "5d41402abc4b2a76b9719d911017c592"),
    ),
    Function(
        "sha", _FAMILY, 1, 1, _sha, "sha(s)", "SHA-1 of a string.", "s is not a string",
        Example("sha('hello')", "aaf4c61ddcc5e8a2dabede0f3b482cd9aea9434d"),
    ),
    Function(
        "sha256", _FAMILY, 1, 1, _sha256, "sha256(s)", "SHA-256 of a string.", "s is not a string",
        Example(
            "sha256('hello')", "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824"
        ),
    ),
    Function(
        "hash", _FAMILY, 2, 2, _hash, "hash(name, t)",
        "Hash of a text: " + ", ".join(_NAMES) + ".", "an unknown name (also 'MD5', 'sha-256')",
        Example("hash('md4', 'abc')", "a448017aaf21d8525fc10ae87aa6729d"),
    ),
)  # fmt: skip
