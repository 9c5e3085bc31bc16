"""The settings as a form: their words, what can be chosen, and what is told about them."""

from __future__ import annotations

import asyncio
import re
from dataclasses import dataclass
from typing import Any, Final, Literal, TypeAlias

from PySide6.QtCore import QObject, Signal, Slot

from core.workspace.secrets import keychain_name
from gui.tasks import Tasks
from gui.viewmodels.settings import Section, SettingsStore
from gui.viewmodels.words import number, tr

Kind: TypeAlias = Literal["choice", "segments", "switch", "number"]

SECTIONS: Final[tuple[Section, ...]] = ("general", "appearance", "editor", "feeds", "secrets")
_SEPARATORS: Final = re.compile(r"[\s.,'\u00a0\u202f]")


@dataclass(frozen=True, slots=True)
class Option:
    """One setting as a row.

    Attributes:
        section: Where it is listed.
        name: Its name in the file.
        label: What it is called.
        kind: How it is chosen.
        choices: Values with their words.
        help: One sentence below the label; empty for none.
        unit: Of a number.
        least: Of a number.
        most: Of a number.
    """

    section: Section
    name: str
    label: str
    kind: Kind
    choices: tuple[tuple[str, str], ...] = ()
    help: str = ""
    unit: str = ""
    least: int = 0
    most: int = 0


class SettingsForm(QObject):
    """What the page of settings shows, besides the shortcuts.

    Attributes:
        store: Where the settings are kept.
        options: All rows, in order.

    Signals:
        changed: A value is another one now.
        helpChanged: What is told about a setting is another sentence now: section, name.
    """

    changed = Signal()
    helpChanged = Signal(str, str)

    def __init__(self, store: SettingsStore, tasks: Tasks, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.store = store
        self._tasks = tasks
        self._keychain: str | None = None
        self.options: tuple[Option, ...] = (
            *_general(),
            *_appearance(),
            *_editor(),
            *_feeds(),
            *_secrets(),
        )
        store.changed.connect(self.changed)
        store.changed.connect(self._tell_keychain)

    @property
    def titles(self) -> dict[Section, str]:
        """Name the sections."""
        return {
            "general": tr("General"),
            "appearance": tr("Appearance"),
            "editor": tr("Editor"),
            "feeds": tr("Feeds and limits"),
            "secrets": tr("Secrets"),
        }

    @property
    def file_problem(self) -> str:
        """Say what was wrong with the file; empty when nothing was."""
        if not self.store.problems:
            return ""
        is_one = len(self.store.problems) == 1 and not self.store.is_damaged
        rest = tr("Its default holds.") if is_one else tr("Defaults hold.")
        return " ".join([*self.store.problems, rest])

    def value(self, option: Option) -> Any:
        """Tell what is chosen."""
        return getattr(getattr(self.store.values, option.section), option.name)

    def text(self, option: Option) -> str:
        """Write a number as its field shows it."""
        return number(self.value(option))

    def choose(self, option: Option, value: object) -> str:
        """Take a value at once; returns what is wrong with it, or nothing."""
        try:
            self.store.put(option.section, option.name, value)
        except ValueError:
            return _range(option)
        return ""

    def type_number(self, option: Option, text: str) -> str:
        """Take a number as it was typed; returns what is wrong with it, or nothing."""
        digits = _SEPARATORS.sub("", text)
        return self.choose(option, int(digits)) if digits.isdecimal() else _range(option)

    def help_of(self, option: Option) -> str:
        """Tell what is known about a setting now."""
        if option.name != "keep_in":
            return option.help
        if self.value(option) == "session":
            return tr("They are asked for again after a restart.")
        if self._keychain == "":
            return tr("No keychain: session only.")
        return option.help

    def look_for_keychain(self) -> None:
        """Find out which keychain there is, which may take its time."""
        self._tasks.start(self._look(), "look for the keychain", owner=self)

    async def _look(self) -> None:
        self._keychain = await asyncio.to_thread(keychain_name)
        self._tell_keychain()

    @Slot()
    def _tell_keychain(self) -> None:
        self.helpChanged.emit("secrets", "keep_in")


def _range(option: Option) -> str:
    return tr("Write a number from {least} to {most}.").format(
        least=number(option.least), most=number(option.most)
    )


def _general() -> tuple[Option, ...]:
    places = (("last", tr("Last workspace")), ("welcome", tr("Welcome page")))
    return (
        Option("general", "open_at_start", tr("Open at start"), "choice", places),
        Option("general", "start_bridge", tr("Start the bridge when a workspace opens"), "switch"),
        Option(
            "general",
            "save_drafts",
            tr("Save drafts as I type"),
            "switch",
            help=tr("Within a second, so that a crash loses nothing."),
        ),
        Option("general", "language", tr("Language"), "choice", (("en", "English"),)),
    )


def _appearance() -> tuple[Option, ...]:
    schemes = (("system", tr("System")), ("light", tr("Light")), ("dark", tr("Dark")))
    densities = (("comfortable", tr("Comfortable")), ("compact", tr("Compact")))
    fonts = (("bundled", "Inter"), ("system", tr("System")))
    motions = (("system", tr("As the system asks")), ("on", tr("On")), ("off", tr("Off")))
    return (
        Option("appearance", "theme", tr("Theme"), "segments", schemes),
        Option("appearance", "density", tr("Density"), "segments", densities),
        Option("appearance", "font", tr("Font"), "segments", fonts),
        Option(
            "appearance", "text_percent", tr("Text size"), "number", unit="%", least=80, most=150
        ),
        Option("appearance", "motion", tr("Motion"), "choice", motions),
    )


def _editor() -> tuple[Option, ...]:
    return (
        Option("editor", "code_px", tr("Code size"), "number", unit="px", least=9, most=24),
        Option("editor", "suggest_while_typing", tr("Suggest while typing"), "switch"),
        Option(
            "editor",
            "test_while_typing",
            tr("Run the test while typing"),
            "switch",
            help=tr("300 ms after the last key."),
        ),
    )


def _feeds() -> tuple[Option, ...]:
    return (
        Option(
            "feeds", "feed_rows", tr("Rows kept in the feed"), "number", least=100, most=200_000
        ),
        Option("feeds", "tail_rows", tr("Rows kept in a tail"), "number", least=100, most=200_000),
        Option(
            "feeds",
            "payload_kib",
            tr("Longest payload shown"),
            "number",
            help=tr("Longer ones are cut; copying takes all."),
            unit="KiB",
            least=1,
            most=256,
        ),
    )


def _secrets() -> tuple[Option, ...]:
    places = (("keychain", tr("System keychain")), ("session", tr("This session only")))
    return (
        Option(
            "secrets",
            "keep_in",
            tr("Keep passwords in"),
            "choice",
            places,
            help=tr("Never in the workspace file."),
        ),
        Option(
            "secrets",
            "hide_in_reports",
            tr("Hide payloads in reports"),
            "switch",
            help=tr("Secrets are always hidden."),
        ),
    )
