"""Statements made to hurt: each gets its answer soon, and the process is as before at the end."""

from __future__ import annotations

import itertools
import json
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.helpers.engine import COMMAND
from tests.helpers.wait import PATIENCE_S

GROWTH_MB = 120

LETTERS = "abcdefghijkl"


def growing(first: str, step: str, last: str = "1") -> str:
    """Select a value, then ever larger ones made of the one before (`?`), then `last`."""
    fields = [f"{first} as a"]
    for before, name in itertools.pairwise(LETTERS):
        fields.append(f"{step.replace('?', before)} as {name}")
    return f'SELECT {", ".join(fields)}, {last} as z FROM "t"'


def lists(levels: int, last: str) -> str:
    """Select lists of ten lists of ten lists, and what `last` makes of the largest."""
    fields = ["[1..1000] as a"]
    for before, name in itertools.pairwise(LETTERS[: levels + 1]):
        fields.append(f"[{','.join([before] * 10)}] as {name}")
    return f'SELECT {", ".join(fields)}, {last.replace("?", LETTERS[levels])} as z FROM "t"'


def field(expression: str) -> str:
    """Select just one value."""
    return f'SELECT {expression} as a FROM "t"'


CASES: dict[str, str | tuple[str, dict[str, str]]] = {
    "range literal": 'SELECT [1..1000000000] as a FROM "t"',
    "range negative": 'SELECT [-1000000000..1000000000] as a FROM "t"',
    "big range ok": 'SELECT length([1..100000]) as a FROM "t"',
    "catastrophic regex": field(f"regex_match('{'a' * 40}!', '^(a+)+$')"),
    "catastrophic regex 2": field(f"regex_replace('{'a' * 60}', '(a|aa)+$b', 'x')"),
    "regex alternation": "SELECT regex_extract('" + "x" * 30000 + "', '(x+x+)+y') as a FROM \"t\"",
    "regex compile bomb": "SELECT regex_match('a', '"
    + "(a{1,100}){1,100}" * 3
    + '{1,1000}\') as a FROM "t"',
    "regex nested": "SELECT regex_match('a', '"
    + "(" * 5000
    + "a"
    + ")" * 5000
    + '\') as a FROM "t"',
    "jq range": "SELECT jq('[range(100000000)]|length', '1') as a FROM \"t\"",
    "jq forever": "SELECT jq('def f: f; f', '1') as a FROM \"t\"",
    "jq repeat": "SELECT jq('[repeat(1)]', '1') as a FROM \"t\"",
    "jq string bomb": "SELECT jq('reduce range(40) as $i (\"x\"; . + .)', '1') as a FROM \"t\"",
    "nested parens": "SELECT " + "(" * 3000 + "1" + ")" * 3000 + ' as a FROM "t"',
    "nested lists": "SELECT " + "[" * 3000 + "1" + "]" * 3000 + ' as a FROM "t"',
    "nested calls": "SELECT " + "abs(" * 3000 + "1" + ")" * 3000 + ' as a FROM "t"',
    "unary chain": "SELECT " + "-" * 30000 + '1 as a FROM "t"',
    "plus chain": "SELECT " + "+".join(["1"] * 30000) + ' as a FROM "t"',
    "concat chain": "SELECT " + "+".join(["'xxxxxxxxxx'"] * 4900) + ' as a FROM "t"',
    "or chain": 'SELECT 1 as a FROM "t" WHERE ' + " or ".join(["a=2"] * 7000),
    "and chain": 'SELECT 1 as a FROM "t" WHERE ' + " and ".join(["1=1"] * 7000),
    "in list": 'SELECT 1 as a FROM "t" WHERE 1 in (' + ",".join(["2"] * 30000) + ")",
    "many fields": "SELECT " + ",".join(f"a as b{i}" for i in range(5500)) + ' FROM "t"',
    "many foreach fields": "FOREACH "
    + ",".join(f"a as b{i}" for i in range(4000))
    + ", [1..1000] as x DO "
    + 'x FROM "t"',
    "foreach 100k": 'FOREACH [1..100000] as x DO x, * FROM "t"',
    "foreach x big": 'FOREACH [1..100000] as x DO [1..100000] as y FROM "t"',
    "foreach text": "FOREACH [1..100000] as x DO pad('x', 10000) as y FROM \"t\"",
    "long path": "SELECT a" + ".b" * 20000 + ' as a FROM "t"',
    "long alias path": "SELECT 1 as a" + ".b" * 20000 + ' FROM "t"',
    "index bomb": "SELECT 1 as a" + "[1]" * 10000 + ' FROM "t"',
    "case chain": "SELECT case " + " ".join(["when 1=2 then 3"] * 3000) + ' end as a FROM "t"',
    "bitsl": 'SELECT bitsl(1, 1000000000000) as a FROM "t"',
    "bitsl twice": 'SELECT bitsl(bitsl(1, 13000), 13000) as a FROM "t"',
    "int literal": "SELECT " + "9" * 60000 + ' as a FROM "t"',
    "square": growing("99999999999999999999", "? * ?"),
    "str double": growing("'xxxxxxxxxxxxxxxx'", "?+?+?+?+?+?+?+?"),
    "list double": lists(5, "length(?)"),
    "list json": lists(4, "json_encode(?)"),
    "list str": lists(4, "str(?)"),
    "list eq": lists(5, "eq(?, a)"),
    "list term": lists(4, "term_encode(?)"),
    "pad": "SELECT pad('x', 1000000000) as a FROM \"t\"",
    "sprintf": "SELECT sprintf('~1000000000s', 'x') as a FROM \"t\"",
    "sprintf many": "SELECT sprintf('"
    + "~1000000s" * 1000
    + "', "
    + ",".join(["'x'"] * 1000)
    + ') as a FROM "t"',
    "replace bomb": "SELECT replace('"
    + "a" * 30000
    + "', 'a', '"
    + "b" * 30000
    + '\') as a FROM "t"',
    "regex_replace bomb": "SELECT regex_replace('"
    + "a" * 30000
    + "', 'a', '"
    + "b" * 30000
    + '\') as a FROM "t"',
    "float2str": 'SELECT float2str(1.0, 1000000000) as a FROM "t"',
    "power": 'SELECT power(10, 1000000) as a FROM "t"',
    "gunzip bomb": growing("gzip(pad('x', 1000000))", "gzip(concat(gunzip(?), gunzip(?)))"),
    "decode deep": ('SELECT payload.a as a FROM "t"', {"payload": "[" * 100000}),
    "decode deep ok": (
        'SELECT payload as p, json_decode(payload) as a FROM "t"',
        {"payload": "[" * 900 + "]" * 900},
    ),
    "decode deep 5000": (
        'SELECT json_decode(payload) as a FROM "t"',
        {"payload": "[" * 5000 + "]" * 5000},
    ),
    "code": "SELECT __import__('os').system('true') as a FROM \"t\"",
    "code2": 'SELECT 1 as "__class__", \'\\\'; import os\' as "x\'] = 1; import os #" FROM "t"',
    "proc": "SELECT getenv('PATH') as a FROM \"t\"",
    "map_put deep": "SELECT map_put('" + "a." * 20000 + 'b\', 1, map_new()) as a FROM "t"',
    "map_get deep": "SELECT map_get('" + "a." * 20000 + 'b\', map_new()) as a FROM "t"',
    "split": ("SELECT split(payload, ',') as a FROM \"t\"", {"payload": ",".join(["x"] * 300000)}),
    "tokens": (
        "SELECT tokens(payload, ',') as a FROM \"t\"",
        {"payload": ",".join(["x"] * 300000)},
    ),
    "date": field("format_date('second', '+00:00', '%Y', 99999999999999999999999999)"),
    "date2": 'SELECT unix_ts_to_rfc3339(99999999999999999999999999999) as a FROM "t"',
    "subbits": "SELECT subbits('abc', 1, 100000000000) as a FROM \"t\"",
    "mod huge": "SELECT " + "9" * 4000 + " mod 7 as a, " + "9" * 4000 + ' div 7 as b FROM "t"',
    "int of text": ('SELECT int(payload) as a FROM "t"', {"payload": "9" * 500000}),
    "compare text": ('SELECT payload > 5 as a FROM "t"', {"payload": "9" * 500000}),
    "graphemes": (
        'SELECT strlen(payload) as a, reverse(payload) as b, substr(payload, 5, 10) as c FROM "t"',
        {"payload": "e\u0301" * 200000},
    ),
    "trim": (
        "SELECT trim(payload) as a, rtrim(payload, 'x ') as b FROM \"t\"",
        {"payload": " " * 500000 + "x" + " " * 500000},
    ),
    "topic match": (
        'SELECT payload =~ topic as a FROM "#"',
        {"payload": "a/" * 100000, "topic": "+/" * 100},
    ),
    "unterminated": "SELECT '" + "x" * 60000,
    "garbage": "\x00\xff" * 1000,
    "over 64k": "SELECT 1 as a, " + " " * 70000 + '2 as b FROM "t"',
    "foreach large text": "FOREACH [1..100000] as x DO pad('x', 1000000) as y FROM \"t\"",
    "foreach long": 'FOREACH [1..100000] as x DO x INCASE contains(0, [1..100000]) FROM "t"',
    "foreach regex": "FOREACH [1..100000] as x DO regex_match(pad('a', 5000), '(a|aa)+$b') as y "
    'FROM "t"',
    "foreach store": "FOREACH [1..100000] as x DO kv_store_put(x, pad('x', 1000000)) as y "
    'FROM "t"',
    "many ranges": "SELECT "
    + ",".join(f"contains(0, [1..{i}]) as b{i}" for i in range(98_600, 100_000))
    + ' FROM "t"',
    "many calls": "SELECT [1..100000] as a,"
    + ",".join(f"contains(0, a) as b{i}" for i in range(1400))
    + ' FROM "t"',
    "many texts": "SELECT "
    + ",".join(f"length([pad('x', 1000000)]) as b{i}" for i in range(1200))
    + ' FROM "t"',
}


class Batch:
    """`sql --batch`, asked one case at a time."""

    def __init__(self) -> None:
        self.process = subprocess.Popen(
            [*COMMAND, "sql", "--batch"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self.slowest: list[tuple[float, str]] = []

    def ask(self, name: str, sql: str, context: dict[str, str]) -> dict[str, Any]:
        """Send one case and read its answer."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        case = {"id": name, "sql": sql, "context": {"topic": "t", **context}}
        started = time.monotonic()
        self.process.stdin.write(json.dumps(case) + "\n")
        self.process.stdin.flush()
        answer = json.loads(self.process.stdout.readline())
        self.slowest.append((time.monotonic() - started, name))
        assert answer["id"] == name
        return answer

    def memory_mb(self) -> int:
        """Tell the resident memory; 0 where the system does not say."""
        status = Path(f"/proc/{self.process.pid}/status")
        if not status.exists():
            return 0
        [line] = [line for line in status.read_text().splitlines() if line.startswith("VmRSS")]
        return int(line.split()[1]) // 1024


@pytest.fixture
def batch() -> Iterator[Batch]:
    made = Batch()
    yield made
    made.process.kill()
    made.process.communicate()


@pytest.mark.timeout(180)  # some seventy cases, a few of which may take their whole second
def test_hostile_statements_are_answered_and_leave_nothing_behind(batch: Batch):
    ordinary = "SELECT jq('.', '1') as a, regex_match('a', 'a') as b FROM \"t\""
    assert batch.ask("first", ordinary, {})["ok"] == {"a": [1], "b": True}
    before = batch.memory_mb()
    peak = before
    for name, case in CASES.items():
        sql, context = case if isinstance(case, tuple) else (case, {})
        answer = batch.ask(name, sql, context)
        assert answer.keys() & {"ok", "no_match", "error"}
        assert answer.get("error") != "input", answer
        assert "unexpected error" not in answer.get("message", ""), answer
        peak = max(peak, batch.memory_mb())
        assert batch.slowest[-1][0] < PATIENCE_S
    assert batch.ask("last", ordinary, {})["ok"] == {"a": [1], "b": True}
    after = batch.memory_mb()
    slow = ", ".join(f"{name} {s:.2f} s" for s, name in sorted(batch.slowest, reverse=True)[:5])
    print(f"memory {before} MB before, {peak} at most, {after} after; slowest: {slow}")
    assert after < before + GROWTH_MB
    assert batch.process.poll() is None


REFUSED = [
    "range literal",
    "many ranges",
    "nested parens",
    "int literal",
    "over 64k",
    "unterminated",
    "garbage",
]
STOPPED = [
    "catastrophic regex 2",
    "jq forever",
    "bitsl",
    "pad",
    "sprintf",
    "list double",
    "split",
    "foreach long",
]


@pytest.mark.parametrize(("names", "kind"), [(REFUSED, "parse"), (STOPPED, "eval")])
def test_limits_are_said_in_words(batch: Batch, names: list[str], kind: str):
    for name in names:
        case = CASES[name]
        sql, context = case if isinstance(case, tuple) else (case, {})
        answer = batch.ask(name, sql, context)
        assert answer["error"] == kind, answer
        assert len(answer["message"]) > 15
        assert "Traceback" not in answer["message"]
