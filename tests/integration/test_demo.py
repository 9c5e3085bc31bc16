"""The demo and the self-check as a person runs them."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import time

import pytest

from core.selfexec import own_command

RECORD = re.compile(r'\S+  emqx\[\d\]@\d+ +key dev-\d+  \{"temp": [\d.]+, "hum": [\d.]+\}')


def finish(process: subprocess.Popen[str]) -> tuple[list[str], str]:
    out, err = process.communicate(timeout=25)
    return out.splitlines(), err


def start(*args: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        own_command(*args),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


@pytest.mark.timeout(40)  # starts brokers and engine, runs for 3 s, drains
def test_the_demo_reads_its_records_back_and_adds_up() -> None:
    with start("demo", "--for", "3s") as process:
        records, said = finish(process)

    assert process.returncode == 0, said
    assert sum(bool(RECORD.fullmatch(line)) for line in records) > 40
    assert "All counters add up." in said
    read = re.search(r"Kafka: (\d+) of (\d+) delivered records read back", said)
    assert read is not None
    assert read[1] == read[2] == str(len(records))


@pytest.mark.alone
@pytest.mark.timeout(40)
def test_ctrl_c_ends_the_demo_with_its_summary() -> None:
    started_s = time.monotonic()
    with start("demo", "--for", "1h") as process:
        assert process.stdout is not None
        process.stdout.readline()
        first_s = time.monotonic() - started_s
        process.send_signal(signal.SIGINT)
        _, said = finish(process)

    assert first_s < 10
    assert process.returncode == 0, said
    assert "All counters add up." in said


@pytest.mark.timeout(60)  # imports everything, starts Qt, the brokers and an engine
def test_the_self_check_passes_here() -> None:
    with start("self-check") as process:
        lines, said = finish(process)

    assert process.returncode == 0, lines
    states = {line[8:26].strip(): line[:8].strip() for line in lines if line[:1] != " "}
    assert list(states) == [
        "Python",
        "packages",
        "Qt",
        "Qt signals",
        "Qt platform",
        "fonts",
        "window parts",
        "keychain",
        "embedded brokers",
        "MQTT to Kafka",
    ]
    assert "failed" not in states.values()
    assert "works here" in said


@pytest.mark.timeout(60)
def test_the_self_check_names_the_place_where_qt_aborts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(os.environ, "QT_QPA_PLATFORM", "no-such-platform")

    with start("self-check") as process:
        lines, _ = finish(process)

    assert process.returncode == 1
    (place,) = [number for number, line in enumerate(lines) if line.startswith("failed")]
    assert lines[place].startswith("failed  Qt platform")
    assert "no-such-platform" in " ".join(lines[place:])
    assert any(line.startswith("ok      MQTT to Kafka") for line in lines)
