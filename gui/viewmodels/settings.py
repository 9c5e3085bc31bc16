"""What the user chose for this computer: typed, checked, and kept in a file of theirs."""

from __future__ import annotations

import logging
import os
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Final, Literal, TypeAlias

import msgspec
import platformdirs
from PySide6.QtCore import QObject, Signal

from core.files import write_file
from core.workspace.load import toml_problem

log = logging.getLogger("gui")

VERSION: Final = 1

Section: TypeAlias = Literal["general", "appearance", "editor", "feeds", "secrets"]


class General(msgspec.Struct, frozen=True):
    """How the program starts, and what it does by itself."""

    open_at_start: Literal["welcome", "last"] = "welcome"
    start_bridge: bool = False
    save_drafts: bool = True
    language: Literal["en"] = "en"


class Appearance(msgspec.Struct, frozen=True):
    """Colours, sizes and fonts."""

    theme: Literal["system", "light", "dark"] = "system"
    density: Literal["comfortable", "compact"] = "comfortable"
    font: Literal["bundled", "system"] = "bundled"
    text_percent: Annotated[int, msgspec.Meta(ge=80, le=150)] = 100
    motion: Literal["system", "on", "off"] = "system"


class Editor(msgspec.Struct, frozen=True):
    """Text editors, of rules above all."""

    code_px: Annotated[int, msgspec.Meta(ge=9, le=24)] = 13
    zoom_percent: Annotated[int, msgspec.Meta(ge=50, le=300)] = 100
    suggest_while_typing: bool = True
    test_while_typing: bool = True


class Feeds(msgspec.Struct, frozen=True):
    """How much of what comes in is kept and shown."""

    feed_rows: Annotated[int, msgspec.Meta(ge=100, le=200_000)] = 10_000
    tail_rows: Annotated[int, msgspec.Meta(ge=100, le=200_000)] = 50_000
    payload_kib: Annotated[int, msgspec.Meta(ge=1, le=256)] = 64


class Secrets(msgspec.Struct, frozen=True):
    """What becomes of passwords, and of what reports tell."""

    keep_in: Literal["keychain", "session"] = "keychain"
    hide_in_reports: bool = True


class Settings(msgspec.Struct, frozen=True):
    """Everything that can be chosen; `shortcuts` holds the keys that differ from the usual ones.

    Keys are in Qt's portable writing, by the id of their command; none is a command without keys.
    """

    general: General = General()
    appearance: Appearance = Appearance()
    editor: Editor = Editor()
    feeds: Feeds = Feeds()
    secrets: Secrets = Secrets()
    shortcuts: dict[str, tuple[str, ...]] = {}


_SECTIONS: Final[dict[Section, type[msgspec.Struct]]] = {
    "general": General,
    "appearance": Appearance,
    "editor": Editor,
    "feeds": Feeds,
    "secrets": Secrets,
}


class SettingsStore(QObject):
    """The settings, and the file they are kept in.

    What the file holds besides is kept. A file that cannot be read is put aside as `*.damaged` when
    the first setting is changed; until then everything is at its default.

    Attributes:
        values: What is chosen now.
        problems: What was wrong with the file, in sentences; empty when nothing was.

    Signals:
        changed: Something was chosen.
        failed: The file could not be written: what happened, and what to do next.
    """

    changed = Signal()
    failed = Signal(str, str)

    def __init__(self, file: Path | None = None, parent: QObject | None = None) -> None:
        """Read the file; by default `settings.toml` in the user's configuration folder."""
        super().__init__(parent)
        self.file = file or platformdirs.user_config_path("sluicegate") / "settings.toml"
        self.problems: tuple[str, ...] = ()
        self.is_damaged = False
        """Whether nothing of the file can be used; it is put aside when it is written."""
        self.values = self._read()

    def put(self, section: Section, name: str, value: object) -> None:
        """Choose a value of a section, and keep it.

        Raises:
            ValueError: It is none that can be chosen; the sentence says what can.
        """
        kind = _SECTIONS[section]
        before = getattr(self.values, section)
        made = _checked(kind, {**msgspec.to_builtins(before), name: value})
        if made != before:
            self._take(msgspec.structs.replace(self.values, **{section: made}))

    def put_shortcuts(self, shortcuts: Mapping[str, tuple[str, ...]]) -> None:
        """Choose all keys that differ from the usual ones."""
        made = dict(sorted(shortcuts.items()))
        if made != self.values.shortcuts:
            self._take(msgspec.structs.replace(self.values, shortcuts=made))

    def _take(self, values: Settings) -> None:
        self.values = values
        try:
            self._write()
        except OSError as exc:
            self.failed.emit(
                self.tr("The settings were not saved: {reason}.").format(
                    reason=exc.strerror or str(exc)
                ),
                self.tr("They hold until the window is closed. The file is {file}.").format(
                    file=self.file
                ),
            )
        self.changed.emit()

    # The file

    def _read(self) -> Settings:
        text = ""
        try:
            text = self.file.read_bytes().decode()
            data = tomllib.loads(text)
        except FileNotFoundError:
            return Settings()
        except OSError as exc:
            self._tell(self.tr("{file} cannot be read: {reason}."), exc.strerror or str(exc))
            return Settings()
        except UnicodeDecodeError as exc:
            self.is_damaged = True
            advice = self.tr("{file} is no text in UTF-8 ({reason}). Save it as UTF-8.")
            self._tell(advice, self.tr("byte {place}").format(place=exc.start))
            return Settings()
        except (tomllib.TOMLDecodeError, RecursionError) as exc:
            self.is_damaged = True
            self._tell(self.tr("{file} cannot be read: {reason}."), toml_problem(exc, text).message)
            return Settings()
        if data.get("version", VERSION) != VERSION:
            self.is_damaged = True
            self._tell(self.tr("{file} is of another version of the program."))
            return Settings()
        return self._taken_over(data)

    def _taken_over(self, data: Mapping[str, Any]) -> Settings:
        """Take what is right in the file; each of the rest is at its default."""
        found: dict[str, Any] = {}
        for section, kind in _SECTIONS.items():
            values = data.get(section, {})
            taken: dict[str, Any] = {}
            for name in kind.__struct_fields__ if isinstance(values, Mapping) else ():
                try:
                    if name in values:
                        _checked(kind, {name: values[name]})
                        taken[name] = values[name]
                except ValueError as exc:
                    self._tell("{file}, {reason}.", f"{section}.{name}: {exc}")
            found[section] = msgspec.convert(taken, kind)
        try:
            shortcuts = msgspec.convert(data.get("shortcuts", {}), dict[str, tuple[str, ...]])
        except msgspec.ValidationError as exc:
            shortcuts = {}
            self._tell("{file}, {reason}.", f"shortcuts: {exc}")
        return Settings(**found, shortcuts=shortcuts)

    def _tell(self, text: str, reason: str = "") -> None:
        self.problems += (text.format(file=self.file.name, reason=reason),)
        log.info("%s, so the default holds: %s", self.file, reason or "another version")

    def _write(self) -> None:
        """Bring the file up to date; what it holds besides, and its comments, stay."""
        import tomlkit
        from tomlkit.exceptions import TOMLKitError

        document = tomlkit.document()
        if not self.is_damaged and self.file.exists():
            try:
                document = tomlkit.parse(self.file.read_bytes().decode())
            except (UnicodeDecodeError, TOMLKitError, RecursionError):  # it was damaged since
                self.is_damaged = True
        if self.is_damaged:
            os.replace(self.file, self.file.with_name(f"{self.file.name}.damaged"))
            self.is_damaged = False
        document.setdefault("version", VERSION)
        values, usual = msgspec.to_builtins(self.values), msgspec.to_builtins(Settings())
        for section in _SECTIONS:
            for name, value in values[section].items():
                known = document.get(section, {})
                if name in known or value != usual[section][name]:
                    document.setdefault(section, tomlkit.table())[name] = value
        document.pop("shortcuts", None)
        if values["shortcuts"]:
            document["shortcuts"] = values["shortcuts"]
        write_file(self.file, tomlkit.dumps(document).encode(), makes_folder=True, is_lasting=False)


def _checked(kind: type[msgspec.Struct], values: Mapping[str, Any]) -> Any:
    """Make a section of these values; the others are at their defaults.

    Raises:
        ValueError: One is none that can be chosen.
    """
    try:
        return msgspec.convert(values, kind)
    except msgspec.ValidationError as exc:
        raise ValueError(str(exc).partition(" - at")[0]) from exc
