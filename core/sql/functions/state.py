"""Stores that outlive an evaluation, UUIDs and environment variables."""

from __future__ import annotations

import uuid
from typing import Final

from core.sql.functions.args import string_arg
from core.sql.functions.context import EvalContext
from core.sql.functions.identity import identity_of
from core.sql.functions.registry import Example, Function
from core.sql.values import UNDEFINED, Value, bytes_to_str

_FAMILY: Final = "State and system"
_ENV_PREFIX: Final = "EMQXVAR_"


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
    context.kv[identity_of(k)] = v
    return True


def _kv_store_get(context: EvalContext, k: Value, default: Value = UNDEFINED) -> Value:
    return context.kv.get(identity_of(k), default)


def _kv_store_del(context: EvalContext, k: Value) -> Value:
    context.kv.pop(identity_of(k), None)
    return True


def _proc_dict_put(context: EvalContext, k: Value, v: Value) -> Value:
    key = identity_of(k)
    previous = context.proc.get(key, UNDEFINED)
    context.proc[key] = v
    return previous


def _proc_dict_get(context: EvalContext, k: Value) -> Value:
    return context.proc.get(identity_of(k), UNDEFINED)


def _proc_dict_del(context: EvalContext, k: Value) -> Value:
    return context.proc.pop(identity_of(k), UNDEFINED)


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
