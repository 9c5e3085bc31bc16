"""Searching, splitting, replacing and joining text."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from core.sql.functions.args import choice_arg, list_arg, string_arg, text_arg
from core.sql.functions.graphemes import ends_cluster, last_occurrence, occurrences
from core.sql.functions.registry import Example, Function
from core.sql.limits import check_list_size, check_text, check_text_size
from core.sql.text import encode_json, to_text
from core.sql.values import (
    UNDEFINED,
    Atom,
    Value,
    bytes_to_str,
    normalise,
    str_to_bytes,
)

_FAMILY: Final = "Strings"
_SPLIT_OPTIONS: Final = ("notrim", "leading", "leading_notrim", "trailing", "trailing_notrim")


def _split(*args: Value) -> Value:
    text = text_arg("split: the first argument", args[0])
    separator = string_arg("split: the separator", args[1])
    option = choice_arg("split: the option", args[2], _SPLIT_OPTIONS) if len(args) > 2 else ""
    parts = _parts(text, separator, option.removesuffix("notrim").rstrip("_"))
    check_list_size(len(parts), "split")
    keep_empty = option.endswith("notrim")
    return [part for part in parts if part or keep_empty]


def _parts(text: str, separator: str, where: str) -> list[str]:
    """Cut a text at all separators, or only at the 'leading' or the 'trailing' one."""
    if not separator:
        return [text]
    if where == "trailing":
        found = last_occurrence(text, separator)
        return [text] if found is None else [text[: found[0]], text[found[1] :]]
    parts: list[str] = []
    rest = 0
    for start, end in occurrences(text, separator):
        parts.append(text[rest:start])
        rest = end
        if where == "leading":
            break
    parts.append(text[rest:])
    return parts


def _tokens(*args: Value) -> Value:
    data = str_to_bytes(text_arg("tokens: the first argument", args[0]))
    chars = str_to_bytes(string_arg("tokens: the characters", args[1]))
    newlines = len(args) > 2
    if newlines:
        choice_arg("tokens: the third argument", args[2], ("nocrlf",))
    if not chars and not newlines:
        return [bytes_to_str(data)] if data else []
    parts = [bytes_to_str(part) for part in _token_separators(chars, newlines).split(data) if part]
    check_list_size(len(parts), "tokens")
    return list(parts)


@lru_cache(maxsize=64)
def _token_separators(chars: bytes, newlines: bool) -> re.Pattern[bytes]:
    """Compile what separates tokens.

    CR LF is one grapheme: it separates only where it is asked for as such. A CR before an LF is no
    separator, and neither is the LF if the CR was one to look at.
    """
    choices = [re.escape(bytes([char])) for char in sorted(set(chars) - set(b"\r\n"))]
    if newlines:
        choices = [rb"\r\n", rb"\r", rb"\n", *choices]
    elif b"\r" in chars:
        choices.append(rb"\r(?!\n)")
        if b"\n" in chars:
            choices.append(rb"(?<!\r)\n")
    elif b"\n" in chars:
        choices.append(rb"\n")
    return re.compile(b"|".join(choices))


def _replace(*args: Value) -> Value:
    text = text_arg("replace: the first argument", args[0])
    old = string_arg("replace: the text to replace", args[1])
    new = string_arg("replace: the replacement", args[2])
    where = "all"
    if len(args) > 3:
        where = choice_arg("replace: the place", args[3], ("all", "leading", "trailing"))
    parts = _parts(text, old, "" if where == "all" else where)
    check_text_size(len(text) + (len(parts) - 1) * (len(new) - len(old)), "replace")
    return check_text(normalise(new.join(parts)), "replace")


def _rm_prefix(t: Value, prefix: Value) -> Value:
    start = string_arg("rm_prefix: the prefix", prefix)
    if type(t) is not str and not isinstance(t, bool | Atom):
        return t
    text = text_arg("rm_prefix: the first argument", t)
    if start and text.startswith(start) and ends_cluster(text, len(start)):
        return text[len(start) :]
    return text


def _find(*args: Value) -> Value:
    text = text_arg("find: the first argument", args[0])
    part = string_arg("find: the text to find", args[1])
    direction = "leading"
    if len(args) > 2:
        direction = choice_arg("find: the direction", args[2], ("leading", "trailing"))
    if not part:
        return text
    if direction == "trailing":
        found = last_occurrence(text, part)
    else:
        found = next(occurrences(text, part), None)
    return "" if found is None else text[found[0] :]


def _concat(*args: Value) -> Value:
    items = list_arg("concat: the only argument", args[0]) if len(args) == 1 else args
    return _joined("concat", "", items)


def _join_to_string(*args: Value) -> Value:
    if len(args) == 1:
        return _joined("join_to_string", ", ", list_arg("join_to_string: the argument", args[0]))
    separator = string_arg("join_to_string: the separator", args[0])
    return _joined("join_to_string", separator, list_arg("join_to_string: the list", args[1]))


def _join_to_sql_values_string(items: Value) -> Value:
    values = list_arg("join_to_sql_values_string: the argument", items)
    return check_text(", ".join(map(_sql_value, values)), "join_to_sql_values_string")


def _joined(name: str, separator: str, items: list[Value] | tuple[Value, ...]) -> str:
    texts = [to_text(item) for item in items]
    check_text_size(sum(map(len, texts)) + len(separator) * (len(texts) - 1), name)
    return check_text(normalise(separator.join(texts)), name)


def _sql_value(value: Value) -> str:
    if value is UNDEFINED:
        return "NULL"
    if type(value) is int or type(value) is float:
        return to_text(value)
    text = encode_json(value) if isinstance(value, list) else to_text(value)
    quoted = text.replace("\\", "\\\\").replace("'", "\\'")
    return f"'{quoted}'"


TABLE: Final = (
    Function(
        "split", _FAMILY, 2, 3, _split, "split(t, sep[, opt])",
        "Parts of a text between separators, without empty parts; opt is 'notrim' (keep empty"
        " parts), 'leading' or 'trailing' (cut once), 'leading_notrim' or 'trailing_notrim'.",
        "another opt", Example("split('a/b//c', '/')", ["a", "b", "c"]),
    ),
    Function(
        "tokens", _FAMILY, 2, 3, _tokens, "tokens(t, chars[, 'nocrlf'])",
        "Parts of a text between any of the given bytes, without empty parts; 'nocrlf' cuts at"
        " line ends too.",
        "another third argument", Example("tokens('a,b;c', ',;')", ["a", "b", "c"]),
    ),
    Function(
        "replace", _FAMILY, 3, 4, _replace, "replace(t, from, to[, where])",
        "Text with a part replaced: 'all' of them, the first ('leading') or last ('trailing').",
        "another where", Example("replace('a-b-c', '-', '+')", "a+b+c"),
    ),
    Function(
        "rm_prefix", _FAMILY, 2, 2, _rm_prefix, "rm_prefix(t, prefix)",
        "Text without a prefix, if it begins with it.",
        "prefix is not a string", Example("rm_prefix('foo/bar', 'foo/')", "bar"),
    ),
    Function(
        "find", _FAMILY, 2, 3, _find, "find(t, sub[, dir])",
        "The text from the first ('leading') or last ('trailing') occurrence of sub on, or ''.",
        "another dir", Example("find('acbcd', 'c', 'trailing')", "cd"),
    ),
    Function(
        "concat", _FAMILY, 1, 2, _concat, "concat(a, b) or concat(list)",
        "The texts of two values, or of all items of a list, joined.",
        "the only argument is not a list", Example("concat('t', 21.5)", "t21.5"),
    ),
    Function(
        "join_to_string", _FAMILY, 1, 2, _join_to_string, "join_to_string([sep,] list)",
        "The texts of all items with a separator between them, ', ' unless given.",
        "the list is not a list", Example("join_to_string('-', [1, 2])", "1-2"),
    ),
    Function(
        "join_to_sql_values_string", _FAMILY, 1, 1, _join_to_sql_values_string,
        "join_to_sql_values_string(list)",
        "Items as the values of an SQL statement: numbers bare, NULL for missing, others quoted.",
        "the argument is not a list",
        Example("join_to_sql_values_string([1, 'it', null()])", "1, 'it', NULL"),
    ),
)  # fmt: skip
