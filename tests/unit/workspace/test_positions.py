from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest
import tomlkit
from hypothesis import given
from hypothesis import strategies as st

from core.workspace.positions import find_lines
from core.workspace.problems import toml_path

DATA = Path(__file__).parents[2] / "data"

TEXT = '''# comment with [brackets] and "quotes
a.b = 1 # one
"quoted key" = """
[not.a.table]
\\""" still text"""
list = [
  1, # [x]
  { c = "}", d = [ "]",
    2 ] },
]
[t."x.y"]
z = 'literal \\'
[[rows]]
k = 1979-05-27 07:32:00
[rows.sub]
m = \'\'\'it''s\'\'\'
[[rows]]
k = 2
[[rows.inner]]
n = -inf
'''


def paths(value: Any, prefix: tuple[str | int, ...] = ()) -> set[tuple[str | int, ...]]:
    found = {prefix} if prefix else set()
    if isinstance(value, dict):
        return found.union(*(paths(item, (*prefix, key)) for key, item in value.items()))
    if isinstance(value, list):
        return found.union(*(paths(item, (*prefix, i)) for i, item in enumerate(value)))
    return found


@pytest.mark.parametrize(
    ("path", "line"),
    [
        (("a",), 2),
        (("a", "b"), 2),
        (("quoted key",), 3),
        (("list",), 6),
        (("list", 0), 7),
        (("list", 1, "c"), 8),
        (("list", 1, "d", 1), 9),
        (("t", "x.y"), 11),
        (("t", "x.y", "z"), 12),
        (("rows", 0), 13),
        (("rows", 0, "sub", "m"), 16),
        (("rows", 1), 17),
        (("rows", 1, "inner", 0, "n"), 20),
        (("rows", 1, "none"), 17),
        (("t", "other", "deep"), 11),
        (("nothing",), None),
    ],
)
def test_line_of_each_key(path: tuple[str | int, ...], line: int | None):
    assert find_lines(TEXT).of(path) == line


@pytest.mark.parametrize("text", [TEXT, (DATA / "reference.sluicegate.toml").read_text("utf-8")])
def test_every_value_has_a_line_also_with_other_line_ends(text: str):
    everything = paths(tomllib.loads(text))

    assert set(find_lines(text).by_path) == everything
    assert find_lines(text.replace("\n", "\r\n")) == find_lines(text)


KEYS = st.text(st.characters(blacklist_categories=["Cs", "Cc"]), min_size=1, max_size=4)
VALUES = st.recursive(
    st.integers(-9, 9) | st.booleans() | st.text(st.characters(blacklist_categories=["Cs"])),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=3),
    max_leaves=8,
)


@given(st.dictionaries(KEYS, VALUES, max_size=4))
def test_any_document_has_a_line_for_every_value(data: dict[str, Any]):
    text = tomlkit.dumps(data)
    read_back = tomllib.loads(text)

    lines = find_lines(text).by_path

    assert set(lines) == paths(read_back)
    assert all(1 <= line <= text.count("\n") + 1 for line in lines.values())


def test_paths_are_written_as_toml_writes_them():
    assert toml_path(("rules", "a-b", "tests", 0, 'x "y"')) == 'rules.a-b.tests[0]."x \\"y\\""'
