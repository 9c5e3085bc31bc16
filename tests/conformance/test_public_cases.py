"""Cases recorded from EMQX's own evaluator, through the batch interface of the command line."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from core.cli.sql_batch import answer_line
from core.jq_process import JqProcess
from tests.helpers.rules import same

CASES = [
    json.loads(line)
    for line in (Path(__file__).parent / "rule_sql_public.jsonl").read_text("utf-8").splitlines()
]

NOT_YET: dict[str, str] = {}
"""Case id to the reason why its answer differs; a case that passes must leave this table."""


@pytest.fixture(scope="module")
def jq() -> Iterator[JqProcess]:
    runner = JqProcess()
    yield runner
    runner.close()


def meets(answer: dict[str, Any], expected: dict[str, Any]) -> bool:
    """Compare an answer with what EMQX gave."""
    match expected:
        case {"ok": value}:
            return "ok" in answer and same(answer["ok"], value)
        case {"ok_contains": list(values), **rest}:
            outputs = answer.get("ok")
            return (
                isinstance(outputs, list)
                and len(outputs) == len(values)
                and all(map(lambda o, v: contains(o, v, rest), outputs, values))
            )
        case {"ok_contains": values, **rest}:
            return contains(answer.get("ok"), values, rest)
        case {"ok_values": values}:
            return sorted(map(json.dumps, answer["ok"].values())) == sorted(map(json.dumps, values))
        case {"no_match": True}:
            return answer.get("no_match") is True
        case {"error": "parse"}:
            return answer.get("error") == "parse" and min(answer["line"], answer["column"]) > 0
        case {"error": "eval"}:
            return answer.get("error") == "eval" and answer.get("stage") == expected.get("stage")
        case _:
            raise AssertionError(expected)


def contains(output: Any, wanted: dict[str, Any], rest: dict[str, Any]) -> bool:
    absent = rest.get("absent", [])
    return (
        isinstance(output, dict)
        and all(key in output and same(output[key], wanted[key]) for key in wanted)
        and not any(key in output for key in absent)
    )


@pytest.mark.parametrize("case", CASES, ids=[case["id"] for case in CASES])
def test_case(case: dict[str, Any], jq: JqProcess, request: pytest.FixtureRequest) -> None:
    if case["id"] in NOT_YET:
        request.applymarker(pytest.mark.xfail(strict=True, reason=NOT_YET[case["id"]]))
    line = answer_line(json.dumps(case).encode(), jq)
    assert b"\n" not in line
    answer = json.loads(line)
    assert answer["id"] == case["id"]
    assert meets(answer, case["expect"]), f"{case}\n{answer}"


def test_every_case_has_its_own_id() -> None:
    assert len({case["id"] for case in CASES}) == len(CASES) == 476
    assert set(NOT_YET) <= {case["id"] for case in CASES}
