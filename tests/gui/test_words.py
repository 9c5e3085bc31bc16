"""Words as sentences, and what is wrong with a file."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.workspace.load import loads
from core.workspace.problems import Problem
from gui.viewmodels.words import problem_sentences, sentence


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("there is no file a.toml", "There is no file a.toml."),
        ("well-known: so it is", "Well-known: so it is."),
        ("test.sluicegate.toml has 1 error", "test.sluicegate.toml has 1 error."),
        ("/tmp/a.toml cannot be read", "/tmp/a.toml cannot be read."),
        ("max_inflight is 1 to 9", "max_inflight is 1 to 9."),
        ("plant", "plant."),
        ("Is it?", "Is it?"),
        ("", ""),
        (
            "line 2, column 1: `FORM` cannot stand here\n2 | FORM x\n  | ^^^^\nExpected: FROM.",
            "Line 2, column 1: `FORM` cannot stand here. Expected: FROM.",
        ),
        ("`x` is no column\n12 |   x\n   |   ^", "`x` is no column."),
    ],
)
def test_words_become_a_sentence_and_names_stay_as_they_are(text: str, expected: str):
    assert sentence(text) == expected


def test_a_problem_names_its_place_once(tmp_path: Path):
    (broken,) = loads("a = 1\nb = [", tmp_path / "a.toml").problems
    assert problem_sentences(broken).count("ine 2") == 1

    problem = Problem("a.b", "value", "error", "5 is not accepted", "write a text", 3)
    assert problem_sentences(problem) == "Line 3, a.b: 5 is not accepted. Write a text."
