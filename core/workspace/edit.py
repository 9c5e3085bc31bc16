"""Changes a workspace's document where it has to change, and nowhere else."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, cast

import tomlkit
from tomlkit.container import Container, OutOfOrderTableProxy
from tomlkit.items import AoT, Array, InlineTable, Item, String, Table

from core.workspace.diff import REMOVED, ItemChanges

_ITEM_DEPTH: Final = {"connectors": 3, "actions": 3, "rules": 2, "simulators": 2}
"""How deep the tables lie that get a header of their own; those below are written inline."""

_ITEM_TABLES: Final = ("messages", "tests")
"""Arrays that are written as `[[tables]]`."""

_DOTTED: Final = ("fields",)
"""Tables of an object that are written a line for each of their keys: `fields.temp = { .. }`."""


def edit(text: str, changes: Mapping[str, Any]) -> str:
    """Return the document with the changes in it.

    Comments, order, blank lines, unknown keys and the quoting of what is there stay. New tables
    come last within their group.

    Args:
        text: A correct TOML document.
        changes: As `core.workspace.diff.changes` makes them: nested tables to change something
            inside, REMOVED to take a key out, any other value to set it.
    """
    windows = "\r\n" in text
    document = tomlkit.parse(text)
    _apply(document, changes, (), document)
    result = tomlkit.dumps(document)
    if not windows:
        return result
    return result.replace("\r\n", "\n").replace("\n", "\r\n")


def literal(value: Any) -> str:
    """Write plain data as the right side of an assignment; tables are written inline."""
    return _item(value).as_string()


def _apply(table: Any, changes: Mapping[str, Any], path: tuple[str, ...], document: Any) -> None:
    for key, change in changes.items():
        here = (*path, key)
        old = table.get(key)
        if change is REMOVED:
            if key in table:
                del table[key]
        elif isinstance(change, Mapping) and _is_table(old):
            inner = cast("Mapping[str, Any]", change)
            if _is_dotted(table, key):
                _apply_dotted(table, key, inner, here, document)
            else:
                _apply(old, inner, here, document)
        elif (
            isinstance(change, ItemChanges) and isinstance(old, AoT | Array) and not _is_plain(old)
        ):
            _change_items(table, key, old, change)
        elif key in table:
            table[key] = _like(old, _plain(change))
        else:
            _add(table, key, _plain(change), here, document)


def _apply_dotted(
    table: Any, key: str, changes: Mapping[str, Any], path: tuple[str, ...], document: Any
) -> None:
    """Change what is written as `key.inner = ..` within a table; new ones come last there."""
    for inner, change in changes.items():
        if key in table and inner in table[key]:
            _apply(table[key], {inner: change}, path, document)
        elif change is not REMOVED:
            table.append(tomlkit.key([key, inner]), _item(_plain(change)))


def _is_dotted(table: Any, key: str) -> bool:
    """Tell whether the keys of an inner table stand in lines of the outer one."""
    body: Any = getattr(table.value if isinstance(table, Table) else table, "body", ())
    return any(found is not None and found.key == key and found.is_dotted() for found, _ in body)


def _is_table(value: object) -> bool:
    return isinstance(value, Container | Table | InlineTable | OutOfOrderTableProxy)


def _is_plain(array: AoT | Array) -> bool:
    """Tell whether an array is one line of values, with nothing in it that has to be kept."""
    if isinstance(array, AoT) or "\n" in array.as_string():
        return False
    return not any(isinstance(item, dict) for item in array.unwrap())


def _plain(value: Any) -> Any:
    """Turn changes inside something that is not in the document yet into what it is to hold."""
    if isinstance(value, ItemChanges):
        return value.whole
    if isinstance(value, Mapping):
        table = cast("Mapping[str, Any]", value)
        return {key: _plain(item) for key, item in table.items() if item is not REMOVED}
    return value


def _add(table: Any, key: str, value: Any, path: tuple[str, ...], document: Any) -> None:
    """Add a key that is not there: a table with a header, an inline one, or a value."""
    depth = _ITEM_DEPTH.get(path[0], 1)
    if isinstance(value, dict) and len(path) <= depth and path[0] in _ITEM_DEPTH:
        new = tomlkit.table(is_super_table=len(path) < depth)
        for inner, item in cast("dict[str, Any]", value).items():
            _add(new, inner, item, (*path, inner), document)
        if len(path) == depth:
            _end_with_blank_line(table)
            if list(document)[-1:] not in ([], [path[0]]):  # something follows
                new.add(tomlkit.nl())
        table[key] = new
    elif key in _DOTTED and len(path) == depth + 1 and isinstance(value, dict):
        for inner, item in cast("dict[str, Any]", value).items():
            table.append(tomlkit.key([key, inner]), _item(item))
    elif key in _ITEM_TABLES and isinstance(value, list):
        tables = tomlkit.aot()
        for item in cast("list[dict[str, Any]]", value):
            tables.append(_table_of(item))  # pyright: ignore[reportUnknownMemberType] - untyped
        is_followed = table.as_string().endswith("\n\n")
        _end_with_blank_line(table)
        table.append(key, tables)
        if is_followed and len(path) > 1:  # the empty line stands before the new ones now
            _innermost(tables).add(tomlkit.nl())
    else:
        table[key] = _item(value)


def _end_with_blank_line(table: Any) -> None:
    """Put an empty line between the last table and a new one."""
    inner: list[Any] = [value for value in table.values() if isinstance(value, Table | AoT)]
    if inner and not inner[-1].as_string().endswith("\n\n"):
        _innermost(inner[-1]).add(tomlkit.nl())


def _innermost(table: Any) -> Any:
    """Find the table that is written last within a table or an array of them."""
    if isinstance(table, AoT):
        return _innermost(table[-1])
    inner: list[Any] = [value for value in table.values() if isinstance(value, Table | AoT)]
    return _innermost(inner[-1]) if inner else table


def _table_of(values: Mapping[str, Any]) -> Table:
    table = tomlkit.table()
    for key, value in values.items():
        table.append(key, _item(value))
    return table


def _item(value: Any) -> Item:
    """Make a value; tables inside are written inline, long texts over several lines."""
    if isinstance(value, dict):
        inline = tomlkit.inline_table()
        for key, item in cast("dict[str, Any]", value).items():
            inline.append(key, _item(item))
        return inline
    if isinstance(value, list):
        array = tomlkit.array()
        for item in cast("list[Any]", value):
            array.append(_item(item))  # pyright: ignore[reportUnknownMemberType] - untyped
        return array
    if isinstance(value, str):
        return _text(value, "'''" if "\n" in value else '"')
    return cast("Item", tomlkit.item(value))  # typed per kind of argument


def _like(old: Any, value: Any) -> Item:
    """Make a value, quoted as the one that it replaces."""
    if isinstance(value, str) and isinstance(old, String):
        spelled = old.as_string()
        for quotes in ("'''", '"""', "'", '"'):
            if spelled.startswith(quotes):
                return _text(value, quotes)
    return _item(value)


def _text(value: str, quotes: str) -> Item:
    """Spell a text in these quotes, or in others if it cannot stand in them."""
    printable = all(sign.isprintable() or sign in "\n\t" for sign in value)
    if quotes == "'" and ("'" in value or "\n" in value or not printable):
        quotes = "'''" if "\n" in value else '"'
    if quotes == "'''" and ("'''" in value or value.endswith("'") or not printable):
        quotes = '"""'
    if quotes == '"""' and (
        '"""' in value or value.endswith('"') or "\\" in value or not printable
    ):
        quotes = '"'
    if quotes == '"' and printable and "\n" not in value and '"' in value and "'" not in value:
        quotes = "'"
    if quotes in ("'''", '"""'):
        return tomlkit.value(f"{quotes}\n{value}{quotes}")
    if quotes == "'":
        return tomlkit.string(value, literal=True)
    return tomlkit.string(value)


def _change_items(parent: Any, key: str, old: AoT | Array, change: ItemChanges) -> None:
    """Change an array item by item, so that those which stay keep their comments."""
    items: Any = old  # tomlkit's arrays and arrays of tables have the same methods, typed apart
    if isinstance(old, AoT) and not change.whole:
        parent.remove(key)
        if key not in _ITEM_TABLES:
            parent.append(key, _item([]))
        return
    for step in change.steps:
        if step.kind == "remove":
            del items[step.index]
        elif step.kind == "insert":
            if isinstance(old, AoT):
                _insert_table(items, step.index, _table_of(step.value))
            else:
                items.insert(step.index, _item(step.value))
        elif _is_table(items[step.index]):
            _apply(items[step.index], step.value, ("",), items)
        else:
            items[step.index] = _like(items[step.index], step.value)


def _insert_table(items: Any, index: int, table: Table) -> None:
    """Insert one of several tables, with an empty line between it and its neighbours."""
    was_spaced = bool(items) and items[-1].as_string().endswith("\n\n")
    items.insert(index, table)
    if index > 0 and not items[index - 1].as_string().endswith("\n\n"):
        items[index - 1].add(tomlkit.nl())
    if was_spaced or index < len(items) - 1:
        table.add(tomlkit.nl())
