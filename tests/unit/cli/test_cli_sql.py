"""`sluicegate sql`: exit codes, what goes where, and the batch that never dies."""

from __future__ import annotations

import io
import json
import re
import shlex
import textwrap
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from core.cli.app import run_command
from core.cli.sql_batch import answer_line, answer_lines
from core.sql.functions.context import NoJq
from tests.helpers.workspaces import README

Run = Callable[..., tuple[int, str, str]]
RULE = 'SELECT payload.t as t FROM "t/#" WHERE qos = 1'


@pytest.fixture
def run(capfd: pytest.CaptureFixture[str]) -> Run:
    def command(*args: str) -> tuple[int, str, str]:
        code = run_command(["sql", *args])
        captured = capfd.readouterr()
        return code, captured.out, captured.err

    return command


def context(**columns: Any) -> str:
    return json.dumps({"topic": "t/1", "payload": '{"t": 21.50}', "qos": 1, **columns})


def answer(case: Any) -> dict[str, Any]:
    line = case if isinstance(case, bytes) else json.dumps(case).encode()
    result = answer_line(line, NoJq())
    assert b"\n" not in result
    return json.loads(result)


def test_a_result_is_printed_as_json(run: Run) -> None:
    code, out, err = run("--sql", RULE, "--context", context())
    assert (code, json.loads(out), err) == (0, {"t": 21.5}, "")
    code, out, _ = run("--sql", RULE, "--context", context(), "--json")
    assert (code, out) == (0, '{"t":21.5}\n')


def test_the_readmes_sample_prints_what_the_readme_says(run: Run) -> None:
    found = re.search(
        r"^    \$ sluicegate sql (.+)\n((?:    .+\n)+)", README.read_text(), re.MULTILINE
    )
    assert found
    code, out, err = run(*shlex.split(found[1]))
    assert (code, out) == (1, "")
    assert err == textwrap.dedent(found[2])


def test_no_match_says_why(run: Run) -> None:
    code, out, err = run("--sql", RULE, "--context", context(qos=2))
    assert (code, out) == (1, "")
    assert "WHERE is false" in err
    code, out, err = run("--sql", RULE, "--context", context(topic="u"), "--json")
    assert (code, json.loads(out)) == (1, {"no_match": True})
    assert "'u'" in err
    assert "t/#" in err
    code, _, err = run("--sql", RULE)
    assert code == 1
    assert "--context" in err
    code, _, err = run("--sql", RULE, "--event", "client.connected")
    assert code == 1
    assert "$events/client/connected" in err


def test_a_parse_error_shows_the_place(run: Run) -> None:
    code, out, err = run("--sql", "SELECT 1 as a,\n FROM t")
    assert (code, out) == (2, "")
    assert err.startswith("line 2, column 2: ")
    assert "^^^^" in err
    assert "Hint: " in err
    _, out, _ = run("--sql", "SELECT 1 as a,\n FROM t", "--json")
    assert json.loads(out)["error"] == "parse"


def test_an_evaluation_error_shows_the_place(run: Run) -> None:
    code, out, err = run("--sql", 'SELECT qos, upper(5) as x FROM "t/#"', "--context", context())
    assert (code, out) == (2, "")
    assert "line 1, column 13: " in err
    assert "upper" in err


def test_warnings_go_to_stderr_with_their_fix(run: Run) -> None:
    sql = 'SELECT qos FROM "t/#" WHERE clientid = "abc" or qos = 1'
    code, out, err = run("--sql", sql, "--context", context())
    assert (code, json.loads(out)) == (0, {"qos": 1})
    assert err.startswith("warning: line 1, column 40: ")
    assert "'abc'" in err


def test_statement_and_context_may_come_from_files(run: Run, tmp_path: Path) -> None:
    statement, columns = tmp_path / "rule.sql", tmp_path / "event.json"
    statement.write_text('SELECT name FROM "$events/sys/#"', "utf-8")
    columns.write_text('{"name": "é"}', "utf-8")
    args = ("--file", str(statement), "--event", "alarm.activated", "--context", f"@{columns}")
    code, out, _ = run(*args, "--json")
    assert (code, json.loads(out)) == (0, {"name": "é"})


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (("--sql", RULE, "--event", "client.conected"), "client.connected"),
        (("--sql", RULE, "--context", "{"), "--context is not JSON"),
        (("--sql", RULE, "--context", "[]"), "object"),
        (("--sql", RULE, "--context", "@/does/not/exist"), "/does/not/exist"),
        (("--file", "/does/not/exist"), "/does/not/exist"),
        ((), "required"),
        (("--sql", "x", "--batch"), "not allowed"),
    ],
)
def test_wrong_arguments_are_explained(run: Run, args: tuple[str, ...], said: str) -> None:
    code, out, err = run(*args)
    assert (code, out) == (2, "")
    assert said in err


def test_a_file_must_be_utf8(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "rule.sql"
    path.write_bytes(b"\xff")
    code, _, err = run("--file", str(path))
    assert code == 2
    assert "UTF-8" in err


# ------------------------------------------------------------------------------ batch


def test_batch_answers_every_line_in_order(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    cases = [
        b'{"id": 1, "sql": "SELECT 1.0 as a FROM \\"#\\""}',
        b"",
        b"  \t\r",
        b"garbage",
        b'{"id": 2, "sql": "SELECT"}',
        b'{"id": 3, "sql": "SELECT 1 as a FROM t"}',
        b'{"id": 4, "engine": "kafka", "template": "${a}-", "context": {"a": "\xc3\xa9"}}',
    ]
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(b"\n".join(cases)), "utf-8"))
    code, out, err = run("--batch")
    answers = [json.loads(line) for line in out.splitlines()]
    assert (code, err) == (0, "")
    assert [one["id"] for one in answers] == [1, None, 2, 3, 4]
    assert answers[0]["ok"] == {"a": 1.0}
    assert isinstance(answers[0]["ok"]["a"], float)
    assert answers[1]["error"] == "input"
    assert answers[2]["error"] == "parse"
    assert answers[3] == {"id": 3, "no_match": True}
    assert answers[4] == {"id": 4, "ok": "é-"}


def test_batch_answers_before_the_next_line_is_read() -> None:
    read: list[int] = []

    def lines() -> Any:
        for number in range(3):
            read.append(number)
            yield b'{"id": %d, "sql": "SELECT 1 as a FROM \\"#\\""}\n' % number

    answers = answer_lines(lines(), NoJq())
    assert json.loads(next(answers))["id"] == 0
    assert read == [0]


@pytest.mark.parametrize(
    "line",
    [
        b"null",
        b"5",
        b"[]",
        b'"x"',
        b"{}",
        b"{",
        b"\xff",
        b'{"id": 1}',
        b'{"id": 1, "sql": 5}',
        b'{"id": 1, "sql": null}',
        b'{"id": 1, "sql": "SELECT 1 as a FROM t", "event": "x"}',
        b'{"id": 1, "sql": "SELECT 1 as a FROM t", "event": 5}',
        b'{"id": 1, "sql": "SELECT 1 as a FROM t", "context": null}',
        b'{"id": 1, "sql": "SELECT 1 as a FROM t", "context": []}',
        b'{"id": 1, "template": 5, "engine": "kafka"}',
        b'{"id": 1, "template": "x", "engine": "jinja"}',
        b'{"id": 1, "template": "x", "engine": 5}',
        b'{"id": 1, "template": "x"}',
        b'{"id": ' + b"[" * 100_000 + b"]" * 100_000 + b', "sql": "x"}',
    ],
)
def test_a_line_that_is_no_case_is_an_input_error(line: bytes) -> None:
    result = answer(line)
    assert result["error"] == "input"
    assert result["message"]
    assert result["id"] == (1 if line.startswith(b'{"id": 1') else None)


@pytest.mark.parametrize(
    "identifier",
    ['"x"', "null", "1.0", "12345678901234567890123", '[1, {"a": "\\u00e9"}]', "9" * 4200],
)
def test_an_id_comes_back_as_it_was(identifier: str) -> None:
    line = f'{{"id": {identifier}, "sql": "SELECT"}}'.encode()
    assert answer_line(line, NoJq()).startswith(f'{{"id":{identifier},'.encode())


def test_a_parse_error_has_its_place_in_the_statement_as_given() -> None:
    result = answer({"id": 1, "sql": '  SELECT é as a FROM "t"'})
    assert (result["error"], result["line"], result["column"]) == ("parse", 1, 10)
    deep = answer({"id": 1, "sql": "SELECT 1 as a" + ".b" * 3000 + " FROM t"})
    assert (deep["error"], deep["line"], deep["column"]) == ("parse", 1, 1)


def test_an_evaluation_error_has_its_stage_where_there_is_one() -> None:
    def stage(sql: str) -> object:
        result = answer({"sql": sql, "context": {"topic": "t", "payload": "[1]"}})
        assert result["error"] == "eval"
        return result.get("stage", "absent")

    assert stage("SELECT 1 div 0 as a FROM t") == "select"
    assert stage("SELECT 1 as a FROM t WHERE a") == "where"
    assert stage("FOREACH upper(1) FROM t") == "foreach"
    assert stage("FOREACH payload as x DO 1 as y INCASE x FROM t") == "incase"
    assert stage("FOREACH payload as x DO 1 div 0 as y FROM t") == "do"
    assert stage("SELECT 1 as a FROM t WHERE coalesce(1, 2)") == "absent"
    assert stage("SELECT subbits('a', 1, 3, 'bits') as a FROM t") == "absent"


def test_templates() -> None:
    case = {"template": "${a}|${b}", "context": {"a": 1.5}}
    assert answer({**case, "engine": "kafka"})["ok"] == "1.5|"
    assert answer({**case, "engine": "republish"})["ok"] == "1.5|undefined"
    too_large = answer({"engine": "kafka", "template": "${a}", "context": {"a": 1e300}})
    assert too_large["error"] == "eval"
    assert "stage" not in too_large


def test_every_case_has_fresh_stores() -> None:
    put = {"sql": "SELECT kv_store_put('k', 1) as p, proc_dict_put('k', 1) as d FROM \"#\""}
    get = {"sql": "SELECT kv_store_get('k') as k, proc_dict_get('k') as d FROM \"#\""}
    assert "ok" in answer(put)
    assert answer(get)["ok"] == {"k": "undefined", "d": "undefined"}


def test_what_cannot_be_written_does_not_end_the_batch() -> None:
    outcomes: set[tuple[int | None, str]] = set()
    for depth in (900, 3_000):  # what can be read but not written depends on Python's version
        nested = "[" * depth + "]" * depth
        line = f'{{"id": 7, "sql": "SELECT x FROM \\"#\\"", "context": {{"x": {nested}}}}}'
        result = answer(line.encode())
        outcomes.add((result["id"], result.get("error", "ok")))
    assert (7, "eval") in outcomes
