"""Where the workspace is that comes with the program."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path


def demo_workspace() -> Path:
    """Find the demo workspace that comes with the program."""
    return Path(str(files("resources") / "demo.sluicegate.toml"))
