"""What is wrong with an option of a connector, said for its field: what is right, and no file."""

from __future__ import annotations

from typing import Any

from core.workspace.problems import Problem
from gui.viewmodels.form_options import Option
from gui.viewmodels.words import sentence, sentences, tr


def field_sentence(option: Option, problem: Problem, value: Any) -> str:
    """Say a problem in one or two sentences.

    Args:
        option: Where it is shown.
        problem: As it is told of the file.
        value: What the option is edited to.
    """
    told = sentences(problem.message, problem.hint)
    match option.kind:
        case "measure" if problem.code == "size":
            return tr("Write a number with a unit: 896KB, 256MB.")
        case "measure" if problem.code == "duration":
            return tr("Write a number with a unit: 500 ms, 5 s, 2 min.")
        case "server":
            return _about_server(str(value or ""))
        case "pairs":
            return tr("Write name=value, several with commas.")
        case "number" if problem.hint:
            return sentence(problem.hint)
        case _:
            return _about_name(problem, str(value)) if option.path == ("@name",) else told


def _about_server(server: str) -> str:
    place = server.partition("://")[2].partition("/")[0]
    port = place.rpartition("]")[2].rpartition(":")[2] if ":" in place else ""
    if port and not (port.isdecimal() and 0 < int(port) < 65_536):
        return tr("Port is 1 to 65535.")
    if "@" in place:
        return tr("User name and password have fields of their own.")
    return tr("Write the name or address of one host, such as broker.example.")


def _about_name(problem: Problem, name: str) -> str:
    if problem.code == "name_taken":
        return tr("Something else is called {name}. Choose another name.").format(name=name)
    return tr("Use letters, digits, - and _, a letter or digit first.")
