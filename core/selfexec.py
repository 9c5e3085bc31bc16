"""How the program starts itself as a child, from a checkout, an installation or a frozen build."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Final, TypedDict

_ENTRY_POINT: Final = Path(__file__).resolve().parent.parent / "main.py"
"""The entry point lies beside `core/` in a checkout and in an installation alike."""


class ChildOptions(TypedDict):
    """Keyword arguments that `subprocess.Popen` and asyncio's subprocess functions share."""

    start_new_session: bool
    creationflags: int


def own_command(*args: str) -> list[str]:
    """Build the command line of this program with the given arguments.

    A frozen build is its own interpreter and has no `python -c`, so every child is a mode of the
    program itself. The entry point is named by its path: the working directory plays no part.

    Args:
        args: Command or child mode, then its arguments.
    """
    if getattr(sys, "frozen", False):
        return [sys.executable, *args]
    return [sys.executable, str(_ENTRY_POINT), *args]


def child_options() -> ChildOptions:
    """Options for a child that its parent ends, not the terminal.

    Ctrl+C goes to every process of the terminal's foreground group. A child that serves its
    parent has to outlive it until the parent has drained, so it gets a group of its own.
    """
    if sys.platform == "win32":
        flags = subprocess.CREATE_NEW_PROCESS_GROUP | subprocess.CREATE_NO_WINDOW
        return {"start_new_session": False, "creationflags": flags}
    return {"start_new_session": True, "creationflags": 0}
