"""Imports point one way: main -> gui -> core, and within core towards the workspace."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

ALLOWED = {
    "errors": set(),
    "clock": set(),
    "status": set(),
    "log": set(),
    "files": set(),
    "workspace": {"errors", "files"},
    "sql": {"errors", "clock"},
    "template": {"errors", "sql"},
    "selfexec": set(),
    "filelock": set(),
    "jq_process": {"errors", "sql", "selfexec", "jq_worker"},
    "jq_worker": {"errors", "sql"},
    "tls": {"errors", "workspace", "tls_files"},
    "tls_files": {"errors", "certificate", "workspace"},
    "certificate": {"errors"},
    "probe": {"errors", "certificate"},
    "mqtt": {"errors", "files", "clock", "status", "workspace", "sql", "tls", "probe"},
    "kafka": {"errors", "clock", "status", "workspace", "probe", "tls", "tls_files"},
    "sandbox": {"errors", "selfexec", "workspace"},
    "bridge": {
        *("errors", "clock", "status", "log", "workspace", "sql", "template", "mqtt", "kafka"),
        *("jq_process", "filelock", "tls_files"),
    },
    "lab": {"errors", "clock", "workspace", "mqtt", "sql", "template", "bridge"},
}
"""Part of core to the parts it may import. `cli` may import them all."""

ONLY_IMPORTERS = {
    "paho": {"mqtt"},
    "confluent_kafka": {"kafka", "sandbox"},
    "iotcore": {"sandbox"},
    "lark": {"sql"},
    "pydantic": {"workspace"},
}


def imports(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
            yield node.module


def part_of(path: Path) -> str:
    return path.relative_to(ROOT / "core").parts[0].removesuffix(".py")


MODULES = sorted((ROOT / "core").rglob("*.py"))


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_core_imports_only_what_its_part_may(path: Path):
    part = part_of(path)
    for name in imports(path):
        top, _, rest = name.partition(".")
        assert top not in ("gui", "PySide6", "qasync", "main", "tests"), name
        if top in ONLY_IMPORTERS and part != "cli":
            assert part in ONLY_IMPORTERS[top], name
        if top == "core" and part not in ("cli", "__init__"):
            target = rest.partition(".")[0]
            assert target == part or target in ALLOWED[part], name


def test_gui_is_imported_by_main_alone():
    for folder in ("core", "gui"):
        for path in (ROOT / folder).rglob("*.py"):
            for name in imports(path):
                assert folder == "gui" or not name.startswith("gui"), f"{path}: {name}"


def test_running_core_loads_no_qt():
    code = (
        "import sys, core.bridge.engine, core.cli.run; "
        "print([m for m in sys.modules if m.startswith(('PySide6', 'qasync', 'gui'))])"
    )
    found = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert found.stdout.strip() == "[]"


def test_no_banned_calls():
    """Sleeping, naive time, eval and pickle are kept out of the program."""
    for path in [*MODULES, ROOT / "main.py", *(ROOT / "gui").rglob("*.py")]:
        tree = ast.parse(path.read_text("utf-8"))
        for node in ast.walk(tree):
            if not isinstance(node, ast.Call):
                continue
            call = ast.unparse(node.func)
            assert call != "time.sleep", path
            assert call not in ("eval", "pickle.loads", "pickle.load"), path
            if call == "exec":
                assert path.match("core/sql/compiler*.py"), path
            if call == "datetime.now":
                assert node.args or node.keywords, path
