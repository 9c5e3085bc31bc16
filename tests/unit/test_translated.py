"""What the window says goes through the translation."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import core.errors
from core.errors import AppError

_GUI: Final = Path(__file__).parents[2] / "gui"
_ENGLISH: Final = frozenset({"gallery", "self_check.py"})
"""What no user of the window reads: the gallery of widgets, and a report of the command line."""

_TRANSLATED: Final = frozenset({"tr", "plural", "translate"})
_OF_DEVELOPERS: Final = frozenset({"debug", "info", "warning", "error", "exception"})
_ERRORS: Final = frozenset(
    name
    for name, kind in vars(core.errors).items()
    if isinstance(kind, type) and issubclass(kind, AppError)
)
_SENTENCE: Final = re.compile(r"^[A-Z{].*[A-Za-z]{2,}'?,? [a-z]+.*[.?!]$", re.DOTALL)
_WORDS: Final = re.compile(r"[A-Za-z]{2}.* ", re.DOTALL)
_PLACES: Final = frozenset({"path", "connector", "step", "cause"})
"""Fields of errors that are facts, not sentences."""


def test_sentences_of_the_window_are_translated() -> None:
    found = [
        f"{path.relative_to(_GUI)}:{line}: {text}"
        for path in sorted(_GUI.rglob("*.py"))
        if _ENGLISH.isdisjoint(path.relative_to(_GUI).parts)
        for line, text in untranslated(path.read_text(encoding="utf-8"))
    ]
    assert found == []


def test_a_sentence_beside_the_translation_is_found() -> None:
    source = '''
def f(path):
    """Say it. Is it so?"""
    log.error("It is logged %s.", path)
    raise StoreError(f"{path} cannot be read", path=str(path), hint=tr("Choose another name."))
    show("It was left as it was.")
'''
    assert [line for line, _ in untranslated(source)] == [5, 6]


def untranslated(source: str) -> Iterator[tuple[int, str]]:
    """Find sentences, and all words of errors, that no call translates: line and text of each."""
    yield from _look(ast.parse(source), _SENTENCE)


def _look(node: ast.AST, pattern: re.Pattern[str]) -> Iterator[tuple[int, str]]:
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
        return  # a docstring
    if isinstance(node, ast.Call):
        called = node.func.attr if isinstance(node.func, ast.Attribute) else ""
        called = node.func.id if isinstance(node.func, ast.Name) else called
        if called in _TRANSLATED | _OF_DEVELOPERS:
            return
        if called != "format":
            pattern = _WORDS if called in _ERRORS else _SENTENCE
    if isinstance(node, ast.keyword) and node.arg in _PLACES:
        return
    if isinstance(node, ast.Constant | ast.JoinedStr):
        text = _text(node)
        if pattern.search(text):
            yield node.lineno, text
        return
    for child in ast.iter_child_nodes(node):
        yield from _look(child, pattern)


def _text(node: ast.Constant | ast.JoinedStr) -> str:
    parts = node.values if isinstance(node, ast.JoinedStr) else [node]
    text = "".join(
        part.value if isinstance(part, ast.Constant) and isinstance(part.value, str) else "{}"
        for part in parts
    )
    return re.sub(r"{\w+}", "{}", text)
