"""What the window is started with; knows nothing of the window itself."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

USAGE: Final = "[WORKSPACE] [--demo] [--theme light|dark|system] [--engine child|in-process]"


@dataclass(frozen=True, slots=True)
class WindowOptions:
    """How to open the window.

    Attributes:
        workspace: The file to open; None shows the welcome page.
        demo: Open the demo workspace, and start it.
        theme: The scheme, or the system's.
        engine: Where the engine runs.
    """

    workspace: Path | None
    demo: bool
    theme: Literal["light", "dark", "system"]
    engine: Literal["child", "in-process"]


def window_options(args: list[str]) -> WindowOptions:
    """Read the arguments; a wrong one ends as argparse ends, with exit code 2."""
    parser = argparse.ArgumentParser(prog="sluicegate", usage=f"sluicegate {USAGE}")
    parser.add_argument("workspace", nargs="?", type=Path)
    parser.add_argument("--demo", action="store_true")
    parser.add_argument("--theme", choices=("light", "dark", "system"), default="system")
    parser.add_argument("--engine", choices=("child", "in-process"), default="child")
    found = parser.parse_args(args)
    if found.demo and found.workspace is not None:
        parser.error("--demo opens the demo workspace, so there can be no other one beside it")
    return WindowOptions(found.workspace, found.demo, found.theme, found.engine)


def is_for_window(args: list[str]) -> bool:
    """Tell whether arguments that name no command can be meant for the window."""
    if not args or args[0].startswith("-"):
        return True
    path = Path(args[0])
    return path.suffix == ".toml" or path.exists()


def has_display(environment: Mapping[str, str] = os.environ, platform: str = sys.platform) -> bool:
    """Tell whether a window can be shown; a Qt platform named by the user counts as one."""
    if platform != "linux":
        return True
    return any(environment.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"))
