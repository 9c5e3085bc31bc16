"""Reads a workspace file: the model if everything is right, and every problem at once if not."""

from __future__ import annotations

import hashlib
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

from core.errors import StoreError
from core.workspace.migrate import migrate
from core.workspace.model import Workspace
from core.workspace.plain import check_models
from core.workspace.positions import NO_LINES, Lines, find_lines
from core.workspace.problems import NOT_TOML, Findings, Problem, in_order, toml_path
from core.workspace.references import check_names, check_references
from core.workspace.unknown import check_keys

_PLACE: Final = re.compile(r" \(at (?:line (\d+), column (\d+)|end of document)\)$")
_TWICE: Final = re.compile(r"Cannot declare \((.+)\) twice")  # Python's tuple of the table's names
_PART: Final = r"'([^']*)'"
_BYTE_ORDER_MARK: Final = "\ufeff"


@dataclass(frozen=True, slots=True)
class Loaded:
    """A file as it was read.

    Attributes:
        workspace: The model, None if there is any error. Its id is derived from the path where
            the file names none.
        partial: What is right of it, for further checks: wrong values are at their defaults,
            and tables without a required value are left out.
        problems: Everything that was found, in the order of the file.
        text: The document, with its comments.
        data: The document as plain data, brought to the current format version.
        lines: Where its keys stand.
        path: Where it came from.
    """

    workspace: Workspace | None
    partial: Workspace
    problems: tuple[Problem, ...]
    text: str
    data: Mapping[str, Any]
    lines: Lines
    path: Path

    @property
    def is_readable(self) -> bool:
        """Whether the document says anything; else nothing is known of what it holds."""
        return bool(self.data) and bool(self.text.strip())

    @property
    def base_dir(self) -> Path:
        """Folder where relative paths of the file start."""
        return self.path.absolute().parent

    def line_of(self, path: str) -> int | None:
        """Find the line of a written TOML path, or of the nearest part of it that is there."""
        by_text = {toml_path(parts): line for parts, line in self.lines.by_path.items()}
        while path and path not in by_text:
            path = path[: max(path.rfind("."), path.rfind("["), 0)]
        return by_text.get(path)

    @property
    def content_hash(self) -> str:
        """Hash of the document, to notice that somebody else has changed the file."""
        return content_hash(self.text)


def content_hash(text: str) -> str:
    """Hash a document; equal for equal texts."""
    return hashlib.sha256(text.encode()).hexdigest()


def read_text(path: Path) -> str:
    """Read a workspace file with its line ends as they are.

    Raises:
        StoreError: It cannot be read, or is no UTF-8.
    """
    try:
        return path.read_bytes().decode("utf-8")
    except FileNotFoundError as exc:
        raise StoreError(
            f"there is no file {path}", path=str(path), hint="check the name and the folder"
        ) from exc
    except UnicodeDecodeError as exc:
        raise StoreError(
            f"{path} is no text in UTF-8 (byte {exc.start})",
            path=str(path),
            hint="save it as UTF-8, or restore it from its .bak",
        ) from exc
    except OSError as exc:
        raise StoreError(
            f"{path} cannot be read: {exc.strerror or exc}",
            path=str(path),
            hint="check that it is a file, and its permissions",
        ) from exc


def derived_id(path: Path) -> str:
    """Make the workspace id of a file that names none: the same as long as the file stays put."""
    return hashlib.sha256(str(path.absolute()).encode()).hexdigest()[:8]


def load(path: Path) -> Loaded:
    """Read a workspace file.

    Raises:
        StoreError: It cannot be read at all; everything else is in `problems`.
    """
    return loads(read_text(path), path)


def loads(text: str, path: Path) -> Loaded:
    """Read a workspace from the text of its file; never raises.

    Args:
        text: TOML.
        path: Where the text belongs; nothing is read from there.
    """
    try:
        data = tomllib.loads(text)
        lines = find_lines(text)
    except (tomllib.TOMLDecodeError, RecursionError) as exc:
        return _nothing(text, path, toml_problem(exc, text))
    findings = Findings(lines)
    current = migrate(data, findings)
    if current is None:
        return _nothing(text, path, *findings.problems)
    partial = check_models(current, findings)
    check_keys(current, findings)
    names = check_names(current, findings)
    check_references(partial, names, findings)
    if not partial.id:
        partial = partial.model_copy(update={"id": derived_id(path)})
    has_errors = any(problem.severity == "error" for problem in findings.problems)
    return Loaded(
        None if has_errors else partial,
        partial,
        in_order(findings.problems),
        text,
        MappingProxyType(current),
        lines,
        path,
    )


def _nothing(text: str, path: Path, *problems: Problem) -> Loaded:
    return Loaded(None, Workspace(), problems, text, MappingProxyType({}), NO_LINES, path)


def toml_problem(error: tomllib.TOMLDecodeError | RecursionError, text: str) -> Problem:
    """Say where and why a text is no TOML, from what its reading raised."""
    if isinstance(error, RecursionError):
        return Problem("", NOT_TOML, "error", "the file is nested too deeply to be read")
    message = str(error)
    match = _PLACE.search(message)
    if match and match[1]:
        line, column = int(match[1]), int(match[2])
    else:
        line, column = text.count("\n") + 1, len(text) - text.rfind("\n")
    reason = _PLACE.sub("", message)
    if twice := _TWICE.match(reason):
        reason = f"[{'.'.join(re.findall(_PART, twice[1]))}] stands twice"
    if text.startswith(_BYTE_ORDER_MARK):
        reason = "it begins with a byte-order mark, which nobody sees"
    return Problem(
        "",
        NOT_TOML,
        "error",
        f"the file is not TOML at line {line}, column {column}: {reason}",
        "correct that line; the rest is checked then",
        line,
    )
