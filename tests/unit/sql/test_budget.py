"""What one evaluation may take of time and memory."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from core.sql.budget import MAX_EVALUATION_BYTES, Budget
from core.sql.event import Event
from core.sql.functions.context import EvalContext
from core.sql.limits import remaining
from core.sql.rule import Failed, Passed, compile_rule
from core.sql.values import UNDEFINED, EvalError, Value


@dataclass
class TickingClock:
    """A clock that goes on by a step at every look."""

    step_s: float
    time_s: float = 0.0

    def now_ms(self) -> int:
        return int(self.time_s * 1000)

    def monotonic_s(self) -> float:
        self.time_s += self.step_s
        return self.time_s


def ticking(step_s: float) -> EvalContext:
    return EvalContext.for_tester(clock=TickingClock(step_s))


def test_a_foreach_ends_when_its_time_is_over() -> None:
    rule = compile_rule('FOREACH [1..1000] as i DO i INCASE i > 5000 FROM "t"')
    result = rule.evaluate(Event({}), ticking(0.3))
    assert isinstance(result, Failed)
    assert result.error.message == "the evaluation takes longer than 1 s"
    assert not isinstance(rule.evaluate(Event({}), ticking(0.0001)), Failed)


def test_live_rules_have_more_time_than_the_tester() -> None:
    rule = compile_rule('FOREACH [1..14] as i DO i FROM "t"')
    assert isinstance(rule.evaluate(Event({}), ticking(0.8)), Failed)
    assert isinstance(rule.evaluate(Event({}), EvalContext(clock=TickingClock(0.8))), Passed)


@pytest.mark.parametrize("calls", [8, 40])
def test_many_calls_are_watched_and_few_are_not(calls: int) -> None:
    fields = ",".join(f"upper('a') as a{i}" for i in range(calls))
    result = compile_rule(f'SELECT {fields} FROM "t"').evaluate(Event({}), ticking(1.0))
    assert isinstance(result, Failed if calls == 40 else Passed)


def test_calls_in_a_branch_that_is_not_taken_do_no_harm() -> None:
    case = "case when false then upper(upper(upper(upper('a')))) else 'b' end"
    fields = ",".join(f"{case} as a{i}" for i in range(20))
    result = compile_rule(f'SELECT {fields} FROM "t"').evaluate(Event({}), ticking(0))
    assert isinstance(result, Passed)
    assert result.outputs == [{f"a{i}": "b" for i in range(20)}]


@pytest.mark.parametrize("count", [0, 1, 2, 63, 64, 65, 200])
def test_portions_hold_all_elements_in_order(count: int) -> None:
    items: list[Value] = list(range(count))
    parts = list(Budget(EvalContext()).portions(items, []))
    assert [item for part in parts for item in part] == items


def test_portions_shrink_while_they_take_long() -> None:
    context = EvalContext(clock=TickingClock(0.02))
    items: list[Value] = [1] * 20
    sizes = [len(part) for part in Budget(context).portions(items, [])]
    assert sizes == [4, 2, *[1] * 14]


def test_values_beyond_the_memory_limit_end_the_evaluation() -> None:
    budget = Budget(EvalContext())
    text = "x" * (MAX_EVALUATION_BYTES // 2)
    budget.spend(text)
    with pytest.raises(EvalError, match="larger than 128 MiB together"):
        budget.spend([text], 1)


def test_outputs_beyond_the_memory_limit_end_a_foreach() -> None:
    rule = compile_rule("FOREACH [1..1000] as i DO pad('x', 1000000) as y FROM \"t\"")
    result = rule.evaluate(Event({}), ticking(0))
    assert isinstance(result, Failed)
    assert "larger than 128 MiB" in result.error.message


@pytest.mark.parametrize(
    ("value", "size"),
    [
        ("abc", 43),
        (1, 40),
        (UNDEFINED, 40),
        ([], 40),
        (["ab", 1.5], 122),
        ({"k": ["ab"], "l": None}, 162),
    ],
)
def test_size_of_values(value: Value, size: int) -> None:
    assert remaining(1000, value) == 1000 - size
    assert remaining(size - 1, value) < 0
