"""Maps: `map_get` and `map_put` take a dotted path, `mget` and `mput` a key as it is."""

from __future__ import annotations

from typing import Final, cast

from core.sql.access import get_key
from core.sql.functions.args import map_arg, refuse, string_arg
from core.sql.functions.registry import Example, Function
from core.sql.text import float_to_text, to_text
from core.sql.values import UNDEFINED, Atom, Value, str_to_bytes

_FAMILY: Final = "Maps"
_REDIS_MARKER: Final = Atom("map_to_redis_hset_args")
_REDIS_DECIMALS: Final = 6


def _map_new() -> Value:
    return {}


def get_path(value: Value, path: str) -> Value:
    """Return the value at a dotted path, every part of it a key, or undefined."""
    for key in path.split("."):
        value = get_key(value, key)
        if value is UNDEFINED:
            break
    return value


def _map_get(path: Value, m: Value, default: Value = UNDEFINED) -> Value:
    found = get_path(m, string_arg("map_get: the path", path))
    return default if found is UNDEFINED else found


def _map_put(path: Value, v: Value, m: Value) -> Value:
    keys = string_arg("map_put: the path", path).split(".")
    # From the map down to the parent of the last key; JSON text is read, but not kept.
    parents = [m]
    for key in keys[:-1]:
        parents.append(get_key(parents[-1], key))
    for key, parent in zip(reversed(keys), reversed(parents), strict=True):
        kept = cast("dict[str, Value]", parent) if type(parent) is dict else {}
        v = {**kept, key: v}
    return v


def _mget(key: Value, m: Value, default: Value = UNDEFINED) -> Value:
    values = map_arg("mget: the second argument", m)
    return values.get(key, default) if type(key) is str else default


def _mput(key: Value, v: Value, m: Value) -> Value:
    values = map_arg("mput: the third argument", m)
    if isinstance(key, list | dict):
        refuse("mput: the key", "text, a number, a boolean or null", key)
    return {**values, to_text(key): v}


def _sorted_keys(values: dict[str, Value]) -> list[str]:
    return sorted(values, key=str_to_bytes)


def _map_keys(m: Value) -> Value:
    return list[Value](_sorted_keys(map_arg("map_keys: the argument", m)))


def _map_values(m: Value) -> Value:
    values = map_arg("map_values: the argument", m)
    return [values[key] for key in _sorted_keys(values)]


def _map_to_entries(m: Value) -> Value:
    values = map_arg("map_to_entries: the argument", m)
    return [{"key": key, "value": values[key]} for key in _sorted_keys(values)]


def _map_size(m: Value) -> Value:
    return len(map_arg("map_size: the argument", m))


def _map_to_redis_hset_args(m: Value) -> Value:
    args: list[Value] = [_REDIS_MARKER]
    if type(m) is dict:
        values = cast("dict[str, Value]", m)
        for key in reversed(_sorted_keys(values)):
            text = _redis_text(values[key])
            if text is not None:
                args += (key, text)
    return args


def _redis_text(value: Value) -> str | None:
    if type(value) is float:
        return float_to_text(value, _REDIS_DECIMALS)
    return to_text(value) if isinstance(value, str | int) else None


TABLE: Final = (
    Function(
        "map_new", _FAMILY, 0, 0, _map_new, "map_new()", "An empty map.", "",
        Example("map_new()", {}),
    ),
    Function(
        "map_get", _FAMILY, 2, 3, _map_get, "map_get(path, m[, default])",
        "The value at a dotted path of a map or of JSON text, or the default if there is none.",
        "path is not a string", Example("map_get('a.b', '{\"a\":{\"b\":1}}')", 1),
    ),
    Function(
        "map_put", _FAMILY, 3, 3, _map_put, "map_put(path, v, m)",
        "A copy of a map with a value set at a dotted path, which is made where it is missing.",
        "path is not a string", Example("map_put('a.b', 1, map_new())", {"a": {"b": 1}}),
    ),
    Function(
        "mget", _FAMILY, 2, 3, _mget, "mget(key, m[, default])",
        "The value under a key, which may hold dots, or the default if there is none.",
        "m is neither a map nor JSON text of an object",
        Example("mget('a.b', '{\"a.b\":1}')", 1),
    ),
    Function(
        "mput", _FAMILY, 3, 3, _mput, "mput(key, v, m)",
        "A copy of a map with a value set under a key, which may hold dots.",
        "m is neither a map nor JSON text of an object",
        Example("mput('a.b', 1, map_new())", {"a.b": 1}),
    ),
    Function(
        "map_keys", _FAMILY, 1, 1, _map_keys, "map_keys(m)", "Keys of a map, in order.",
        "m is neither a map nor JSON text of an object",
        Example("map_keys('{\"b\":1,\"a\":2}')", ["a", "b"]),
    ),
    Function(
        "map_values", _FAMILY, 1, 1, _map_values, "map_values(m)",
        "Values of a map, in the order of their keys.",
        "m is neither a map nor JSON text of an object",
        Example("map_values('{\"b\":1,\"a\":2}')", [2, 1]),
    ),
    Function(
        "map_to_entries", _FAMILY, 1, 1, _map_to_entries, "map_to_entries(m)",
        "Keys and values of a map as a list of maps with `key` and `value`.",
        "m is neither a map nor JSON text of an object",
        Example("map_to_entries('{\"a\":1}')", [{"key": "a", "value": 1}]),
    ),
    Function(
        "map_size", _FAMILY, 1, 1, _map_size, "map_size(m)", "Number of keys of a map.",
        "m is neither a map nor JSON text of an object", Example("map_size('{\"a\":1}')", 1),
    ),
    Function(
        "map_to_redis_hset_args", _FAMILY, 1, 1, _map_to_redis_hset_args,
        "map_to_redis_hset_args(m)",
        "Keys and values of a map as texts, for the HSET command of a Redis action.", "",
        Example(
            "nth(2, map_to_redis_hset_args(json_decode('{\"a\":1}')))", "a",
        ),
    ),
)  # fmt: skip
