"""Sentences of core, which are English and never translated, made longer as they are made."""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

import msgspec
import pytest
from PySide6.QtGui import QPainter, QTextLayout
from PySide6.QtWidgets import QLabel, QPlainTextEdit, QTextEdit, QWidget

from core.errors import AppError
from core.probe import Step
from core.sql.problem import SqlProblem
from core.workspace.problems import Problem
from gui.viewmodels import connection_test

from .watched import watched_calls

_GROWTH: Final = 0.15
_MARK: Final = "~"
_SHORTEST: Final = 12


def longer(text: str) -> str:
    """Add a word to a sentence that makes it 15 % longer; one that is longer stays."""
    if not text or _MARK in text:
        return text
    missing = math.ceil(_GROWTH * len(text))
    return f"{text.rstrip('.')} {_MARK * max(missing - 1, 1)}."


@contextmanager
def longer_core() -> Iterator[None]:
    """Have everything that core says made longer: errors, problems of files and SQL, test steps.

    It is done where the sentences begin, so that it holds wherever the window shows them.
    """

    def wrap(kind: type[Any]) -> Any:
        make = kind.__init__

        def init(self: Any, *args: Any, **more: Any) -> None:
            make(self, *args, **more)
            for name in ("message", "hint"):
                object.__setattr__(self, name, longer(getattr(self, name)))

        return init

    row = connection_test._row  # structs have no __init__ that could be wrapped
    with pytest.MonkeyPatch.context() as patch:
        for kind in (AppError, Problem, SqlProblem):
            patch.setattr(kind, "__init__", wrap(kind))
        patch.setattr(connection_test, "_row", lambda step, topic: row(_longer_step(step), topic))
        yield


def _longer_step(step: Step) -> Step:
    says = {name: longer(getattr(step, name)) for name in ("detail", "brief", "hint")}
    return msgspec.structs.replace(step, **says)


def shown_of_core(root: QWidget) -> list[str]:
    """Give the texts under a widget that hold a sentence of core, as they are seen."""
    found: list[str] = []

    def look_at_words(_painter: QPainter, *args: Any) -> None:
        found.append(str(args[-1]))

    def look_at_layout(layout: QTextLayout, *_: Any) -> None:
        found.append(layout.text())

    with (
        watched_calls(QPainter, "drawText", look_at_words),
        watched_calls(QTextLayout, "draw", look_at_layout),
    ):
        root.grab()
    for widget in root.findChildren(QWidget):
        if widget.isVisible():
            found.append(widget.accessibleName())
            found += [widget.text()] if isinstance(widget, QLabel) else []
            if isinstance(widget, QPlainTextEdit | QTextEdit):
                found.append(widget.toPlainText())
    return [text for text in found if f" {_MARK * 2}" in text and len(text) > _SHORTEST]
