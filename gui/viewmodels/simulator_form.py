"""The form of a simulator: its edited values, its fields, and what is wrong with them."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, Final

from pydantic import ValidationError
from PySide6.QtCore import QObject

from core.lab.simulate import BUILT_IN
from core.workspace.lab import Simulator
from core.workspace.problems import Problem
from gui.viewmodels.draft_form import NAME, DraftForm
from gui.viewmodels.generators import (
    FieldRow,
    Generator,
    Input,
    RowInput,
    changed_kind,
    generators,
    kind_of,
    text_of,
    with_text,
)
from gui.viewmodels.names import taken
from gui.viewmodels.object_drafts import Drafts
from gui.viewmodels.plain_values import Path
from gui.viewmodels.unreadable import unreadable
from gui.viewmodels.words import sentence, sentences, tr

FIELDS: Final = ("fields",)
CLIENT_ID: Final = ("properties", "clientid")
DEFAULTS: Final[dict[Path, Any]] = {
    NAME: "",
    ("connector",): "",
    ("topic",): "",
    ("qos",): 0,
    ("retain",): False,
    CLIENT_ID: "",
    ("devices",): 1,
    ("every",): "1s",
    ("jitter",): "0%",
    ("burst",): 1,
    ("stop_after",): None,
    ("seed",): None,
    ("autostart",): False,
    ("payload",): "",
    ("format",): "json",
}
"""Every option, in reading order, with what it is when the file says nothing."""

PLACEHOLDER: Final = re.compile(r"\{\{\s*([^{}]*?)\s*\}\}")
_FIELD_NAME: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_-]*")
_MUST: Final = re.compile(r".* (must .*)", re.DOTALL)


class SimulatorForm(DraftForm):
    """Reads and edits one simulator's draft.

    Attributes:
        kinds: Of generators, by the word of the file, in the order of the choice.
    """

    def __init__(self, drafts: Drafts, key: str, parent: QObject | None = None) -> None:
        """Take the draft's key, such as `simulator:sensors`."""
        super().__init__(drafts, key, parent)
        self.kinds: dict[str, Generator] = generators()

    # Values

    @property
    def connectors(self) -> list[str]:
        """The MQTT connectors that it can publish on."""
        return list(self.drafts.live.workspace.connectors.mqtt)

    @property
    def simulator(self) -> Simulator | None:
        """The edited simulator as it would run; None while that is wrong."""
        try:
            return Simulator.model_validate(self.drafts.values(self.key) | {"name": self.name})
        except ValidationError:
            return None

    def value(self, path: Path) -> Any:
        """Give an edited value, or its default."""
        if path == NAME:
            return self.name
        return self.drafts.value(self.key, path, DEFAULTS[path])

    def set(self, path: Path, value: Any) -> None:
        """Change a value; None is its default."""
        if path == NAME:
            self.drafts.set_name(self.key, str(value or ""))
        else:
            value = None if value == "" and DEFAULTS[path] in ("", None) else value
            if path in (("connector",), ("topic",)):  # the file must have these
                value = value or ""
            self.drafts.set(self.key, path, value, default=DEFAULTS[path])

    @property
    def properties(self) -> tuple[tuple[str, str], ...]:
        """The user properties of every message, without the client ID."""
        found = self.drafts.value(self.key, ("properties",), {})
        return tuple((name, text) for name, text in found.items() if name != CLIENT_ID[-1])

    def set_properties(self, pairs: tuple[tuple[str, str], ...]) -> None:
        """Change the user properties; the client ID stays."""
        client = self.drafts.value(self.key, CLIENT_ID, None)
        kept = {} if client is None else {CLIENT_ID[-1]: client}
        self.drafts.set(self.key, ("properties",), kept | dict(pairs), default={})

    # Fields

    @property
    def rows(self) -> tuple[FieldRow, ...]:
        """The fields, in the order of the file."""
        fields = self.drafts.value(self.key, FIELDS, {})
        tables = ((name, table) for name, table in fields.items() if isinstance(table, dict))
        return tuple(self._row(name, table) for name, table in tables)

    @property
    def names(self) -> tuple[str, ...]:
        """What placeholders can name: fields and what is built in."""
        fields = tuple(row.name for row in self.rows)
        return (*fields, *(name for name in BUILT_IN if name not in fields))

    @property
    def unknown_names(self) -> tuple[str, ...]:
        """Names in the texts that no field has, and that a field could have."""
        texts = (self.value(("topic",)), self.value(CLIENT_ID), self.value(("payload",)))
        found = (name for text in texts for name in PLACEHOLDER.findall(str(text)))
        known = self.names
        return tuple(n for n in dict.fromkeys(found) if n not in known and _FIELD_NAME.fullmatch(n))

    def add_field(self, name: str = "") -> str:
        """Add a field, a random walk; returns its name, by default one that is free."""
        number = 1
        while not name:
            name = f"field_{number}" if f"field_{number}" not in self.names else ""
            number += 1
        walk = self.kinds["walk"]
        self._put(name, {"kind": walk.kind, **dict(walk.start)})
        return name

    def name_problem(self, name: str, old: str) -> str:
        """Say what keeps a field from being called this; empty for nothing."""
        if not _FIELD_NAME.fullmatch(name):
            return tr("Use letters, digits, - and _, a letter first.")
        if name != old and name in (row.name for row in self.rows):
            return taken("fields", name)
        if name != old and name in BUILT_IN:
            return tr("{{{{{name}}}}} is there without a field. Choose another name.").format(
                name=name
            )
        return ""

    def rename_field(self, old: str, new: str) -> None:
        """Call a field otherwise, in the texts, too."""
        if old == new or self.name_problem(new, old):
            return
        fields = self.drafts.value(self.key, FIELDS, {})
        renamed = {new if name == old else name: table for name, table in fields.items()}
        place = re.compile(r"\{\{\s*" + re.escape(old) + r"\s*\}\}")
        with self.drafts.gesture(self.key, FIELDS):
            self.drafts.set(self.key, FIELDS, renamed)
            for path in (("topic",), CLIENT_ID, ("payload",)):
                text = str(self.value(path))
                if changed := place.sub(lambda _found: f"{{{{{new}}}}}", text):
                    self.set(path, changed)

    def remove_field(self, name: str) -> None:
        """Take a field out; placeholders that name it stay, and are then wrong."""
        self._put(name, None)

    def set_kind(self, name: str, kind: str) -> None:
        """Make a field's values in another way."""
        table = self.drafts.value(self.key, (*FIELDS, name), {})
        if kind_of(table) != kind:
            self._put(name, changed_kind(table, self.kinds[kind]))

    def set_input(self, name: str, option: str, text: str) -> None:
        """Take what was typed for an input of a field."""
        table = self.drafts.value(self.key, (*FIELDS, name), {})
        generator = self.kinds.get(kind_of(table), Generator("", ""))
        for asked in (*generator.inputs, *generator.more):
            if asked.option == option:
                self._put(name, with_text(asked, table, text))

    def _put(self, name: str, table: dict[str, Any] | None) -> None:
        """Write a field as a whole: what it has no more is gone."""
        fields = self.drafts.value(self.key, FIELDS, {})
        if table is None:
            fields.pop(name, None)
        else:
            fields[name] = table
        self.drafts.set(self.key, FIELDS, fields or None)

    def _row(self, name: str, table: dict[str, Any]) -> FieldRow:
        generator = self.kinds.get(kind_of(table), Generator("", ""))
        return FieldRow(
            name,
            kind_of(table),
            tuple(self._input(name, asked, table) for asked in generator.inputs),
            tuple(self._input(name, asked, table) for asked in generator.more),
            self._said((*FIELDS, name)),
        )

    def _input(self, name: str, asked: Input, table: dict[str, Any]) -> RowInput:
        found = self._problem((*FIELDS, name, asked.option))
        if found is None and asked.kind == "values":
            found = self._problem((*FIELDS, name, "weights"))
        return RowInput(asked, text_of(asked, table), _sentence(found, asked.label))

    # What is wrong

    def problem(self, path: Path) -> str:
        """Say what is wrong with an option and what is right; empty when nothing is."""
        if path == NAME:
            return self._name_problem()
        if path in (("connector",), ("topic",)) and not self.value(path):
            found = unreadable(self.drafts.live)
            choose = found.text if found is not None else tr("Choose a connector.")
            words = {"connector": choose, "topic": tr("Topic is required.")}
            return words[path[0]]
        found = self._problem(path)
        if found is None:
            return ""
        words = _WORDS.get(path)
        return words() if words is not None else _sentence(found)

    def first_problem(self) -> Path | None:
        """Find the first option or field, in reading order, with which something is wrong."""
        places: list[Path] = [*DEFAULTS, *((*FIELDS, row.name) for row in self.rows)]
        return next((place for place in places if self.problem_at(place)), None)

    def problem_at(self, place: Path) -> str:
        """Say what is wrong with an option, or with a field by its place."""
        if place in DEFAULTS:
            return self.problem(place)
        row = next((row for row in self.rows if row.name == place[1]), None)
        if row is None or not row.problem:
            return ""
        told = (each.problem for each in (*row.inputs, *row.more) if each.problem)
        return tr("{field}: {problem}").format(field=row.name, problem=next(told, row.problem))

    def other_problem(self) -> str:
        """Say an error that has no place in the form."""
        if self.first_problem() is not None:
            return ""
        errors = [p for p in self.drafts.problems(self.key) if p.severity == "error"]
        return _sentence(errors[0]) if errors else ""

    def _name_problem(self) -> str:
        found = self.drafts.name_problem(self.key)
        return found.message if found is not None else ""

    def _said(self, path: Path) -> str:
        return _sentence(self._problem(path))

    def _problem(self, path: Path) -> Problem | None:
        """Find the first error at a path or inside it."""
        found = self.drafts.problem_of(self.key, path)
        return found if found is not None and found.severity == "error" else None


_WORDS: Final[dict[Path, Callable[[], str]]] = {
    ("devices",): lambda: tr("Devices are 1 to 10,000."),
    ("burst",): lambda: tr("A burst is 1 to 10,000 messages."),
    ("every",): lambda: tr("Write a number with a unit: 500 ms, 5 s, 2 min."),
    ("jitter",): lambda: tr("Jitter is 0 to 100 %."),
    ("seed",): lambda: tr("The seed is a whole number, or empty."),
    ("stop_after",): lambda: tr("Write Never, a number of messages, or a time: 5 min."),
}


def _sentence(problem: Problem | None, label: str = "") -> str:
    """Say a problem and the way out; of an input of a field, what it must be."""
    if problem is None:
        return ""
    if label and (must := _MUST.fullmatch(problem.message)):
        return sentence(f"{label.capitalize()} {must[1]}")
    return sentences(problem.message, problem.hint)
