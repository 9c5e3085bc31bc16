"""Reading a workspace file for the window: the model, every problem, and its surroundings."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import platformdirs

from core.cli.workspace_file import environment_of
from core.errors import ConfigError, StoreError
from core.lab.simulate import SIMULATOR
from core.tls_files import TLS_FILE, file_problems
from core.workspace.bundled import demo_workspace
from core.workspace.environment import Environment, SandboxAddresses
from core.workspace.load import Loaded, load, loads, read_text
from core.workspace.problems import Problem, in_order
from core.workspace.save import save_text
from gui.viewmodels.secret_lookup import without_keychain
from gui.viewmodels.words import plural, problem_sentences, tr


@dataclass(frozen=True, slots=True)
class Opened:
    """A file as it is now.

    Attributes:
        loaded: The document and the model; what is wrong in the model is at its default.
        problems: Everything that was found, in the order of the file.
        environment: Its surroundings on this machine.
    """

    loaded: Loaded
    problems: tuple[Problem, ...]
    environment: Environment

    def on(self, sandbox: SandboxAddresses) -> Opened:
        """Give it with these embedded brokers."""
        return replace(self, environment=replace(self.environment, sandbox=sandbox))

    @property
    def errors(self) -> tuple[Problem, ...]:
        """The problems that keep it from running."""
        return tuple(problem for problem in self.problems if keeps_from_running(problem))

    def check_runnable(self) -> None:
        """Let pass what can run.

        Raises:
            ConfigError: It has errors.
        """
        if errors := self.errors:
            raise ConfigError(
                plural(
                    "{file} has %n error; it was not started.",
                    "{file} has %n errors; it was not started.",
                    len(errors),
                ).format(file=self.loaded.path.name),
                path=str(self.loaded.path),
                hint=problem_sentences(errors[0]),
            )


def keeps_from_running(problem: Problem) -> bool:
    """Tell whether the bridge cannot run; a simulator that can't is no reason."""
    return problem.severity == "error" and problem.code != SIMULATOR


def demo_place() -> Path:
    """Tell where the user's own copy of the demo workspace is, which may be edited and saved."""
    return platformdirs.user_state_path("sluicegate") / "demo" / demo_workspace().name


def fresh_demo() -> Path:
    """Copy the demo workspace that comes with the program to where it may be edited.

    Raises:
        StoreError: It cannot be written there.
    """
    place = demo_place()
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
    except OSError as exc:
        raise StoreError(
            tr("The folder of the demo cannot be made: {reason}.").format(
                reason=exc.strerror or exc
            ),
            path=str(place.parent),
            hint=tr("Check the permissions of the folder above it."),
        ) from exc
    save_text(place, read_text(demo_workspace()), expected=None)
    return place


@contextmanager
def set_aside(text: str) -> Iterator[Path]:
    """Have a text in a file of its own for a while, which this user alone can read.

    Raises:
        StoreError: It cannot be written.
    """
    with ExitStack() as until_read:
        try:
            folder = until_read.enter_context(tempfile.TemporaryDirectory(prefix="sluicegate-"))
            path = Path(folder) / "workspace.toml"
            path.write_bytes(text.encode())
        except OSError as exc:
            said = tr("What ran cannot be set aside in {folder}: {reason}.")
            raise StoreError(
                said.format(folder=tempfile.gettempdir(), reason=exc.strerror or exc),
                path=tempfile.gettempdir(),
                hint=tr("Check the space and the permissions there, and start the bridge."),
            ) from exc
        yield path


def holds(path: Path, text: str) -> bool:
    """Tell whether a file can be read, and holds a text."""
    try:
        return read_text(path) == text
    except StoreError:
        return False


def open_file(
    path: Path, sandbox: SandboxAddresses | None = None, *, text: str | None = None
) -> Opened:
    """Read and check a workspace file; compiles its rules, so not for the loop's thread.

    Args:
        path: The file.
        sandbox: The embedded brokers that run for it.
        text: Taken for what the file holds, which is then not read.

    Raises:
        StoreError: It cannot be read at all; everything else is in `problems`.
    """
    from core.lab.validation import all_problems  # here: the window is shown before

    loaded = load(path) if text is None else loads(text, path)
    environment = environment_of(loaded.partial, path, sandbox)
    return with_files(Opened(loaded, tuple(all_problems(loaded)), environment))


def with_files(opened: Opened) -> Opened:
    """Look anew into the files of TLS that a workspace names; blocks on them.

    The keychain is not asked: nobody waits here who would expect its question. The problems are
    warnings of the window: on another machine, such as where a workspace is checked before it is
    used, the files need not be there, nor be the same.
    """
    others = [problem for problem in opened.problems if problem.code != TLS_FILE]
    environment = without_keychain(opened.environment)
    found = file_problems(opened.loaded, environment, datetime.now(UTC))
    return replace(opened, problems=in_order([*others, *found]))
