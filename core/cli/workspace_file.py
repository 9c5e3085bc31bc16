"""Opens the workspace that a command is given."""

from __future__ import annotations

from pathlib import Path

import platformdirs

from core.cli.common import say
from core.errors import ConfigError
from core.log import remember_secret
from core.workspace.environment import Environment, SandboxAddresses
from core.workspace.load import derived_id, load, loads, read_text
from core.workspace.model import Workspace
from core.workspace.problems import Problem
from core.workspace.secrets import resolver


def open_workspace(
    path: str | Path,
    *,
    sandbox: SandboxAddresses | None = None,
    text_file: Path | None = None,
    just_connectors: bool = False,
    quiet: bool = False,
) -> tuple[Workspace, Environment]:
    """Read a workspace and say on stderr what is wrong with it.

    Args:
        path: The file.
        sandbox: Embedded brokers that are running for it.
        text_file: Holds the text to take for the file's own.
        just_connectors: The command uses connectors alone: problems elsewhere are no obstacle and
            are not spoken of. Other parts of the workspace then hold what is right of them.
        quiet: Leave warnings out, where they have been said before.

    Raises:
        ConfigError: It has errors (which have been printed).
        StoreError: It cannot be read.
    """
    from core.bridge.validation import validate_workspace  # here: the window needs the rest early

    path = Path(path)
    loaded = loads(read_text(text_file), path) if text_file is not None else load(path)
    problems = validate_workspace(loaded)
    if just_connectors:
        problems = [problem for problem in problems if _concerns_connectors(problem)]
    errors = [problem for problem in problems if problem.severity == "error"]
    for problem in errors if quiet else problems:
        say(f"{loaded.path}: {problem}")
    if errors:
        raise ConfigError(
            f"{loaded.path} has {count(len(errors), 'error')}, listed above; nothing was started.",
            path=str(loaded.path),
            hint="Correct the file and try again.",
        )
    workspace = loaded.partial
    return workspace, environment_of(workspace, loaded.path, sandbox)


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


def _concerns_connectors(problem: Problem) -> bool:
    """Tell whether a problem is one of a connector, or of the whole file."""
    return problem.path in ("", "sluicegate", "id") or problem.path.startswith("connectors")
