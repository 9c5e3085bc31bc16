"""What is typed into forms that no file keeps is there at the next start."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QObject, Signal
from pytestqt.qtbot import QtBot

from core.log import Redactor, remember_secret
from gui.docks.publish import PublishPage
from gui.engine_client import InProcessEngine
from gui.recent import RecentFiles
from gui.theme import Theme
from gui.viewmodels.drafts import MqttDraft
from gui.viewmodels.form_texts import FormTexts
from gui.viewmodels.journal import DraftJournal
from gui.viewmodels.live import Live
from gui.viewmodels.object_drafts import Drafts
from gui.viewmodels.payload_fields import PayloadFields
from gui.viewmodels.publish import PublishViewModel
from gui.viewmodels.rule_test import RuleTest
from gui.viewmodels.session import Session
from tests.helpers.workspaces import write_workspace

from .conftest import Run

LONG = "x" * 900_000


class FakeForm(QObject):
    """A form of one text."""

    changed = Signal()

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.text = ""

    def type(self, text: str) -> None:
        self.text = text
        self.changed.emit()

    def to_keep(self) -> dict[str, Any] | None:
        return {"text": self.text} if self.text else None

    def take_kept(self, values: dict[str, Any]) -> None:
        self.text = values["text"]


class Start:
    """One start of the program on a workspace."""

    def __init__(self, path: Path, qtbot: QtBot) -> None:
        self.session = Session(InProcessEngine(), recent=RecentFiles())
        self.live = Live(self.session, self.session)
        self.drafts = Drafts(self.live, self.session)
        self.journal = DraftJournal(self.drafts, self.session)
        self.forms = FormTexts(self.journal, self.drafts, self.session)
        with qtbot.waitSignal(self.session.workspaceChanged):
            self.session.open(path)
        qtbot.waitUntil(lambda: self.journal.file is not None and not self.session.tasks.names)

    def form(self, key: str) -> FakeForm:
        made = FakeForm(self.session)
        self.forms.follow(key, made, made.changed)
        return made

    @property
    def files(self) -> list[Path]:
        assert self.session.environment is not None
        return sorted(self.session.environment.state_dir.glob("typed-*.json"))

    def file_with(self, text: str) -> Path | None:
        return next((file for file in self.files if text in file.read_text()), None)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return write_workspace(tmp_path, mqtt="mqtt://127.0.0.1:1", kafka="127.0.0.1:1", topic="a")


@pytest.fixture
def start(run: Run, qtbot: QtBot, path: Path) -> Iterator[Callable[[], Start]]:
    """Start the program; the start before is over then."""
    made: list[Start] = []

    def start() -> Start:
        if made:
            run(made[-1].session.close(), 30)
        made.append(Start(path, qtbot))
        return made[-1]

    yield start
    for each in made:
        run(each.session.close(), 30)
        each.session.deleteLater()


def test_a_long_text_is_not_written_again_with_another_form(
    start: Callable[[], Start], qtbot: QtBot
):
    first = start()
    long, short = first.form("publish"), first.form("test:all")
    long.type(LONG)
    qtbot.waitUntil(lambda: first.file_with(LONG) is not None)
    before = first.files[0].stat()
    short.type("short")
    long.changed.emit()  # and nothing is changed
    qtbot.waitUntil(lambda: first.file_with("short") is not None)
    kept = first.file_with(LONG)
    assert kept is not None
    assert (kept.stat().st_ino, kept.stat().st_mtime_ns) == (before.st_ino, before.st_mtime_ns)

    second = start()
    assert second.form("publish").text == LONG
    short = second.form("test:all")
    assert short.text == "short"
    short.type("")
    qtbot.waitUntil(lambda: len(second.files) == 1)


def test_what_was_typed_in_the_last_moment_is_written_at_the_end(start: Callable[[], Start]):
    first = start()
    first.form("publish").type("the last word")
    second = start()
    assert second.form("publish").text == "the last word"


def test_a_rule_takes_its_test_along_to_another_name(start: Callable[[], Start], qtbot: QtBot):
    first = start()
    first.form("test:all").type("tried")
    first.drafts.renamed.emit("rule:all", "rule:every")
    assert first.form("test:every").text == "tried"
    qtbot.waitUntil(lambda: len(first.files) == 1 and first.file_with("test:every") is not None)


def test_nothing_is_kept_that_is_a_secret_or_that_the_user_does_not_want(
    start: Callable[[], Start], qtbot: QtBot, request: pytest.FixtureRequest
):
    first = start()
    form = first.form("publish")
    handler = logging.NullHandler()
    handler.addFilter(Redactor())
    logging.getLogger().addHandler(handler)
    request.addfinalizer(lambda: logging.getLogger().removeHandler(handler))
    remember_secret("hunter2-of-the-keychain")
    form.type("with hunter2-of-the-keychain in it")
    qtbot.waitUntil(lambda: first.file_with("in it") is not None)
    assert "hunter2" not in first.files[0].read_text()
    first.session.settings.put("general", "save_drafts", False)
    qtbot.waitUntil(lambda: first.files == [])


def test_the_form_that_publishes_shows_what_it_held(
    start: Callable[[], Start], theme: Theme, qtbot: QtBot
):
    del theme
    live = start().live
    page = PublishPage(PublishViewModel(live, live))
    qtbot.addWidget(page)
    assert page.to_keep() is None, "what it begins with is not kept"
    page.show_draft(
        MqttDraft("plant", "a/b", "{}", 2, True, (("clientid", "c"), ("Authorization", "Bearer x")))
    )
    kept = page.to_keep()
    assert kept is not None
    assert "Bearer" not in str(kept)
    other = PublishPage(PublishViewModel(live, live))
    qtbot.addWidget(other)
    other.take_kept(kept)
    assert other.draft == MqttDraft("plant", "a/b", "{}", 2, True, (("clientid", "c"),))
    other.take_kept({"mqtt": {"qos": "many"}, "kind": 7})
    assert other.mqtt.topic.text() == "a/b", "what cannot be read is left out"


def test_the_test_of_a_rule_shows_the_event_that_was_typed(
    start: Callable[[], Start], qtbot: QtBot
):
    session = start().session

    def made() -> RuleTest:
        test = RuleTest(session.tasks, PayloadFields(session, session), session)
        test.runs_by_itself = False
        return test

    first, second = made(), made()
    assert first.to_keep() is None
    first.set_payload("typed")
    first.set_column("topic", "a/b")
    kept = first.to_keep()
    assert kept is not None
    with qtbot.waitSignal(second.eventChanged):
        second.take_kept(kept)
    assert second.payload == "typed"
    topic = next(column for column in second.columns if column.name == "topic")
    assert (topic.text, topic.is_typed) == ("a/b", True)
    first.begin()
    assert first.to_keep() is None
