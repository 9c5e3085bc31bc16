"""Opens the workspace that a command is given."""

from __future__ import annotations

from pathlib import Path

import platformdirs

from core.cli.common import say
from core.errors import ConfigError
from core.log import remember_secret
from core.workspace.environment import Environment, SandboxAddresses
from core.workspace.load import Loaded, derived_id, load
from core.workspace.model import Workspace
from core.workspace.problems import Problem
from core.workspace.secrets import resolver


def open_workspace(
    path: str | Path, *, sandbox: SandboxAddresses | None = None
) -> tuple[Workspace, Environment]:
    """Read a workspace and say on stderr what is wrong with it.

    Args:
        path: The file.
        sandbox: Embedded brokers that are running for it.

    Raises:
        ConfigError: It has errors (which have been printed).
        StoreError: It cannot be read.
    """
    loaded = load(Path(path))
    return loaded_workspace(loaded, loaded.problems, sandbox)


def loaded_workspace(
    loaded: Loaded, problems: tuple[Problem, ...], sandbox: SandboxAddresses | None
) -> tuple[Workspace, Environment]:
    """Print the problems, and go on if none of them is an error."""
    for problem in problems:
        say(f"{loaded.path}: {problem}")
    errors = sum(problem.severity == "error" for problem in problems)
    if errors or loaded.workspace is None:
        raise ConfigError(
            f"{loaded.path} has {count(errors, 'error')}, listed above; nothing was started",
            path=str(loaded.path),
            hint="correct the file and try again; `sluicegate validate` lists all problems",
        )
    return loaded.workspace, environment_of(loaded.workspace, loaded.path, sandbox)


def environment_of(
    workspace: Workspace, path: Path, sandbox: SandboxAddresses | None
) -> Environment:
    """Describe the surroundings of a workspace file on this machine; makes no folder."""
    base_dir = path.absolute().parent
    own_folder = workspace.id or derived_id(path)
    return Environment(
        base_dir=base_dir,
        state_dir=platformdirs.user_state_path("sluicegate") / own_folder,
        resolve_secret=resolver(base_dir, remember_secret),
        sandbox=sandbox,
    )


def count(number: int, noun: str) -> str:
    """Write a number of things: `1 error`, `2 errors`."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
