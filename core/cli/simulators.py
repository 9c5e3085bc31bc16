"""Child mode `simulators`: simulated devices of a window, which keeps its own processor time.

Ends with the process that started it: its standard input is a pipe from there.
"""

from __future__ import annotations

import signal
import sys
from pathlib import Path

from core.cli.workspace_file import environment_of
from core.lab.control import OrderServer
from core.lab.host import SimulatorHost
from core.workspace.environment import Environment, SandboxAddresses
from core.workspace.load import load
from core.workspace.model import Workspace


def main(_args: list[str]) -> int:
    """Carry out orders from standard input until it closes."""
    # The parent decides: Ctrl+C in its terminal reaches this process too.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    OrderServer(SimulatorHost(), sys.stdout.buffer, _open).serve(sys.stdin.buffer)
    return 0


def _open(path: str, sandbox: str) -> tuple[Workspace, Environment]:
    workspace = load(Path(path)).partial
    addresses = SandboxAddresses.parse(sandbox) if sandbox else None
    return workspace, environment_of(workspace, Path(path), addresses)
