"""What the verdict of a connection test is worth after edits and after saving."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from threading import Event
from typing import Any

import pytest
from pytestqt.qtbot import QtBot

from core.errors import ConfigError
from core.probe import Step
from core.workspace.units import SecretRef
from gui.viewmodels import connection_test
from gui.viewmodels.connection_test import ConnectionTest
from gui.viewmodels.live import Live
from gui.viewmodels.object_drafts import Drafts
from gui.viewmodels.secret_keeper import SecretKeeper
from gui.viewmodels.session import Session
from tests.helpers.wait import PATIENCE_S
from tests.helpers.workspaces import write_workspace

PLANT = "connector:plant"
PASSED = "The step passed"
OUTDATED = f"{PASSED}, before the last edits"


class Broker:
    """Answers one stage, as soon as it may."""

    def __init__(self) -> None:
        self.may_answer = Event()
        self.may_answer.set()

    def check(self, *_asked: Any, **_how: Any) -> Iterator[Step]:
        assert self.may_answer.wait(PATIENCE_S)
        yield Step("resolve", ok=True, detail="127.0.0.1", ms=1)


@pytest.fixture
def broker(monkeypatch: pytest.MonkeyPatch) -> Broker:
    made = Broker()
    monkeypatch.setattr(connection_test, "check_mqtt", made.check)
    return made


def keychain(name: str, _secret: str) -> SecretRef:
    return SecretRef("secret", name)


def no_keychain(_name: str, _secret: str) -> SecretRef:
    raise ConfigError("there is no keychain")


@pytest.fixture(params=[keychain, no_keychain])
def drafts(request: pytest.FixtureRequest, idle: Session, tmp_path: Path, qtbot: QtBot) -> Drafts:
    path = write_workspace(tmp_path, mqtt="mqtt://127.0.0.1:1", kafka="127.0.0.1:1", topic="a")
    live = Live(idle)
    with qtbot.waitSignal(live.factsChanged, timeout=20_000):
        idle.open(path)
    return Drafts(live, idle, secrets=SecretKeeper(request.param))


@pytest.fixture
def test(drafts: Drafts, broker: Broker) -> ConnectionTest:
    drafts.set(PLANT, ("username",), "bridge")
    drafts.set_secret(PLANT, ("password",), "typed")
    return ConnectionTest(drafts, PLANT, drafts)


def save(drafts: Drafts, qtbot: QtBot) -> None:
    with qtbot.waitSignal(drafts.saved, timeout=10_000):
        drafts.save(PLANT)


def run(test: ConnectionTest, qtbot: QtBot) -> None:
    test.start()
    qtbot.waitUntil(lambda: test.phase == "passed", timeout=10_000)


def test_saving_what_was_tested_leaves_its_verdict(
    test: ConnectionTest, drafts: Drafts, qtbot: QtBot
):
    run(test, qtbot)
    save(drafts, qtbot)
    assert not drafts.is_dirty(PLANT)
    assert test.verdict == PASSED

    drafts.set(PLANT, ("qos",), 2)
    assert test.verdict == OUTDATED


def test_saving_other_values_than_those_tested_does_not(
    test: ConnectionTest, drafts: Drafts, qtbot: QtBot
):
    run(test, qtbot)
    drafts.set(PLANT, ("qos",), 2)
    save(drafts, qtbot)
    assert test.verdict == OUTDATED


def test_edits_while_it_runs_make_its_verdict_one_of_before(
    test: ConnectionTest, drafts: Drafts, broker: Broker, qtbot: QtBot
):
    broker.may_answer.clear()
    test.start()
    drafts.set(PLANT, ("qos",), 2)
    assert test.verdict == "Testing\u2026"
    broker.may_answer.set()
    qtbot.waitUntil(lambda: test.phase == "passed", timeout=10_000)
    assert test.verdict == OUTDATED

    drafts.set(PLANT, ("qos",), None)
    assert test.verdict == PASSED


def test_what_is_saved_while_it_runs_is_what_was_tested(
    test: ConnectionTest, drafts: Drafts, broker: Broker, qtbot: QtBot
):
    broker.may_answer.clear()
    test.start()
    save(drafts, qtbot)
    broker.may_answer.set()
    qtbot.waitUntil(lambda: test.phase == "passed", timeout=10_000)
    assert test.verdict == PASSED
