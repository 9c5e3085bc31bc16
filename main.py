"""Entry point: choose the window, a headless command or a child mode; nothing else."""

from __future__ import annotations

import logging
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from core.cli.window import WindowOptions

OLDEST, NEWEST = (3, 11), (3, 13)


def main(argv: list[str] | None = None) -> int:
    """Run what the arguments ask for and return the exit code.

    Args:
        argv: Arguments without the program's name; the process's own by default.
    """
    if not OLDEST <= sys.version_info[:2] <= NEWEST:
        running = f"{sys.version_info[0]}.{sys.version_info[1]}"
        print(
            f"Sluicegate runs on Python 3.{OLDEST[1]} to 3.{NEWEST[1]}; this is {running}. "
            f"Start it with one of those, for example: python3.{NEWEST[1]} main.py",
            file=sys.stderr,
        )
        return 2
    args = sys.argv[1:] if argv is None else argv
    if args[:1] == ["self-check-qt"]:
        from gui.self_check import main as check_qt

        return check_qt()
    from core import log
    from core.cli.app import run_command

    redactor = log.set_up(logging.WARNING)

    def open_window(options: WindowOptions) -> int:
        try:
            from gui.app import run_window
        except ImportError as exc:
            print(
                f"The window cannot be shown: {exc}. "
                "`sluicegate self-check` tells what is missing; commands work without it.",
                file=sys.stderr,
            )
            return 4
        return run_window(options, redactor.mask)

    return run_command(args, open_window)


if __name__ == "__main__":
    sys.exit(main())
