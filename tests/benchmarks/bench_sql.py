"""Cost of evaluating rules, beside the same work written by hand in Python.

    python tests/benchmarks/bench_sql.py [--seconds 0.5]

Prints microseconds per message and the ratio to the hand-written version measured in the same run;
both start from the payload's bytes. The ratios are what to watch: they hold across machines.
"""

from __future__ import annotations

import argparse
import gc
import sys
import timeit
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from core.sql.event import Event
from core.sql.functions.context import EvalContext
from core.sql.rule import CompiledRule, Outcome, Passed, compile_rule

decode = msgspec.json.Decoder().decode

REFERENCE = (
    'SELECT timestamp, clientid, payload.temp as temp, payload.hum as hum FROM "temp_hum/emqx"'
)
TEN_FIELDS = (
    "SELECT clientid, topic, timestamp as ts, payload.device.id as device, payload.temp as temp,"
    " payload.hum as hum, payload.temp * 1.8 + 32 as fahrenheit, payload.unit as unit,"
    " payload.tags[1] as tag, case when payload.temp > 30 then 'hot' else 'ok' end as state"
    " FROM \"plant/#\" WHERE payload.temp > 20 and payload.unit = 'C'"
)
OVER_LIST = (
    "FOREACH payload.sensors as s DO clientid, s.name as name, s.value as value"
    ' INCASE s.value > 10 FROM "plant/#"'
)
HUNDRED = [
    f'SELECT clientid, payload.f{n} as value FROM "plant/#" WHERE payload.f{n} > 1000'
    for n in range(100)
]

SMALL = b'{"temp": 27.5, "hum": 41.8}'
MEDIUM = (
    b'{"device": {"id": "d-17"}, "temp": 27.5, "hum": 41.8, "unit": "C", "tags": ["a", "b"],'
    b' "seq": 1234567, "ok": true}'
)
LIST = msgspec.json.encode({"sensors": [{"name": f"s{n}", "value": n} for n in range(50)]})
WIDE = msgspec.json.encode({f"f{n}": n for n in range(100)})


def columns() -> dict[str, Any]:
    """Build the columns that a pipeline would supply."""
    return {"timestamp": 1_700_000_000_000, "clientid": "dev-1", "topic": "plant/1"}


def reference_by_hand() -> object:
    event, payload = columns(), decode(SMALL)
    return {
        "timestamp": event["timestamp"],
        "clientid": event["clientid"],
        "temp": payload.get("temp"),
        "hum": payload.get("hum"),
    }


def ten_fields_by_hand() -> object:
    event, payload = columns(), decode(MEDIUM)
    temp, unit = payload.get("temp"), payload.get("unit")
    if not (temp > 20 and unit == "C"):
        return None
    return {
        "clientid": event["clientid"],
        "topic": event["topic"],
        "ts": event["timestamp"],
        "device": payload["device"].get("id"),
        "temp": temp,
        "hum": payload.get("hum"),
        "fahrenheit": temp * 1.8 + 32,
        "unit": unit,
        "tag": payload["tags"][0],
        "state": "hot" if temp > 30 else "ok",
    }


def over_list_by_hand() -> object:
    event, payload = columns(), decode(LIST)
    return [
        {"clientid": event["clientid"], "name": s.get("name"), "value": s.get("value")}
        for s in payload["sensors"]
        if s["value"] > 10
    ]


def hundred_by_hand() -> object:
    event, payload = columns(), decode(WIDE)
    outputs: list[object] = []
    for n in range(100):
        value = payload.get(f"f{n}")
        if value > 1000:
            outputs.append({"clientid": event["clientid"], "value": value})
    return outputs


@dataclass(frozen=True)
class Case:
    """One measurement: rules on one message, and the same by hand."""

    name: str
    rules: list[CompiledRule]
    payload: bytes
    by_hand: Callable[[], object]

    def by_rules(self) -> Callable[[], list[Outcome]]:
        """Return what evaluates the rules on a new message."""
        rules, payload = self.rules, self.payload
        if len(rules) > 1:
            return lambda: evaluate_all(rules, Event(columns(), payload))
        # As by hand, there is nothing to loop over.
        [rule] = rules
        return lambda: [rule.evaluate(Event(columns(), payload), CONTEXT)]


CONTEXT = EvalContext()


def evaluate_all(rules: list[CompiledRule], event: Event) -> list[Outcome]:
    """Evaluate rules that share a message."""
    return [rule.evaluate(event, CONTEXT) for rule in rules]


def cases() -> list[Case]:
    """Compile the rules."""
    return [
        Case("reference rule", [compile_rule(REFERENCE)], SMALL, reference_by_hand),
        Case("ten fields and WHERE", [compile_rule(TEN_FIELDS)], MEDIUM, ten_fields_by_hand),
        Case("FOREACH over 50", [compile_rule(OVER_LIST)], LIST, over_list_by_hand),
        Case("100 rules, one topic", [compile_rule(sql) for sql in HUNDRED], WIDE, hundred_by_hand),
    ]


def best_us(call: Callable[[], object], seconds: float) -> float:
    """Return the best time of one call, in microseconds, out of five rounds."""
    timer = timeit.Timer(call)
    number, _ = timer.autorange()
    number = max(1, int(number * seconds / 5 / 0.2))
    gc.collect()
    return min(timer.repeat(repeat=5, number=number)) / number * 1e6


def main() -> int:
    """Measure and print; fail if a rule gives nothing, since that would measure nothing."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=0.5, help="time for each measurement")
    seconds = parser.parse_args().seconds
    print(f"{'':24}{'compiled':>12}{'by hand':>12}{'ratio':>8}")
    for case in cases():
        by_rules = case.by_rules()
        results = by_rules()
        if len(case.rules) == 1 and not isinstance(results[0], Passed):
            print(f"{case.name}: {results[0]}")
            return 1
        ours = best_us(by_rules, seconds)
        theirs = best_us(case.by_hand, seconds)
        print(f"{case.name:24}{ours:>9.2f} us{theirs:>9.2f} us{ours / theirs:>8.2f}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
