"""Stores that outlive an evaluation, UUIDs and environment variables."""

from __future__ import annotations

import uuid
from typing import Final, cast

from core.sql.functions.args import string_arg
from core.sql.functions.context import EvalContext
from core.sql.functions.identity import Identity, identity_of
from core.sql.functions.registry import Example, Function
from core.sql.limits import remaining
from core.sql.values import UNDEFINED, EvalError, Value, bytes_to_str

_FAMILY: Final = "State and system"
_ENV_PREFIX: Final = "EMQXVAR_"

MAX_STORE_BYTES: Final = 64 * 1024 * 1024
"""How much a store may hold, roughly; EMQX has no limit."""
_ENTRY_BYTES: Final = 100
_ROOM: Final = "room"
"""Where a store keeps how much room is left; no key of a rule, those are tuples."""


def _uuid_v4(context: EvalContext) -> Value:
    return str(uuid.UUID(int=context.rng.getrandbits(128), version=4))


def _uuid_v4_no_hyphen(context: EvalContext) -> Value:
    return uuid.UUID(int=context.rng.getrandbits(128), version=4).hex


def _getenv(context: EvalContext, name: Value) -> Value:
    variable = string_arg("getenv: the name", name)
    if variable not in context.env:
        # What the system could not decode is escaped the way our strings are.
        value = context.environ.get(_ENV_PREFIX + variable, "")
        context.env[variable] = bytes_to_str(value.encode("utf-8", "surrogateescape"))
    return context.env[variable]


def _kv_store_put(context: EvalContext, k: Value, v: Value) -> Value:
    _keep(context.kv, k, v)
    return True


def _kv_store_get(context: EvalContext, k: Value, default: Value = UNDEFINED) -> Value:
    return context.kv.get(identity_of(k), default)


def _kv_store_del(context: EvalContext, k: Value) -> Value:
    _remove(context.kv, k)
    return True


def _proc_dict_put(context: EvalContext, k: Value, v: Value) -> Value:
    return _keep(context.proc, k, v)


def _proc_dict_get(context: EvalContext, k: Value) -> Value:
    return context.proc.get(identity_of(k), UNDEFINED)


def _proc_dict_del(context: EvalContext, k: Value) -> Value:
    return _remove(context.proc, k)


def _keep(store: dict[Identity, Value], k: Value, v: Value) -> Value:
    """Put a value into a store; return the previous one, undefined if there was none.

    Raises:
        EvalError: The store has no room for it, or the key is nested too deeply.
    """
    key = identity_of(k)
    previous = store.get(key, UNDEFINED)
    room = _room(store) - _size(k, v)
    if key in store:
        room += _size(k, previous)
    if room < 0:
        raise EvalError(f"the store has no room left in its {MAX_STORE_BYTES // 1024**2} MiB")
    store[key] = v
    store[_ROOM] = room
    return previous


def _remove(store: dict[Identity, Value], k: Value) -> Value:
    """Take a value out of a store; undefined if there is none."""
    key = identity_of(k)
    if key not in store:
        return UNDEFINED
    previous = store.pop(key)
    store[_ROOM] = _room(store) + _size(k, previous)
    return previous


def _room(store: dict[Identity, Value]) -> int:
    return cast("int", store.get(_ROOM, MAX_STORE_BYTES))


def _size(k: Value, v: Value) -> int:
    return _ENTRY_BYTES + MAX_STORE_BYTES - remaining(remaining(MAX_STORE_BYTES, k), v)


TABLE: Final = (
    Function(
        "uuid_v4", _FAMILY, 0, 0, _uuid_v4, "uuid_v4()", "A random UUID, 36 characters.", "",
        Example("strlen(uuid_v4())", 36), needs="context",
    ),
    Function(
        "uuid_v4_no_hyphen", _FAMILY, 0, 0, _uuid_v4_no_hyphen, "uuid_v4_no_hyphen()",
        "A random UUID without hyphens, 32 characters.", "",
        Example("strlen(uuid_v4_no_hyphen())", 32), needs="context",
    ),
    Function(
        "getenv", _FAMILY, 1, 1, _getenv, "getenv(name)",
        "The environment variable EMQXVAR_name, '' if it is not set; read once.",
        "name is not a string", Example("getenv('NOT_SET')", ""), needs="context",
    ),
    Function(
        "kv_store_put", _FAMILY, 2, 2, _kv_store_put, "kv_store_put(k, v)",
        "Keep a value under a key in the store of all rules; gives true.", "",
        Example("kv_store_put('k', 1)", True), needs="context",
    ),
    Function(
        "kv_store_get", _FAMILY, 1, 2, _kv_store_get, "kv_store_get(k[, default])",
        "The value kept under a key in the store of all rules, or the default.", "",
        Example("kv_store_get('k', 0)", 0), needs="context",
    ),
    Function(
        "kv_store_del", _FAMILY, 1, 1, _kv_store_del, "kv_store_del(k)",
        "Remove a key from the store of all rules; gives true.", "",
        Example("kv_store_del('k')", True), needs="context",
    ),
    Function(
        "proc_dict_put", _FAMILY, 2, 2, _proc_dict_put, "proc_dict_put(k, v)",
        "Keep a value under a key for this client connection; gives the previous value.", "",
        Example("is_null(proc_dict_put('k', 1))", True), needs="context",
    ),
    Function(
        "proc_dict_get", _FAMILY, 1, 1, _proc_dict_get, "proc_dict_get(k)",
        "The value kept under a key for this client connection; missing if there is none.", "",
        Example("is_null(proc_dict_get('k'))", True), needs="context",
    ),
    Function(
        "proc_dict_del", _FAMILY, 1, 1, _proc_dict_del, "proc_dict_del(k)",
        "Remove a key of this client connection; gives the previous value.", "",
        Example("is_null(proc_dict_del('k'))", True), needs="context",
    ),
)  # fmt: skip
