"""How the program starts itself as a child, from a checkout, an installation or a frozen build."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Final

_ENTRY_POINT: Final = Path(__file__).resolve().parent.parent / "main.py"
"""The entry point lies beside `core/` in a checkout and in an installation alike."""


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
