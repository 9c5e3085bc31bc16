"""What is said of names: those that are taken, and those that the file cannot have. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from core.workspace.objects import names_beside
from core.workspace.problems import Problem, toml_path
from core.workspace.references import LONGEST_NAME, NAME
from gui.viewmodels.plain_values import Path
from gui.viewmodels.words import tr

CODES: Final = ("name_taken", "name_illegal")
"""Of the problems with the name of an object."""


def taken(what: str, name: str) -> str:
    """Say that a name is taken.

    Args:
        what: What is to be called so: the group of an object in the file, such as `rules`, or
            `messages`, `fields`, `cases`.
        name: The name.
    """
    texts = {
        "connectors": tr("Another connector is called {name}. Choose another name."),
        "rules": tr("Another rule is called {name}. Choose another name."),
        "actions": tr("Another action is called {name}. Choose another name."),
        "simulators": tr("Another simulator is called {name}. Choose another name."),
        "messages": tr("Another message is called {name}. Choose another name."),
        "fields": tr("Another field is called {name}. Choose another name."),
        "cases": tr("Another case is called {name}. Choose another name."),
    }
    return texts[what].format(name=name)


def illegal(name: str) -> str:
    """Say why the file can have no such name; empty where it can."""
    if len(name) > LONGEST_NAME:
        return tr("Use at most {count} characters.").format(count=LONGEST_NAME)
    if NAME.fullmatch(name):
        return ""
    if name and NAME.fullmatch(f"a{name}"):
        return tr("Begin with a letter or digit.")
    return tr("Use letters, digits, - and _.")


def name_problem(data: Mapping[str, Any], place: Path, *, is_new: bool) -> Problem | None:
    """Find what keeps an object from being called as its place says.

    Args:
        data: The document as it is saved.
        place: Where the table of the object is, or is to be.
        is_new: Whether the document has no such object, so that one of its name is another one.
    """
    path, name = toml_path(place), place[-1]
    if text := illegal(name):
        return Problem(path, "name_illegal", "error", text)
    if is_new and name in names_beside(data, place):
        return Problem(path, "name_taken", "error", taken(place[0], name))
    return None
