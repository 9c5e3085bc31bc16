"""What every place says that would list parts of the workspace, while its file cannot be read."""

from __future__ import annotations

from dataclasses import dataclass

from core.workspace.problems import NOT_TOML
from gui.viewmodels.live import Live
from gui.viewmodels.words import sentence, tr


@dataclass(frozen=True, slots=True)
class Unreadable:
    """Why nothing is known of the parts.

    Attributes:
        headline: That it cannot be read, with the line where that is known.
        cause: What is wrong there.
        way_out: What to do.
    """

    headline: str
    cause: str
    way_out: str

    @property
    def text(self) -> str:
        """The headline and the way out, for where there is room for one sentence or two."""
        return f"{self.headline} {self.way_out}"


def unreadable(live: Live) -> Unreadable | None:
    """Tell why the open file cannot be read; None when it can be, or none is open."""
    loaded = live.session.loaded
    if loaded is None or loaded.is_readable or not loaded.problems:
        return None
    problem = loaded.problems[0]
    if problem.code == NOT_TOML and problem.line is not None:
        headline = tr("The file cannot be read: see line {line}.").format(line=problem.line)
        way_out = tr("Correct that line and reload the file.")
        return Unreadable(headline, sentence(problem.message), way_out)
    way_out = sentence(problem.hint) or tr("Correct it and reload it.")
    return Unreadable(tr("The file cannot be read."), sentence(problem.message), way_out)
