"""Which names a statement reads and which it produces."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from core.sql.ast import (
    Aliased,
    BoolLit,
    Call,
    Field,
    Foreach,
    Node,
    Ref,
    Slice,
    Star,
    Statement,
    StringLit,
    children,
)

MESSAGE_FUNCTIONS: Final = {
    "msgid": "id",
    "qos": "qos",
    "clientid": "clientid",
    "username": "username",
    "topic": "topic",
    "payload": "payload",
    "clientip": "peerhost",
    "peerhost": "peerhost",
    "flags": "flags",
    "flag": "flags",
}
"""The functions that read an event column, and which."""

MESSAGE_COLUMNS: Final = frozenset(
    "id clientid username payload peerhost peername topic qos flags pub_props timestamp "  # noqa: SIM905 - a list of words reads better
    "publish_received_at client_attrs node event metadata".split()
)
"""The columns of message.publish."""


def operands(node: Node) -> Iterator[Node]:
    """Yield the node and everything below it that is evaluated, in the order of the text.

    Aliases and function names are left out; index references are included.
    """
    pending: list[Node] = [node]
    while pending:
        current = pending.pop()
        yield current
        match current:
            case Aliased(expr=expr):
                pending.append(expr)
            case Call(args=args):
                pending.extend(reversed(args))
            case _:
                pending.extend(reversed(children(current)))


def alias_roots(fields: tuple[Field, ...]) -> frozenset[str]:
    """Return the first names of the fields' aliases."""
    aliases = (field.alias for field in fields if isinstance(field, Aliased))
    return frozenset(alias.name for alias in aliases if isinstance(alias, Ref))


def output_fields(statement: Statement) -> tuple[Field, ...] | None:
    """Return the fields that make the output; None for a FOREACH without DO."""
    return statement.do if isinstance(statement, Foreach) else statement.fields


def columns_read(statement: Statement) -> frozenset[str] | None:
    """Return the names of the columns that the statement may read, or None for all of them.

    All means `*` in the output fields, or FOREACH without DO. Names that are aliases too are
    included: where an alias turns out undefined, the column of that name is read.
    """
    fields = output_fields(statement)
    if fields is None or any(isinstance(field, Star) for field in fields):
        return None
    names: set[str] = set()
    for node in operands(statement):
        match node:
            case Ref(name=name):
                names.add(name)
            case Call(function=str(function)) if function in MESSAGE_FUNCTIONS:
                names.add(MESSAGE_FUNCTIONS[function])
            case Aliased(alias=Ref(name="payload", steps=(_, *_))):
                # Writing into `payload` may extend what the event brought.
                names.add("payload")
            case _:
                pass
    return frozenset(names)


def selected_names(statement: Statement) -> tuple[str, ...] | None:
    """Return the top-level keys of the output in their order, or None when `*` makes them open.

    A FOREACH without DO is open too. Fields whose key is generated (`1 + 1` without alias) are
    left out.
    """
    fields = output_fields(statement)
    if fields is None or any(isinstance(field, Star) for field in fields):
        return None
    names = (output_key(field) for field in fields)
    return tuple(dict.fromkeys(name for name in names if name is not None))


def output_key(field: Field) -> str | None:
    """Return the top-level key that a field writes; None when it is generated or has none."""
    match field:
        case Aliased(alias=BoolLit()):
            return None
        case Aliased(alias=Ref(name=name)) | Ref(name=name) | Slice(ref=Ref(name=name)):
            return name
        case StringLit(value=text):
            return text
        case _:
            return None
