"""jq programs in their child process."""

from __future__ import annotations

import io
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import closing

import msgspec
import pytest

from core.jq_process import JqProcess
from core.jq_worker import PREFIX, JqAnswer, serve
from core.selfexec import own_command
from core.sql.event import Event
from core.sql.functions import FUNCTIONS
from core.sql.functions.context import EvalContext
from core.sql.rule import Passed, compile_rule
from core.sql.values import EvalError, Value
from tests.helpers.wait import PATIENCE_S


@pytest.fixture(scope="module")
def jq() -> Iterator[JqProcess]:
    with closing(JqProcess()) as runner:
        yield runner


@pytest.mark.parametrize(
    ("program", "text", "outputs"),
    [
        (".", "5", [5]),
        (".what + .what", '{"what":4}', [8]),
        (".a|.[]", '{"a":[1,{"b":2},null,true]}', [1, {"b": 2}, None, True]),
        ("empty", "1", []),
        (".a", '{"a":"é\\n"}', ["é\n"]),
        ("{id: .i, vals: [.v[] * 2]}", '{"i":"x","v":[1,2]}', [{"id": "x", "vals": [2, 4]}]),
        (".x // 1.5", "{}", [1.5]),
        ("input? // 7", "1", [7]),
    ],
)
def test_outputs_of_a_program(jq: JqProcess, program: str, text: str, outputs: list[Value]) -> None:
    assert jq.run(program, text, 5000) == outputs


@pytest.mark.parametrize(
    ("program", "text", "message"),
    [
        (".a[", "{}", "does not compile"),
        (".a.b", '{"a":1}', "Cannot index number"),
        ('error("mine")', "1", "mine"),
        (".", "not json", "decode_json_failed"),
        (".", "", "decode_json_failed"),
        (".", "1 2", "decode_json_failed"),
        (".\udcff", "1", "no UTF-8"),
        ("range(200000)", "1", "too many outputs"),
    ],
)
def test_what_goes_wrong_is_an_evaluation_error(
    jq: JqProcess, program: str, text: str, message: str
) -> None:
    with pytest.raises(EvalError, match=message):
        jq.run(program, text, 5000)


def test_a_program_that_runs_too_long_is_stopped_and_the_next_one_runs(jq: JqProcess) -> None:
    with pytest.raises(EvalError, match="longer than its limit of 100 ms"):
        jq.run("[range(1000000000)] | length", "1", 100)
    assert jq.run(".", "1", 5000) == [1]


def test_programs_of_many_threads_get_their_own_answers(jq: JqProcess) -> None:
    results: dict[int, list[Value]] = {}

    def run(number: int) -> None:
        results[number] = jq.run(". * 2", str(number), 5000)

    threads = [threading.Thread(target=run, args=(number,)) for number in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert results == {number: [number * 2] for number in range(20)}


def test_a_closed_runner_starts_again() -> None:
    runner = JqProcess()
    runner.close()
    assert runner.run(".", "1", 5000) == [1]
    runner.close()
    assert runner.run(".", "2", 5000) == [2]
    runner.close()


def test_a_child_that_cannot_be_started_is_an_evaluation_error() -> None:
    with closing(JqProcess(["/nonexistent/program"])) as runner:
        for _ in range(2):
            with pytest.raises(EvalError, match="cannot be started"):
                runner.run(".", "1", 1000)


def test_a_child_that_ends_at_once_is_an_evaluation_error() -> None:
    with (
        closing(JqProcess([sys.executable, "-c", "pass"])) as runner,
        pytest.raises(EvalError, match="its process has ended"),
    ):
        runner.run(".", "1", 1000)


def test_a_child_that_ends_instead_of_answering_is_an_evaluation_error() -> None:
    ready = "import sys; sys.stdout.buffer.write(b'\\0\\0\\0\\2{}'); sys.stdout.flush(); "
    with closing(JqProcess([sys.executable, "-c", ready + "sys.stdin.read(1)"])) as runner:
        for _ in range(2):
            with pytest.raises(EvalError, match="its process has ended"):
                runner.run(".", "1", 5000)


def test_the_worker_answers_requests_until_its_input_ends() -> None:
    request = msgspec.json.encode((".a", '{"a":[1,2.5]}'))
    answers = io.BytesIO()
    serve(io.BytesIO(PREFIX.pack(len(request)) + request + b"\0"), answers)
    data = answers.getvalue()
    assert data[:6] == b"\0\0\0\2{}"
    assert msgspec.json.decode(data[10:], type=JqAnswer) == JqAnswer(ok=["[1,2.5]"])


def test_the_example_of_the_help_gives_what_it_says(jq: JqProcess) -> None:
    example = FUNCTIONS["jq"].example
    outcome = compile_rule(example.statement).evaluate(Event({}), EvalContext.for_tester(jq=jq))
    assert isinstance(outcome, Passed)
    assert outcome.outputs == [{"result": example.result}]


def test_the_limit_of_a_statement_holds(jq: JqProcess) -> None:
    rule = compile_rule("SELECT jq('[range(1000000000)]|length', '1', 50) as r FROM \"t\"")
    outcome = rule.evaluate(Event({}), EvalContext.for_tester(jq=jq))
    assert "limit of 50 ms" in str(outcome)


class Recorder:
    """Keeps the limit that a program was to run with."""

    def __init__(self) -> None:
        self.limits_ms: list[int] = []

    def run(self, program: str, json_text: str, timeout_ms: int) -> list[Value]:
        self.limits_ms.append(timeout_ms)
        return []


def test_no_statement_names_a_limit_beyond_that_of_live_rules() -> None:
    recorder = Recorder()
    rule = compile_rule("SELECT jq('.', '1', 100000000) as a, jq('.', '1', 9000) as b FROM \"t\"")
    rule.evaluate(Event({}), EvalContext.for_tester(jq=recorder))
    assert recorder.limits_ms == [10_000, 9_000]


def test_programs_do_not_see_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KAFKA_PASSWORD", "hidden")
    monkeypatch.setenv("TZ", "UTC")
    with closing(JqProcess()) as runner:
        assert runner.run("env, $ENV", "1", 5000) == [{"TZ": "UTC"}, {"TZ": "UTC"}]


@pytest.mark.parametrize("arguments", ["5, '1'", "'.', '1', 0", "'.', '1', 1.5", "'.', bits"])
def test_arguments_of_other_types_fail(jq: JqProcess, arguments: str) -> None:
    rule = compile_rule(
        f"SELECT subbits('a', 1, 3, 'bits') as bits, jq({arguments}) as r FROM \"t\""
    )
    assert not isinstance(rule.evaluate(Event({}), EvalContext.for_tester(jq=jq)), Passed)


def test_values_are_given_to_jq_as_json(jq: JqProcess) -> None:
    rule = compile_rule("SELECT jq('.a', m) as a, jq('.', true) as b FROM \"t\"")
    event = Event({"m": {"a": "x"}})
    outcome = rule.evaluate(event, EvalContext.for_tester(jq=jq))
    assert isinstance(outcome, Passed)
    assert outcome.outputs == [{"a": ["x"], "b": [True]}]


@pytest.mark.skipif(sys.platform == "win32", reason="no alarm clock for processes")
def test_a_program_without_end_does_not_outlive_whoever_was_to_stop_it() -> None:
    """Whoever asked was killed: nobody reads, and nobody sets a limit."""
    request = msgspec.json.encode(["def f: f; f", "1"])
    with subprocess.Popen(
        [*own_command("jq-worker"), "0.5"], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as worker:
        assert worker.stdin is not None
        worker.stdin.write(PREFIX.pack(len(request)) + request)
        worker.stdin.flush()
        assert worker.wait(PATIENCE_S) == -signal.SIGALRM
