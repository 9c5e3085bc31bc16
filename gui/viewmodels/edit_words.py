"""Names what was edited, by the object and the place inside it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from gui.viewmodels import action_options, connector_options
from gui.viewmodels.form_options import option_at
from gui.viewmodels.object_drafts import Drafts
from gui.viewmodels.plain_values import Path
from gui.viewmodels.words import tr


def edit_words(drafts: Drafts, key: str, path: Path) -> str:
    """Say in a few words what lies at a place, such as "Keep alive"; empty for several things.

    Args:
        drafts: Where the object is edited.
        key: The object's.
        path: Where it was edited, from its own table; `@name` for its name.
    """
    kind = key.partition(":")[0]
    words = _COMMON | _BY_KIND.get(kind, {})
    if kind in ("connector", "action"):
        options = connector_options if kind == "connector" else action_options
        groups = options.groups_of(drafts.kind(key)) if drafts.kind(key) else ()
        found = option_at([option for group in groups for option in group.options], path)
        if found is not None:
            return found.label
    if kind == "simulator" and path[:1] == ("fields",) and len(path) > 1:
        return tr("field {name}").format(name=path[1])
    say = words.get(path[:2]) or words.get(path[:1])
    return say() if say is not None else ""


_COMMON: Final[dict[Path, Callable[[], str]]] = {
    ("@name",): lambda: tr("Name"),
    ("enable",): lambda: tr("Enabled"),
    ("authentication",): lambda: tr("Authentication"),
    ("username",): lambda: tr("Authentication"),
}

_BY_KIND: Final[dict[str, dict[Path, Callable[[], str]]]] = {
    "rule": {
        ("sql",): lambda: tr("SQL"),
        ("actions",): lambda: tr("Actions"),
        ("label",): lambda: tr("Note"),
        ("description",): lambda: tr("Note"),
        ("tests",): lambda: tr("Test cases"),
    },
    "simulator": {
        ("connector",): lambda: tr("To"),
        ("topic",): lambda: tr("Topic"),
        ("qos",): lambda: tr("QoS"),
        ("retain",): lambda: tr("Retain"),
        ("properties",): lambda: tr("User properties"),
        ("properties", "clientid"): lambda: tr("Client ID"),
        ("devices",): lambda: tr("Devices"),
        ("every",): lambda: tr("Schedule"),
        ("jitter",): lambda: tr("Schedule"),
        ("burst",): lambda: tr("Schedule"),
        ("stop_after",): lambda: tr("Stop"),
        ("seed",): lambda: tr("Seed"),
        ("autostart",): lambda: tr("Start"),
        ("payload",): lambda: tr("Payload template"),
        ("format",): lambda: tr("Format"),
        ("fields",): lambda: tr("Fields"),
    },
}
