"""Stored tests of rules: what passes, and what each failure says."""

from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree

import pytest

from tests.helpers.engine import sluicegate_here
from tests.helpers.workspaces import write_workspace

MESSAGE = '{ topic = "bench/1", payload = \'{"t": 21.5, "n": {"a": 1, "b": 2}, "l": [1, 2]}\' }'


def run(tmp_path: Path, expect: str, *args: str, context: str = MESSAGE) -> tuple[int, str]:
    path = write_workspace(
        tmp_path,
        mqtt="mqtt://127.0.0.1:1",
        kafka="127.0.0.1:1",
        topic="out",
        select="payload.t as t, payload.n as n, payload.l as l, topic",
        key="${topic}",
        value="${t}",
    )
    test = f'\n[[rules.all.tests]]\nname = "case"\ncontext = {context}\n{expect}\n'
    path.write_text(path.read_text() + test)
    done = sluicegate_here("test", path, *args)
    return done.returncode, done.stdout + done.stderr


@pytest.mark.parametrize(
    "expect",
    [
        "expect.output = { t = 21.5 }",
        "expect.output = { n = { a = 1 } }",
        'expect.output = \'{"t": 21.5, "l": [1, 2]}\'',
        'expect = { exact = true, output = { t = 21.5, topic = "bench/1", l = [1, 2], '
        "n = { a = 1, b = 2 } } }",
        'expect.records = [{ action = "to_kafka", key = "bench/1", value = "21.5" }]',
        "",
    ],
)
def test_what_is_expected_passes(tmp_path: Path, expect: str):
    code, said = run(tmp_path, expect)
    assert (code, "ok    all: case" in said) == (0, True), said


@pytest.mark.parametrize(
    ("expect", "failure"),
    [
        ("expect.output = { t = 22 }", "t is 21.5, not 22."),
        ("expect.output = { gone = 1 }", "gone is nothing, not 1."),
        ("expect.output = { l = [1, 3] }", "l[1] is 2, not 3."),
        ("expect.output = { n = { a = true } }", "n.a is 1, not true."),
        ("expect = { exact = true, output = { t = 21.5 } }", "l is [1,2], not nothing."),
        ("expect.no_match = true", "The rule matches; its result is"),
        ('expect.error = "division"', "The rule does not fail; its result is"),
        ('expect.records = [{ key = "k" }]', 'Record 1: its key is "bench/1", not "k".'),
        (
            'expect.records = [{ topic = "out" }, { topic = "out" }]',
            "Record 2: no such record would be sent.",
        ),
    ],
)
def test_what_is_not_as_expected_is_said(tmp_path: Path, expect: str, failure: str):
    code, said = run(tmp_path, expect)
    assert code == 1
    assert "FAIL  all: case" in said
    assert failure in said


def test_no_match_and_errors_can_be_expected(tmp_path: Path):
    assert run(tmp_path, "expect.no_match = true", context='{ topic = "other" }')[0] == 0
    code, said = run(tmp_path, "expect.output = { t = 1 }", context='{ topic = "other" }')
    assert code == 1
    assert "The rule does not match: FROM does not name its topic." in said


def test_a_report_for_ci_names_every_failure(tmp_path: Path):
    report = tmp_path / "report.xml"
    code, _ = run(tmp_path, "expect.output = { t = 22, l = [] }", "--junit", str(report))
    assert code == 1
    suite = ElementTree.parse(report).getroot()
    assert (suite.get("tests"), suite.get("failures")) == ("1", "1")
    failure = suite.find("testcase/failure")
    assert failure is not None
    assert failure.text == "t is 21.5, not 22.\nl is [1,2], not []."


def test_a_rule_that_is_not_there_is_named(tmp_path: Path):
    code, said = run(tmp_path, "", "--rule", "al")
    assert code == 2
    assert "no rule 'al'" in said
    assert "Its rules: all." in said
