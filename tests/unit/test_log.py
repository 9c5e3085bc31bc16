from __future__ import annotations

import base64
import io
import json
import logging
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import quote, urlencode

import msgspec
import pytest

from core import log as core_log
from core.log import JsonFormatter, Redactor, TextFormatter, remember_secret, set_up

SECRET = "correct horse"


@pytest.fixture
def log() -> Iterator[tuple[logging.Logger, io.StringIO, Redactor]]:
    """A logger of its own with a redacted JSON handler."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(JsonFormatter())
    redactor = Redactor()
    redactor.add(SECRET)
    handler.addFilter(redactor)
    logger = logging.getLogger("core.test_log")
    logger.propagate = False
    logger.setLevel(logging.DEBUG)
    logger.addHandler(handler)
    yield logger, stream, redactor
    logger.removeHandler(handler)
    logger.propagate = True


def fail() -> None:
    raise ValueError(f"bad password {SECRET}")


@dataclass
class Thing:
    text: str


def test_secrets_are_masked_everywhere_in_a_record(
    log: tuple[logging.Logger, io.StringIO, Redactor],
):
    logger, stream, _ = log

    logger.warning("password %s", SECRET, extra={"url": f"mqtt://u:{SECRET}@h", "n": 3})
    logger.warning("thing", extra={"thing": Thing(SECRET)})
    try:
        fail()
    except ValueError:
        logger.exception("failed")

    text = stream.getvalue()
    assert SECRET not in text
    first = json.loads(text.splitlines()[0])
    assert first["message"] == "password ***"
    assert first["url"] == "mqtt://u:***@h"
    assert first["n"] == 3


def test_longer_secrets_are_masked_before_their_parts():
    redactor = Redactor()
    redactor.add("horse")
    redactor.add("horse battery")

    assert redactor.mask("my horse battery") == "my ***"


QUOTED = "pa\"ss\\wo'rd ü9"


@pytest.mark.parametrize(
    ("written", "masked"),
    [
        (ascii(QUOTED), "'***'"),
        (repr(QUOTED), "'***'"),
        (repr(QUOTED.encode()), "b'***'"),
        (json.dumps({"key": QUOTED}), '{"key": "***"}'),
        (json.dumps([QUOTED], ensure_ascii=False), '["***"]'),
        (msgspec.json.encode([QUOTED]).decode(), '["***"]'),
        (f"mqtt://user:{quote(QUOTED)}@broker", "mqtt://user:***@broker"),
        (f"mqtt://user:{quote(QUOTED, safe='')}@broker", "mqtt://user:***@broker"),
        (urlencode({"key": QUOTED}), "key=***"),
        (base64.b64encode(QUOTED.encode()).decode(), "***"),
        (base64.urlsafe_b64encode(QUOTED.encode()).decode(), "***"),
        (QUOTED.encode().hex(), "***"),
    ],
)
def test_a_secret_is_masked_however_it_is_written(written: str, masked: str):
    redactor = Redactor()
    redactor.add(QUOTED)
    assert redactor.mask(written) == masked


@pytest.mark.parametrize("user", ["", "u", "us", "use", "user"])
@pytest.mark.parametrize("form", ["{}:", "\0{}\0"])
def test_a_secret_behind_a_user_name_is_masked_in_base64(user: str, form: str):
    redactor = Redactor()
    redactor.add(QUOTED)
    before = form.format(user)
    written = base64.b64encode(f"{before}{QUOTED}".encode()).decode()
    left, masked, padding = redactor.mask(written).partition("***")
    assert masked
    assert len(left) <= len(before) * 8 / 6  # all that is left is of the name
    assert padding.strip("=") == ""


def test_a_secret_that_another_thread_adds_meanwhile_is_kept(monkeypatch: pytest.MonkeyPatch):
    redactor = Redactor()
    forms = core_log._forms

    def slow_forms(secret: str) -> set[str]:
        if secret == SECRET:
            other = threading.Thread(target=redactor.add, args=("battery",))
            other.start()
            other.join()
        return forms(secret)

    monkeypatch.setattr(core_log, "_forms", slow_forms)
    redactor.add(SECRET)

    assert redactor.mask(f"{SECRET} battery") == "*** ***"


def test_very_short_secrets_leave_the_log_readable():
    redactor = Redactor()
    redactor.add("")
    redactor.add("a")

    assert redactor.mask("banana") == "banana"


def test_json_records_hold_the_extras_and_a_time():
    record = logging.makeLogRecord(
        {"name": "core.x", "levelname": "INFO", "msg": "hi %s", "args": ("you",), "topic": "t",
         "created": 0.5}
    )  # fmt: skip

    assert json.loads(JsonFormatter().format(record)) == {
        "time": "1970-01-01T00:00:00.500+00:00",
        "level": "info",
        "logger": "core.x",
        "message": "hi you",
        "topic": "t",
    }


def test_text_records_are_one_line_and_a_traceback():
    try:
        fail()
    except ValueError:
        record = logging.makeLogRecord(
            {"name": "core.x", "levelname": "ERROR", "msg": "no", "exc_info": sys.exc_info(),
             "rule": "r"}
        )  # fmt: skip

    lines = TextFormatter().format(record).splitlines()

    assert lines[0].endswith("error   core.x: no rule=r")
    assert lines[-1].startswith("ValueError")


def test_set_up_replaces_its_own_handler_and_masks_what_is_looked_up_later():
    root = logging.getLogger()
    before, level = list(root.handlers), root.level
    stream = io.StringIO()
    try:
        set_up(stream=io.StringIO())
        set_up(stream=stream, as_json=True)
        assert len(root.handlers) == len(before) + 1
        remember_secret(SECRET)
        logging.getLogger("core.test_log.root").info("it is %s", SECRET)
    finally:
        root.setLevel(level)
        for handler in [h for h in root.handlers if h not in before]:
            root.removeHandler(handler)

    assert json.loads(stream.getvalue())["message"] == "it is ***"
