"""What is wrong with an option of a connector, said for its field: what is right, and no file."""

from __future__ import annotations

from typing import Any

from core.workspace.problems import Problem
from gui.viewmodels.form_options import Option
from gui.viewmodels.publish_checks import topic_problem
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
        case "server" if problem.code != "port":
            return _about_server(str(value or ""))
        case _ if problem.code == "port":
            return tr("Port is 1 to 65535.")
        case "code" if option.path == ("will", "topic"):
            return topic_problem(str(value or "")) or told
        case "pairs":
            return tr("Write name=value, several with commas.")
        case "number" if problem.hint:
            return sentence(problem.hint)
        case _:
            return told


def _about_server(server: str) -> str:
    place = server.partition("://")[2].partition("/")[0]
    if "@" in place:
        return tr("User name and password have fields of their own.")
    return tr("Write the name or address of one host, such as broker.example.")
