from __future__ import annotations

from core.cli.demo import record_line
from core.kafka.records import Base64, TailRecord
from core.workspace.bundled import demo_workspace


def record(**changes: object) -> TailRecord:
    given: dict[str, object] = {
        "topic": "emqx",
        "partition": 2,
        "offset": 118,
        "timestamp": 1_700_000_000_123,
        "key": "dev-1",
        "headers": [],
        "value": '{"temp": 27.5}',
    }
    return TailRecord(**(given | changes))  # type: ignore[arg-type]


def test_a_record_is_one_line() -> None:
    line = record_line(record())

    assert line.endswith('.123  emqx[2]@118       key dev-1  {"temp": 27.5}')


def test_missing_and_binary_parts_are_shown_as_what_they_are() -> None:
    line = record_line(record(key=None, value=Base64("/w=="), timestamp=None))

    assert line.endswith('key null  {"base64":"/w=="}')


def test_the_demo_workspace_comes_with_the_program() -> None:
    assert demo_workspace().is_file()
