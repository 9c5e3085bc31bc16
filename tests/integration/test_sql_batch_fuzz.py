"""The batch command over thousands of mangled cases: every line gets its one answer."""

from __future__ import annotations

import json
import random
import subprocess
from pathlib import Path

import pytest

from tests.helpers.engine import COMMAND

CASES = Path(__file__).parents[1] / "conformance" / "rule_sql_public.jsonl"
MUTANTS = 4_000
PIECES = [
    *"()[]'\",.-*=~$\\\n\x00\u00e9\udcff",
    *[
        "SELECT",
        "FOREACH",
        "DO",
        "INCASE",
        "FROM",
        "WHERE",
        "AND",
        "OR",
        "NOT",
        "IN",
        "CASE",
        "END",
        "..",
        "--",
        "\n/",
    ],
    *["payload", "item", "true", "null", "1e5", "99999999999999999999", "-0", "[0]"],
    *["regex_replace", "sprintf", "date_to_unix_ts", "subbits", "map_put", "jq"],
]


def mutate(text: str, rng: random.Random) -> str:
    """Cut, double, swap or insert, once to four times."""
    for _ in range(rng.randint(1, 4)):
        start, end = sorted(rng.randrange(len(text) + 1) for _ in range(2))
        match rng.randrange(5):
            case 0:
                text = text[:start] + text[end:]
            case 1:
                text = text[:end] + text[start:]
            case 2:
                text = text[:start] + rng.choice(PIECES) + text[start:]
            case 3:
                text = text[:start] + rng.choice(PIECES) + text[end:]
            case _:
                text = text[:start] + text[start:end][::-1] + text[end:]
    return text[:4_000]


def mangled(count: int, rng: random.Random) -> list[bytes]:
    """Make lines of mutated statements, contexts and JSON."""
    cases = [json.loads(line) for line in CASES.read_text("utf-8").splitlines()]
    lines: list[bytes] = []
    for number in range(count):
        case = dict(rng.choice(cases), id=number)
        key = "sql" if "sql" in case else "template"
        if rng.random() < 0.8:
            case[key] = mutate(case[key], rng)
        payload = case.get("context", {}).get("payload")
        if isinstance(payload, str) and rng.random() < 0.4:
            case["context"] = {**case["context"], "payload": mutate(payload, rng)}
        line = json.dumps(case)
        if rng.random() < 0.05:
            line = mutate(line, rng).replace("\n", " ").replace("\r", " ").strip() or "x"
        lines.append(line.encode("utf-8", "surrogatepass"))
    return lines


@pytest.mark.timeout(120)  # thousands of statements, some of which reach the limit of a function
def test_mangled_cases_never_end_the_batch():
    seed = random.randrange(1 << 32)
    print(f"seed {seed}")
    lines = mangled(MUTANTS, random.Random(seed))
    done = subprocess.run(
        [*COMMAND, "sql", "--batch"],
        input=b"\n".join(lines) + b"\n",
        capture_output=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2_000:]
    answers = [json.loads(line) for line in done.stdout.decode("utf-8").splitlines()]
    assert len(answers) == len(lines)
    for line, answer in zip(lines, answers, strict=True):
        assert "unexpected error" not in answer.get("message", ""), (line, answer)
        outcomes = answer.keys() & {"ok", "no_match", "error"}
        assert len(outcomes) == 1, (line, answer)
        if answer.get("error") == "parse":
            assert answer["line"] >= 1
            assert answer["column"] >= 1
