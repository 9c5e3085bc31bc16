from __future__ import annotations

from importlib.resources import files

from core.workspace.load import loads
from core.workspace.schema import schema_text, workspace_schema


def test_the_shipped_schema_is_current():
    shipped = files("resources").joinpath("workspace.schema.json").read_text("utf-8")

    assert shipped == schema_text(), "python -m core.workspace.schema writes it anew"


def test_defaults_are_spelled_as_in_the_file():
    options = workspace_schema()["$defs"]["KafkaAction"]["properties"]

    assert options["max_linger_time"]["default"] == "5ms"
    assert options["max_batch_bytes"]["default"] == "896KB"
    assert options["fallback_actions"]["default"] == [
        {"kind": "file", "args": {}, "max_size": "64MB", "max_age": "7d"}
    ]
    assert "name" not in options


def test_the_demo_workspace_has_no_problems():
    demo = files("resources").joinpath("demo.sluicegate.toml")

    loaded = loads(demo.read_text("utf-8"), demo)  # type: ignore[arg-type]

    assert loaded.problems == ()
    assert loaded.workspace is not None
    assert loaded.workspace.uses_sandbox()
    assert len([t for rule in loaded.workspace.rules.values() for t in rule.tests]) == 3
