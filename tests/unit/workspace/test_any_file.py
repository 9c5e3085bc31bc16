"""Whatever stands in a file, it is answered with problems, never with a crash."""

from __future__ import annotations

import copy
import tomllib
from pathlib import Path
from typing import Any

import tomlkit
from hypothesis import given, settings
from hypothesis import strategies as st

from core.bridge.validation import validate_workspace
from core.workspace.load import loads

REFERENCE = tomllib.loads(
    (Path(__file__).parents[2] / "data" / "reference.sluicegate.toml").read_text("utf-8")
)

TEXT = st.text(st.characters(blacklist_categories=["Cs", "Cc"]), max_size=6)
ODD_TEXT = st.sampled_from(
    [
        "",
        "a",
        "sandbox",
        "plant",
        "to_emqx",
        "console",
        "${",
        "${}",
        "${a.b}",
        "SELECT",
        "5s",
        "1KB",
        "mqtt://",
        "mqtt://[::1",
        "mqtt://h:99999",
        "h:1,",
        "env:X",
        "[::1]:9092",
        "topic:{}",
        "infinity",
    ]
)
VALUES = st.recursive(
    st.integers() | st.floats() | st.booleans() | TEXT | ODD_TEXT | st.datetimes() | st.times(),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(TEXT, inner, max_size=2),
    max_leaves=4,
)


def places(value: Any, prefix: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    items = (
        value.items() if isinstance(value, dict)
        else enumerate(value) if isinstance(value, list)
        else ()
    )  # fmt: skip
    found = [prefix] if prefix else []
    for key, item in items:
        found += places(item, (*prefix, key))
    return found


PLACES = places(REFERENCE)


@settings(max_examples=150, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(PLACES), VALUES), min_size=1, max_size=3))
def test_any_change_of_a_file_is_answered_with_problems(changes: list[tuple[Any, Any]]):
    data = copy.deepcopy(REFERENCE)
    for path, value in changes:
        target = data
        try:
            for part in path[:-1]:
                target = target[part]
            assert isinstance(target, list if isinstance(path[-1], int) else dict)
            target[path[-1]] = value
        except (AssertionError, KeyError, IndexError, TypeError):
            continue  # an earlier change has replaced what is above

    loaded = loads(tomlkit.dumps(data), Path("/nowhere/x.toml"))

    problems = validate_workspace(loaded)
    has_errors = any(p.severity == "error" for p in loaded.problems)
    assert (loaded.workspace is None) == has_errors
    assert all(p.message and p.code and str(p) for p in problems)


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=40))
def test_any_text_is_answered_with_problems(text: str):
    loads(text, Path("/nowhere/x.toml"))
