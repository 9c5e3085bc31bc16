"""The gallery's parts of rules and changes: cases, find, examples, what Apply tells."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from core.workspace.compare import DiffLine
from gui.editors.examples_drawer import ExamplesDrawer
from gui.editors.find_bar import FindBar
from gui.editors.sql_editor import SqlEditor
from gui.gallery.parts import column
from gui.gallery.still import Still
from gui.pages.compare import BlockView
from gui.pages.rule_cases import CaseStrip
from gui.viewmodels.comparison import Block
from gui.viewmodels.examples import ExampleList
from gui.viewmodels.rule_cases import Case
from gui.viewmodels.sql_document import SqlDocument

_SQL = 'SELECT payload.temp AS temp\nFROM "temp_hum/emqx"\nWHERE temp > 20 AND temp < 90'


class _Cases(QObject):
    """Cases that were run; as many of them failed as said."""

    changed = Signal()
    chosen = 0
    is_running = False
    can_run = can_save = has_run = True

    def __init__(self, failed: int) -> None:
        super().__init__()
        self.cases = [Case("reading, 27.5 and 41.8"), Case("too cold"), Case("no number")]
        self.failures = [None] * failed

    def __getattr__(self, _name: str) -> Any:
        """Do nothing when a button is pressed."""
        return lambda *_given: None


def strips() -> QWidget:
    """Show the strip of test cases that have passed, and one where some have not."""
    made: list[QWidget] = []
    for failed in (0, 2):
        cases = _Cases(failed)
        strip = CaseStrip(cases)  # pyright: ignore[reportArgumentType] - as much of them as it asks for
        cases.setParent(strip)
        strip.fit(452)
        made.append(strip)
    return column(*made)


def find() -> QWidget:
    """Show the bar that finds and replaces, at work in an editor."""
    editor = SqlEditor(SqlDocument(Still()))
    editor.setPlainText(_SQL)
    editor.setFixedHeight(72)
    bar = FindBar(editor)
    bar.open()
    bar.field.setText("temp")
    return column(bar, editor, gap=0)


def examples() -> QWidget:
    """Show the drawer of examples."""
    drawer = ExamplesDrawer(ExampleList(Still()))
    drawer.setFixedHeight(470)
    return drawer


def blocks() -> QWidget:
    """Show what Apply tells of an object."""
    lines = (
        DiffLine("same", "WHERE payload.hum != 'n/a'", 6),
        DiffLine("removed", "  AND float(payload.temp) > 15", 7, (28, 30)),
        DiffLine("added", "  AND float(payload.temp) > 20", 7, (28, 30)),
    )
    changed = Block("rule:temp_hum", "temp_hum", "workflow", "SQL", lines)
    gone = Block("rule:archive", "archive", "workflow", "rule, deleted", ())
    return column(BlockView(changed, "Revert"), BlockView(gone, "Revert"))
